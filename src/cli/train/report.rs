//! What `khabar train` says at the end: what was learned from, how sure the figures are, and
//! what the model will leave to people.
//!
//! One value, shown as text or JSON, and as a page by `page.rs`.
//!
//! ```text
//! 261 articles, 7 topics; 9 in 4 families of near-copies, the largest of 3; 5 folds
//! ```

use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::time::Instant;

use khabar::output::{safe, thousands};
use khabar::split::Families;
use khabar::topic::calibrate::Kind;
use khabar::topic::{Report, TopicModel};
use serde::Serialize;

use super::labels::Labelled;
use super::measure::{Compressed, Folds, Measured, OfLanguage, Validated};
use crate::cli::eval::topics::table::Shown;
use crate::cli::harmless;
use crate::cli::talk::counted;

/// A training report.
#[derive(Serialize)]
pub(crate) struct Summary {
    pub(crate) model: ModelFigures,
    pub(crate) articles: usize,
    pub(crate) labels: Vec<LabelFigures>,
    pub(crate) families: Option<FamilyFigures>,
    pub(crate) folds: Option<u32>,
    /// The C taken.
    #[serde(rename = "C")]
    pub(crate) c: f64,
    /// Each C and how good it was out of fold.
    #[serde(rename = "by_C")]
    pub(crate) by_c: Vec<ByC>,
    /// Accuracy out of fold with each fold's C chosen by the other folds.
    pub(crate) accuracy_with_c_of_other_folds: Option<f64>,
    pub(crate) calibration: Option<CalibrationFigures>,
    pub(crate) accept_precision: f64,
    pub(crate) out_of_fold: Option<Folds>,
    pub(crate) validated: Option<Validated>,
    pub(crate) compressed: Option<Compressed>,
    pub(crate) seconds: f64,
}

#[derive(Serialize)]
pub(crate) struct ModelFigures {
    pub(crate) file: String,
    pub(crate) bytes: usize,
    pub(crate) multi_label: bool,
    pub(crate) loss: &'static str,
    pub(crate) columns: usize,
    pub(crate) languages: Vec<String>,
    pub(crate) scripts: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct LabelFigures {
    pub(crate) label: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) id: String,
    pub(crate) articles: usize,
    /// The probability from which on a tag is accepted.
    pub(crate) bar: Option<f32>,
    /// Several labels: the probability from which on it is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) threshold: Option<f32>,
}

#[derive(Serialize)]
pub(crate) struct FamilyFigures {
    families: usize,
    in_families: usize,
    largest: usize,
    cut: usize,
}

impl FamilyFigures {
    pub(crate) fn of(found: &Families) -> Self {
        Self {
            families: found.n,
            in_families: found.n_in_families,
            largest: found.largest,
            cut: found.cut,
        }
    }
}

impl Display for FamilyFigures {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.in_families == 0 {
            return f.write_str("no near-copies");
        }
        let largest = thousands(self.largest);
        write!(f, "{} near-copies of others, largest family {largest}", thousands(self.in_families))
    }
}

#[derive(Serialize)]
pub(crate) struct ByC {
    #[serde(rename = "C")]
    pub(crate) c: f64,
    /// Accuracy; several labels: minus log loss.
    pub(crate) score: f64,
}

#[derive(Serialize)]
pub(crate) struct CalibrationFigures {
    pub(crate) kind: Kind,
    pub(crate) log_loss: Vec<KindLoss>,
}

#[derive(Serialize)]
pub(crate) struct KindLoss {
    pub(crate) kind: Kind,
    pub(crate) log_loss: f64,
}

/// A kind in words.
pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Temperature => "temperature",
        Kind::Softmax => "softmax with biases",
        Kind::Bent => "bent softmax",
        Kind::Sigmoid => "sigmoids (Platt)",
        Kind::Isotonic => "isotonic",
    }
}

impl Summary {
    #[allow(clippy::too_many_arguments, reason = "all that there is to say, once")]
    pub(crate) fn new(
        model: &TopicModel,
        learned: &Labelled<'_>,
        report: &Report,
        measured: Measured,
        families: Option<FamilyFigures>,
        folds: Option<u32>,
        accept_precision: f64,
        (path, started): (&Path, Instant),
    ) -> khabar::Result<Self> {
        let counts = learned.counts();
        let label = |i: usize| LabelFigures {
            label: model.labels[i].clone(),
            id: model.ids[i].clone(),
            articles: counts[i],
            bar: model.bars[i],
            threshold: model.thresholds.get(i).copied(),
        };
        let path = path.to_string_lossy();
        let by_c = report.by_c.iter().map(|&(c, score)| ByC { c, score });
        let losses = report.log_loss.iter().map(|&(kind, log_loss)| KindLoss { kind, log_loss });
        Ok(Self {
            articles: learned.articles.len(),
            labels: (0..model.labels.len()).map(label).collect(),
            families,
            folds,
            c: report.c,
            by_c: by_c.collect(),
            accuracy_with_c_of_other_folds: report.honest,
            calibration: report
                .calibration
                .map(|kind| CalibrationFigures { kind, log_loss: losses.collect() }),
            accept_precision,
            out_of_fold: measured.folds,
            validated: measured.validated,
            compressed: measured.compressed,
            model: ModelFigures {
                bytes: model.to_bytes(&path)?.len(),
                file: path.into_owned(),
                multi_label: model.multi,
                loss: model.loss.name(),
                columns: model.features.len(),
                languages: model.languages.iter().cloned().collect(),
                scripts: model.scripts.iter().cloned().collect(),
            },
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    fn head(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {}",
            counted(self.articles, "article", "articles"),
            counted(self.labels.len(), "topic", "topics")
        )?;
        if let Some(families) = &self.families {
            write!(f, "; {families}")?;
        }
        if let Some(folds) = self.folds {
            write!(f, "; {folds} folds")?;
        }
        writeln!(f)
    }

    fn path(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.by_c.is_empty() {
            return writeln!(f, "C {}, {}", self.c, self.model.loss);
        }
        let what = if self.model.multi_label { "log loss" } else { "accuracy" };
        writeln!(f, "\n{:>10}{what:>10}  out of fold, {}", "C", self.model.loss)?;
        for by in &self.by_c {
            let taken = if by.c == self.c { "  <- taken" } else { "" };
            writeln!(f, "{:>10}{:>10.4}{taken}", by.c, by.score.abs())?;
        }
        if let Some(honest) = self.accuracy_with_c_of_other_folds
            && self.by_c.len() > 1
        {
            writeln!(f, "{:>10}{honest:>10.4}  each fold's C chosen by the others", "")?;
        }
        Ok(())
    }

    fn calibration(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (Some(calibration), Some(folds)) = (&self.calibration, &self.out_of_fold) else {
            return Ok(());
        };
        writeln!(f, "\n{:>10}  calibration, by log loss out of fold", "log loss")?;
        for of in &calibration.log_loss {
            let taken = if of.kind == calibration.kind { "  <- taken" } else { "" };
            writeln!(f, "{:>10.4}  {}{taken}", of.log_loss, kind_name(of.kind))?;
        }
        writeln!(
            f,
            "calibration error {:.4} without, {:.4} with it (best topic, 15 bins)",
            folds.ece_before, folds.ece_after
        )
    }

    fn bars(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(folds) = &self.out_of_fold else { return Ok(()) };
        writeln!(
            f,
            "\nAccepted unread from this probability on, for {} of each topic to be right",
            percent(self.accept_precision)
        )?;
        let multi = self.model.multi_label;
        write!(f, "{:>10}{:>10}{:>10}", "bar", "accepted", "articles")?;
        if multi {
            write!(f, "{:>10}", "chosen at")?;
        }
        writeln!(f, "  topic")?;
        for (label, accepted) in self.labels.iter().zip(&folds.accepted) {
            let bar = label.bar.map_or_else(|| "never".to_owned(), |bar| format!("{bar:.4}"));
            write!(f, "{bar:>10}{:>10}{:>10}", percent(*accepted), thousands(label.articles))?;
            if let Some(threshold) = label.threshold {
                write!(f, "{threshold:>10.4}")?;
            }
            writeln!(f, "  {}", harmless(&label.label))?;
        }
        Ok(())
    }

    fn model(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{}: {:.2} MB, {} columns, {:.1} s",
            shown(Path::new(&self.model.file)),
            self.model.bytes as f64 / 1e6,
            thousands(self.model.columns),
            self.seconds
        )?;
        let Some(c) = &self.compressed else { return Ok(()) };
        let on = if c.seen { "that were learned from" } else { "to measure on" };
        writeln!(
            f,
            "compressed from {:.2} MB and {} columns; of {} {on}, {} get another tag, {} another \
             decision; probabilities move by {:.4} on average",
            c.bytes_before as f64 / 1e6,
            thousands(c.columns_before),
            counted(c.articles, "article", "articles"),
            percent(c.other_tags),
            percent(c.other_decisions),
            c.mean_difference
        )
    }
}

fn languages(f: &mut Formatter<'_>, rows: &[OfLanguage]) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    for name in ["accuracy", "accepted", "right of", "ECE", "articles"] {
        write!(f, "{name:>10}")?;
    }
    writeln!(f, "  language")?;
    for row in rows {
        let ece = row.ece.map_or_else(|| "-".to_owned(), |ece| format!("{ece:.4}"));
        writeln!(
            f,
            "{:>10.4}{:>10.4}{:>10.4}{ece:>10}{:>10}  {}",
            row.accuracy,
            row.accepted,
            row.right_of_accepted,
            row.articles,
            harmless(&row.language)
        )?;
    }
    writeln!(f)
}

/// `98.25 %`, without zeros at the end.
pub(crate) fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        self.path(f)?;
        self.calibration(f)?;
        if let Some(folds) = &self.out_of_fold {
            writeln!(f, "\nOut of fold: each article tagged by a model of the other folds\n")?;
            write!(f, "{}", Shown(&folds.scores))?;
        }
        self.bars(f)?;
        if let Some(v) = &self.validated {
            writeln!(f, "\nMeasured on {}, which was not learned from\n", harmless(&v.on))?;
            write!(f, "{}", Shown(&v.scores))?;
            languages(f, &v.languages)?;
            if v.near_copies > 0 {
                write!(
                    f,
                    "{:<20}{:>10}  of articles that were learned from",
                    "near-copies", v.near_copies
                )?;
                match v.accuracy_without_copies {
                    Some(accuracy) => writeln!(f, "; without them {accuracy:.4} right")?,
                    None => writeln!(f)?,
                }
            }
        }
        self.model(f)
    }
}

/// A path as it is shown.
fn shown(path: &Path) -> String {
    safe(&path.to_string_lossy()).into_owned()
}

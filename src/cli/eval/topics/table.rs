//! Topic scores as tables: averages, labels, confusions, probabilities, what to accept.
//!
//! Numbers stand under one another whatever the labels hold: those come last in their line,
//! harmless and, where they run from right to left, isolated. Up to twelve labels the confusion
//! matrix is shown, of more the most frequent confusions.
//!
//! ```text
//!                      precision    recall        F1
//! macro                   0.9412    0.9397    0.9404  (95 %: 0.9301 to 0.9498)
//! ```

use std::fmt::{self, Display, Formatter};

use khabar::metrics::{Interval, Prf, TopicScores};
use serde::Serialize;

use crate::cli::harmless;

/// Labels of a matrix that still fits a terminal.
const MATRIX: usize = 12;
/// Confusions shown of a larger one.
const CONFUSIONS: usize = 12;

/// Scores to be shown.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Shown<'a>(pub(crate) &'a TopicScores);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        self.probabilities(f)?;
        self.several(f)?;
        self.labels(f)?;
        self.confusions(f)?;
        self.confident(f)?;
        self.articles(f)
    }
}

fn number(f: &mut Formatter<'_>, name: &str, score: f64, note: &str) -> fmt::Result {
    let note = if note.is_empty() { String::new() } else { format!("  {note}") };
    writeln!(f, "{name:<20}{score:>10.4}{note}")
}

fn interval(interval: Option<Interval>) -> String {
    interval
        .map_or_else(String::new, |Interval { low, high }| format!("(95 %: {low:.4} to {high:.4})"))
}

fn averaged(f: &mut Formatter<'_>, name: &str, prf: Prf, note: &str) -> fmt::Result {
    let note = if note.is_empty() { String::new() } else { format!("  {note}") };
    writeln!(f, "{name:<20}{:>10.4}{:>10.4}{:>10.4}{note}", prf.precision, prf.recall, prf.f1)
}

impl Shown<'_> {
    fn head(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let s = self.0;
        let name = if s.multi_label { "all topics right" } else { "accuracy" };
        number(f, name, s.accuracy, &interval(s.intervals.map(|i| i.accuracy)))?;
        for top in &s.top_k {
            number(f, &format!("among the best {}", top.k), top.accuracy, "")?;
        }
        writeln!(f, "\n{:<20}{:>10}{:>10}{:>10}", "", "precision", "recall", "F1")?;
        averaged(f, "macro", s.averages.macro_, &interval(s.intervals.map(|i| i.macro_f1)))?;
        averaged(f, "micro", s.averages.micro, &interval(s.intervals.map(|i| i.micro_f1)))?;
        averaged(f, "weighted", s.averages.weighted, "")?;
        if let Some(several) = &s.several {
            averaged(f, "samples", several.samples, "")?;
        }
        Ok(())
    }

    fn probabilities(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(p) = &self.0.probabilities else { return Ok(()) };
        writeln!(f)?;
        for (name, loss) in [("log loss", p.log_loss), ("Brier", p.brier)] {
            match loss {
                Some(loss) => number(f, name, loss, "")?,
                None => writeln!(f, "{name:<20}{:>10}  list every label for it", "-")?,
            }
        }
        number(f, "calibration error", p.ece, "of the best topic, 15 bins")?;
        if p.n_partial > 0 && !self.0.multi_label {
            let note = "list some labels; the others share what is left of 1";
            writeln!(f, "{:<20}{:>10}  {note}", "partial rows", p.n_partial)?;
        }
        Ok(())
    }

    fn several(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(several) = &self.0.several else { return Ok(()) };
        writeln!(f)?;
        number(f, "Hamming loss", several.hamming_loss, "")?;
        let Some(ranking) = &several.ranking else { return Ok(()) };
        number(
            f,
            "ranking precision",
            ranking.average_precision,
            "label ranking average precision",
        )?;
        number(f, "ranking loss", ranking.ranking_loss, "")?;
        number(
            f,
            "coverage error",
            ranking.coverage_error,
            "labels to read to have all right ones",
        )?;
        number(f, "nDCG", ranking.ndcg, "")?;
        for at in &ranking.at {
            let note = format!("nDCG {:.4}", at.ndcg);
            number(f, &format!("precision at {}", at.k), at.precision, &note)?;
        }
        Ok(())
    }

    fn labels(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let header = ["precision", "recall", "F1", "articles", "predicted"];
        writeln!(f)?;
        header.iter().try_for_each(|name| write!(f, "{name:>10}"))?;
        writeln!(f, "  topic")?;
        for row in &self.0.labels {
            let Prf { precision, recall, f1 } = row.prf;
            write!(f, "{precision:>10.4}{recall:>10.4}{f1:>10.4}")?;
            writeln!(f, "{:>10}{:>10}  {}", row.support, row.predicted, harmless(&row.label))?;
        }
        Ok(())
    }

    fn confusions(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let s = self.0;
        if s.confusion.is_empty() {
            return Ok(());
        }
        if s.labels.len() <= MATRIX {
            return self.matrix(f);
        }
        let mut wrong: Vec<_> =
            s.confusion.iter().filter(|c| c.predicted.as_ref() != Some(&c.gold)).collect();
        wrong.sort_by_key(|c| std::cmp::Reverse(c.n));
        if wrong.is_empty() {
            return Ok(());
        }
        writeln!(f, "\n{:>10}  most frequent confusions: right topic, then predicted", "articles")?;
        for c in wrong.iter().take(CONFUSIONS) {
            let predicted = c.predicted.as_deref().map_or("none".into(), harmless);
            writeln!(f, "{:>10}  {}, {predicted}", c.n, harmless(&c.gold))?;
        }
        Ok(())
    }

    /// Rows are right topics, columns predicted ones in the same order.
    fn matrix(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let s = self.0;
        let none = s.confusion.iter().any(|c| c.predicted.is_none());
        writeln!(f, "\nright topic down, predicted across")?;
        let columns: Vec<Option<&str>> = s
            .labels
            .iter()
            .map(|row| Some(row.label.as_str()))
            .chain(none.then_some(None))
            .collect();
        for (i, column) in columns.iter().enumerate() {
            let head = if column.is_some() { (i + 1).to_string() } else { "none".to_owned() };
            write!(f, "{head:>7}")?;
        }
        writeln!(f)?;
        for (i, row) in s.labels.iter().enumerate() {
            for &column in &columns {
                let cell = s
                    .confusion
                    .iter()
                    .find(|c| c.gold == row.label && c.predicted.as_deref() == column);
                match cell {
                    Some(cell) => write!(f, "{:>7}", cell.n)?,
                    None => write!(f, "{:>7}", "-")?,
                }
            }
            writeln!(f, "  {} {}", i + 1, harmless(&row.label))?;
        }
        Ok(())
    }

    fn confident(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let s = self.0;
        if !s.coverage.is_empty() {
            let right = if s.multi_label { "best right" } else { "accuracy" };
            writeln!(f, "\n{:>10}{:>10}{right:>12}{:>14}", "share", "articles", "probability")?;
            for point in &s.coverage {
                write!(f, "{:>9.0}%{:>10}{:>12.4}", point.share * 100.0, point.n, point.accuracy)?;
                if point.least.is_finite() {
                    writeln!(f, "{:>14.4}", point.least)?;
                } else {
                    writeln!(f, "{:>14}", "none")?;
                }
            }
        }
        if let Some(d) = &s.decisions {
            writeln!(f)?;
            let note = format!("{} of {} articles", d.n_accepted, s.n_articles);
            number(f, "share accepted", d.share, &note)?;
            let note = if d.n_accepted == 0 { "nothing was accepted" } else { "" };
            number(f, "right of these", d.accuracy, note)?;
        }
        Ok(())
    }

    fn articles(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let s = self.0;
        writeln!(f, "\n{:<20}{:>10}", "articles", s.n_articles)?;
        writeln!(f, "{:<20}{:>10}", "topics", s.labels.len())?;
        for (name, n, note) in [
            ("missing", s.n_missing, "absent from the prediction, each wrong"),
            ("empty", s.n_empty, "without a topic, each wrong"),
            ("ignored", s.n_ignored, "only in the prediction"),
            ("unknown topics", s.unknown_labels.len(), "in the prediction only"),
        ] {
            if n > 0 {
                writeln!(f, "{name:<20}{n:>10}  {note}")?;
            }
        }
        Ok(())
    }
}

//! A trained model of topics, and what it says about an article.
//!
//! Plain data in memory: features, weights, calibration, bars. Tagging hashes a text, scores
//! its columns and calibrates: some 20 microseconds an article of 2 KB, in parallel pieces,
//! the same bytes for any number of threads.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::calibrate::Calibration;
use super::compress::Grid;
use super::features::Features;
use super::linear::{LinearModel, Loss};
use super::scorer::best;
use crate::text::dominant_script;
use crate::vectorize::Parts;
use crate::{Error, Result};

/// Articles a parallel piece holds.
const PIECE: usize = 64;
/// Known n-grams below which there is next to nothing to judge by.
const FEW_NGRAMS: usize = 20;

/// A model of topics. See [`super::train`].
#[derive(Debug)]
pub struct TopicModel {
    /// Label names, in the order of scores.
    pub labels: Vec<String>,
    /// What each label is in a taxonomy (`medtop:15000000`), empty where it is nothing; one a
    /// label.
    pub ids: Vec<String>,
    /// Whether an article may have several.
    pub multi: bool,
    /// How texts become rows.
    pub features: Features,
    /// The weights.
    pub linear: LinearModel,
    /// From scores to probabilities; `None` where the model was not calibrated: then the
    /// scores go through a plain sigmoid or softmax and everything is reviewed.
    pub calibration: Option<Calibration>,
    /// From which probability on a tag is accepted, one a label; `None` never.
    pub bars: Vec<Option<f32>>,
    /// What a tag has to reach besides, by the article's language; empty where languages were not
    /// told apart. `None` never.
    pub language_bars: BTreeMap<String, Option<f32>>,
    /// From which probability on a label is chosen, one a label; multi-label only.
    pub thresholds: Vec<f32>,
    /// Scripts of training articles, by ISO 15924; of 20 or one in a hundred at least.
    pub scripts: BTreeSet<String>,
    /// Languages of training articles, as the articles give them; of 20 or one in a hundred
    /// at least.
    pub languages: BTreeSet<String>,
    /// The strength of fit it was trained with.
    pub c: f64,
    /// The loss it was trained with.
    pub loss: Loss,
    /// The steps its numbers are rounded to, where it is compressed.
    pub(super) grid: Option<Grid>,
}

/// Why an article goes to review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Too few n-grams the model knows.
    TooShort,
    /// A script no training article had.
    UnknownScript,
    /// A language no training article had.
    UnknownLanguage,
    /// Multi-label: no label reaches its threshold.
    NoLabel,
    /// The probability is below the label's bar.
    Unsure,
    /// The label has no bar: too few articles to know how right it is.
    NoBar,
}

/// A label and its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Topic {
    /// Number of the label.
    pub label: u32,
    /// Its probability, 0 to 1.
    pub probability: f32,
    /// Whether the article is tagged so: the best label, or in multi-label every label at or
    /// above its threshold.
    pub chosen: bool,
}

/// What the model says about one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Tagged {
    /// All labels, likeliest first; of equal ones the first by number.
    pub topics: Vec<Topic>,
    /// `None`: accept. Otherwise why not.
    pub review: Option<Reason>,
}

/// Probabilities without calibration: a sigmoid a label, or a softmax.
pub(super) fn plain(scores: &[f32], multi: bool, out: &mut [f64]) {
    if multi {
        for (p, &z) in out.iter_mut().zip(scores) {
            *p = super::linear::sigmoid(f64::from(z));
        }
        return;
    }
    let most = scores.get(best(scores)).map_or(0.0, |&z| f64::from(z));
    let mut sum = 0.0;
    for (p, &z) in out.iter_mut().zip(scores) {
        *p = libm::exp(f64::from(z) - most);
        sum += *p;
    }
    out.iter_mut().for_each(|p| *p /= sum);
}

impl TopicModel {
    /// Checks that the parts fit together; for what comes out of a file.
    ///
    /// # Errors
    /// [`Error::Parameter`] where they do not.
    pub fn check(&self) -> Result<()> {
        let k = self.labels.len();
        let fits = self.linear.n_features() == self.features.len()
            && super::Scorer::n_labels(&self.linear) == k
            && self.bars.len() == k
            && self.ids.len() == k
            && self.thresholds.len() == if self.multi { k } else { 0 }
            && self.calibration.as_ref().is_none_or(|c| c.n_labels() == k && c.is_sound());
        if fits {
            return Ok(());
        }
        Err(Error::parameter("model", "its parts do not fit together", "train the model anew"))
    }

    /// Tags articles, each a title and a text, in their order. `languages`: the language of
    /// each as given or detected, empty where unknown; an empty slice for none at all.
    #[must_use]
    pub fn predict(&self, texts: &[Parts<'_>], languages: &[&str]) -> Vec<Tagged> {
        let done: Vec<Vec<Tagged>> = texts
            .par_chunks(PIECE)
            .enumerate()
            .map(|(piece, texts)| {
                let rows = self.features.bucket_rows(texts);
                let k = self.labels.len();
                let (mut columns, mut values) = (Vec::new(), Vec::new());
                let (mut scores, mut p) = (vec![0.0f32; k], vec![0.0f64; k]);
                let of = |(i, row): (usize, crate::vectorize::Row<'_>)| {
                    columns.clear();
                    values.clear();
                    let known = row.data.iter().filter(|&&value| value > 0.0).count();
                    for (&bucket, &value) in row.indices.iter().zip(row.data) {
                        if let Some(column) = self.features.column(bucket) {
                            columns.push(column);
                            values.push(value);
                        }
                    }
                    self.linear.score_row(&columns, &values, &mut scores);
                    self.probabilities(&scores, &mut p);
                    let language = languages.get(piece * PIECE + i).copied().unwrap_or("");
                    self.tagged(&p, texts[i], language, known)
                };
                rows.rows().enumerate().map(of).collect()
            })
            .collect();
        done.into_iter().flatten().collect()
    }

    /// From which probability on a tag of an article of this language is accepted, if its label's
    /// bar lets it be; of an unknown language the highest bar there is.
    #[must_use]
    pub fn language_bar(&self, language: &str) -> f32 {
        let of = |bar: &Option<f32>| bar.unwrap_or(f32::INFINITY);
        match self.language_bars.get(language) {
            Some(bar) => of(bar),
            None => self.language_bars.values().map(of).fold(0.0, f32::max),
        }
    }

    pub(super) fn probabilities(&self, scores: &[f32], out: &mut [f64]) {
        match &self.calibration {
            Some(calibration) => calibration.probabilities(scores, out),
            None => plain(scores, self.multi, out),
        }
    }

    fn tagged(&self, p: &[f64], (title, text): Parts<'_>, language: &str, known: usize) -> Tagged {
        let mut topics: Vec<Topic> = (0..)
            .zip(p)
            .map(|(label, &p)| Topic {
                label,
                probability: p as f32,
                chosen: self.thresholds.get(label as usize).is_some_and(|&t| p as f32 >= t),
            })
            .collect();
        topics.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.label.cmp(&b.label)));
        if !self.multi
            && let Some(first) = topics.first_mut()
        {
            first.chosen = true;
        }
        let script = || dominant_script(if text.is_empty() { title } else { text });
        let bar = |t: &Topic| self.bars.get(t.label as usize).copied().flatten();
        let mut chosen = topics.iter().filter(|t| t.chosen).peekable();
        let review = if known < FEW_NGRAMS {
            Some(Reason::TooShort)
        } else if script().is_some_and(|s| !self.scripts.contains(s.code())) {
            Some(Reason::UnknownScript)
        } else if !language.is_empty()
            && !self.languages.is_empty()
            && !self.languages.contains(language)
        {
            Some(Reason::UnknownLanguage)
        } else if chosen.peek().is_none() {
            Some(Reason::NoLabel)
        } else {
            let of_language = self.language_bar(language);
            chosen.find_map(|t| match bar(t) {
                None => Some(Reason::NoBar),
                Some(bar) if t.probability < bar.max(of_language) => Some(Reason::Unsure),
                Some(_) => None,
            })
        };
        Tagged { topics, review }
    }
}

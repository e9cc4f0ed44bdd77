//! The model: coefficients in a file, scores out.
//!
//! A file is JSON, made to be read: a version, the version of the n-gram hash, and for each of
//! the two logistic models one weight a feature, by name, and a bias. Some kilobytes.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::around::{self, Around, N_AROUND};
use super::evidence::{Evidence, days_between};
use super::features::{self, N_FEATURES, features};
use super::logistic::Logistic;
use super::seen::Seen;
use crate::similarity::{Edge, Graph};
use crate::vectorize::HASH_VERSION;
use crate::{Error, Result};

/// The version of the file.
const VERSION: u32 = 1;
/// What the binary carries.
const SHIPPED: &str = include_str!("../../models/same_story.json");
/// No weight of a sound model comes near this.
const LARGEST: f64 = 1e4;
/// Among fewer articles than this the company a pair keeps is missing evidence: that two
/// articles alone have no companions does not mean that they need none.
const FEW: usize = 20;

/// P(same story | two articles); see the [module](super).
#[derive(Debug, Clone, PartialEq)]
pub struct SameStory {
    pub(super) first: Logistic,
    pub(super) second: Logistic,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    khabar_same_story: u32,
    hash_version: u32,
    first: Part,
    second: Part,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    bias: f64,
    weights: BTreeMap<String, f64>,
}

impl Part {
    fn of(model: &Logistic, names: &[&str]) -> Self {
        // Six decimals are far below what the fit can know, and are read back as they are written.
        let short = |w: f64| (w * 1e6).round() / 1e6;
        let weights =
            names.iter().zip(&model.weights).map(|(&n, &w)| (n.to_owned(), short(w))).collect();
        Self { bias: short(model.bias), weights }
    }

    fn model(&self, names: &[&str]) -> Option<Logistic> {
        let sound = |w: &f64| w.is_finite() && w.abs() < LARGEST;
        if self.weights.len() != names.len() || !sound(&self.bias) {
            return None;
        }
        let weights: Option<Vec<f64>> =
            names.iter().map(|&n| self.weights.get(n).copied().filter(sound)).collect();
        Some(Logistic { weights: weights?, bias: self.bias })
    }
}

impl SameStory {
    /// The model in the binary.
    ///
    /// # Errors
    /// None where the binary was built from a sound file; a test sees to that.
    pub fn shipped() -> Result<Self> {
        Self::from_json("models/same_story.json", SHIPPED)
    }

    /// Reads a model; `name` is for messages.
    ///
    /// # Errors
    /// [`Error::Format`] where the file is none, of another version, or has other features.
    pub fn from_json(name: &str, text: &str) -> Result<Self> {
        let wrong =
            |what: String| Error::format(name, what, "make it again with khabar train-pairs");
        let file: File =
            serde_json::from_str(text).map_err(|e| wrong(format!("no same-story model: {e}")))?;
        if file.khabar_same_story != VERSION || file.hash_version != HASH_VERSION {
            return Err(wrong(format!(
                "a same-story model of version {} for n-gram hash {}; this is {VERSION} for {HASH_VERSION}",
                file.khabar_same_story, file.hash_version
            )));
        }
        let other = || wrong("it has other features or weights that are no numbers".to_owned());
        Ok(Self {
            first: file.first.model(&features::NAMES).ok_or_else(other)?,
            second: file.second.model(&around::NAMES).ok_or_else(other)?,
        })
    }

    /// The file's text.
    ///
    /// # Errors
    /// None that is known: numbers and names can be written.
    pub fn to_json(&self) -> Result<String> {
        let file = File {
            khabar_same_story: VERSION,
            hash_version: HASH_VERSION,
            first: Part::of(&self.first, &features::NAMES),
            second: Part::of(&self.second, &around::NAMES),
        };
        let text = serde_json::to_string_pretty(&file)
            .map_err(|e| Error::parameter("train-pairs", e.to_string(), "report this"))?;
        Ok(text + "\n")
    }

    /// The graph with the scores of the first model, which judges each pair by itself.
    ///
    /// `graph` lists candidates: rows near by cosine. Its nodes are the articles of `seen`.
    ///
    /// # Panics
    /// Where the two are not of the same articles.
    #[must_use]
    pub fn first_of(&self, graph: &Graph, seen: &Seen<'_>) -> Graph {
        self.first_scores(graph, &seen.evidence(graph))
    }

    /// The graph with probabilities as scores; pairs below `floor` are dropped.
    ///
    /// `first` has the scores of [`SameStory::first_of`] for all candidates of all articles;
    /// `seconds` is the time of each. About 50 bytes a pair while it lasts.
    ///
    /// # Panics
    /// Where there is not one time a node.
    #[must_use]
    pub fn second_of(&self, first: &Graph, seconds: &[Option<i64>], floor: f32) -> Graph {
        assert_eq!(first.n_nodes(), seconds.len(), "one time a node");
        let days = |a: u32, b: u32| days_between(seconds[a as usize], seconds[b as usize]);
        let around = Around::new(first, first.edges().map(|e| days(e.a, e.b)));
        let company = company(first.n_nodes());
        let mut edges: Vec<Edge> = first.edges().collect();
        edges.par_iter_mut().with_min_len(1024).for_each(|e| {
            let x = around.of(e.a as usize, e.b as usize, e.score, days(e.a, e.b), true);
            let p = self.second.probability(&x) as f32;
            e.score = if company >= 1.0 { p } else { between(x[0], p, company) };
        });
        edges.retain(|e| e.score >= floor);
        Graph::from_edges(first.n_nodes(), edges, floor)
    }

    /// The graph with the scores of the first model.
    pub(super) fn first_scores(&self, graph: &Graph, evidence: &[Evidence]) -> Graph {
        let scores: Vec<f32> = evidence.par_iter().map(|e| self.first_score(e)).collect();
        graph.rescored(0.0, |i, _| scores[i])
    }

    pub(super) fn first_score(&self, evidence: &Evidence) -> f32 {
        self.first.probability(&features(evidence)) as f32
    }
}

/// How much the company a pair keeps says among `n` articles: of two nothing, from 20 on all.
fn company(n: usize) -> f64 {
    n.saturating_sub(2) as f64 / (FEW - 2) as f64
}

/// Between the logit of the first score and the second score, in log-odds.
fn between(first: f64, second: f32, share: f64) -> f32 {
    let logit = (1.0 - share) * first + share * around::logit(second);
    (1.0 / (1.0 + libm::exp(-logit))) as f32
}

const _: () = assert!(features::NAMES.len() == N_FEATURES && around::NAMES.len() == N_AROUND);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_is_sound_and_survives_a_round_trip() {
        let model = SameStory::shipped().unwrap();
        assert_eq!(model.to_json().unwrap(), SHIPPED);
        assert!(model.second.weights[0] > 0.0, "a higher first score is a higher score");
    }

    #[test]
    fn files_that_are_no_model_are_errors() {
        let other = |from: &str, to: &str| {
            assert!(SHIPPED.contains(from), "{from}");
            SHIPPED.replacen(from, to, 1)
        };
        for text in [
            String::new(),
            "{}".to_owned(),
            other("\"khabar_same_story\": 1", "\"khabar_same_story\": 2"),
            other("\"hash_version\": 1", "\"hash_version\": 9"),
            other("\"cosine\":", "\"cosinus\":"),
            other("\"bias\": ", "\"bias\": 1e300, \"ignored\": "),
        ] {
            let error = SameStory::from_json("m.json", &text).unwrap_err().to_string();
            assert!(error.starts_with("m.json") && error.contains("train-pairs"), "{error}");
        }
    }
}

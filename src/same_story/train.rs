//! Learning the same-story score from judged pairs and grouped corpora.
//!
//! A [`Lesson`] is one corpus, seen once: its candidate graph, the evidence of its pairs, and
//! which of them are known to be the same story. [`learn`] fits the first model to all lessons,
//! scores them with it, and fits the second to the company the pairs keep. Every lesson weighs
//! what it says it weighs, however many pairs it has.
//!
//! Some seconds for a hundred thousand pairs.

use rayon::prelude::*;

use super::around::{Around, N_AROUND};
use super::evidence::Evidence;
use super::features::{N_FEATURES, features};
use super::logistic::{Case, fit};
use super::model::SameStory;
use crate::similarity::Graph;

/// A pair of a lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// One article, as a node of the graph.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Its evidence.
    pub evidence: Evidence,
    /// Whether the graph lists it.
    pub listed: bool,
    /// Whether the two tell the same story.
    pub same: bool,
}

/// One corpus to learn from.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// Candidates by cosine.
    pub graph: Graph,
    /// Evidence of all edges of the graph, in their order.
    pub evidence: Vec<Evidence>,
    /// The pairs to learn.
    pub pairs: Vec<Known>,
    /// Weight of all its pairs together.
    pub weight: f64,
}

/// Fits both models. `l2` is the penalty on each; see the fit's own words.
#[must_use]
pub fn learn(lessons: &[&Lesson], l2: f64) -> SameStory {
    let first: Vec<Case<N_FEATURES>> = lessons
        .iter()
        .flat_map(|lesson| {
            lesson.pairs.iter().map(|pair| Case {
                x: features(&pair.evidence),
                same: pair.same,
                weight: lesson.weight / lesson.pairs.len() as f64,
            })
        })
        .collect();
    let blank = super::logistic::Logistic { weights: vec![0.0; N_AROUND], bias: 0.0 };
    let mut model = SameStory { first: fit(&first, l2), second: blank };
    let second: Vec<Vec<Case<N_AROUND>>> = lessons
        .par_iter()
        .map(|lesson| {
            let weight = lesson.weight / lesson.pairs.len() as f64;
            let around = model.around(lesson);
            let cases = around.into_iter().zip(&lesson.pairs);
            cases.map(|(x, pair)| Case { x, same: pair.same, weight }).collect()
        })
        .collect();
    model.second = fit(&second.concat(), l2);
    model
}

impl SameStory {
    /// The second features of a lesson's pairs.
    fn around(&self, lesson: &Lesson) -> Vec<[f64; N_AROUND]> {
        let graph = self.first_scores(&lesson.graph, &lesson.evidence);
        let around = Around::new(&graph, days_of(lesson));
        let of = |pair: &Known| {
            let p = self.first_score(&pair.evidence);
            around.of(pair.a as usize, pair.b as usize, p, pair.evidence.days, pair.listed)
        };
        lesson.pairs.iter().map(of).collect()
    }

    /// The probability of each of a lesson's pairs.
    #[must_use]
    pub fn probabilities(&self, lesson: &Lesson) -> Vec<f32> {
        let around = self.around(lesson);
        around.iter().map(|x| self.second.probability(x) as f32).collect()
    }

    /// The lesson's graph with probabilities as scores, without pairs below `floor`.
    #[must_use]
    pub fn scored(&self, lesson: &Lesson, floor: f32) -> Graph {
        let first = self.first_scores(&lesson.graph, &lesson.evidence);
        let around = Around::new(&first, days_of(lesson));
        first.rescored(floor, |i, e| {
            let days = lesson.evidence[i].days;
            let x = around.of(e.a as usize, e.b as usize, e.score, days, true);
            self.second.probability(&x) as f32
        })
    }
}

/// Days between the ends of a lesson's edges.
fn days_of(lesson: &Lesson) -> impl Iterator<Item = Option<f32>> {
    lesson.evidence.iter().map(|evidence| evidence.days)
}

//! Gold and predicted topics, brought together by id and numbered by name.
//!
//! Articles are in the order of their ids and labels in that of their names, so that whatever is
//! summed over them does not depend on the order of the input. O(n log n).
//!
//! ```text
//! {خبر1: رياضة}, {خبر1: رياضة .9, اقتصاد .1} -> gold [1], listed [(1, .9), (0, .1)], predicted [1]
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::topics::{GoldTopics, PredTopic, PredTopics, UnknownLabel};
use crate::{Error, Result};

/// A label that was listed for an article.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    pub(super) label: u32,
    pub(super) probability: Option<f64>,
}

/// An article of the gold side and what was said of it.
#[derive(Debug)]
pub(super) struct Answer {
    /// Ascending; a single label alone.
    pub(super) gold: Vec<u32>,
    /// Best first; empty also where the article is missing.
    pub(super) listed: Vec<Listed>,
    /// Ascending; a single label alone.
    pub(super) predicted: Vec<u32>,
    pub(super) accepted: Option<bool>,
}

impl Answer {
    pub(super) fn has_probabilities(&self) -> bool {
        self.listed.iter().all(|l| l.probability.is_some())
    }

    /// The best label's probability; below all of them where there is none.
    pub(super) fn confidence(&self) -> f64 {
        self.listed.first().and_then(|l| l.probability).unwrap_or(f64::NEG_INFINITY)
    }

    pub(super) fn best_is_right(&self) -> bool {
        self.listed.first().is_some_and(|best| self.gold.binary_search(&best.label).is_ok())
    }

    /// The probability of every label, 0 where it is not listed.
    pub(super) fn fill(&self, row: &mut [f64]) {
        row.fill(0.0);
        for listed in &self.listed {
            row[listed.label as usize] = listed.probability.unwrap_or(0.0);
        }
    }
}

/// Both sides.
#[derive(Debug)]
pub(super) struct Input<'a> {
    pub(super) multi_label: bool,
    /// All labels of both sides, by name.
    pub(super) labels: Vec<&'a str>,
    /// Those that an article has or that were predicted, ascending.
    pub(super) in_play: Vec<u32>,
    /// By id.
    pub(super) answers: Vec<Answer>,
    pub(super) n_missing: usize,
    pub(super) n_ignored: usize,
}

impl<'a> Input<'a> {
    pub(super) fn new(
        gold: &'a [GoldTopics],
        pred: &'a [PredTopics],
        multi_label: bool,
    ) -> Result<Self> {
        let gold_of = by_id("gold", gold, |row| &row.id, |a, b| a.topics == b.topics)?;
        let pred_of = by_id("predicted", pred, |row| &row.id, |a, b| a == b)?;
        if gold_of.is_empty() {
            return Err(Error::parameter("gold", "no articles", "give articles that have topics"));
        }
        if let Some(row) = gold_of.values().find(|row| row.topics.iter().all(String::is_empty)) {
            let what = format!("article {:?} has no topic", row.id);
            return Err(Error::parameter("gold", what, "give it one, or leave it out"));
        }
        let matched = || gold_of.iter().map(|(id, gold)| (*id, *gold, pred_of.get(id).copied()));
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for (id, gold, pred) in matched() {
            names.extend(gold_labels(gold, multi_label));
            for topic in pred.into_iter().flat_map(|row| &row.topics) {
                if topic.probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
                    let what = format!("article {id:?} has a probability outside 0 to 1");
                    return Err(Error::parameter("predicted", what, "write probabilities"));
                }
                names.insert(&topic.label);
            }
        }
        let labels: Vec<&str> = names.into_iter().collect();
        // Every name is among them.
        let number = |name: &str| labels.binary_search(&name).unwrap_or_default() as u32;
        let answers: Vec<Answer> = matched()
            .map(|(_, gold, pred)| {
                let topics = pred.map_or(&[][..], |row| &row.topics);
                let ranked = ranked(topics);
                let listed = ranked
                    .iter()
                    .map(|t| Listed { label: number(&t.label), probability: t.probability });
                let predicted = ranked.iter().filter(|t| is_chosen(t)).map(|t| number(&t.label));
                Answer {
                    gold: sorted(gold_labels(gold, multi_label).map(number)),
                    listed: listed.clone().collect(),
                    predicted: if multi_label {
                        sorted(predicted)
                    } else {
                        listed.take(1).map(|l| l.label).collect()
                    },
                    accepted: pred.and_then(|row| row.accepted),
                }
            })
            .collect();
        let in_play =
            sorted(answers.iter().flat_map(|a| a.gold.iter().chain(&a.predicted)).copied());
        let n_missing = gold_of.keys().filter(|id| !pred_of.contains_key(*id)).count();
        let n_ignored = pred_of.len() - (gold_of.len() - n_missing);
        Ok(Self { multi_label, labels, in_play, answers, n_missing, n_ignored })
    }

    /// Places of labels among those in play.
    pub(super) fn played(&self, labels: &[u32]) -> Vec<u32> {
        let place = |label| self.in_play.binary_search(label).ok().map(|place| place as u32);
        labels.iter().filter_map(place).collect()
    }

    /// The labels no article of the gold side has.
    pub(super) fn unknown_labels(&self) -> Vec<UnknownLabel> {
        let n_labels = self.labels.len();
        let (mut known, mut listed, mut predicted) =
            (vec![false; n_labels], vec![0; n_labels], vec![0; n_labels]);
        for answer in &self.answers {
            answer.gold.iter().for_each(|&label| known[label as usize] = true);
            answer.listed.iter().for_each(|l| listed[l.label as usize] += 1);
            answer.predicted.iter().for_each(|&label| predicted[label as usize] += 1);
        }
        (0..n_labels)
            .filter(|&label| !known[label])
            .map(|label| UnknownLabel {
                label: self.labels[label].to_owned(),
                n_listed: listed[label],
                n_predicted: predicted[label],
            })
            .collect()
    }
}

/// The labels that count.
fn gold_labels(gold: &GoldTopics, multi_label: bool) -> impl Iterator<Item = &str> {
    let labels = gold.topics.iter().map(String::as_str).filter(|label| !label.is_empty());
    labels.take(if multi_label { usize::MAX } else { 1 })
}

/// Each label once, the most likely first, equals as they come.
fn ranked(topics: &[PredTopic]) -> Vec<&PredTopic> {
    let mut ranked: Vec<&PredTopic> = topics.iter().filter(|t| !t.label.is_empty()).collect();
    if ranked.iter().all(|t| t.probability.is_some()) {
        let p = |t: &PredTopic| t.probability.unwrap_or(0.0);
        ranked.sort_by(|a, b| p(b).total_cmp(&p(a)));
    }
    let mut seen = BTreeSet::new();
    ranked.retain(|t| seen.insert(t.label.as_str()));
    ranked
}

fn is_chosen(topic: &PredTopic) -> bool {
    topic.chosen.unwrap_or(topic.probability.is_none_or(|p| p >= 0.5))
}

fn sorted(labels: impl Iterator<Item = u32>) -> Vec<u32> {
    let labels: BTreeSet<u32> = labels.collect();
    labels.into_iter().collect()
}

/// One row an article, or an error that names the first article for which that fails.
fn by_id<'a, T>(
    side: &'static str,
    rows: &'a [T],
    id: fn(&T) -> &String,
    equal: fn(&T, &T) -> bool,
) -> Result<BTreeMap<&'a str, &'a T>> {
    let mut found: BTreeMap<&str, &T> = BTreeMap::new();
    for row in rows {
        if let Some(first) = found.insert(id(row), row).filter(|first| !equal(first, row)) {
            let what = format!("article {:?} comes twice with different topics", id(first));
            return Err(Error::parameter(side, what, "keep one row an article"));
        }
    }
    Ok(found)
}

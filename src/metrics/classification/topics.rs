//! Predicted topics against gold topics, both by article id: everything `khabar eval topics` says.
//!
//! An article without a prediction, or with an empty one, is wrong and is counted; articles only
//! in the prediction are left out. Scores of probabilities (log loss, Brier, calibration,
//! ranking) are over the articles that have some. Averages over labels are over those that an
//! article has or that were predicted for one, as scikit-learn's are.
//!
//! O(n log n) time for `n` articles, plus `resamples * n` for the intervals (about 4 ns each, on
//! all cores) and, with several labels an article, the sorting of all labels of each. Some 200
//! bytes an article beside the input.
//!
//! ```
//! use khabar::metrics::{GoldTopics, PredTopic, PredTopics, TopicOptions, compare_topics};
//! let gold = |id: &str, topic: &str| GoldTopics { id: id.into(), topics: vec![topic.into()] };
//! let topic = |label: &str, p| PredTopic { label: label.into(), probability: Some(p), chosen: None };
//! let gold = [gold("خبر1", "رياضة"), gold("خبر2", "اقتصاد")];
//! let pred = [PredTopics {
//!     id: "خبر1".into(),
//!     topics: vec![topic("رياضة", 0.9), topic("اقتصاد", 0.1)],
//!     accepted: Some(true),
//! }];
//! let scores = compare_topics(&gold, &pred, &TopicOptions::default())?;
//! assert_eq!((scores.accuracy, scores.n_missing), (0.5, 1)); // خبر2 has no prediction
//! assert_eq!(scores.decisions.map(|d| (d.share, d.accuracy)), Some((0.5, 1.0)));
//! # Ok::<(), khabar::Error>(())
//! ```

use std::collections::BTreeMap;

use super::by_label::Averages;
use super::confident::{Coverage, accuracy_at_coverage};
use super::label_sets::LabelSets;
use super::probability::{squares, surprise};
use super::ranking::{Ranker, RankingScores};
use super::topics_draws::intervals;
use super::topics_input::{Answer, Input};
use super::{mean, share};
use crate::Result;
use crate::metrics::{Interval, Prf, expected_calibration_error};

/// Bins of the calibration error.
const BINS: usize = 15;
/// Shares at which the most confident are looked at.
const SHARES: [f64; 11] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0];
/// How many best labels are looked at.
const TOP: [usize; 3] = [2, 3, 5];
const TOP_RANKED: [usize; 3] = [1, 3, 5];
/// What a row's probabilities may be short of 1 by rounding.
const ROUNDING: f64 = 1e-3;

/// What is right for an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldTopics {
    /// The article.
    pub id: String,
    /// Its labels; of several the first counts, unless there may be several.
    pub topics: Vec<String>,
}

/// What was predicted for an article: a row of `khabar tag`, as far as it matters.
#[derive(Debug, Clone, PartialEq)]
pub struct PredTopics {
    /// The article.
    pub id: String,
    /// Labels, in any order where they have probabilities, else the best first.
    pub topics: Vec<PredTopic>,
    /// Whether the labels were accepted without review; none where nothing was decided.
    pub accepted: Option<bool>,
}

/// A label and how likely it is.
#[derive(Debug, Clone, PartialEq)]
pub struct PredTopic {
    /// The label.
    pub label: String,
    /// 0 to 1; none where only labels are known.
    pub probability: Option<f64>,
    /// With several labels an article: whether it is one of them. None stands for a probability
    /// of 0.5 or more, or no probability.
    pub chosen: Option<bool>,
}

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicOptions {
    /// Articles may have several labels.
    pub multi_label: bool,
    /// Draws for the intervals; 0 for none.
    pub resamples: usize,
    /// Of these draws.
    pub seed: u64,
}

impl Default for TopicOptions {
    fn default() -> Self {
        Self { multi_label: false, resamples: 1000, seed: 0 }
    }
}

/// How good predicted topics are. Shares are 0 to 1.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TopicScores {
    /// Whether articles could have several labels.
    pub multi_label: bool,
    /// Articles of the gold side; all shares are of these.
    pub n_articles: usize,
    /// Of them absent from the prediction, each wrong.
    pub n_missing: usize,
    /// Of them present without a label, each wrong.
    pub n_empty: usize,
    /// Articles only in the prediction, left out.
    pub n_ignored: usize,
    /// Labels that were listed for an article though no article has them.
    pub unknown_labels: Vec<UnknownLabel>,
    /// Share of articles whose label is right; with several, whose set is right to the label.
    pub accuracy: f64,
    /// Averages over labels: micro, macro, weighted.
    #[serde(flatten)]
    pub averages: Averages,
    /// 95 % intervals; none without resamples.
    pub intervals: Option<TopicIntervals>,
    /// Each label, by name.
    pub labels: Vec<LabelRow>,
    /// Which label was taken for which, single labels only.
    pub confusion: Vec<Confused>,
    /// Share of articles whose label is among the k best, single labels only.
    pub top_k: Vec<TopK>,
    /// What several labels an article have besides.
    pub several: Option<SeveralScores>,
    /// What probabilities are worth; none where a row has none.
    pub probabilities: Option<ProbabilityScores>,
    /// Accuracy among the most confident, by the probability of the best label (which, where
    /// there may be several, is to be one of the right ones); articles without a label come
    /// last. Empty where a row has no probabilities.
    pub coverage: Vec<Coverage>,
    /// What was accepted; none where nothing was decided.
    pub decisions: Option<Decisions>,
}

/// A label the gold side does not know.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct UnknownLabel {
    /// The label.
    pub label: String,
    /// Articles for which it was listed.
    pub n_listed: usize,
    /// Articles for which it was predicted: best, or chosen.
    pub n_predicted: usize,
}

/// A label's scores.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct LabelRow {
    /// The label.
    pub label: String,
    /// Precision, recall and F1.
    #[serde(flatten)]
    pub prf: Prf,
    /// Articles that have it.
    pub support: u64,
    /// Articles for which it was predicted.
    pub predicted: u64,
}

/// A cell of the confusion matrix.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Confused {
    /// The right label.
    pub gold: String,
    /// The predicted one; none where nothing was predicted.
    pub predicted: Option<String>,
    /// Articles.
    pub n: u64,
}

/// Accuracy among the `k` best.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct TopK {
    /// How many labels are looked at.
    pub k: usize,
    /// Share of articles whose label is among them.
    pub accuracy: f64,
}

/// Sets and rankings of labels.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SeveralScores {
    /// The mean of each article's precision, recall and F1.
    pub samples: Prf,
    /// Share of wrong decisions over articles and the labels that `labels` lists.
    pub hamming_loss: f64,
    /// Over all labels of both sides, those not listed for an article last; none where a row
    /// has no probabilities.
    pub ranking: Option<RankingScores>,
}

/// What probabilities are worth, over the articles that have some.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ProbabilityScores {
    /// Articles with probabilities.
    pub n: usize,
    /// Of them those that list only some labels. For a single label, what is left of 1 is
    /// shared evenly by the labels that are not listed; for several, losses are then not known.
    pub n_partial: usize,
    /// For a single label the mean of -ln(probability of the right one); for several the mean
    /// binary log loss over articles and labels.
    pub log_loss: Option<f64>,
    /// For a single label the mean of the squared differences summed over labels (0 to 2, Brier
    /// 1950); for several the mean over articles and labels (0 to 1).
    pub brier: Option<f64>,
    /// Expected calibration error of the best label's probability, 15 bins of equal width.
    pub ece: f64,
}

/// What would go unread.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Decisions {
    /// Articles accepted.
    pub n_accepted: usize,
    /// Share of all articles.
    pub share: f64,
    /// Share of the accepted that is right, as `accuracy` has it; 0 where none is accepted.
    pub accuracy: f64,
}

/// 95 % intervals over draws of articles.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct TopicIntervals {
    /// Of the accuracy.
    pub accuracy: Interval,
    /// Of the micro-averaged F1.
    pub micro_f1: Interval,
    /// Of the macro-averaged F1.
    pub macro_f1: Interval,
}

/// Scores predicted against gold topics, in any order.
///
/// The predicted label is the most likely, the first of equals; with several labels an article
/// those chosen. Labels are compared as they are spelled.
///
/// # Errors
/// [`crate::Error::Parameter`] where there is no gold article, an article has no gold label, one
/// stands on one side twice with different labels, or a probability is not within 0 to 1.
pub fn compare_topics(
    gold: &[GoldTopics],
    pred: &[PredTopics],
    options: &TopicOptions,
) -> Result<TopicScores> {
    let input = Input::new(gold, pred, options.multi_label)?;
    let sets = LabelSets::new(
        input.in_play.len(),
        input.answers.iter().map(|a| input.played(&a.gold)).collect(),
        input.answers.iter().map(|a| input.played(&a.predicted)).collect(),
    )?;
    // A single label is a set of one: precision, recall and F1 are the same.
    let counts = sets.labels();
    let n = input.answers.len();
    let right = |a: &&Answer| a.gold == a.predicted;
    let labels = input.in_play.iter().zip(&counts).map(|(&label, counts)| LabelRow {
        label: input.labels[label as usize].to_owned(),
        prf: counts.prf(),
        support: counts.support(),
        predicted: counts.predicted(),
    });
    let answered = || input.answers.iter().filter(|a| !a.listed.is_empty());
    let has_probabilities =
        answered().all(Answer::has_probabilities) && answered().next().is_some();
    let decisions = input.answers.iter().any(|a| a.accepted.is_some()).then(|| {
        let accepted = input.answers.iter().filter(|a| a.accepted == Some(true));
        let n_accepted = accepted.clone().count();
        Decisions {
            n_accepted,
            share: share(n_accepted as u64, n as u64),
            accuracy: share(accepted.filter(right).count() as u64, n_accepted as u64),
        }
    });
    Ok(TopicScores {
        multi_label: options.multi_label,
        n_articles: n,
        n_missing: input.n_missing,
        n_empty: n - answered().count() - input.n_missing,
        n_ignored: input.n_ignored,
        unknown_labels: input.unknown_labels(),
        accuracy: share(input.answers.iter().filter(right).count() as u64, n as u64),
        averages: sets.averages(),
        intervals: intervals(&sets, options.resamples, options.seed),
        labels: labels.collect(),
        confusion: if options.multi_label { Vec::new() } else { confusion(&input) },
        top_k: if options.multi_label { Vec::new() } else { top_k(&input) },
        several: options
            .multi_label
            .then(|| several(&input, &sets, has_probabilities))
            .transpose()?,
        probabilities: has_probabilities.then(|| probabilities(&input)).transpose()?,
        coverage: if has_probabilities { coverage(&input)? } else { Vec::new() },
        decisions,
    })
}

fn confusion(input: &Input<'_>) -> Vec<Confused> {
    let mut cells: BTreeMap<(u32, bool, Option<u32>), u64> = BTreeMap::new();
    for answer in &input.answers {
        let predicted = answer.predicted.first().copied();
        // No prediction comes last.
        *cells.entry((answer.gold[0], predicted.is_none(), predicted)).or_default() += 1;
    }
    let name = |label: u32| input.labels[label as usize].to_owned();
    let cell = |((gold, _, predicted), n): ((u32, bool, Option<u32>), u64)| Confused {
        gold: name(gold),
        predicted: predicted.map(name),
        n,
    };
    cells.into_iter().map(cell).collect()
}

fn top_k(input: &Input<'_>) -> Vec<TopK> {
    let rank = |a: &Answer| a.listed.iter().position(|l| l.label == a.gold[0]);
    let ranks: Vec<usize> = input.answers.iter().filter_map(rank).collect();
    // Lists may be cut: what lies beyond the longest is not known.
    let longest = input.answers.iter().map(|a| a.listed.len()).max().unwrap_or(0);
    let hits = |k| ranks.iter().filter(|&&rank| rank < k).count() as u64;
    let ks = TOP.iter().filter(|&&k| k <= longest);
    ks.map(|&k| TopK { k, accuracy: share(hits(k), input.answers.len() as u64) }).collect()
}

fn several(input: &Input<'_>, sets: &LabelSets, ranked: bool) -> Result<SeveralScores> {
    let ranking = if ranked {
        let mut ranker = Ranker::new(input.labels.len(), &TOP_RANKED)?;
        let mut row = vec![0.0; input.labels.len()];
        for answer in input.answers.iter().filter(|a| !a.listed.is_empty()) {
            answer.fill(&mut row);
            ranker.add(&row, &answer.gold);
        }
        Some(ranker.finish())
    } else {
        None
    };
    Ok(SeveralScores { samples: sets.samples(), hamming_loss: sets.hamming_loss(), ranking })
}

fn probabilities(input: &Input<'_>) -> Result<ProbabilityScores> {
    let n_labels = input.labels.len();
    let (mut surprises, mut differences) = (Vec::new(), Vec::new());
    let (mut best, mut right) = (Vec::new(), Vec::new());
    let mut n_partial = 0;
    let mut row = vec![0.0; n_labels];
    for answer in input.answers.iter().filter(|a| !a.listed.is_empty()) {
        best.push(answer.confidence());
        right.push(answer.best_is_right());
        let listed: f64 = answer.listed.iter().filter_map(|l| l.probability).sum();
        let unlisted = n_labels - answer.listed.len();
        if input.multi_label {
            n_partial += usize::from(unlisted > 0);
            answer.fill(&mut row);
            let of_label = |(label, &p): (usize, &f64)| {
                let is_right = answer.gold.binary_search(&(label as u32)).is_ok();
                surprise(if is_right { p } else { 1.0 - p })
            };
            let surprise: f64 = row.iter().enumerate().map(of_label).sum();
            surprises.push(surprise / n_labels as f64);
            let is_right = |label| answer.gold.binary_search(&(label as u32)).is_ok();
            differences.push(squares(&row, is_right) / n_labels as f64);
        } else {
            // Without a dense row: there may be many labels, and few are listed.
            let left = (1.0 - listed).max(0.0);
            n_partial += usize::from(unlisted > 0 && left > ROUNDING);
            let other = if unlisted == 0 { 0.0 } else { left / unlisted as f64 };
            let gold = answer.listed.iter().find(|l| l.label == answer.gold[0]);
            let p = gold.and_then(|l| l.probability).unwrap_or(other);
            surprises.push(surprise(p));
            let squared = |p: f64, truth: f64| (p - truth) * (p - truth);
            let of_listed: f64 = answer
                .listed
                .iter()
                .filter(|l| l.label != answer.gold[0])
                .map(|l| squared(l.probability.unwrap_or(0.0), 0.0))
                .sum();
            let others = unlisted - usize::from(gold.is_none());
            differences.push(of_listed + squared(p, 1.0) + others as f64 * squared(other, 0.0));
        }
    }
    let known = !input.multi_label || n_partial == 0;
    Ok(ProbabilityScores {
        n: best.len(),
        n_partial,
        ece: expected_calibration_error(&best, &right, BINS)?,
        log_loss: known.then(|| mean(surprises)),
        brier: known.then(|| mean(differences)),
    })
}

fn coverage(input: &Input<'_>) -> Result<Vec<Coverage>> {
    let confidence: Vec<f64> = input.answers.iter().map(Answer::confidence).collect();
    let right: Vec<bool> = input.answers.iter().map(Answer::best_is_right).collect();
    accuracy_at_coverage(&confidence, &right, &SHARES)
}

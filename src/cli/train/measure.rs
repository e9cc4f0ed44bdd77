//! What a model that was just trained is worth: over the folds, on other articles, compressed.
//!
//! Everything is brought into the rows of `khabar eval topics` and scored by the same code.
//! Some 300 bytes an article, a second for 36,000 of them.
//!
//! ```text
//! probabilities (articles x labels), labels -> gold and predicted rows -> scores
//! ```

use std::collections::BTreeMap;

use khabar::Article;
use khabar::metrics::{
    GoldTopics, PredTopic, PredTopics, TopicOptions, TopicScores, compare_topics,
    expected_calibration_error,
};
use khabar::topic::{Report, Tagged, TopicModel, best};
use khabar::vectorize::Parts;
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::labels::Labelled;

/// Bins of the calibration error.
const BINS: usize = 15;
/// Draws for the intervals.
const RESAMPLES: usize = 1000;

/// All that was measured.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) folds: Option<Folds>,
    pub(crate) validated: Option<Validated>,
    pub(crate) compressed: Option<Compressed>,
}

/// Scores over articles, each by a model of the other folds.
#[derive(Serialize)]
pub(crate) struct Folds {
    /// Calibration error of plain probabilities.
    pub(crate) ece_before: f64,
    /// Of calibrated ones.
    pub(crate) ece_after: f64,
    /// For each label, the share of all articles that is accepted as it.
    pub(crate) accepted: Vec<f64>,
    pub(crate) scores: TopicScores,
}

/// Scores over articles that were not learned from.
#[derive(Serialize)]
pub(crate) struct Validated {
    pub(crate) on: String,
    /// How many have a near-copy among those that were learned from.
    pub(crate) near_copies: usize,
    /// Accuracy (several labels: all right) over the rest.
    pub(crate) accuracy_without_copies: Option<f64>,
    /// By language, where there are several.
    pub(crate) languages: Vec<OfLanguage>,
    pub(crate) scores: TopicScores,
}

/// What a language's articles came to.
#[derive(Serialize)]
pub(crate) struct OfLanguage {
    pub(crate) language: String,
    pub(crate) articles: usize,
    /// Share right; several labels: all right.
    pub(crate) accuracy: f64,
    /// Share accepted unread, and share right of these.
    pub(crate) accepted: f64,
    pub(crate) right_of_accepted: f64,
    /// Calibration error of the best topic.
    pub(crate) ece: Option<f64>,
}

/// What compressing cost.
#[derive(Serialize)]
pub(crate) struct Compressed {
    pub(crate) bytes_before: usize,
    pub(crate) columns_before: usize,
    pub(crate) columns: usize,
    /// Articles both models tagged.
    pub(crate) articles: usize,
    /// Whether these are those that were learned from.
    pub(crate) seen: bool,
    /// Share of them with another best label (or other chosen ones).
    pub(crate) other_tags: f64,
    /// Share of them with another decision.
    pub(crate) other_decisions: f64,
    /// Mean difference of the best label's probability.
    pub(crate) mean_difference: f64,
}

/// Scores over the folds; none without calibration.
pub(crate) fn out_of_fold(
    learned: &Labelled<'_>,
    report: &Report,
    model: &TopicModel,
    seed: u64,
) -> anyhow::Result<Option<Folds>> {
    let (Some(p), Some(plain)) = (&report.probabilities, &report.plain) else { return Ok(None) };
    let has = |i: usize, label: usize| learned.rows[i].contains(&(label as u32));
    let ece = |p: &ndarray::Array2<f32>| {
        let (surest, right): (Vec<f32>, Vec<bool>) = p
            .rows()
            .into_iter()
            .enumerate()
            .map(|(i, row)| {
                let row = row.to_vec();
                let best = best(&row);
                (row[best].clamp(0.0, 1.0), has(i, best))
            })
            .unzip();
        expected_calibration_error(&surest, &right, BINS)
    };
    let mut accepted = vec![0usize; learned.names.len()];
    let rows: Vec<PredTopics> = p
        .rows()
        .into_iter()
        .zip(&learned.articles)
        .map(|(row, article)| {
            let row = row.to_vec();
            let first = best(&row);
            let chosen = |label: usize| match model.thresholds.get(label) {
                Some(&threshold) => row[label] >= threshold,
                None => label == first,
            };
            let of_language = model.language_bar(&article.lang);
            let reached = |label: usize| {
                model.bars[label].is_some_and(|bar| row[label] >= bar.max(of_language))
            };
            let mut tags = (0..row.len()).filter(|&label| chosen(label)).peekable();
            let some = tags.peek().is_some();
            let is_accepted = some && tags.all(reached);
            if is_accepted {
                (0..row.len()).filter(|&l| chosen(l)).for_each(|l| accepted[l] += 1);
            }
            let topics = (0..row.len()).map(|label| PredTopic {
                label: learned.names[label].clone(),
                probability: Some(f64::from(row[label].clamp(0.0, 1.0))),
                chosen: model.multi.then(|| chosen(label)),
            });
            PredTopics {
                id: article.id.clone(),
                topics: topics.collect(),
                accepted: Some(is_accepted),
            }
        })
        .collect();
    let gold: Vec<GoldTopics> = learned
        .articles
        .iter()
        .zip(&learned.rows)
        .map(|(article, row)| GoldTopics {
            id: article.id.clone(),
            topics: row.iter().map(|&label| learned.names[label as usize].clone()).collect(),
        })
        // Articles of rare topics alone have no label, and nothing to be scored by.
        .filter(|gold| !gold.topics.is_empty())
        .collect();
    let options = TopicOptions { multi_label: model.multi, resamples: RESAMPLES, seed };
    let n = learned.articles.len().max(1) as f64;
    Ok(Some(Folds {
        ece_before: ece(plain)?,
        ece_after: ece(p)?,
        accepted: accepted.into_iter().map(|count| count as f64 / n).collect(),
        scores: compare_topics(&gold, &rows, &options)?,
    }))
}

/// Scores over labelled articles; `copies` are the ids of those with a near-copy among what was
/// learned from.
pub(crate) fn validated(
    model: &TopicModel,
    gold: &[(&Article, Vec<String>)],
    copies: &[String],
    on: &str,
    multi: bool,
    seed: u64,
) -> anyhow::Result<Validated> {
    let articles: Vec<&Article> = gold.iter().map(|(article, _)| *article).collect();
    let tagged = tags(model, &articles);
    let rows: Vec<PredTopics> = articles
        .iter()
        .zip(&tagged)
        .map(|(article, tagged)| PredTopics {
            id: article.id.clone(),
            topics: tagged
                .topics
                .iter()
                .map(|topic| PredTopic {
                    label: model.labels[topic.label as usize].clone(),
                    probability: Some(f64::from(topic.probability)),
                    chosen: model.multi.then_some(topic.chosen),
                })
                .collect(),
            accepted: Some(tagged.review.is_none()),
        })
        .collect();
    let all: Vec<GoldTopics> = gold
        .iter()
        .map(|(article, topics)| GoldTopics { id: article.id.clone(), topics: topics.clone() })
        .collect();
    let options = TopicOptions { multi_label: multi, resamples: RESAMPLES, seed };
    let scores = compare_topics(&all, &rows, &options)?;
    let mut by_language: BTreeMap<&str, Vec<GoldTopics>> = BTreeMap::new();
    for (gold, article) in all.iter().zip(&articles) {
        by_language.entry(&article.lang).or_default().push(gold.clone());
    }
    let of_language = |(language, gold): (&str, Vec<GoldTopics>)| {
        let scores = compare_topics(&gold, &rows, &TopicOptions { resamples: 0, ..options })?;
        let decisions = scores.decisions;
        Ok(OfLanguage {
            language: language.to_owned(),
            articles: gold.len(),
            accuracy: scores.accuracy,
            accepted: decisions.map_or(0.0, |d| d.share),
            right_of_accepted: decisions.map_or(0.0, |d| d.accuracy),
            ece: scores.probabilities.map(|p| p.ece),
        })
    };
    let languages = match by_language.len() {
        0 | 1 => Vec::new(),
        _ => by_language.into_iter().map(of_language).collect::<khabar::Result<Vec<_>>>()?,
    };
    let copies: FxHashSet<&str> = copies.iter().map(String::as_str).collect();
    let near_copies = all.iter().filter(|gold| copies.contains(gold.id.as_str())).count();
    let own: Vec<GoldTopics> =
        all.into_iter().filter(|gold| !copies.contains(gold.id.as_str())).collect();
    let without = (near_copies > 0 && !own.is_empty())
        .then(|| compare_topics(&own, &rows, &TopicOptions { resamples: 0, ..options }))
        .transpose()?;
    Ok(Validated {
        on: on.to_owned(),
        near_copies,
        accuracy_without_copies: without.map(|scores| scores.accuracy),
        languages,
        scores,
    })
}

fn tags(model: &TopicModel, articles: &[&Article]) -> Vec<Tagged> {
    let languages: Vec<&str> = articles.iter().map(|a| a.lang.as_str()).collect();
    model.predict(&parts(articles), &languages)
}

/// How far two models differ on articles.
pub(crate) fn compressed(
    full: &TopicModel,
    small: &TopicModel,
    articles: &[&Article],
    bytes_before: usize,
    seen: bool,
) -> Compressed {
    let (before, after) = (tags(full, articles), tags(small, articles));
    let chosen = |tagged: &Tagged| {
        let mut chosen: Vec<u32> =
            tagged.topics.iter().filter(|t| t.chosen).map(|t| t.label).collect();
        chosen.sort_unstable();
        chosen
    };
    let n = articles.len().max(1) as f64;
    let pairs = || before.iter().zip(&after);
    let share = |count: usize| count as f64 / n;
    let moved = |(a, b): (&Tagged, &Tagged)| {
        let first = a.topics.first()?;
        let other = b.topics.iter().find(|topic| topic.label == first.label)?;
        Some(f64::from((first.probability - other.probability).abs()))
    };
    Compressed {
        bytes_before,
        columns_before: full.features.len(),
        columns: small.features.len(),
        articles: articles.len(),
        seen,
        other_tags: share(pairs().filter(|(a, b)| chosen(a) != chosen(b)).count()),
        other_decisions: share(
            pairs().filter(|(a, b)| a.review.is_some() != b.review.is_some()).count(),
        ),
        mean_difference: pairs().filter_map(moved).sum::<f64>() / n,
    }
}

/// What is counted of articles.
pub(crate) fn parts<'a>(articles: &[&'a Article]) -> Vec<Parts<'a>> {
    articles.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect()
}

//! Labels, and those that may be wrong.
//!
//! Each article is judged by a model of the other folds, near-copies never being on both sides
//! (Brodley & Friedl, "Identifying mislabeled training data", 1999). Where it gives another label
//! a higher calibrated probability, the label is suspected; the largest difference comes first.
//! A label of fewer than [`FEWEST`] articles or families is left out: too little to learn from.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{InspectOptions, Step};
use crate::Article;
use crate::split::{FoldOptions, stratified_folds};
use crate::topic::{Labels, Progress, TrainOptions, train};
use crate::vectorize::Parts;

/// Articles, and families, that a label needs to be checked.
pub(super) const FEWEST: usize = 5;
/// Folds.
const FOLDS: u32 = 5;

/// A label and how many articles have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelCount {
    /// Its name.
    pub label: String,
    /// Articles.
    pub articles: usize,
    /// The same with near-copies counted once.
    pub families: usize,
}

/// A label that may be wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suspect {
    /// The article.
    pub id: String,
    /// Its headline, or the beginning of its text.
    pub title: String,
    /// The label it has.
    pub label: String,
    /// Its probability by models that have not seen the article.
    pub probability: f32,
    /// The likeliest label it has not.
    pub other: String,
    /// That one's probability.
    pub other_probability: f32,
}

/// What the check of the labels found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelCheck {
    /// Articles that were checked.
    pub articles: usize,
    /// Labels that were not, having too few articles.
    pub left_out: Vec<String>,
    /// Share of articles whose best label is right, as far as the labels are.
    pub accuracy: f64,
    /// Labels that may be wrong, the most surely contradicted first.
    pub suspects: Vec<Suspect>,
}

fn own(article: &Article, multi_label: bool) -> impl Iterator<Item = &str> {
    let most = if multi_label { usize::MAX } else { 1 };
    article.topics.iter().take(most).map(String::as_str)
}

/// All labels, the most frequent first.
pub(super) fn counts(articles: &[&Article], of: &[u32], multi_label: bool) -> Vec<LabelCount> {
    let mut counts: BTreeMap<&str, (usize, BTreeSet<u32>)> = BTreeMap::new();
    for (article, &family) in articles.iter().zip(of) {
        for label in own(article, multi_label).collect::<BTreeSet<_>>() {
            let (n, families) = counts.entry(label).or_default();
            *n += 1;
            families.insert(family);
        }
    }
    let mut counts: Vec<LabelCount> = counts
        .into_iter()
        .map(|(label, (articles, families))| LabelCount {
            label: label.to_owned(),
            articles,
            families: families.len(),
        })
        .collect();
    counts.sort_by_key(|c| std::cmp::Reverse(c.articles));
    counts
}

/// Checks the labels, or says why that is not possible.
pub(super) fn check(
    articles: &[&Article],
    languages: &[String],
    of: &[u32],
    options: &InspectOptions,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<LabelCheck, String> {
    let multi = options.multi_label;
    let counts = counts(articles, of, multi);
    let (known, few): (Vec<_>, Vec<_>) =
        counts.into_iter().partition(|c| c.articles.min(c.families) >= FEWEST);
    let mut names: Vec<String> = known.into_iter().map(|c| c.label).collect();
    names.sort_unstable();
    if names.len() < 2 {
        return Err(format!(
            "fewer than two labels have {FEWEST} articles that are no copies of each other"
        ));
    }
    let numbers = |article: &Article| -> Vec<u32> {
        let number = |label: &str| names.binary_search_by(|n| n.as_str().cmp(label)).ok();
        own(article, multi).filter_map(number).map(|n| n as u32).collect()
    };
    let places: Vec<usize> =
        (0..articles.len()).filter(|&i| !numbers(articles[i]).is_empty()).collect();
    let some: Vec<&Article> = places.iter().map(|&i| articles[i]).collect();
    let families: Vec<u32> = places.iter().map(|&i| of[i]).collect();
    let languages: Vec<&str> = places.iter().map(|&i| languages[i].as_str()).collect();
    let said = |error: crate::Error| error.to_string();
    let fold_options = FoldOptions { folds: FOLDS, multi_label: multi, seed: options.seed };
    let folds = stratified_folds(&some, &families, &fold_options).map_err(said)?;
    let lists: Vec<Vec<u32>> = some.iter().map(|a| numbers(a)).collect();
    let labels = if multi {
        Labels::lists(lists.clone(), names.len())
    } else {
        Labels::single(lists.iter().map(|l| l[0]).collect(), names.len())
    };
    let texts: Vec<Parts<'_>> = some.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect();
    let training = TrainOptions { cs: vec![1.0], ..TrainOptions::default() };
    let told = |at: Progress| {
        if let Progress::Folds(done, all) = at {
            progress(Step::Labels(done, all));
        }
    };
    let labels = labels.map_err(said)?;
    let (_, report) =
        train(&texts, &languages, &labels, &names, &folds, &training, &told).map_err(said)?;
    let Some(probabilities) = report.probabilities else {
        return Err("the models gave no probabilities".to_owned());
    };
    let mut right = 0;
    let mut suspects = Vec::new();
    for ((article, gold), p) in some.iter().zip(&lists).zip(probabilities.rows()) {
        let is_gold = |label: &usize| gold.contains(&(*label as u32));
        // Of equal ones the first.
        let most = |a: usize, b: usize| if p[b] > p[a] { b } else { a };
        let other = (0..names.len()).filter(|l| !is_gold(l)).reduce(most);
        let weakest =
            gold.iter().map(|&l| l as usize).reduce(|a, b| if p[b] < p[a] { b } else { a });
        let best = (0..names.len()).reduce(most);
        right += usize::from(best.as_ref().is_some_and(is_gold));
        let (Some(other), Some(label)) = (other, weakest) else { continue };
        // With several labels an article each stands alone: missing and out of place at once.
        let contradicted =
            if multi { p[other] >= 0.5 && p[label] < 0.5 } else { p[other] > p[label] };
        if contradicted {
            let title = if article.title.is_empty() { &article.text } else { &article.title };
            suspects.push(Suspect {
                id: article.id.clone(),
                title: title.chars().take(120).collect(),
                label: names[label].clone(),
                probability: p[label],
                other: names[other].clone(),
                other_probability: p[other],
            });
        }
    }
    let how_sure = |s: &Suspect| s.other_probability - s.probability;
    suspects.sort_by(|a, b| how_sure(b).total_cmp(&how_sure(a)).then_with(|| a.id.cmp(&b.id)));
    Ok(LabelCheck {
        articles: some.len(),
        left_out: few.into_iter().map(|c| c.label).collect(),
        accuracy: right as f64 / some.len().max(1) as f64,
        suspects,
    })
}

//! Plain counts over articles: fields, languages, scripts, lengths, dates.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::Article;
use crate::corpus::detect_lang;
use crate::text::dominant_script;

/// A name and how many articles have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The name.
    pub name: String,
    /// Articles.
    pub articles: usize,
}

/// The names that are not empty, the most frequent first.
pub(super) fn counted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Counted> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names.filter(|name| !name.is_empty()) {
        *counts.entry(name).or_default() += 1;
    }
    let mut counted: Vec<Counted> = counts
        .into_iter()
        .map(|(name, articles)| Counted { name: name.to_owned(), articles })
        .collect();
    counted.sort_by_key(|c| std::cmp::Reverse(c.articles));
    counted
}

/// Articles that lack a field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Without a title.
    pub title: usize,
    /// Without a text.
    pub text: usize,
    /// Without a date, or with one that cannot be read.
    pub published: usize,
    /// Without a language of their own.
    pub lang: usize,
    /// Without an outlet.
    pub source: usize,
    /// Without a label.
    pub topics: usize,
    /// Without a gold story.
    pub story: usize,
    /// Without a split.
    pub split: usize,
}

impl Missing {
    pub(super) fn of(articles: &[&Article]) -> Self {
        let without = |of: &dyn Fn(&Article) -> bool| articles.iter().filter(|a| of(a)).count();
        Self {
            title: without(&|a| a.title.is_empty()),
            text: without(&|a| a.text.is_empty()),
            published: without(&|a| a.published.is_none()),
            lang: without(&|a| a.lang.is_empty()),
            source: without(&|a| a.source.is_empty()),
            topics: without(&|a| a.topics.is_empty()),
            story: without(&|a| a.story.is_empty()),
            split: without(&|a| a.split.is_empty()),
        }
    }
}

/// How long texts are, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Lengths {
    /// The shortest.
    pub least: usize,
    /// One in ten is shorter.
    pub p10: usize,
    /// Half are shorter.
    pub median: usize,
    /// Nine in ten are shorter.
    pub p90: usize,
    /// The longest.
    pub most: usize,
}

impl Lengths {
    /// Of the texts that are not empty; none where all are.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut lengths: Vec<usize> =
            texts.filter(|text| !text.is_empty()).map(|text| text.chars().count()).collect();
        lengths.sort_unstable();
        let at = |tenths: usize| lengths[(lengths.len() - 1) * tenths / 10];
        (!lengths.is_empty()).then(|| Self {
            least: at(0),
            p10: at(1),
            median: at(5),
            p90: at(9),
            most: at(10),
        })
    }
}

/// The language of each article as given, else as detected (empty where that fails); and how
/// many were detected.
pub(super) fn languages(articles: &[&Article]) -> (Vec<String>, usize) {
    let found: Vec<(String, bool)> = articles
        .par_iter()
        .map(|article| {
            if !article.lang.is_empty() {
                return (article.lang.clone(), false);
            }
            let detected = detect_lang(&article.content()).unwrap_or_default();
            (detected.to_owned(), !detected.is_empty())
        })
        .collect();
    let n = found.iter().filter(|(_, detected)| *detected).count();
    (found.into_iter().map(|(lang, _)| lang).collect(), n)
}

/// The script most letters of each article are of.
pub(super) fn scripts(articles: &[&Article]) -> Vec<Counted> {
    let found: Vec<&'static str> = articles
        .par_iter()
        .map(|article| {
            let text = if article.text.is_empty() { &article.title } else { &article.text };
            dominant_script(text).map_or("", |script| script.code())
        })
        .collect();
    counted(found.into_iter())
}

/// The first and the last date.
pub(super) fn published(articles: &[&Article]) -> Option<[String; 2]> {
    let dated = || articles.iter().filter_map(|article| article.published.as_ref());
    let first = dated().min_by_key(|p| p.seconds)?;
    let last = dated().max_by_key(|p| p.seconds)?;
    Some([first.original.clone(), last.original.clone()])
}

//! Folds that each have their part of every topic, families whole.
//!
//! Iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011) over families instead of
//! articles: the topic with the fewest articles left is dealt out first, its largest families
//! first, each to the fold that still lacks most of that topic; between equals to the one that
//! lacks most articles, then by lot. What has no topic comes last. It is the same method for one
//! topic an article and for several.
//!
//! O(articles times topics an article, times log) time, 50 bytes an article. The lot is a hash of
//! the seed and of the family's smallest id: the order of the input does not matter.
//!
//! ```
//! use khabar::Article;
//! use khabar::split::{FoldOptions, stratified_folds};
//! let article = |i: usize| Article {
//!     id: i.to_string(),
//!     topics: vec![["رياضة", "اقتصاد"][i % 2].into()],
//!     ..Article::default()
//! };
//! let articles: Vec<Article> = (0..20).map(article).collect();
//! let articles: Vec<&Article> = articles.iter().collect();
//! let families: Vec<u32> = (0..20).collect();
//! let folds = stratified_folds(&articles, &families, &FoldOptions::default())?;
//! for fold in 0..5 {
//!     let sport = (0..20).filter(|&i| folds[i] == fold && i % 2 == 0);
//!     assert_eq!(sport.count(), 2);
//! }
//! # Ok::<(), khabar::Error>(())
//! ```

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::fits;
use crate::{Article, Error, Result};

/// How to deal articles out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoldOptions {
    /// Number of folds, at least 2.
    pub folds: u32,
    /// All topics of an article count, not only the first.
    pub multi_label: bool,
    /// Of the lots.
    pub seed: u64,
}

impl Default for FoldOptions {
    fn default() -> Self {
        Self { folds: 5, multi_label: false, seed: 0 }
    }
}

/// A family as it is dealt out.
struct Family<'a> {
    /// Its smallest id.
    id: &'a str,
    size: u64,
    /// Topics and how many of its articles have each, by topic.
    topics: Vec<(u32, u64)>,
}

/// The fold of every article, from 0.
///
/// # Errors
/// [`Error::Parameter`] where `families` does not fit, there are fewer than two folds, or fewer
/// families than folds.
pub fn stratified_folds(
    articles: &[&Article],
    families: &[u32],
    options: &FoldOptions,
) -> Result<Vec<u32>> {
    fits(articles.len(), families.len())?;
    let (members, n_topics) = gather(articles, families, options.multi_label);
    if options.folds < 2 || members.len() < options.folds as usize {
        return Err(Error::parameter(
            "--folds",
            format!("{} folds of {} families of near-copies", options.folds, members.len()),
            "give at least 2 folds, and no more than there are families",
        ));
    }
    // By lot, so that no name has a fold of its own; ids are different, so the order is full.
    let mut order: Vec<u32> = (0..members.len() as u32).collect();
    order.sort_unstable_by_key(|&i| {
        let id = members[i as usize].1.id;
        (lot(options.seed, id), id)
    });
    let of_family = Dealer::new(&members, n_topics, options).deal(&order);
    let fold: FxHashMap<u32, u32> =
        members.iter().map(|(family, _)| *family).zip(of_family).collect();
    Ok(families.iter().map(|family| fold[family]).collect())
}

/// The families by number, and how many topics there are.
fn gather<'a>(
    articles: &[&'a Article],
    families: &[u32],
    multi_label: bool,
) -> (Vec<(u32, Family<'a>)>, usize) {
    let most = if multi_label { usize::MAX } else { 1 };
    let names: BTreeSet<&str> =
        articles.iter().flat_map(|a| a.topics.iter().take(most)).map(String::as_str).collect();
    let number: FxHashMap<&str, u32> =
        names.iter().enumerate().map(|(i, &name)| (name, i as u32)).collect();
    let mut place: FxHashMap<u32, usize> = FxHashMap::default();
    let mut found: Vec<(u32, Family<'a>)> = Vec::new();
    let mut topics: Vec<Vec<u32>> = Vec::new();
    for (article, &family) in articles.iter().zip(families) {
        let at = *place.entry(family).or_insert_with(|| {
            found.push((family, Family { id: &article.id, size: 0, topics: Vec::new() }));
            topics.push(Vec::new());
            found.len() - 1
        });
        let known = &mut found[at].1;
        known.size += 1;
        known.id = known.id.min(&article.id);
        let of_article: BTreeSet<u32> =
            article.topics.iter().take(most).map(|name| number[name.as_str()]).collect();
        topics[at].extend(of_article);
    }
    for ((_, family), mut topics) in found.iter_mut().zip(topics) {
        topics.sort_unstable();
        family.topics = topics.chunk_by(|a, b| a == b).map(|t| (t[0], t.len() as u64)).collect();
    }
    (found, names.len())
}

/// What each fold still lacks. Numbers are multiplied by the number of folds: whole to the end.
struct Dealer<'a> {
    members: &'a [(u32, Family<'a>)],
    folds: usize,
    seed: u64,
    /// By topic, then fold.
    lacks: Vec<i64>,
    lacks_articles: Vec<i64>,
    /// Articles left, by topic.
    left: Vec<u64>,
    fold: Vec<Option<u32>>,
}

impl<'a> Dealer<'a> {
    fn new(members: &'a [(u32, Family<'a>)], n_topics: usize, options: &FoldOptions) -> Self {
        let folds = options.folds as usize;
        let mut left = vec![0u64; n_topics];
        for (_, family) in members {
            for &(topic, n) in &family.topics {
                left[topic as usize] += n;
            }
        }
        let all: u64 = members.iter().map(|(_, family)| family.size).sum();
        Self {
            members,
            folds,
            seed: options.seed,
            lacks: left.iter().flat_map(|&n| std::iter::repeat_n(n as i64, folds)).collect(),
            lacks_articles: vec![all as i64; folds],
            left,
            fold: vec![None; members.len()],
        }
    }

    /// Deals all families; `order` decides between equals.
    fn deal(mut self, order: &[u32]) -> Vec<u32> {
        let mut having: Vec<Vec<u32>> = vec![Vec::new(); self.left.len()];
        for &i in order {
            for &(topic, _) in &self.members[i as usize].1.topics {
                having[topic as usize].push(i);
            }
        }
        let mut queue: BTreeSet<(u64, u32)> =
            self.left.iter().enumerate().map(|(topic, &n)| (n, topic as u32)).collect();
        while let Some((_, topic)) = queue.pop_first() {
            let mut families = std::mem::take(&mut having[topic as usize]);
            families.retain(|&i| self.fold[i as usize].is_none());
            // Stable: equals stay in the order of their lots.
            families.sort_by_key(|&i| Reverse(self.of_topic(i, topic)));
            for i in families {
                for &(other, n) in &self.members[i as usize].1.topics {
                    let left = &mut self.left[other as usize];
                    if queue.remove(&(*left, other)) {
                        queue.insert((*left - n, other));
                    }
                    *left -= n;
                }
                self.give(i, Some(topic));
            }
        }
        for &i in order {
            if self.fold[i as usize].is_none() {
                self.give(i, None);
            }
        }
        self.fold.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// How many articles of a family have a topic.
    fn of_topic(&self, i: u32, topic: u32) -> u64 {
        let topics = &self.members[i as usize].1.topics;
        topics.binary_search_by_key(&topic, |&(t, _)| t).map_or(0, |at| topics[at].1)
    }

    /// Gives a family to the fold that lacks it most.
    fn give(&mut self, i: u32, topic: Option<u32>) {
        let family = &self.members[i as usize].1;
        let lacks = |fold: usize| {
            let of_topic = topic.map_or(0, |topic| self.lacks[topic as usize * self.folds + fold]);
            // The lot of the fold: another one for each family.
            (of_topic, self.lacks_articles[fold], lot(self.seed ^ (fold as u64 + 1), family.id))
        };
        let fold = (0..self.folds).max_by_key(|&fold| lacks(fold)).unwrap_or(0);
        for &(topic, n) in &family.topics {
            self.lacks[topic as usize * self.folds + fold] -= (n * self.folds as u64) as i64;
        }
        self.lacks_articles[fold] -= (family.size * self.folds as u64) as i64;
        self.fold[i as usize] = Some(fold as u32);
    }
}

/// A number that only the seed and the id decide.
fn lot(seed: u64, id: &str) -> u64 {
    let step = |hash: u64, value: u64| {
        let h = (hash ^ value).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        h ^ h >> 29
    };
    let start = step(0x9E37_79B9_7F4A_7C15, seed);
    let hash = id.bytes().fold(start, |hash, byte| step(hash, u64::from(byte)));
    step(hash, id.len() as u64)
}

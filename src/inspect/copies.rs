//! Texts that come more than once: equal ones, near-copies, near-copies across splits or with
//! labels that disagree.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::Article;
use crate::split::Families;

/// Families and examples that are named.
const EXAMPLES: usize = 5;

/// Equal texts and near-copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copies {
    /// Articles with the title and text of an earlier one, under another id.
    pub equal: usize,
    /// Families of two near-copies or more.
    pub families: usize,
    /// Articles in them.
    pub articles: usize,
    /// Articles of the largest.
    pub largest: usize,
    /// Ids of some of the largest family.
    pub largest_ids: Vec<String>,
}

impl Copies {
    pub(super) fn of(articles: &[&Article], families: &Families) -> Self {
        let mut known: FxHashMap<(&str, &str), ()> = FxHashMap::default();
        let equal = articles.iter().filter(|a| known.insert((&a.title, &a.text), ()).is_some());
        let equal = equal.count();
        let members = members(&families.of);
        let of_two = members.iter().filter(|m| m.len() > 1);
        let largest = members.iter().rev().max_by_key(|m| m.len()).filter(|m| m.len() > 1);
        Self {
            equal,
            families: of_two.count(),
            articles: families.n_in_families,
            largest: families.largest,
            largest_ids: largest.map(|m| ids(articles, m)).unwrap_or_default(),
        }
    }
}

/// Near-copies on both sides of two splits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AcrossSplits {
    /// The splits, in the order of their names.
    pub splits: [String; 2],
    /// Families with articles in both.
    pub families: usize,
    /// Their articles in the two.
    pub articles: usize,
    /// Ids of an article of each side, for some families.
    pub examples: Vec<[String; 2]>,
}

/// A family of near-copies whose labels disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreeing {
    /// The labels and how many of its articles have each.
    pub labels: Vec<super::Counted>,
    /// Ids of some of its articles.
    pub ids: Vec<String>,
}

/// The articles of each family.
fn members(of: &[u32]) -> Vec<Vec<usize>> {
    let n = of.iter().max().map_or(0, |&f| f as usize + 1);
    let mut members = vec![Vec::new(); n];
    for (i, &family) in of.iter().enumerate() {
        members[family as usize].push(i);
    }
    members
}

fn ids(articles: &[&Article], members: &[usize]) -> Vec<String> {
    members.iter().take(EXAMPLES).map(|&i| articles[i].id.clone()).collect()
}

pub(super) fn across_splits(articles: &[&Article], of: &[u32]) -> Vec<AcrossSplits> {
    let mut found: BTreeMap<[&str; 2], AcrossSplits> = BTreeMap::new();
    for family in members(of).iter().filter(|m| m.len() > 1) {
        let mut sides: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &i in family.iter().filter(|&&i| !articles[i].split.is_empty()) {
            sides.entry(&articles[i].split).or_default().push(i);
        }
        let sides: Vec<(&str, Vec<usize>)> = sides.into_iter().collect();
        for (k, (b, of_b)) in sides.iter().enumerate() {
            for (a, of_a) in &sides[..k] {
                let pair = found.entry([*a, *b]).or_insert_with(|| AcrossSplits {
                    splits: [(*a).to_owned(), (*b).to_owned()],
                    families: 0,
                    articles: 0,
                    examples: Vec::new(),
                });
                pair.families += 1;
                pair.articles += of_a.len() + of_b.len();
                if pair.examples.len() < EXAMPLES {
                    let id = |of: &[usize]| articles[of[0]].id.clone();
                    pair.examples.push([id(of_a), id(of_b)]);
                }
            }
        }
    }
    found.into_values().collect()
}

pub(super) fn disagreeing(
    articles: &[&Article],
    of: &[u32],
    multi_label: bool,
) -> Vec<Disagreeing> {
    let mut found = Vec::new();
    for family in members(of) {
        let labelled: Vec<usize> =
            family.into_iter().filter(|&i| !articles[i].topics.is_empty()).collect();
        let own = |i: usize| -> BTreeSet<&str> {
            let most = if multi_label { usize::MAX } else { 1 };
            articles[i].topics.iter().take(most).map(String::as_str).collect()
        };
        let sets: BTreeSet<BTreeSet<&str>> = labelled.iter().map(|&i| own(i)).collect();
        if sets.len() > 1 {
            let names: Vec<&str> = labelled.iter().flat_map(|&i| own(i)).collect();
            let labels = super::corpus::counted(names.into_iter());
            found.push((labelled.len(), Disagreeing { labels, ids: ids(articles, &labelled) }));
        }
    }
    found.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    found.into_iter().map(|(_, family)| family).collect()
}

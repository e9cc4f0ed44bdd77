//! What a story holds, and where each article stands in it.
//!
//! From a partition, the copy families and the graph: one [`Story`] a cluster (members in
//! order of time, the representative, sources, first and last publication) and one
//! [`Placement`] an article (role, score to the representative, nearest article).
//!
//! *Earlier* means: published before; dated before undated; then the smaller id. The head
//! of a copy family, and the article a story takes its name from, is the earliest. Names
//! of stories and families are hashes of that article's id ([`StoryId`]): they stay when
//! other articles join, when the input is shuffled and when it is cut elsewhere, as long
//! as the earliest article is the same.
//!
//! O(edges + n log n) time; about 100 bytes an article beyond titles and dates.
//!
//! ```
//! use khabar::similarity::{Edge, Graph};
//! use khabar::story::{Partition, Role, describe};
//! use khabar::Article;
//! let article = |id: &str, title: &str, source: &str| Article {
//!     id: id.into(), title: title.into(), source: source.into(), ..Article::default()
//! };
//! let articles = [
//!     article("1", "روسيا تطلب عقد اجتماع لمجلس الأمن", "الرياض"),
//!     article("2", "موسكو تدعو مجلس الأمن إلى الانعقاد", "الحياة"),
//! ];
//! let articles: Vec<&Article> = articles.iter().collect();
//! let edge = Edge { a: 0, b: 1, cosine: 0.6, score: 0.8 };
//! let graph = Graph::from_edges(2, vec![edge], 0.1);
//! let found = describe(&articles, &Partition::from_labels(&[0, 0]), &[None, None], &graph);
//! assert_eq!(found.stories[0].title, "روسيا تطلب عقد اجتماع لمجلس الأمن");
//! assert_eq!(found.stories[0].n_sources, 2);
//! assert_eq!(found.placements[1].role, Role::Member);
//! assert_eq!(found.placements[1].score, Some(0.8));
//! ```

use super::Partition;
use super::linkage::fixed;
use crate::similarity::Graph;
use crate::{Article, Published};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// The name of a story or of a copy family: a letter and 16 hexadecimal digits.
///
/// The letter is `s` for a story and `c` for a copy family; the digits are FNV-1a, 64
/// bits, of the UTF-8 bytes of the id of its earliest article. Among a million stories two
/// share a name with a chance of about 3 in 10^8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StoryId {
    letter: char,
    hash: u64,
}

impl StoryId {
    /// The name of the story whose earliest article has this id.
    #[must_use]
    pub fn of_story(article_id: &str) -> Self {
        Self { letter: 's', hash: fnv1a(article_id.as_bytes()) }
    }

    /// The name of the copy family whose earliest article has this id.
    #[must_use]
    pub fn of_copies(article_id: &str) -> Self {
        Self { letter: 'c', hash: fnv1a(article_id.as_bytes()) }
    }
}

impl std::fmt::Display for StoryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{:016x}", self.letter, self.hash)
    }
}

impl serde::Serialize for StoryId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// FNV-1a with its 64-bit constants (Fowler, Noll, Vo). Frozen: names are kept by users.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &b| (hash ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

/// What an article is to its story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The one that stands for a story of two or more. Never one of a family's later copies.
    Representative,
    /// Its copy family has an earlier head.
    Copy,
    /// Any other of a story of two or more.
    Member,
    /// Alone in its story.
    Single,
}

/// One story.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Derived from the earliest member.
    pub story_id: StoryId,
    /// All rows of the story, earliest first.
    pub members: Vec<u32>,
    /// The row that stands for it: of the members that are no later copy of another, the
    /// one with the largest mean score to all other members (unlisted pairs count 0), ties
    /// to the earlier. The only member of a single.
    pub representative: u32,
    /// Distinct sources of the members. Articles that name none are not counted: 0 means
    /// that no member names a source.
    pub n_sources: u32,
    /// Distinct sources of family heads and of articles without copies, counted likewise:
    /// how many outlets wrote, not how many printed.
    pub n_independent_sources: u32,
    /// The earliest date of a member, where one is dated.
    pub first_published: Option<Published>,
    /// The latest date of a member, where one is dated.
    pub last_published: Option<Published>,
    /// The representative's title; without one the earliest title of a member; else the
    /// first words of the representative's text.
    pub title: String,
    /// Filled by [`super::add_keywords`].
    pub keywords: Vec<String>,
}

/// Where one article stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Its story, as an index into [`Stories::stories`].
    pub story: u32,
    /// Its story's name.
    pub story_id: StoryId,
    /// Number of articles in its story.
    pub story_size: u32,
    /// Its copy family's name, where it has a copy in its story.
    pub copy_id: Option<StoryId>,
    /// What it is to its story.
    pub role: Role,
    /// Score to the representative, 1 for the representative itself; `None` for a single,
    /// which has nothing to be compared with, and where the pair is not in the graph
    /// (its score is below the graph's floor, not known).
    pub score: Option<f32>,
    /// The row of largest score in the whole graph, in whatever story, ties to the smaller
    /// row; `None` where nothing was near.
    pub nearest: Option<u32>,
    /// The score of that pair.
    pub nearest_score: Option<f32>,
}

/// What [`describe`] finds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stories {
    /// In the order of the partition's labels.
    pub stories: Vec<Story>,
    /// In row order.
    pub placements: Vec<Placement>,
}

/// Describes every story and places every article.
///
/// `articles` in row order; `families` as [`super::copy_families`] gives them, or all
/// `None`.
///
/// # Panics
/// Where `articles`, `stories`, `families` and `graph` have different numbers of rows.
#[must_use]
pub fn describe(
    articles: &[&Article],
    stories: &Partition,
    families: &[Option<u32>],
    graph: &Graph,
) -> Stories {
    let n = articles.len();
    assert_eq!([stories.n_rows(), families.len(), graph.n_nodes()], [n; 3], "one row an article");
    let heads = family_heads(articles, families);
    let is_copy = |row: u32| heads[row as usize].is_some_and(|head| head != row);
    let groups = stories.members();
    let described: Vec<Story> = (0..groups.len())
        .into_par_iter()
        .map(|story| one_story(articles, stories, groups.of(story), graph, &is_copy))
        .collect();
    let placements = (0..n as u32)
        .into_par_iter()
        .map(|row| {
            let label = stories.label(row as usize);
            let story = &described[label as usize];
            let role = match (story.members.len(), story.representative == row, is_copy(row)) {
                (1, ..) => Role::Single,
                (_, true, _) => Role::Representative,
                (_, _, true) => Role::Copy,
                _ => Role::Member,
            };
            let score = match role {
                Role::Single => None,
                Role::Representative => Some(1.0),
                _ => graph.edge(row as usize, story.representative as usize).map(|n| n.score),
            };
            let nearest = graph.neighbours(row as usize).reduce(|best, n| {
                // Neighbours ascend, so the first of equals stays.
                if n.score > best.score { n } else { best }
            });
            Placement {
                story: label,
                story_id: story.story_id,
                story_size: story.members.len() as u32,
                copy_id: heads[row as usize]
                    .map(|head| StoryId::of_copies(&articles[head as usize].id)),
                role,
                score,
                nearest: nearest.map(|n| n.node),
                nearest_score: nearest.map(|n| n.score),
            }
        })
        .collect();
    Stories { stories: described, placements }
}

/// Which of two articles is earlier: dated before undated, then the date, then the id.
#[must_use]
pub fn by_time(a: &Article, b: &Article) -> Ordering {
    let key = |a: &Article| a.seconds();
    key(a).is_none().cmp(&key(b).is_none()).then(key(a).cmp(&key(b))).then(a.id.cmp(&b.id))
}

/// The head of every row's family: the earliest of it.
fn family_heads(articles: &[&Article], families: &[Option<u32>]) -> Vec<Option<u32>> {
    let mut heads: FxHashMap<u32, u32> = FxHashMap::default();
    for (row, family) in families.iter().enumerate() {
        if let Some(family) = family {
            let head = heads.entry(*family).or_insert(row as u32);
            if by_time(articles[row], articles[*head as usize]).is_lt() {
                *head = row as u32;
            }
        }
    }
    families.iter().map(|family| family.map(|family| heads[&family])).collect()
}

fn one_story(
    articles: &[&Article],
    stories: &Partition,
    rows: &[u32],
    graph: &Graph,
    is_copy: &impl Fn(u32) -> bool,
) -> Story {
    let article = |row: u32| articles[row as usize];
    let mut members = rows.to_vec();
    members.sort_by(|&a, &b| by_time(article(a), article(b)).then(a.cmp(&b)));
    let label = stories.label(members[0] as usize);
    // Scores as integers: equal sets of scores are equal in any order, so ties are exact.
    let nearness = |row: u32| -> u64 {
        graph
            .neighbours(row as usize)
            .filter(|n| stories.label(n.node as usize) == label)
            .map(|n| fixed(n.score))
            .sum()
    };
    let mut representative = members[0];
    let mut best = None;
    for &row in members.iter().filter(|&&row| !is_copy(row)) {
        let near = nearness(row);
        if best.is_none_or(|best| near > best) {
            (representative, best) = (row, Some(near));
        }
    }
    let sources = |copies_too: bool| {
        let counted = members.iter().filter(|&&row| copies_too || !is_copy(row));
        let names = counted.map(|&row| article(row).source.trim()).filter(|s| !s.is_empty());
        names.collect::<BTreeSet<&str>>().len() as u32
    };
    let mut dated = members.iter().filter_map(|&row| article(row).published.as_ref());
    Story {
        story_id: StoryId::of_story(&article(members[0]).id),
        representative,
        n_sources: sources(true),
        n_independent_sources: sources(false),
        // Members are in order of time, the undated last.
        first_published: dated.clone().next().cloned(),
        last_published: dated.next_back().cloned(),
        title: title(article(representative), members.iter().map(|&row| article(row))),
        keywords: Vec::new(),
        members,
    }
}

fn title<'a>(representative: &Article, mut members: impl Iterator<Item = &'a Article>) -> String {
    const LEAD_WORDS: usize = 12;
    let named = |a: &Article| (!a.title.trim().is_empty()).then(|| a.title.trim().to_owned());
    named(representative).or_else(|| members.find_map(named)).unwrap_or_else(|| {
        let mut words = representative.text.split_whitespace();
        let lead: Vec<&str> = words.by_ref().take(LEAD_WORDS).collect();
        let more = if words.next().is_some() { " …" } else { "" };
        lead.join(" ") + more
    })
}

#[cfg(test)]
#[path = "describe_tests.rs"]
mod tests;

//! Copy families: articles of one story that carry one text.
//!
//! Papers that print the same wire text cut it, change words, add a paragraph; papers that
//! cover the same event write another text about the same things. The cosine of their rows
//! can hardly tell: what tells is how many runs of words both have. So inside each story the
//! pairs near enough to be copies are looked at in their texts ([`CopyRule`]), and articles are
//! grouped by average linkage over what was found. A family is therefore a set whose members
//! are copies of one another on average: no chain from one rewriting to the next, and a short
//! item that stands in two long articles does not make these two copies.
//!
//! Cost as [`super::linkage`], and for pairs that are looked at about 25 ns a word of their
//! articles and 1 us a pair; 4 bytes a word while they are looked at, some
//! ten thousand articles at a time. Only articles with a neighbour in their story are read.
//!
//! ```
//! use khabar::similarity::{Edge, Graph};
//! use khabar::story::{Partition, copy_families};
//! let edge = |a, b, cosine| Edge { a, b, cosine, score: 0.9 };
//! let graph = Graph::from_edges(4, vec![edge(0, 1, 0.95), edge(0, 2, 0.4), edge(2, 3, 0.97)], 0.3);
//! // 2 and 3 are near copies, but were put in different stories.
//! let stories = Partition::from_labels(&[0, 0, 0, 1]);
//! assert_eq!(copy_families(&graph, &stories, 0.8), [Some(0), Some(0), None, None]);
//! ```

use rayon::prelude::*;

use super::Partition;
use super::linkage::average_linkage_by;
use super::shingles::{Buffers, Print};
use crate::Article;
use crate::similarity::{Edge, Graph};
use crate::text::{NormalizeOptions, Normalizer};

/// Pairs looked at together; and what is left of the last one's story.
const AT_A_TIME: usize = 1 << 18;

/// When two articles of one story carry one text.
///
/// Their *likeness*, 0 to 1, is a sum over what one looks at to tell a copy:
/// - .7 times the share of the shorter text's runs of three words that the other has, and .3
///   times the share of all runs of both that both have; each with 4 runs added below, so that
///   ten words which happen to be equal are not yet a copy;
/// - less .2 times the share of numbers that the one with fewer does not share (2 added below):
///   a bulletin of another day has other numbers;
/// - less .03 for each day between them, at most four days.
///
/// Words are those of the standard spelling, whatever is counted for stories. Without texts
/// (a saved graph alone) the cosine decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CopyRule {
    /// The likeness that members of a family have on average; above 0, up to 1.
    pub likeness: f32,
    /// Pairs of a lower cosine are no copies and are not looked at.
    pub min_cosine: f32,
    /// The cosine that stands for the likeness where an article has no words to look at.
    pub cosine_alone: f32,
}

impl Default for CopyRule {
    fn default() -> Self {
        Self { likeness: 0.45, min_cosine: 0.3, cosine_alone: 0.5 }
    }
}

/// The copy family of every row by what its text says; `None` where a row has no copy in its
/// story.
///
/// `texts` has each article's text, or what is left of it once what the outlet repeats is cut.
/// Families merge while their mean likeness is at least `rule.likeness`; pairs that the graph
/// does not list, or of two stories, have none. Families are numbered by their smallest row.
///
/// # Panics
/// Where `articles`, `texts` and `stories` have another number of rows than the graph.
#[must_use]
pub fn copy_families_by_text<T: AsRef<str> + Sync>(
    graph: &Graph,
    stories: &Partition,
    articles: &[&Article],
    texts: &[T],
    rule: &CopyRule,
) -> Vec<Option<u32>> {
    let n = graph.n_nodes();
    assert_eq!([articles.len(), texts.len(), stories.n_rows()], [n; 3], "one row an article");
    if articles.iter().all(|a| a.title.is_empty()) && texts.iter().all(|t| t.as_ref().is_empty()) {
        return copy_families(graph, stories, rule.cosine_alone);
    }
    let mut pairs: Vec<Edge> = graph
        .edges()
        .filter(|e| stories.label(e.a as usize) == stories.label(e.b as usize))
        .filter(|e| e.cosine >= rule.min_cosine)
        .collect();
    let normalizer = Normalizer::new(NormalizeOptions::default());
    // Story by story, so that not all texts have to be at hand at once.
    pairs.sort_by_key(|pair| stories.label(pair.a as usize));
    let mut rest = &mut pairs[..];
    while !rest.is_empty() {
        let label = |pair: &Edge| stories.label(pair.a as usize);
        let last = label(&rest[rest.len().min(AT_A_TIME) - 1]);
        let (some, others) = rest.split_at_mut(rest.partition_point(|pair| label(pair) <= last));
        rest = others;
        let mut rows: Vec<u32> = some.iter().flat_map(|pair| [pair.a, pair.b]).collect();
        rows.sort_unstable();
        rows.dedup();
        let prints: Vec<Print> = rows
            .par_iter()
            .with_min_len(64)
            .map_init(Buffers::default, |buffers, &row| {
                let row = row as usize;
                Print::of(articles[row], texts[row].as_ref(), &normalizer, buffers)
            })
            .collect();
        let print = |row: u32| &prints[rows.partition_point(|&other| other < row)];
        some.par_iter_mut().with_min_len(256).for_each(|pair| {
            let (a, b) = (print(pair.a), print(pair.b));
            pair.cosine = if a.is_empty() || b.is_empty() {
                // The same scale: as far above or below what makes a copy.
                pair.cosine / rule.cosine_alone * rule.likeness
            } else {
                a.likeness(b)
            };
        });
    }
    pairs.retain(|pair| pair.cosine > 0.0);
    copy_families(&Graph::from_edges(n, pairs, 0.0), stories, rule.likeness)
}

/// The copy family of every row by the cosines alone; `None` where a row has no copy in its
/// story. For graphs whose texts are not at hand.
///
/// Families merge while their mean cosine is at least `min_cosine`, which takes at least
/// one pair that near; pairs the graph does not list, or that lie in two stories, count 0.
/// Families are numbered by their smallest row.
///
/// # Panics
/// Where `stories` has fewer rows than the graph.
#[must_use]
pub fn copy_families(graph: &Graph, stories: &Partition, min_cosine: f32) -> Vec<Option<u32>> {
    // Copies are near by what they say, not by default: a minimum of 0 would let the
    // linkage join rows the graph knows nothing of, across stories.
    let min_cosine = if min_cosine <= 0.0 { f32::MIN_POSITIVE } else { min_cosine };
    let families = average_linkage_by(graph, min_cosine, |row, neighbour| {
        let together = stories.label(row as usize) == stories.label(neighbour.node as usize);
        if together { neighbour.cosine } else { 0.0 }
    });
    let sizes = families.sizes();
    let mut number = vec![None; sizes.len()];
    let mut next = 0;
    for (number, &size) in number.iter_mut().zip(&sizes) {
        if size > 1 {
            *number = Some(next);
            next += 1;
        }
    }
    families.labels().iter().map(|&family| number[family as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::Edge;

    fn graph(n: usize, cosines: &[(u32, u32, f32)]) -> Graph {
        let edge = |&(a, b, cosine): &(u32, u32, f32)| Edge { a, b, cosine, score: 1.0 };
        Graph::from_edges(n, cosines.iter().map(edge).collect(), 0.0)
    }

    #[test]
    fn a_chain_of_rewritings_is_no_family() {
        // 0-1-2-3 are near in turn, the ends are far apart.
        let chain = graph(
            4,
            &[(0, 1, 0.92), (1, 2, 0.9), (2, 3, 0.91), (0, 2, 0.5), (1, 3, 0.5), (0, 3, 0.2)],
        );
        let story = Partition::from_labels(&[0; 4]);
        assert_eq!(copy_families(&chain, &story, 0.85), [Some(0), Some(0), Some(1), Some(1)]);
    }

    #[test]
    fn families_are_numbered_by_their_smallest_row_and_singles_have_none() {
        let g = graph(5, &[(1, 4, 0.9), (2, 3, 0.95), (0, 1, 0.3)]);
        let story = Partition::from_labels(&[0; 5]);
        let expected = [None, Some(0), Some(1), Some(1), Some(0)];
        assert_eq!(copy_families(&g, &story, 0.8), expected);
        assert_eq!(copy_families(&g, &story, 0.99), [None; 5]);
    }

    #[test]
    fn the_score_does_not_make_copies_and_stories_are_never_joined() {
        let g = graph(3, &[(0, 1, 0.5), (1, 2, 1.0)]);
        let stories = Partition::from_labels(&[0, 0, 1]);
        assert_eq!(copy_families(&g, &stories, 0.8), [None; 3]);
        // Even a minimum that asks for nothing stays within the story.
        assert_eq!(copy_families(&g, &stories, 0.0), [Some(0), Some(0), None]);
        assert_eq!(copy_families(&g, &stories, -1.0), [Some(0), Some(0), None]);
    }
}

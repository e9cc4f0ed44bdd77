//! Copy families: articles of one story that carry one text.
//!
//! Papers that print the same wire text differ in a few words; papers that cover the same
//! event differ in most. Inside each story, articles are grouped by average linkage over
//! the cosines of their full vectors at a high threshold, so a family is a set in which all
//! are near all on average: no chain from one rewriting to the next. Cost as
//! [`super::linkage`]; no pair outside a story is looked at twice.
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

use super::Partition;
use super::linkage::average_linkage_by;
use crate::similarity::Graph;

/// The copy family of every row; `None` where a row has no copy in its story.
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

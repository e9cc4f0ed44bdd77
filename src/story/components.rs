//! Connected components: articles joined by any chain of near pairs are one story.
//!
//! The simplest cut and the weakest on news: one article that stands between two events
//! joins both (chaining). It is here as a baseline, and because every other cut of the
//! graph stays inside its components. Union-find with the smallest row as root and path
//! halving; near-linear in the edges, 4 bytes a row.
//!
//! ```
//! use khabar::similarity::{Edge, Graph};
//! use khabar::story::connected_components;
//! let edges = vec![Edge { a: 0, b: 2, cosine: 0.6, score: 0.6 }];
//! let graph = Graph::from_edges(3, edges, 0.1);
//! assert_eq!(connected_components(&graph, 0.5).labels(), [0, 1, 0]);
//! ```

use super::Partition;
use crate::similarity::Graph;

/// The connected components of the pairs whose score is at least `threshold`.
#[must_use]
pub fn connected_components(graph: &Graph, threshold: f32) -> Partition {
    components_where(
        graph.n_nodes(),
        graph.edges().filter_map(|e| (e.score >= threshold).then_some((e.a, e.b))),
    )
}

/// The connected components of `n` rows under the given pairs.
pub(crate) fn components_where(n: usize, pairs: impl IntoIterator<Item = (u32, u32)>) -> Partition {
    let mut sets = UnionFind::new(n);
    for (a, b) in pairs {
        sets.union(a, b);
    }
    sets.into_partition()
}

/// Disjoint sets whose root is always their smallest row.
#[derive(Debug)]
pub(crate) struct UnionFind {
    parent: Vec<u32>,
}

impl UnionFind {
    /// `n` sets of one row each.
    pub(crate) fn new(n: usize) -> Self {
        Self { parent: (0..n as u32).collect() }
    }

    /// The smallest row of the set that holds `x`.
    pub(crate) fn find(&mut self, mut x: u32) -> u32 {
        while self.parent[x as usize] != x {
            let up = self.parent[self.parent[x as usize] as usize];
            self.parent[x as usize] = up;
            x = up;
        }
        x
    }

    /// Makes one set of the two that hold `a` and `b`.
    pub(crate) fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// The sets as a partition.
    pub(crate) fn into_partition(mut self) -> Partition {
        for x in 0..self.parent.len() as u32 {
            self.parent[x as usize] = self.find(x);
        }
        Partition::from_roots(self.parent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::Edge;

    #[test]
    fn a_chain_is_one_component_and_a_weak_link_cuts_it() {
        let edge = |a, b, score| Edge { a, b, cosine: 0.0, score };
        let graph =
            Graph::from_edges(5, vec![edge(4, 3, 0.5), edge(3, 1, 0.4), edge(1, 0, 0.5)], 0.1);
        let cases: [(f32, &[u32]); 3] =
            [(0.6, &[0, 1, 2, 3, 4]), (0.5, &[0, 0, 1, 2, 2]), (0.4, &[0, 0, 1, 0, 0])];
        for (threshold, expected) in cases {
            assert_eq!(connected_components(&graph, threshold).labels(), expected);
        }
    }
}

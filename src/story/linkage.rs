//! Average linkage (UPGMA), exact, on a sparse graph: the default way to cut stories.
//!
//! Two clusters are as near as the mean score over all pairs between them, a pair the
//! graph does not list counting 0. The nearest two clusters merge, again and again, until
//! the best mean is below the threshold. A single chain of near pairs therefore does not
//! make a story (as [`super::components`] would), and no single far pair forbids one.
//!
//! How it is fast and still exact:
//! - A mean of at least T needs one pair of at least T, so clusters never leave the
//!   connected components of the pairs >= T. Components are cut independently, in parallel.
//! - Average linkage is reducible: a merge never brings a third cluster nearer than both
//!   parts were. Following each cluster to its nearest one until two are nearest to each
//!   other (the nearest-neighbour chain; Murtagh 1983, Bruynooghe 1978) makes the same
//!   merges as always taking the globally best pair, with at most about 4 scans of a
//!   neighbour list for every node and no priority queue.
//! - A merge only appends the shorter neighbour list to the longer; entries that name a
//!   merged cluster are renamed, and added up, when the list is next scanned.
//! - Scores are summed as integers (multiples of 2^-32, exact for every f32 score of at
//!   least 2^-8) and means are compared by cross-multiplication, so neither rounding nor
//!   the order of merges, rows or threads can change the result.
//!
//! Ties: of equal means the pair with the smaller rows goes first, a cluster being known
//! by its smallest row. Time: near-linear in the edges, times the number of merges that
//! one cluster sees one by one (small, since a cluster of s members at mean T needs degrees
//! of about T s). Memory: 16 bytes a listed neighbour of the components in work.
//!
//! ```
//! use khabar::similarity::{Edge, Graph};
//! use khabar::story::average_linkage;
//! let edge = |a, b, score| Edge { a, b, cosine: score, score };
//! // 2 is near 1 but unknown to 0: the mean (0.6 + 0) / 2 stays below 0.5.
//! let graph = Graph::from_edges(3, vec![edge(0, 1, 0.8), edge(1, 2, 0.6)], 0.1);
//! assert_eq!(average_linkage(&graph, 0.5).labels(), [0, 0, 1]);
//! assert_eq!(average_linkage(&graph, 0.3).labels(), [0, 0, 0]);
//! ```

use super::Partition;
use super::components::components_where;
use crate::similarity::{Graph, Neighbour};
use rayon::prelude::*;

/// Cuts the graph's scores into stories by average linkage at `threshold`.
///
/// Clusters merge while the best mean score between two is at least `threshold`. Pairs the
/// graph does not list count 0, so a threshold below the graph's floor asks for more than
/// the graph knows; a threshold of 0 or less makes one cluster of everything, one
/// above 1 (or NaN) leaves every row alone. Scores are 0 to 1; what lies outside is clamped.
#[must_use]
pub fn average_linkage(graph: &Graph, threshold: f32) -> Partition {
    average_linkage_by(graph, threshold, |_, neighbour| neighbour.score)
}

/// [`average_linkage`] over another weight than the score: `weight(row, neighbour)`, which
/// must be symmetric; 0 for a pair that shall count as absent.
pub(crate) fn average_linkage_by(
    graph: &Graph,
    threshold: f32,
    weight: impl Fn(u32, Neighbour) -> f32 + Sync,
) -> Partition {
    let n = graph.n_nodes();
    if threshold.is_nan() || threshold > 1.0 {
        return Partition::from_roots((0..n as u32).collect());
    }
    if threshold <= 0.0 {
        return Partition::from_roots(vec![0; n]);
    }
    let components = components_where(
        n,
        (0..n as u32).flat_map(|a| {
            let weight = &weight;
            graph
                .neighbours(a as usize)
                .filter(move |b| b.node > a && weight(a, *b) >= threshold)
                .map(move |b| (a, b.node))
        }),
    );
    let groups = components.members();
    let mut local = vec![0u32; n];
    for rows in groups.iter() {
        for (i, &row) in rows.iter().enumerate() {
            local[row as usize] = i as u32;
        }
    }
    // A component of one or two rows is one cluster as it stands.
    let large: Vec<u32> =
        (0..groups.len() as u32).filter(|&c| groups.of(c as usize).len() > 2).collect();
    let cuts: Vec<Vec<u32>> = large
        .par_iter()
        .map(|&component| {
            let rows = groups.of(component as usize);
            let mut cut = Component::new(threshold, rows.len());
            for (i, &row) in rows.iter().enumerate() {
                cut.lists[i].extend(
                    graph
                        .neighbours(row as usize)
                        .filter(|b| components.label(b.node as usize) == component)
                        .map(|b| Link { node: local[b.node as usize], sum: fixed(weight(row, b)) })
                        .filter(|link| link.sum > 0),
                );
            }
            cut.run()
        })
        .collect();
    let mut roots: Vec<u32> = (0..n as u32).collect();
    for rows in groups.iter().filter(|rows| rows.len() == 2) {
        roots[rows[1] as usize] = rows[0];
    }
    for (&component, cut) in large.iter().zip(&cuts) {
        let rows = groups.of(component as usize);
        for (&row, &root) in rows.iter().zip(cut) {
            roots[row as usize] = rows[root as usize];
        }
    }
    Partition::from_roots(roots)
}

/// A score as a multiple of 2^-32, clamped to 0..=1 (NaN is 0).
///
/// Sums of these are exact and do not depend on order; 2^31 pairs fit into 64 bits.
pub(crate) fn fixed(score: f32) -> u64 {
    const ONE: u64 = 1 << 32;
    // The product is exact in f64 and `as` takes NaN and negatives to 0.
    ((f64::from(score) * ONE as f64) as u64).min(ONE)
}

/// The summed score towards one cluster.
#[derive(Debug, Clone, Copy)]
struct Link {
    /// A member of that cluster (its root once the list has been scanned).
    node: u32,
    /// Sum of the pair scores, as [`fixed`].
    sum: u64,
}

/// What a scan needs to know of a node, together in one place of memory.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// The node it has merged into, itself while it stands for a cluster.
    parent: u32,
    /// Members of its cluster.
    size: u32,
    /// The scan that last met this cluster ...
    scan: u32,
    /// ... and where that scan put it in the list.
    at: u32,
}

/// One connected component being cut; nodes are numbered within it.
#[derive(Debug)]
struct Component {
    /// As [`fixed`], at least 1.
    threshold: u64,
    slots: Vec<Slot>,
    lists: Vec<Vec<Link>>,
    scans: u32,
}

impl Component {
    fn new(threshold: f32, n: usize) -> Self {
        let slot = |node| Slot { parent: node, size: 1, scan: 0, at: 0 };
        Self {
            threshold: fixed(threshold).max(1),
            slots: (0..n as u32).map(slot).collect(),
            lists: vec![Vec::new(); n],
            scans: 0,
        }
    }

    /// Merges all that may merge; the root (smallest node) of every node.
    fn run(mut self) -> Vec<u32> {
        let mut chain: Vec<u32> = Vec::new();
        for start in 0..self.slots.len() as u32 {
            if self.slots[start as usize].parent != start {
                continue;
            }
            chain.push(start);
            while let Some(&top) = chain.last() {
                match self.nearest(top) {
                    // Nothing near enough now, so never again: `top` is final. Only the
                    // first of a chain can be, as all others are nearest to their forerunner.
                    None => {
                        chain.pop();
                        self.lists[top as usize] = Vec::new();
                    }
                    Some(next) if chain.len() > 1 && chain[chain.len() - 2] == next => {
                        chain.truncate(chain.len() - 2);
                        self.merge(top, next);
                        // The merged cluster goes on where it is the start of the chain.
                        if chain.is_empty() {
                            chain.push(top.min(next));
                        }
                    }
                    Some(next) => chain.push(next),
                }
            }
        }
        (0..self.slots.len() as u32).map(|node| self.find(node)).collect()
    }

    fn find(&mut self, mut node: u32) -> u32 {
        loop {
            let parent = self.slots[node as usize].parent;
            if parent == node {
                return node;
            }
            let up = self.slots[parent as usize].parent;
            self.slots[node as usize].parent = up;
            node = up;
        }
    }

    /// The nearest cluster whose mean reaches the threshold, ties to the smaller root.
    ///
    /// Brings the list of `node` up to date on the way: one link for each living cluster.
    fn nearest(&mut self, node: u32) -> Option<u32> {
        let mut list = std::mem::take(&mut self.lists[node as usize]);
        self.scans += 1;
        let scan = self.scans;
        let mut kept = 0;
        for i in 0..list.len() {
            let Link { node: target, sum } = list[i];
            let root = self.find(target);
            if root == node {
                continue;
            }
            let slot = &mut self.slots[root as usize];
            if slot.scan == scan {
                list[slot.at as usize].sum += sum;
            } else {
                slot.scan = scan;
                slot.at = kept as u32;
                list[kept] = Link { node: root, sum };
                kept += 1;
            }
        }
        list.truncate(kept);
        // The own size is the same for all, so sum / size orders like the mean.
        let (mut best, mut best_sum, mut best_size) = (u32::MAX, 0u64, 1u32);
        for &Link { node: other, sum } in &list {
            let size = self.slots[other as usize].size;
            let (new, old) = (cross(sum, best_size), cross(best_sum, size));
            if new > old || (new == old && other < best) {
                (best, best_sum, best_size) = (other, sum, size);
            }
        }
        let pairs = u64::from(self.slots[node as usize].size) * u64::from(best_size);
        let near = u128::from(best_sum) >= u128::from(self.threshold) * u128::from(pairs);
        self.lists[node as usize] = list;
        near.then_some(best)
    }

    /// Makes one cluster of two; the smaller root stands for it.
    fn merge(&mut self, a: u32, b: u32) {
        let (root, gone) = (a.min(b), a.max(b));
        self.slots[gone as usize].parent = root;
        self.slots[root as usize].size += self.slots[gone as usize].size;
        let mut short = std::mem::take(&mut self.lists[gone as usize]);
        let long = &mut self.lists[root as usize];
        if short.len() > long.len() {
            std::mem::swap(&mut short, long);
        }
        long.extend_from_slice(&short);
    }
}

/// `sum * size` without overflow: 2^63 times 2^32 needs more than 64 bits.
fn cross(sum: u64, size: u32) -> u128 {
    u128::from(sum) * u128::from(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_become_whole_numbers_that_keep_their_order() {
        let one = 1u64 << 32;
        let cases = [
            (0.0, 0),
            (1.0, one),
            (0.5, one / 2),
            (f32::EPSILON, one >> 23),
            (1.0 - f32::EPSILON / 2.0, one - (1 << 8)),
            (1.5, one),
            (f32::INFINITY, one),
            (-0.25, 0),
            (f32::NAN, 0),
        ];
        for (score, expected) in cases {
            assert_eq!(fixed(score), expected, "{score}");
        }
    }

    #[test]
    fn a_mean_that_equals_the_threshold_merges_whatever_the_decimals() {
        use crate::similarity::Edge;
        for score in [0.1f32, 0.2, 0.28, 0.3, 0.7, 0.9] {
            let edge = |a, b| Edge { a, b, cosine: score, score };
            let triangle = Graph::from_edges(3, vec![edge(0, 1), edge(0, 2), edge(1, 2)], 0.1);
            assert_eq!(average_linkage(&triangle, score).labels(), [0, 0, 0]);
            assert_eq!(average_linkage(&triangle, score.next_up()).labels(), [0, 1, 2]);
        }
    }
}

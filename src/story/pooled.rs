//! Linkage of probabilities: the more pairs an average is over, the less it has to reach.
//!
//! Two articles join where their pair reaches the threshold. Between two groups the average
//! over all pairs must reach `threshold * (SHARE + (1 - SHARE) / larger)`, `larger` being the
//! members of the larger one: a chance likeness of one pair is contradicted by the others,
//! while a story of twenty articles holds many pairs that are hardly alike (a report and a
//! reaction to it) and each alone says little. Average linkage at one threshold for both cuts
//! large stories to pieces or glues strangers.
//!
//! Merges are made greedily, the best first (by average over what it must reach; ties to the
//! smaller rows), so the result does not depend on the order of edges. The chain algorithm of
//! [`super::linkage`] would not do: this similarity may rise when others merge. Pairs the graph
//! does not list count 0. Time: O(E log E) and the neighbours of what merges, within each
//! connected component; memory: 60 bytes an edge.
//!
//! ```
//! use khabar::similarity::{Edge, Graph};
//! use khabar::story::pooled_linkage;
//! let edge = |a, b, score| Edge { a, b, cosine: score, score };
//! // Two pairs that belong together, and .45 between all of them: enough for groups ...
//! let between = [(0, 2), (0, 3), (1, 2), (1, 3)].map(|(a, b)| edge(a, b, 0.45));
//! let mut edges = vec![edge(0, 1, 0.9), edge(2, 3, 0.9)];
//! edges.extend(between);
//! assert_eq!(pooled_linkage(&Graph::from_edges(4, edges, 0.1), 0.5).labels(), [0, 0, 0, 0]);
//! // ... but not for two articles.
//! let two = Graph::from_edges(2, vec![edge(0, 1, 0.45)], 0.1);
//! assert_eq!(pooled_linkage(&two, 0.5).labels(), [0, 1]);
//! ```

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::Partition;
use super::components::components_where;
use super::linkage::fixed;
use crate::similarity::Graph;

/// What of the threshold the average between very large groups must reach.
const SHARE: f64 = 0.58;
/// Pairs less likely than this share of the threshold join nothing by themselves.
const WEAKEST: f32 = 0.5;
/// Scores and worths are in units of one part of this.
const ONE: f64 = 4_294_967_296.0;

/// What the average over all pairs of two groups must reach, the larger of `larger` members.
#[must_use]
pub fn pooled_bar(threshold: f64, larger: u32) -> f64 {
    threshold * share(larger)
}

/// The part of the threshold that an average must reach.
fn share(larger: u32) -> f64 {
    SHARE + (1.0 - SHARE) / f64::from(larger.max(1))
}

/// Cuts the graph's scores (probabilities, 0 to 1) into stories.
///
/// A threshold of 0 or less makes one cluster of everything, one above 1 (or NaN) leaves every
/// row alone.
#[must_use]
pub fn pooled_linkage(graph: &Graph, threshold: f32) -> Partition {
    PooledTree::new(graph, threshold).cut(threshold)
}

/// All merges from a lowest threshold on, in the order they are made: the best first, so a cut
/// at a higher threshold is a beginning of them. One of these serves a sweep.
#[derive(Debug, Clone)]
pub struct PooledTree {
    n_rows: usize,
    /// Root that stays, root that goes, and the lowest worth up to then within its component.
    merges: Vec<(u32, u32, u64)>,
}

impl PooledTree {
    /// Links `graph` down to the threshold `lowest`.
    #[must_use]
    pub fn new(graph: &Graph, lowest: f32) -> Self {
        let n = graph.n_nodes();
        if lowest.is_nan() || lowest > 1.0 || lowest <= 0.0 {
            return Self { n_rows: n, merges: Vec::new() };
        }
        // An average that reaches SHARE of the threshold holds a pair that does.
        let least = lowest * WEAKEST;
        let near = graph.edges().filter_map(|e| (e.score >= least).then_some((e.a, e.b)));
        let components = components_where(n, near);
        let groups = components.members();
        let mut local = vec![0u32; n];
        for rows in groups.iter() {
            for (i, &row) in rows.iter().enumerate() {
                local[row as usize] = i as u32;
            }
        }
        let merges = (0..groups.len() as u32)
            .into_par_iter()
            .filter(|&c| groups.of(c as usize).len() > 1)
            .flat_map_iter(|component| {
                let rows = groups.of(component as usize);
                let lists = rows.iter().map(|&row| {
                    let inside = graph
                        .neighbours(row as usize)
                        .filter(|b| components.label(b.node as usize) == component);
                    inside.map(|b| (local[b.node as usize], fixed(b.score))).collect()
                });
                let mut merges = Merging::new(lists.collect(), lowest).run();
                let mut lowest = u64::MAX;
                for (a, b, worth) in &mut merges {
                    lowest = lowest.min(*worth);
                    (*a, *b, *worth) = (rows[*a as usize], rows[*b as usize], lowest);
                }
                merges
            })
            .collect();
        Self { n_rows: n, merges }
    }

    /// The stories at `threshold`, which is not below the lowest of the tree.
    #[must_use]
    pub fn cut(&self, threshold: f32) -> Partition {
        if threshold <= 0.0 {
            return Partition::from_roots(vec![0; self.n_rows]);
        }
        let mut roots: Vec<u32> = (0..self.n_rows as u32).collect();
        // Averages over many pairs may be worth more than 1, which none has to be.
        let bar = if threshold > 1.0 { f64::INFINITY } else { f64::from(threshold) * ONE };
        // NaN reaches nothing.
        for &(a, b, _) in self.merges.iter().filter(|m| m.2 as f64 >= bar) {
            roots[b as usize] = a;
        }
        for row in 0..roots.len() {
            // A root that stays is smaller than the one that goes, and settled already.
            roots[row] = roots[roots[row] as usize];
        }
        Partition::from_roots(roots)
    }
}

/// Two clusters that may merge, as they were when this was written down.
#[derive(Debug, PartialEq, Eq)]
struct Candidate {
    /// Average over the part of the threshold it must reach, in units of 2^-32.
    worth: u64,
    /// Roots, the smaller first, and how often each had merged.
    roots: (u32, u32),
    merged: (u32, u32),
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |c: &Self| (c.worth, Reverse(c.roots), c.merged);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// One connected component being cut.
struct Merging {
    /// The least worth of a merge.
    bar: f64,
    /// Summed score towards each cluster, by root.
    sums: Vec<FxHashMap<u32, u64>>,
    sizes: Vec<u32>,
    /// How often a root has merged; `u32::MAX` for what is no root any more.
    merged: Vec<u32>,
    /// Root that stays, root that goes, worth.
    merges: Vec<(u32, u32, u64)>,
    heap: BinaryHeap<Candidate>,
}

impl Merging {
    fn new(sums: Vec<FxHashMap<u32, u64>>, threshold: f32) -> Self {
        let n = sums.len();
        Self {
            bar: f64::from(threshold) * ONE,
            sums,
            sizes: vec![1; n],
            merged: vec![0; n],
            merges: Vec::new(),
            heap: BinaryHeap::new(),
        }
    }

    fn run(mut self) -> Vec<(u32, u32, u64)> {
        for a in 0..self.sums.len() as u32 {
            let later: Vec<u32> =
                self.sums[a as usize].keys().copied().filter(|&b| b > a).collect();
            for b in later {
                self.offer(a, b);
            }
        }
        while let Some(best) = self.heap.pop() {
            let (a, b) = best.roots;
            if (self.merged[a as usize], self.merged[b as usize]) == best.merged {
                self.merge(a, b);
                self.merges.push((a, b, best.worth));
            }
        }
        self.merges
    }

    /// Notes two clusters where their average is high enough.
    fn offer(&mut self, a: u32, b: u32) {
        let (a, b) = (a.min(b), a.max(b));
        let (x, y) = (self.sizes[a as usize], self.sizes[b as usize]);
        let sum = self.sums[a as usize].get(&b).copied().unwrap_or(0);
        let average = sum as f64 / (f64::from(x) * f64::from(y));
        let worth = (average / share(x.max(y))) as u64;
        if worth as f64 >= self.bar {
            let merged = (self.merged[a as usize], self.merged[b as usize]);
            self.heap.push(Candidate { worth, roots: (a, b), merged });
        }
    }

    /// Makes one cluster of two; the smaller root stands for it.
    fn merge(&mut self, a: u32, b: u32) {
        self.sizes[a as usize] += self.sizes[b as usize];
        self.merged[a as usize] += 1;
        self.merged[b as usize] = u32::MAX;
        self.sums[a as usize].remove(&b);
        for (other, sum) in std::mem::take(&mut self.sums[b as usize]) {
            if other != a {
                self.sums[other as usize].remove(&b);
                *self.sums[a as usize].entry(other).or_insert(0) += sum;
            }
        }
        let near: Vec<(u32, u64)> = self.sums[a as usize].iter().map(|(&c, &s)| (c, s)).collect();
        for (other, sum) in near {
            self.sums[other as usize].insert(a, sum);
            self.offer(a, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::Edge;

    fn edge(a: u32, b: u32, score: f32) -> Edge {
        Edge { a, b, cosine: score, score }
    }

    /// `groups` of rows that are all alike within.
    fn cliques(groups: &[std::ops::Range<u32>], score: f32) -> Vec<Edge> {
        let pairs = |r: &std::ops::Range<u32>| {
            let r = r.clone();
            r.clone().flat_map(move |a| (a + 1..r.end).map(move |b| edge(a, b, score)))
        };
        groups.iter().flat_map(pairs).collect()
    }

    #[test]
    fn a_bridge_does_not_fuse_two_stories() {
        let mut edges = cliques(&[0..5, 5..10], 0.95);
        // Article 10 is nearly surely of both.
        edges.extend((0..10).map(|a| edge(a, 10, 0.9)));
        let found = pooled_linkage(&Graph::from_edges(11, edges, 0.02), 0.5);
        assert_eq!(found.n_clusters(), 2);
        assert_ne!(found.label(0), found.label(5));
    }

    #[test]
    fn a_chain_does_not_become_one_story() {
        let edges = (0..30).map(|a| edge(a, a + 1, 0.8)).collect();
        let found = pooled_linkage(&Graph::from_edges(31, edges, 0.02), 0.5);
        assert!(found.members().iter().all(|rows| rows.len() <= 4));
    }

    #[test]
    fn a_tree_cut_higher_is_the_linkage_at_that_threshold() {
        // Scores as if by chance, the same each time.
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0
        };
        for _ in 0..20 {
            let pairs = (0..40).flat_map(|a| (a + 1..40).map(move |b| (a, b)));
            let edges: Vec<Edge> = pairs
                .filter_map(|(a, b)| {
                    let near = if a % 5 == b % 5 { 0.9 } else { 0.25 };
                    (next() < near).then(|| edge(a, b, (next() + next()) * near / 1.8))
                })
                .collect();
            let graph = Graph::from_edges(40, edges, 0.0);
            let tree = PooledTree::new(&graph, 0.1);
            for threshold in [0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0, 1.1, f32::NAN] {
                assert_eq!(tree.cut(threshold), pooled_linkage(&graph, threshold), "{threshold}");
            }
        }
    }

    #[test]
    fn the_order_of_edges_and_rows_without_edges_do_not_matter() {
        let mut edges = cliques(&[0..6, 4..9, 12..20], 0.7);
        edges.extend(cliques(&[8..13, 19..20], 0.4));
        let whole = pooled_linkage(&Graph::from_edges(24, edges.clone(), 0.02), 0.5);
        edges.reverse();
        assert_eq!(pooled_linkage(&Graph::from_edges(24, edges, 0.02), 0.5), whole);
        assert_eq!(whole.labels()[20..].iter().collect::<std::collections::HashSet<_>>().len(), 4);
    }
}

//! One saved graph cut at many thresholds, to see which one is right.
//!
//! Each cut is what a run at that threshold gives. That is why there is no tree of merges cut
//! at many heights, although average linkage has one: a run at threshold T lists pairs from
//! `share * T` on and counts the others 0, so the means themselves change with the threshold,
//! and one tree would show stories that no run makes. Cutting anew is cheap instead: the
//! higher the threshold the fewer pairs are left, and cuts run side by side.
//!
//! O(thresholds x edges) at worst, in fact far less: 50 thresholds over 30,000 articles and
//! 400,000 edges, scored against stories and judged pairs, took one CPU second on a busy
//! machine, beside half a second to read the file. 12 bytes an edge and 8 an article for each cut in
//! work.
//!
//! ```
//! use khabar::group::{SavedGraph, SweepOptions, sweep};
//! use khabar::similarity::Edge;
//! let edge = |a, b, score| Edge { a, b, cosine: score, score };
//! let saved = SavedGraph {
//!     ids: ["خبر1", "خبر2", "خبر3"].map(String::from).to_vec(),
//!     head: vec![0, 1, 2],
//!     edges: vec![edge(0, 1, 0.8), edge(0, 2, 0.3), edge(1, 2, 0.3)],
//!     floor: 0.1,
//!     ..SavedGraph::default()
//! };
//! let stories = sweep(&saved, &[0.2, 0.5, 0.9], &SweepOptions::default(), |cut| {
//!     Ok(cut.partition.n_clusters())
//! })?;
//! assert_eq!(stories, [1, 2, 3]);
//! # Ok::<(), khabar::Error>(())
//! ```

use rayon::prelude::*;

use super::{GroupOptions, Method, SavedGraph, ScoreKind, cut, expand, recut, with_equal_copies};
use crate::similarity::Graph;
use crate::story::{Partition, PooledTree, copy_families};
use crate::{Error, Result};

/// Settings of [`sweep`].
#[derive(Debug, Clone, PartialEq)]
pub struct SweepOptions {
    /// Pairs from this part of a threshold on count towards its means; 0 to 1. The
    /// [`GroupOptions::floor_share`] the graph was saved with gives the cuts of whole runs.
    pub floor_share: f32,
    /// The cosine from which two articles of one story may be copies; `None` leaves copies out.
    pub copy_cosine: Option<f32>,
}

impl Default for SweepOptions {
    /// The share of [`GroupOptions::default`], and no copies.
    fn default() -> Self {
        Self { floor_share: GroupOptions::default().floor_share, copy_cosine: None }
    }
}

/// The stories at one threshold; rows are those of the saved graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// The threshold.
    pub threshold: f32,
    /// The story of each article.
    pub partition: Partition,
    /// The copy family of each article; empty where copies were left out.
    pub families: Vec<Option<u32>>,
    /// Whether the graph lists every pair that counts at this threshold. Where it does not
    /// (`threshold * floor_share` is below the graph's floor), a whole run may join more.
    pub complete: bool,
}

impl SavedGraph {
    /// The threshold the graph was saved at; where it does not say, by the share its floor is of
    /// it. At most 1.
    #[must_use]
    pub fn threshold(&self, floor_share: f32) -> f32 {
        if let Some(threshold) = self.threshold {
            return threshold;
        }
        if self.kind == ScoreKind::Story {
            return self.kind.threshold();
        }
        // To the digits a person would have typed: the floor is a product of two of them.
        let exact = f64::from(self.floor) / f64::from(floor_share.max(f32::MIN_POSITIVE));
        ((exact * 1e5).round() / 1e5).min(1.0) as f32
    }

    /// Drops the pairs that a run at `threshold` would not list, and raises the floor.
    #[must_use]
    pub fn listed_at(mut self, threshold: f32, floor_share: f32) -> Self {
        if self.kind == ScoreKind::Story {
            return self;
        }
        self.floor = self.floor.max(threshold * floor_share);
        let floor = self.floor;
        self.edges.retain(|edge| edge.score >= floor);
        self
    }

    /// Cuts by average linkage.
    pub(super) fn cut(&self, threshold: f32, options: &SweepOptions) -> Result<Cut> {
        let threshold = recut::check_threshold(self, threshold)?;
        // Probabilities are listed from one floor on, whatever the threshold.
        let own_floor = match self.kind {
            ScoreKind::Cosine => threshold * options.floor_share,
            ScoreKind::Story => self.floor,
        };
        let floor = self.floor.max(own_floor);
        let edges = self.edges.iter().filter(|edge| edge.score >= floor).copied().collect();
        let graph = Graph::from_edges(self.ids.len(), edges, floor);
        let partition = expand(&cut(&graph, Method::Linkage, self.kind, threshold)?, &self.head);
        Ok(self.measured(&graph, partition, threshold, own_floor, options))
    }

    /// A cut with its copies.
    fn measured(
        &self,
        graph: &Graph,
        partition: Partition,
        threshold: f32,
        own_floor: f32,
        options: &SweepOptions,
    ) -> Cut {
        let families = options.copy_cosine.map_or_else(Vec::new, |cosine| {
            with_equal_copies(copy_families(graph, &partition, cosine), &self.head)
        });
        // The threshold of the file itself, times its share, may be a rounding off its floor.
        let complete = own_floor >= self.floor * 0.9999;
        Cut { threshold, partition, families, complete }
    }
}

/// Cuts a saved graph by average linkage at each threshold, and measures each cut.
///
/// `measure` is called from several threads, in no order; what it gives comes back in the
/// order of `thresholds`. A cut lives as long as its measuring. Equal to [`super::recut`] over
/// [`SavedGraph::listed_at`] at each threshold, where that has no texts to tell copies by.
///
/// # Errors
/// [`Error::Parameter`] where a threshold is below the floor of the graph or is no number;
/// what `measure` returns.
pub fn sweep<T: Send>(
    saved: &SavedGraph,
    thresholds: &[f32],
    options: &SweepOptions,
    measure: impl Fn(Cut) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    if saved.kind == ScoreKind::Cosine {
        return thresholds.par_iter().map(|&at| measure(saved.cut(at, options)?)).collect();
    }
    // The pairs that count are the same at every threshold: one tree serves all.
    for &at in thresholds {
        recut::check_threshold(saved, at)?;
    }
    let lowest = thresholds.iter().copied().fold(1.0, f32::min);
    let graph = Graph::from_edges(saved.ids.len(), saved.edges.clone(), saved.floor);
    let tree = PooledTree::new(&graph, lowest);
    let cut = |&at: &f32| {
        let partition = expand(&tree.cut(at), &saved.head);
        measure(saved.measured(&graph, partition, at, saved.floor, options))
    };
    thresholds.par_iter().map(cut).collect()
}

/// `points` thresholds evenly from `from` to `to`, both included, to four decimals: what is
/// shown of one is all of it, and it can be typed. None is below `from`.
///
/// # Errors
/// [`Error::Parameter`] where there are fewer than two points, or `from` is not below `to`, or
/// either lies outside 0 to 1.
pub fn even_thresholds(from: f32, to: f32, points: usize) -> Result<Vec<f32>> {
    if points < 2 {
        return Err(Error::parameter("--points", format!("{points}"), "give 2 or more"));
    }
    if !(0.0..=1.0).contains(&from) || !(0.0..=1.0).contains(&to) || from >= to {
        return Err(Error::parameter(
            "--from",
            format!("{from} to {to} is no range of thresholds"),
            "give two numbers of 0 to 1, the smaller one as --from",
        ));
    }
    let (low, high) = (f64::from(from), f64::from(to));
    let step = (high - low) / (points - 1) as f64;
    let rounded = (0..points).map(|i| {
        let near = ((low + step * i as f64) * 1e4).round();
        let at = (near / 1e4) as f32;
        if at < from { ((near + 1.0) / 1e4) as f32 } else { at }
    });
    Ok(rounded.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_even_and_what_is_shown_of_them_is_all_of_them() {
        let found = even_thresholds(0.16 * 0.8, 1.0, 50).unwrap();
        assert_eq!(found.len(), 50);
        assert_eq!((found[0], found[49]), (0.128, 1.0));
        for pair in found.windows(2) {
            assert!((pair[1] - pair[0] - 0.872 / 49.0).abs() < 2e-4, "{pair:?}");
        }
        for at in found {
            assert_eq!(format!("{at:.4}").parse::<f32>().unwrap(), at);
            assert!(at >= 0.16 * 0.8);
        }
        assert_eq!(even_thresholds(0.10004, 0.2, 2).unwrap(), [0.1001, 0.2]);
    }

    #[test]
    fn ranges_without_thresholds_are_errors() {
        for (from, to, points) in [
            (0.2, 0.2, 5),
            (0.3, 0.2, 5),
            (0.1, 1.5, 5),
            (-0.1, 0.5, 5),
            (f32::NAN, 0.5, 5),
            (0.1, 0.5, 1),
        ] {
            assert!(even_thresholds(from, to, points).is_err(), "{from} {to} {points}");
        }
    }

    #[test]
    fn the_threshold_of_a_file_is_the_number_that_was_typed() {
        for (threshold, share) in [(0.16f32, 0.8f32), (0.3, 0.7), (0.05, 1.0), (1.0, 0.9)] {
            let saved = SavedGraph {
                floor: threshold * share,
                kind: ScoreKind::Cosine,
                ..SavedGraph::default()
            };
            assert_eq!(saved.threshold(share), threshold);
        }
    }
}

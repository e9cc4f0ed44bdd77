//! DBSCAN, linfa's, over the precomputed similarity graph.
//!
//! Ester et al. 1996: an article with at least `min_points` articles near it, itself
//! counted, is a core; cores near one another are one story with all that is near them;
//! the rest is noise, which here means a story of one. linfa-clustering runs the
//! algorithm on an `n x 1` array that holds the row numbers, and asks [`GraphNeighbours`]
//! for the neighbours of each, which reads them off the graph. Distance is 1 - score.
//!
//! With [`MIN_POINTS`] = 2 every near pair is a story, as two articles alone must be, and
//! the cut equals [`super::components`]. 3 and more resist chains, at the price of all
//! stories smaller than that. O(n + edges) time, 8 bytes a near neighbour.
//!
//! ```
//! use khabar::similarity::{Edge, Graph};
//! use khabar::story::density::{MIN_POINTS, dbscan};
//! let edge = |a, b, score| Edge { a, b, cosine: score, score };
//! let graph = Graph::from_edges(4, vec![edge(0, 2, 0.7), edge(1, 2, 0.3)], 0.1);
//! assert_eq!(dbscan(&graph, 0.5, MIN_POINTS)?.labels(), [0, 1, 0, 2]);
//! assert_eq!(dbscan(&graph, 0.5, 3)?.labels(), [0, 1, 2, 3]);
//! # Ok::<(), khabar::Error>(())
//! ```

use super::Partition;
use crate::similarity::Graph;
use crate::{Error, Result};
use linfa::Float;
use linfa::traits::Transformer;
use linfa_clustering::{Dbscan, DbscanParamsError};
use linfa_nn::distance::{Distance, L2Dist};
use linfa_nn::{BuildError, NearestNeighbour, NearestNeighbourIndex, NnError};
use ndarray::{Array2, ArrayBase, ArrayView1, ArrayView2, Data, Ix2};
use std::sync::Arc;

/// The `min_points` to use where nobody says otherwise: a pair is a story.
pub const MIN_POINTS: usize = 2;

/// Cuts the graph's scores into stories by DBSCAN; noise becomes stories of one.
///
/// # Errors
/// [`Error::Parameter`] where `min_points < 2` or `threshold` is not a number.
pub fn dbscan(graph: &Graph, threshold: f32, min_points: usize) -> Result<Partition> {
    let n = graph.n_nodes();
    // 1 - f32 is exact in f64, so the cut is at the very threshold. linfa wants it positive.
    let tolerance = (1.0 - f64::from(threshold)).max(f64::MIN_POSITIVE);
    if threshold.is_nan() {
        return Err(Error::parameter("--threshold", "not a number", "pass a number of 0 to 1"));
    }
    let rows = Array2::from_shape_fn((n, 1), |(row, _)| row as f64);
    let labels = Dbscan::params_with(min_points, L2Dist, GraphNeighbours::new(graph, threshold))
        .tolerance(tolerance)
        .transform(&rows)
        .map_err(|e: DbscanParamsError| {
            Error::parameter("--min-points", e.to_string(), "pass 2 or more")
        })?;
    // Noise takes numbers after those of the clusters, one each.
    let raw: Vec<u32> = labels
        .iter()
        .enumerate()
        .map(|(row, label)| label.map_or((n + row) as u32, |label| label as u32))
        .collect();
    Ok(Partition::from_labels(&raw))
}

/// linfa's nearest-neighbour traits over a similarity graph, for points that are row numbers.
///
/// linfa hands the index a lifetime of its own, so what the graph knows of pairs at or
/// above the threshold is copied once (8 bytes each) and shared.
#[derive(Debug, Clone)]
pub struct GraphNeighbours {
    near: Arc<Near>,
}

#[derive(Debug)]
struct Near {
    offsets: Vec<u64>,
    /// Node and distance (1 - score).
    nodes: Vec<(u32, f32)>,
}

impl GraphNeighbours {
    /// Takes the pairs of at least `threshold` out of the graph.
    #[must_use]
    pub fn new(graph: &Graph, threshold: f32) -> Self {
        let mut near = Near { offsets: vec![0], nodes: Vec::new() };
        for row in 0..graph.n_nodes() {
            let neighbours = graph.neighbours(row).filter(|n| n.score >= threshold);
            near.nodes.extend(neighbours.map(|n| (n.node, n.score)));
            near.offsets.push(near.nodes.len() as u64);
        }
        Self { near: Arc::new(near) }
    }
}

impl NearestNeighbour for GraphNeighbours {
    fn from_batch_with_leaf_size<'a, F: Float, DT: Data<Elem = F>, D: 'a + Distance<F>>(
        &self,
        batch: &'a ArrayBase<DT, Ix2>,
        _leaf_size: usize,
        _dist_fn: D,
    ) -> std::result::Result<Box<dyn 'a + Send + Sync + NearestNeighbourIndex<F>>, BuildError> {
        if batch.ncols() == 0 {
            return Err(BuildError::ZeroDimension);
        }
        Ok(Box::new(GraphIndex { near: Arc::clone(&self.near), rows: batch.view() }))
    }
}

/// The index itself: the graph and the array of row numbers whose views it hands out.
struct GraphIndex<'a, F> {
    near: Arc<Near>,
    rows: ArrayView2<'a, F>,
}

impl<F: Float> GraphIndex<'_, F> {
    /// A row with its distance from `point`: the point itself, then its neighbours.
    fn around(&self, point: ArrayView1<'_, F>) -> std::result::Result<Vec<(usize, F)>, NnError> {
        if point.len() != 1 {
            return Err(NnError::WrongDimension);
        }
        let row: usize = point[0].as_();
        let range = self.near.offsets[row] as usize..self.near.offsets[row + 1] as usize;
        let neighbours = self.near.nodes[range].iter();
        let one = |&(node, score): &(u32, f32)| (node as usize, F::cast(1.0 - f64::from(score)));
        Ok(std::iter::once((row, F::zero())).chain(neighbours.map(one)).collect())
    }

    fn views(&self, found: impl Iterator<Item = usize>) -> Vec<(ArrayView1<'_, F>, usize)> {
        found.map(|row| (self.rows.row(row), row)).collect()
    }
}

impl<F: Float> NearestNeighbourIndex<F> for GraphIndex<'_, F> {
    fn k_nearest(
        &self,
        point: ArrayView1<'_, F>,
        k: usize,
    ) -> std::result::Result<Vec<(ArrayView1<'_, F>, usize)>, NnError> {
        let mut around = self.around(point)?;
        // Stable: the point itself stays first, equal distances stay in row order.
        around.sort_by(|a, b| a.1.partial_cmp(&b.1).unwrap_or(std::cmp::Ordering::Equal));
        Ok(self.views(around.into_iter().take(k).map(|(row, _)| row)))
    }

    fn within_range(
        &self,
        point: ArrayView1<'_, F>,
        range: F,
    ) -> std::result::Result<Vec<(ArrayView1<'_, F>, usize)>, NnError> {
        let around = self.around(point)?;
        Ok(self.views(around.into_iter().filter(|a| a.1 <= range).map(|(row, _)| row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::similarity::Edge;
    use ndarray::array;

    fn graph() -> Graph {
        let edge = |a, b, score| Edge { a, b, cosine: score, score };
        Graph::from_edges(5, vec![edge(0, 1, 0.5), edge(1, 2, 0.9), edge(1, 3, 0.2)], 0.1)
    }

    #[test]
    fn a_point_is_its_own_neighbour_and_the_others_come_by_distance() {
        let rows = Array2::from_shape_fn((5, 1), |(row, _)| row as f64);
        let index = GraphNeighbours::new(&graph(), 0.1).from_batch(&rows, L2Dist).unwrap();
        let found = |result: std::result::Result<Vec<(ArrayView1<'_, f64>, usize)>, NnError>| {
            result.unwrap().into_iter().map(|(_, row)| row).collect::<Vec<_>>()
        };
        assert_eq!(found(index.within_range(array![1.0].view(), 0.5)), [1, 0, 2]);
        assert_eq!(found(index.within_range(array![4.0].view(), 0.5)), [4]);
        assert_eq!(found(index.k_nearest(array![1.0].view(), 3)), [1, 2, 0]);
        assert!(index.within_range(array![1.0, 2.0].view(), 0.5).is_err());
    }

    #[test]
    fn more_points_ask_for_denser_stories() {
        let cases: [(f32, usize, &[u32]); 5] = [
            (0.5, 2, &[0, 0, 0, 1, 2]),
            (0.5, 3, &[0, 0, 0, 1, 2]),
            (0.5, 4, &[0, 1, 2, 3, 4]),
            (0.2, 4, &[0, 0, 0, 0, 1]),
            (1.0, 2, &[0, 1, 2, 3, 4]),
        ];
        for (threshold, min_points, expected) in cases {
            let p = dbscan(&graph(), threshold, min_points).unwrap();
            assert_eq!(p.labels(), expected, "at {threshold} with {min_points} points");
        }
    }

    #[test]
    fn parameters_out_of_range_are_errors() {
        assert!(matches!(dbscan(&graph(), 0.5, 1), Err(Error::Parameter { .. })));
        assert!(matches!(dbscan(&graph(), f32::NAN, 2), Err(Error::Parameter { .. })));
    }

    #[test]
    fn an_empty_graph_has_no_stories() {
        let empty = Graph::from_edges(0, Vec::new(), 0.1);
        assert_eq!(dbscan(&empty, 0.5, 2).unwrap().n_clusters(), 0);
    }
}

//! All pairs of rows whose cosine reaches a floor, without looking at all pairs.
//!
//! A part of every row goes into an inverted index; accumulating over it touches no pair that
//! shares none of it and gives the pair's *partial* cosine. Pairs whose partial cosine can
//! (exact) or is likely to (fast) grow to the floor get their full cosine, one gather over a
//! dense copy of the row. The cosines returned are of the full vectors, whichever mode found
//! the pair.
//!
//! [`Pruning::Exact`] indexes every column that is not very common, so that what is left out
//! of a pair is bounded by Cauchy and Schwarz: `g_x * g_y`, the lengths of the two rows' common
//! parts (Bayardo, Ma and Srikant 2007, "Scaling up all pairs similarity search"; Anastasiu
//! and Karypis 2014 for the L2 bound). Nothing is lost: rows whose common parts alone could
//! reach the floor are also compared without the index. [`Pruning::Fast`] indexes only the
//! heaviest values of each row and a sample of the rare columns, and guesses from the lengths of
//! the parts outside what they may add. Among news articles weighed as [`crate::group`] does it loses under one pair in 200
//! at the threshold (`benches/RESULTS.md`); with flat weights (plain idf) it loses far more:
//! use `Exact` there.
//!
//! Floods: equal rows are one row ([`Joined::head`]), and a row keeps its `max_edges` best
//! earlier neighbours at most, which [`Joined::full_rows`] reports. Time: half the sum of
//! squared column lengths in the index, plus the gathers; memory: 4 bytes a value of the rows,
//! 4 a value in the index (12 of the 65,536 rows at hand), 256 KB and a dense row a worker.
//!
//! ```
//! use khabar::similarity::{Join, join};
//! use khabar::vectorize::Csr;
//! let rows = Csr::from_rows(3, [vec![(0, 0.6), (1, 0.8)], vec![(0, 1.0)], vec![(2, 1.0)]]);
//! let joined = join(&rows, None, &Join { floor: 0.5, ..Join::default() });
//! assert_eq!(joined.edges.len(), 1);
//! assert!((joined.edges[0].cosine - 0.6).abs() < 1e-6);
//! ```

mod block;
mod columns;
mod search;

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::equal::equal_rows;
use super::graph::Edge;
use crate::vectorize::{Csr, count_columns};
use block::{BLOCK_ROWS, Block};
use columns::Columns;
use search::{Found, Worker};

/// How much the join may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pruning {
    /// Every pair at or above the floor.
    Exact,
    /// Nearly every pair, for a fraction of the time; every pair up to 4,096 rows.
    #[default]
    Fast,
}

/// What to join and how far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Join {
    /// The smallest cosine listed; above 0.
    pub floor: f32,
    /// What may be left out.
    pub pruning: Pruning,
    /// Most earlier neighbours a row keeps (the best ones).
    pub max_edges: usize,
    /// Rows further apart in time are not compared; seconds.
    pub window: Option<i64>,
}

impl Default for Join {
    fn default() -> Self {
        Self { floor: 0.12, pruning: Pruning::Fast, max_edges: 100, window: None }
    }
}

/// What a join found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Joined {
    /// Pairs of heads, `a < b`, sorted by (b, a). `score` is the cosine.
    pub edges: Vec<Edge>,
    /// For every row the smallest row equal to it (itself where there is none).
    pub head: Vec<u32>,
    /// Rows that had more neighbours than `max_edges`.
    pub full_rows: usize,
    /// Pairs whose full cosine was worked out.
    pub verified: u64,
    /// Times two rows met in the index.
    pub updates: u64,
}

/// Rows a parallel piece holds.
const PIECE: usize = 64;

/// All pairs of rows with cosine >= `floor`; rows must have unit length or be empty.
///
/// `times`, one a row, are seconds; `None` is compared with all. Empty rows have no pairs.
///
/// # Panics
/// Where `times` is given and has another length than the matrix has rows.
#[must_use]
pub fn join(rows: &Csr, times: Option<&[Option<i64>]>, options: &Join) -> Joined {
    let head = equal_rows(rows, times, options.window);
    let unique = unique(rows, &head);
    let df = count_columns(rows.n_cols(), &unique, |df, &i| {
        rows.row(i as usize).indices.iter().for_each(|&c| df[c as usize] += 1);
    });
    let mut joiner = Joiner::new(&df, unique.len(), options);
    joiner.push_unique(rows, head, &unique, times)
}

/// The rows that are joined: neither empty nor equal to an earlier one.
fn unique(rows: &Csr, head: &[u32]) -> Vec<u32> {
    (0..rows.n_rows() as u32)
        .filter(|&i| head[i as usize] == i && !rows.row(i as usize).indices.is_empty())
        .collect()
}

/// A join of rows that come in portions, and may go again: for corpora whose rows do not fit
/// in memory together, but those of a window of time do.
///
/// What it finds is what [`join`] finds of all rows together, but that equal rows are one row
/// only within a portion. Each portion is joined with itself and with all before it that were
/// not forgotten.
///
/// ```
/// use khabar::similarity::{Join, Joiner};
/// use khabar::vectorize::Csr;
/// let monday = Csr::from_rows(3, [vec![(0, 0.6), (1, 0.8)], vec![(2, 1.0)]]);
/// let friday = Csr::from_rows(3, [vec![(0, 1.0)]]);
/// let options = Join { floor: 0.5, window: Some(7 * 86_400), ..Join::default() };
/// // In how many rows of all portions each column stands, and how many rows there are.
/// let mut joiner = Joiner::new(&[2, 1, 1], 3, &options);
/// assert!(joiner.push(&monday, Some(&[Some(0), Some(0)])).edges.is_empty());
/// let found = joiner.push(&friday, Some(&[Some(4 * 86_400)]));
/// assert_eq!((found.edges[0].a, found.edges[0].b), (0, 2));
/// joiner.forget_before(86_400);
/// let sunday = Csr::from_rows(3, [vec![(0, 0.6), (2, 0.8)]]);
/// let found = joiner.push(&sunday, Some(&[Some(6 * 86_400)]));
/// assert_eq!(found.edges.len(), 1, "Friday's; Monday is forgotten");
/// ```
pub struct Joiner<R> {
    columns: Columns,
    options: Join,
    /// Those not forgotten, in the order they came.
    blocks: Vec<Block<R>>,
    /// Rows that came.
    n_rows: usize,
}

impl<R> std::fmt::Debug for Joiner<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { options, n_rows, .. } = self;
        f.debug_struct("Joiner").field("options", options).field("n_rows", n_rows).finish()
    }
}

impl<R: Deref<Target = Csr> + Clone + Send + Sync> Joiner<R> {
    /// `df`: in how many of the `n_rows` rows that will come each column is stored.
    #[must_use]
    pub fn new(df: &[u32], n_rows: usize, options: &Join) -> Self {
        let columns = Columns::new(df, n_rows, options.pruning);
        let pruning = if columns.exact { Pruning::Exact } else { Pruning::Fast };
        Self { columns, options: Join { pruning, ..*options }, blocks: Vec::new(), n_rows: 0 }
    }

    /// Joins some rows with one another and with those before. Rows are numbered in the order
    /// they come, over all portions; so are `head` and the edges of what is returned, `head`
    /// with one entry a row of this portion.
    ///
    /// # Panics
    /// Where `times` is given and has another length than the matrix has rows, or the rows
    /// have more columns than there are document frequencies.
    pub fn push(&mut self, rows: R, times: Option<&[Option<i64>]>) -> Joined {
        let head = equal_rows(&rows, times, self.options.window);
        let unique = unique(&rows, &head);
        self.push_unique(rows, head, &unique, times)
    }

    fn push_unique(
        &mut self,
        rows: R,
        mut head: Vec<u32>,
        unique: &[u32],
        times: Option<&[Option<i64>]>,
    ) -> Joined {
        if let Some(times) = times {
            assert_eq!(times.len(), rows.n_rows(), "one time a row");
        }
        let times = times.filter(|_| self.options.window.is_some()).unwrap_or_default();
        let first = self.n_rows as u32;
        head.iter_mut().for_each(|head| *head += first);
        self.n_rows += rows.n_rows();
        let mut joined = Joined { head, ..Joined::default() };
        for unique in unique.chunks(BLOCK_ROWS) {
            let block = Block::new(rows.clone(), unique.to_vec(), first, times, &self.columns);
            self.blocks.push(block);
            self.search(&mut joined);
            if let Some(block) = self.blocks.last_mut() {
                block.has_met_itself();
            }
        }
        joined
    }

    /// Joins the last block with itself and those before.
    fn search(&self, joined: &mut Joined) {
        let n_rows = self.blocks.last().map_or(0, Block::len);
        // Dense buffers are megabytes: as many as work at once, not one a task.
        let workers = Mutex::new(Vec::new());
        let idle = || workers.lock().unwrap_or_else(PoisonError::into_inner);
        let pieces: Vec<Found> = (0..n_rows.div_ceil(PIECE))
            .into_par_iter()
            .map(|piece| {
                let mut found = Found::default();
                let known = idle().pop();
                let mut worker = known.unwrap_or_else(|| Worker::new(self.columns.n_columns));
                for x in piece * PIECE..((piece + 1) * PIECE).min(n_rows) {
                    worker.neighbours(&self.blocks, x, &self.options, &mut found);
                }
                idle().push(worker);
                found
            })
            .collect();
        joined.edges.reserve(pieces.iter().map(|p| p.edges.len()).sum());
        for piece in pieces {
            joined.full_rows += piece.full_rows;
            joined.verified += piece.verified;
            joined.updates += piece.updates;
            joined.edges.extend(piece.edges);
        }
    }

    /// Forgets rows of an earlier time, block by block; the undated are never forgotten.
    pub fn forget_before(&mut self, seconds: i64) {
        self.blocks.retain(|block| block.latest.is_none_or(|latest| latest >= seconds));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_found_within_a_block_of_rows_and_across_blocks() {
        // Row i has a column of its pair and one of its own; pairs are i and i + 70,000, and
        // beside them 69,998 and 69,999, which share both.
        let n = 70_000u32;
        let row = |i: u32| {
            let own = if i == n - 1 { 2 * n - 2 } else { n + i };
            vec![(i % n, 0.8f32), (own, 0.6)]
        };
        let mut rows: Vec<Vec<(u32, f32)>> = (0..2 * n).map(row).collect();
        rows[n as usize - 2] = vec![(5, 0.1f32.sqrt()), (2 * n - 2, 0.9f32.sqrt())];
        let rows = Csr::from_rows(3 * n as usize, rows);
        for pruning in [Pruning::Exact, Pruning::Fast] {
            let options = Join { floor: 0.5, pruning, ..Join::default() };
            let mut pairs: Vec<(u32, u32)> =
                join(&rows, None, &options).edges.iter().map(|e| (e.a, e.b)).collect();
            pairs.sort_unstable();
            let mut expected: Vec<(u32, u32)> =
                (0..n).filter(|&i| i != n - 2).map(|i| (i, i + n)).collect();
            expected.push((n - 2, n - 1));
            expected.sort_unstable();
            assert_eq!(pairs, expected, "{pruning:?}");
        }
    }
}

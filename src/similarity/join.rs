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
//! 12 a value in the index, 256 KB and a dense row a worker.
//!
//! ```
//! use khabar::similarity::{Join, join};
//! use khabar::vectorize::Csr;
//! let rows = Csr::from_rows(3, [vec![(0, 0.6), (1, 0.8)], vec![(0, 1.0)], vec![(2, 1.0)]]);
//! let joined = join(&rows, None, &Join { floor: 0.5, ..Join::default() });
//! assert_eq!(joined.edges.len(), 1);
//! assert!((joined.edges[0].cosine - 0.6).abs() < 1e-6);
//! ```

use rayon::prelude::*;

use super::equal::equal_rows;
use super::graph::Edge;
use super::index::{BLOCK_ROWS, Index};
use crate::vectorize::Csr;

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
/// Fast: a pair is looked at where its partial cosine plus `FAST_REST` times the product of the
/// lengths of the rows' other parts reaches `FAST_LEAST`, all in units of the floor; and never
/// below `FAST_LOWEST`. The more of a pair is outside the index, the less is asked for inside.
const FAST_LEAST: f32 = 0.6;
const FAST_REST: f32 = 0.8;
const FAST_LOWEST: f32 = 0.2;
/// Sums looked at together.
const LANES: usize = 16;
/// Up to this many rows the fast mode is the exact one.
const SMALL: usize = 4096;
/// All pairs of rows with cosine >= `floor`; rows must have unit length or be empty.
///
/// `times`, one a row, are seconds; `None` is compared with all. Empty rows have no pairs.
///
/// # Panics
/// Where `times` is given and has another length than the matrix has rows.
#[must_use]
pub fn join(rows: &Csr, times: Option<&[Option<i64>]>, options: &Join) -> Joined {
    if let Some(times) = times {
        assert_eq!(times.len(), rows.n_rows(), "one time a row");
    }
    let head = equal_rows(rows, times, options.window);
    let unique: Vec<u32> = (0..rows.n_rows() as u32)
        .filter(|&i| head[i as usize] == i && !rows.row(i as usize).indices.is_empty())
        .collect();
    // Few rows: leaving nothing out costs no more.
    let small = Join { pruning: Pruning::Exact, ..*options };
    let options = if unique.len() <= SMALL { &small } else { options };
    let index = Index::new(rows, &unique, options);
    let window = options.window.and_then(|w| {
        let times = times?;
        Some((w, unique.iter().map(|&i| times[i as usize]).collect::<Vec<_>>()))
    });
    let near = |x: usize, y: usize| match &window {
        Some((width, times)) => match (times[x], times[y]) {
            (Some(a), Some(b)) => a.abs_diff(b) <= *width as u64,
            _ => true,
        },
        None => true,
    };
    let pieces: Vec<Found> = (0..unique.len().div_ceil(PIECE))
        .into_par_iter()
        .map_init(
            || Worker::new(index.n_columns),
            |worker, piece| {
                let mut found = Found::default();
                for x in piece * PIECE..((piece + 1) * PIECE).min(unique.len()) {
                    worker.neighbours(&index, x, options, &near, &mut found);
                }
                found
            },
        )
        .collect();
    let mut joined = Joined { head, ..Joined::default() };
    joined.edges.reserve(pieces.iter().map(|p| p.edges.len()).sum());
    for piece in pieces {
        joined.full_rows += piece.full_rows;
        joined.verified += piece.verified;
        joined.updates += piece.updates;
        joined.edges.extend(piece.edges.into_iter().map(|e| Edge {
            a: unique[e.a as usize],
            b: unique[e.b as usize],
            ..e
        }));
    }
    joined
}

/// What one piece of rows found; rows are numbered among the unique ones.
#[derive(Default)]
struct Found {
    edges: Vec<Edge>,
    full_rows: usize,
    verified: u64,
    updates: u64,
}

/// Dense buffers of one thread.
struct Worker {
    /// Partial cosine so far, one a row of the block at hand; zero between blocks.
    sums: Box<[f32; BLOCK_ROWS]>,
    /// The row at hand, dense, with room for columns that join nothing; zero between rows.
    dense: Vec<f32>,
    hopeful: Vec<u32>,
    kept: Vec<(f32, u32)>,
}

impl Worker {
    fn new(n_columns: usize) -> Self {
        Self {
            sums: Box::new([0.0; BLOCK_ROWS]),
            dense: vec![0.0; n_columns + 1],
            hopeful: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// Finds the earlier neighbours of row `x`.
    fn neighbours(
        &mut self,
        index: &Index<'_>,
        x: usize,
        options: &Join,
        near: &impl Fn(usize, usize) -> bool,
        found: &mut Found,
    ) {
        self.hopeful.clear();
        for (block, n_rows) in Index::earlier_blocks(x) {
            let met = index.accumulate(x, block, &mut self.sums);
            found.updates += met;
            self.take_hopeful(index, x, block, (n_rows, met), options);
        }
        self.hopeful.retain(|&y| near(x, y as usize));
        found.verified += self.hopeful.len() as u64;
        self.verify(index, x, options.floor);
        if self.kept.len() > options.max_edges {
            found.full_rows += 1;
            self.kept.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.kept.truncate(options.max_edges);
            self.kept.sort_unstable_by_key(|&(_, y)| y);
        }
        found.edges.extend(self.kept.iter().map(|&(cosine, y)| Edge {
            a: y,
            b: x as u32,
            cosine,
            score: cosine,
        }));
    }

    /// Lists the rows of a block whose partial cosine lets hope, and clears the sums. The row
    /// met others `met` times among the `n_rows` before it.
    fn take_hopeful(
        &mut self,
        index: &Index<'_>,
        x: usize,
        block: usize,
        (n_rows, met): (usize, u64),
        options: &Join,
    ) {
        // `rest`: what the parts outside the index may add, or in fast mode are likely to.
        let (least, rest, lowest) = match options.pruning {
            // A hair of room for rounding: a pair at the floor is never bounded away.
            Pruning::Exact => (options.floor - 1e-5, index.rest[x], f32::NEG_INFINITY),
            Pruning::Fast => (
                options.floor * FAST_LEAST,
                options.floor * FAST_REST * index.rest[x],
                options.floor * FAST_LOWEST,
            ),
        };
        let hopeful = |sum: f32, other: f32| (sum + rest * other >= least) & (sum >= lowest);
        let first = block * BLOCK_ROWS;
        // Few were met, and one that was not has no hope: visit those.
        if met < n_rows as u64 / 16 && (lowest > 0.0 || rest * 1.001 < least) {
            let from = self.hopeful.len();
            index.each_met(x, block, |y| {
                let (sum, y) = (&mut self.sums[usize::from(y)], first + usize::from(y));
                if hopeful(*sum, index.rest[y]) {
                    self.hopeful.push(y as u32);
                }
                *sum = 0.0;
            });
            self.hopeful[from..].sort_unstable();
            return;
        }
        let mut y = first as u32;
        let rests = index.rest[first..first + n_rows].chunks(LANES);
        for (sums, rests) in self.sums[..n_rows].chunks_mut(LANES).zip(rests) {
            let mut any = false;
            for (&sum, &other) in sums.iter().zip(rests) {
                any |= hopeful(sum, other);
            }
            if any {
                for (&sum, &other) in sums.iter().zip(rests) {
                    if hopeful(sum, other) {
                        self.hopeful.push(y);
                    }
                    y += 1;
                }
            } else {
                y += sums.len() as u32;
            }
            sums.fill(0.0);
        }
    }

    /// Works out the full cosines with the hopeful rows and keeps those at the floor.
    fn verify(&mut self, index: &Index<'_>, x: usize, floor: f32) {
        self.kept.clear();
        if self.hopeful.is_empty() {
            return;
        }
        let (columns, weights) = index.row(x);
        for (&c, &w) in columns.iter().zip(weights) {
            self.dense[c as usize] = w;
        }
        // Columns of one row share a place, and must not meet there.
        self.dense[index.n_columns] = 0.0;
        for (i, &y) in self.hopeful.iter().enumerate() {
            if let Some(&next) = self.hopeful.get(i + 2) {
                index.prefetch_row(next as usize);
            }
            let (columns, weights) = index.row(y as usize);
            let cosine = gather(&self.dense, columns, weights).min(1.0);
            if cosine >= floor {
                self.kept.push((cosine, y));
            }
        }
        for &c in columns {
            self.dense[c as usize] = 0.0;
        }
    }
}

/// The dot product of a dense vector and a sparse one, in four lanes of fixed order.
fn gather(dense: &[f32], ranks: &[u32], weights: &[f32]) -> f32 {
    let mut sums = [0.0f32; 4];
    let (r, w) = (ranks.chunks_exact(4), weights.chunks_exact(4));
    let tail: f32 =
        r.remainder().iter().zip(w.remainder()).map(|(&r, &w)| dense[r as usize] * w).sum();
    for (r, w) in r.zip(w) {
        for lane in 0..4 {
            sums[lane] += dense[r[lane] as usize] * w[lane];
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + tail
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

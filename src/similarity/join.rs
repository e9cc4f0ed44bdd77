//! All pairs of rows whose cosine reaches a floor, without looking at all pairs.
//!
//! Columns are split by document frequency. The *rare* ones (in at most `rare_df` rows) go
//! into an inverted index; accumulating over it gives every pair's cosine over rare columns
//! exactly and touches no pair that shares none. What the *common* columns can add is bounded
//! by Cauchy and Schwarz: `g_x * g_y`, the lengths of the two rows' common parts (the split
//! and bound of Bayardo, Ma and Srikant 2007, "Scaling up all pairs similarity search", with
//! the L2 bound of Anastasiu and Karypis 2014). Only pairs whose rare part plus that bound
//! can reach the floor get their common part worked out: one gather over a dense copy of the
//! row. The cosines returned are of the full vectors, whichever mode found the pair.
//!
//! [`Pruning::Exact`] loses nothing: rows whose common parts alone could reach the floor are
//! also compared without the index. [`Pruning::Fast`] keeps fewer columns in the index and
//! trusts a smaller bound, and so loses a few of the weakest pairs; its recall is measured
//! in `benches/RESULTS.md`.
//!
//! Floods: equal rows are one row ([`Joined::head`]), and a row keeps its `max_edges` best
//! earlier neighbours at most, which [`Joined::full_rows`] reports. Time: the sum of squared
//! frequencies of rare columns, halved, plus the gathers; memory: 8 bytes a rare value, 8 a
//! common one, and two dense rows a worker.
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
use rustc_hash::FxHashMap;

use super::graph::Edge;
use crate::vectorize::{Csr, Row};

/// How much the join may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pruning {
    /// Every pair at or above the floor.
    Exact,
    /// Nearly every pair, for a fraction of the time.
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
/// Share of the rows above which a column is common, fast and exact.
const FAST_SHARE: f64 = 0.01;
const EXACT_SHARE: f64 = 0.06;
/// What part of the bound on the common columns the fast mode trusts. Two articles' common
/// columns are much alike whoever wrote them, but their cosine seldom reaches this.
const FAST_TRUST: f32 = 0.75;

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
    let head = heads(rows, times, options.window);
    let unique: Vec<u32> = (0..rows.n_rows() as u32)
        .filter(|&i| head[i as usize] == i && !rows.row(i as usize).indices.is_empty())
        .collect();
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
            || Worker::new(unique.len(), index.n_common),
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

/// For every row the first row equal to it (and, with a window, of the same time).
fn heads(rows: &Csr, times: Option<&[Option<i64>]>, window: Option<i64>) -> Vec<u32> {
    let hashes: Vec<u64> =
        (0..rows.n_rows()).into_par_iter().with_min_len(256).map(|i| hash(rows.row(i))).collect();
    let mut first: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    let same_time = |a: usize, b: usize| match (window, times) {
        (Some(_), Some(times)) => times[a] == times[b],
        _ => true,
    };
    (0..rows.n_rows())
        .map(|i| {
            let row = rows.row(i);
            let known = first.entry(hashes[i]).or_default();
            let equal = known.iter().copied().find(|&j| {
                let other = rows.row(j as usize);
                row.indices == other.indices
                    && row.data == other.data
                    && !row.indices.is_empty()
                    && same_time(i, j as usize)
            });
            equal.unwrap_or_else(|| {
                known.push(i as u32);
                i as u32
            })
        })
        .collect()
}

fn hash(row: Row<'_>) -> u64 {
    row.indices.iter().zip(row.data).fold(row.indices.len() as u64, |h, (&c, &v)| {
        (h.rotate_left(5) ^ (u64::from(c) << 32 | u64::from(v.to_bits())))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
    })
}

/// The unique rows, split into an inverted index of rare columns and rows of common ones.
struct Index {
    /// Rare postings of column `c`: `rare_ptr[c]..rare_ptr[c + 1]`, rows ascending.
    rare_ptr: Vec<u32>,
    rare_row: Vec<u32>,
    rare_weight: Vec<f32>,
    /// The rare part of each row: (column, weight) in column order.
    row_ptr: Vec<u64>,
    row_column: Vec<u32>,
    row_weight: Vec<f32>,
    /// The common part of each row: (rank by frequency, weight).
    common_ptr: Vec<u64>,
    common_rank: Vec<u32>,
    common_weight: Vec<f32>,
    n_common: usize,
    /// Length of each row's common part.
    common_length: Vec<f32>,
    /// Rows whose common parts alone could reach the floor, ascending; exact mode only.
    heavy: Vec<u32>,
}

impl Index {
    fn new(rows: &Csr, unique: &[u32], options: &Join) -> Self {
        let n_cols = rows.n_cols();
        let mut df = vec![0u32; n_cols];
        for &i in unique {
            for &c in rows.row(i as usize).indices {
                df[c as usize] += 1;
            }
        }
        let share = match options.pruning {
            Pruning::Exact => EXACT_SHARE,
            Pruning::Fast => FAST_SHARE,
        };
        let rare_df = ((unique.len() as f64 * share) as u32).max(50);
        // Common columns by falling frequency, so that the busiest lie together in cache.
        let mut common: Vec<u32> = (0..n_cols as u32).filter(|&c| df[c as usize] > rare_df).collect();
        common.sort_unstable_by_key(|&c| (std::cmp::Reverse(df[c as usize]), c));
        let mut rank = vec![u32::MAX; n_cols];
        for (r, &c) in common.iter().enumerate() {
            rank[c as usize] = r as u32;
        }
        let mut rare_ptr = vec![0u32; n_cols + 1];
        for c in 0..n_cols {
            // A column of one row joins nothing.
            let postings = if df[c] <= rare_df && df[c] > 1 { df[c] } else { 0 };
            rare_ptr[c + 1] = rare_ptr[c] + postings;
        }
        let n_rare = rare_ptr[n_cols] as usize;
        let n_values: usize = unique.iter().map(|&i| rows.row(i as usize).indices.len()).sum();
        let mut index = Self {
            rare_row: vec![0; n_rare],
            rare_weight: vec![0.0; n_rare],
            row_ptr: Vec::with_capacity(unique.len() + 1),
            row_column: Vec::with_capacity(n_rare),
            row_weight: Vec::with_capacity(n_rare),
            common_ptr: Vec::with_capacity(unique.len() + 1),
            common_rank: Vec::with_capacity(n_values - n_rare),
            common_weight: Vec::with_capacity(n_values - n_rare),
            n_common: common.len(),
            common_length: Vec::with_capacity(unique.len()),
            heavy: Vec::new(),
            rare_ptr,
        };
        let mut next: Vec<u32> = index.rare_ptr[..n_cols].to_vec();
        index.row_ptr.push(0);
        index.common_ptr.push(0);
        for (x, &i) in unique.iter().enumerate() {
            let row = rows.row(i as usize);
            let mut squares = 0.0f64;
            for (&c, &w) in row.indices.iter().zip(row.data) {
                let column = c as usize;
                if rank[column] != u32::MAX {
                    index.common_rank.push(rank[column]);
                    index.common_weight.push(w);
                    squares += f64::from(w) * f64::from(w);
                } else if df[column] > 1 {
                    index.row_column.push(c);
                    index.row_weight.push(w);
                    let slot = next[column] as usize;
                    index.rare_row[slot] = x as u32;
                    index.rare_weight[slot] = w;
                    next[column] += 1;
                }
            }
            index.row_ptr.push(index.row_column.len() as u64);
            index.common_ptr.push(index.common_rank.len() as u64);
            index.common_length.push(libm::sqrt(squares) as f32);
        }
        if options.pruning == Pruning::Exact {
            // g_x * g_y >= floor needs both >= floor, as neither exceeds 1.
            index.heavy = (0..unique.len() as u32)
                .filter(|&x| index.common_length[x as usize] >= options.floor * 0.999)
                .collect();
        }
        index
    }

    fn rare(&self, x: usize) -> (&[u32], &[f32]) {
        let range = self.row_ptr[x] as usize..self.row_ptr[x + 1] as usize;
        (&self.row_column[range.clone()], &self.row_weight[range])
    }

    fn common(&self, x: usize) -> (&[u32], &[f32]) {
        let range = self.common_ptr[x] as usize..self.common_ptr[x + 1] as usize;
        (&self.common_rank[range.clone()], &self.common_weight[range])
    }
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
    /// Cosine over rare columns so far, one an earlier row; zero outside `touched`.
    sums: Vec<f32>,
    touched: Vec<u32>,
    /// The common part of the row at hand, dense by rank; zero between rows.
    dense: Vec<f32>,
    kept: Vec<(f32, u32)>,
}

impl Worker {
    fn new(n_rows: usize, n_common: usize) -> Self {
        Self {
            sums: vec![0.0; n_rows],
            touched: vec![0; n_rows + 1],
            dense: vec![0.0; n_common],
            kept: Vec::new(),
        }
    }

    /// Finds the earlier neighbours of row `x`.
    fn neighbours(
        &mut self,
        index: &Index,
        x: usize,
        options: &Join,
        near: &impl Fn(usize, usize) -> bool,
        found: &mut Found,
    ) {
        let touched = self.accumulate(index, x, found);
        let (ranks, weights) = index.common(x);
        for (&r, &w) in ranks.iter().zip(weights) {
            self.dense[r as usize] = w;
        }
        let exact = options.pruning == Pruning::Exact;
        // A hair of room for rounding, so that a pair at the floor is never bounded away.
        let (trust, room) = if exact { (1.0, 1e-5) } else { (FAST_TRUST, 0.0) };
        let length = index.common_length[x] * trust;
        self.kept.clear();
        for t in 0..touched {
            let y = self.touched[t] as usize;
            let rare = std::mem::take(&mut self.sums[y]);
            if rare + length * index.common_length[y] + room < options.floor || !near(x, y) {
                continue;
            }
            self.verify(index, y, rare, options.floor, found);
            if exact {
                // Not zero: the sweep over heavy rows below must not meet this pair again.
                self.sums[y] = -1.0;
            }
        }
        if exact {
            self.sweep_heavy(index, x, options, near, found);
            for t in 0..touched {
                self.sums[self.touched[t] as usize] = 0.0;
            }
        }
        for &r in ranks {
            self.dense[r as usize] = 0.0;
        }
        if self.kept.len() > options.max_edges {
            found.full_rows += 1;
            self.kept.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.kept.truncate(options.max_edges);
        }
        self.kept.sort_unstable_by_key(|&(_, y)| y);
        found.edges.extend(self.kept.iter().map(|&(cosine, y)| Edge {
            a: y,
            b: x as u32,
            cosine,
            score: cosine,
        }));
    }

    /// Adds up the rare columns; returns how many earlier rows were touched.
    fn accumulate(&mut self, index: &Index, x: usize, found: &mut Found) -> usize {
        let (columns, weights) = index.rare(x);
        let mut touched = 0;
        for (&c, &w) in columns.iter().zip(weights) {
            let range = index.rare_ptr[c as usize] as usize..index.rare_ptr[c as usize + 1] as usize;
            let rows = &index.rare_row[range.clone()];
            // Rows ascend: those before x come first.
            let earlier = rows.partition_point(|&y| (y as usize) < x);
            found.updates += earlier as u64;
            for (&y, &v) in rows[..earlier].iter().zip(&index.rare_weight[range]) {
                let sum = &mut self.sums[y as usize];
                self.touched[touched] = y;
                touched += usize::from(*sum == 0.0);
                *sum += w * v;
            }
        }
        touched
    }

    /// Works out the full cosine of a pair whose rare part is known.
    fn verify(&mut self, index: &Index, y: usize, rare: f32, floor: f32, found: &mut Found) {
        found.verified += 1;
        let (ranks, weights) = index.common(y);
        let cosine = (rare + gather(&self.dense, ranks, weights)).min(1.0);
        if cosine >= floor {
            self.kept.push((cosine, y as u32));
        }
    }

    /// Exact mode: pairs that share no rare column may still reach the floor.
    fn sweep_heavy(
        &mut self,
        index: &Index,
        x: usize,
        options: &Join,
        near: &impl Fn(usize, usize) -> bool,
        found: &mut Found,
    ) {
        let length = index.common_length[x];
        if length < options.floor * 0.999 {
            return;
        }
        for &y in &index.heavy {
            let y = y as usize;
            if y >= x {
                break;
            }
            // A touched row was decided above, by a bound that covers this one.
            if length * index.common_length[y] + 1e-5 < options.floor
                || self.sums[y] != 0.0
                || !near(x, y)
            {
                continue;
            }
            self.verify(index, y, 0.0, options.floor, found);
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

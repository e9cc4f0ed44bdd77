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
//! heaviest values of each row, a sample of the rare columns, and asks for a share of the floor
//! there. Among news articles weighed as [`crate::group`] does it loses under one pair in 200
//! at the threshold (`benches/RESULTS.md`); with flat weights (plain idf) it loses far more:
//! use `Exact` there.
//!
//! Floods: equal rows are one row ([`Joined::head`]), and a row keeps its `max_edges` best
//! earlier neighbours at most, which [`Joined::full_rows`] reports. Time: half the sum of
//! squared column lengths in the index, plus the gathers; memory: 8 bytes a value for the
//! rows, 8 a value in the index, and two dense rows a worker.
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
use crate::vectorize::{Csr, Row, prefetch};

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
/// Exact: columns in more than this share of the rows stay out of the index.
const EXACT_SHARE: f64 = 0.06;
/// Fast: the same, and of the rest the `HEAVIEST` values of a row are indexed.
const FAST_SHARE: f64 = 0.05;
const HEAVIEST: usize = 384;
/// Fast: columns of at most this many rows are rare, and one in `SAMPLE` is indexed.
const RARE: u32 = 16;
const SAMPLE: u32 = 4;
/// The root of `SAMPLE`: both sides of a product carry it.
const SAMPLE_ROOT: f32 = 2.0;
/// Fast: the part of the floor that has to be found in the index.
const FAST_PART: f32 = 0.33;
/// Up to this many rows the fast mode is the exact one.
const SMALL: usize = 4096;
/// Lists asked for ahead of their use.
const AHEAD: usize = 8;
/// Below this many rows a column is never too common.
const FEW: u32 = 50;

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
            || Worker::new(unique.len(), index.n_columns),
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

/// For every row the first row equal to it (with a window: and of the same time); itself
/// where there is none, and where it is empty.
///
/// # Panics
/// Where `times` is given and is shorter than the matrix has rows.
#[must_use]
pub fn equal_rows(rows: &Csr, times: Option<&[Option<i64>]>, window: Option<i64>) -> Vec<u32> {
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

/// The unique rows, whole and as an inverted index of a part of them.
struct Index {
    /// Postings of all columns, one after the other, rows ascending: (row, weight).
    postings: Vec<(u32, f32)>,
    /// The indexed part of row `x` is `queries[query_ptr[x]..query_ptr[x + 1]]`.
    query_ptr: Vec<u64>,
    queries: Vec<Query>,
    /// The rows: columns numbered by falling frequency, so that the busiest lie together in
    /// cache; columns of one row are left out, as they join nothing.
    row_ptr: Vec<u64>,
    row_column: Vec<u32>,
    row_weight: Vec<f32>,
    n_columns: usize,
    /// Length of each row's part outside the index; exact mode only.
    common_length: Vec<f32>,
    /// Rows whose common parts alone could reach the floor, ascending; exact mode only.
    heavy: Vec<u32>,
}

/// One indexed value of a row: its weight and where the postings of earlier rows are.
#[derive(Clone, Copy)]
struct Query {
    start: u64,
    earlier: u32,
    weight: f32,
}

impl Index {
    fn new(rows: &Csr, unique: &[u32], options: &Join) -> Self {
        let mut df = vec![0u32; rows.n_cols()];
        for &i in unique {
            for &c in rows.row(i as usize).indices {
                df[c as usize] += 1;
            }
        }
        let mut order: Vec<u32> =
            (0..rows.n_cols() as u32).filter(|&c| df[c as usize] > 1).collect();
        order.sort_unstable_by_key(|&c| (std::cmp::Reverse(df[c as usize]), c));
        let mut rank = vec![u32::MAX; rows.n_cols()];
        for (r, &c) in order.iter().enumerate() {
            rank[c as usize] = r as u32;
        }
        let exact = options.pruning == Pruning::Exact;
        let share = if exact { EXACT_SHARE } else { FAST_SHARE };
        let too_common = ((unique.len() as f64 * share) as u32).max(FEW);
        let first_indexed = order.partition_point(|&c| df[c as usize] > too_common) as u32;
        let split = Split {
            first_rare: order.partition_point(|&c| df[c as usize] > RARE) as u32,
            rank,
            first_indexed,
            exact,
        };
        drop(df);

        let pieces: Vec<Rows> =
            unique.par_chunks(512).map(|chunk| Rows::new(rows, chunk, &split)).collect();
        let n_values = pieces.iter().map(|p| p.column.len()).sum();
        let mut index = Self {
            postings: Vec::new(),
            query_ptr: Vec::with_capacity(unique.len() + 1),
            queries: Vec::new(),
            row_ptr: Vec::with_capacity(unique.len() + 1),
            row_column: Vec::with_capacity(n_values),
            row_weight: Vec::with_capacity(n_values),
            n_columns: order.len(),
            common_length: Vec::with_capacity(unique.len()),
            heavy: Vec::new(),
        };
        index.invert(&pieces);
        index.row_ptr.push(0);
        for piece in pieces {
            let before = index.row_column.len() as u64;
            index.row_ptr.extend(piece.ends.iter().map(|&e| before + e as u64));
            index.row_column.extend_from_slice(&piece.column);
            index.row_weight.extend_from_slice(&piece.weight);
            index.common_length.extend_from_slice(&piece.common_length);
        }
        if exact {
            // g_x * g_y >= floor needs both >= floor, as neither exceeds 1.
            index.heavy = (0..unique.len() as u32)
                .filter(|&x| index.common_length[x as usize] >= options.floor * 0.999)
                .collect();
        }
        index
    }

    /// Fills the postings, and for each indexed value where its earlier rows are: as rows come
    /// in order, that is what its column holds so far.
    fn invert(&mut self, pieces: &[Rows]) {
        let mut next = vec![0u64; self.n_columns + 1];
        for piece in pieces {
            for &(c, _) in &piece.indexed {
                next[c as usize + 1] += 1;
            }
        }
        for c in 0..self.n_columns {
            next[c + 1] += next[c];
        }
        let starts = next.clone();
        let n = starts[self.n_columns] as usize;
        self.postings = vec![(0, 0.0); n];
        self.queries.reserve_exact(n);
        self.query_ptr.push(0);
        let mut x = 0;
        for piece in pieces {
            let mut from = 0;
            for &end in &piece.indexed_ends {
                for &(c, weight) in &piece.indexed[from..end] {
                    let (slot, start) = (&mut next[c as usize], starts[c as usize]);
                    self.postings[*slot as usize] = (x, weight);
                    let earlier = (*slot - start) as u32;
                    if earlier > 0 {
                        self.queries.push(Query { start, earlier, weight });
                    }
                    *slot += 1;
                }
                self.query_ptr.push(self.queries.len() as u64);
                from = end;
                x += 1;
            }
        }
    }

    fn row(&self, x: usize) -> (&[u32], &[f32]) {
        let range = self.row_ptr[x] as usize..self.row_ptr[x + 1] as usize;
        (&self.row_column[range.clone()], &self.row_weight[range])
    }

    /// Asks for the beginning of a row ahead of its use; the rest follows by itself.
    fn prefetch_row(&self, x: usize) {
        let at = self.row_ptr[x] as usize;
        for line in 0..4 {
            prefetch(&self.row_column, at + line * 16);
            prefetch(&self.row_weight, at + line * 16);
        }
    }

    fn queries(&self, x: usize) -> &[Query] {
        &self.queries[self.query_ptr[x] as usize..self.query_ptr[x + 1] as usize]
    }
}

/// Which columns go into the index.
struct Split {
    /// Column numbers by falling frequency; `u32::MAX` for columns of one row.
    rank: Vec<u32>,
    /// Columns before this rank are too common.
    first_indexed: u32,
    /// Columns from this rank on are rare.
    first_rare: u32,
    exact: bool,
}

impl Split {
    /// Whether column `c` of rank `r` is indexed. A rare word brings two dozen n-grams of one
    /// and the same short list of rows; in fast mode one in `SAMPLE` of them speaks for all.
    fn takes(&self, c: u32, r: u32) -> bool {
        self.exact
            || r < self.first_rare
            || (c.wrapping_mul(0x9E37_79B9) >> 16).is_multiple_of(SAMPLE)
    }

    /// The weight in the index: sampled columns count for those left out.
    fn scaled(&self, r: u32, w: f32) -> f32 {
        if self.exact || r < self.first_rare { w } else { w * SAMPLE_ROOT }
    }
}

/// A chunk of rows on their way into the index.
#[derive(Default)]
struct Rows {
    ends: Vec<usize>,
    column: Vec<u32>,
    weight: Vec<f32>,
    /// The values to be indexed, in column order within a row.
    indexed: Vec<(u32, f32)>,
    indexed_ends: Vec<usize>,
    common_length: Vec<f32>,
}

impl Rows {
    fn new(rows: &Csr, chunk: &[u32], split: &Split) -> Self {
        let mut out = Self::default();
        let mut candidates: Vec<(u32, f32)> = Vec::new();
        for &i in chunk {
            let row = rows.row(i as usize);
            let mut squares = 0.0f64;
            candidates.clear();
            for (&c, &w) in row.indices.iter().zip(row.data) {
                let r = split.rank[c as usize];
                if r == u32::MAX {
                    continue;
                }
                out.column.push(r);
                out.weight.push(w);
                if r < split.first_indexed {
                    squares += f64::from(w) * f64::from(w);
                } else if split.takes(c, r) {
                    candidates.push((r, w));
                }
            }
            if !split.exact && candidates.len() > HEAVIEST {
                candidates.select_nth_unstable_by(HEAVIEST - 1, |a, b| {
                    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
                });
                candidates.truncate(HEAVIEST);
                // A fixed order, so that sums do not depend on how the selection went.
                candidates.sort_unstable_by_key(|v| v.0);
            }
            out.indexed.extend(candidates.iter().map(|&(r, w)| (r, split.scaled(r, w))));
            out.indexed_ends.push(out.indexed.len());
            out.ends.push(out.column.len());
            out.common_length.push(libm::sqrt(squares) as f32);
        }
        out
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
    /// Partial cosine so far, one an earlier row; zero outside `touched`.
    sums: Vec<f32>,
    touched: Vec<u32>,
    /// The row at hand, dense; zero between rows.
    dense: Vec<f32>,
    hopeful: Vec<u32>,
    kept: Vec<(f32, u32)>,
}

impl Worker {
    fn new(n_rows: usize, n_columns: usize) -> Self {
        Self {
            sums: vec![0.0; n_rows],
            touched: vec![0; n_rows + 1],
            dense: vec![0.0; n_columns],
            hopeful: Vec::new(),
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
        let (columns, weights) = index.row(x);
        for (&c, &w) in columns.iter().zip(weights) {
            self.dense[c as usize] = w;
        }
        self.kept.clear();
        let length = index.common_length[x];
        self.hopeful.clear();
        for &y in &self.touched[..touched] {
            let partial = self.sums[y as usize];
            let hopeful = match options.pruning {
                // A hair of room for rounding: a pair at the floor is never bounded away.
                Pruning::Exact => {
                    partial + length * index.common_length[y as usize] + 1e-5 >= options.floor
                }
                Pruning::Fast => partial >= options.floor * FAST_PART,
            };
            if hopeful && near(x, y as usize) {
                self.hopeful.push(y);
            }
        }
        for i in 0..self.hopeful.len() {
            if let Some(&next) = self.hopeful.get(i + 2) {
                index.prefetch_row(next as usize);
            }
            self.verify(index, self.hopeful[i] as usize, options.floor, found);
        }
        if options.pruning == Pruning::Exact {
            self.sweep_heavy(index, x, options, near, found);
        }
        for &y in &self.touched[..touched] {
            self.sums[y as usize] = 0.0;
        }
        for &c in columns {
            self.dense[c as usize] = 0.0;
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

    /// Adds up the indexed part; returns how many earlier rows were touched.
    fn accumulate(&mut self, index: &Index, x: usize, found: &mut Found) -> usize {
        let (sums, list) = (&mut self.sums[..], &mut self.touched[..]);
        let mut touched = 0;
        let queries = index.queries(x);
        for (i, query) in queries.iter().enumerate() {
            if let Some(next) = queries.get(i + AHEAD) {
                prefetch(&index.postings, next.start as usize);
            }
            let from = query.start as usize;
            found.updates += u64::from(query.earlier);
            for &(y, v) in &index.postings[from..from + query.earlier as usize] {
                let sum = &mut sums[y as usize];
                list[touched] = y;
                touched += usize::from(*sum == 0.0);
                *sum += query.weight * v;
            }
        }
        touched
    }

    /// Works out the full cosine of a pair.
    fn verify(&mut self, index: &Index, y: usize, floor: f32, found: &mut Found) {
        found.verified += 1;
        let (columns, weights) = index.row(y);
        let cosine = gather(&self.dense, columns, weights).min(1.0);
        if cosine >= floor {
            self.kept.push((cosine, y as u32));
        }
    }

    /// Exact mode: pairs that share no indexed column may still reach the floor.
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
            // A touched row was decided by its partial cosine, a larger bound than this.
            let bound = length * index.common_length[y] + 1e-5;
            if bound >= options.floor && self.sums[y] == 0.0 && near(x, y) {
                self.verify(index, y, options.floor, found);
            }
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

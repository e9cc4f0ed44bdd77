//! Rows as the join searches them: whole, and as an inverted index of a part of them, for each
//! column the rows that hold it and how heavily.
//!
//! A block has at most 65,536 rows, so that a posting is four bytes: the row within its block
//! and the upper half of the weight. Weights are rounded up, so that a partial cosine is never
//! less than it should be; only bounds are made of it, full cosines come from the rows.
//!
//! Memory: 4 bytes a stored value, 4 a value in the index (12 until the block has met itself)
//! and 4 a column, while it is made 4 a column and thread. Time: linear in the values but for the
//! choice of the heaviest, parallel.

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::columns::{Columns, HEAVIEST};
use crate::vectorize::{Csr, prefetch};

/// Rows a block holds: what two bytes number.
pub(super) const BLOCK_ROWS: usize = 1 << 16;
/// Rows a parallel piece of the making holds.
const PIECE: usize = 512;
/// Parts that postings are filled in at once at most; each costs 4 bytes a column.
const MOST_PARTS: usize = 8;
/// Lists asked for ahead of their use.
const AHEAD: usize = 8;

/// Some rows that lie together, and their postings.
pub(super) struct Block<R> {
    rows: R,
    /// The rows of `rows` that are indexed; here they are called by their place in this list.
    unique: Vec<u32>,
    /// The number of the first row of `rows` among all rows ever joined.
    first: u32,
    /// Times of the rows, where a window asks for them, else empty.
    times: Vec<Option<i64>>,
    /// The latest of them, where every row has one.
    pub(super) latest: Option<i64>,
    /// The list of column `c` is `postings[starts[c]..starts[c + 1]]`, rows ascending.
    starts: Vec<u32>,
    postings: Vec<u32>,
    /// The indexed parts of the rows, [`PIECE`] rows each.
    queries: Vec<Queries>,
    /// The columns of row `x`, numbered anew, are `ranks[row_ptr[x]..row_ptr[x + 1]]`.
    row_ptr: Vec<u64>,
    ranks: Vec<u32>,
    /// Length of each row's part outside the index; in fast mode as far as the index tells.
    pub(super) rest: Vec<f32>,
}

/// One indexed value of a row.
#[derive(Clone, Copy)]
pub(super) struct Query {
    column: u32,
    /// How many earlier rows of the row's own block hold the column.
    earlier: u16,
    /// The upper half of the weight.
    weight: u16,
}

/// The upper half of a weight from 0 on, rounded up: seven bits of its mantissa.
fn half_up(weight: f32) -> u16 {
    (weight.to_bits().saturating_add(0xFFFF) >> 16) as u16
}

fn whole(half: u16) -> f32 {
    f32::from_bits(u32::from(half) << 16)
}

impl<R: Deref<Target = Csr>> Block<R> {
    /// Indexes the rows `unique` of `rows`, at most [`BLOCK_ROWS`]; `times` has one a row of
    /// `rows` or is empty.
    pub(super) fn new(
        rows: R,
        unique: Vec<u32>,
        first: u32,
        times: &[Option<i64>],
        columns: &Columns,
    ) -> Self {
        let mut row_ptr = Vec::with_capacity(unique.len() + 1);
        row_ptr.push(0u64);
        for &i in &unique {
            row_ptr.push(row_ptr[row_ptr.len() - 1] + rows.row(i as usize).indices.len() as u64);
        }
        let mut ranks = vec![0u32; row_ptr[unique.len()] as usize];
        let mut left = &mut ranks[..];
        let mut pieces = Vec::with_capacity(unique.len().div_ceil(PIECE));
        for (k, chunk) in unique.chunks(PIECE).enumerate() {
            let values = row_ptr[k * PIECE + chunk.len()] - row_ptr[k * PIECE];
            let (mine, rest) = left.split_at_mut(values as usize);
            left = rest;
            pieces.push((chunk, mine));
        }
        let csr: &Csr = &rows;
        let pieces: Vec<Piece> = pieces
            .into_par_iter()
            .map(|(chunk, ranks)| Piece::new(csr, chunk, ranks, columns))
            .collect();
        let rest = pieces.iter().flat_map(|piece| &piece.rest).copied().collect();
        let mut queries: Vec<Queries> = pieces.into_iter().map(|piece| piece.queries).collect();
        let (starts, postings) = postings(columns.n_columns, &mut queries);
        let times: Vec<Option<i64>> = if times.is_empty() {
            Vec::new()
        } else {
            unique.iter().map(|&i| times[i as usize]).collect()
        };
        let latest = times.iter().all(Option::is_some).then(|| times.iter().flatten().max());
        let latest = latest.flatten().copied();
        Self { rows, unique, first, times, latest, starts, postings, queries, row_ptr, ranks, rest }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.unique.len()
    }

    /// The number of row `x` among all rows ever joined.
    pub(super) fn number(&self, x: usize) -> u32 {
        self.first + self.unique[x]
    }

    /// The time of row `x`; none where it has none or no window asks.
    pub(super) fn time(&self, x: usize) -> Option<i64> {
        self.times.get(x).copied().flatten()
    }

    /// Gives back what only the block's own rows needed.
    pub(super) fn has_met_itself(&mut self) {
        self.queries = Vec::new();
    }

    /// The columns and weights of row `x`, columns numbered by falling frequency.
    pub(super) fn row(&self, x: usize) -> (&[u32], &[f32]) {
        let range = self.row_ptr[x] as usize..self.row_ptr[x + 1] as usize;
        (&self.ranks[range], self.rows.row(self.unique[x] as usize).data)
    }

    /// Asks for the beginning of a row ahead of its use; the rest follows by itself.
    pub(super) fn prefetch_row(&self, x: usize) {
        let (ranks, weights) = self.row(x);
        for line in 0..4 {
            prefetch(ranks, line * 16);
            prefetch(weights, line * 16);
        }
    }

    /// The indexed values of row `x`; only before [`Block::has_met_itself`].
    pub(super) fn queries(&self, x: usize) -> &[Query] {
        self.queries[x / PIECE].of(x % PIECE)
    }

    /// Adds to `sums` what `queries` share with the rows of this block; of the block's `own`
    /// rows only with those before. Returns how often rows met.
    pub(super) fn accumulate(
        &self,
        queries: &[Query],
        own: bool,
        sums: &mut [f32; BLOCK_ROWS],
    ) -> u64 {
        let mut met = 0;
        for (query, list) in self.lists(queries, own) {
            met += list.len() as u64;
            let weight = whole(query.weight);
            for &posting in list {
                sums[usize::from(posting as u16)] += weight * f32::from_bits(posting & 0xFFFF_0000);
            }
        }
        met
    }

    /// Calls `f` with every row that `queries` met: as often as they met.
    pub(super) fn each_met(&self, queries: &[Query], own: bool, mut f: impl FnMut(u16)) {
        for (_, list) in self.lists(queries, own) {
            list.iter().for_each(|&posting| f(posting as u16));
        }
    }

    /// Each query with its postings.
    fn lists<'a>(
        &'a self,
        queries: &'a [Query],
        own: bool,
    ) -> impl Iterator<Item = (Query, &'a [u32])> {
        let (starts, postings) = (&self.starts, &self.postings);
        queries.iter().enumerate().map(move |(i, &query)| {
            if let Some(next) = queries.get(i + 2 * AHEAD) {
                prefetch(starts, next.column as usize);
            }
            if let Some(next) = queries.get(i + AHEAD) {
                prefetch(postings, starts[next.column as usize] as usize);
            }
            let column = query.column as usize;
            let from = starts[column] as usize;
            let to =
                if own { from + usize::from(query.earlier) } else { starts[column + 1] as usize };
            (query, &postings[from..to])
        })
    }
}

/// The postings, and where each column's begin; also tells each query how many earlier rows
/// there are. Parts of the rows count their columns, and know from that where theirs come.
fn postings(n_columns: usize, queries: &mut [Queries]) -> (Vec<u32>, Vec<u32>) {
    let per_part = queries.len().div_ceil(rayon::current_num_threads().clamp(1, MOST_PARTS)).max(1);
    let mut next: Vec<Vec<u32>> = queries
        .par_chunks(per_part)
        .map(|part| {
            let mut counts = vec![0u32; n_columns];
            let all = part.iter().flat_map(|piece| &piece.values);
            all.for_each(|query| counts[query.column as usize] += 1);
            counts
        })
        .collect();
    let mut starts = Vec::with_capacity(n_columns + 1);
    let mut at = 0;
    for c in 0..n_columns {
        starts.push(at);
        for part in &mut next {
            let n = std::mem::replace(&mut part[c], at);
            at += n;
        }
    }
    starts.push(at);
    let postings: Vec<AtomicU32> = (0..at).into_par_iter().map(|_| AtomicU32::new(0)).collect();
    queries.par_chunks_mut(per_part).zip(&mut next).enumerate().for_each(|(k, (part, next))| {
        let mut row = (k * per_part * PIECE) as u32;
        for piece in part {
            let mut from = 0;
            for &end in &piece.ends {
                for query in &mut piece.values[from..end as usize] {
                    let column = query.column as usize;
                    let slot = &mut next[column];
                    let posting = u32::from(query.weight) << 16 | row;
                    postings[*slot as usize].store(posting, Ordering::Relaxed);
                    query.earlier = (*slot - starts[column]) as u16;
                    *slot += 1;
                }
                from = end as usize;
                row += 1;
            }
        }
    });
    (starts, postings.into_iter().map(AtomicU32::into_inner).collect())
}

/// The indexed parts of some rows.
#[derive(Default)]
struct Queries {
    values: Vec<Query>,
    /// Where the values of each row end.
    ends: Vec<u32>,
}

impl Queries {
    fn of(&self, row: usize) -> &[Query] {
        let from = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.values[from as usize..self.ends[row] as usize]
    }
}

/// What is made of some rows.
#[derive(Default)]
struct Piece {
    queries: Queries,
    rest: Vec<f32>,
}

impl Piece {
    /// Writes the rows' columns, numbered anew, to `ranks` and chooses what is indexed.
    fn new(rows: &Csr, chunk: &[u32], mut ranks: &mut [u32], columns: &Columns) -> Self {
        let mut out = Self::default();
        let mut chosen: Vec<(u32, f32)> = Vec::new();
        let mut weights = Vec::new();
        for &i in chunk {
            let row = rows.row(i as usize);
            let (mine, rest) = ranks.split_at_mut(row.indices.len());
            ranks = rest;
            // Always write, step on where the column is indexed: no pattern to guess.
            chosen.clear();
            chosen.resize(row.indices.len(), (0, 0.0));
            let mut n = 0;
            for ((&c, &w), rank) in row.indices.iter().zip(row.data).zip(&mut *mine) {
                let (r, indexed) = columns.rank(c);
                *rank = r;
                chosen[n] = (r, w);
                n += indexed as usize;
            }
            chosen.truncate(n);
            if !columns.exact && n > HEAVIEST {
                keep_heaviest(&mut chosen, &mut weights, HEAVIEST);
            }
            let squared = |w: f32| f64::from(w) * f64::from(w);
            let outside: f64 = if columns.exact {
                let common = mine.iter().zip(row.data).filter(|&(&r, _)| columns.too_common(r));
                common.map(|(_, &w)| squared(w)).sum()
            } else {
                1.0 - chosen.iter().map(|&(r, w)| squared(columns.scaled(r, w))).sum::<f64>()
            };
            out.queries.values.extend(chosen.iter().map(|&(column, w)| Query {
                column,
                earlier: 0,
                weight: half_up(columns.scaled(column, w)),
            }));
            out.queries.ends.push(out.queries.values.len() as u32);
            out.rest.push(libm::sqrt(outside.max(0.0)) as f32);
        }
        out
    }
}

/// Keeps the `most` heaviest values in their order; of equal ones the first.
fn keep_heaviest(values: &mut Vec<(u32, f32)>, weights: &mut Vec<u32>, most: usize) {
    // Of numbers from 0 on, the bits are ordered as the numbers are.
    weights.clear();
    weights.extend(values.iter().map(|v| !v.1.to_bits()));
    let (heavier, &mut least, _) = weights.select_nth_unstable(most - 1);
    let mut equal = most - heavier.iter().filter(|&&w| w < least).count();
    let mut kept = 0;
    for i in 0..values.len() {
        let weight = !values[i].1.to_bits();
        let take = (weight < least) | ((weight == least) & (equal > 0));
        equal -= usize::from(take & (weight == least));
        values[kept] = values[i];
        kept += usize::from(take);
    }
    values.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_weight_is_never_less_than_the_weight_and_hardly_more() {
        for i in 0..100_000 {
            let weight = i as f32 * 3.1e-5;
            let half = whole(half_up(weight));
            assert!(half >= weight && half <= weight * 1.008, "{weight} {half}");
        }
    }
}

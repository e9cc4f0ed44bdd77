//! The inverted index of the join: for each column the rows that hold it, and how heavily.
//!
//! Rows lie in blocks of 65,536, so that a posting is four bytes: the row within its block and
//! the upper half of the weight. Weights are rounded up, so that a partial cosine is never
//! less than it should be; only bounds are made of it, full cosines come from the rows.
//! Columns are numbered by falling frequency, so that the busiest lie together in cache.
//!
//! Memory: 4 bytes a stored value, 12 a value in the index and 4 a column and block. Time:
//! linear in the values but for the choice of the heaviest, parallel except for the filling
//! of a block.

use rayon::prelude::*;

use super::join::{Join, Pruning};
use crate::vectorize::{Csr, count_columns, prefetch};

/// Rows a block holds: what two bytes number.
pub(super) const BLOCK_ROWS: usize = 1 << 16;
/// Exact: columns in more than this share of the rows stay out of the index.
const EXACT_SHARE: f64 = 0.06;
/// Fast: the same, and of the rest the `HEAVIEST` values of a row are indexed.
const FAST_SHARE: f64 = 0.05;
const HEAVIEST: usize = 384;
/// Fast, where rows have more than `HEAVIEST` values: columns of at most this many rows are
/// rare, and one in `SAMPLE` is indexed.
const RARE: u32 = 16;
const SAMPLE: u32 = 4;
/// The root of `SAMPLE`: both sides of a product carry it.
const SAMPLE_ROOT: f32 = 2.0;
/// Below this many rows a column is never too common.
const FEW: u32 = 50;
/// Rows a parallel piece of the making holds.
const PIECE: usize = 512;
/// Lists asked for ahead of their use.
const AHEAD: usize = 8;

/// The unique rows, whole and as an inverted index of a part of them.
pub(super) struct Index<'a> {
    rows: &'a Csr,
    /// The rows that are indexed; here they are called by their place in this list.
    unique: &'a [u32],
    blocks: Vec<Block>,
    /// The indexed part of row `x` is `queries[query_ptr[x]..query_ptr[x + 1]]`.
    query_ptr: Vec<u64>,
    queries: Vec<Query>,
    /// The columns of row `x`, numbered anew, are `ranks[row_ptr[x]..row_ptr[x + 1]]`.
    row_ptr: Vec<u64>,
    ranks: Vec<u32>,
    /// Number of columns in use.
    pub(super) n_columns: usize,
    /// Length of each row's part outside the index; in fast mode as far as the index tells.
    pub(super) rest: Vec<f32>,
}

/// The postings of up to `BLOCK_ROWS` rows.
struct Block {
    /// The list of column `c` is `postings[starts[c]..starts[c + 1]]`, rows ascending.
    starts: Vec<u32>,
    postings: Vec<u32>,
}

/// One indexed value of a row.
#[derive(Clone, Copy)]
struct Query {
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

impl<'a> Index<'a> {
    pub(super) fn new(rows: &'a Csr, unique: &'a [u32], options: &Join) -> Self {
        let split = Split::new(rows, unique, options.pruning == Pruning::Exact);
        let mut row_ptr = Vec::with_capacity(unique.len() + 1);
        row_ptr.push(0u64);
        for &i in unique {
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
        let pieces: Vec<Piece> = pieces
            .into_par_iter()
            .map(|(chunk, ranks)| Piece::new(rows, chunk, ranks, &split))
            .collect();
        let mut index = Self {
            rows,
            unique,
            blocks: Vec::new(),
            query_ptr: Vec::with_capacity(unique.len() + 1),
            queries: Vec::with_capacity(pieces.iter().map(|p| p.queries.len()).sum()),
            row_ptr,
            ranks,
            n_columns: split.n_columns,
            rest: Vec::with_capacity(unique.len()),
        };
        index.query_ptr.push(0);
        for piece in pieces {
            let before = index.queries.len() as u64;
            index.query_ptr.extend(piece.ends.iter().map(|&e| before + e as u64));
            index.queries.extend_from_slice(&piece.queries);
            index.rest.extend_from_slice(&piece.rest);
        }
        let (n_columns, query_ptr) = (index.n_columns, &index.query_ptr);
        let mut left = &mut index.queries[..];
        let mut parts = Vec::new();
        for first in (0..unique.len()).step_by(BLOCK_ROWS) {
            let ptr = &query_ptr[first..=(first + BLOCK_ROWS).min(unique.len())];
            let (mine, rest) = left.split_at_mut((ptr[ptr.len() - 1] - ptr[0]) as usize);
            left = rest;
            parts.push((ptr, mine));
        }
        index.blocks = parts
            .into_par_iter()
            .map(|(ptr, queries)| Block::new(n_columns, ptr, queries))
            .collect();
        index
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

    /// The blocks that hold rows before `x`: their first rows and how many of them count.
    pub(super) fn earlier_blocks(x: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..x.div_ceil(BLOCK_ROWS)).map(move |b| (b, (x - b * BLOCK_ROWS).min(BLOCK_ROWS)))
    }

    /// Adds to `sums` what row `x` shares, in the index, with the rows of block `b` before it;
    /// returns how often rows met.
    pub(super) fn accumulate(&self, x: usize, b: usize, sums: &mut [f32; BLOCK_ROWS]) -> u64 {
        let mut met = 0;
        for (query, list) in self.lists(x, b) {
            met += list.len() as u64;
            let weight = whole(query.weight);
            for &posting in list {
                sums[usize::from(posting as u16)] += weight * f32::from_bits(posting & 0xFFFF_0000);
            }
        }
        met
    }

    /// Calls `f` with every row of block `b`, by its place there, that row `x` met before it:
    /// as often as they met.
    pub(super) fn each_met(&self, x: usize, b: usize, mut f: impl FnMut(u16)) {
        for (_, list) in self.lists(x, b) {
            list.iter().for_each(|&posting| f(posting as u16));
        }
    }

    /// The indexed values of row `x`, each with the postings of block `b` before it.
    fn lists(&self, x: usize, b: usize) -> impl Iterator<Item = (Query, &[u32])> {
        let queries = &self.queries[self.query_ptr[x] as usize..self.query_ptr[x + 1] as usize];
        let Block { starts, postings } = &self.blocks[b];
        let own = x / BLOCK_ROWS == b;
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

impl Block {
    /// Fills the postings, and for each query how many earlier rows there are: as rows come in
    /// order, that is what its column holds so far.
    fn new(n_columns: usize, query_ptr: &[u64], queries: &mut [Query]) -> Self {
        let mut next = vec![0u32; n_columns + 1];
        for query in &*queries {
            next[query.column as usize + 1] += 1;
        }
        for c in 0..n_columns {
            next[c + 1] += next[c];
        }
        let starts = next.clone();
        let mut postings = vec![0u32; queries.len()];
        let first = query_ptr[0];
        for (row, ends) in query_ptr.windows(2).enumerate() {
            for query in &mut queries[(ends[0] - first) as usize..(ends[1] - first) as usize] {
                let column = query.column as usize;
                let slot = &mut next[column];
                postings[*slot as usize] = u32::from(query.weight) << 16 | row as u32;
                query.earlier = (*slot - starts[column]) as u16;
                *slot += 1;
            }
        }
        Self { starts, postings }
    }
}

/// Which columns go into the index.
struct Split {
    /// By column: its number by falling frequency, and whether it is indexed.
    rank: Vec<u32>,
    /// Columns before this number are too common.
    first_indexed: u32,
    /// Columns from this number on are rare and sampled.
    first_rare: u32,
    /// Number of columns that join anything; those of one row all have this number.
    n_columns: usize,
    exact: bool,
}

/// Set in [`Split::rank`] for columns that are indexed.
const INDEXED: u32 = 1 << 31;

impl Split {
    fn new(rows: &Csr, unique: &[u32], exact: bool) -> Self {
        let df = count_columns(rows.n_cols(), unique, |df, &i| {
            rows.row(i as usize).indices.iter().for_each(|&c| df[c as usize] += 1);
        });
        let mut order: Vec<u32> =
            (0..rows.n_cols() as u32).filter(|&c| df[c as usize] > 1).collect();
        order.sort_unstable_by_key(|&c| (std::cmp::Reverse(df[c as usize]), c));
        let share = if exact { EXACT_SHARE } else { FAST_SHARE };
        let too_common = ((unique.len() as f64 * share) as u32).max(FEW);
        let first_indexed = order.partition_point(|&c| df[c as usize] > too_common) as u32;
        let values: u64 = df.iter().map(|&n| u64::from(n)).sum();
        let first_rare = if exact || values <= (HEAVIEST * unique.len()) as u64 {
            u32::MAX
        } else {
            order.partition_point(|&c| df[c as usize] > RARE) as u32
        };
        let mut rank = vec![order.len() as u32; rows.n_cols()];
        for (r, &c) in (0..).zip(&order) {
            // A rare word brings two dozen n-grams of one and the same short list of rows; one
            // in `SAMPLE` of them speaks for all, where rows have many.
            let sampled = || (c.wrapping_mul(0x9E37_79B9) >> 16).is_multiple_of(SAMPLE);
            let indexed = r >= first_indexed && (r < first_rare || sampled());
            rank[c as usize] = if indexed { r | INDEXED } else { r };
        }
        Self { rank, first_indexed, first_rare, n_columns: order.len(), exact }
    }

    /// The weight in the index: sampled columns count for those left out.
    fn scaled(&self, r: u32, w: f32) -> f32 {
        if r < self.first_rare { w } else { w * SAMPLE_ROOT }
    }
}

/// The indexed values of some rows.
#[derive(Default)]
struct Piece {
    queries: Vec<Query>,
    ends: Vec<usize>,
    rest: Vec<f32>,
}

impl Piece {
    /// Writes the rows' columns, numbered anew, to `ranks` and chooses what is indexed.
    fn new(rows: &Csr, chunk: &[u32], mut ranks: &mut [u32], split: &Split) -> Self {
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
                let r = split.rank[c as usize];
                *rank = r & !INDEXED;
                chosen[n] = (r & !INDEXED, w);
                n += (r >> 31) as usize;
            }
            chosen.truncate(n);
            if !split.exact && n > HEAVIEST {
                keep_heaviest(&mut chosen, &mut weights, HEAVIEST);
            }
            let squared = |w: f32| f64::from(w) * f64::from(w);
            let outside: f64 = if split.exact {
                let common = mine.iter().zip(row.data).filter(|&(&r, _)| r < split.first_indexed);
                common.map(|(_, &w)| squared(w)).sum()
            } else {
                1.0 - chosen.iter().map(|&(r, w)| squared(split.scaled(r, w))).sum::<f64>()
            };
            out.queries.extend(chosen.iter().map(|&(column, w)| Query {
                column,
                earlier: 0,
                weight: half_up(split.scaled(column, w)),
            }));
            out.ends.push(out.queries.len());
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

//! Which columns go into the index, and how all are numbered.
//!
//! Decided once, from document frequencies of all rows that will ever be joined: so it does not
//! matter in how many portions they come. Columns are numbered by falling frequency, so that
//! the busiest lie together in cache. 4 bytes a column; some milliseconds a million columns.

use rayon::prelude::*;

use super::Pruning;

/// Exact: columns in more than this share of the rows stay out of the index.
const EXACT_SHARE: f64 = 0.06;
/// Fast: the same, and of the rest the `HEAVIEST` values of a row are indexed.
const FAST_SHARE: f64 = 0.05;
pub(super) const HEAVIEST: usize = 384;
/// Fast, where rows have more than `HEAVIEST` values: columns of at most this many rows are
/// rare, and one in `SAMPLE` is indexed.
const RARE: u32 = 16;
const SAMPLE: u32 = 4;
/// The root of `SAMPLE`: both sides of a product carry it.
const SAMPLE_ROOT: f32 = 2.0;
/// Below this many rows a column is never too common.
const FEW: u32 = 50;
/// Up to this many rows the fast mode is the exact one: leaving nothing out costs no more.
const SMALL: usize = 4096;

/// Set in [`Columns::rank`] for columns that are indexed.
const INDEXED: u32 = 1 << 31;

/// Which columns go into the index.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// By column: its number by falling frequency, and whether it is indexed.
    rank: Vec<u32>,
    /// Columns before this number are too common.
    first_indexed: u32,
    /// Columns from this number on are rare and sampled.
    first_rare: u32,
    /// Number of columns that join anything; those of one row all have this number.
    pub(super) n_columns: usize,
    pub(super) exact: bool,
}

impl Columns {
    /// `df`: in how many of the `n_rows` rows each column is stored.
    pub(super) fn new(df: &[u32], n_rows: usize, pruning: Pruning) -> Self {
        let exact = pruning == Pruning::Exact || n_rows <= SMALL;
        let mut order: Vec<u32> = (0..df.len() as u32).filter(|&c| df[c as usize] > 1).collect();
        order.par_sort_unstable_by_key(|&c| (std::cmp::Reverse(df[c as usize]), c));
        let share = if exact { EXACT_SHARE } else { FAST_SHARE };
        let too_common = ((n_rows as f64 * share) as u32).max(FEW);
        let first_indexed = order.partition_point(|&c| df[c as usize] > too_common) as u32;
        let values: u64 = df.iter().map(|&n| u64::from(n)).sum();
        let first_rare = if exact || values <= (HEAVIEST * n_rows) as u64 {
            u32::MAX
        } else {
            order.partition_point(|&c| df[c as usize] > RARE) as u32
        };
        let mut rank = vec![order.len() as u32; df.len()];
        for (r, &c) in (0..).zip(&order) {
            // A rare word brings two dozen n-grams of one and the same short list of rows; one
            // in `SAMPLE` of them speaks for all, where rows have many.
            let sampled = || (c.wrapping_mul(0x9E37_79B9) >> 16).is_multiple_of(SAMPLE);
            let indexed = r >= first_indexed && (r < first_rare || sampled());
            rank[c as usize] = if indexed { r | INDEXED } else { r };
        }
        Self { rank, first_indexed, first_rare, n_columns: order.len(), exact }
    }

    /// The number of column `c`, and whether (1) or not (0) it is indexed.
    pub(super) fn rank(&self, c: u32) -> (u32, u32) {
        let r = self.rank[c as usize];
        (r & !INDEXED, r >> 31)
    }

    /// Whether the column of this number is too common for the index.
    pub(super) fn too_common(&self, r: u32) -> bool {
        r < self.first_indexed
    }

    /// The weight in the index: sampled columns count for those left out.
    pub(super) fn scaled(&self, r: u32, w: f32) -> f32 {
        if r < self.first_rare { w } else { w * SAMPLE_ROOT }
    }
}

//! Equal rows: what a thousand outlets print letter for letter is one row to the join.
//!
//! Rows are hashed and looked up; those of one hash are compared whole, so the answer is exact.
//! Linear in the stored values; 40 bytes a row.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::vectorize::{Counts, Csr, Row};

/// For every row the first row equal to it (with a window: and of the same time); itself
/// where there is none, and where it is empty.
///
/// # Panics
/// Where `times` is given and is shorter than the matrix has rows.
#[must_use]
pub fn equal_rows(rows: &Csr, times: Option<&[Option<i64>]>, window: Option<i64>) -> Vec<u32> {
    let hash = |row: &Row<'_>| {
        let values = row.indices.iter().zip(row.data);
        mixed(values.map(|(&c, &v)| u64::from(c) << 32 | u64::from(v.to_bits())))
    };
    equal(rows.n_rows(), |i| rows.row(i), hash, times, window)
}

/// The same for rows of counts, before they are weighed.
///
/// # Panics
/// As [`equal_rows`].
#[must_use]
pub fn equal_counts(
    counts: &Counts,
    times: Option<&[Option<i64>]>,
    window: Option<i64>,
) -> Vec<u32> {
    let hash = |row: &&[u32]| mixed(row.iter().map(|&c| u64::from(c)));
    equal(counts.n_rows(), |i| counts.packed(i), hash, times, window)
}

/// For each of `n` rows the first equal one; rows that have no hash are empty.
fn equal<R: PartialEq>(
    n: usize,
    row: impl Fn(usize) -> R + Sync,
    hash: impl Fn(&R) -> Option<u64> + Sync,
    times: Option<&[Option<i64>]>,
    window: Option<i64>,
) -> Vec<u32> {
    let hashes: Vec<Option<u64>> =
        (0..n).into_par_iter().with_min_len(256).map(|i| hash(&row(i))).collect();
    let mut first: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    let same_time = |a: usize, b: usize| match (window, times) {
        (Some(_), Some(times)) => times[a] == times[b],
        _ => true,
    };
    (0..n)
        .map(|i| {
            let Some(hash) = hashes[i] else { return i as u32 };
            let known = first.entry(hash).or_default();
            let equal = known
                .iter()
                .copied()
                .find(|&j| row(i) == row(j as usize) && same_time(i, j as usize));
            equal.unwrap_or_else(|| {
                known.push(i as u32);
                i as u32
            })
        })
        .collect()
}

/// A hash of numbers in their order; none where there are none.
fn mixed(numbers: impl ExactSizeIterator<Item = u64>) -> Option<u64> {
    let n = numbers.len() as u64;
    (n > 0)
        .then(|| numbers.fold(n, |h, x| (h.rotate_left(5) ^ x).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}

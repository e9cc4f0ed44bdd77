//! What full lists of the [network](super::network) could not take: counted, and added to the
//! runs of their lists.
//!
//! About a tenth of the n-grams of an article, of some 170 kinds. Each finds its kind in a small
//! table, without a branch: which n-gram comes next is nothing that a processor could guess.
//! The few whose place another has are looked for one by one. `unsafe` is here for whole vectors
//! loaded and stored.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    _mm256_add_epi32, _mm256_andnot_si256, _mm256_castsi256_ps, _mm256_cmpeq_epi32,
    _mm256_cmpgt_epi32, _mm256_loadu_si256, _mm256_movemask_ps, _mm256_set1_epi32,
    _mm256_storeu_si256,
};
use std::hint::select_unpredictable;
use std::mem::take;
use std::ops::Range;

use super::count::at_least;

/// `log2` of the places of the table: 8 KB, in the first cache beside the lists.
const BITS: u32 = 10;
/// Spreads neighbours of one list over the table: 2^32 over the golden ratio.
const SPREAD: u32 = 0x9E37_79B1;

/// Buffers of one worker.
#[derive(Debug, Default)]
pub(super) struct Over {
    /// What came, in its order.
    came: Vec<u32>,
    /// A bucket in the upper half, how many of it came in the lower; 0 between documents.
    table: Table,
    /// The places of the table in use.
    used: Vec<u32>,
    /// All kinds, counted.
    kinds: Vec<Kind>,
    /// For each list the last of `kinds` that belongs to it, plus 1; 0 between documents.
    last: Vec<u32>,
}

#[derive(Debug)]
struct Table([u64; 1 << BITS]);

impl Default for Table {
    fn default() -> Self {
        Self([0; 1 << BITS])
    }
}

/// A bucket, how many there are beyond the list, and the one before of the same list, plus 1.
#[derive(Debug, Clone, Copy)]
struct Kind {
    bucket: u32,
    count: u32,
    before: u32,
}

impl Over {
    /// Makes room for a document of `n` n-grams in so many lists.
    pub(super) fn room(&mut self, lists: usize, n: usize) {
        at_least(&mut self.last, lists);
        at_least(&mut self.came, n + 1);
        at_least(&mut self.used, (1 << BITS) + 1);
    }

    /// Where the n-grams come to, up to `n` of them, and one more that means nothing.
    pub(super) fn came(&mut self, n: usize) -> &mut [u32] {
        &mut self.came[..=n]
    }

    /// Counts the first `n` that came; `rest` are the bits that are not the list's.
    pub(super) fn count(&mut self, rest: u32, n: usize) {
        self.kinds.clear();
        let (mut used, mut left) = (0, 0);
        for i in 0..n {
            let bucket = self.came[i];
            let at = bucket.wrapping_mul(SPREAD) >> (32 - BITS);
            let place = &mut self.table.0[at as usize];
            let free = *place == 0;
            let held = select_unpredictable(free, u64::from(bucket) << 32, *place);
            let mine = (held >> 32) as u32 == bucket;
            *place = held + u64::from(mine);
            self.used[used] = at;
            used += usize::from(free);
            self.came[left] = bucket;
            left += usize::from(!mine);
        }
        for &at in &self.used[..used] {
            let place = take(&mut self.table.0[at as usize]);
            let (bucket, count) = ((place >> 32) as u32, place as u32);
            let last = &mut self.last[(bucket >> rest) as usize];
            self.kinds.push(Kind { bucket, count, before: *last });
            *last = self.kinds.len() as u32;
        }
        for &bucket in &self.came[..left] {
            let last = &mut self.last[(bucket >> rest) as usize];
            let mut at = *last;
            loop {
                match self.kinds.get_mut(at.wrapping_sub(1) as usize) {
                    Some(kind) if kind.bucket == bucket => {
                        kind.count += 1;
                        break;
                    }
                    Some(kind) => at = kind.before,
                    None => {
                        self.kinds.push(Kind { bucket, count: 1, before: *last });
                        *last = self.kinds.len() as u32;
                        break;
                    }
                }
            }
        }
    }

    /// Adds what belongs to `list` to its runs, which begin after `sum` n-grams; returns where
    /// they end now. Columns and ends have room for a vector behind the runs.
    #[inline]
    #[target_feature(enable = "avx2,bmi2,popcnt")]
    pub(super) fn add(
        &mut self,
        list: usize,
        mut runs: Range<usize>,
        sum: u32,
        columns: &mut [u32],
        ends: &mut [u32],
    ) -> usize {
        let mut at = take(&mut self.last[list]);
        while let Some(&kind) = self.kinds.get(at.wrapping_sub(1) as usize) {
            runs.end = add(kind, runs.clone(), sum, columns, ends);
            at = kind.before;
        }
        runs.end
    }
}

#[target_feature(enable = "avx2,bmi2,popcnt")]
fn add(kind: Kind, runs: Range<usize>, sum: u32, columns: &mut [u32], ends: &mut [u32]) -> usize {
    let bucket = _mm256_set1_epi32(kind.bucket.cast_signed());
    let count = _mm256_set1_epi32(kind.count.cast_signed());
    let (mut smaller, mut there) = (0, false);
    for at in runs.clone().step_by(8) {
        let columns = columns[at..].first_chunk::<8>().expect("room for a vector");
        let ends = ends[at..].first_chunk_mut::<8>().expect("room for a vector");
        let inside = 0xFF_u32 >> (at + 8).saturating_sub(runs.end);
        // SAFETY: loads and a store of 32 bytes from and to arrays of that size.
        let before = unsafe {
            let columns = _mm256_loadu_si256(columns.as_ptr().cast());
            let before = _mm256_cmpgt_epi32(bucket, columns);
            let same = _mm256_cmpeq_epi32(bucket, columns);
            there |= _mm256_movemask_ps(_mm256_castsi256_ps(same)).cast_unsigned() & inside != 0;
            // Behind the runs this writes what means nothing over what means nothing.
            let sums = _mm256_loadu_si256(ends.as_ptr().cast());
            let more = _mm256_andnot_si256(before, count);
            _mm256_storeu_si256(ends.as_mut_ptr().cast(), _mm256_add_epi32(sums, more));
            before
        };
        let before = _mm256_movemask_ps(_mm256_castsi256_ps(before)).cast_unsigned() & inside;
        smaller += before.count_ones() as usize;
    }
    if there {
        return runs.end;
    }
    let at = runs.start + smaller;
    columns.copy_within(at..runs.end, at + 1);
    ends.copy_within(at..runs.end, at + 1);
    columns[at] = kind.bucket;
    ends[at] = kind.count + if at == runs.start { sum } else { ends[at - 1] };
    runs.end + 1
}

//! Lists that are longer than what the [network](super::network) takes: few different n-grams
//! stand that often in one document.
//!
//! The first number of a long list is most likely the one that makes it long: all others like it
//! go, and how many they were is added when the runs are made. `unsafe` is here for whole vectors
//! loaded and stored.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    _mm_cmpeq_epi16, _mm_loadu_si128, _mm_movemask_epi8, _mm_packs_epi16, _mm_set1_epi16,
    _mm_setzero_si128, _mm_shuffle_epi8, _mm_storeu_si128, _mm256_castsi256_ps, _mm256_cmpeq_epi32,
    _mm256_loadu_si256, _mm256_movemask_ps, _mm256_set1_epi32,
};
use std::ops::Range;

use crate::lanes::FRONT_OF_8_HALVES;

/// As long as a list may be.
pub(super) const LONGEST: usize = 16;
/// So many kinds are taken out; what is then too long is sorted.
const KINDS: usize = 12;
const _: () = assert!(KINDS <= LONGEST, "a list that is too long has so many numbers");
/// A vector, which is stored also where fewer numbers are wanted.
const SPARE: usize = 8;

/// Buffers of one worker.
#[derive(Debug, Default)]
pub(super) struct Long {
    /// Buckets, and how many of each are to be added to the one their list still has.
    more: Vec<(u32, u32)>,
    /// Ascending, those whose lists have none left.
    missing: Vec<(u32, u32)>,
}

/// Runs so far: those of list `l` are `first[l]..first[l + 1]`.
struct Runs<'a> {
    rest: u32,
    first: &'a [u32],
    columns: &'a mut [u32],
    counts: &'a mut [u32],
}

impl Long {
    /// Forgets the document before.
    pub(super) fn clear(&mut self) {
        self.more.clear();
        self.missing.clear();
    }

    /// Makes the list in `range` as short as it must be, and says how long it is then: 0 where
    /// all of it is to be added to the runs. Behind it there is room for a vector.
    #[target_feature(enable = "avx2,bmi2,popcnt")]
    pub(super) fn thin(
        &mut self,
        numbers: &mut [u16],
        range: Range<usize>,
        list: usize,
        rest: u32,
    ) -> usize {
        let bucket = |number: u16| (list as u32) << rest | u32::from(number) & ((1 << rest) - 1);
        let mut end = range.end;
        for at in range.start..range.start + KINDS {
            let number = numbers[at];
            let left = without(numbers, at + 1..end, number);
            if left < end {
                self.more.push((bucket(number), (end - left) as u32));
            }
            end = left;
            if end - range.start <= LONGEST {
                return end - range.start;
            }
        }
        let left = &mut numbers[range.start..end];
        left.sort_unstable();
        for same in left.chunk_by(|a, b| a == b) {
            self.missing.push((bucket(same[0]), same.len() as u32));
        }
        0
    }

    /// Adds what was taken out to the runs and says how many there are now. Those of list
    /// `l` are `first[l]..first[l + 1]`, `rest` are the bits of a bucket that are not the list's.
    /// Columns and counts have room for a vector behind all n-grams.
    #[target_feature(enable = "avx2,bmi2,popcnt")]
    pub(super) fn add(
        &mut self,
        rest: u32,
        first: &[u32],
        columns: &mut [u32],
        counts: &mut [u32],
    ) -> usize {
        let mut runs = Runs { rest, first, columns, counts };
        for &(bucket, count) in &self.more {
            if !runs.add(bucket, count) {
                let at = self.missing.partition_point(|&(other, _)| other < bucket);
                self.missing[at].1 += count;
            }
        }
        runs.insert(&self.missing)
    }
}

/// Moves the numbers in `range` that are not `number` to its front; returns where they end.
#[inline]
#[target_feature(enable = "avx2,bmi2,popcnt")]
fn without(numbers: &mut [u16], range: Range<usize>, number: u16) -> usize {
    let number = _mm_set1_epi16(number.cast_signed());
    let behind = *numbers[range.end..].first_chunk::<SPARE>().expect("room for a vector");
    let mut to = range.start;
    for at in range.clone().step_by(SPARE) {
        let inside = 0xFF_usize >> (at + SPARE).saturating_sub(range.end);
        let some = numbers[at..].first_chunk::<SPARE>().expect("room for a vector");
        // SAFETY: a load of 16 bytes from an array of that size.
        let some = unsafe { _mm_loadu_si128(some.as_ptr().cast()) };
        let same = _mm_packs_epi16(_mm_cmpeq_epi16(some, number), _mm_setzero_si128());
        let kept = !_mm_movemask_epi8(same).cast_unsigned() as usize & inside;
        let front = numbers[to..].first_chunk_mut::<SPARE>().expect("room for a vector");
        // SAFETY: a load from and a store to arrays of 16 bytes.
        unsafe {
            let order = _mm_loadu_si128(FRONT_OF_8_HALVES[kept].as_ptr().cast());
            _mm_storeu_si128(front.as_mut_ptr().cast(), _mm_shuffle_epi8(some, order));
        }
        to += kept.count_ones() as usize;
    }
    // The list behind has its own numbers there.
    numbers[range.end..][..SPARE].copy_from_slice(&behind);
    to
}

impl Runs<'_> {
    /// Adds to the run of a bucket; false where there is none.
    #[inline]
    #[target_feature(enable = "avx2,bmi2,popcnt")]
    fn add(&mut self, bucket: u32, count: u32) -> bool {
        let list = (bucket >> self.rest) as usize;
        let (first, end) = (self.first[list] as usize, self.first[list + 1] as usize);
        let wanted = _mm256_set1_epi32(bucket.cast_signed());
        for at in (first..end).step_by(8) {
            let columns = self.columns[at..].first_chunk::<8>().expect("room for a vector");
            // SAFETY: a load of 32 bytes from an array of that size.
            let columns = unsafe { _mm256_loadu_si256(columns.as_ptr().cast()) };
            let same = _mm256_castsi256_ps(_mm256_cmpeq_epi32(wanted, columns));
            let same = _mm256_movemask_ps(same).cast_unsigned();
            // What lies behind the runs means nothing.
            let at = at + same.trailing_zeros() as usize;
            if same != 0 && at < end {
                self.counts[at] += count;
                return true;
            }
        }
        false
    }

    /// Inserts buckets of lists that have no runs, ascending, with their counts; returns how many
    /// runs there are then.
    fn insert(&mut self, missing: &[(u32, u32)]) -> usize {
        let mut end = self.first[self.first.len() - 1] as usize;
        let all = end + missing.len();
        for (before, &(bucket, count)) in missing.iter().enumerate().rev() {
            let at = self.first[(bucket >> self.rest) as usize] as usize;
            self.columns.copy_within(at..end, at + before + 1);
            self.counts.copy_within(at..end, at + before + 1);
            self.columns[at + before] = bucket;
            self.counts[at + before] = count;
            end = at;
        }
        all
    }
}

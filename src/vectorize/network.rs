//! Buckets of one document to sorted runs by a sorting network, for processors with AVX2.
//!
//! The top bits of a bucket choose one of 16 to 2^13 lists of up to sixteen numbers, written in
//! the order the n-grams come. Sixteen lists lie side by side, one a lane, so that the 60
//! comparisons that sort sixteen numbers sort sixteen lists at once; then equal neighbours are
//! blotted out, the lists are turned to lie one after the other, and what is left moves together
//! by a table of shuffles. What a full list cannot take is counted apart ([`Over`]): few
//! different n-grams stand that often in one document. About a quarter faster than the radix
//! sort, which waits for its own counters where the same n-gram comes again and again.
//!
//! `unsafe` is here for whole vectors loaded and stored, and for the one loop that would spend
//! a third of its time on checks; integers only, so the runs are those of every other way.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm_setr_epi16, _mm_shuffle_epi8, _mm256_add_epi32,
    _mm256_cmpeq_epi16, _mm256_cvtepu16_epi32, _mm256_loadu_si256, _mm256_max_epu16,
    _mm256_min_epu16, _mm256_movemask_epi8, _mm256_or_si256, _mm256_packs_epi16,
    _mm256_permute2x128_si256, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_storeu_si256,
    _mm256_unpackhi_epi16, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64, _mm256_unpacklo_epi16,
    _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
};
use std::hint::select_unpredictable;

use super::count::at_least;
use super::over::Over;
use crate::lanes::FRONT_OF_8_HALVES;

/// Lists side by side, and numbers a list holds: what the network sorts.
const WIDE: usize = 16;
/// Cells of the lists side by side; number `i` of list `l` is at `16 i + l`.
const GROUP: usize = WIDE * WIDE;
/// A cell without a number, which is above all numbers.
const EMPTY: u16 = u16::MAX;
/// Numbers for a list on average, at most: lists that fill up cost more than lists half empty.
const LOAD: usize = 8;
/// `log2` of the most lists: 2^13 take 256 KB, which is still near.
const MOST: u32 = 13;
/// A vector is stored where fewer numbers may be wanted.
const SPARE: usize = 8;

/// Buffers of one worker.
#[derive(Debug, Default)]
pub(super) struct Network {
    /// The lists, all [`EMPTY`] between documents, and one cell for what is not to be kept.
    cells: Vec<u16>,
    /// The cell that each list fills next, and more than its last when it is full.
    next: Vec<u32>,
    /// What came when its list was full.
    over: Over,
}

impl Network {
    /// As [`super::count::Counter::runs`]; nothing where the processor cannot or the document
    /// is too long.
    pub(super) fn runs(
        &mut self,
        bits: u32,
        buckets: &[u32],
        columns: &mut Vec<u32>,
        ends: &mut Vec<u32>,
    ) -> Option<usize> {
        // A number in a list has 15 bits at most, and sixteen lists are the least there are.
        let (least, most) = (bits.saturating_sub(15).max(4), bits.min(MOST));
        let able = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt");
        if !able || buckets.len() > LOAD << most {
            return None;
        }
        let top = (buckets.len().div_ceil(LOAD).next_power_of_two().ilog2()).clamp(least, most);
        let lists = 1 << top;
        if self.cells.len() <= lists * WIDE {
            self.cells.resize(lists * WIDE + 1, EMPTY);
        }
        at_least(&mut self.next, lists);
        self.over.room(lists, buckets.len());
        at_least(columns, buckets.len() + SPARE);
        at_least(ends, buckets.len() + SPARE);
        // SAFETY: the processor has what the function is compiled for, just asked.
        Some(unsafe { self.sort(bits - top, lists, buckets, columns, ends) })
    }

    #[target_feature(enable = "avx2,bmi2,popcnt")]
    fn sort(
        &mut self,
        rest: u32,
        lists: usize,
        buckets: &[u32],
        columns: &mut [u32],
        ends: &mut [u32],
    ) -> usize {
        let over = self.scatter(rest, lists, buckets);
        self.over.count(rest, over);
        let mut sorted = [[[0; 8]; 2]; WIDE];
        let (mut k, mut sum) = (0, 0);
        let groups = self.cells[..lists * WIDE].as_chunks_mut::<GROUP>().0.iter_mut();
        let next = self.next[..lists].as_chunks::<WIDE>().0;
        for (group, (cells, next)) in groups.zip(next).enumerate() {
            let kept = sort_group(cells, &mut sorted);
            for lane in 0..WIDE {
                let list = group * WIDE + lane;
                let high = (list as u32) << rest;
                let kept = kept[lane % 8] >> (lane / 8 * 16);
                let [front, back] = &sorted[lane];
                let first = k;
                k = squeeze(front, kept & 0xFF, high, sum, k, columns, ends);
                // Most lists end in their first half.
                if kept >> 8 & 0xFF != 0 {
                    k = squeeze(back, kept >> 8 & 0xFF, high, sum + 8, k, columns, ends);
                }
                k = self.over.add(list, first..k, sum, columns, ends);
                sum += (next[lane] - (group * GROUP) as u32) / WIDE as u32;
            }
        }
        k
    }

    /// Numbers to their lists, and to `over` what does not fit; returns how many that are.
    #[target_feature(enable = "avx2,bmi2,popcnt")]
    fn scatter(&mut self, rest: u32, lists: usize, buckets: &[u32]) -> usize {
        let next = &mut self.next[..lists];
        for (list, next) in next.iter_mut().enumerate() {
            *next = (list / WIDE * GROUP + list % WIDE) as u32;
        }
        let nowhere = lists * WIDE;
        let cells = &mut self.cells[..=nowhere];
        let over = self.over.came(buckets.len());
        let low = (1u32 << rest) - 1;
        let mut n = 0;
        for &bucket in buckets {
            let list = (bucket >> rest) as usize & (lists - 1);
            // SAFETY: `list` is below `lists`, a power of two and the length of `next`. Where
            // the list is not full, `at` is a cell of its group, all of which lie below
            // `nowhere`, the last cell. `n` is at most the number of buckets before this one.
            unsafe {
                let next = next.get_unchecked_mut(list);
                let at = *next as usize;
                *next += WIDE as u32;
                *over.get_unchecked_mut(n) = bucket;
                let full = at / GROUP != list / WIDE;
                n += usize::from(full);
                *cells.get_unchecked_mut(select_unpredictable(full, nowhere, at)) =
                    (bucket & low) as u16;
            }
        }
        cells[nowhere] = EMPTY;
        n
    }
}

/// Writes the `kept` of eight numbers as columns, their places as ends; returns the new `k`.
#[inline]
#[target_feature(enable = "avx2,bmi2,popcnt")]
fn squeeze(
    half: &[u16; 8],
    kept: u32,
    high: u32,
    sum: u32,
    k: usize,
    columns: &mut [u32],
    ends: &mut [u32],
) -> usize {
    let columns = columns[k..].first_chunk_mut::<8>().expect("room for a vector");
    let ends = ends[k..].first_chunk_mut::<8>().expect("room for a vector");
    // SAFETY: each is a load or store of 16 or 32 bytes from or to an array of that size.
    let (by, half) = unsafe {
        let by = &FRONT_OF_8_HALVES[kept as usize];
        (_mm_loadu_si128(by.as_ptr().cast()), _mm_loadu_si128(half.as_ptr().cast()))
    };
    let half = _mm256_cvtepu16_epi32(_mm_shuffle_epi8(half, by));
    let places = _mm_shuffle_epi8(_mm_setr_epi16(1, 2, 3, 4, 5, 6, 7, 8), by);
    let places = _mm256_cvtepu16_epi32(places);
    let half = _mm256_or_si256(half, _mm256_set1_epi32(high.cast_signed()));
    let places = _mm256_add_epi32(places, _mm256_set1_epi32(sum.cast_signed()));
    // SAFETY: as above.
    unsafe {
        _mm256_storeu_si256(columns.as_mut_ptr().cast(), half);
        _mm256_storeu_si256(ends.as_mut_ptr().cast(), places);
    }
    k + kept.count_ones() as usize
}

/// Orders pairs of rows, one after the other.
macro_rules! order {
    ($rows:ident: $($a:literal,$b:literal;)*) => {
        $(
            let low = _mm256_min_epu16($rows[$a], $rows[$b]);
            $rows[$b] = _mm256_max_epu16($rows[$a], $rows[$b]);
            $rows[$a] = low;
        )*
    };
}

/// Sorts sixteen lists, empties them, and tells which numbers are the last of their kind: of
/// lists `i` and `i + 8` the bits `0..16` and `16..32` of number `i`.
#[inline]
#[target_feature(enable = "avx2,bmi2,popcnt")]
fn sort_group(cells: &mut [u16; GROUP], sorted: &mut [[[u16; 8]; 2]; WIDE]) -> [u32; 8] {
    let empty = _mm256_set1_epi16(-1);
    let mut r = [empty; WIDE];
    for (r, cells) in r.iter_mut().zip(cells.as_chunks_mut::<WIDE>().0) {
        // SAFETY: a load and a store of 32 bytes from and to an array of that size.
        unsafe {
            *r = _mm256_loadu_si256(cells.as_ptr().cast());
            _mm256_storeu_si256(cells.as_mut_ptr().cast(), empty);
        }
    }
    // Green's network of 1969; Knuth, The Art of Computer Programming 3, 5.3.4.
    order!(r:
        0,13; 1,12; 2,15; 3,14; 4,8; 5,6; 7,11; 9,10;
        0,5; 1,7; 2,9; 3,4; 6,13; 8,14; 10,15; 11,12;
        0,1; 2,3; 4,5; 6,8; 7,9; 10,11; 12,13; 14,15;
        0,2; 1,3; 4,10; 5,11; 6,7; 8,9; 12,14; 13,15;
        1,2; 3,12; 4,6; 5,7; 8,10; 9,11; 13,14;
        1,4; 2,6; 5,8; 7,10; 9,13; 11,14;
        2,4; 3,6; 9,12; 11,13;
        3,5; 6,8; 7,9; 10,12;
        3,4; 5,6; 7,8; 9,10; 11,12;
        6,7; 8,9;
    );
    // Of equal neighbours only the last stays.
    for i in 0..WIDE - 1 {
        r[i] = _mm256_or_si256(r[i], _mm256_cmpeq_epi16(r[i], r[i + 1]));
    }
    let [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, ra, rb, rc, rd, re, rf] = r;
    let front = turn([r0, r1, r2, r3, r4, r5, r6, r7]);
    let back = turn([r8, r9, ra, rb, rc, rd, re, rf]);
    let mut kept = [0; 8];
    for i in 0..8 {
        let gone = _mm256_packs_epi16(
            _mm256_cmpeq_epi16(front[i], empty),
            _mm256_cmpeq_epi16(back[i], empty),
        );
        kept[i] = !_mm256_movemask_epi8(gone).cast_unsigned();
        let one = _mm256_permute2x128_si256::<0x20>(front[i], back[i]);
        let other = _mm256_permute2x128_si256::<0x31>(front[i], back[i]);
        // SAFETY: stores of 32 bytes to arrays of that size.
        unsafe {
            _mm256_storeu_si256(sorted[i].as_mut_ptr().cast(), one);
            _mm256_storeu_si256(sorted[i + 8].as_mut_ptr().cast(), other);
        }
    }
    kept
}

/// Eight rows of sixteen lists to the eight numbers of lists `i` and `i + 8` in vector `i`.
#[inline]
#[target_feature(enable = "avx2,bmi2,popcnt")]
fn turn(r: [__m256i; 8]) -> [__m256i; 8] {
    let (a, b) = half_turn([r[0], r[1], r[2], r[3]]);
    let (c, d) = half_turn([r[4], r[5], r[6], r[7]]);
    [
        _mm256_unpacklo_epi64(a[0], c[0]),
        _mm256_unpackhi_epi64(a[0], c[0]),
        _mm256_unpacklo_epi64(a[1], c[1]),
        _mm256_unpackhi_epi64(a[1], c[1]),
        _mm256_unpacklo_epi64(b[0], d[0]),
        _mm256_unpackhi_epi64(b[0], d[0]),
        _mm256_unpacklo_epi64(b[1], d[1]),
        _mm256_unpackhi_epi64(b[1], d[1]),
    ]
}

/// Four rows to four numbers of two lists a vector: lists 0 to 3, and lists 4 to 7.
#[inline]
#[target_feature(enable = "avx2,bmi2,popcnt")]
fn half_turn(r: [__m256i; 4]) -> ([__m256i; 2], [__m256i; 2]) {
    let (a, b) = (_mm256_unpacklo_epi16(r[0], r[1]), _mm256_unpacklo_epi16(r[2], r[3]));
    let (c, d) = (_mm256_unpackhi_epi16(r[0], r[1]), _mm256_unpackhi_epi16(r[2], r[3]));
    (
        [_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b)],
        [_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d)],
    )
}

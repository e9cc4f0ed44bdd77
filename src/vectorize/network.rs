//! Buckets of one document to sorted runs by a sorting network, for processors with AVX2.
//!
//! The top bits of a bucket choose one of 16 to 2^13 lists, which lie one behind the other: how
//! long each is was counted before. Sixteen lists of up to sixteen numbers are turned so that
//! each has a lane of its own, and the 60 comparisons that sort sixteen numbers sort sixteen
//! lists at once; then equal neighbours are blotted out, the lists are turned back, and what is
//! left moves together by a table of shuffles. Longer lists are made shorter before ([`Long`]).
//! Faster than the radix sort, which waits for its own counters where the same n-gram
//! comes again and again.
//!
//! `unsafe` is here for whole vectors loaded and stored, and for the loops that would spend
//! a third of their time on checks; integers only, so the runs are those of every other way.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m256i, _mm_add_epi16, _mm_cvtsi32_si128, _mm_loadu_si128, _mm_setr_epi16, _mm_shuffle_epi8,
    _mm_slli_si128, _mm_sub_epi16, _mm256_and_si256, _mm256_cmpeq_epi16, _mm256_cmpgt_epi16,
    _mm256_cvtepu16_epi32, _mm256_loadu_si256, _mm256_max_epu16, _mm256_min_epu16,
    _mm256_movemask_epi8, _mm256_or_si256, _mm256_packs_epi16, _mm256_permute2x128_si256,
    _mm256_set_m128i, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_storeu_si256,
    _mm256_unpackhi_epi16, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64, _mm256_unpacklo_epi16,
    _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
};

use super::count::at_least;
use super::long::{LONGEST, Long};
use crate::lanes::FRONT_OF_8_HALVES;

/// Lists side by side, and numbers of a list that are sorted: what the network takes.
const WIDE: usize = 16;
const _: () = assert!(WIDE == LONGEST, "longer lists are made as short as the network takes");
/// Numbers for a list on average, at most: long lists cost more than lists half empty.
const LOAD: usize = 8;
/// `log2` of the most lists; together they hold 2^16 numbers.
const MOST: u32 = 13;
/// A vector is stored where fewer numbers may be wanted.
const SPARE: usize = 8;

/// Buffers of one worker.
#[derive(Debug, Default)]
pub(super) struct Network {
    /// The lists, one behind the other, and room to read a list's worth more.
    numbers: Vec<u16>,
    /// Where each list begins, and where the last ends; one more while they are counted.
    begin: Vec<u32>,
    /// Where the runs of each list begin, and where the last end.
    first: Vec<u32>,
    long: Long,
}

impl Network {
    /// As [`super::count::Counter::runs`]; nothing where the processor cannot or the document
    /// is too long.
    pub(super) fn runs(
        &mut self,
        bits: u32,
        buckets: &[u32],
        columns: &mut Vec<u32>,
        counts: &mut Vec<u32>,
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
        at_least(&mut self.numbers, buckets.len() + WIDE);
        at_least(&mut self.begin, lists + 2);
        at_least(&mut self.first, lists + 1);
        at_least(columns, buckets.len() + SPARE);
        at_least(counts, buckets.len() + SPARE);
        // SAFETY: the processor has what the function is compiled for, just asked.
        Some(unsafe { self.sort(bits - top, lists, buckets, columns, counts) })
    }

    #[target_feature(enable = "avx2,bmi2,popcnt")]
    fn sort(
        &mut self,
        rest: u32,
        lists: usize,
        buckets: &[u32],
        columns: &mut [u32],
        counts: &mut [u32],
    ) -> usize {
        self.scatter(rest, lists, buckets);
        self.long.clear();
        let numbers = &mut self.numbers[..buckets.len() + WIDE];
        let (first, end) = self.first[..=lists].split_at_mut(lists);
        let mut sorted = [[[0; 8]; 2]; WIDE];
        let mut k = 0;
        for (group, first) in first.as_chunks_mut::<WIDE>().0.iter_mut().enumerate() {
            let begin = self.begin[group * WIDE..].first_chunk().expect("one more than lists");
            let kept = sort_group(numbers, begin, group, rest, &mut self.long, &mut sorted);
            for (lane, first) in first.iter_mut().enumerate() {
                *first = k as u32;
                let high = ((group * WIDE + lane) as u32) << rest;
                let [front, back] = &sorted[lane];
                let (one, other) = (kept[lane] & 0xFF, kept[lane] >> 8);
                k = squeeze(front, one, 0, high, k, columns, counts);
                // Most lists end in their first half.
                if other != 0 {
                    k = squeeze(back, other, one.leading_zeros() - 8, high, k, columns, counts);
                }
            }
        }
        end[0] = k as u32;
        self.long.add(rest, &self.first[..=lists], columns, counts)
    }

    /// Numbers to their lists: how many each will have is counted first.
    #[target_feature(enable = "avx2,bmi2,popcnt")]
    fn scatter(&mut self, rest: u32, lists: usize, buckets: &[u32]) {
        let begin = &mut self.begin[..lists + 2];
        begin.fill(0);
        let numbers = &mut self.numbers[..buckets.len()];
        // SAFETY: a list is below `lists`, a power of two, so that two more are below the length
        // of `begin`. Each list has as many places as it has numbers, all together as many as
        // there are buckets, the length of `numbers`.
        unsafe {
            for &bucket in buckets {
                let list = (bucket >> rest) as usize & (lists - 1);
                *begin.get_unchecked_mut(list + 2) += 1;
            }
            let mut sum = 0;
            for begin in &mut *begin {
                sum += *begin;
                *begin = sum;
            }
            // `begin[l + 1]` is where list `l` begins, and moves on to where it ends.
            for &bucket in buckets {
                let list = (bucket >> rest) as usize & (lists - 1);
                let at = begin.get_unchecked_mut(list + 1);
                *numbers.get_unchecked_mut(*at as usize) = bucket as u16;
                *at += 1;
            }
        }
    }
}

/// Writes the `kept` of eight numbers as columns and how many come to each as counts, `before`
/// more to the first of them; returns the new `k`.
#[inline]
#[target_feature(enable = "avx2,bmi2,popcnt")]
fn squeeze(
    half: &[u16; 8],
    kept: u16,
    before: u32,
    high: u32,
    k: usize,
    columns: &mut [u32],
    counts: &mut [u32],
) -> usize {
    let columns = columns[k..].first_chunk_mut::<8>().expect("room for a vector");
    let counts = counts[k..].first_chunk_mut::<8>().expect("room for a vector");
    // SAFETY: loads of 16 bytes from arrays of that size.
    let (by, half) = unsafe {
        let by = &FRONT_OF_8_HALVES[usize::from(kept)];
        (_mm_loadu_si128(by.as_ptr().cast()), _mm_loadu_si128(half.as_ptr().cast()))
    };
    let half = _mm256_cvtepu16_epi32(_mm_shuffle_epi8(half, by));
    let half = _mm256_or_si256(half, _mm256_set1_epi32(high.cast_signed()));
    // Each number is the last of its kind: the kind has what lies between it and the one before.
    let places = _mm_shuffle_epi8(_mm_setr_epi16(1, 2, 3, 4, 5, 6, 7, 8), by);
    let each = _mm_sub_epi16(places, _mm_slli_si128::<2>(places));
    let each = _mm_add_epi16(each, _mm_cvtsi32_si128(before.cast_signed()));
    // SAFETY: stores of 32 bytes to arrays of that size.
    unsafe {
        _mm256_storeu_si256(columns.as_mut_ptr().cast(), half);
        _mm256_storeu_si256(counts.as_mut_ptr().cast(), _mm256_cvtepu16_epi32(each));
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

/// Sorts sixteen lists and tells which numbers of each are the last of their kind.
#[inline]
#[target_feature(enable = "avx2,bmi2,popcnt")]
fn sort_group(
    numbers: &mut [u16],
    begin: &[u32; WIDE + 1],
    group: usize,
    rest: u32,
    long: &mut Long,
    sorted: &mut [[[u16; 8]; 2]; WIDE],
) -> [u16; WIDE] {
    let empty = _mm256_set1_epi16(-1);
    let mut lengths = [0u16; WIDE];
    for i in 0..WIDE {
        let (from, to) = (begin[i] as usize, begin[i + 1] as usize);
        lengths[i] = (to - from) as u16;
        if to - from > WIDE {
            let list = group * WIDE + i;
            lengths[i] = long.thin(numbers, from..to, list, rest) as u16;
        }
    }
    let half = |list: usize, from: usize| {
        let from = numbers[begin[list] as usize + from..].first_chunk::<8>();
        let from = from.expect("room for a list behind the last");
        // SAFETY: a load of 16 bytes from an array of that size.
        unsafe { _mm_loadu_si128(from.as_ptr().cast()) }
    };
    let both = |list: usize, from: usize| _mm256_set_m128i(half(list + 8, from), half(list, from));
    let [a, b, c, d, e, f, g, h] = turn([
        both(0, 0),
        both(1, 0),
        both(2, 0),
        both(3, 0),
        both(4, 0),
        both(5, 0),
        both(6, 0),
        both(7, 0),
    ]);
    let [i, j, k, l, m, n, o, p] = turn([
        both(0, 8),
        both(1, 8),
        both(2, 8),
        both(3, 8),
        both(4, 8),
        both(5, 8),
        both(6, 8),
        both(7, 8),
    ]);
    let mut r = [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p];
    // SAFETY: a load of 32 bytes from an array of that size.
    let lengths = unsafe { _mm256_loadu_si256(lengths.as_ptr().cast()) };
    let low = _mm256_set1_epi16(((1u32 << rest) - 1) as i16);
    for (i, r) in r.iter_mut().enumerate() {
        let behind = _mm256_cmpgt_epi16(_mm256_set1_epi16(i as i16 + 1), lengths);
        *r = _mm256_or_si256(_mm256_and_si256(*r, low), behind);
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
    let mut kept = [0; WIDE];
    for i in 0..8 {
        let gone = _mm256_packs_epi16(
            _mm256_cmpeq_epi16(front[i], empty),
            _mm256_cmpeq_epi16(back[i], empty),
        );
        let gone = _mm256_movemask_epi8(gone);
        (kept[i], kept[i + 8]) = (!gone as u16, !(gone >> 16) as u16);
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

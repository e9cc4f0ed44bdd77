//! The hash of a block of positions, compiled twice: plain, and for AVX2; and for AVX2 the buckets
//! of words at one go.
//!
//! One body, inlined into both; the processor is asked at run time. Integers only, so both
//! give the same bytes. `unsafe` is here for calling a function compiled for a feature the build
//! does not assume, after asking whether it is there, and for whole vectors loaded and stored.
#![allow(unsafe_code)]

use super::hash::{MULTIPLIER, SALT, finish};
use super::ngram::{BLANK, NgramRange};

/// Positions hashed at a time: a few KB of sums, in the first cache.
pub(crate) const BLOCK: usize = 128;

/// Buckets of the windows that start at the first `BLOCK` positions: `out[n - 1][i]`.
///
/// # Panics
/// Where `sequence` is shorter than `BLOCK + NgramRange::LONGEST - 1`.
pub(crate) fn hash_block(
    sequence: &[u32],
    range: NgramRange,
    bits: u32,
    out: &mut [[u32; BLOCK]; NgramRange::LONGEST],
) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2, just asked.
        unsafe { hash_block_avx2(sequence, range, bits, out) };
        return;
    }
    body(sequence, range, bits, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn hash_block_avx2(
    sequence: &[u32],
    range: NgramRange,
    bits: u32,
    out: &mut [[u32; BLOCK]; NgramRange::LONGEST],
) {
    body(sequence, range, bits, out);
}

#[inline(always)]
fn body(
    sequence: &[u32],
    range: NgramRange,
    bits: u32,
    out: &mut [[u32; BLOCK]; NgramRange::LONGEST],
) {
    let shift = 32 - bits;
    let mut sums = [0u32; BLOCK];
    for n in 1..=range.max() {
        let codes = &sequence[n - 1..n - 1 + BLOCK];
        let multiplier = MULTIPLIER[n - 1];
        for (sum, &code) in sums.iter_mut().zip(codes) {
            *sum = sum.wrapping_add(code.wrapping_mul(multiplier));
        }
        if n >= range.min() {
            let salt = SALT[n];
            for (out, &sum) in out[n - 1].iter_mut().zip(&sums) {
                *out = finish(sum.wrapping_add(salt)) >> shift;
            }
        }
    }
}

/// Writes to `out` the buckets of `char_wb` windows at the first `starts` positions, those
/// without a blank inside, and returns their number. Nothing where the processor cannot.
///
/// # Panics
/// Where `sequence` is not longer by eight positions and the longest window, or `out` has no
/// room for a vector behind the last.
#[cfg(target_arch = "x86_64")]
pub(crate) fn words(
    sequence: &[u32],
    starts: usize,
    range: NgramRange,
    bits: u32,
    out: &mut [u32],
) -> Option<usize> {
    if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt")) {
        return None;
    }
    // SAFETY: the processor has AVX2 and POPCNT, just asked.
    Some(unsafe { words_avx2(sequence, starts, range, bits, out) })
}

/// Eight positions at a time, from characters to buckets without leaving the registers: which
/// windows are right is a set of eight, and those that are move together. Written are always
/// eight; `out` has room for that.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn words_avx2(
    sequence: &[u32],
    starts: usize,
    range: NgramRange,
    bits: u32,
    out: &mut [u32],
) -> usize {
    use std::arch::x86_64::{
        __m256i, _mm_cvtsi32_si128, _mm_cvtsi64_si128, _mm256_add_epi32, _mm256_castsi256_ps,
        _mm256_cmpeq_epi32, _mm256_cvtepu8_epi32, _mm256_loadu_si256, _mm256_movemask_ps,
        _mm256_mullo_epi32, _mm256_permutevar8x32_epi32, _mm256_set1_epi32, _mm256_setzero_si256,
        _mm256_srl_epi32, _mm256_srli_epi32, _mm256_storeu_si256, _mm256_xor_si256,
    };

    use super::hash::FINISH;
    use crate::lanes::FRONT_OF_8;
    let load = |at: usize| -> __m256i {
        let values = sequence[at..].first_chunk::<8>().expect("eight more");
        // SAFETY: a load of 32 bytes from an array of that size.
        unsafe { _mm256_loadu_si256(values.as_ptr().cast()) }
    };
    let all = |value: u32| _mm256_set1_epi32(value.cast_signed());
    let shift = _mm_cvtsi32_si128(32 - bits.cast_signed());
    let mut written = 0;
    for at in (0..starts).step_by(8) {
        let mut inside = 0xFF_usize >> (at + 8).saturating_sub(starts);
        let mut sum = _mm256_setzero_si256();
        let mut before = sum;
        for n in 1..=range.max() {
            let codes = load(at + n - 1);
            sum = _mm256_add_epi32(sum, _mm256_mullo_epi32(codes, all(MULTIPLIER[n - 1])));
            if n > 2 {
                let blanks = _mm256_cmpeq_epi32(before, all(BLANK));
                inside &= !_mm256_movemask_ps(_mm256_castsi256_ps(blanks)) as usize;
            }
            before = codes;
            if n >= range.min() {
                // As `finish`.
                let salted = _mm256_add_epi32(sum, all(SALT[n]));
                let mixed = _mm256_xor_si256(salted, _mm256_srli_epi32::<15>(salted));
                let buckets = _mm256_srl_epi32(_mm256_mullo_epi32(mixed, all(FINISH)), shift);
                let order = i64::from_le_bytes(FRONT_OF_8[inside]);
                let order = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(order));
                let kept = _mm256_permutevar8x32_epi32(buckets, order);
                let to = out[written..].first_chunk_mut::<8>().expect("room for eight");
                // SAFETY: a store of 32 bytes to an array of that size.
                unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), kept) };
                written += inside.count_ones() as usize;
            }
        }
    }
    written
}

/// Without such a processor there is but the plain way.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn words(_: &[u32], _: usize, _: NgramRange, _: u32, _: &mut [u32]) -> Option<usize> {
    None
}

/// Asks the system to give large memory in large pages when it is first written: one fault
/// where there would be 512. Smaller memory stays as it is.
pub(crate) fn large_pages<T>(values: &[T]) {
    #[cfg(target_os = "linux")]
    if size_of_val(values) >= 4 << 20 {
        let start = values.as_ptr().addr().next_multiple_of(4096);
        let end = values.as_ptr().addr() + size_of_val(values);
        // SAFETY: advice about whole pages of memory that is ours; it changes no content.
        unsafe {
            libc::madvise(start as *mut libc::c_void, (end - start) & !4095, libc::MADV_HUGEPAGE);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = values;
}

/// Gives memory that was freed back to the system: the allocator keeps what small pieces had for
/// pieces to come, and what comes next may be large. Some milliseconds a GB.
pub(crate) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it only looks at memory that is free.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Asks the processor to fetch `values[at]` and its neighbours; nothing where there is none.
#[inline(always)]
pub(crate) fn prefetch<T>(values: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(value) = values.get(at) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint about an address that is ours; every x86-64 processor has it.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, at);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_paths_give_the_same_bytes() {
        let sequence: Vec<u32> = (0..BLOCK as u32 + 8).map(|i| i * 7919 % 0x11_0000).collect();
        for (min, max) in [(1, 8), (3, 5), (2, 2)] {
            let range = NgramRange::new(min, max).unwrap();
            let mut plain = [[0; BLOCK]; NgramRange::LONGEST];
            let mut chosen = plain;
            body(&sequence, range, 20, &mut plain);
            hash_block(&sequence, range, 20, &mut chosen);
            assert_eq!(plain, chosen);
        }
    }
}

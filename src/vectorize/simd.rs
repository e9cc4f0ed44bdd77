//! The hash of a block of positions, compiled twice: plain, and for AVX2.
//!
//! One body, inlined into both; the processor is asked at run time. Integers only, so both
//! give the same bytes. This is the one file of the crate with `unsafe`: calling a function
//! compiled for a feature the build does not assume, after asking whether it is there.
#![allow(unsafe_code)]

use super::hash::{MULTIPLIER, SALT, finish};
use super::ngram::NgramRange;

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

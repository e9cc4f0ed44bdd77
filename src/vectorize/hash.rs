//! The frozen hash: an n-gram to one of `n_features` buckets, equal on every machine.
//!
//! `s = SALT[n] + sum of MULTIPLIER[j] * code_point[j]` modulo 2^32, then
//! `s ^= s >> 15; s *= FINISH`, and the bucket is the top bits of `s`: bucket of 2^18 is the
//! bucket of 2^20 without its last two bits. A multiply-shift hash over vectors (Dietzfelbinger
//! 1996; Thorup, "High Speed Hashing for Integers and Strings", 2015): the sum of a longer
//! n-gram continues that of its prefix, so all lengths at a position cost one multiplication a
//! character, eight positions at once where the processor has AVX2. Integer arithmetic only,
//! so every path gives the same bytes. [`HASH_VERSION`] names this function in files.
//!
//! ```
//! use khabar::vectorize::bucket;
//! assert_eq!(bucket("خبر", 20), bucket("خبر", 22) >> 2);
//! ```

use super::count::at_least;
use super::ngram::{Analyzer, BLANK, NgramRange, each_window};
use super::simd;

/// Stands in every file that holds buckets; another hash would be another version.
pub const HASH_VERSION: u32 = 1;

/// One odd multiplier a place in the n-gram. From the fractional digits of pi, made odd.
pub(crate) const MULTIPLIER: [u32; NgramRange::LONGEST] = [
    0x243F_6A89,
    0x85A3_08D3,
    0x1319_8A2F,
    0x0370_7345,
    0xA409_3823,
    0x299F_31D1,
    0x082E_FA99,
    0xEC4E_6C89,
];

/// One offset an n-gram length, so that a prefix and its continuation part.
pub(crate) const SALT: [u32; NgramRange::LONGEST + 1] = [
    0,
    0x4528_21E6,
    0x38D0_1377,
    0xBE54_66CF,
    0x34E9_0C6C,
    0xC0AC_29B7,
    0xC97C_50DD,
    0x3F84_D5B5,
    0xB547_0917,
];

/// Sequences shorter than this are hashed one n-gram after the other.
const ONE_WORD: usize = 24;

/// The last multiplication.
pub(crate) const FINISH: u32 = 0x9216_D5D9;

/// Mixes a sum so that its top bits depend on all of it.
#[inline(always)]
pub(crate) fn finish(sum: u32) -> u32 {
    (sum ^ (sum >> 15)).wrapping_mul(FINISH)
}

/// The full 32-bit hash of an n-gram of at most eight code points.
pub(crate) fn hash_window(window: &[u32]) -> u32 {
    let sum = window
        .iter()
        .zip(MULTIPLIER)
        .fold(SALT[window.len()], |s, (&c, m)| s.wrapping_add(c.wrapping_mul(m)));
    finish(sum)
}

/// The bucket of one n-gram of at most eight characters among `2^bits` (`bits` 1 to 32).
///
/// # Panics
/// Where the n-gram has more than eight characters.
#[must_use]
pub fn bucket(ngram: &str, bits: u32) -> u32 {
    let window: Vec<u32> = ngram.chars().map(u32::from).collect();
    hash_window(&window) >> (32 - bits)
}

/// Writes the bucket of every n-gram of a sequence to `out`, in no stated order, and returns
/// their number; `out` grows as needed, and what lies behind them means nothing.
///
/// `sequence` comes from [`super::ngram::sequence_into`]; it is padded here and restored.
pub(crate) fn buckets_into(
    analyzer: Analyzer,
    range: NgramRange,
    bits: u32,
    sequence: &mut Vec<u32>,
    out: &mut Vec<u32>,
) -> usize {
    let len = sequence.len();
    if len == 0 {
        return 0;
    }
    // A single word: a block would be mostly empty. And:
    // A one-character word is three long when padded, so from length 4 on words may be
    // shorter than the shortest n-gram; and a blank alone belongs to two words. Both are
    // rare ranges: take the reference path.
    let fast = match analyzer {
        Analyzer::Char => true,
        Analyzer::CharWb => (2..=3).contains(&range.min()),
    };
    if !fast || len < ONE_WORD {
        out.clear();
        each_window(analyzer, range, sequence, |w| out.push(hash_window(w) >> (32 - bits)));
        return out.len();
    }
    let lengths = range.max() - range.min() + 1;
    // A vector is written where fewer may be wanted.
    at_least(out, len * lengths + lengths.max(8));
    sequence.resize(len + simd::BLOCK + NgramRange::LONGEST, BLANK);
    // For char_wb the last blank starts no n-gram; for char every position starts one.
    let starts = if analyzer == Analyzer::CharWb { len - 1 } else { len };
    if analyzer == Analyzer::CharWb
        && let Some(written) = simd::words(sequence, starts, range, bits, out)
    {
        sequence.truncate(len);
        return written;
    }
    let mut written = 0;
    let mut sums = [[0u32; simd::BLOCK]; NgramRange::LONGEST];
    let mut at = 0;
    while at < starts {
        simd::hash_block(&sequence[at..], range, bits, &mut sums);
        let block = simd::BLOCK.min(starts - at);
        written = match analyzer {
            Analyzer::CharWb => keep_words(&sequence[at..], block, range, &sums, out, written),
            Analyzer::Char => keep_chars(len - at, block, range, &sums, out, written),
        };
        at += block;
    }
    sequence.truncate(len);
    written
}

type Sums = [[u32; simd::BLOCK]; NgramRange::LONGEST];

/// Keeps the windows that cross no blank: always write, step on where the window is right.
fn keep_words(
    sequence: &[u32],
    block: usize,
    range: NgramRange,
    sums: &Sums,
    out: &mut [u32],
    mut written: usize,
) -> usize {
    for i in 0..block {
        let mut inside = true;
        for n in 2..=range.max() {
            inside &= n < 3 || sequence[i + n - 2] != BLANK;
            out[written] = sums[n - 1][i];
            written += usize::from(inside && n >= range.min());
        }
    }
    written
}

fn keep_chars(
    left: usize,
    block: usize,
    range: NgramRange,
    sums: &Sums,
    out: &mut [u32],
    mut written: usize,
) -> usize {
    for i in 0..block {
        for (n, sums) in (1..).zip(sums).skip(range.min() - 1).take(range.max() + 1 - range.min()) {
            out[written] = sums[i];
            written += usize::from(i + n <= left);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Normalizer, Profile};
    use crate::vectorize::ngram::sequence_into;

    #[test]
    fn the_hash_is_frozen() {
        // Never change these: files made by earlier versions depend on them.
        let cases = ["خبر", " خب", "abc", " a ", "😀", "12345678"];
        let got: Vec<u32> = cases.iter().map(|g| bucket(g, 32)).collect();
        assert_eq!(got, FROZEN, "{got:#010X?}");
    }
    const FROZEN: [u32; 6] =
        [0x8DDD_10B3, 0x8196_2188, 0xFDD4_0BE0, 0xC242_CA30, 0x6DEE_AAAF, 0x8B53_943A];

    #[test]
    fn words_at_one_go_are_those_block_by_block() {
        let sequence: Vec<u32> = (0..3 * simd::BLOCK as u32)
            .map(|i| if i * i % 11 < 3 { BLANK } else { 0x628 + i })
            .collect();
        let mut sums = [[0; simd::BLOCK]; NgramRange::LONGEST];
        for (min, max) in [(3, 5), (2, 2), (3, 3), (2, 8)] {
            let range = NgramRange::new(min, max).unwrap();
            simd::hash_block(&sequence, range, 20, &mut sums);
            for starts in [1, 7, 8, 9, 100, simd::BLOCK] {
                let (mut one, mut eight) = (vec![0; 8 * starts + 8], vec![0; 8 * starts + 8]);
                let Some(m) = simd::words(&sequence, starts, range, 20, &mut eight) else {
                    continue;
                };
                let n = keep_words(&sequence, starts, range, &sums, &mut one, 0);
                one.truncate(n);
                eight.truncate(m);
                one.sort_unstable();
                eight.sort_unstable();
                assert_eq!(one, eight, "{min} to {max}, {starts} positions");
            }
        }
    }

    #[test]
    fn every_fast_path_equals_the_reference() {
        let texts = [
            "",
            " ",
            "a",
            "a b",
            "خبر عاجل من الحسكة",
            "  two  spaces \n\n and lines\t",
            "x yz abc defg hijkl mnopqr",
            "😀 mixed خبر e\u{301}",
            &"طلبت روسيا عقد اجتماع لمجلس الأمن ".repeat(40),
        ];
        let normalizer = Normalizer::new(Profile::None.options());
        for text in texts {
            for analyzer in [Analyzer::Char, Analyzer::CharWb] {
                for (min, max) in (1..=8).flat_map(|a| (a..=8).map(move |b| (a, b))) {
                    let range = NgramRange::new(min, max).unwrap();
                    let (mut codes, mut sequence, mut got) = (Vec::new(), Vec::new(), Vec::new());
                    normalizer.fold_into(text, &mut codes);
                    sequence_into(analyzer, &codes, &mut sequence);
                    // What was there before is no answer.
                    got.resize(7, u32::MAX);
                    let n = buckets_into(analyzer, range, 20, &mut sequence, &mut got);
                    got.truncate(n);
                    let mut want: Vec<u32> =
                        range.ngrams(analyzer, text).iter().map(|g| bucket(g, 20)).collect();
                    got.sort_unstable();
                    want.sort_unstable();
                    assert_eq!(got, want, "{analyzer:?} {min},{max} {text:?}");
                }
            }
        }
    }
}

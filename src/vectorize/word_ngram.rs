//! Whole words and pairs of words, hashed into the same columns as n-grams of characters.
//!
//! A word is a run of characters between blanks and punctuation, of four characters or more:
//! shorter ones are n-grams of characters already. A pair is two words in a row, of any length.
//! Linear models on characters gain from them what lies between words (`مجلس الأمن`). About 1 ns
//! a character.
//!
//! The hash is frozen as [`super::bucket`]'s is: `h = (h xor code point) * 0x9E3779B1` over the
//! word modulo 2^32, a pair is `(h1 rotated by 15 + h2) * 0x85EBCA6B`, and both are finished as
//! n-grams are.
//!
//! ```
//! use khabar::text::{Normalizer, Profile};
//! use khabar::vectorize::{Hashing, Words};
//! let normalizer = Normalizer::new(Profile::Standard.options());
//! let of = |words| {
//!     let mut hashing = Hashing::default();
//!     hashing.words = words;
//!     hashing.count(&normalizer, &[("", "مجلس الأمن")]).n_ngrams()
//! };
//! // Two words of four characters and more, and the pair of them.
//! assert_eq!(of(Words::Pairs), of(Words::None) + 3);
//! ```

use serde::{Deserialize, Serialize};

use super::hash::finish;
use crate::text::SPACE;

/// Words beside n-grams of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// None.
    #[default]
    None,
    /// Single words.
    Single,
    /// Single words and pairs of neighbours.
    Pairs,
}

/// Characters that make a word a column of its own.
const LONG: usize = 4;
/// What the hash of a word begins with.
const WORD: u32 = 0x4528_21E7;

/// Whether a normalised code point parts words: white space and common punctuation.
fn parts(code: u32) -> bool {
    if code < 0x80 {
        return !(code as u8).is_ascii_alphanumeric();
    }
    code & SPACE != 0
        || matches!(code, 0x80..=0xA9 | 0xAB..=0xB4 | 0xB6..=0xB9 | 0xBB..=0xBF | 0xD7 | 0xF7)
        || matches!(code, 0x060C | 0x061B | 0x061F | 0x066A..=0x066D | 0x06D4 | 0x1361..=0x1368)
        || matches!(code, 0x2000..=0x206F | 0x3000..=0x3004 | 0x3008..=0x3020)
}

/// The hash of every word, and whether it is a column of its own.
pub(crate) fn word_hashes(codes: &[u32]) -> impl Iterator<Item = (u32, bool)> {
    codes.split(|&c| parts(c)).filter(|w| !w.is_empty()).map(|word| {
        let hash = word.iter().fold(WORD, |h, &c| (h ^ c).wrapping_mul(0x9E37_79B1));
        (hash, word.len() >= LONG)
    })
}

/// The bucket of a single word.
pub(crate) fn word_bucket(hash: u32, bits: u32) -> u32 {
    finish(hash) >> (32 - bits)
}

/// The bucket of two words in a row.
pub(crate) fn pair_bucket(first: u32, second: u32, bits: u32) -> u32 {
    let both = first.rotate_left(15).wrapping_add(second);
    finish(both.wrapping_mul(0x85EB_CA6B)) >> (32 - bits)
}

/// Puts the buckets of words behind the first `n` of `out`; returns how many there are then.
pub(crate) fn words_into(
    words: Words,
    codes: &[u32],
    bits: u32,
    out: &mut Vec<u32>,
    n: usize,
) -> usize {
    if words == Words::None {
        return n;
    }
    out.truncate(n);
    let mut before = None;
    for (hash, long) in word_hashes(codes) {
        if long {
            out.push(word_bucket(hash, bits));
        }
        if words == Words::Pairs
            && let Some(before) = before.replace(hash)
        {
            out.push(pair_bucket(before, hash, bits));
        }
    }
    out.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Normalizer, Profile};

    fn buckets(words: Words, text: &str) -> Vec<u32> {
        let mut codes = Vec::new();
        Normalizer::new(Profile::None.options()).fold_into(text, &mut codes);
        let mut out = vec![7, 9];
        let n = words_into(words, &codes, 32, &mut out, 1);
        assert_eq!((n, out[0]), (out.len(), 7));
        out.split_off(1)
    }

    #[test]
    fn the_hash_of_words_is_frozen() {
        // Never change these: models made by earlier versions depend on them.
        assert_eq!(buckets(Words::Pairs, "خبر عاجل"), FROZEN);
    }
    const FROZEN: [u32; 2] = [0x1434_406B, 0xA34D_DD6C];

    #[test]
    fn words_end_at_blanks_and_punctuation_and_short_ones_only_pair() {
        let one = |text| buckets(Words::Single, text);
        assert_eq!(one("عاجل"), one("(عاجل،\u{a0}في "));
        assert!(one("in to a").is_empty());
        assert_eq!(buckets(Words::Pairs, "in to a").len(), 2);
        assert_ne!(buckets(Words::Pairs, "in to"), buckets(Words::Pairs, "to in"));
        assert!(one("").is_empty());
    }
}

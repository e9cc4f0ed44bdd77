//! Which n-grams a text has: the analyzers `char` and `char_wb`, after scikit-learn.
//!
//! Text arrives as code points with white space flagged ([`crate::text::SPACE`]); here it
//! becomes one flat sequence over which windows slide. For `char_wb` every run of white
//! space is one U+0020, with one before the first word and one after the last, so that the
//! n-grams of the padded word `" w "` are exactly the windows without a space inside.
//! Linear in the text; one u32 a character.
//!
//! ```
//! use khabar::vectorize::{Analyzer, NgramRange};
//! let grams = NgramRange::new(3, 3)?.ngrams(Analyzer::CharWb, "خبر عاجل");
//! assert_eq!(grams, [" خب", "خبر", "بر ", " عا", "عاج", "اجل", "جل "]);
//! # Ok::<(), khabar::Error>(())
//! ```

use serde::{Deserialize, Serialize};

use crate::text::{Normalizer, Profile, SPACE};
use crate::{Error, Result};

/// The code point of the one white space `char_wb` knows.
pub(crate) const BLANK: u32 = 0x20;

/// How a text is cut into n-grams; scikit-learn's `analyzer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Analyzer {
    /// Windows over the whole text; a run of two or more white-space characters is one space.
    Char,
    /// Windows inside words, each padded with one space on both sides.
    #[default]
    CharWb,
}

impl Analyzer {
    /// scikit-learn's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Char => "char",
            Self::CharWb => "char_wb",
        }
    }
}

/// The lengths of n-grams, both ends included; scikit-learn's `ngram_range`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NgramRange {
    min: usize,
    max: usize,
}

impl Default for NgramRange {
    /// 3 to 5 characters.
    fn default() -> Self {
        Self { min: 3, max: 5 }
    }
}

impl NgramRange {
    /// The longest n-gram there is.
    pub const LONGEST: usize = 8;

    /// N-grams of `min` to `max` characters.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless `1 <= min <= max <= 8`.
    pub fn new(min: usize, max: usize) -> Result<Self> {
        if min == 0 || min > max || max > Self::LONGEST {
            return Err(Error::parameter(
                "--ngram-range",
                format!("{min},{max} is not a range of lengths"),
                format!("give two lengths MIN,MAX with 1 <= MIN <= MAX <= {}", Self::LONGEST),
            ));
        }
        Ok(Self { min, max })
    }

    /// The shortest length.
    #[must_use]
    pub fn min(self) -> usize {
        self.min
    }

    /// The longest length.
    #[must_use]
    pub fn max(self) -> usize {
        self.max
    }

    /// The n-grams of a text as strings, in no particular order but deterministic: shortest
    /// lengths first within a position. For looking at; the hot path never makes strings.
    #[must_use]
    pub fn ngrams(self, analyzer: Analyzer, text: &str) -> Vec<String> {
        let normalizer = Normalizer::new(Profile::None.options());
        let mut codes = Vec::new();
        normalizer.fold_into(text, &mut codes);
        let mut sequence = Vec::new();
        sequence_into(analyzer, &codes, &mut sequence);
        let mut out = Vec::new();
        each_window(analyzer, self, &sequence, |window| {
            out.push(window.iter().filter_map(|&c| char::from_u32(c)).collect());
        });
        out
    }
}

/// Writes the sequence that windows slide over; see the module's head.
pub(crate) fn sequence_into(analyzer: Analyzer, codes: &[u32], out: &mut Vec<u32>) {
    match analyzer {
        Analyzer::CharWb => words_into(codes, out),
        Analyzer::Char => chars_into(codes, out),
    }
}

/// `char_wb`: words separated by single blanks, a blank at both ends; empty where no word is.
fn words_into(codes: &[u32], out: &mut Vec<u32>) {
    // All of it is written anew; only what is new memory needs to be cleared.
    out.resize(codes.len() + 2, 0);
    out[0] = BLANK;
    let (mut len, mut before) = (1, SPACE);
    let (chunks, rest) = codes.as_chunks::<16>();
    for chunk in chunks {
        // Blanks mostly stand alone: then nothing moves, and sixteen are one step.
        let mut doubled = before & chunk[0];
        for (a, b) in chunk.iter().zip(&chunk[1..]) {
            doubled |= a & b;
        }
        if doubled & SPACE == 0 {
            for (out, &code) in out[len..len + 16].iter_mut().zip(chunk) {
                *out = if code & SPACE == 0 { code } else { BLANK };
            }
            len += 16;
        } else {
            len = single_blanks(chunk, before, out, len);
        }
        before = chunk[15];
    }
    len = single_blanks(rest, before, out, len);
    let after_blank = rest.last().unwrap_or(&before) & SPACE != 0;
    if !after_blank {
        out[len] = BLANK;
        len += 1;
    }
    out.truncate(if len == 1 { 0 } else { len });
}

/// Writes codes from `out[len]` on, a run of white space as one blank; returns the new length.
fn single_blanks(codes: &[u32], before: u32, out: &mut [u32], mut len: usize) -> usize {
    // Branch-free: always write, step on unless this blank follows a blank.
    let mut after_blank = before & SPACE != 0;
    for &code in codes {
        let blank = code & SPACE != 0;
        out[len] = if blank { BLANK } else { code };
        len += usize::from(!(blank && after_blank));
        after_blank = blank;
    }
    len
}

/// `char`: the text itself, runs of two or more white-space characters being one blank.
fn chars_into(codes: &[u32], out: &mut Vec<u32>) {
    out.clear();
    out.reserve(codes.len());
    let mut i = 0;
    while i < codes.len() {
        if codes[i] & SPACE == 0 {
            out.push(codes[i]);
            i += 1;
            continue;
        }
        let run = codes[i..].iter().take_while(|&&c| c & SPACE != 0).count();
        out.push(if run == 1 { codes[i] & !SPACE } else { BLANK });
        i += run;
    }
}

/// Calls `f` with every n-gram of a sequence made by [`sequence_into`].
///
/// The reference the hot path is tested against, and the path for ranges it does not take.
pub(crate) fn each_window(
    analyzer: Analyzer,
    range: NgramRange,
    sequence: &[u32],
    mut f: impl FnMut(&[u32]),
) {
    match analyzer {
        Analyzer::Char => {
            for start in 0..sequence.len() {
                for n in range.min..=range.max.min(sequence.len() - start) {
                    f(&sequence[start..start + n]);
                }
            }
        }
        Analyzer::CharWb => {
            let mut start = 0;
            while start + 1 < sequence.len() {
                let letters = sequence[start + 1..].iter().position(|&c| c == BLANK).unwrap_or(0);
                let word = &sequence[start..start + letters + 2];
                // A word shorter than the shortest n-gram counts once, whole.
                if word.len() < range.min {
                    f(word);
                }
                for at in 0..word.len() {
                    for n in range.min..=range.max.min(word.len() - at) {
                        f(&word[at..at + n]);
                    }
                }
                start += letters + 1;
            }
        }
    }
}

//! The characters of a corpus, numbered: what n-grams are packed from.
//!
//! Numbers are dense and in code-point order, so that packed n-grams are short and order as
//! strings do. 4 bytes a code point up to the highest in use; one lookup a character. Learning
//! them is a pass over the normalised text, without n-grams.

use std::ops::Range;

use rayon::prelude::*;

use super::hashed::{Parts, fold_parts};
use super::ngram::{Analyzer, BLANK, sequence_into};
use crate::text::Normalizer;

/// Bytes of text a piece holds, where its documents are not longer.
const PIECE_BYTES: usize = 1 << 20;
/// Code points there are.
const CODE_POINTS: usize = 0x11_0000;

/// The characters of a corpus and their dense numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alphabet {
    /// Ascending; the character of number `i + 1`.
    characters: Vec<u32>,
    /// Number by code point, up to the last that has one.
    ids: Vec<u32>,
    /// Bits a number needs.
    bits: u32,
}

impl Alphabet {
    /// From a list of code points that ascends.
    fn new(characters: Vec<u32>) -> Self {
        let unknown = characters.len() as u32 + 1;
        let mut ids = vec![unknown; characters.last().map_or(0, |&last| last as usize + 1)];
        for (id, &character) in (1..).zip(&characters) {
            ids[character as usize] = id;
        }
        // Values 0 to `unknown`.
        Self { characters, ids, bits: 32 - unknown.leading_zeros() }
    }

    /// The number of a character; one above all others where the corpus has it not.
    #[inline(always)]
    pub(crate) fn id(&self, code: u32) -> u32 {
        match self.ids.get(code as usize) {
            Some(&id) => id,
            None => self.len() + 1,
        }
    }

    /// Bits a number needs.
    pub(crate) fn bits(&self) -> u32 {
        self.bits
    }

    /// How many characters there are; their numbers are 1 to this.
    pub(crate) fn len(&self) -> u32 {
        self.characters.len() as u32
    }

    /// The character of a number.
    pub(crate) fn character(&self, id: u32) -> Option<char> {
        self.characters.get((id as usize).wrapping_sub(1)).copied().and_then(char::from_u32)
    }

    /// Collects the characters of the sequences that n-grams are cut from.
    pub(crate) fn learn(
        analyzer: Analyzer,
        normalizer: &Normalizer,
        documents: &[Parts<'_>],
    ) -> Self {
        let seen = by_bytes(documents, usize::MAX)
            .into_par_iter()
            .fold(Vec::new, |mut seen: Vec<bool>, range| {
                seen.resize(CODE_POINTS, false);
                let (mut codes, mut sequence) = (Vec::new(), Vec::new());
                for &document in &documents[range] {
                    fold_parts(normalizer, document, &mut codes);
                    // For char_wb any white space is the one blank; its flag keeps it out here.
                    let characters = match analyzer {
                        Analyzer::CharWb => &codes,
                        Analyzer::Char => {
                            sequence_into(analyzer, &codes, &mut sequence);
                            &sequence
                        }
                    };
                    for &code in characters {
                        if let Some(seen) = seen.get_mut(code as usize) {
                            *seen = true;
                        }
                    }
                }
                seen
            })
            .reduce(Vec::new, |mut a, b| {
                if a.is_empty() {
                    return b;
                }
                a.iter_mut().zip(b).for_each(|(a, b)| *a |= b);
                a
            });
        let mut characters: Vec<u32> =
            (0..).zip(seen).filter(|&(_, seen)| seen).map(|(code, _)| code).collect();
        if analyzer == Analyzer::CharWb
            && let Err(at) = characters.binary_search(&BLANK)
        {
            characters.insert(at, BLANK);
        }
        Self::new(characters)
    }
}

/// Cuts documents into pieces of at least `PIECE_BYTES`, but at most `most` documents.
pub(crate) fn by_bytes(documents: &[Parts<'_>], most: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, (title, text)) in documents.iter().enumerate() {
        bytes += title.len() + text.len();
        if bytes >= PIECE_BYTES || at + 1 - start >= most {
            pieces.push(start..at + 1);
            (start, bytes) = (at + 1, 0);
        }
    }
    if start < documents.len() {
        pieces.push(start..documents.len());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Profile;

    #[test]
    fn numbers_ascend_with_code_points_and_leave_room_for_the_unknown() {
        let normalizer = Normalizer::new(Profile::None.options());
        let documents = [("", "bab"), ("خ", "a😀"), ("", "")];
        for (analyzer, want) in [
            (Analyzer::CharWb, &[' ', 'a', 'b', 'خ', '😀'][..]),
            (Analyzer::Char, &['\n', 'a', 'b', 'خ', '😀']),
        ] {
            let alphabet = Alphabet::learn(analyzer, &normalizer, &documents);
            assert_eq!((alphabet.len(), alphabet.bits()), (5, 3));
            for (id, &c) in (1..).zip(want) {
                assert_eq!(alphabet.id(u32::from(c)), id);
                assert_eq!(alphabet.character(id), Some(c));
            }
            assert_eq!((alphabet.id(u32::from('c')), alphabet.character(6)), (6, None));
            assert_eq!((alphabet.id(u32::MAX), alphabet.character(0)), (6, None));
        }
    }

    #[test]
    fn pieces_hold_all_documents_once_and_not_too_many() {
        let long = "x".repeat(PIECE_BYTES / 3);
        let documents: Vec<Parts<'_>> =
            (0..50).map(|i| if i % 7 == 0 { ("", long.as_str()) } else { ("a", "b") }).collect();
        for most in [1, 4, usize::MAX] {
            let pieces = by_bytes(&documents, most);
            assert!(pieces.iter().all(|p| (1..=most).contains(&p.len())));
            assert_eq!(
                pieces.into_iter().flatten().collect::<Vec<_>>(),
                (0..50).collect::<Vec<_>>()
            );
        }
        assert_eq!(by_bytes(&documents, usize::MAX).len(), 3);
        assert!(by_bytes(&[], 4).is_empty());
    }
}

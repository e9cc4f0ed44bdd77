//! Which words of a text are among those that tie two articles.
//!
//! The tie is over n-grams, so `زلزال` in one article ties to `والزلزال` in the other and
//! `rescue` to `rescued`. A word is marked where it is one of the tying words after
//! normalisation, or one of the two is the other with something short before or after it.
//! Numbers have to be equal. A few microseconds an excerpt.

use std::ops::Range;

use crate::text::{Normalizer, words};

/// The tying words of one pair, folded.
pub(super) struct Marker<'a> {
    normalizer: &'a Normalizer,
    words: Vec<Vec<u32>>,
}

impl<'a> Marker<'a> {
    pub(super) fn new(normalizer: &'a Normalizer, tying: &[String]) -> Self {
        let fold = |word: &String| {
            let mut codes = Vec::new();
            normalizer.fold_into(word, &mut codes);
            codes
        };
        Self { normalizer, words: tying.iter().map(fold).filter(|w| !w.is_empty()).collect() }
    }

    /// The places of tying words, in order, in bytes.
    pub(super) fn marks(&self, text: &str) -> Vec<Range<usize>> {
        if self.words.is_empty() {
            return Vec::new();
        }
        let mut codes = Vec::new();
        let found = words(text).filter(|word| {
            codes.clear();
            self.normalizer.fold_into(word.text, &mut codes);
            self.words.iter().any(|tying| kindred(tying, &codes))
        });
        found.map(|word| word.offset..word.offset + word.text.len()).collect()
    }
}

/// Whether two folded words are one, or one of them with a short addition.
fn kindred(a: &[u32], b: &[u32]) -> bool {
    if a == b {
        return true;
    }
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let digit = |&c: &u32| char::from_u32(c).is_some_and(char::is_numeric);
    if short.len() < 3 || short.iter().chain(long).any(digit) {
        return false;
    }
    // Arabic, Persian and Hebrew also put articles, conjunctions and prepositions in front.
    let rtl = |&c: &u32| (0x590..0x900).contains(&c);
    let in_front = long.ends_with(short) && short.iter().all(rtl);
    let most = if short.len() == 3 { 2 } else { 3 };
    long.len() - short.len() <= most && (long.starts_with(short) || in_front)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Profile;

    fn marked(tying: &[&str], text: &str) -> Vec<String> {
        let normalizer = Normalizer::new(Profile::Standard.options());
        let tying: Vec<String> = tying.iter().map(|&w| w.to_owned()).collect();
        let marks = Marker::new(&normalizer, &tying).marks(text);
        marks.into_iter().map(|place| text[place].to_owned()).collect()
    }

    #[test]
    fn words_are_marked_in_whatever_spelling_and_with_what_is_joined_to_them() {
        for (tying, text, want) in [
            (&["زلزال"][..], "الزِّلزال ثم والزلزال وزلازل", &["الزِّلزال", "والزلزال"][..]),
            (&["الصفاة"], "قرية الصفاه", &["الصفاه"]),
            (&["rescued"], "Rescue boats; rescuers RESCUED them", &["Rescue", "RESCUED"]),
            (&["port"], "support of ports", &["ports"]),
            (&["11"], "١١ و110 و 11", &["١١", "11"]),
            (&["في"], "فيها في", &["في"]),
            (&[], "anything", &[]),
            (&[""], "anything", &[]),
            (&["تعز"], "", &[]),
        ] {
            assert_eq!(marked(tying, text), want, "{tying:?}");
        }
    }
}

//! The words of an article: which there are, how heavy, and where they stand.
//!
//! Each worker remembers the spellings it met, as most of a text is words of other texts. This is
//! the larger part of what looking at an article costs.

use rustc_hash::FxHashMap;

use super::views::{HEAVY, LEAD, NUMBER, TITLE, View, WORDS, WordOf};
use crate::text::{Normalizer, words};
use crate::vectorize::{Hashing, Parts, WordBuckets};

/// Characters of the text that belong to the opening.
const OPENING: usize = 350;
/// Characters of the text whose words are looked at.
const READ: usize = 5000;
/// Spellings a worker remembers.
const REMEMBERED: usize = 1 << 16;
/// Words of an article that say most of what it is about.
const HEAVIEST: usize = 15;

/// The first characters of a text, to a whole one.
pub(super) fn opening(text: &str) -> &str {
    first(text, OPENING)
}

fn first(text: &str, characters: usize) -> &str {
    // No character is longer than four bytes, and none shorter than one.
    if text.len() <= characters {
        return text;
    }
    &text[..text.char_indices().nth(characters).map_or(text.len(), |(i, _)| i)]
}

/// Whether a character is a number; most letters are told apart without a table.
fn is_number(c: char) -> bool {
    match c {
        '0'..='9' => true,
        // No number from Latin Extended-A up to the Arabic letters.
        '\0'..='\u{b1}' | '\u{100}'..='\u{65f}' => false,
        _ => c.is_numeric(),
    }
}

/// What is the same of a word wherever it stands.
#[derive(Clone, Copy)]
struct Known {
    /// Of its normalised form.
    key: u64,
    /// Weight of its rarest n-gram.
    rarest: f32,
    number: bool,
}

/// The bytes of a word and, last, how many: beside what is known of it, where a string would be
/// waited for in far memory once more.
type Spelling = [u8; 24];

/// The spelling of a word, unless it is so long that it is seldom met again.
fn spelling(word: &str) -> Option<Spelling> {
    let mut spelling = [0; size_of::<Spelling>()];
    let (last, bytes) = spelling.split_last_mut()?;
    bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    *last = word.len() as u8;
    Some(spelling)
}

/// Buffers of one worker.
pub(super) struct Reader {
    buckets: WordBuckets,
    /// Spellings met before: most of a text is words of other texts.
    known: FxHashMap<Spelling, Known>,
    /// Of each word how often, its weight and its flags.
    seen: FxHashMap<u64, (u32, f32, u8)>,
}

impl Reader {
    pub(super) fn new(hashing: Hashing) -> Self {
        let buckets = WordBuckets::new(hashing);
        Self { buckets, known: FxHashMap::default(), seen: FxHashMap::default() }
    }

    fn know(&mut self, word: &str, normalizer: &Normalizer, roots: &[f32]) -> Known {
        let spelling = spelling(word);
        if let Some(known) = spelling.and_then(|spelling| self.known.get(&spelling)) {
            return *known;
        }
        let (key, buckets) = self.buckets.of(normalizer, word);
        let rarest = buckets.iter().map(|&b| roots[b as usize]).fold(0.0, f32::max);
        let known = Known { key, rarest, number: word.chars().any(is_number) };
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        if let Some(spelling) = spelling {
            self.known.insert(spelling, known);
        }
        known
    }

    pub(super) fn read(
        &mut self,
        (title, text): Parts<'_>,
        normalizer: &Normalizer,
        roots: &[f32],
    ) -> View {
        self.seen.clear();
        let whole = !text.is_empty();
        let in_title = if whole { TITLE | LEAD } else { LEAD };
        let title_words = self.add(title, usize::MAX, in_title, normalizer, roots);
        let text = first(text, READ);
        let text_words = self.add(text, opening(text).len(), LEAD, normalizer, roots);
        let mut words: Vec<WordOf> = self
            .seen
            .iter()
            .map(|(&key, &(count, weight, flags))| {
                let weight = (1.0 + libm::logf(count as f32)) * weight;
                WordOf::new((key >> 32) as u32, weight, flags)
            })
            .collect();
        let order = |a: &WordOf, b: &WordOf| {
            b.packed.cmp(&a.packed).then(a.key.cmp(&b.key)).then(a.flags.cmp(&b.flags))
        };
        words.sort_unstable_by(order);
        words.truncate(WORDS);
        let heavy = words.len().min(HEAVIEST);
        for word in &mut words[..heavy] {
            word.flags |= HEAVY;
        }
        // Sums in a fixed order: that of the weights.
        let length = words.iter().map(|w| w.weight() * w.weight()).sum::<f32>().sqrt();
        let is_number = |w: &&WordOf| w.flags & NUMBER != 0;
        let numbers = words.iter().filter(is_number).map(|w| w.weight()).sum();
        let lead_numbers =
            words.iter().filter(is_number).filter(|w| w.flags & LEAD != 0).count() as u32;
        words.sort_by_key(|w| w.key);
        words.dedup_by_key(|w| w.key);
        View {
            words,
            length,
            n_words: title_words + text_words,
            title_words: if whole { title_words } else { 0 },
            numbers,
            lead_numbers,
            heavy: heavy as u32,
            seconds: None,
            looked_at: false,
        }
    }

    /// Adds the words of a text, those before `opening` with `flag`; how many there are.
    fn add(
        &mut self,
        text: &str,
        opening: usize,
        flag: u8,
        normalizer: &Normalizer,
        roots: &[f32],
    ) -> u32 {
        let mut n = 0;
        for word in words(text) {
            n += 1;
            let known = self.know(word.text, normalizer, roots);
            let number = if known.number { NUMBER } else { 0 };
            let entry = self.seen.entry(known.key).or_insert((0, known.rarest, number));
            entry.0 += 1;
            if word.offset < opening {
                entry.2 |= flag;
            }
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_told_apart_to_their_last_byte() {
        let words = ["", "خبر", "خبرا", "\0", "\0\0", &"a".repeat(22), &"a".repeat(23)];
        let spellings: Vec<Spelling> = words.iter().map(|w| spelling(w).unwrap()).collect();
        let different: std::collections::BTreeSet<&Spelling> = spellings.iter().collect();
        assert_eq!(different.len(), words.len());
        assert_eq!(spelling(&"a".repeat(24)), None);
    }

    #[test]
    fn numbers_are_told_without_a_table_as_with_one() {
        for c in '\0'..='\u{2fff}' {
            assert_eq!(is_number(c), c.is_numeric(), "{c:?}");
        }
    }
}

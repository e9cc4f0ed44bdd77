//! Whole words of a text, in their original spelling: what people are shown.
//!
//! One pass, no allocation, a few nanoseconds a character. This is not how articles are
//! compared (that is n-grams); it names the words two articles share, and keywords.
//!
//! A word begins with a letter or a number and goes on through letters, numbers, combining
//! marks and tatweel. Between two of its characters it may hold
//! - what is not seen (zero-width joiners and non-joiners, soft hyphen, word joiner,
//!   directional marks): `می‌شود` is one word;
//! - an apostrophe (`don't`, `l’eau`), or a Hebrew geresh or gershayim, between letters;
//! - `.`, `,` and the Arabic separators `٫ ٬` between digits: `1,250.5`.
//!
//! All else separates: white space, quotation marks, hyphens (`Al-Qaeda` is two words),
//! underscores (`#غزة_الان` is two). Scripts that do not separate words (Han, Kana, Thai,
//! Lao, Khmer, Burmese) give a whole run between punctuation as one word.
//!
//! ```
//! use khabar::text::words;
//! let found: Vec<_> = words("قال «داعش» إنّه، بنسبة 3.5%").map(|w| w.text).collect();
//! assert_eq!(found, ["قال", "داعش", "إنّه", "بنسبة", "3.5"]);
//! ```

use unicode_normalization::char::is_combining_mark;

const TATWEEL: char = 'ـ';

/// A word and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word<'a> {
    /// Byte offset in the text.
    pub offset: usize,
    /// The word as it is written there.
    pub text: &'a str,
}

/// The words of `text`, from left to right. See the [module](self) for what a word is.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = &text[from..];
        let Some(skipped) = rest.find(begins_word) else {
            from = text.len();
            return None;
        };
        let offset = from + skipped;
        from = offset + word_length(&text[offset..]);
        Some(Word { offset, text: &text[offset..from] })
    })
}

/// Bytes of the word at the beginning of `text`.
fn word_length(text: &str) -> usize {
    // Where the last letter or digit of the word so far ends, and the word if nothing joins.
    let (mut last, mut end) = (0, 0);
    // A separator seen since; the next character decides whether it joins.
    let mut joint = None;
    let mut at = 0;
    loop {
        if joint.is_none() {
            let run = letters(&text.as_bytes()[at..]);
            if run > 0 {
                at += run;
                (last, end) = (at, at);
            }
        }
        let Some(c) = text[at..].chars().next() else { return end };
        at += c.len_utf8();
        if begins_word(c) || (c == TATWEEL && joint.is_none()) {
            let before = || text[..last].chars().next_back().unwrap_or(' ');
            if joint.take().is_some_and(|joint| !joins(before(), joint, c)) {
                return end;
            }
            last = at;
        } else if is_combining_mark(c) && joint.is_none() {
            // The mark belongs to the letter before it, over anything unseen in between.
        } else if is_unseen(c) {
            continue;
        } else if joint.is_none() && is_joint(c) {
            joint = Some(c);
            continue;
        } else {
            return end;
        }
        end = at;
    }
}

/// Bytes of ASCII letters and digits and of Arabic letters without marks at the beginning: what
/// most words are, told without decoding.
fn letters(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += match bytes[at..] {
            [a, ..] if a.is_ascii_alphanumeric() => 1,
            // U+0620 to U+063F, and U+0641 to U+064A: U+0640 is the tatweel.
            [0xD8, 0xA0..=0xBF, ..] | [0xD9, 0x81..=0x8A, ..] => 2,
            _ => return at,
        }
    }
}

/// Letters and digits. Unicode counts many marks as alphabetic too; alone they are no word,
/// and a tatweel alone is a line.
fn begins_word(c: char) -> bool {
    match c {
        // Most of what comes, said without a search.
        '\0'..='\x7F' => c.is_ascii_alphanumeric(),
        '\u{620}'..='\u{63F}' | '\u{641}'..='\u{64A}' => true,
        TATWEEL => false,
        _ => c.is_alphanumeric() && !is_combining_mark(c),
    }
}

/// Whether `joint` between `before` and `after` is inside a word.
fn joins(before: char, joint: char, after: char) -> bool {
    match joint {
        '.' | ',' | '\u{66B}' | '\u{66C}' => before.is_numeric() && after.is_numeric(),
        '"' => is_hebrew(before) && is_hebrew(after),
        _ => before.is_alphabetic() && after.is_alphabetic(),
    }
}

fn is_joint(c: char) -> bool {
    matches!(c, '\'' | '’' | '＇' | '\u{5F3}' | '\u{5F4}' | '"' | '.' | ',' | '\u{66B}' | '\u{66C}')
}

fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{5D0}'..='\u{5EA}')
}

/// Format characters inside a word. The zero-width space is not one: it separates words
/// where nothing else does.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

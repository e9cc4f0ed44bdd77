//! A text as its lines and sentences: the pieces that an outlet repeats whole.
//!
//! A segment ends with a line, and after `. ! ? … ؟ ۔ 。` where white space or the end of the
//! text follows, so `3.5` and `www.example.com` stay whole and a text without lines still has
//! pieces. It is known by a hash of its letters and digits in the normalised spelling: spaces,
//! punctuation and vowel marks make no difference. About 4 ns a character, 24 bytes a segment.
//!
//! ```text
//! "ضرب زلزال تعز. تابعنا على تويتر" -> "ضرب زلزال تعز.", "تابعنا على تويتر"
//! ```

use std::sync::LazyLock;

use crate::text::{Normalizer, SPACE};

/// One line or sentence of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    /// Of its letters and digits.
    pub(super) hash: u64,
    /// Its first byte, and the one after its last.
    pub(super) start: u32,
    pub(super) end: u32,
    /// How many letters and digits it has.
    pub(super) letters: u32,
}

/// The segments of `text`; those without a letter or digit belong to the one before.
pub(super) fn segments(
    text: &str,
    normalizer: &Normalizer,
    codes: &mut Vec<u32>,
    mut emit: impl FnMut(Segment),
) {
    // Offsets are 32 bits: what lies beyond 4 GB of one article is left alone.
    let known = &*LETTERS;
    let mut open: Option<Segment> = None;
    for (start, end) in pieces(text) {
        let (Ok(first), Ok(last)) = (u32::try_from(start), u32::try_from(end)) else { break };
        codes.clear();
        normalizer.fold_into(&text[start..end], codes);
        let (mut hash, mut letters) = (0, 0);
        for &code in &*codes {
            // The shortest chain of steps, and no branch that a space could make go wrong: this
            // is done for every character of the input.
            let is_letter = known.is_letter(code);
            let next = (u64::rotate_left(hash, 5) ^ u64::from(code)).wrapping_mul(ODD);
            hash = if is_letter { next } else { hash };
            letters += u32::from(is_letter);
        }
        hash = mixed(hash, u64::from(letters));
        match &mut open {
            Some(open) if letters == 0 => open.end = last,
            _ => {
                open.into_iter().filter(|open| open.letters > 0).for_each(&mut emit);
                open = Some(Segment { hash, start: first, end: last, letters });
            }
        }
    }
    open.into_iter().filter(|segment| segment.letters > 0).for_each(&mut emit);
}

/// Byte ranges of lines and sentences, one after the other, without gaps.
fn pieces(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let mut start = 0;
    std::iter::from_fn(move || {
        if start == text.len() {
            return None;
        }
        let mut at = start;
        let end = loop {
            let Some(far) = bytes[at..].iter().position(|&b| MAY_END[usize::from(b)]) else {
                break text.len();
            };
            // The character that has this byte: all but the first of its bytes look alike.
            let mut first = at + far;
            while !text.is_char_boundary(first) {
                first -= 1;
            }
            let c = text[first..].chars().next().unwrap_or_default();
            let next = first + c.len_utf8();
            match c {
                '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => break next,
                '.' | '!' | '?' | '…' | '؟' | '۔' | '。' => {
                    // Quotation marks and brackets close behind the stop.
                    let closing = |c: char| matches!(c, '"' | '\'' | ')' | ']' | '»' | '”' | '’');
                    let rest = text[next..].trim_start_matches(closing);
                    if let Some(c) = rest.chars().next().filter(|c| c.is_whitespace()) {
                        break text.len() - rest.len() + c.len_utf8();
                    }
                }
                _ => {}
            }
            at = next;
        };
        let piece = (start, end);
        start = end;
        Some(piece)
    })
}

/// Whether a character that ends a segment has this byte; nearly all bytes of a text have not.
static MAY_END: [bool; 256] = {
    let mut may_end = [false; 256];
    // The first byte of U+0085, the last of U+061F and U+06D4, the first of general and CJK
    // punctuation.
    let ends = [b'\n', b'\r', b'.', b'!', b'?', 0xC2, 0x9F, 0x94, 0xE2, 0xE3];
    let mut i = 0;
    while i < ends.len() {
        may_end[ends[i] as usize] = true;
        i += 1;
    }
    may_end
};

/// Characters whose kind is kept at hand: Latin, Greek, Cyrillic, Hebrew, Arabic.
const KNOWN: usize = 0x800;

/// Which characters are letters or digits.
struct Letters([bool; KNOWN]);

static LETTERS: LazyLock<Letters> = LazyLock::new(|| {
    let mut letters = [false; KNOWN];
    for (code, is_letter) in (0..).zip(&mut letters) {
        // A tatweel alone is a line.
        *is_letter = code != 0x640 && char::from_u32(code).is_some_and(char::is_alphanumeric);
    }
    Letters(letters)
});

impl Letters {
    fn is_letter(&self, code: u32) -> bool {
        // No white space is a letter: its mark need not be looked at.
        let code = code & !SPACE;
        match self.0.get(code as usize) {
            Some(&known) => known,
            None => char::from_u32(code).is_some_and(char::is_alphanumeric),
        }
    }
}

/// One step of a hash.
pub(super) fn mixed(hash: u64, value: u64) -> u64 {
    let h = (hash.rotate_left(5) ^ value).wrapping_mul(ODD);
    h ^ h >> 29
}

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Profile;

    fn of(text: &str) -> Vec<(&str, u64)> {
        let normalizer = Normalizer::new(Profile::Standard.options());
        let mut found = Vec::new();
        segments(text, &normalizer, &mut Vec::new(), |s| {
            found.push((&text[s.start as usize..s.end as usize], s.hash));
        });
        found
    }

    #[test]
    fn lines_and_sentences_are_segments() {
        for (text, want) in [
            ("One line\nand another", vec!["One line\n", "and another"]),
            (
                "ارتفع 3.5 في المئة. وماذا بعد؟ لا شيء",
                vec!["ارتفع 3.5 في المئة. ", "وماذا بعد؟ ", "لا شيء"],
            ),
            ("He said: \"Stop.\" They did.", vec!["He said: \"Stop.\" ", "They did."]),
            ("See www.example.com now", vec!["See www.example.com now"]),
            ("End.\n\n *** \nMore", vec!["End.\n\n *** \n", "More"]),
            ("\n\nMore", vec!["More"]),
            (
                "وصل «اليوم.» ثم غادر؟! نعم… ربما",
                vec!["وصل «اليوم.» ", "ثم غادر؟! ", "نعم… ", "ربما"],
            ),
            (
                "one\u{85}two\u{2028}three ۔ four",
                vec!["one\u{85}", "two\u{2028}", "three ۔ ", "four"],
            ),
            ("... !", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<&str> = of(text).into_iter().map(|(text, _)| text).collect();
            assert_eq!(found, want, "{text:?}");
        }
    }

    #[test]
    fn spelling_and_punctuation_do_not_tell_segments_apart() {
        let hash = |text| of(text)[0].1;
        assert_eq!(hash("تابِعنا  على: «تويتر»"), hash("تابعنا على تويتر"));
        assert_eq!(hash("READ ALSO"), hash("Read also:"));
        assert_ne!(hash("Read also 2"), hash("Read also 3"));
    }
}

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
    let mut open: Option<Segment> = None;
    for (start, end) in pieces(text) {
        let (Ok(first), Ok(last)) = (u32::try_from(start), u32::try_from(end)) else { break };
        codes.clear();
        normalizer.fold_into(&text[start..end], codes);
        let (mut hash, mut letters) = (0, 0);
        for &code in codes.iter().filter(|&&code| is_letter(code)) {
            // The shortest chain of steps: this is done for every letter of the input.
            hash = (u64::rotate_left(hash, 5) ^ u64::from(code)).wrapping_mul(ODD);
            letters += 1;
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
    let mut start = 0;
    std::iter::from_fn(move || {
        if start == text.len() {
            return None;
        }
        let mut after_stop = false;
        let mut end = text.len();
        for (i, c) in text[start..].char_indices() {
            let is_line_end = matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
            if is_line_end || (after_stop && c.is_whitespace()) {
                end = start + i + c.len_utf8();
                break;
            }
            after_stop = match c {
                '.' | '!' | '?' | '…' | '؟' | '۔' | '。' => true,
                // Quotation marks and brackets close behind the stop.
                '"' | '\'' | ')' | ']' | '»' | '”' | '’' => after_stop,
                _ => false,
            };
        }
        let piece = (start, end);
        start = end;
        Some(piece)
    })
}

fn is_letter(code: u32) -> bool {
    match code {
        // Most of what comes, said without a search.
        0..=0x7F => (code as u8).is_ascii_alphanumeric(),
        0x620..=0x64A => code != 0x640,
        _ => code & SPACE == 0 && char::from_u32(code).is_some_and(char::is_alphanumeric),
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

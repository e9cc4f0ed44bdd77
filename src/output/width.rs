//! Text in the cells of a terminal: how wide it is, cut to fit, kept apart by direction.
//!
//! Widths are those of the single characters, summed: terminals give each character its
//! cells, also where a font would join two. All linear in the text; make it harmless with
//! [`super::safe`] first.
//!
//! ```
//! use khabar::output::{cut, isolated, width};
//! assert_eq!((width("خبر"), width("日本"), width("كَتَبَ")), (3, 4, 3));
//! assert_eq!(cut("مجلس الأمن", 5), "مجلس…");
//! assert_eq!(isolated("خبر"), "\u{2068}خبر\u{2069}");
//! ```

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Cells of a terminal that `text` takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The beginning of `text` that fits into `room` cells, with an ellipsis where something is
/// missing. Marks stay with their letters.
#[must_use]
pub fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    if room > 0 {
        kept.push('…');
    }
    kept
}

/// The same text; where some of it is written from right to left, between isolates (which take
/// no cell), so that it cannot reorder what stands beside it.
#[must_use]
pub fn isolated(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_rtl) {
        Cow::Owned(format!("\u{2068}{text}\u{2069}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms, and the right-to-left
/// scripts of the supplementary plane.
fn is_rtl(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_letters_never_between_a_letter_and_its_mark() {
        for (text, room, want) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("ab cd", 4, "ab…"),
            ("مجلس", 4, "مجلس"),
            ("مجلس الأمن", 5, "مجلس…"),
            ("كَتَبَ الولد", 3, "كَتَ…"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("abc", 0, ""),
        ] {
            let cut = cut(text, room);
            assert_eq!(cut, want);
            assert!(width(&cut) <= room);
        }
    }
}

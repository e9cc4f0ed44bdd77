//! Text of strangers, made harmless where it is shown.
//!
//! A headline can hold an escape sequence that rewrites the terminal, a mark that turns the
//! reading order of what follows, or a formula that a spreadsheet runs. [`safe`] is for
//! terminals and messages, [`defuse`] for cells of CSV. Both borrow where nothing has to
//! change; one pass.
//!
//! ```
//! use khabar::output::safe;
//! assert_eq!(safe("خبر عاجل"), "خبر عاجل");
//! assert_eq!(safe("a\u{1b}[31mb"), "a␛[31mb");
//! assert_eq!(safe("abc\u{202e}cba"), "abc\u{fffd}cba");
//! ```

use std::borrow::Cow;

/// `text` without anything that commands a terminal or turns the reading order.
///
/// Line ends and tabs become spaces, other C0 controls and DEL their visible pictures (`␛`),
/// C1 controls and the bidi embeddings, overrides and isolates U+FFFD; the invisible marks
/// U+061C, U+200E, U+200F go. Joiners (needed in Persian and emoji) stay.
#[must_use]
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter_map(|c| match c {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32),
        '\u{7f}' => Some('\u{2421}'),
        '\u{61c}' | '\u{200e}' | '\u{200f}' => None,
        c if is_harmful(c) => Some(char::REPLACEMENT_CHARACTER),
        c => Some(c),
    });
    Cow::Owned(shown.collect())
}

fn is_harmful(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}

/// Whether a spreadsheet would run a cell: it starts with one of `= + - @`, tab or carriage
/// return, any number of apostrophes before it.
fn starts_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A CSV cell that no spreadsheet runs: a formula gets an apostrophe in front. Plain numbers
/// (`-5`, `+1.5e3`) stay as they are. [`undefuse`] is its inverse.
pub(crate) fn defuse(cell: &str) -> Cow<'_, str> {
    if starts_formula(cell) && !is_number(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// What [`defuse`] was given.
pub(crate) fn undefuse(cell: &str) -> &str {
    if cell.starts_with('\'') && starts_formula(cell) { &cell[1..] } else { cell }
}

fn is_number(cell: &str) -> bool {
    cell.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
        && cell.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_a_terminal_becomes_visible_or_goes() {
        for (text, want) in [
            ("", ""),
            ("plain", "plain"),
            ("مجلس الأمن «الدولي»", "مجلس الأمن «الدولي»"),
            ("می‌رود", "می‌رود"),
            ("a\nb\tc\rd", "a b c d"),
            ("\u{1b}]0;title\u{7}", "␛]0;title␇"),
            ("a\u{9b}31m", "a\u{fffd}31m"),
            ("\u{7f}", "␡"),
            ("\0", "␀"),
            ("خبر\u{200f}", "خبر"),
            ("\u{202e}x\u{2066}y\u{2069}", "\u{fffd}x\u{fffd}y\u{fffd}"),
            ("a\u{2028}b", "a b"),
        ] {
            assert_eq!(safe(text), want, "{text:?}");
        }
        assert!(matches!(safe("خبر"), Cow::Borrowed(_)));
    }

    #[test]
    fn formulas_are_defused_and_numbers_are_not() {
        for (cell, want) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-abc", "'-abc"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("'=1", "''=1"),
            ("'quoted'", "'quoted'"),
            ("-5", "-5"),
            ("-0.25", "-0.25"),
            ("+1.5e3", "+1.5e3"),
            ("-inf", "'-inf"),
            ("- خبر", "'- خبر"),
            ("خبر = جديد", "خبر = جديد"),
            ("", ""),
        ] {
            assert_eq!(defuse(cell), want);
            assert_eq!(undefuse(want), cell);
        }
    }

    proptest::proptest! {
        #[test]
        fn safe_text_is_safe_whatever_came_in(text in "\\PC{0,20}|[\u{0}-\u{2069}]{0,20}") {
            let shown = safe(&text);
            proptest::prop_assert!(!shown.chars().any(is_harmful));
            let again = safe(&shown).into_owned();
            proptest::prop_assert_eq!(again, shown.into_owned());
        }

        #[test]
        fn defusing_can_be_undone(cell in "['=+@\t0-9a-]{0,6}") {
            let cell_back = defuse(&cell).into_owned();
            proptest::prop_assert_eq!(undefuse(&cell_back), cell.as_str());
        }
    }
}

//! Persian words: the ezafe where it is written, words made of syllables and endings.
//!
//! ```text
//! a word in ا or و takes ی before what belongs to it: اجرای طرح
//! ```

use super::super::draw::Key;
use super::{Made, Word, syllables};

const BEGIN: [&str; 24] = [
    "ب", "پ", "ت", "ج", "چ", "خ", "د", "ر", "ز", "س", "ش", "ف", "ک", "گ", "ل", "م", "ن", "ه", "و",
    "ی", "سپ", "ش", "آ", "ژ",
];
const MIDDLE: [&str; 18] = [
    "ا", "ی", "و", "ار", "ان", "ند", "رد", "ست", "رم", "یل", "وش", "ام", "ران", "ین", "یر", "ور",
    "لا", "نا",
];
const NOUNS: [&str; 12] =
    ["گری", "گاه", "ش", "نامه", "کار", "بانی", "سازی", "مندی", "دان", "ورزی", "ستان", "ینه"];
const ADJECTIVES: [&str; 8] = ["ین", "ی", "مند", "وار", "ناک", "انی", "گون", "پذیر"];
const FAMILIES: [&str; 12] =
    ["زاده", "پور", "نژاد", "یان", "وند", "ی", "نیا", "فر", "خواه", "منش", "دوست", "لو"];
const PLACES: [&str; 8] = ["آباد", "شهر", "کلا", "رود", "دشت", "ان", "کوه", "ستان"];
const FIRMS: [&str; 8] = ["ان", "کو", "تک", "ین", "گستر", "پویا", "نگار", "آور"];

/// Appends an invented word.
pub(super) fn make(roots: &[Word], what: Made, key: Key, out: &mut String) -> bool {
    if key.at(0).chance(0.45) {
        out.push_str(&roots[key.at(1).below(roots.len())].text);
        syllables(&BEGIN, &MIDDLE, key.at(3).below(2), key.at(2), out);
    } else {
        syllables(&BEGIN, &MIDDLE, 1 + key.at(3).below(2), key.at(2), out);
    }
    let endings: &[&str] = match what {
        Made::Noun => &NOUNS,
        Made::Adjective => &ADJECTIVES,
        Made::Verb => &["گری کرد", "ش داد", "مند کرد", "ین کرد"],
        Made::Family => &FAMILIES,
        Made::Place => &PLACES,
        Made::Firm => &FIRMS,
    };
    out.push_str(endings[key.at(4).below(endings.len())]);
    false
}

/// Appends a noun: `z` with the ezafe, `i` one of a kind.
pub(super) fn noun(noun: &str, form: u8, out: &mut String) {
    out.push_str(noun);
    match form {
        b'z' if noun.ends_with(['ا', 'و']) => out.push('ی'),
        b'i' if noun.ends_with('ه') => out.push_str("\u{200c}ای"),
        b'i' if noun.ends_with(['ا', 'و']) => out.push_str("یی"),
        b'i' if !noun.ends_with('ی') => out.push('ی'),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ezafe_is_written_after_long_vowels() {
        for (word, form, want) in
            [("اجرا", b'z', "اجرای"), ("طرح", b'z', "طرح"), ("برنامه", b'i', "برنامه\u{200c}ای")]
        {
            let mut out = String::new();
            noun(word, form, &mut out);
            assert_eq!(out, want);
        }
    }
}

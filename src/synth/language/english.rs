//! English words: articles, and words made of a stem and endings.
//!
//! ```text
//! stem dor, ending -ation -> doration; with its article: a doration
//! ```

use super::super::draw::Key;
use super::{Made, Word, syllables};

const BEGIN: [&str; 40] = [
    "b", "br", "c", "ch", "cl", "cr", "d", "dr", "f", "fl", "fr", "g", "gl", "gr", "h", "j", "k",
    "l", "m", "n", "p", "pl", "pr", "qu", "r", "s", "sc", "sh", "sl", "sp", "st", "str", "t", "th",
    "tr", "v", "w", "wh", "y", "z",
];
const MIDDLE: [&str; 36] = [
    "a", "e", "i", "o", "u", "ai", "ea", "ee", "oa", "ou", "an", "en", "in", "on", "un", "ar",
    "er", "ir", "or", "ur", "al", "el", "il", "ol", "as", "es", "is", "os", "at", "et", "it", "ot",
    "am", "em", "im", "om",
];
const NOUNS: [&str; 20] = [
    "ation", "ment", "ness", "ity", "er", "age", "ance", "ure", "ism", "ist", "ery", "hood",
    "ship", "ling", "ium", "ote", "ard", "ith", "ock", "ine",
];
const ADJECTIVES: [&str; 14] = [
    "al", "ic", "ive", "ous", "able", "ish", "ary", "ent", "ful", "less", "ine", "ate", "oid",
    "ern",
];
const FAMILIES: [&str; 16] = [
    "son", "ton", "ley", "man", "field", "wood", "well", "ford", "worth", "by", "shaw", "ham",
    "ov", "ez", "ski", "ani",
];
const PLACES: [&str; 14] = [
    "ton", "ham", "bury", "ford", "port", "mouth", "ville", "stead", "wick", "combe", "dale", "by",
    "ley", " Bay",
];
const FIRMS: [&str; 12] =
    ["co", "tech", "ex", "on", "ia", "is", "ix", "um", "way", "gate", "mark", "dyne"];

/// Appends an invented word.
pub(super) fn make(roots: &[Word], what: Made, key: Key, out: &mut String) -> bool {
    let from = out.len();
    let (n, endings): (usize, &[&str]) = match what {
        Made::Noun => (1, &NOUNS),
        Made::Adjective => (1, &ADJECTIVES),
        Made::Verb => (0, &["ed", "ised", "ated", "ified"]),
        Made::Family => (0, &FAMILIES),
        Made::Place => (0, &PLACES),
        Made::Firm => (0, &FIRMS),
    };
    if key.at(0).chance(0.4) {
        out.push_str(&roots[key.at(1).below(roots.len())].text);
        syllables(&BEGIN, &MIDDLE, n * key.at(5).below(2), key.at(2), out);
    } else {
        syllables(&BEGIN, &MIDDLE, 1 + n.min(key.at(5).below(2)), key.at(2), out);
        out.push_str(["l", "n", "r", "s", "t", "d", "m", "v"][key.at(3).below(8)]);
    }
    out.push_str(endings[key.at(4).below(endings.len())]);
    if matches!(what, Made::Family | Made::Place | Made::Firm) {
        capital(from, out);
    }
    false
}

/// Makes the letter at `from` a capital.
pub(in super::super) fn capital(from: usize, out: &mut String) {
    if let Some(first) = out[from..].chars().next() {
        let upper: String = first.to_uppercase().collect();
        out.replace_range(from..from + first.len_utf8(), &upper);
    }
}

/// Appends a noun or adjective: `d` with the, `i` with a or an.
pub(super) fn noun(noun: &str, form: u8, out: &mut String) {
    out.push_str(match form {
        b'd' => "the ",
        b'i' if sounds_open(noun) => "an ",
        b'i' => "a ",
        _ => "",
    });
    out.push_str(noun);
}

/// Whether it takes `an`.
fn sounds_open(word: &str) -> bool {
    word.starts_with(['a', 'e', 'i', 'o', 'u'])
        && !["uni", "use", "eu", "one"].iter().any(|u| word.starts_with(u))
        || word.starts_with("hour")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_stands_before_open_sounds() {
        for (word, want) in
            [("office", "an office"), ("plan", "a plan"), ("university", "a university")]
        {
            let mut out = String::new();
            noun(word, b'i', &mut out);
            assert_eq!(out, want);
        }
    }
}

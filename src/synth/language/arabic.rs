//! Arabic words: root and pattern, article, gender.
//!
//! ```text
//! root رصف, pattern تفعيل -> ترصيف; definite الترصيف; with ل before it للترصيف
//! ```

use super::super::draw::Key;
use super::{Made, Word, syllables};

// 1, 2 and 3 stand for the letters of the root.
const NOUNS: [&str; 30] = [
    "ت12ي3",
    "12ا3",
    "12ا3ة",
    "م123",
    "م123ة",
    "م12ا3",
    "ان12ا3",
    "ا1ت2ا3",
    "است12ا3",
    "إ12ا3",
    "ت1ا23",
    "ت123",
    "م1ا23ة",
    "12و3",
    "12ي3ة",
    "1ا23ية",
    "م12و3ية",
    "123ة",
    "123ان",
    "12ا3ية",
    "ت12ي3ة",
    "1ي23ة",
    "م123ية",
    "1ا2و3",
    "123نة",
    "ت12ي3ات",
    "م1ا23ات",
    "ان12ا3ات",
    "123اوي",
    "123يات",
];
const ADJECTIVES: [&str; 14] = [
    "12ي3",
    "1ا23",
    "م12و3",
    "123ي",
    "12ا3ي",
    "م123ي",
    "مت1ا23",
    "مست123",
    "ت12ي3ي",
    "ان12ا3ي",
    "م1ت23",
    "123اني",
    "است12ا3ي",
    "ت1ا23ي",
];
const VERBS: [&str; 9] =
    ["123", "أ123", "1ا23", "ت1ا23", "ان123", "ا1ت23", "است123", "ت123", "ت1ي23"];
const FAMILIES: [&str; 14] = [
    "ال12ي3ي",
    "ال12ا3ي",
    "ال123اوي",
    "ال123اني",
    "ال1ا23",
    "ال12ا3",
    "الم12و3",
    "ال12ي3",
    "بن 12ي3",
    "أبو 12ا3ة",
    "آل 123ان",
    "ال1وي23",
    "ال123ي",
    "الم123ي",
];
const PLACES: [&str; 12] = [
    "وادي ال123",
    "تل 123ان",
    "12ي3ة",
    "الم123ية",
    "123ون",
    "عين ال123ة",
    "رأس 12ا3",
    "ال123ية",
    "بير 123ة",
    "ال1وي23ة",
    "123ايا",
    "كفر 12و3",
];
const FIRMS: [&str; 12] = [
    "ال12ي3",
    "123كو",
    "ال1ا23",
    "12ا3",
    "الم12ا3",
    "123تك",
    "ال12ا3ة",
    "1ي23",
    "أ12ا3",
    "ال123ى",
    "م123ة",
    "ت12ي3",
];
/// Frequent letters of roots come first.
const LETTERS: [char; 26] = [
    'ر', 'ن', 'م', 'ل', 'ب', 'ع', 'د', 'س', 'ق', 'ف', 'ح', 'ج', 'ك', 'ش', 'ت', 'خ', 'ه', 'ص', 'ط',
    'غ', 'ز', 'ث', 'ذ', 'ض', 'و', 'ظ',
];
/// Names from other languages, as Arabic spells them.
const BEGIN: [&str; 26] = [
    "ب", "بر", "ت", "تر", "ج", "د", "در", "ر", "ز", "س", "ست", "ش", "غ", "غر", "ف", "فر", "ك",
    "كر", "ل", "م", "ن", "ه", "و", "ي", "كل", "إ",
];
const MIDDLE: [&str; 20] = [
    "ا", "و", "ي", "ار", "ان", "ون", "ين", "ال", "ور", "ير", "يل", "ول", "اس", "يس", "وس", "اي",
    "ان", "ام", "وم", "يت",
];
const ENDS: [&str; 18] = [
    "ون",
    "سون",
    "نسكي",
    "وف",
    "ر",
    "تش",
    "يا",
    "و",
    "مان",
    "ستاين",
    "يز",
    "ني",
    "تون",
    "اد",
    "غ",
    "ك",
    "برغ",
    "ديس",
];
/// How often a name is from another language.
const FOREIGN: f64 = 0.4;
/// Roots that are made.
const ROOTS: usize = 8_000;
/// The share of made words that have a root of the list.
const LISTED: f64 = 0.45;

/// Appends an invented word.
pub(super) fn make(roots: &[Word], what: Made, key: Key, out: &mut String) -> bool {
    if matches!(what, Made::Family | Made::Place | Made::Firm) && key.at(3).chance(FOREIGN) {
        syllables(&BEGIN, &MIDDLE, 1 + key.at(4).below(2), key.at(5), out);
        out.push_str(ENDS[key.at(6).below(ENDS.len())]);
        return false;
    }
    let root = key.at(0);
    let letters = if root.chance(LISTED) && what != Made::Firm {
        let listed = &roots[key.at(1).below(roots.len())].text;
        let mut letters = listed.chars();
        let mut next = || letters.next().unwrap_or('ن');
        [next(), next(), next()]
    } else {
        root_of(Key::new(7).at(key.at(1).below(ROOTS) as u64))
    };
    let patterns: &[&str] = match what {
        Made::Noun => &NOUNS,
        Made::Adjective => &ADJECTIVES,
        Made::Verb => &VERBS,
        Made::Family => &FAMILIES,
        Made::Place => &PLACES,
        Made::Firm => &FIRMS,
    };
    let pattern = patterns[key.at(2).below(patterns.len())];
    out.extend(pattern.chars().map(|c| match c {
        '1' => letters[0],
        '2' => letters[1],
        '3' => letters[2],
        other => other,
    }));
    looks_feminine(pattern)
}

fn root_of(key: Key) -> [char; 3] {
    // The lesser of two draws: frequent letters are more frequent.
    let letter = |i: u64| {
        let (a, b) = (key.at(2 * i).below(LETTERS.len()), key.at(2 * i + 1).below(LETTERS.len()));
        a.min(b)
    };
    let first = letter(0);
    let second = (1..).map(letter).find(|&l| l != first).unwrap_or(0);
    let third = (20..).map(letter).find(|&l| l != second).unwrap_or(0);
    [LETTERS[first], LETTERS[second], LETTERS[third]]
}

/// Whether a word is feminine by its ending: ة, or the plural ات.
pub(super) fn looks_feminine(word: &str) -> bool {
    word.ends_with('ة') || word.ends_with("ات") || word.ends_with("يا")
}

/// Whether the word begun in `out` is the preposition ل alone (or after و).
fn after_li(out: &str) -> bool {
    let word = out.rsplit([' ', '\n', '«', '(']).next().unwrap_or("");
    matches!(word, "ل" | "ول" | "فل")
}

/// Appends a noun: `d` is definite.
pub(super) fn noun(noun: &str, form: u8, out: &mut String) {
    if form != b'd' || noun.starts_with("ال") {
        join(noun, out);
    } else if !after_li(out) {
        out.push_str("ال");
        out.push_str(noun);
    } else {
        // ل and the article are one word, and never three ل.
        if !noun.starts_with('ل') {
            out.push('ل');
        }
        out.push_str(noun);
    }
}

/// Appends a name; after ل its article loses the alef.
pub(super) fn join(name: &str, out: &mut String) {
    match name.strip_prefix('ا') {
        Some(rest) if name.starts_with("ال") && after_li(out) => out.push_str(rest),
        _ => out.push_str(name),
    }
}

/// Appends an adjective: `d` is definite.
pub(super) fn adjective(word: &str, feminine: bool, form: u8, out: &mut String) {
    if form == b'd' {
        out.push_str("ال");
    }
    out.push_str(word);
    if feminine {
        out.push('ة');
    }
}

/// Appends a verb of the past.
pub(super) fn verb(word: &str, feminine: bool, out: &mut String) {
    let stem = if feminine { word.trim_end_matches(['ى', 'ا']) } else { word };
    out.push_str(stem);
    if feminine {
        out.push('ت');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_are_joined_as_they_are_spelt() {
        for (before, word, form, want) in [
            ("", "بيت", b'd', "البيت"),
            ("ب", "بيت", b'd', "بالبيت"),
            ("ل", "بيت", b'd', "للبيت"),
            ("قال ول", "بيت", b'd', "قال وللبيت"),
            ("ل", "لجنة", b'd', "للجنة"),
            ("ل", "الرياض", 0, "للرياض"),
            ("ل", "مسقط", 0, "لمسقط"),
            ("من قبل ", "بيت", b'd', "من قبل البيت"),
        ] {
            let mut out = before.to_owned();
            noun(word, form, &mut out);
            assert_eq!(out, want);
        }
    }

    #[test]
    fn verbs_and_adjectives_follow_the_noun() {
        let mut out = String::new();
        verb("ألغى", true, &mut out);
        adjective("مهم", true, b'd', &mut out);
        assert_eq!(out, "ألغتالمهمة");
    }

    #[test]
    fn a_root_fills_a_pattern_but_not_its_article() {
        let roots = [Word { text: "قتب".into(), feminine: false }];
        let families: Vec<String> = (0..2_000)
            .map(|i| {
                let mut out = String::new();
                make(&roots, Made::Family, Key::new(i), &mut out);
                out
            })
            .collect();
        assert!(families.iter().any(|f| f == "القتيبي"));
        assert!(families.iter().any(|f| f == "آل قتبان"));
    }
}

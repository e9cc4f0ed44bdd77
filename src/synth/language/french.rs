//! French words: articles that join, adjectives that agree, words made of a stem and endings.
//!
//! ```text
//! le rapport, l'accord, la réforme; de + le rapport: du rapport; national, nationale
//! ```

use super::super::draw::Key;
use super::english::capital;
use super::{Made, Word, syllables};

const BEGIN: [&str; 28] = [
    "b", "br", "c", "ch", "cl", "cr", "d", "dr", "f", "fl", "g", "gr", "j", "l", "m", "n", "p",
    "pl", "pr", "r", "s", "t", "tr", "v", "vr", "z", "qu", "gu",
];
const MIDDLE: [&str; 26] = [
    "a", "e", "i", "o", "u", "ai", "au", "eau", "eu", "oi", "ou", "an", "en", "in", "on", "ar",
    "er", "ir", "or", "al", "el", "il", "ol", "is", "as", "os",
];
const MASCULINE: [&str; 9] =
    ["tement", "nage", "teur", "risme", "teau", "rail", "lier", "ton", "tin"];
const FEMININE: [&str; 9] =
    ["nation", "sion", "nité", "sure", "rance", "lière", "sette", "logie", "tude"];
const ADJECTIVES: [&str; 9] =
    ["nal", "tif", "reux", "nique", "riste", "laire", "tien", "sible", "né"];
const FAMILIES: [&str; 12] =
    ["ot", "ier", "ard", "eau", "in", "on", "et", "el", "ac", "ois", "mont", "val"];
const PLACES: [&str; 10] =
    ["ville", "court", "gny", "sur-Mer", "mont", "bourg", "ac", "nay", "fort", "lieu"];
const FIRMS: [&str; 8] = ["ia", "is", "eo", "ys", "tec", "val", "mat", "or"];

/// Appends an invented word; returns whether it is feminine.
pub(super) fn make(roots: &[Word], what: Made, key: Key, out: &mut String) -> bool {
    let from = out.len();
    if key.at(0).chance(0.4) {
        out.push_str(&roots[key.at(1).below(roots.len())].text);
        syllables(&BEGIN, &MIDDLE, key.at(6).below(2), key.at(2), out);
    } else {
        syllables(&BEGIN, &MIDDLE, 1 + key.at(6).below(2), key.at(2), out);
    }
    let feminine = what == Made::Noun && key.at(3).chance(0.5);
    let endings: &[&str] = match what {
        Made::Noun if feminine => &FEMININE,
        Made::Noun => &MASCULINE,
        Made::Adjective => &ADJECTIVES,
        Made::Verb => &["né", "té", "lisé", "riné"],
        Made::Family => &FAMILIES,
        Made::Place => &PLACES,
        Made::Firm => &FIRMS,
    };
    let ending = endings[key.at(4).below(endings.len())];
    if ending.starts_with("sur-") {
        out.push('-');
    } else if out.ends_with(['a', 'e', 'i', 'o', 'u']) && ending.starts_with(['a', 'e', 'i', 'o']) {
        out.push(['l', 'n', 'r', 't', 's', 'd'][key.at(5).below(6)]);
    }
    out.push_str(ending);
    if matches!(what, Made::Family | Made::Place | Made::Firm) {
        capital(from, out);
    }
    feminine
}

/// Whether an article joins it by an apostrophe.
fn open(word: &str) -> bool {
    const OPEN: [char; 22] = [
        'a', 'e', 'i', 'o', 'u', 'é', 'è', 'ê', 'â', 'î', 'ô', 'h', 'A', 'E', 'I', 'O', 'U', 'É',
        'È', 'Î', 'Ô', 'Â',
    ];
    word.starts_with(OPEN)
}

/// Appends a noun: `d` with le, `i` with un, `g` with du, `a` with au.
pub(super) fn noun(noun: &str, feminine: bool, form: u8, out: &mut String) {
    let article = match (form, open(noun), feminine) {
        (b'd', true, _) => "l'",
        (b'd', _, true) => "la ",
        (b'd', ..) => "le ",
        (b'i', _, true) => "une ",
        (b'i', ..) => "un ",
        (b'g', true, _) => "de l'",
        (b'g', _, true) => "de la ",
        (b'g', ..) => "du ",
        (b'a', true, _) => "à l'",
        (b'a', _, true) => "à la ",
        (b'a', ..) => "au ",
        _ => "",
    };
    if article.is_empty() {
        join(noun, out);
        return;
    }
    out.push_str(article);
    out.push_str(noun);
}

/// Appends a word; `de` and `que` before an open sound lose their vowel.
pub(super) fn join(name: &str, out: &mut String) {
    let ends = |word: &str| {
        out.ends_with(word)
            && (out.len() == word.len()
                || !out[..out.len() - word.len()].ends_with(char::is_alphabetic))
    };
    if open(name) && (ends("de ") || ends("que ")) {
        out.truncate(out.len() - 2);
        out.push('\'');
    }
    out.push_str(name);
}

/// Appends an adjective that goes with a noun.
pub(super) fn adjective(word: &str, feminine: bool, out: &mut String) {
    let ends = |ending: &str| word.strip_suffix(ending);
    if !feminine || word.ends_with('e') {
        out.push_str(word);
    } else if let Some(stem) = ends("eux") {
        out.push_str(stem);
        out.push_str("euse");
    } else if let Some(stem) = ends("if") {
        out.push_str(stem);
        out.push_str("ive");
    } else if word.ends_with("el") || word.ends_with("ien") {
        out.push_str(word);
        out.push_str(if word.ends_with("el") { "le" } else { "ne" });
    } else if let Some(stem) = ends("ier") {
        out.push_str(stem);
        out.push_str("ière");
    } else {
        out.push_str(word);
        out.push('e');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_join_and_adjectives_agree() {
        let said = |word: &str, feminine: bool, form: u8, with: &str| {
            let mut out = String::new();
            noun(word, feminine, form, &mut out);
            out.push(' ');
            adjective(with, feminine, &mut out);
            out
        };
        assert_eq!(said("accord", false, b'd', "national"), "l'accord national");
        assert_eq!(said("réforme", true, b'g', "actif"), "de la réforme active");
        assert_eq!(said("rapport", false, b'g', "heureux"), "du rapport heureux");
        assert_eq!(said("mesure", true, b'i', "financier"), "une mesure financière");
        let mut out = "le maire de ".to_owned();
        join("Alger", &mut out);
        assert_eq!(out, "le maire d'Alger");
        let mut out = "entre quelque ".to_owned();
        join("Oran", &mut out);
        assert_eq!(out, "entre quelque Oran");
    }
}

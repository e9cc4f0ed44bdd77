//! Normalisation: the golden table, an independent reference, every character, random text.
//!
//! Three implementations are held against each other on every input (`normalize`,
//! `normalize_with_offsets`, `fold_into`), and those against a plain one written here: whole
//! text at a time, in terms of the Unicode crate's iterators and `str::to_lowercase`. Going
//! through every character takes some seconds. An Arabic case: `ى` + hamza must be `ئ`.

use khabar::text::{NormalizeOptions, Normalizer, Profile, SPACE};
use proptest::prelude::*;
use unicode_normalization::{
    UnicodeNormalization, char::canonical_combining_class, char::is_combining_mark,
};
use unicode_script::{Script, UnicodeScript};

/// Python's `str.isspace`.
const PYTHON_SPACE: &[char] = &[
    '\t', '\n', '\u{b}', '\u{c}', '\r', '\u{1c}', '\u{1d}', '\u{1e}', '\u{1f}', ' ', '\u{85}',
    '\u{a0}', '\u{1680}', '\u{2000}', '\u{2001}', '\u{2002}', '\u{2003}', '\u{2004}', '\u{2005}',
    '\u{2006}', '\u{2007}', '\u{2008}', '\u{2009}', '\u{200a}', '\u{2028}', '\u{2029}', '\u{202f}',
    '\u{205f}', '\u{3000}',
];

fn options(switches: &[&str]) -> NormalizeOptions {
    let mut o = Profile::None.options();
    for &switch in switches {
        *match switch {
            "nfkc" => &mut o.nfkc,
            "harakat" => &mut o.harakat,
            "tatweel" => &mut o.tatweel,
            "alef" => &mut o.alef,
            "alef_maqsura" => &mut o.alef_maqsura,
            "teh_marbuta" => &mut o.teh_marbuta,
            "persian" => &mut o.persian,
            "digits" => &mut o.digits,
            "lowercase" => &mut o.lowercase,
            "controls" => &mut o.controls,
            "accents" => &mut o.accents,
            other => panic!("no switch {other}"),
        } = true;
    }
    o
}

/// The result all three ways agree on; fails where they do not.
fn agreed(normalizer: &Normalizer, text: &str) -> String {
    let normal = normalizer.normalize(text).into_owned();
    let mut folded = vec![7];
    normalizer.fold_into(text, &mut folded);
    let expected = std::iter::once(7).chain(
        normal.chars().map(|c| c as u32 | if PYTHON_SPACE.contains(&c) { SPACE } else { 0 }),
    );
    if !folded.iter().copied().eq(expected) {
        panic!("{:?}: {text:?} is {normal:?}, folded {folded:x?}", normalizer.options());
    }
    let (mapped, map) = normalizer.normalize_with_offsets(text);
    assert_eq!(mapped, normal, "with offsets: {text:?}");
    let mut last = 0;
    for (i, c) in mapped.char_indices() {
        let place = map.to_original(i..i + c.len_utf8());
        assert!(text.get(place.clone()).is_some_and(|s| !s.is_empty()), "{text:?} {place:?}");
        assert!(place.start >= last, "{text:?}: {place:?} goes back behind {last}");
        last = place.start;
    }
    normal
}

/// The rules again, as plainly as they can be written down, for options with `nfkc`.
fn reference(text: &str, o: NormalizeOptions) -> String {
    assert!(o.nfkc);
    let hamza = |c: char| ('\u{653}'..='\u{655}').contains(&c);
    let dropped = |c: char| {
        let marks = "\u{6D6}\u{6D7}\u{6D8}\u{6D9}\u{6DA}\u{6DB}\u{6DC}\u{6DF}\u{6E0}\u{6E1}\u{6E2}\
                     \u{6E3}\u{6E4}\u{6E7}\u{6E8}\u{6EA}\u{6EB}\u{6EC}\u{6ED}\u{670}";
        let unseen = "\u{AD}\u{61C}\u{200B}\u{200C}\u{200D}\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\
                      \u{202D}\u{202E}\u{2060}\u{2066}\u{2067}\u{2068}\u{2069}\u{206A}\u{206B}\
                      \u{206C}\u{206D}\u{206E}\u{206F}\u{FEFF}";
        (o.harakat && !hamza(c) && (marks.contains(c) || ('\u{64B}'..='\u{65F}').contains(&c)))
            || (o.tatweel && c == '\u{640}')
            || (o.controls && unseen.contains(c))
    };
    let pairs: [(bool, &str, &str); 6] = [
        (o.alef, "ٱٲٳ", "ااا"),
        (o.persian, "کڪیےھہەۃ", "ككييهههة"),
        (o.alef_maqsura, "ى", "ي"),
        (o.teh_marbuta, "ة", "ه"),
        (o.digits, "٠١٢٣٤٥٦٧٨٩", "0123456789"),
        (o.digits, "۰۱۲۳۴۵۶۷۸۹", "0123456789"),
    ];
    let fold = |mut c: char| {
        for (on, from, to) in pairs {
            if let Some((_, image)) = from.chars().zip(to.chars()).find(|&(f, _)| on && f == c) {
                c = image;
            }
        }
        c
    };
    let mut s: String = text.nfkd().filter(|&c| !dropped(c)).map(fold).collect();
    if o.lowercase {
        s = s.to_lowercase();
    }
    if o.accents {
        s = s.nfd().collect(); // order the marks that dropping brought together
        for (from, to) in "đĐħĦłŁøØŧŦı".chars().zip("dDhHlLoOtTi".chars()) {
            s = s.replace(from, &to.to_string());
        }
        let mut latin = false;
        s.retain(|c| {
            if canonical_combining_class(c) == 0 {
                latin = c.script() == Script::Latin;
            }
            let accent = matches!(c as u32, 0x300..=0x36F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF
                | 0x20D0..=0x20F0 | 0xFE20..=0xFE2F);
            !(latin && accent && canonical_combining_class(c) != 0)
        });
    }
    if o.alef {
        let mut alef = false;
        s.retain(|c| {
            if canonical_combining_class(c) == 0 {
                alef = c == 'ا';
            }
            !(alef && hamza(c))
        });
    }
    s = s.nfc().collect();
    // A hamza that made no letter goes; then the next may make one.
    while o.harakat
        && let Some(place) = s.find(hamza)
    {
        s.remove(place);
        s = s.nfc().collect();
    }
    s
}

#[test]
fn every_row_of_the_golden_table_holds_in_all_three_ways() {
    let table: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("golden/normalize.json")).unwrap();
    assert!(table.len() > 90);
    let mut wrong = Vec::new();
    for row in &table {
        let o = match row["profile"].as_str() {
            Some("none") => Profile::None.options(),
            Some("standard") => Profile::Standard.options(),
            Some("aggressive") => Profile::Aggressive.options(),
            Some(other) => panic!("no profile {other}"),
            None => {
                let names = row["switches"].as_array().unwrap().iter();
                options(&names.map(|s| s.as_str().unwrap()).collect::<Vec<_>>())
            }
        };
        let (input, expected) = (row["input"].as_str().unwrap(), row["expected"].as_str().unwrap());
        let normalizer = Normalizer::new(o);
        let got = agreed(&normalizer, input);
        if got != expected {
            wrong.push(format!("{}: {input:?} is {got:?}, not {expected:?}", row["note"]));
        }
        assert_eq!(agreed(&normalizer, &got), got, "twice is once: {}", row["note"]);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_golden_table_names_every_switch_alone_and_every_profile() {
    let table = include_str!("golden/normalize.json");
    for name in [
        "nfkc",
        "harakat",
        "tatweel",
        "alef",
        "alef_maqsura",
        "teh_marbuta",
        "persian",
        "digits",
        "lowercase",
        "controls",
        "accents",
    ] {
        assert!(table.contains(&format!("\"switches\": [\"{name}\"]")), "{name}");
    }
    for name in ["none", "standard", "aggressive"] {
        assert!(table.contains(&format!("\"profile\": \"{name}\"")), "{name}");
    }
}

/// Alone, and among neighbours that would show any dependence on context.
fn in_contexts(c: char) -> [String; 2] {
    [
        c.to_string(),
        format!(
            "ا{c}\u{64E}e{c}\u{301}{c}\u{654}و{c}\u{654}\u{1100}{c}\u{1161}{c}\u{323}\u{94D} \
             AΣ{c}Σ{c}a e\u{316}{c}\u{301}",
        ),
    ]
}

fn check_every_character(o: NormalizeOptions, chars: impl Iterator<Item = char>) {
    let normalizer = Normalizer::new(o);
    for c in chars {
        for text in in_contexts(c) {
            let once = agreed(&normalizer, &text);
            if o.nfkc {
                assert_eq!(once, reference(&text, o), "U+{:04X} in {text:?}", c as u32);
            }
            let twice = agreed(&normalizer, &once);
            assert_eq!(once, twice, "twice is once: U+{:04X} in {text:?}", c as u32);
        }
    }
}

/// Assigned characters live in planes 0-3 and 14; of the empty and private planes a sample.
fn is_worth_a_visit(c: char) -> bool {
    let (plane, rest) = (c as u32 >> 16, c as u32 & 0xFFFF);
    (plane < 2 || plane == 14 || (plane == 2 && rest > 0xF000) || (c as u32).is_multiple_of(251))
        && (!('\u{4E20}'..'\u{9F00}').contains(&c) || rest.is_multiple_of(61))
}

#[test]
fn every_character_alone_and_among_neighbours_is_as_the_reference_says_under_standard() {
    check_every_character(
        Profile::Standard.options(),
        ('\0'..=char::MAX).filter(|&c| is_worth_a_visit(c)),
    );
}

#[test]
fn every_scalar_value_alone_and_in_context_folds_as_it_normalizes_under_every_profile() {
    for profile in [Profile::None, Profile::Standard, Profile::Aggressive] {
        let normalizer = Normalizer::from(profile);
        let (mut text, mut folded) = (String::new(), Vec::new());
        for c in '\0'..=char::MAX {
            for neighbours in [["", ""], ["ا\u{64E}e", "\u{301}\u{654}و"]] {
                text.clear();
                text.extend([neighbours[0], c.encode_utf8(&mut [0; 4]), neighbours[1]]);
                folded.clear();
                normalizer.fold_into(&text, &mut folded);
                let normal = normalizer.normalize(&text);
                assert!(
                    folded.iter().map(|f| f & !SPACE).eq(normal.chars().map(u32::from)),
                    "{profile:?} {text:?}: {normal:?}, {folded:x?}"
                );
            }
        }
    }
}

/// Long text goes many bytes at a time: where something else stands among them must not matter.
#[test]
fn what_stands_anywhere_in_long_text_folds_as_it_normalizes() {
    let strange = "AéاأهZ\t\u{A0}\u{64E}\u{651}\u{654}\u{301}ﻻ“語Σİ\u{AD}\u{200F}\u{85}😀";
    let runs = ["كان الخبر Ab ", "plain OLD text, ", "день é ", "حتى"];
    for profile in [Profile::None, Profile::Standard, Profile::Aggressive] {
        let normalizer = Normalizer::from(profile);
        for c in strange.chars() {
            for run in runs {
                for before in 0..130 {
                    let mut text: String = run.chars().cycle().take(before).collect();
                    text.push(c);
                    // As much again as a step takes, and less.
                    text.extend(run.chars().cycle().take(140 - before / 3 * 2));
                    text.push(c);
                    agreed(&normalizer, &text);
                }
            }
        }
    }
}

#[test]
fn every_character_of_the_living_blocks_is_right_under_other_switches() {
    let chars = || ('\0'..'\u{3400}').chain('\u{A000}'..'\u{AC10}').chain('\u{F900}'..'\u{11200}');
    check_every_character(Profile::Aggressive.options(), chars());
    for switches in [
        &["lowercase"][..],
        &["nfkc"],
        &["accents"],
        &["nfkc", "accents"],
        &["nfkc", "harakat"],
        &["nfkc", "alef"],
        &["nfkc", "persian", "alef_maqsura", "tatweel"],
        &["harakat", "tatweel", "alef", "persian", "digits", "lowercase", "controls", "accents"],
    ] {
        check_every_character(options(switches), chars().step_by(3));
    }
}

#[test]
fn lower_case_alone_is_the_standard_librarys() {
    let normalizer = Normalizer::new(options(&["lowercase"]));
    for c in '\0'..=char::MAX {
        let text = format!("{c}Σ{c}");
        assert_eq!(normalizer.normalize(&text), text.to_lowercase(), "{text:?}");
    }
    assert_eq!(agreed(&normalizer, "ΑΣ.ΑΣ. Σ"), "ας.ας. σ".replace("ας.α", "ασ.α"));
}

#[test]
fn unchanged_text_is_borrowed() {
    use std::borrow::Cow::{Borrowed, Owned};
    let normalizer = Normalizer::from(Profile::Standard);
    for text in ["", "plain ascii, 1", "نص بلا تغيير", "é ệ 한글 दिल्ली", "ς \u{1F600}"]
    {
        assert!(matches!(normalizer.normalize(text), Borrowed(_)), "{text}");
    }
    assert!(matches!(normalizer.normalize("Plain"), Owned(_)));
    let anything = "ﷲ É \u{200B}\u{64E}";
    assert!(matches!(Normalizer::from(Profile::None).normalize(anything), Borrowed(_)));
}

fn any_options() -> impl Strategy<Value = NormalizeOptions> {
    proptest::bits::u16::between(0, 11).prop_map(|bits| {
        let names = [
            "nfkc",
            "harakat",
            "tatweel",
            "alef",
            "alef_maqsura",
            "teh_marbuta",
            "persian",
            "digits",
            "lowercase",
            "controls",
            "accents",
        ];
        let on = |&(i, _): &(usize, &&'static str)| bits >> i & 1 == 1;
        options(&names.iter().enumerate().filter(on).map(|(_, name)| *name).collect::<Vec<_>>())
    })
}

/// Characters that meet rules, more often than chance would have it.
fn rich_char() -> impl Strategy<Value = char> {
    let marks: Vec<char> = ('\0'..'\u{20000}').filter(|&c| is_combining_mark(c)).collect();
    prop_oneof![
        4 => proptest::char::range('\u{600}', '\u{6FF}'),
        2 => proptest::char::range('\u{64B}', '\u{65F}'),
        2 => proptest::sample::select("اأوىيیےہەھکۓؤئ\u{653}\u{654}\u{655}ـ".chars().collect::<Vec<_>>()),
        1 => proptest::char::range('\u{FB50}', '\u{FEFF}'),
        2 => proptest::char::range(' ', '~'),
        2 => proptest::char::range('\u{C0}', '\u{24F}'),
        1 => proptest::char::range('\u{1E00}', '\u{1FFF}'),
        2 => proptest::char::range('\u{300}', '\u{345}'),
        2 => proptest::sample::select("ΑαΣσς'.ʰ\u{AD}İıJ\u{30C}eo\u{323}\u{301}Å".chars().collect::<Vec<_>>()),
        1 => proptest::sample::select(marks),
        1 => proptest::char::range('\u{1100}', '\u{11FF}'),
        1 => proptest::char::range('\u{AC00}', '\u{AC40}'),
        1 => proptest::char::range('\u{900}', '\u{DFF}'),
        1 => proptest::char::range('\u{2000}', '\u{2070}'),
        1 => proptest::char::range('\u{1D400}', '\u{1D7FF}'),
        1 => any::<char>(),
    ]
}

fn rich_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(rich_char(), 0..40).prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text_under_random_switches_normalizes_alike_in_all_ways_and_once_is_enough(
        text in rich_text(), o in any_options(),
    ) {
        let normalizer = Normalizer::new(o);
        let once = agreed(&normalizer, &text);
        if o.nfkc {
            prop_assert_eq!(&once, &reference(&text, o));
        }
        prop_assert_eq!(agreed(&normalizer, &once), once);
    }

    #[test]
    fn random_text_under_the_profiles_is_as_the_reference_says(
        texts in proptest::collection::vec(rich_text(), 20),
    ) {
        for profile in [Profile::Standard, Profile::Aggressive] {
            let normalizer = Normalizer::from(profile);
            for text in &texts {
                prop_assert_eq!(agreed(&normalizer, text), reference(text, profile.options()));
            }
        }
    }

    #[test]
    fn composed_and_decomposed_spellings_of_a_text_become_the_same(text in rich_text()) {
        let normalizer = Normalizer::from(Profile::Standard);
        let other: String = text.nfd().collect();
        prop_assert_eq!(normalizer.normalize(&text), normalizer.normalize(&other));
    }

    #[test]
    fn text_longer_than_a_block_folds_as_it_normalizes(
        text in proptest::collection::vec(rich_text(), 10..40), ascii in "[ -~]{0,300}",
    ) {
        let text = text.join(&ascii);
        agreed(&Normalizer::from(Profile::Standard), &text);
    }

    #[test]
    fn mostly_plain_text_folds_as_it_normalizes(
        text in proptest::collection::vec(
            prop_oneof![
                30 => proptest::char::range('\u{620}', '\u{64A}'),
                12 => proptest::char::range(' ', '~'),
                8 => proptest::char::range('\u{C0}', '\u{4FF}'),
                1 => proptest::char::range('\u{64B}', '\u{655}'),
                1 => rich_char(),
            ],
            0..700,
        ),
        o in any_options(),
    ) {
        agreed(&Normalizer::new(o), &String::from_iter(text));
    }
}

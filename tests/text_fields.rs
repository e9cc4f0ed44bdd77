//! HTML, scripts, words, offsets, hostile text: tables of cases, hostile input, random text.
//!
//! Each row says what a reader of news fields would expect, for example that
//! `<p>خبر</p>` is `خبر` and that `a < b` is no tag.

use khabar::text::{
    HtmlMode, Normalizer, Profile, SPACE, Script, dominant_script, strip, strip_with_offsets, words,
};
use proptest::prelude::*;

const STRIPPED: &[(&str, &str)] = &[
    // What is no HTML stays.
    ("a < b and c > d", "a < b and c > d"),
    ("a <b and c> d", "a <b and c> d"),
    ("x<y, y>z; AT&T & Co; R&D;", "x<y, y>z; AT&T & Co; R&D;"),
    ("<unknown> stays, <مهم> too", "<unknown> stays, <مهم> too"),
    ("i <3 u", "i <3 u"),
    ("<p never closed", "<p never closed"),
    ("<!-- never closed", "<!-- never closed"),
    ("&notanentity; &; &#; &#x; &#xZ; &amp", "&notanentity; &; &#; &#x; &#xZ; &amp"),
    // Tags.
    ("<p>خبر</p>", "خبر"),
    ("<P CLASS=\"x\">a</P><p>b</p>", "a\nb"),
    ("<p>a</p>\n<p>b</p>", "a\nb"),
    ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
    ("a<br><br>b", "a\n\nb"),
    ("<b>wo</b>rd", "word"),
    ("<table><tr><td>1</td><td>2</td></tr></table>", "1\n2"),
    ("<ul><li>أ</li><li>ب</li></ul>", "أ\nب"),
    ("<a href='x?a>b'>link</a>", "link"),
    ("<a href=\"a\" title=it's>x</a> isn't", "x isn't"),
    ("<img src=\"x.jpg\" alt=\"صورة\"/>تعليق", "تعليق"),
    ("text <p>and <custom-tag>unknown</custom-tag></p>", "text \nand unknown"),
    ("<p>1 < 2</p>", "1 < 2"),
    ("<p>x <y and then</p>", "x <y and then"),
    ("<!DOCTYPE html><html><head><title>T</title></head><body>B</body></html>", "T\nB"),
    ("<?xml version=\"1.0\"?><p>x</p>", "x"),
    // What is inside comments, scripts and styles.
    ("a<!-- <p>b</p> -->c", "ac"),
    ("<script>if (a < b) { x(\"</p>\") }</script>c", "c"),
    ("<style type='text/css'>p > a { }</style >c<SCRIPT></script>d", "cd"),
    ("<p>a</p><script>b", "a\nb"),
    // Entities.
    ("&lt;p&gt; &amp;amp; &quot;&apos;", "<p> &amp; \"'"),
    ("&laquo;خبر&raquo; &hellip; &eacute;&Eacute;", "«خبر» … éÉ"),
    ("&#1582;&#x628;&#X631;", "خبر"),
    ("&NotEqualTilde; &CounterClockwiseContourIntegral;", "\u{2242}\u{338} \u{2233}"),
    ("&#150;&#x92;&#129;", "–’\u{81}"),
    ("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ("<p>3 &lt; 5</p>&nbsp;", "3 < 5\n\u{a0}"),
];

#[test]
fn fields_lose_their_markup_and_nothing_else() {
    for &(input, expected) in STRIPPED {
        assert_eq!(strip(input, HtmlMode::Auto), expected, "{input}");
        assert_eq!(strip_with_offsets(input, HtmlMode::Auto).0, expected, "{input}");
        assert_eq!(strip(input, HtmlMode::Keep), input);
    }
}

#[test]
fn strip_takes_whatever_has_the_form_of_a_tag() {
    for (input, expected) in [
        ("a <b and c> d", "a  d"),
        ("<unknown>x</unknown>", "x"),
        ("<o:p>x</o:p>", "x"),
        ("a < b and c > d", "a < b and c > d"),
        ("x <y without end", "x <y without end"),
    ] {
        assert_eq!(strip(input, HtmlMode::Strip), expected);
    }
}

#[test]
fn fields_without_markup_are_borrowed() {
    for text in ["", "خبر عاجل", "a < b", "AT&T", "<>", "&&&"] {
        assert!(matches!(strip(text, HtmlMode::Auto), std::borrow::Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn every_named_entity_is_decoded() {
    let mut several = 0;
    for (name, value) in &html_escape::NAMED_ENTITIES {
        let entity = format!("&{};", std::str::from_utf8(name).unwrap());
        assert_eq!(strip(&entity, HtmlMode::Auto), *value);
        several += usize::from(value.chars().count() > 1);
    }
    assert!(html_escape::NAMED_ENTITIES.len() == 2125 && several > 50);
}

#[test]
fn hostile_fields_take_linear_time() {
    let n = 300_000;
    let chain = "<a b=\"<a c='\" d=\"<a c='\" d=\"".repeat(n / 8);
    for field in [
        "<".repeat(n),
        "<a".repeat(n),
        "<a ".repeat(n) + ">",
        "<!--".repeat(n),
        "<!-- -->".repeat(n),
        "<!--".repeat(n) + "<p>",
        "<script>".repeat(n),
        "<script>".repeat(n) + "</script",
        "<script>".to_owned() + &"</script ".repeat(n),
        "</script".repeat(n),
        "<a href=\"".repeat(n),
        "<a href=\"".repeat(n) + ">",
        "<a href=\">\" ".repeat(n),
        "<a href=\">\" '".repeat(n) + "<p>",
        "<p '\"".repeat(n) + "<p>",
        "<p>".to_owned() + &chain + " <p>",
        "<p>".to_owned() + &chain + "\"' <p>",
        "<!doctype".repeat(n),
        "<p".to_owned() + &" ".repeat(n) + "\"" + &" \"".repeat(n) + ">",
        "&".repeat(n),
        "&#".repeat(n),
        "&#1".to_owned() + &"1".repeat(n) + ";",
        "&amp".repeat(n),
    ] {
        for mode in [HtmlMode::Auto, HtmlMode::Strip] {
            let started = std::time::Instant::now();
            let length = strip(&field, mode).len();
            assert!(length <= field.len());
            let start: String = field.chars().take(12).collect();
            assert!(started.elapsed().as_secs() < 5, "{start} {mode:?}");
        }
    }
}

#[test]
fn offsets_lead_from_stripped_text_to_the_field() {
    let field = "<p>قال: &quot;نعم&quot;</p><p>ثم <b>مض</b>ى</p>";
    let (plain, map) = strip_with_offsets(field, HtmlMode::Auto);
    assert_eq!(plain, "قال: \"نعم\"\nثم مضى");
    let original = |part: &str| {
        let at = plain.find(part).unwrap();
        &field[map.to_original(at..at + part.len())]
    };
    assert_eq!(original("نعم"), "نعم");
    assert_eq!(original("\"نعم\""), "&quot;نعم&quot;");
    assert_eq!(original("مضى"), "مض</b>ى");
    assert_eq!(original("\n"), "<p>");
    assert_eq!(map.to_original(0..0), 3..3);
}

#[test]
fn the_script_with_most_letters_is_dominant() {
    for (text, name) in [
        ("أعلنت شركة Apple عن هاتف", Some("Arabic")),
        ("The word خبر means news", Some("Latin")),
        ("Η Ελλάδα", Some("Greek")),
        ("Москва news", Some("Cyrillic")),
        ("日本のニュース", Some("Han")),
        ("ひらがなカタカナ", Some("Han")),
        ("서울 뉴스", Some("Hangul")),
        ("दिल्ली में", Some("Devanagari")),
        ("ข่าว", Some("Thai")),
        ("\u{1E900}\u{1E901}", Some("Adlam")),
        ("𠀀𠀁 a", Some("Han")),
        ("12:30 — «»! ١٢", None),
        ("\u{301}\u{64E}", None),
        ("", None),
        // A tie goes to the first ISO code: Arab before Latn.
        ("ab اب", Some("Arabic")),
        ("اب ab", Some("Arabic")),
    ] {
        assert_eq!(dominant_script(text).map(Script::name), name, "{text}");
    }
    assert_eq!(dominant_script("خبر").unwrap().code(), "Arab");
    let late = "a".repeat(1024) + &"ب".repeat(9000);
    assert_eq!(dominant_script(&late).unwrap().name(), "Latin", "only the beginning counts");
}

#[test]
fn the_script_table_says_what_the_crate_says_of_every_character() {
    let mut utf8 = [0; 4];
    for c in '\0'..=char::MAX {
        assert_eq!(dominant_script(c.encode_utf8(&mut utf8)), Script::of(c), "{c:?}");
    }
}

#[test]
fn words_are_whole_and_as_they_were_written() {
    let cases: &[(&str, &[&str])] = &[
        ("«داعش»، (قال): \"نعم\"!", &["داعش", "قال", "نعم"]),
        ("إِنَّ الـــلهَ", &["إِنَّ", "الـــلهَ"]),
        ("می\u{200c}شود کتاب\u{200c}ها\u{200c} و", &["می\u{200c}شود", "کتاب\u{200c}ها", "و"]),
        ("don't l’eau 'quoted' rock'n'roll", &["don't", "l’eau", "quoted", "rock'n'roll"]),
        ("Al-Qaeda COVID-19 #غزة_الان", &["Al", "Qaeda", "COVID", "19", "غزة", "الان"]),
        (
            "1,250.5 3.5% ١٬٢٣٤٫٥ 12. 1,2,3 v2.0",
            &["1,250.5", "3.5", "١٬٢٣٤٫٥", "12", "1,2,3", "v2.0"],
        ),
        ("U.S. end.Next a,b", &["U", "S", "end", "Next", "a", "b"]),
        ("צה\"ל ארה״ב \"כן\"", &["צה\"ל", "ארה״ב", "כן"]),
        ("cafe\u{301} हिन्दी, दिल्ली।", &["cafe\u{301}", "हिन्दी", "दिल्ली"]),
        ("東京都で、会議", &["東京都で", "会議"]),
        ("\u{64E}\u{200c}'- _ … 😀", &[]),
        ("co\u{ad}operate\u{ad} a'\u{200c}", &["co\u{ad}operate", "a"]),
        ("a''b a'.b", &["a", "b", "a", "b"]),
        ("\u{200f}شارع\u{200f} 5\u{200f}", &["شارع", "5"]),
        ("ـ «ـقال»", &["قال"]),
        ("", &[]),
    ];
    for &(text, expected) in cases {
        let found: Vec<_> = words(text).collect();
        assert_eq!(found.iter().map(|w| w.text).collect::<Vec<_>>(), expected, "{text}");
        for w in found {
            assert_eq!(&text[w.offset..w.offset + w.text.len()], w.text);
        }
    }
}

#[test]
fn hostile_words_take_linear_time() {
    let n = 300_000;
    for text in [
        "'".repeat(n),
        "a'".repeat(n),
        "a".to_owned() + &"\u{200c}".repeat(n),
        "a\u{200c}'".repeat(n),
    ] {
        let started = std::time::Instant::now();
        let letters: usize = words(&text).map(|w| w.text.matches('a').count()).sum();
        assert_eq!(letters, text.matches('a').count());
        assert!(started.elapsed().as_secs() < 5);
    }
}

#[test]
fn hostile_text_takes_linear_time() {
    let n = 200_000;
    let normalizer = Normalizer::from(Profile::Aggressive);
    let mut out = Vec::new();
    for text in [
        "\u{301}".repeat(n),
        "a\u{301}\u{323}".repeat(n),
        format!("e{}", "\u{323}\u{301}".repeat(n)),
        "Σ'".repeat(n),
        format!("AΣ{}Σ", "'".repeat(n)),
        "\u{200D}".repeat(n) + "\u{301}",
        "\u{1161}\u{11A8}".repeat(n),
        "ﷺ".repeat(n),
        "و\u{64E}\u{654}".repeat(n),
    ] {
        let started = std::time::Instant::now();
        out.clear();
        normalizer.fold_into(&text, &mut out);
        assert!(
            out.iter().map(|f| f & !SPACE).eq(normalizer.normalize(&text).chars().map(u32::from))
        );
        assert!(
            started.elapsed().as_secs() < 10,
            "{:?}...",
            text.chars().take(5).collect::<String>()
        );
    }
}

#[test]
fn a_letter_owns_the_marks_behind_it_in_the_original() {
    let normalizer = Normalizer::from(Profile::Standard);
    for (text, found, original) in [
        ("قال الشَّيْخُ.", "شيخ", "شَّيْخُ"),
        ("«مِصْـــر»", "مصر", "مِصْـــر"),
        ("في ﷲ!", "الله", "ﷲ"),
        ("CAFE\u{301} x", "café", "CAFE\u{301}"),
        ("عام ٢٠١٧م", "2017", "٢٠١٧"),
    ] {
        let (folded, map) = normalizer.normalize_with_offsets(text);
        let at = folded.find(found).unwrap();
        assert_eq!(&text[map.to_original(at..at + found.len())], original);
        assert_eq!(map.to_original(folded.len()..folded.len() + 9), text.len()..text.len());
    }
}

fn markup() -> impl Strategy<Value = String> {
    let parts = [
        "<p>",
        "</p>",
        "<br/>",
        "<b>",
        "</b>",
        "<a href=\"x>y\">",
        "<a href='",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "&amp;",
        "&lt;",
        "&eacute;",
        "&NotEqualTilde;",
        "&",
        "<",
        ">",
        "\"",
        "خبرٌ",
        "ﷲ",
        "É",
        "e\u{301}",
        "\n",
        " ",
        "ـ",
        "\u{200c}",
        "😀",
    ];
    proptest::collection::vec(proptest::sample::select(parts.to_vec()), 0..25)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stripping_with_offsets_is_stripping_and_two_maps_are_one(field in markup()) {
        let normalizer = Normalizer::from(Profile::Standard);
        for mode in [HtmlMode::Auto, HtmlMode::Strip, HtmlMode::Keep] {
            let (plain, first) = strip_with_offsets(&field, mode);
            prop_assert_eq!(&plain, &strip(&field, mode));
            let (folded, second) = normalizer.normalize_with_offsets(&plain);
            let both = first.then(&second);
            let places: Vec<usize> =
                folded.char_indices().map(|(i, _)| i).chain([folded.len()]).collect();
            for (k, &i) in places.iter().enumerate() {
                for &j in &places[k..] {
                    let there = both.to_original(i..j);
                    prop_assert!(field.get(there.clone()).is_some());
                    if i < j {
                        prop_assert_eq!(there, first.to_original(second.to_original(i..j)));
                    }
                }
            }
        }
    }

    #[test]
    fn what_auto_leaves_of_text_without_markup_is_the_text(text in "[^<&]*") {
        prop_assert_eq!(strip(&text, HtmlMode::Auto), text.as_str());
    }

    #[test]
    fn stopping_early_does_not_change_the_dominant_script(
        runs in proptest::collection::vec(
            (proptest::sample::select(vec!['a', 'ب', 'я', '日', ' ', 'é', '\u{1E900}']), 0..900_usize),
            0..12,
        ),
    ) {
        let text: String = runs.iter().flat_map(|&(c, n)| std::iter::repeat_n(c, n)).collect();
        let mut counts = std::collections::BTreeMap::new();
        for script in text.chars().take(1024).filter_map(Script::of) {
            *counts.entry(script.code()).or_insert(0) += 1;
        }
        let most = counts.values().max();
        let expected = counts.iter().find(|(_, n)| Some(*n) == most).map(|(code, _)| *code);
        prop_assert_eq!(dominant_script(&text).map(Script::code), expected);
    }

    #[test]
    fn words_cover_every_letter_and_digit_in_order(text in "\\PC*") {
        let begins = |c: char| {
            c.is_alphanumeric() && c != 'ـ' && !unicode_normalization::char::is_combining_mark(c)
        };
        let mut end = 0;
        for w in words(&text) {
            prop_assert!(!text[end..w.offset].contains(begins));
            prop_assert!(w.text.starts_with(begins));
            end = w.offset + w.text.len();
        }
        prop_assert!(!text[end..].contains(begins));
    }
}

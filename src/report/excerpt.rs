//! A short piece of an article, harmless, on one line.
//!
//! The beginning, as news begins with what matters; where the words that tie an article to its
//! nearest come later, the piece begins shortly before the first of them. Only the first few
//! thousand bytes of a text are looked at. The more articles, the shorter their excerpts.

use crate::output::safe;

use super::marks::Marker;

/// Characters of an excerpt where there are few.
pub(super) const LONGEST: usize = 320;
/// Bytes of a text that are looked at.
const LOOKED_AT: usize = 4000;
/// Characters shown before the first tying word.
const BEFORE: usize = 40;
/// Characters of a headline; longer ones are texts.
const HEADLINE: usize = 200;

/// Characters of an excerpt where `n` articles have one: so that a page of 30,000 articles is no
/// larger than a few photographs.
pub(super) fn length_for(n: usize) -> usize {
    (4_000_000 / n.max(1)).clamp(180, LONGEST)
}

/// Harmless text with single spaces.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in safe(text).split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The first `length` characters, cut between words where there are any.
pub(super) fn cut(text: &str, length: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(length) else { return text.to_owned() };
    // A word that is longer than half of what is shown is cut.
    let whole = text[..end].rfind(' ').filter(|&at| at > end / 2).unwrap_or(end);
    format!("{}\u{a0}…", text[..whole].trim_end())
}

/// What stands for an article in a list: its title, or else how its text begins.
pub(super) fn headline(title: &str, text: &str) -> String {
    let title = cut(&clean(title), HEADLINE);
    if title.is_empty() { cut(&clean(front(text)), HEADLINE / 2) } else { title }
}

/// The excerpt of a text: about `length` characters.
pub(super) fn excerpt(text: &str, length: usize, marker: &Marker<'_>) -> String {
    let text = clean(front(text));
    let beginning = cut(&text, length);
    if !marker.marks(&beginning).is_empty() {
        return beginning;
    }
    let Some(from) = marker.marks(&text).first().map(|mark| mark.start) else { return beginning };
    let before = text[..from].char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
    let start = text[before..from].find(' ').map_or(from, |at| before + at + 1);
    format!("… {}", cut(&text[start..], length))
}

fn front(text: &str) -> &str {
    let end = LOOKED_AT.min(text.len());
    let whole = (0..=end).rev().find(|&at| text.is_char_boundary(at));
    &text[..whole.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{NormalizeOptions, Normalizer};

    const LENGTH: usize = 260;

    fn excerpt_for(text: &str, tying: &[&str]) -> String {
        let normalizer = Normalizer::new(NormalizeOptions::default());
        let tying: Vec<String> = tying.iter().map(|&w| w.to_owned()).collect();
        excerpt(text, LENGTH, &Marker::new(&normalizer, &tying))
    }

    #[test]
    fn an_excerpt_is_one_harmless_line() {
        assert_eq!(excerpt_for(" خبر\n\n عاجل\u{202e}\u{2028}x ", &[]), "خبر عاجل\u{fffd} x");
        assert_eq!(excerpt_for("", &["خبر"]), "");
    }

    #[test]
    fn an_excerpt_begins_at_the_beginning_or_shortly_before_the_first_tying_word() {
        let text = format!("{}{}زلزال{}", "البداية هنا ", "كلمة ".repeat(100), " أخرى".repeat(100));
        let short = excerpt_for(&text, &["البداية"]);
        assert!(short.starts_with("البداية هنا") && short.ends_with("\u{a0}…"), "{short}");
        let later = excerpt_for(&text, &["زلزال"]);
        assert!(later.starts_with("… كلمة") && later.contains("زلزال"), "{later}");
        for shown in [short, later] {
            assert!((LENGTH / 2..LENGTH + 6).contains(&shown.chars().count()), "{shown}");
        }
    }

    #[test]
    fn a_text_without_blanks_is_cut_all_the_same() {
        let long = excerpt_for(&"字".repeat(10_000), &[]);
        assert_eq!(long.chars().count(), LENGTH + 2);
    }

    #[test]
    fn an_article_without_a_title_is_named_by_its_beginning() {
        assert_eq!(headline("  ", "نص\nالخبر"), "نص الخبر");
        assert_eq!(headline("عنوان\t1", "نص"), "عنوان 1");
        assert_eq!(headline("", ""), "");
    }
}

//! One story as HTML: headline, numbers, days, articles with their copies folded.
//!
//! The page's script builds the same from the data (`cards.js`); what changes
//! here changes there. Every text of an article stands in an element of its own with
//! its direction, or in `<bdi>`, so that no line turns its neighbours round.

use maud::{Markup, html};

use super::day::{brief, iso};
use super::member::member;
use super::view::{StoryView, View};
use crate::output::thousands;

/// Bars of a drawing at most.
const MOST_BARS: i64 = 62;
/// Bars that a drawing has room for at least, so that two days are no two walls.
const LEAST_BARS: usize = 14;
/// Sources named at most.
const MOST_SOURCES: usize = 8;
/// Families of a story that are listed at once.
pub(super) const MOST_FAMILIES: usize = 60;

/// One story, with its articles or without.
pub(super) fn card(view: &View, story: &StoryView, with_articles: bool) -> Markup {
    let rows = &view.rows[story.rows.clone()];
    let n = rows.len();
    let families = view.families(story);
    let hidden = families.len().saturating_sub(MOST_FAMILIES);
    let lead = rows.first().map_or("", |row| &row.excerpt);
    html! {
        article.story id=(story.id) {
            div.head {
                div.words dir=[is_rtl(&story.title).then_some("rtl")] {
                    h3 dir=(direction(&story.title)) { a href={ "#" (story.id) } { (story.title) } }
                    @if !lead.is_empty() { p.lead dir=(direction(lead)) { (lead) } }
                    p.meta {
                        span.size dir="ltr" { (counted(n, "article", "articles")) }
                        span dir="ltr" { (said_sources(story)) }
                        @for lang in langs_of(view, story) { span.lang dir="ltr" { (lang) } }
                    }
                    @if story.n_sources > 0 { (names(view, story)) }
                    @if !story.keywords.is_empty() {
                        ul.keys aria-label="Keywords" {
                            @for word in &story.keywords { li dir="auto" { (word) } }
                        }
                    }
                }
                (timeline(view, story))
            }
            @if story.barely { (flag(view, story)) }
            @if with_articles {
                details.members {
                    summary { (said_members(n, families.len())) }
                    ol.rows {
                        @for (row, copies) in families.iter().take(MOST_FAMILIES) {
                            (member(view, story, *row, copies))
                        }
                    }
                    @if hidden > 0 {
                        p.more {
                            (counted(hidden, "more text of this story needs", "more texts of this story need"))
                            " scripts to be shown."
                        }
                    }
                }
            } @else {
                p.more { "The articles of this story need scripts to be shown." }
            }
        }
    }
}

pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

pub(super) fn decimals(thousandths: u32) -> String {
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

fn said_sources(story: &StoryView) -> String {
    match story.n_sources {
        0 => "no source named".to_owned(),
        n => format!(
            "{}, {} independent",
            counted(n as usize, "source", "sources"),
            story.n_independent
        ),
    }
}

fn said_members(n: usize, texts: usize) -> String {
    let articles = counted(n, "article", "articles");
    match n - texts {
        0 => articles,
        copies => format!(
            "{articles}: {}, {}",
            counted(texts, "text", "texts"),
            counted(copies, "copy", "copies")
        ),
    }
}

/// Languages of a story's articles, in order.
fn langs_of<'a>(view: &'a View, story: &StoryView) -> Vec<&'a str> {
    let mut langs: Vec<usize> =
        view.rows[story.rows.clone()].iter().filter_map(|r| r.lang).collect();
    langs.sort_unstable();
    langs.dedup();
    langs.into_iter().map(|lang| view.langs[lang].as_str()).collect()
}

fn names(view: &View, story: &StoryView) -> Markup {
    let sources = view.sources_of(story);
    let more = sources.len().saturating_sub(MOST_SOURCES);
    html! {
        p.names {
            @for (source, n) in sources.iter().take(MOST_SOURCES) {
                span { bdi { (view.sources[*source]) } @if *n > 1 { " " bdi.times { "×" (n) } } }
            }
            @if more > 0 { span dir="ltr" { "and " (more) " more" } }
        }
    }
}

/// The direction of a line. `auto` goes by the first letter, which is wrong for an Arabic
/// sentence that begins with a foreign name: there it is said.
pub(super) fn direction(text: &str) -> &'static str {
    let first = text.chars().find(|c| c.is_alphabetic()).is_some_and(rtl_letter);
    match is_rtl(text) {
        most if most == first => "auto",
        true => "rtl",
        false => "ltr",
    }
}

/// Whether most letters run from right to left.
fn is_rtl(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (rtl, all) =
        letters.fold((0, 0), |(rtl, all), c| (rtl + usize::from(rtl_letter(c)), all + 1));
    2 * rtl > all
}

fn rtl_letter(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// The days of a story: bars, and the first and the last date.
fn timeline(view: &View, story: &StoryView) -> Markup {
    let days: Vec<i64> = view.rows[story.rows.clone()].iter().filter_map(|row| row.day).collect();
    html! {
        figure.time dir="ltr" {
            (bars(&days, view.days))
            figcaption { (said_days(story.first.as_deref(), story.last.as_deref())) }
        }
    }
}

pub(super) fn said_days(first: Option<&str>, last: Option<&str>) -> String {
    let day = |shown: &str| {
        let brief = brief(shown);
        if brief.len() == 16 && brief != shown { brief[..10].to_owned() } else { brief }
    };
    match (first.map(day), last.map(day)) {
        (Some(first), Some(last)) if first == last => first,
        (Some(first), Some(last)) => format!("{first} – {last}"),
        _ => "undated".to_owned(),
    }
}

/// Articles by day. The days of the whole input where they are few, so that stories can be
/// compared; otherwise those of the story, several to a bar where they are many.
pub(super) fn bars(days: &[i64], all: Option<(i64, i64)>) -> Markup {
    let (Some(&least), Some(&most), Some(all)) = (days.iter().min(), days.iter().max(), all) else {
        return html! {};
    };
    let (from, to) = if all.1 - all.0 < MOST_BARS { all } else { (least, most) };
    let each = (to - from) / MOST_BARS + 1;
    let mut counts = vec![0usize; ((to - from) / each + 1) as usize];
    days.iter().for_each(|day| counts[((day - from) / each) as usize] += 1);
    let highest = counts.iter().copied().max().unwrap_or(1);
    let busiest = counts.iter().position(|&n| n == highest).unwrap_or(0) as i64;
    let label = format!("Articles by day: most, {highest}, on {}", iso(from + busiest * each));
    html! {
        svg.bars viewBox={ "0 0 " (counts.len().max(LEAST_BARS) * 5) " 24" } preserveAspectRatio="none" role="img" aria-label=(label) {
            @for (i, &n) in counts.iter().enumerate() {
                @let height = if n == 0 { 1 } else { (22 * n).div_ceil(highest).max(3) };
                rect class=[(n == 0).then_some("none")] x=(i * 5) y=(24 - height) width="4" height=(height) {
                    title { (iso(from + i as i64 * each)) ": " (counted(n, "article", "articles")) }
                }
            }
        }
    }
}

fn flag(view: &View, story: &StoryView) -> Markup {
    let Some((row, mean)) = story.weakest else { return html! {} };
    html! {
        p.flag {
            strong { "Weakest link" } " "
            span dir="ltr" { "mean " (decimals(mean)) " to the rest, threshold " (view.threshold) ":" } " "
            bdi { (view.rows[row].title) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_letters_decide_where_a_line_begins() {
        for (text, want, rtl) in [
            ("زلزال", "auto", true),
            ("«زلزال» 11", "auto", true),
            ("11 قتيلا", "auto", true),
            ("BBC: زلزال", "rtl", true),
            ("quake", "auto", false),
            ("أرامكو to raise its output", "ltr", false),
            ("123", "auto", false),
            ("", "auto", false),
            ("שלום", "auto", true),
        ] {
            assert_eq!((direction(text), is_rtl(text)), (want, rtl), "{text}");
        }
    }

    #[test]
    fn numbers_are_written_for_eyes() {
        assert_eq!([0, 40, 1000].map(decimals), ["0.000", "0.040", "1.000"]);
    }

    #[test]
    fn days_are_those_of_the_input() {
        for (first, last, want) in [
            (Some("2015-07-20T10:00:00Z"), Some("2015-07-21T02:00:00Z"), "2015-07-20 – 2015-07-21"),
            (Some("2015-07-20T10:00:00Z"), Some("2015-07-20T12:00:00Z"), "2015-07-20"),
            (Some("1437386400"), Some("1437386400"), "1437386400"),
            (None, None, "undated"),
        ] {
            assert_eq!(said_days(first, last), want);
        }
    }

    #[test]
    fn a_story_of_a_thousand_years_has_no_more_bars_than_any_other() {
        let svg = bars(&[0, 365_000], Some((0, 365_000))).into_string();
        let n = svg.matches("<rect").count() as i64;
        assert!((2..=MOST_BARS).contains(&n), "{n}");
        assert!(bars(&[], None).into_string().is_empty());
    }
}

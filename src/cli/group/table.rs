//! Stories for eyes: title, size, sources, days, then the articles with role and score.
//!
//! Titles and names are made harmless, right-to-left text stands in isolates so that it cannot
//! reorder its neighbours, and lines are cut to the terminal. Stories of one article are
//! counted, not listed. Linear in the articles shown.
//!
//! ```text
//! زلزال يضرب جنوب تعز
//!   2 articles, 2 sources (2 independent), 2015-07-20
//!     representative  1.00  ص1  سبأ      زلزال يضرب جنوب تعز
//!     member          0.41  ص7  الثورة   هزة أرضية قوية في تعز
//! ```

use std::io::Write as _;

use khabar::output::{cut, isolated, safe, thousands, width};
use khabar::story::Story;
use khabar::{Error, Published, Result};

use super::grouped::{Grouped, role};
use crate::cli::args::output::Target;
use crate::cli::talk::counted;

/// Ids and sources are cut to this many cells.
const WIDEST_ID: usize = 28;
const WIDEST_SOURCE: usize = 16;
/// A title is never cut below this, nor shown wider than `WIDEST_TITLE` without a terminal.
const NARROWEST_TITLE: usize = 20;
const WIDEST_TITLE: usize = 100;

pub(crate) fn write(grouped: &Grouped<'_>, target: &Target) -> Result<()> {
    let mut file = target.create()?;
    let path = file.path().to_path_buf();
    let width = target.width();
    let mut text = String::new();
    // The largest come first.
    let shown = grouped.stories.iter().take_while(|story| story.members.len() > 1);
    let mut n_shown = 0;
    for story in shown {
        text.clear();
        one(&mut text, story, grouped, width);
        file.write_all(text.as_bytes()).map_err(|e| Error::io(&path, e))?;
        n_shown += 1;
    }
    let singles = grouped.stories.len() - n_shown;
    let last = match (n_shown, singles) {
        (0, _) => format!("no two of {} tell one story\n", thousands(grouped.articles.len())),
        (_, 0) => String::new(),
        _ => format!("and {} of no other story\n", counted(singles, "article", "articles")),
    };
    file.write_all(last.as_bytes()).map_err(|e| Error::io(&path, e))?;
    file.commit()
}

fn one(out: &mut String, story: &Story, grouped: &Grouped<'_>, terminal: Option<usize>) {
    let known = !grouped.ids_only;
    if known {
        put(out, &story.title, terminal.unwrap_or(WIDEST_TITLE), false);
    } else {
        out.push_str(&story.story_id.to_string());
    }
    out.push_str("\n  ");
    out.push_str(&counted(story.members.len(), "article", "articles"));
    if known && story.n_sources > 0 {
        let sources = counted(story.n_sources as usize, "source", "sources");
        out.push_str(&format!(", {sources} ({} independent)", story.n_independent_sources));
    }
    if known && let (Some(first), Some(last)) = (&story.first_published, &story.last_published) {
        let (first, last) = (day(first), day(last));
        out.push_str(", ");
        out.push_str(&first);
        if last != first {
            out.push_str(" to ");
            out.push_str(&last);
        }
    }
    out.push('\n');
    let article = |at: u32| grouped.articles[at as usize];
    let widest =
        |of: &dyn Fn(u32) -> usize| story.members.iter().map(|&m| of(m)).max().unwrap_or(0);
    let id_room = widest(&|m| width(&safe(&article(m).id))).min(WIDEST_ID);
    let source_room = widest(&|m| width(&safe(&article(m).source))).min(WIDEST_SOURCE);
    for &member in &story.members {
        let place = &grouped.placements[member as usize];
        let score = place.score.map_or("-".to_owned(), |s| format!("{s:.2}"));
        out.push_str(&format!("    {:<14}  {score:>4}  ", role(place.role)));
        put(out, &article(member).id, id_room, known);
        if known {
            out.push_str("  ");
            if source_room > 0 {
                put(out, &article(member).source, source_room, true);
                out.push_str("  ");
            }
            let used = 26 + id_room + if source_room > 0 { source_room + 4 } else { 2 };
            let room =
                terminal.map_or(WIDEST_TITLE, |w| w.saturating_sub(used).max(NARROWEST_TITLE));
            let a = article(member);
            let title = if a.title.trim().is_empty() { &a.text } else { &a.title };
            put(out, head(title.trim(), room), room, false);
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    out.push('\n');
}

/// Adds `text`, harmless and cut to `room` cells, with spaces up to there where `pad`.
fn put(out: &mut String, text: &str, room: usize, pad: bool) {
    let text = cut(&safe(text), room);
    out.push_str(&isolated(&text));
    if pad {
        out.extend(std::iter::repeat_n(' ', room.saturating_sub(width(&text))));
    }
}

/// Enough of a long text to fill `room` cells and show that there is more.
fn head(text: &str, room: usize) -> &str {
    let end = text.char_indices().nth(4 * room + 4).map_or(text.len(), |(i, _)| i);
    &text[..end]
}

/// The day of a date, in UTC.
fn day(published: &Published) -> String {
    match jiff::Timestamp::from_second(published.seconds) {
        Ok(time) => time.strftime("%F").to_string(),
        Err(_) => safe(&published.original).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_and_long_text_is_shown_harmless_and_cut() {
        for (text, room, pad, want) in [
            ("abc", 5, true, "abc  "),
            ("abcdef", 4, false, "abc…"),
            ("خبر", 5, true, "\u{2068}خبر\u{2069}  "),
            ("\u{1b}[31m", 9, false, "␛[31m"),
            ("a\u{202e}b", 9, false, "a\u{fffd}b"),
            ("كَتَبَ الولد", 4, false, "\u{2068}كَتَبَ…\u{2069}"),
            ("日本語", 5, true, "日本…"),
            ("", 2, true, "  "),
        ] {
            let mut out = String::new();
            put(&mut out, text, room, pad);
            assert_eq!(out, want, "{text:?}");
        }
    }
}

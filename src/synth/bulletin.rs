//! Issues of daily series: weather, exchange rates, markets, times of prayer.
//!
//! Every issue looks like the one of the day before and tells of another day: none is of a story
//! with another. A series belongs to one outlet and has its own towns, shares or goods.
//!
//! ```text
//! نشرة الطقس في تعز ليوم 7 يناير 2026 / عدن: العظمى 31 والصغرى 22، الرطوبة 64 في المئة.
//! ```

use super::article::{finish, stop};
use super::draw::{Draws, Key};
use super::language::Language;
use super::source::Source;
use super::story::Story;
use super::tell::{Fond, Teller};

/// Topics of the series, in the order of the lexicon.
pub(super) const TOPICS: [&str; 5] = ["weather", "business", "business", "business", "religion"];

/// Writes an issue. The key of `series` names it, `issue` is that of the day.
pub(super) fn write(
    language: &Language,
    series: &Story,
    issue: Key,
    source: &Source,
    date: (usize, usize, i64),
    (title, text): (&mut String, &mut String),
) {
    let kind = kind(series);
    let mut teller = Teller {
        language,
        story: series,
        source: &source.name,
        // A series has its words; they do not change.
        rewrite: 1.0,
        draws: Draws::new(series.key.at(1)),
        edits: None,
        date,
        names: Some(series.key.at(2)),
        fond: Fond::of(series.key, series),
        spare: Vec::new(),
    };
    let said = &language.said;
    teller.say(said.bulletin, kind, issue, title);
    finish(language, 0, title);
    // But the sky does.
    teller.draws = Draws::new(issue);
    teller.say(said.bulletin_open, kind, issue, text);
    finish(language, 0, text);
    stop(language, text);
    for line in 0..5 + series.key.at(4).below(12) as u64 {
        text.push('\n');
        let begin = text.len();
        teller.names = Some(series.key.at(5).at(line));
        teller.say(said.bulletin_line, kind, issue.at(line), text);
        finish(language, begin, text);
        stop(language, text);
    }
    if let Some(footer) = &source.footer {
        text.push_str("\n\n");
        text.push_str(footer);
    }
}

/// Which kind of series.
pub(super) fn kind(series: &Story) -> usize {
    series.key.at(3).below(TOPICS.len())
}

//! The corpus, row by row, in order of time.
//!
//! A day is cut into pieces of articles, pieces are written by any thread and put together in
//! order. See the [module](super).
//!
//! ```text
//! {"id":"9f2c...","title":"...","text":"...","published":"2026-01-05T00:03:11Z","lang":"ar",...}
//! ```

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::Offset;
use rayon::prelude::*;
use serde::Serialize;

use super::SynthOptions;
use super::article::{self, Task};
use super::bulletin;
use super::draw::{Key, mix};
use super::language::{Language, TOPICS};
use super::like::{self, Style};
use super::schedule::{DAY, HOURS, Schedule, Slot};
use super::source::{Source, pick, sources};
use super::story::{Story, lang_of};
use crate::{Article, Error, Result};

/// Articles one thread writes at a time ...
const PIECE: usize = 128;
/// ... and pieces that are held until they are written.
const PIECES: usize = 32;

/// A corpus that can be written.
#[derive(Debug)]
pub struct Synth {
    options: SynthOptions,
    /// In the order of the options' languages.
    languages: Vec<(Language, Vec<Source>)>,
    /// What is written in the style of another corpus, in its words instead.
    style: Option<Style>,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SynthReport {
    /// Articles.
    pub articles: u64,
    /// Stories, each bulletin one of its own.
    pub stories: u64,
    /// Bytes of JSON.
    pub bytes: u64,
}

/// A row as it is written.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    title: &'a str,
    text: &'a str,
    published: &'a str,
    lang: &'a str,
    source: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    topic: &'a str,
    story: &'a str,
}

/// Buffers of the row at hand.
#[derive(Default)]
struct Buffers {
    id: String,
    story: String,
    title: String,
    text: String,
    published: String,
}

impl Synth {
    /// Reads the words of the languages and makes the outlets: some milliseconds.
    ///
    /// # Errors
    /// [`Error::Parameter`] where an option is out of range.
    pub fn new(options: SynthOptions) -> Result<Self> {
        options.check()?;
        let languages = options.langs.iter().map(|&(lang, _)| {
            let language = Language::new(lang).map_err(|what| {
                Error::format(format!("words of {}", lang.code()), what, "report this as a mistake")
            })?;
            let sources = sources(&options, &language);
            Ok((language, sources))
        });
        let languages = languages.collect::<Result<_>>()?;
        Ok(Self { options, languages, style: None })
    }

    /// A corpus in the style of another; its languages, outlets, lengths and hours stand for
    /// those of the options, and it has neither topics nor bulletins.
    ///
    /// # Errors
    /// [`Error::Parameter`] where an option is out of range, or the style was learned from nothing.
    pub fn like(options: SynthOptions, mut style: Style) -> Result<Self> {
        let options = SynthOptions { bulletins: 0.0, ..options };
        options.check()?;
        if !style.finish() {
            let remedy = "name a corpus whose articles have texts";
            return Err(Error::parameter("--like", "no text to learn from", remedy));
        }
        Ok(Self { options, languages: Vec::new(), style: Some(style) })
    }

    /// Writes the corpus as JSON Lines, in order of time. `progress` is told how many articles
    /// are written.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&self, out: &mut dyn Write, progress: &mut dyn FnMut(u64)) -> Result<SynthReport> {
        let mut report = SynthReport::default();
        self.each_batch(&mut |first, slots| {
            let rows: Vec<Vec<u8>> = slots
                .par_chunks(PIECE)
                .enumerate()
                .map(|(piece, slots)| self.rows(first + (piece * PIECE) as u64, slots))
                .collect();
            for rows in rows {
                out.write_all(&rows).map_err(|e| Error::io("-", e))?;
                report.bytes += rows.len() as u64;
            }
            report.count(slots);
            progress(report.articles);
            Ok(())
        })?;
        Ok(report)
    }

    /// The corpus as articles, all of them in memory.
    #[must_use]
    pub fn articles(&self) -> Vec<Article> {
        let mut articles = Vec::new();
        let done = self.each_batch(&mut |first, slots| {
            let batch: Vec<Article> = slots
                .par_iter()
                .enumerate()
                .map(|(i, slot)| {
                    let mut buffers = Buffers::default();
                    let (lang, source, topic) = self.fill(first + i as u64, slot, &mut buffers);
                    Article {
                        id: buffers.id,
                        title: buffers.title,
                        text: buffers.text,
                        published: Some(crate::article::Published {
                            seconds: slot.seconds,
                            original: buffers.published,
                        }),
                        lang: lang.to_owned(),
                        source: source.to_owned(),
                        topics: Some(topic)
                            .filter(|t| !t.is_empty())
                            .map(str::to_owned)
                            .into_iter()
                            .collect(),
                        story: buffers.story,
                        split: String::new(),
                    }
                })
                .collect();
            articles.extend(batch);
            Ok(())
        });
        debug_assert!(done.is_ok(), "nothing can fail in memory");
        articles
    }

    /// Hands out runs of slots with the number of their first article, in order.
    fn each_batch(&self, take: &mut dyn FnMut(u64, &[Slot]) -> Result<()>) -> Result<()> {
        let hours = self.style.as_ref().map_or(HOURS, Style::hours);
        let mut schedule = Schedule::new(&self.options, hours);
        let mut written = 0;
        while written < self.options.articles {
            let mut day = schedule.next_day();
            day.truncate((self.options.articles - written).min(day.len() as u64) as usize);
            for slots in day.chunks(PIECE * PIECES) {
                take(written, slots)?;
                written += slots.len() as u64;
            }
        }
        Ok(())
    }

    fn rows(&self, first: u64, slots: &[Slot]) -> Vec<u8> {
        let mut rows = Vec::with_capacity(slots.len() * 4096);
        let mut buffers = Buffers::default();
        for (i, slot) in slots.iter().enumerate() {
            let (lang, source, topic) = self.fill(first + i as u64, slot, &mut buffers);
            let row = Row {
                id: &buffers.id,
                title: &buffers.title,
                text: &buffers.text,
                published: &buffers.published,
                lang,
                source,
                topic,
                story: &buffers.story,
            };
            let written = serde_json::to_writer(&mut rows, &row);
            debug_assert!(written.is_ok(), "strings into memory");
            rows.push(b'\n');
        }
        rows
    }

    /// Writes one article into the buffers; returns language, source and topic.
    fn fill(&self, number: u64, slot: &Slot, buffers: &mut Buffers) -> (&str, &str, &'static str) {
        let options = &self.options;
        let Buffers { id, story: gold, title, text, published } = buffers;
        for buffer in [&mut *id, gold, title, text, published] {
            buffer.clear();
        }
        let salt = Key::new(options.seed).at(4).number();
        hex(mix(number ^ salt), id);
        let time = Timestamp::from_second(slot.seconds).unwrap_or_default();
        published.push_str(&time.to_string());
        // A story tells of the day it began, a bulletin of its own.
        let began = Timestamp::from_second(slot.began * DAY).unwrap_or_default();
        let began = Offset::UTC.to_datetime(began);
        let date = (began.day() as usize - 1, began.month() as usize - 1, i64::from(began.year()));
        gold.push('s');
        if slot.size == 0 {
            let mut series = Story::new(options, Key::new(options.seed).at(2).at(slot.story), 0);
            series.lang = lang_of(options, series.key.at(2));
            let (language, sources) = &self.languages[series.lang];
            let source = &sources[pick(sources.len(), series.key.at(9))];
            let issue = series.key.at(10).at(slot.began as u64);
            hex(mix(issue.number() | 1 << 63), gold);
            bulletin::write(language, &series, issue, source, date, (title, text));
            return (
                language.lang.code(),
                &source.domain,
                bulletin::TOPICS[bulletin::kind(&series)],
            );
        }
        let key = Schedule::key(options, slot.story);
        let story = Story::new(options, key, slot.began);
        hex(mix(key.number() & !(1 << 63)), gold);
        if let Some((code, lang)) = self.style.as_ref().and_then(|s| s.lang(key.at(2))) {
            let task = like::Task {
                options,
                lang,
                story: key,
                number: slot.number,
                original: story.original(options, slot.size, slot.number),
                wave: story.delay(slot.size, slot.number).1,
            };
            like::write(&task, title, text);
            return (code, lang.source(key.at(14).at(u64::from(slot.number))), "");
        }
        let (language, sources) = &self.languages[story.lang];
        let original = story.original(options, slot.size, slot.number);
        let place = story.key.at(14);
        let source = &sources[pick(sources.len(), place.at(u64::from(slot.number)))];
        let task = Task {
            options,
            language,
            story: &story,
            source,
            number: slot.number,
            original,
            wave: story.delay(slot.size, slot.number).1,
            date,
        };
        article::write(&task, title, text);
        (language.lang.code(), &source.domain, TOPICS[story.topic])
    }
}

impl SynthReport {
    fn count(&mut self, slots: &[Slot]) {
        self.articles += slots.len() as u64;
        // The first article of a story is never left out before others of it.
        self.stories += slots.iter().filter(|slot| slot.number == 0).count() as u64;
    }
}

/// Sixteen digits.
fn hex(number: u64, out: &mut String) {
    use std::fmt::Write as _;
    let written = write!(out, "{number:016x}");
    debug_assert!(written.is_ok());
}

//! A corpus in the style of another: its words, lengths, outlets and hours, with new stories.
//!
//! What is learned, of each language: which word follows which, lengths of titles and texts,
//! shares of outlets, which words are said of one subject, and of all: hours of the day, articles
//! a day, the share of near-copies. Not learned: topics, who writes what, how many articles a story
//! has. A story is on the subject of some articles of the corpus, a war or a league; its sentences
//! are put together from runs of mostly two or three of their words, read like the corpus from afar
//! and mean nothing, and hardly one of eight words or more is repeated. A story has rare words of
//! its own, half of them spliced anew, so that vocabulary goes on growing. **The words are those of
//! the corpus**: whoever may not pass the corpus on should not pass this on. About 100 bytes a word
//! of the corpus while it is learned, 8 afterwards, for the first 12 million words of a language;
//! half a millisecond of CPU time an article of 3 KB.
//!
//! ```
//! use khabar::Article;
//! use khabar::synth::{Style, Synth, SynthOptions};
//! let mut style = Style::default();
//! for i in 0..50 {
//!     let text = format!("قال الوزير إن المشروع {i} بدأ اليوم. وقال الخبير إن السد {i} اكتمل أمس.");
//!     style.add(&Article { id: i.to_string(), text, ..Article::default() });
//! }
//! let options = SynthOptions { articles: 20, per_day: 10, ..SynthOptions::default() };
//! let articles = Synth::like(options, style)?.articles();
//! assert!(articles.len() == 20 && articles.iter().all(|a| !a.story.is_empty()));
//! # Ok::<(), khabar::Error>(())
//! ```

mod chain;
mod sentence;
mod subject;
mod write;

use std::collections::BTreeMap;
use std::hash::{Hash as _, Hasher as _};

use rustc_hash::{FxHashSet, FxHasher};

use crate::Article;
use chain::Chain;
pub(super) use write::{Task, write};

/// Lengths of a language that are kept.
const LENGTHS: usize = 100_000;
/// Runs of words that are remembered to know copies by.
const RUNS: usize = 5_000_000;

/// What is known of a corpus whose style is to be written in: of each language which word follows
/// which, which are said of one subject, lengths, shares of outlets; of all hours, articles a day,
/// the share of near-copies.
///
/// Not topics, nor how many articles a story has. Sentences put together from it have runs of mostly
/// two or three words of the corpus, mean nothing, and are hardly repeated; but their words are
/// those of the corpus. About 100 bytes a word while it is learned, 8 afterwards, for the first 12 million
/// words of a language.
#[derive(Debug, Default)]
pub struct Style {
    /// By code, `und` where it is not given.
    langs: BTreeMap<String, OfLang>,
    hours: [u32; 24],
    days: (i64, i64),
    dated: u64,
    articles: u64,
    copies: u64,
    seen: FxHashSet<u64>,
}

/// What is known of the articles of a language.
#[derive(Debug, Default)]
pub(super) struct OfLang {
    articles: u64,
    chain: Chain,
    /// Characters of titles and texts.
    lengths: Vec<(u32, u32)>,
    sources: BTreeMap<String, u64>,
    /// The same with running sums.
    summed: Vec<(String, u64)>,
}

impl Style {
    /// Learns from an article.
    pub fn add(&mut self, article: &Article) {
        let code = if article.lang.is_empty() { "und" } else { &article.lang };
        let lang = self.langs.entry(code.to_owned()).or_default();
        lang.articles += 1;
        lang.chain.article(&article.title, &article.text);
        *lang.sources.entry(article.source.clone()).or_default() += 1;
        let characters = |text: &str| text.chars().count() as u32;
        if lang.lengths.len() < LENGTHS {
            lang.lengths.push((characters(&article.title), characters(&article.text)));
        }
        if let Some(published) = &article.published {
            let (day, second) =
                (published.seconds.div_euclid(86_400), published.seconds.rem_euclid(86_400));
            self.hours[(second / 3600) as usize] += 1;
            self.days = if self.dated == 0 {
                (day, day)
            } else {
                (self.days.0.min(day), self.days.1.max(day))
            };
            self.dated += 1;
        }
        self.articles += 1;
        self.copies += u64::from(self.is_copy(&article.text));
    }

    /// Whether half of its runs of five words were met before; an eighth of them are looked at.
    fn is_copy(&mut self, text: &str) -> bool {
        let (mut met, mut all) = (0, 0);
        let words: Vec<&str> = text.split_whitespace().collect();
        for run in words.windows(5) {
            let mut hasher = FxHasher::default();
            run.hash(&mut hasher);
            let hash = hasher.finish();
            if hash >> 61 != 0 {
                continue;
            }
            all += 1;
            if self.seen.contains(&hash) {
                met += 1;
            } else if self.seen.len() < RUNS {
                self.seen.insert(hash);
            }
        }
        all > 0 && 2 * met >= all
    }

    /// Articles learned from.
    #[must_use]
    pub fn articles(&self) -> u64 {
        self.articles
    }

    /// Articles a day, where there are dates.
    #[must_use]
    pub fn per_day(&self) -> Option<u32> {
        let days = self.days.1.abs_diff(self.days.0) + 1;
        (self.dated > 0).then(|| (self.dated / days).clamp(1, u64::from(u32::MAX)) as u32)
    }

    /// The part of the articles that have half of their runs of five words from earlier ones.
    #[must_use]
    pub fn copies(&self) -> f64 {
        self.copies as f64 / self.articles.max(1) as f64
    }

    /// Ends learning; whether there is something to go by.
    pub(super) fn finish(&mut self) -> bool {
        self.seen = FxHashSet::default();
        self.langs.retain(|_, lang| {
            lang.chain.finish();
            let mut sum = 0;
            lang.summed = std::mem::take(&mut lang.sources)
                .into_iter()
                .map(|(name, n)| {
                    sum += n;
                    (name, sum)
                })
                .collect();
            !lang.chain.is_empty()
        });
        !self.langs.is_empty()
    }

    /// Busy hours, all alike where there are no dates.
    pub(super) fn hours(&self) -> [u32; 24] {
        if self.dated == 0 { [1; 24] } else { self.hours }
    }

    /// The language of a story, by its share.
    pub(super) fn lang(&self, key: super::draw::Key) -> Option<(&str, &OfLang)> {
        let all: u64 = self.langs.values().map(|lang| lang.articles).sum();
        let mut at = key.below(all as usize) as u64;
        self.langs.iter().map(|(code, lang)| (code.as_str(), lang)).find(|(_, lang)| {
            let here = at < lang.articles;
            at = at.saturating_sub(lang.articles);
            here
        })
    }
}

impl OfLang {
    /// An outlet, by its share.
    pub(super) fn source(&self, key: super::draw::Key) -> &str {
        let all = self.summed.last().map_or(0, |last| last.1);
        let at = key.below(all as usize) as u64;
        let found = self.summed.partition_point(|(_, sum)| *sum <= at);
        self.summed.get(found).map_or("", |(name, _)| name)
    }
}

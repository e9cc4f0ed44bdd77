//! What `khabar tag` says at its end: a line or two for eyes, or one of JSON.
//!
//! ```text
//! 261 articles: 198 accepted, 63 for review (51 unsure, 12 too short); 0.2 s, 1.5 MB/s
//! best topics: politics 101, business 60, sport 40
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

use khabar::corpus::ReadReport;
use khabar::output::{safe, thousands};
use khabar::topic::{Reason, Tagged, TopicModel};
use serde::Serialize;

use crate::cli::args::input::skipped;
use crate::cli::talk::counted;

/// Topics that are named.
const SHOWN: usize = 10;

#[derive(Serialize, Default)]
pub(crate) struct Summary {
    pub(crate) articles: usize,
    accepted: usize,
    review: usize,
    /// By name of the reason.
    reasons: BTreeMap<&'static str, usize>,
    /// Articles whose best topic it is, by topic.
    topics: BTreeMap<String, usize>,
    skipped: usize,
    unreadable: usize,
    repeats: usize,
    renamed: usize,
    bytes: u64,
    seconds: f64,
    megabytes_per_second: f64,
    #[serde(skip)]
    skipped_words: String,
}

impl Summary {
    pub(crate) fn add(&mut self, tagged: &Tagged, model: &TopicModel) {
        self.articles += 1;
        match tagged.review {
            None => self.accepted += 1,
            Some(reason) => {
                self.review += 1;
                *self.reasons.entry(reason.name()).or_default() += 1;
            }
        }
        let best = tagged.topics.first().and_then(|t| model.labels.get(t.label as usize));
        if let Some(best) = best {
            match self.topics.get_mut(best) {
                Some(n) => *n += 1,
                None => {
                    self.topics.insert(best.clone(), 1);
                }
            }
        }
    }

    pub(crate) fn end(&mut self, report: &ReadReport, started: Instant) {
        self.skipped = report.skipped;
        self.unreadable = report.unreadable.len() + report.unreadable_inside;
        self.repeats = report.repeats;
        self.renamed = report.renamed.len();
        self.bytes = report.bytes;
        self.seconds = started.elapsed().as_secs_f64();
        self.megabytes_per_second = report.bytes as f64 / 1e6 / self.seconds.max(1e-9);
        self.skipped_words = skipped(report);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} accepted, {} for review",
            counted(self.articles, "article", "articles"),
            thousands(self.accepted),
            thousands(self.review),
        )?;
        let mut reasons: Vec<(usize, &str)> = Reason::ALL
            .iter()
            .filter_map(|reason| Some((*self.reasons.get(reason.name())?, reason.words())))
            .collect();
        reasons.sort_by_key(|&(n, _)| std::cmp::Reverse(n));
        let reasons: Vec<String> =
            reasons.iter().map(|(n, words)| format!("{} {words}", thousands(*n))).collect();
        if !reasons.is_empty() {
            write!(f, " ({})", reasons.join(", "))?;
        }
        write!(f, "{}; {:.1} s", self.skipped_words, self.seconds)?;
        write!(f, ", {:.1} MB/s", self.megabytes_per_second)?;
        let mut topics: Vec<(&String, usize)> = self.topics.iter().map(|(t, n)| (t, *n)).collect();
        topics.sort_by_key(|&(_, n)| std::cmp::Reverse(n));
        let more = topics.len().saturating_sub(SHOWN);
        let mut shown: Vec<String> = topics
            .iter()
            .take(SHOWN)
            .map(|(t, n)| format!("{} {}", safe(t), thousands(*n)))
            .collect();
        if more > 0 {
            shown.push(format!("{more} more"));
        }
        if !shown.is_empty() {
            write!(f, "\nbest topics: {}", shown.join(", "))?;
        }
        Ok(())
    }
}

//! What kind of corpus is wanted.
//!
//! The defaults are near a month of fourteen Arabic newspapers (`benches/RESULTS.md`).
//!
//! ```
//! use khabar::synth::{Lang, SynthOptions};
//! let options = SynthOptions { langs: vec![(Lang::Arabic, 1.0)], ..SynthOptions::default() };
//! assert_eq!(options.per_day, 5_000);
//! ```

use super::Lang;
use crate::{Error, Result};

/// What kind of corpus is wanted; see [`super::Synth`].
#[derive(Debug, Clone, PartialEq)]
pub struct SynthOptions {
    /// How many articles.
    pub articles: u64,
    /// Articles a day, at least 1: the corpus grows in days, not in density.
    pub per_day: u32,
    /// Another seed, another corpus.
    pub seed: u64,
    /// Languages and their shares of the stories; any positive numbers.
    pub langs: Vec<(Lang, f64)>,
    /// Outlets a language has, 1 to 10,000; the n-th largest has about 1/n of the largest.
    pub sources: u32,
    /// How story sizes fall off: the share of stories of at least `s` articles is `s` to the power
    /// of `1 - story_law`. Above 1.5, at most 10.
    pub story_law: f64,
    /// How freely a fact is told in other words: 0 always the same, 1 any way is as likely.
    pub rewrite: f64,
    /// How much articles of a story share: the part of a text's sentences that tell the story's
    /// facts, the rest being the outlet's own; 0 to 1.
    pub shared: f64,
    /// The share of a story's articles after the first that are a copy of an earlier text.
    pub copies: f64,
    /// The share of outlets that open and close their articles with words of their own.
    pub boilerplate: f64,
    /// The share of the articles that are issues of a daily series.
    pub bulletins: f64,
    /// Characters that half of the texts have at most, 50 to 100,000.
    pub length: f64,
    /// The first day, in days since 1970-01-01.
    pub first_day: i64,
}

impl Default for SynthOptions {
    fn default() -> Self {
        Self {
            articles: 10_000,
            per_day: 5_000,
            seed: 0,
            langs: vec![
                (Lang::Arabic, 0.6),
                (Lang::English, 0.2),
                (Lang::French, 0.1),
                (Lang::Persian, 0.1),
            ],
            sources: 20,
            story_law: 2.4,
            rewrite: 0.7,
            shared: 0.7,
            copies: 0.55,
            boilerplate: 0.5,
            bulletins: 0.01,
            length: 1_250.0,
            first_day: 20_458, // 2026-01-05, a Monday
        }
    }
}

impl SynthOptions {
    /// Whether every value is one that can be worked with.
    pub(super) fn check(&self) -> Result<()> {
        let wrong = |name: &'static str, value: String, right: &str| {
            Err(Error::parameter(name, format!("{value} is out of range"), right))
        };
        for (name, share) in [
            ("--rewrite", self.rewrite),
            ("--shared", self.shared),
            ("--copies", self.copies),
            ("--boilerplate", self.boilerplate),
            ("--bulletins", self.bulletins),
        ] {
            if !(0.0..=1.0).contains(&share) {
                return wrong(name, share.to_string(), "give a share from 0 to 1");
            }
        }
        if self.per_day == 0 {
            return wrong("--per-day", "0".to_owned(), "give at least 1");
        }
        if !(1..=10_000).contains(&self.sources) {
            return wrong("--sources", self.sources.to_string(), "give a number from 1 to 10000");
        }
        if !(self.story_law > 1.5 && self.story_law <= 10.0) {
            let right = "give an exponent above 1.5, at most 10; 2.4 is usual";
            return wrong("--story-law", self.story_law.to_string(), right);
        }
        if !(50.0..=100_000.0).contains(&self.length) {
            return wrong("--length", self.length.to_string(), "give 50 to 100000 characters");
        }
        if !(-20_000..=200_000).contains(&self.first_day) {
            return wrong("--start", self.first_day.to_string(), "give a date from 1916 to 2500");
        }
        let shares = self.langs.iter().map(|l| l.1);
        if self.langs.is_empty() || shares.clone().any(|s| !(s > 0.0 && s.is_finite())) {
            let given = format!("{:?}", shares.collect::<Vec<_>>());
            return wrong(
                "--langs",
                given,
                "give at least one language, each with a share above 0",
            );
        }
        Ok(())
    }
}

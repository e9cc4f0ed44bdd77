//! Outlets: a name, an address, and what they print around their articles.
//!
//! ```text
//! وكالة النهار للأنباء, dorex-3.example, «الخرطوم (وكالة النهار للأنباء):», a footer
//! ```

use super::SynthOptions;
use super::draw::{Draws, Key};
use super::language::{Language, make_firm};
use super::story::Story;
use super::tell::{Fond, Teller};

/// An outlet.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// As it calls itself.
    pub(super) name: String,
    /// As the corpus names it.
    pub(super) domain: String,
    /// Which way it opens its articles.
    pub(super) open: Option<usize>,
    /// How it ends them.
    pub(super) footer: Option<String>,
}

/// The outlets of a language, the largest first.
pub(super) fn sources(options: &SynthOptions, language: &Language) -> Vec<Source> {
    let key = Key::new(options.seed).at(3).at(language.lang as u64);
    (0..u64::from(options.sources)).map(|i| source(options, language, key.at(i), i)).collect()
}

fn source(options: &SynthOptions, language: &Language, key: Key, number: u64) -> Source {
    let story = Story::new(options, key, 0);
    let mut teller = Teller {
        language,
        story: &story,
        source: "",
        rewrite: 1.0,
        draws: Draws::new(key.at(1)),
        edits: None,
        date: (0, 0, 2026),
        names: None,
        fond: Fond::of(key, &story),
        spare: Vec::new(),
    };
    let mut name = String::new();
    teller.any(language.said.source, key.at(2), &mut name);
    let footer = key.at(3).chance(options.boilerplate).then(|| {
        let mut footer = String::new();
        teller.source = &name;
        teller.any(language.said.boast, key.at(4), &mut footer);
        footer
    });
    let opens = language.rules[language.said.open].sayings.len();
    let open = key.at(5).chance(options.boilerplate).then(|| key.at(6).below(opens));
    let domain = make_firm(key.at(7)).to_lowercase();
    let domain = format!("{domain}-{}{}.example", language.lang.code(), number + 1);
    Source { name, domain, open, footer }
}

/// Which of `n` outlets prints something: the first most often, by Zipf's law.
pub(super) fn pick(n: usize, key: Key) -> usize {
    let rank = libm::pow((n + 1) as f64, key.unit()) - 1.0;
    (rank as usize).min(n.saturating_sub(1))
}

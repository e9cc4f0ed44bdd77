//! Corpora of invented news, of any size, with gold stories and topics.
//!
//! To measure on more articles than one has: a million, ten million, each with the story it tells.
//! Nothing is held but the day at hand, so memory does not grow with the corpus. Day after day
//! stories begin (sizes by a power law), are told by outlets in their own order and words, copied,
//! followed up for up to three days, and end; between them stand the issues of daily bulletins.
//! Statistics that decide the cost of grouping are near those of a month of fourteen Arabic
//! newspapers (`benches/RESULTS.md`); what is told is not true, and much of the vocabulary is
//! invented, though grammatical.
//!
//! Every choice is a hash of the seed and its place: the same options give the same bytes for any
//! number of threads, and a smaller corpus is the beginning of a larger one. Ids say nothing about
//! stories. Some 50 microseconds of CPU time an article of 3 KB; memory a batch of some thousand
//! articles and 40 bytes for each that open stories still owe.
//!
//! ```
//! use khabar::synth::{Lang, Synth, SynthOptions};
//! let options = SynthOptions {
//!     articles: 40,
//!     per_day: 20,
//!     langs: vec![(Lang::Arabic, 1.0)],
//!     ..SynthOptions::default()
//! };
//! let mut corpus = Vec::new();
//! let report = Synth::new(options)?.write(&mut corpus, &mut |_| {})?;
//! assert_eq!((report.articles, report.bytes), (40, corpus.len() as u64));
//! # Ok::<(), khabar::Error>(())
//! ```

mod article;
mod bulletin;
mod draw;
mod language;
mod lexicon;
mod like;
mod options;
mod schedule;
mod source;
mod story;
mod tell;
mod write;

pub use language::{Lang, TOPICS};
pub use like::Style;
pub use options::SynthOptions;
pub use write::{Synth, SynthReport};

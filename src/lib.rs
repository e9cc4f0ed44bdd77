//! khabar (خبر, "a news item") groups duplicate coverage of a news story.
//!
//! Articles become character n-gram TF-IDF rows in parallel, rows are joined by cosine, and
//! the graph of near articles is cut into stories by average linkage. Arabic is first-class;
//! every language with letters works.
//!
//! ```
//! use khabar::Article;
//! use khabar::group::{GroupOptions, group};
//! let article = |id: &str, title: &str, text: &str| Article {
//!     id: id.into(),
//!     title: title.into(),
//!     text: text.into(),
//!     ..Article::default()
//! };
//! let articles = [
//!     article("1", "زلزال يضرب جنوب تعز", "ضرب زلزال بقوة 5.6 درجات محافظة تعز فجر الأحد"),
//!     article("2", "هزة أرضية قوية في تعز", "سجلت تعز زلزالاً بلغت قوته 5.6 درجات فجر الأحد"),
//!     article("3", "المرفأ يفوز بالكأس", "أحرز فريق المرفأ لقب الكأس بعد فوزه على القلعة"),
//! ];
//! let found = group(&articles, &GroupOptions::default(), &|_| {})?;
//! assert_eq!(found.placements[0].story_id, found.placements[1].story_id);
//! assert_eq!(found.stories.len(), 2);
//! // Why the first two stand together, in whole words:
//! assert!(found.shared[0].contains(&"زلزال".to_string()));
//! # Ok::<(), khabar::Error>(())
//! ```
//!
//! # A tour, in the order data flows
//!
//! | module | does |
//! |---|---|
//! | [`corpus`] | files and folders to [`Article`]s: JSONL, CSV, Parquet, text, packed or not |
//! | [`text`] | HTML, normalisation, scripts, words |
//! | [`boilerplate`] | what an outlet repeats on page after page is found and cut |
//! | [`vectorize`] | n-grams, hashed or learned; TF-IDF rows as linfa `Fit` and `Transformer` |
//! | [`similarity`] | the threshold self-join and the graph it finds |
//! | [`same_story`] | the probability that two articles tell the same story |
//! | [`story`] | cuts of the graph, copy families, what a story holds |
//! | [`group`](mod@group) | all of it: articles in, stories out |
//! | [`topic`] | learns topics, tags articles with calibrated probabilities, says what to review |
//! | [`inspect`](mod@inspect) | what is in a corpus before it is trusted, and in a topic model |
//! | [`metrics`] | BCubed, pairs, ARI, AMI, V-measure; topics by label, probability and rank; checked against scikit-learn |
//! | [`split`] | parts to learn from and to be measured on, no near-copy on both sides |
//! | [`model_file`] | the container of `*.khabar` files: checked, versioned, pure data |
//! | [`report`](mod@report) | stories as one page for the browser |
//! | [`export`] | suggested topics for fastText, Annif, Label Studio, doccano, spreadsheets |
//! | [`synth`] | invented corpora of any size with gold stories |
//! | [`output`] | rows out: JSON Lines, CSV, Parquet, tables; files whole or not at all |
//!
//! The library never prints; it never panics on input. Results are the same bytes for any
//! number of threads and do not depend on the order of the input.

pub mod article;
pub mod boilerplate;
pub mod corpus;
pub mod error;
pub mod export;
pub mod group;
pub mod inspect;
#[cfg(target_arch = "x86_64")]
mod lanes;
pub mod metrics;
pub mod model_file;
pub mod output;
pub mod report;
pub mod same_story;
pub mod similarity;
pub mod split;
pub mod story;
pub mod synth;
pub mod text;
pub mod topic;
pub mod vectorize;

pub use article::{Article, Published};
pub use error::{Error, Result};

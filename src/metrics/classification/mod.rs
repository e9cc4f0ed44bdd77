//! How well topics were found: labels, probabilities, rankings, and what a desk would accept.
//!
//! [`compare_topics`] is the whole of it, over lists by article id; the parts are here for
//! whoever has label numbers already: [`Confusion`] for one label an article, [`LabelSets`] for
//! several, [`log_loss`], [`brier_score`] and [`top_k_accuracy`] for probabilities,
//! [`ranking_scores`] for ranked labels, [`accuracy_at_coverage`] for confidence. All are
//! scikit-learn's to 1e-9 on frozen values, ties and empty denominators included: a share of
//! nothing is 0 here (`zero_division=0`), as for a label that is nowhere.
//!
//! Cost: linear in the articles and their labels, but for rankings, which sort the labels of
//! each article. Every sum over articles is over sorted values, so no order of the input
//! changes a bit.
//!
//! ```
//! use khabar::metrics::Confusion;
//! // 0 = رياضة, 1 = اقتصاد; the last article got no label, which is wrong.
//! let table = Confusion::new(2, &[0, 0, 1, 1], &[Some(0), Some(1), Some(1), None])?;
//! assert_eq!(table.accuracy(), 0.5);
//! let averages = table.averages();
//! assert_eq!((averages.micro.precision, averages.micro.recall), (2.0 / 3.0, 0.5));
//! # Ok::<(), khabar::Error>(())
//! ```

mod by_label;
mod confident;
mod confusion;
mod label_sets;
mod probability;
mod ranking;
mod topics;
mod topics_draws;
mod topics_input;

pub use by_label::{Averages, LabelCounts};
pub use confident::{Coverage, accuracy_at_coverage};
pub use confusion::Confusion;
pub use label_sets::LabelSets;
pub use probability::{Scores, brier_score, log_loss, top_k_accuracy};
pub use ranking::{AtK, RankingScores, ranking_scores};
pub use topics::{
    Confused, Decisions, GoldTopics, LabelRow, PredTopic, PredTopics, ProbabilityScores,
    SeveralScores, TopK, TopicIntervals, TopicOptions, TopicScores, UnknownLabel, compare_topics,
};

/// The mean of some values, the same bits in any order of them; 0 of none.
fn mean(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.sort_unstable_by(f64::total_cmp);
    values.iter().sum::<f64>() / values.len() as f64
}

/// `part` of `n`; 0 of none.
fn share(part: u64, n: u64) -> f64 {
    if n == 0 { 0.0 } else { part as f64 / n as f64 }
}

/// The error where lists that belong together do not fit.
fn misfit(what: impl Into<String>) -> crate::Error {
    crate::Error::parameter("labels", what, "give one entry an article, of the labels there are")
}

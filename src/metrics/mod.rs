//! How well stories, copies and topics were found: honest scores against a gold standard.
//!
//! [`score_clusters`] compares two labelings of the same articles, [`compare_groups`] two
//! lists of (article, story), [`compare_pairs`] judged pairs with predicted groups,
//! [`compare_topics`] predicted topics with gold topics, and [`bootstrap_same_f1`] says how far a pair F1 can be trusted. linfa's metrics are not
//! used: its precision and recall are swapped. These are checked against frozen
//! scikit-learn values to 1e-9.
//!
//! Every score is bit for bit the same in whatever order the articles come and whatever
//! the labels are called: all is computed from sorted counts. No score is ever NaN; where
//! nothing was to be found and nothing was found, agreement is full and the score is 1.
//!
//! Cost: O(n log n) time for `n` articles; beside the input at most some 90 bytes an article
//! for labels, 200 where articles are matched by id.
//!
//! ```
//! use khabar::metrics::score_clusters;
//! let gold = ["زلزال", "زلزال", "انتخابات", "انتخابات"];
//! let pred = [7, 7, 8, 9];
//! let scores = score_clusters(&gold, &pred)?;
//! assert_eq!(scores.bcubed.precision, 1.0);
//! assert_eq!(scores.bcubed.recall, 0.75);
//! # Ok::<(), khabar::Error>(())
//! ```

mod bootstrap;
mod calibration;
mod classification;
mod clustering;
mod contingency;
mod expected;
mod pairs;
mod prf;
mod read_pairs;

pub use bootstrap::{Decision, Interval, bootstrap_f1, bootstrap_same_f1};
pub use calibration::expected_calibration_error;
pub use classification::{
    AtK, Averages, Confused, Confusion, Coverage, Decisions, GoldTopics, LabelCounts, LabelRow,
    LabelSets, PredTopic, PredTopics, ProbabilityScores, RankingScores, Scores, SeveralScores,
    TopK, TopicIntervals, TopicOptions, TopicScores, UnknownLabel, accuracy_at_coverage,
    brier_score, compare_topics, log_loss, ranking_scores, top_k_accuracy,
};
pub use clustering::{ClusteringScores, compare_groups, score_clusters};
pub use pairs::{GoldPair, Judgement, PairScores, PredRow, compare_pairs};
pub use prf::Prf;
pub use read_pairs::read_pairs;

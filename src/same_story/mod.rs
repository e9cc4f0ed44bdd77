//! P(same story | two articles): one calibrated score for every language and length.
//!
//! A raw cosine means one thing between two long reports and another between two headlines.
//! Here a pair is judged by several pieces of [`Evidence`] (cosines of the whole and of the
//! opening, how much of one's opening the other holds, rare words and numbers in common, days
//! apart, lengths), and then by the company it keeps: whether the two have the same likely
//! companions, and whether texts like them come back day after day, as weather bulletins do. Two small
//! logistic models, one after the other, turn that into a probability ([`SameStory`]).
//!
//! What is missing is missing, not a difference: without a title or a date the evidence that
//! needs it falls away. Rare words weigh by their rarest n-gram, so the background document
//! frequencies serve them too, and two articles alone score as among thousands.
//!
//! The shipped coefficients stand in `models/same_story.json`, made by `khabar train-pairs`
//! ([`train`](mod@train)); the card beside them says from what and how good.
//!
//! Time: some 3.7 CPU seconds for 30,000 articles of 3 KB and 270,000 near pairs, more than half of
//! it for the articles; memory: about 6 KB an article that has a near one, 92 bytes a pair.

mod around;
mod centre;
mod evidence;
mod features;
mod logistic;
mod model;
mod seen;
pub mod train;
mod views;
mod words;

pub use evidence::Evidence;
pub(crate) use logistic::solve;
pub use model::SameStory;
pub use seen::Seen;
pub use views::{Sight, Views};

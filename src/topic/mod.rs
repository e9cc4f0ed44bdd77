//! Topics of articles: models that learn them, probabilities that mean what they say, and the
//! bars above which a tag may be accepted unread.
//!
//! In the order data flows: [`Features`] make rows of texts; [`linear`] learns weights from rows
//! and [`Labels`] ([`bayes`] and [`centroid`] are baselines on the same rows, all of them
//! [`Scorer`]s); [`calibrate`] makes probabilities of scores, [`decide`] bars of
//! probabilities; [`train()`] does all of it and gives a [`TopicModel`], which tags.
//!
//! Costs are stated in each part; of a large corpus the rows are the most: 8 bytes a distinct
//! n-gram of an article. [`train()`] has an example of the whole.

pub mod bayes;
pub mod calibrate;
pub mod centroid;
mod compress;
pub mod decide;
mod explain;
mod features;
mod file;
mod labels;
pub mod linear;
mod model;
mod openings;
mod review;
mod scorer;
mod train;

pub use compress::CompressOptions;
pub use explain::{Evidence, EvidenceWord};
pub use features::{FeatureOptions, Features};
pub use labels::Labels;
pub use model::{Reason, Tagged, Topic, TopicModel};
pub use openings::opening;
pub use scorer::{Scorer, best};
pub use train::{Progress, Report, TrainOptions, train};

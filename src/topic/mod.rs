//! Topics of articles: models that learn them, probabilities that mean what they say, and the
//! bars above which a tag may be accepted unread.

pub mod bayes;
pub mod calibrate;
pub mod centroid;
pub mod decide;
mod features;
mod labels;
pub mod linear;
mod model;
mod scorer;
mod train;

pub use features::{FeatureOptions, Features};
pub use labels::Labels;
pub use model::{Reason, Tagged, Topic, TopicModel};
pub use scorer::{Scorer, best};
pub use train::{Progress, Report, TrainOptions, train};

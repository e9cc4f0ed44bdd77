//! From the similarity graph to stories: four ways to cut it, and what a story is made of.
//!
//! Every cut gives a [`Partition`]: one label an article. [`linkage`] is the default and
//! the best on news; [`components`], [`density`] and [`kmeans`](mod@kmeans) are the alternatives.
//! [`copies`] finds copies of one text inside a story, [`describe`](mod@describe) and
//! [`keywords`] say what a story holds.
//!
//! Rows are expected in a canonical order (the caller sorts articles by id): ties are
//! broken by row number, and results then do not depend on the order of the input. All
//! results are the same for any number of threads.
//!
//! ```
//! use khabar::similarity::{Edge, Graph};
//! use khabar::story::{average_linkage, connected_components};
//! // Two pairs of near articles and one weak bridge between them.
//! let edge = |a, b, score| Edge { a, b, cosine: score, score };
//! let graph = Graph::from_edges(4, vec![edge(0, 1, 0.9), edge(1, 2, 0.5), edge(2, 3, 0.9)], 0.1);
//! assert_eq!(average_linkage(&graph, 0.4).labels(), [0, 0, 1, 1]);
//! assert_eq!(connected_components(&graph, 0.4).labels(), [0, 0, 0, 0]);
//! ```

pub mod components;
pub mod copies;
pub mod density;
pub mod describe;
pub mod keywords;
pub mod kmeans;
pub mod linkage;
pub mod partition;
pub mod pooled;
pub(crate) mod shingles;
pub mod svd;

pub use components::connected_components;
pub use copies::{CopyRule, copy_families, copy_families_by_text};
pub use density::dbscan;
pub use describe::{Placement, Role, Stories, Story, StoryId, describe};
pub use keywords::add_keywords;
pub use kmeans::kmeans;
pub use linkage::average_linkage;
pub use partition::{Groups, Partition};
pub use pooled::{PooledTree, pooled_bar, pooled_linkage};
pub use svd::randomized_svd;

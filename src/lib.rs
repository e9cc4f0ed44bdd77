//! khabar (خبر, "a news item") groups duplicate coverage of a news story.
//!
//! The modules, in the order data flows: [`corpus`] reads articles, [`text`] normalises
//! them, [`vectorize`] turns them into character n-gram TF-IDF rows, [`similarity`] joins
//! near rows into a graph, [`story`] cuts the graph into stories, [`metrics`] says how well.

pub mod article;
pub mod corpus;
pub mod error;
pub mod group;
pub mod metrics;
pub mod output;
pub mod similarity;
pub mod story;
pub mod text;
pub mod vectorize;

pub use article::{Article, Published};
pub use error::{Error, Result};

//! Which articles are near one another: the similarity graph and the join that finds it.

mod graph;

pub use graph::{Edge, Graph, Neighbour};

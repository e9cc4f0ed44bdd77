//! Which articles are near one another: the similarity graph and the join that finds it.

mod graph;
mod join;

pub use graph::{Edge, Graph, Neighbour};
pub use join::{Join, Joined, Pruning, equal_rows, join};

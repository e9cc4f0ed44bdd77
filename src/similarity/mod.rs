//! Which articles are near one another: the similarity graph and the join that finds it.

mod equal;
mod graph;
mod join;

pub use equal::{equal_counts, equal_rows};
pub use graph::{Edge, Graph, Neighbour};
pub use join::{Join, Joined, Joiner, Pruning, join};

//! Questions about the graph.

mod observe;
mod path;
mod sets;

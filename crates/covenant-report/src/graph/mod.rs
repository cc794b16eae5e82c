//! The graph of an agreement as a picture: for Graphviz, or drawn.

mod dot;
mod layers;
mod sketch;
mod svg;

pub use dot::dot;
pub use sketch::{MOST_STATES, Sketch};
pub use svg::svg;

//! YAML as a tree of nodes that know where they stand.
//!
//! Every scalar stays the text that was typed: `0x00`, `no` and `2026-02-01` mean what the scenario language says they mean.

mod cook;
mod explain;
mod node;
mod parse;

pub(crate) use explain::brief;
pub use node::{Node, NodeKind};
pub use parse::{MAX_DEPTH, parse};

#[cfg(test)]
mod tests;

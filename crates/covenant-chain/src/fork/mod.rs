//! Chains that continue another chain, from one of its blocks.

mod connection;
mod error;
mod pinned;
mod recording;
mod remote;
mod source;
#[cfg(test)]
mod tests;

pub use error::ForkError;
pub(crate) use pinned::Fork;
pub use pinned::ForkOptions;
pub use source::{ForkAccount, ForkBlock, ForkNode, StateAt};

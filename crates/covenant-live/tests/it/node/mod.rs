//! A node over a chain in this process: JSON-RPC in, JSON-RPC out, with a pool, a clock, and faults on demand.

mod answers;
mod faulty;
mod handle;
mod state;

pub(crate) use handle::Node;
pub(crate) use state::{BLOCK_TIME, Foreign, Hashes, START};

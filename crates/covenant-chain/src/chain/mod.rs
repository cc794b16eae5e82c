//! The chain itself: its clock and blocks, what is sent to it, read from it and set on it.

mod accounts;
mod block;
mod core;
mod edit;
mod follow;
#[cfg(test)]
mod laws;
mod options;
#[cfg(test)]
mod precompiles;
mod read;
mod reject;
mod send;
#[cfg(test)]
pub(crate) mod tests;
mod watch;

pub use self::core::{Chain, Snapshot};
pub use accounts::WholeAccount;
pub use edit::CREATE2_DEPLOYER;
pub use follow::{AccountState, Difference, Seen};
pub use options::{BLOCK_GAS_LIMIT, ChainOptions};
pub(crate) use reject::halt;

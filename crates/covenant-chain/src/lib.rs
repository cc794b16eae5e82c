//! A chain in this process: accounts, clock, blocks, snapshots, outcomes, traces and forks.
//!
//! The only crate that names revm. A [`Chain`] executes [`Transaction`]s in explicit blocks at explicit times and says
//! what happened as data: an [`Outcome`] is what the EVM did, an error is a failure of the engine or its surroundings.

mod types;

pub use types::{Call, Fees, HardFork, Log, Outcome, Receipt, Timestamp, Transaction, TxKind};

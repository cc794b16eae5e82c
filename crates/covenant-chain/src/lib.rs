//! A chain in this process: accounts, clock, blocks, snapshots, outcomes, traces and forks.
//!
//! The only crate that names revm. A [`Chain`] executes [`Transaction`]s in explicit blocks at explicit times and says
//! what happened as data: an [`Outcome`] is what the EVM did, an error is a failure of the engine or its surroundings.

mod chain;
mod console;
mod coverage;
mod decode;
mod engine;
mod error;
mod fork;
pub mod inputs;
mod key;
pub mod shadow;
mod slot;
mod state;
mod trace;
mod types;

pub use chain::{
    AccountState, BLOCK_GAS_LIMIT, CREATE2_DEPLOYER, Chain, ChainOptions, Difference, Seen,
    Snapshot, WholeAccount,
};
pub use console::{CONSOLE, console_line};
pub use coverage::{Choice, CodeRole, Coverage, Executed};
pub use decode::{DecodedCall, DecodedLog, DecodedRevert, DecodedValue, Decoder, Lexicon, Numbers};
pub use error::{ChainError, Rejection};
pub use fork::{ForkAccount, ForkBlock, ForkError, ForkNode, ForkOptions, StateAt};
pub use key::Key;
pub use slot::{array_slot, mapping_slot, mapping_slot_of_bytes, packed};
pub use state::Part;
pub use trace::{CallKind, CallTrace, StorageWrite, TraceDetail, TraceItem};
pub use types::{
    Call, Fees, HardFork, Log, Outcome, Receipt, Recording, Timestamp, Transaction, TxKind,
    UnknownHardFork,
};

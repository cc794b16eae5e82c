//! What can go wrong that is not the EVM's doing.

use alloy_primitives::{Address, U256};

use crate::{Timestamp, fork::ForkError};

/// A failure of the engine, its surroundings or its input.
///
/// A revert is never one: it is an [`Outcome`](crate::Outcome).
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The transaction is invalid, so no block can contain it; nothing changed.
    #[error("transaction rejected: {0}")]
    Rejected(Rejection),
    /// The clock was asked to go back.
    #[error("the clock is at {} and cannot go back to {}", .now.0, .asked.0)]
    Clock {
        /// The clock.
        now: Timestamp,
        /// What was asked for.
        asked: Timestamp,
    },
    /// An option has a value that no chain can have.
    #[error("invalid chain option: {0}")]
    Option(String),
    /// State that is on another chain could not be had.
    #[error(transparent)]
    Fork(#[from] ForkError),
    /// The EVM stopped for a reason that no transaction can cause: a bug.
    #[error("the EVM failed: {0}")]
    Engine(String),
}

/// Why no block can contain a transaction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The sender cannot pay value and gas up front.
    #[error("insufficient funds: {sender} has {have} wei and needs {want} wei for value and gas")]
    InsufficientFunds {
        /// The sender.
        sender: Address,
        /// Its balance in wei.
        have: U256,
        /// Value plus gas limit times the highest price, in wei.
        want: U256,
    },
    /// The gas limit is below what the transaction costs before it runs.
    #[error("gas limit {limit} is below the {needed} that the transaction costs before it runs")]
    GasTooLow {
        /// The limit.
        limit: u64,
        /// The intrinsic cost.
        needed: u64,
    },
    /// The gas limit is over what the hard fork or the block allows.
    #[error("gas limit {limit} is over {cap}, {which}")]
    GasTooHigh {
        /// The limit.
        limit: u64,
        /// The most that is allowed.
        cap: u64,
        /// Whose cap it is.
        which: &'static str,
    },
    /// The offered fee is below the base fee.
    #[error("max fee {offered} wei per gas is below the base fee of {base}")]
    FeeTooLow {
        /// What is offered, in wei per gas.
        offered: u128,
        /// The base fee, in wei per gas.
        base: u128,
    },
    /// The priority fee is over the max fee.
    #[error("priority fee {priority} wei per gas is over the max fee of {max}")]
    PriorityOverMax {
        /// The tip, in wei per gas.
        priority: u128,
        /// The max fee, in wei per gas.
        max: u128,
    },
    /// Init code is longer than EIP-3860 allows.
    #[error("init code of {size} bytes is over the limit of {limit} (EIP-3860)")]
    InitCodeTooLarge {
        /// Length in bytes.
        size: usize,
        /// The most that is allowed.
        limit: usize,
    },
    /// The nonce is not the sender's next one.
    #[error("nonce {nonce} is not the next of {sender}, which is {next}")]
    Nonce {
        /// The sender.
        sender: Address,
        /// The nonce asked for.
        nonce: u64,
        /// The nonce that would do.
        next: u64,
    },
    /// The hard fork does not know this kind of transaction.
    #[error("{what} needs the hard fork {since} or later")]
    NotYet {
        /// The feature.
        what: &'static str,
        /// When it came.
        since: &'static str,
    },
    /// Any other rule of the protocol.
    #[error("{0}")]
    Other(String),
}

impl From<Rejection> for ChainError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

//! Where the state of another chain is read.

use std::{fmt, sync::Arc};

use alloy_primitives::{Address, B256, Bytes, U256};

use super::error::ForkError;
use crate::Timestamp;

/// A node to ask about another chain.
#[derive(Clone, Debug)]
pub enum ForkNode {
    /// One at this http(s) address, which is asked from here.
    Address(String),
    /// Whatever reads the state after the block for its owner, who has a way to the node already.
    Reader(Arc<dyn StateAt>),
}

/// The state of a chain after one of its blocks, which stays the same for as long as this lives.
pub trait StateAt: fmt::Debug + Send + Sync {
    /// What is asked, in words that may be shown.
    fn node(&self) -> String;

    /// The chain.
    ///
    /// # Errors
    /// [`ForkError::Network`] and [`ForkError::Refused`], here and below.
    fn chain_id(&self) -> Result<u64, ForkError>;

    /// The block.
    ///
    /// # Errors
    /// As [`chain_id`](Self::chain_id).
    fn block(&self) -> Result<ForkBlock, ForkError>;

    /// An account; one that is not there has nothing.
    ///
    /// # Errors
    /// As [`chain_id`](Self::chain_id).
    fn account(&self, address: Address) -> Result<ForkAccount, ForkError>;

    /// A slot of an account.
    ///
    /// # Errors
    /// As [`chain_id`](Self::chain_id).
    fn slot(&self, address: Address, slot: U256) -> Result<U256, ForkError>;

    /// The hash of a block, this one or an earlier one.
    ///
    /// # Errors
    /// As [`chain_id`](Self::chain_id).
    fn block_hash(&self, number: u64) -> Result<B256, ForkError>;
}

/// A block of another chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForkBlock {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time.
    pub timestamp: Timestamp,
}

/// An account of another chain, apart from its storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForkAccount {
    /// What it has, in wei.
    pub balance: U256,
    /// The nonce that it uses next.
    pub nonce: u64,
    /// Its code.
    pub code: Bytes,
}

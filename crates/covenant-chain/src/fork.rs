//! Chains that continue another chain.
use crate::{Timestamp, state::AccountDiff};
use alloy_primitives::{Address, B256, U256};
use revm::database_interface::DBErrorMarker;
use std::path::PathBuf;
/// Which chain to continue.
#[derive(Clone, Debug)]
pub struct ForkOptions {
    /// The address of a node's JSON-RPC.
    pub url: String,
    /// The block after which the chain continues.
    pub block: u64,
    /// A file that keeps what was read.
    pub cache: Option<PathBuf>,
}
/// Why state of another chain could not be had.
#[derive(Debug, thiserror::Error)]
#[error("forks are not supported")]
pub struct ForkError;
impl DBErrorMarker for ForkError {}
#[derive(Debug)]
pub(crate) enum Fork {}
impl Fork {
    pub(crate) fn open(_: ForkOptions) -> Result<Self, ForkError> {
        Err(ForkError)
    }
    pub(crate) fn chain_id(&self) -> u64 {
        match *self {}
    }
    pub(crate) fn block(&self) -> u64 {
        match *self {}
    }
    pub(crate) fn timestamp(&self) -> Timestamp {
        match *self {}
    }
    pub(crate) fn account(&self, _: Address) -> Result<AccountDiff, ForkError> {
        match *self {}
    }
    pub(crate) fn slot(&self, _: Address, _: U256) -> Result<U256, ForkError> {
        match *self {}
    }
    pub(crate) fn block_hash(&self, _: u64) -> Result<B256, ForkError> {
        match *self {}
    }
}

//! Why a journal could not be rebuilt.

use std::{io, path::PathBuf};

use alloy_primitives::{Address, B256};

use crate::{
    journal::{JournalError, StepId},
    rpc::RpcError,
    storage::LockError,
};

/// Why a journal could not be rebuilt. What was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The node gave no answer, or a wrong one.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// The new journal cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Another process works with the journal.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A file could not be moved.
    #[error("cannot put {} in its place", .file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Something of an account waits at the node, and nobody knows yet what becomes of it.
    #[error(
        "{account} has {count} transactions that wait to be put into a block; recover the journal when they have landed"
    )]
    Pending {
        /// The account.
        account: Address,
        /// How many.
        count: u64,
    },
    /// The node does not know the state of old blocks.
    #[error(
        "the node does not tell the nonce of {account} in block {block}, so it has no history; say where to look with \
         `--from-block` and `--to-block`, or ask a node with history"
    )]
    NoHistory {
        /// The account.
        account: Address,
        /// The block.
        block: u64,
    },
    /// The blocks that were looked at do not hold all that an account has sent.
    #[error(
        "nonce {nonce} of {account} was used, but not in blocks {from} to {to}; look at more blocks with `--from-block` \
         and `--to-block`"
    )]
    Incomplete {
        /// The account.
        account: Address,
        /// The nonce that is missing.
        nonce: u64,
        /// The first block that was looked at.
        from: u64,
        /// The last one.
        to: u64,
    },
    /// What was found looks like the step, but created something else.
    #[error(
        "transaction {hash} is that of {step}, but what it created at {address} has other code"
    )]
    OtherCode {
        /// The step.
        step: Box<StepId>,
        /// The transaction.
        hash: B256,
        /// The contract.
        address: Address,
    },
    /// What looks like a step could not be put together again.
    #[error(
        "transaction {hash} does what a step does, but is of another kind, or the node describes it in a way that does not \
         give its hash; ask another node"
    )]
    Garbled {
        /// The transaction.
        hash: B256,
    },
}

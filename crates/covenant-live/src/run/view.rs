//! The chain as it was after one of its blocks.

use std::path::PathBuf;

use covenant_chain::{Chain, ChainOptions, Fees, ForkOptions, HardFork, Timestamp};

use super::error::LiveError;
use crate::{journal::BlockRef, rpc::Client};

/// Where the state of blocks is read.
///
/// Expressions are evaluated by the same EVM as in simulation, on the state after a block that was seen; what was read of
/// that state is kept, so that a later run decides the same, also on a node that has forgotten it by then.
#[derive(Clone, Debug)]
pub(super) struct Views {
    /// The address of the node; it may hold a secret.
    pub(super) url: String,
    /// Where what was read is kept; nowhere where states are not forgotten.
    pub(super) folder: Option<PathBuf>,
    /// The rules by which calls are executed.
    pub(super) hard_fork: HardFork,
    /// Whether transactions pay for gas.
    pub(super) fees: Fees,
    /// The chain.
    pub(super) chain_id: u64,
}

impl Views {
    /// The chain after a block.
    pub(super) fn at(&self, client: &mut Client, block: BlockRef) -> Result<Chain, LiveError> {
        let BlockRef { number, hash } = block;
        let cache = self.folder.as_ref().map(|folder| folder.join(format!("{number}-{hash}.json")));
        let chain = Chain::new(ChainOptions {
            hard_fork: self.hard_fork,
            chain_id: Some(self.chain_id),
            timestamp: Timestamp(0),
            fees: self.fees,
            fork: Some(ForkOptions { url: Some(self.url.clone()), block: number, cache }),
        })?;
        // What is read is read by number, so the block of that number must be this one, still.
        let found = client.block(number)?.map(|block| block.hash);
        if found == Some(hash) { Ok(chain) } else { Err(LiveError::Moved { number }) }
    }
}

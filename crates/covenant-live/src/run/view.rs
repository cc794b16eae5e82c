//! The chain as it was after one of its blocks.

use std::{path::PathBuf, sync::Arc};

use covenant_chain::{Chain, ChainOptions, Fees, ForkNode, ForkOptions, HardFork, Timestamp};

use super::{error::LiveError, reader::Reader};
use crate::{journal::BlockRef, rpc::Client};

/// Where the state of blocks is read.
///
/// Expressions are evaluated by the same EVM as in simulation, on the state after a block that was seen; what was read of
/// that state is kept, so that a later run decides the same, also on a node that has forgotten it by then.
#[derive(Clone, Debug)]
pub(super) struct Views {
    /// Who asks for it.
    pub(super) reader: Reader,
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
    /// The chain after a block, which has to be on the chain still.
    pub(super) fn at(&self, client: &mut Client, block: BlockRef) -> Result<Chain, LiveError> {
        let BlockRef { number, hash } = block;
        let found = client.block(number)?.filter(|found| found.hash == hash);
        let found = found.ok_or(LiveError::Moved { number })?;
        let state = self.reader.state_of(block, Timestamp(found.timestamp.to()));
        let cache = self.folder.as_ref().map(|folder| folder.join(format!("{number}-{hash}.json")));
        let node = Some(ForkNode::Reader(Arc::new(state)));
        Ok(Chain::new(ChainOptions {
            hard_fork: self.hard_fork,
            chain_id: Some(self.chain_id),
            timestamp: Timestamp(0),
            fees: self.fees,
            fork: Some(ForkOptions { node, block: number, cache }),
        })?)
    }
}

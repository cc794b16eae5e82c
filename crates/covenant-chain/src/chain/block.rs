//! What a block tells the transactions in it.

use alloy_primitives::{B256, U256};
use revm::context::BlockEnv;

use super::{
    core::Chain,
    options::{BLOCK_GAS_LIMIT, Settings},
};

impl Chain {
    /// The header of the block that comes next, at the clock's time.
    pub(super) fn next_block(&self) -> BlockEnv {
        let Settings { rules, base_fee, coinbase, blob_fee, .. } = &*self.settings;
        let number = self.head.number + 1;
        BlockEnv {
            number: U256::from(number),
            beneficiary: *coinbase,
            timestamp: U256::from(self.head.now.0),
            gas_limit: BLOCK_GAS_LIMIT,
            basefee: *base_fee,
            difficulty: U256::ZERO,
            prevrandao: Some(prevrandao(rules.chain_id, number)),
            blob_excess_gas_and_price: Some(*blob_fee),
            slot_num: number,
        }
    }
}

/// Four words of SplitMix64 seeded with chain id and block number: looks random, and is the same on every run.
///
/// A hash would do as well, and take as long as a fifth of a small transaction.
fn prevrandao(chain_id: u64, number: u64) -> B256 {
    const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = chain_id.wrapping_mul(GAMMA) ^ number;
    let mut bytes = B256::ZERO;
    bytes.chunks_exact_mut(8).for_each(|word| {
        state = state.wrapping_add(GAMMA);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word.copy_from_slice(&(mixed ^ (mixed >> 31)).to_be_bytes());
    });
    bytes
}

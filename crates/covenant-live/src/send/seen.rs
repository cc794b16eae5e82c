//! What was asked in one look at the chain: it is all of one block, and is not asked twice.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};

use super::{error::SendError, sender::Sender};
use crate::rpc::Block;

/// Answers about the latest block, as it was when it was looked at.
#[derive(Debug, Default)]
pub(super) struct Seen {
    nonces: BTreeMap<Address, u64>,
    balances: BTreeMap<Address, U256>,
    /// Which block has a number.
    hashes: BTreeMap<u64, Option<B256>>,
    tip: Option<u128>,
}

impl Sender {
    /// The nonce that an account uses next.
    pub(super) fn nonce_at(&mut self, account: Address, head: &Block) -> Result<u64, SendError> {
        if let Some(nonce) = self.memory.seen.nonces.get(&account) {
            return Ok(*nonce);
        }
        let nonce = self.client.nonce(account, head.number.to())?;
        self.memory.seen.nonces.insert(account, nonce);
        Ok(nonce)
    }

    /// What an account has.
    pub(super) fn balance_at(&mut self, account: Address, head: &Block) -> Result<U256, SendError> {
        if let Some(balance) = self.memory.seen.balances.get(&account) {
            return Ok(*balance);
        }
        let balance = self.client.balance(account, head.number.to())?;
        self.memory.seen.balances.insert(account, balance);
        Ok(balance)
    }

    /// The hash of the block of this number.
    pub(super) fn hash_at(&mut self, number: u64) -> Result<Option<B256>, SendError> {
        if let Some(hash) = self.memory.seen.hashes.get(&number) {
            return Ok(*hash);
        }
        let hash = self.client.block(number)?.map(|block| block.hash);
        self.memory.seen.hashes.insert(number, hash);
        Ok(hash)
    }

    /// What to give to whoever includes a transaction, in wei per gas.
    pub(super) fn tip(&mut self) -> Result<u128, SendError> {
        if let Some(tip) = self.options.tip.or(self.memory.seen.tip) {
            return Ok(tip);
        }
        let tip = self.client.suggested_tip()?;
        self.memory.seen.tip = Some(tip);
        Ok(tip)
    }
}

//! The state inside of a block, between two of its transactions.
//!
//! Several steps may be in one block, and the runner goes from one to the next: what it sees in between is the state before
//! the block, with those in front executed on it. Of others in the block only those matter that the steps notice.

use alloy_eips::eip2930::AccessList;
use alloy_primitives::{Address, B256, Bytes, TxKind, U64, U256};
use covenant_chain::{Chain, ChainError, Receipt, Snapshot, Timestamp, Transaction};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    carrier::{Live, Result},
    error::LiveError,
};
use crate::{
    journal::{Attempt, BlockRef, Mined, Slot},
    rpc::{self, RpcError},
    send::request_of,
};

/// How many blocks are remembered.
const KEPT: usize = 4;

/// What is known of the blocks that were looked at last.
#[derive(Debug, Default)]
pub(super) struct Recent {
    views: Vec<(BlockRef, Chain)>,
    facts: Option<Facts>,
    /// The block and the place in it up to which it was executed.
    middle: Option<(BlockRef, u64, Snapshot)>,
}

/// What does not change about a block.
#[derive(Clone, Copy, Debug)]
struct Facts {
    block: BlockRef,
    parent: BlockRef,
    at: Timestamp,
    /// Who is paid for it, where the node says so: looking at that account costs less than looking at another.
    coinbase: Option<Address>,
}

/// A transaction as it is in a block.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InBlock {
    hash: B256,
    from: Address,
    to: Option<Address>,
    gas: U64,
    value: U256,
    input: Bytes,
    #[serde(default, rename = "type")]
    kind: U64,
    #[serde(default)]
    access_list: Option<AccessList>,
}

#[derive(Deserialize)]
struct FullBlock {
    hash: B256,
    /// Each for itself: one of a kind that nobody knows is not in the way of those that are in front of it.
    transactions: Vec<Value>,
}

/// What is known of any transaction.
#[derive(Deserialize)]
struct Named {
    hash: B256,
}

impl Live {
    /// The chain after a block.
    pub(super) fn view_of(&mut self, block: BlockRef) -> Result<Chain> {
        if let Some((_, view)) = self.recent.views.iter().find(|(known, _)| *known == block) {
            return Ok(view.clone());
        }
        let view = self.views.at(self.sender.client(), block)?;
        if self.recent.views.len() >= KEPT {
            self.recent.views.remove(0);
        }
        self.recent.views.push((block, view.clone()));
        Ok(view)
    }

    /// The state after a block.
    pub(super) fn state_after(&mut self, block: BlockRef) -> Result<Snapshot> {
        Ok(self.view_of(block)?.snapshot())
    }

    /// The time of a block, and who is paid for it.
    pub(super) fn surroundings(&mut self, block: BlockRef) -> Result<(Timestamp, Option<Address>)> {
        let Facts { at, coinbase, .. } = self.facts(block)?;
        Ok((at, coinbase))
    }

    /// What does not change about a block, which has to be on the chain.
    fn facts(&mut self, block: BlockRef) -> Result<Facts> {
        if let Some(known) = self.recent.facts.filter(|known| known.block == block) {
            return Ok(known);
        }
        let client = self.sender.client();
        let found = client.block(block.number)?.filter(|found| found.hash == block.hash);
        let found = found.ok_or(LiveError::Moved { number: block.number })?;
        let number = block.number.saturating_sub(1);
        let before = client.block(number)?.ok_or(LiveError::Moved { number })?;
        let parent = BlockRef { number, hash: before.hash };
        let (at, coinbase) = (Timestamp(found.timestamp.to()), found.miner);
        let facts = Facts { block, parent, at, coinbase };
        self.recent.facts = Some(facts);
        Ok(facts)
    }

    /// The chain just before a transaction, as far as those of the journal made it what it is. `chain` is one that records
    /// what is wanted.
    pub(super) fn before(&mut self, chain: &Chain, mined: &Mined) -> Result<Chain> {
        let mut here = chain.clone();
        let known = self.recent.middle.take();
        let known = known.filter(|(block, index, _)| *block == mined.block && *index < mined.index);
        let from = match known {
            Some((_, index, state)) => {
                self.within(&mut here, mined.block)?;
                here.restore(&state);
                index + 1
            }
            None => {
                self.at_beginning(&mut here, mined.block)?;
                0
            }
        };
        for (before, attempt) in self.ours_in(mined.block, from, mined.index) {
            let transaction = transaction_of(&attempt);
            put(&mut here, &transaction, (&before, fee(&before)))?;
        }
        Ok(here)
    }

    /// The same, with all transactions that are before it in its block; else which of them cannot be executed here, or does
    /// something else here than it did there.
    pub(super) fn before_among_all(
        &mut self,
        chain: &Chain,
        mined: &Mined,
    ) -> Result<std::result::Result<Chain, String>> {
        let number = mined.block.number;
        let asked = json!([U64::from(number), true]);
        let value = match self.sender.client().ask::<Value>("eth_getBlockByNumber", asked) {
            Ok(value) => value,
            Err(RpcError::Refused { refusal, .. }) => {
                return Ok(Err(format!("the node does not give that block whole: {refusal}")));
            }
            Err(error) => return Err(error.into()),
        };
        let full = match FullBlock::deserialize(&value) {
            Ok(full) => full,
            Err(error) => return Ok(Err(format!("the node describes that block oddly: {error}"))),
        };
        if full.hash != mined.block.hash {
            return Err(LiveError::Moved { number });
        }
        let mut here = chain.clone();
        self.at_beginning(&mut here, mined.block)?;
        for (index, other) in (0..mined.index).zip(full.transactions) {
            let (hash, transaction) = match executable(&other) {
                Ok(known) => known,
                Err(why) => return Ok(Err(why)),
            };
            let receipt = self.sender.receipt_in(hash, mined.block.hash)?;
            let Some(receipt) = receipt else {
                return Ok(Err(format!("the node has no receipt of {hash}")));
            };
            let place = place_of(&receipt, mined.block, index);
            let done = put(&mut here, &transaction, (&place, fee(&place)))?;
            let same = done.is_some_and(|done| {
                done.gas_used == place.gas_used && done.outcome.is_success() == place.success
            });
            if !same {
                return Ok(Err(format!("{hash} does something else here than it did there")));
            }
        }
        Ok(Ok(here))
    }

    /// Remembers what a block was executed up to.
    pub(super) fn executed(&mut self, mined: &Mined, state: Snapshot) {
        self.recent.middle = Some((mined.block, mined.index, state));
    }

    /// How many transactions of the journal are before this one in its block.
    pub(super) fn ours_before(&self, mined: &Mined) -> u64 {
        self.ours_in(mined.block, 0, mined.index).len() as u64
    }

    /// Whether another one of ours comes later in the same block.
    pub(super) fn goes_on_in_block(&self, mined: &Mined, sender: Address, nonce: u64) -> bool {
        match &self.search {
            Some(search) => search.sends_more(sender, mined.block, nonce),
            None => !self.ours_in(mined.block, mined.index + 1, u64::MAX).is_empty(),
        }
    }

    /// What is executed on the chain from now on pays whom a block's transactions paid.
    fn within(&mut self, chain: &mut Chain, block: BlockRef) -> Result<Facts> {
        let facts = self.facts(block)?;
        if let Some(coinbase) = facts.coinbase {
            chain.set_coinbase(coinbase);
        }
        Ok(facts)
    }

    /// The state before a block, at its time.
    fn at_beginning(&mut self, chain: &mut Chain, block: BlockRef) -> Result<()> {
        let Facts { parent, at, .. } = self.within(chain, block)?;
        let state = self.state_after(parent)?;
        chain.restore(&state);
        if chain.now() < at {
            chain.set_now(at)?;
        }
        Ok(())
    }

    /// What of the journal is in a block, from one place up to another, in its order.
    fn ours_in(&self, block: BlockRef, from: u64, to: u64) -> Vec<(Mined, Attempt)> {
        let book = self.sender.journal().book();
        let slots = book.steps().flat_map(|step| step.slot.iter().chain(&step.past));
        let landed = slots.filter_map(|slot: &Slot| {
            let mined = &slot.landing.as_ref()?.mined;
            let here = mined.block == block && (from..to).contains(&mined.index);
            here.then(|| slot.landed().map(|attempt| (mined.clone(), attempt.clone()))).flatten()
        });
        let mut ours: Vec<_> = landed.collect();
        ours.sort_unstable_by_key(|(mined, _)| mined.index);
        ours
    }
}

/// Executes a transaction behind those that are in its block already, and takes its fee; `None` if it is not possible.
pub(super) fn put(
    chain: &mut Chain,
    transaction: &Transaction,
    (place, fee): (&Mined, U256),
) -> Result<Option<Receipt>> {
    let sent = if chain.block_number() < place.block.number {
        chain.send(transaction)
    } else {
        let index = usize::try_from(place.index).unwrap_or(usize::MAX);
        chain.send_behind(transaction, index)
    };
    let receipt = match sent {
        Ok(receipt) => Some(receipt),
        Err(ChainError::Rejected(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let has = chain.balance(transaction.from)?;
    chain.set_balance(transaction.from, has.saturating_sub(fee))?;
    Ok(receipt)
}

/// What was paid for a transaction.
pub(super) fn fee(mined: &Mined) -> U256 {
    let price = mined.gas_price.unwrap_or_default().to::<u128>();
    U256::from(mined.gas_used) * U256::from(price)
}

/// What was signed.
fn transaction_of(attempt: &Attempt) -> Transaction {
    let sender = attempt.signed.sender;
    let request = request_of(&attempt.signed.raw);
    let transaction = match request.to {
        TxKind::Call(to) => Transaction::call(sender, to, request.input),
        TxKind::Create => Transaction::create(sender, request.input),
    };
    transaction.with_value(request.value).with_gas_limit(request.gas_limit)
}

/// Where a transaction of somebody else is, and what came of it.
fn place_of(receipt: &rpc::Receipt, block: BlockRef, index: u64) -> Mined {
    Mined {
        hash: receipt.transaction_hash,
        block,
        index,
        success: receipt.status.is_some_and(|status| status.to::<u64>() == 1),
        gas_used: receipt.gas_used.to(),
        gas_price: receipt.effective_gas_price,
    }
}

/// A transaction of somebody else, to be executed here, or why it cannot be.
fn executable(described: &Value) -> std::result::Result<(B256, Transaction), String> {
    let other = match InBlock::deserialize(described) {
        Ok(other) => other,
        Err(error) => {
            let hash = Named::deserialize(described).map(|named| named.hash.to_string());
            let hash = hash.unwrap_or_else(|_| "a transaction without a hash".to_owned());
            return Err(format!("the node describes {hash} oddly: {error}"));
        }
    };
    let transaction = other.transaction().ok_or_else(|| {
        let kind = match other.kind.to::<u64>() {
            3 => "3, with blobs".to_owned(),
            4 => "4, by which accounts take on code".to_owned(),
            kind => kind.to_string(),
        };
        format!("{} is of type {kind}, which is not executed here", other.hash)
    })?;
    Ok((other.hash, transaction))
}

impl InBlock {
    /// The same to be executed here; `None` for kinds that do more than call or create.
    fn transaction(&self) -> Option<Transaction> {
        if self.kind > U64::from(2) {
            return None;
        }
        let transaction = match self.to {
            Some(to) => Transaction::call(self.from, to, self.input.clone()),
            None => Transaction::create(self.from, self.input.clone()),
        };
        let mut transaction = transaction.with_value(self.value).with_gas_limit(self.gas.to());
        transaction.access_list = self.access_list.clone().unwrap_or_default();
        Some(transaction)
    }
}

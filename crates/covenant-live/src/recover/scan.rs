//! Finding what accounts have sent.

use std::collections::{BTreeMap, BTreeSet};

use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U64, U128, U256, keccak256};
use serde::Deserialize;
use serde_json::json;

use super::error::RecoverError;
use crate::{
    journal::BlockRef,
    rpc::{Client, RpcError},
};

/// Everything that some accounts have sent, by account and nonce.
#[derive(Clone, Debug)]
pub struct Scan {
    found: BTreeMap<Address, BTreeMap<u64, Found>>,
    /// The latest block when the scan began.
    head: u64,
    /// The time of that block.
    at: u64,
}

/// A transaction on the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its hash.
    pub hash: B256,
    /// Its block.
    pub block: BlockRef,
    /// The time of its block.
    pub at: u64,
    /// Who sent it.
    pub sender: Address,
    /// Its nonce.
    pub nonce: u64,
    /// Where it went; `None` for one that creates a contract.
    pub to: Option<Address>,
    /// Wei sent along.
    pub value: U256,
    /// Calldata, or init code.
    pub input: Bytes,
    /// Most gas it may have used.
    pub gas_limit: u64,
    /// Most wei per gas it would have paid.
    pub max_fee: u128,
    /// Wei per gas for whoever included it.
    pub priority_fee: u128,
    /// Its bytes; `None` if it is of a kind that is never sent here, or described in a way that does not give its hash.
    pub raw: Option<Bytes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FullBlock {
    number: U64,
    hash: B256,
    timestamp: U64,
    transactions: Vec<FullTransaction>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FullTransaction {
    hash: B256,
    from: Address,
    to: Option<Address>,
    nonce: U64,
    gas: U64,
    value: U256,
    input: Bytes,
    #[serde(default, rename = "type")]
    kind: U64,
    max_fee_per_gas: Option<U128>,
    max_priority_fee_per_gas: Option<U128>,
    chain_id: Option<U64>,
    #[serde(default)]
    r: U256,
    #[serde(default)]
    s: U256,
    y_parity: Option<U64>,
    v: Option<U64>,
}

impl Scan {
    /// Looks for everything that `accounts` have sent: in the blocks of `range`, both ends included, or else in the blocks
    /// in which their nonces grew, which takes a node that knows the state of every block.
    ///
    /// # Errors
    ///
    /// [`RecoverError::Pending`] while something waits, [`RecoverError::NoHistory`] without a range,
    /// [`RecoverError::Incomplete`] if the range holds something that came after what it does not hold.
    pub fn new(
        client: &mut Client,
        accounts: &BTreeSet<Address>,
        range: Option<(u64, u64)>,
    ) -> Result<Self, RecoverError> {
        let block = client.head()?;
        let (head, at) = (block.number.to(), block.timestamp.to());
        let mut blocks = BTreeSet::new();
        for account in accounts {
            let (used, waiting) = (client.nonce(*account, head)?, client.pending_nonce(*account)?);
            if waiting > used {
                return Err(RecoverError::Pending { account: *account, count: waiting - used });
            }
            if range.is_none() && used > 0 {
                growth(client, *account, (0, 0), (head, used), &mut blocks)?;
            }
        }
        blocks.extend(range.into_iter().flat_map(|(from, to)| from..=to.min(head)));
        let mut found: BTreeMap<Address, BTreeMap<u64, Found>> = BTreeMap::new();
        for number in blocks {
            for transaction in read(client, number, accounts)? {
                let of_account = found.entry(transaction.sender).or_default();
                of_account.insert(transaction.nonce, transaction);
            }
        }
        let scan = Self { found, head, at };
        let (from, to) = range.unwrap_or((0, head));
        for account in accounts {
            scan.check_whole(client, *account, (from, to))?;
        }
        Ok(scan)
    }

    /// What an account has sent, by nonce.
    pub fn of(&self, account: Address) -> impl Iterator<Item = &Found> {
        self.found.get(&account).into_iter().flat_map(BTreeMap::values)
    }

    /// Everything that was found, by account and nonce.
    pub fn all(&self) -> impl Iterator<Item = &Found> {
        self.found.values().flat_map(BTreeMap::values)
    }

    /// The latest block when the scan began, and its time.
    pub const fn head(&self) -> (u64, u64) {
        (self.head, self.at)
    }

    /// Refuses a scan in which something is missing after its first find: steps would be sent again.
    fn check_whole(
        &self,
        client: &mut Client,
        account: Address,
        (from, to): (u64, u64),
    ) -> Result<(), RecoverError> {
        let used = client.nonce(account, self.head)?;
        let known = self.found.get(&account);
        let first = known.and_then(|known| known.keys().next().copied()).unwrap_or(used);
        let missing = (first..used).find(|nonce| known.is_none_or(|it| !it.contains_key(nonce)));
        // Nothing at all in a range that was named may be a range that was named wrongly.
        let missing = missing.or_else(|| used.checked_sub(1).filter(|_| known.is_none()));
        match missing {
            Some(nonce) => Err(RecoverError::Incomplete { account, nonce, from, to }),
            None => Ok(()),
        }
    }
}

/// Finds the blocks between two in which an account's nonce grew, by halving.
fn growth(
    client: &mut Client,
    account: Address,
    low: (u64, u64),
    high: (u64, u64),
    blocks: &mut BTreeSet<u64>,
) -> Result<(), RecoverError> {
    if low.1 == high.1 {
        return Ok(());
    }
    if high.0 - low.0 <= 1 {
        blocks.insert(high.0);
        return Ok(());
    }
    let block = low.0 + (high.0 - low.0) / 2;
    let nonce = match client.nonce(account, block) {
        Ok(nonce) => nonce,
        Err(RpcError::Refused { .. } | RpcError::Exhausted { .. }) => {
            return Err(RecoverError::NoHistory { account, block });
        }
        Err(error) => return Err(error.into()),
    };
    growth(client, account, low, (block, nonce), blocks)?;
    growth(client, account, (block, nonce), high, blocks)
}

fn read(
    client: &mut Client,
    number: u64,
    accounts: &BTreeSet<Address>,
) -> Result<Vec<Found>, RecoverError> {
    let block: FullBlock = client.ask("eth_getBlockByNumber", json!([U64::from(number), true]))?;
    let place = BlockRef { number: block.number.to(), hash: block.hash };
    let ours = block.transactions.into_iter().filter(|it| accounts.contains(&it.from));
    Ok(ours.map(|it| it.found(place, block.timestamp.to())).collect())
}

impl FullTransaction {
    fn found(self, block: BlockRef, at: u64) -> Found {
        let raw = if self.kind == U64::from(2) { self.raw() } else { None };
        Found {
            hash: self.hash,
            block,
            at,
            sender: self.from,
            nonce: self.nonce.to(),
            to: self.to,
            value: self.value,
            gas_limit: self.gas.to(),
            max_fee: self.max_fee_per_gas.unwrap_or_default().to(),
            priority_fee: self.max_priority_fee_per_gas.unwrap_or_default().to(),
            input: self.input,
            raw,
        }
    }

    /// The bytes as they were sent: what it says put together again, which must have its hash.
    fn raw(&self) -> Option<Bytes> {
        let parity = self.y_parity.or(self.v).map(|parity| parity == U64::from(1));
        let (parity, chain_id) = parity.zip(self.chain_id)?;
        let transaction = TxEip1559 {
            chain_id: chain_id.to(),
            nonce: self.nonce.to(),
            gas_limit: self.gas.to(),
            max_fee_per_gas: self.max_fee_per_gas.unwrap_or_default().to(),
            max_priority_fee_per_gas: self.max_priority_fee_per_gas.unwrap_or_default().to(),
            to: self.to.map_or(TxKind::Create, TxKind::Call),
            value: self.value,
            access_list: Default::default(),
            input: self.input.clone(),
        };
        let signature = Signature::new(self.r, self.s, parity);
        let raw: Bytes = transaction.into_signed(signature).encoded_2718().into();
        (keccak256(&raw) == self.hash).then_some(raw)
    }
}

//! Its chain, its pool and its blocks.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use alloy_consensus::{Transaction as _, TxEnvelope};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use covenant_chain::{Call, Chain, ChainError, Receipt, Snapshot, Timestamp, Transaction, TxKind};

use crate::faults::Fault;

/// Between two blocks.
pub(crate) const BLOCK_TIME: Duration = Duration::from_secs(12);
/// What one question takes.
pub(super) const QUESTION_TIME: Duration = Duration::from_millis(5);
/// After this long whoever asks gives up.
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);
pub(crate) const START: u64 = 1_767_225_600;
pub(super) const BASE_FEE: u128 = 1_000_000_000;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) chain: Chain,
    pub(crate) time: Duration,
    pub(crate) blocks: Vec<Block>,
    pub(crate) pool: BTreeMap<B256, Pooled>,
    /// How many receipts the second endpoint gives another block to.
    pub(crate) doubts: u64,
    /// Every transaction that was ever taken.
    pub(super) archive: BTreeMap<B256, Pooled>,
    pub(super) receipts: BTreeMap<B256, (usize, Receipt)>,
    /// Changes what blocks are called, so that another history has other hashes.
    pub(super) salt: u64,
    pub(crate) base_fee: u128,
    pub(crate) calls: u64,
    pub(super) fault: Option<(u64, Fault)>,
    /// The fault has had its one effect.
    pub(super) spent: bool,
    /// Waits for ever.
    pub(super) ignored: BTreeSet<B256>,
    pub(super) spike_until: usize,
    /// How many transactions were taken, by hash.
    pub(crate) taken: BTreeMap<B256, u32>,
    pub(crate) methods: Vec<String>,
    /// What it makes of a block that is named by its hash.
    pub(crate) hashes: Hashes,
    /// Whether gas is paid for.
    pub(super) charges: bool,
    /// What others put in front of the next block that has anything of a pool.
    pub(crate) others: Vec<Foreign>,
    /// All of theirs that are in blocks, by hash.
    pub(super) foreign: BTreeMap<B256, Foreign>,
}

#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) hash: B256,
    pub(crate) timestamp: u64,
    pub(crate) transactions: Vec<B256>,
    pub(super) before: Snapshot,
    pub(super) after: Snapshot,
}

#[derive(Clone, Debug)]
pub(crate) struct Pooled {
    pub(super) envelope: TxEnvelope,
    pub(super) sender: Address,
}

impl State {
    pub(super) fn advance(&mut self, time: Duration) {
        let until = self.time + time;
        while BLOCK_TIME * u32::try_from(self.blocks.len()).unwrap() <= until {
            self.time = BLOCK_TIME * u32::try_from(self.blocks.len()).unwrap();
            self.mine();
        }
        self.time = until;
    }

    pub(crate) fn head(&self) -> usize {
        self.blocks.len() - 1
    }

    /// Puts whatever may go into the next block.
    pub(crate) fn mine(&mut self) {
        let number = self.blocks.len();
        if number >= self.spike_until {
            self.base_fee = BASE_FEE;
        }
        let timestamp = START + BLOCK_TIME.as_secs() * number as u64;
        let before = self.chain.snapshot();
        self.chain.set_now(Timestamp(timestamp)).unwrap();
        let mut included = Vec::new();
        let others = self.others_first();
        for other in others {
            let (hash, sent) = (other.hash(), other.transaction.clone());
            self.include(&sent, (number, included.len(), hash), other.price);
            self.foreign.insert(hash, other);
            included.push(hash);
        }
        let mut nonces: BTreeMap<Address, u64> = BTreeMap::new();
        loop {
            let next = self.pool.iter().find(|(hash, pooled)| {
                let on_chain = self.chain.nonce(pooled.sender).unwrap();
                let nonce = nonces.get(&pooled.sender).copied().unwrap_or(on_chain);
                pooled.envelope.nonce() == nonce
                    && pooled.envelope.max_fee_per_gas() >= self.base_fee
                    && !self.ignored.contains(*hash)
            });
            let Some((hash, pooled)) = next.map(|(hash, pooled)| (*hash, pooled.clone())) else {
                break;
            };
            self.pool.remove(&hash);
            nonces.insert(pooled.sender, pooled.envelope.nonce() + 1);
            let price = price(&pooled, self.base_fee);
            self.include(&transaction(&pooled), (number, included.len(), hash), price);
            included.push(hash);
        }
        if included.is_empty() {
            self.chain.mine().unwrap();
        }
        let parent = self.blocks[number - 1].hash;
        let mut seal =
            [parent.as_slice(), &(number as u64).to_be_bytes(), &self.salt.to_be_bytes()].concat();
        included.iter().for_each(|hash| seal.extend_from_slice(hash.as_slice()));
        let after = self.chain.snapshot();
        let (hash, transactions) = (keccak256(seal), included);
        self.blocks.push(Block { hash, timestamp, transactions, before, after });
    }

    /// Executes a transaction behind those that are in the block already, and takes its fee.
    fn include(
        &mut self,
        transaction: &Transaction,
        (number, index, hash): (usize, usize, B256),
        price: u128,
    ) {
        let sent = match index {
            0 => self.chain.send(transaction),
            _ => self.chain.send_behind(transaction, index),
        };
        let mut receipt = match sent {
            Ok(receipt) => receipt,
            Err(ChainError::Rejected(rejection)) => panic!("it cannot be in a block: {rejection}"),
            Err(error) => panic!("{error}"),
        };
        (receipt.block, receipt.index) = (number as u64, index);
        receipt.gas_price = price;
        receipt.fee = U256::from(receipt.gas_used) * U256::from(price);
        if self.charges {
            let has = self.chain.balance(transaction.from).unwrap();
            self.chain.set_balance(transaction.from, has - receipt.fee).unwrap();
        }
        self.receipts.insert(hash, (number, receipt));
    }

    /// What others put in front, if this block is one that will have something of ours.
    fn others_first(&mut self) -> Vec<Foreign> {
        let goes = |(hash, pooled): (&B256, &Pooled)| {
            pooled.envelope.max_fee_per_gas() >= self.base_fee
                && pooled.envelope.nonce() == self.chain.nonce(pooled.sender).unwrap()
                && !self.ignored.contains(hash)
        };
        if self.pool.iter().any(goes) { std::mem::take(&mut self.others) } else { Vec::new() }
    }

    /// What an account paid for gas so far.
    pub(crate) fn fees_of(&self, account: Address) -> U256 {
        let hashes = self.blocks.iter().flat_map(|block| &block.transactions);
        let ours = hashes
            .filter(|hash| self.archive.get(*hash).is_some_and(|pooled| pooled.sender == account));
        ours.filter_map(|hash| self.receipts.get(hash)).map(|(_, receipt)| receipt.fee).sum()
    }

    /// Another history wins, of the same length, without any of what was in these blocks.
    pub(crate) fn reorganise(&mut self, depth: usize, forget: bool) {
        let depth = depth.min(self.head());
        let gone = self.blocks.split_off(self.blocks.len() - depth);
        let Some(lowest) = gone.first() else { return };
        self.chain.restore(&lowest.before.clone());
        self.salt += 1;
        let waiting = std::mem::take(&mut self.pool);
        for hash in gone.iter().flat_map(|block| &block.transactions) {
            self.receipts.remove(hash);
        }
        for _ in 0..depth {
            self.mine();
        }
        self.pool = waiting;
        if !forget {
            let back = gone.iter().flat_map(|block| block.transactions.clone());
            let known: Vec<B256> = back.collect();
            for hash in known {
                if let Some(pooled) = self.archive.get(&hash).cloned() {
                    self.pool.insert(hash, pooled);
                }
            }
        }
    }

    /// Another history wins, and nobody remembers what was in these blocks, nor what waits.
    pub(crate) fn lose(&mut self, depth: usize) {
        self.reorganise(depth, true);
        self.pool.clear();
    }

    /// How many questions there were since the fault was to happen.
    pub(crate) fn since_fault(&self) -> u64 {
        self.fault.map_or(u64::MAX, |(at, _)| self.calls.saturating_sub(at))
    }

    /// Never puts what waits now into a block.
    pub(crate) fn ignore_all(&mut self) {
        self.ignored.extend(self.pool.keys().copied());
    }

    /// What a contract returns.
    pub(crate) fn read(&self, contract: Address) -> U256 {
        let outcome = self.chain.call(&Call::new(contract, Bytes::from_static(&[1]))).unwrap();
        U256::from_be_slice(outcome.data().unwrap())
    }
}

/// What a node makes of a block that is named by its hash where a number is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hashes {
    /// That block.
    Known,
    /// Nothing.
    Refused,
    /// The latest one, whatever it is.
    Ignored,
}

/// A transaction of somebody else.
#[derive(Clone, Debug)]
pub(crate) struct Foreign {
    pub(crate) transaction: Transaction,
    /// Its type, as a node gives it.
    pub(crate) kind: u64,
    pub(crate) price: u128,
    pub(crate) number: u64,
    /// What the node says that it could use, if that is not the truth.
    pub(crate) told_gas: Option<u64>,
}

impl Foreign {
    pub(crate) fn hash(&self) -> B256 {
        keccak256([b"foreign".as_slice(), &self.number.to_be_bytes()].concat())
    }
}

/// Wei per gas that it pays.
fn price(pooled: &Pooled, base_fee: u128) -> u128 {
    let (most, priority) =
        (pooled.envelope.max_fee_per_gas(), pooled.envelope.max_priority_fee_per_gas());
    most.min(base_fee + priority.unwrap_or_default())
}

pub(super) fn transaction(pooled: &Pooled) -> Transaction {
    let envelope = &pooled.envelope;
    let kind = envelope.to().map_or(TxKind::Create, TxKind::Call);
    let mut transaction = Transaction::create(pooled.sender, envelope.input().clone());
    transaction.kind = kind;
    transaction
        .with_value(envelope.value())
        .with_gas_limit(envelope.gas_limit())
        .with_nonce(envelope.nonce())
}

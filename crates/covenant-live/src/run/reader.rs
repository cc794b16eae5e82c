//! The state after a block, read as everything else is: from whichever node answers, patiently, and of that very block.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use covenant_chain::{ForkAccount, ForkBlock, ForkError, StateAt, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    clock::Clock,
    journal::BlockRef,
    rpc::{Client, RpcError},
};

/// Reads the state after blocks. Clones ask over one connection.
#[derive(Clone, Debug)]
pub(super) struct Reader(Arc<Mutex<Asking>>);

#[derive(Debug)]
struct Asking {
    client: Client,
    clock: Arc<dyn Clock>,
    named: Named,
    /// Since which block an account is known to have code.
    coded: BTreeMap<Address, u64>,
}

/// How long a node may say that there is no code where some was, before it is believed: backends that lag behind catch up
/// in this time.
const LAG: Duration = Duration::from_secs(60);
/// Between two questions about that.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a node is asked again that refuses the state after a block which it has: it may be putting it away.
const BUSY: Duration = Duration::from_secs(6);

/// How a node is told which block's state is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    /// It was not asked yet.
    Unknown,
    /// By the hash (EIP-1898), so that the answer is of that block or none.
    ByHash,
    /// By the number; whether it is that block is looked at after each answer.
    ByNumber,
}

/// The state after one block.
#[derive(Debug)]
pub(super) struct StateOf {
    reader: Reader,
    block: BlockRef,
    at: Timestamp,
}

impl Reader {
    /// Reads over this client.
    pub(super) fn new(client: Client, clock: Arc<dyn Clock>) -> Self {
        let (named, coded) = (Named::Unknown, BTreeMap::new());
        Self(Arc::new(Mutex::new(Asking { client, clock, named, coded })))
    }

    /// A contract is known to be there from this block on.
    pub(super) fn expect_code(&self, address: Address, block: BlockRef) {
        self.asking().coded.insert(address, block.number);
    }

    /// The state after a block, of this time.
    pub(super) fn state_of(&self, block: BlockRef, at: Timestamp) -> StateOf {
        StateOf { reader: self.clone(), block, at }
    }

    fn asking(&self) -> MutexGuard<'_, Asking> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asking {
    /// Whether a node knows blocks by their hashes. Some take no notice of what they do not know, and answer about the
    /// latest block; so it is asked about a block that there is none of.
    fn names(&mut self) -> Result<Named, RpcError> {
        if self.named == Named::Unknown {
            let nowhere = json!([Address::ZERO, by_hash(B256::repeat_byte(1))]);
            let answer = self.client.ask::<Value>("eth_getBalance", nowhere);
            self.named = match answer {
                Ok(_) => Named::ByNumber,
                Err(RpcError::Refused { .. } | RpcError::Exhausted { .. }) => Named::ByHash,
                Err(error) => return Err(error),
            };
        }
        Ok(self.named)
    }

    /// Something of the state after a block; `None` if that is not on the chain any more.
    fn read<T: DeserializeOwned>(
        &mut self,
        method: &'static str,
        params: impl Fn(Value) -> Value,
        block: BlockRef,
    ) -> Result<Option<T>, RpcError> {
        if self.names()? == Named::ByHash {
            match self.client.ask(method, params(by_hash(block.hash))) {
                Err(RpcError::Refused { .. } | RpcError::Exhausted { .. }) => {}
                answer => return answer.map(Some),
            }
        }
        let answer = self.client.ask(method, params(json!(U64::from(block.number))))?;
        let found = self.client.block(block.number)?.map(|found| found.hash);
        if found != Some(block.hash) {
            return Ok(None);
        }
        // It has the block, and would not say so when it was asked by its name.
        self.named = Named::ByNumber;
        Ok(Some(answer))
    }
}

impl Asking {
    /// Whether there is to be code, and none was seen for too short a time to believe that; to be asked after a pause.
    fn doubts(&mut self, address: Address, block: BlockRef, since: Duration) -> bool {
        let expected = self.coded.get(&address).is_some_and(|from| *from <= block.number);
        if !expected {
            return false;
        }
        if self.clock.now().saturating_sub(since) >= LAG {
            self.coded.remove(&address);
            return false;
        }
        self.clock.sleep(PAUSE);
        true
    }
}

impl Asking {
    /// Whether a block is on the chain, as far as can be told.
    fn has(&mut self, block: BlockRef) -> bool {
        let found = self.client.block(block.number);
        found.is_ok_and(|found| found.is_some_and(|found| found.hash == block.hash))
    }
}

fn by_hash(hash: B256) -> Value {
    json!({ "blockHash": hash })
}

impl StateOf {
    fn read<T: DeserializeOwned>(
        &self,
        what: impl Fn() -> String,
        method: &'static str,
        params: impl Fn(Value) -> Value,
    ) -> Result<T, ForkError> {
        let mut asking = self.reader.asking();
        let since = asking.clock.now();
        let reason = loop {
            match asking.read(method, &params, self.block) {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {
                    break "the chain was reorganised, and the block is not on it any more"
                        .to_owned();
                }
                Err(RpcError::Refused { .. })
                    if asking.clock.now().saturating_sub(since) < BUSY
                        && asking.has(self.block) =>
                {
                    asking.clock.sleep(PAUSE);
                }
                Err(error) => break error.to_string(),
            }
        };
        drop(asking);
        let what = format!("{} after block {}", what(), self.block.number);
        Err(ForkError::Network { node: self.node(), what, reason })
    }
}

impl StateAt for StateOf {
    fn node(&self) -> String {
        self.reader.asking().client.node().to_owned()
    }

    fn chain_id(&self) -> Result<u64, ForkError> {
        Ok(self.reader.asking().client.chain_id())
    }

    fn block(&self) -> Result<ForkBlock, ForkError> {
        let BlockRef { number, hash } = self.block;
        Ok(ForkBlock { number, hash, timestamp: self.at })
    }

    fn account(&self, address: Address) -> Result<ForkAccount, ForkError> {
        let of = |what: &'static str| move || format!("the {what} of {address}");
        let params = |block| json!([address, block]);
        let balance = self.read(of("balance"), "eth_getBalance", params)?;
        let nonce: U64 = self.read(of("nonce"), "eth_getTransactionCount", params)?;
        let since = self.reader.asking().clock.now();
        let code: Bytes = loop {
            let code: Bytes = self.read(of("code"), "eth_getCode", params)?;
            if !code.is_empty() || !self.reader.asking().doubts(address, self.block, since) {
                break code;
            }
        };
        Ok(ForkAccount { balance, nonce: nonce.to(), code })
    }

    fn slot(&self, address: Address, slot: U256) -> Result<U256, ForkError> {
        let what = || format!("slot {slot:#x} of {address}");
        self.read(what, "eth_getStorageAt", |block| json!([address, slot, block]))
    }

    fn block_hash(&self, number: u64) -> Result<B256, ForkError> {
        let what = format!("the hash of block {number}");
        let found = self.reader.asking().client.block(number);
        let refused = |reason: String| ForkError::Network { node: self.node(), what, reason };
        match found {
            Ok(Some(found)) => Ok(found.hash),
            Ok(None) => Err(refused("it has no such block".to_owned())),
            Err(error) => Err(refused(error.to_string())),
        }
    }
}

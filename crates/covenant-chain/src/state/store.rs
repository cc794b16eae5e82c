//! The state of a chain: layers over an origin, as revm reads and writes it.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, LazyLock},
};

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use revm::{
    Database,
    bytecode::Bytecode,
    state::{Account, AccountInfo, EvmState},
};

use super::layer::{AccountDiff, Layer};
use crate::fork::{Fork, ForkError};

/// What lies under the lowest layer.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    /// Makes block hashes differ between chains.
    pub(crate) chain_id: u64,
    /// The chain this one continues, if it does not start empty.
    pub(crate) fork: Option<Fork>,
}

/// Accounts and storage at one moment. Cloning is O(1) and makes a snapshot.
#[derive(Clone, Default)]
pub(crate) struct State {
    pub(super) top: Arc<Layer>,
    pub(super) origin: Arc<Origin>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("chain_id", &self.origin.chain_id).finish_non_exhaustive()
    }
}

impl State {
    pub(crate) fn new(origin: Origin) -> Self {
        Self { top: Arc::default(), origin: Arc::new(origin) }
    }

    /// An empty state that nobody reads, the same each time.
    pub(crate) fn nothing() -> Self {
        static NOTHING: LazyLock<State> = LazyLock::new(State::default);
        NOTHING.clone()
    }

    pub(crate) fn account(&self, address: Address) -> Result<AccountDiff, ForkError> {
        if let Some(account) = self.top.account(&address) {
            return Ok(account.clone());
        }
        match &self.origin.fork {
            Some(fork) => fork.account(address),
            None => Ok(AccountDiff::default()),
        }
    }

    pub(crate) fn slot(&self, address: Address, slot: U256) -> Result<U256, ForkError> {
        if let Some(value) = self.top.slot(address, slot) {
            return Ok(value);
        }
        self.origin.fork.as_ref().map_or(Ok(U256::ZERO), |fork| fork.slot(address, slot))
    }

    /// The accounts that were written since the origin.
    pub(crate) fn addresses(&self) -> BTreeSet<Address> {
        self.top.addresses()
    }

    /// The slots of an account that were written since the origin, some perhaps more than once.
    pub(crate) fn slots_of(&self, address: Address) -> Vec<U256> {
        self.top.slots_of(address)
    }

    /// The hash of a block: the real one up to a fork's block, then one that only depends on chain and number.
    ///
    /// It does not depend on what is in the block, so states that are equal stay equal.
    pub(crate) fn block_hash(&self, number: u64) -> Result<B256, ForkError> {
        if let Some(fork) = &self.origin.fork
            && number <= fork.block()
        {
            return fork.block_hash(number);
        }
        let mut preimage = b"covenant/block".to_vec();
        preimage.extend(self.origin.chain_id.to_be_bytes());
        preimage.extend(number.to_be_bytes());
        Ok(keccak256(preimage))
    }

    pub(crate) fn fork(&self) -> Option<&Fork> {
        self.origin.fork.as_ref()
    }

    pub(crate) fn set_account(&mut self, address: Address, account: AccountDiff) {
        self.writable().set_account(address, account);
    }

    pub(crate) fn set_slot(&mut self, address: Address, slot: U256, value: U256) {
        self.writable().set_slot(address, slot, value);
    }

    /// Applies what a transaction changed.
    pub(crate) fn commit(&mut self, changes: EvmState) {
        let layer = self.writable();
        changes.into_iter().filter(|(_, account)| account.is_touched()).for_each(
            |(address, account)| {
                commit_account(layer, address, account);
            },
        );
    }

    /// The top layer if nobody else holds it, else a new one over it.
    fn writable(&mut self) -> &mut Layer {
        if Arc::get_mut(&mut self.top).is_none() {
            self.top = Arc::new(Layer::over(Arc::clone(&self.top)));
        }
        Arc::get_mut(&mut self.top).expect("a layer that was just made has one owner")
    }
}

fn commit_account(layer: &mut Layer, address: Address, account: Account) {
    let fresh = account.is_created() || account.is_selfdestructed();
    if fresh && (account.is_selfdestructed() || layer.accounts.contains_key(&address)) {
        layer.wipe(address);
    } else if fresh {
        layer.wipes();
    }
    if account.is_selfdestructed() {
        layer.set_account(address, AccountDiff { wiped: true, ..AccountDiff::default() });
        return;
    }
    let slots = account.storage.iter().filter(|(_, slot)| slot.is_changed());
    slots.for_each(|(slot, value)| layer.set_slot(address, *slot, value.present_value));
    if fresh || account.is_changed() {
        let AccountInfo { balance, nonce, code, .. } = account.info;
        let code = code.expect("accounts are always loaded with their code");
        layer.set_account(address, AccountDiff { balance, nonce, code, wiped: fresh });
    }
}

impl Database for State {
    type Error = ForkError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, ForkError> {
        let AccountDiff { balance, nonce, code, .. } = self.account(address)?;
        if balance.is_zero() && nonce == 0 && code.is_empty() {
            return Ok(None);
        }
        let code_hash = code.hash_slow();
        Ok(Some(AccountInfo { balance, nonce, code_hash, account_id: None, code: Some(code) }))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, ForkError> {
        unreachable!(
            "accounts are always loaded with their code, yet the code {hash} was asked for"
        )
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, ForkError> {
        self.slot(address, slot)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, ForkError> {
        Self::block_hash(self, number)
    }
}

/// Code as revm wants it; bytes that only look like a delegation are ordinary code.
pub(crate) fn bytecode(code: Bytes) -> Bytecode {
    Bytecode::new_raw_checked(code.clone()).unwrap_or_else(|_| Bytecode::new_legacy(code))
}

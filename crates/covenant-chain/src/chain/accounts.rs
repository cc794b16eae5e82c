//! Everything that is on a chain.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};

use super::{core::Chain, follow::AccountState};
use crate::ChainError;

/// An account with its storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeAccount {
    /// All but its storage.
    pub state: AccountState,
    /// The words of its storage that are not zero.
    pub storage: BTreeMap<U256, U256>,
}

impl Chain {
    /// Every account that was ever written to, with all of its storage; on a fork only those that were written to since.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if a part of an account is on a fork and cannot be had.
    pub fn accounts(&self) -> Result<BTreeMap<Address, WholeAccount>, ChainError> {
        let mut accounts = BTreeMap::new();
        for address in self.state.addresses() {
            let state = self.account_state(address)?;
            let mut storage = BTreeMap::new();
            for slot in self.state.slots_of(address) {
                let word = self.storage(address, slot)?;
                if word != U256::ZERO {
                    storage.insert(slot, word);
                }
            }
            accounts.insert(address, WholeAccount { state, storage });
        }
        Ok(accounts)
    }
}

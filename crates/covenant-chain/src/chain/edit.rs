//! Setting state by hand, as no transaction could.

use alloy_primitives::{Address, Bytes, U256, address, bytes};

use super::core::Chain;
use crate::{
    ChainError,
    state::{AccountDiff, bytecode},
};

/// The proxy that deploys with `CREATE2` from a plain transaction (salt, then init code), as on mainnet and most chains.
pub const CREATE2_DEPLOYER: Address = address!("0x4e59b44847b379578588920cA78FbF26c0B4956C");

/// Its runtime code.
const CREATE2_DEPLOYER_CODE: Bytes = bytes!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
);

impl Chain {
    /// Gives an account this balance, in wei.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if the account is on a fork and cannot be had.
    pub fn set_balance(&mut self, address: Address, balance: U256) -> Result<(), ChainError> {
        self.edit(address, |account| account.balance = balance)
    }

    /// Gives an account this nonce.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if the account is on a fork and cannot be had.
    pub fn set_nonce(&mut self, address: Address, nonce: u64) -> Result<(), ChainError> {
        self.edit(address, |account| account.nonce = nonce)
    }

    /// Gives an account this runtime code; its storage stays.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if the account is on a fork and cannot be had.
    pub fn set_code(&mut self, address: Address, code: Bytes) -> Result<(), ChainError> {
        let code = bytecode(code);
        self.edit(address, |account| account.code = code)
    }

    /// Sets one slot of an account's storage.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if the account is on a fork and cannot be had.
    pub fn set_storage(
        &mut self,
        address: Address,
        slot: U256,
        value: U256,
    ) -> Result<(), ChainError> {
        // The account goes along, so that a layer never has slots of an account of which it knows nothing else.
        self.edit(address, |_| ())?;
        self.state.set_slot(address, slot, value);
        Ok(())
    }

    fn edit(
        &mut self,
        address: Address,
        change: impl FnOnce(&mut AccountDiff),
    ) -> Result<(), ChainError> {
        let mut account = AccountDiff { wiped: false, ..self.state.account(address)? };
        change(&mut account);
        self.state.set_account(address, account);
        Ok(())
    }

    /// What a new chain holds before its first block.
    pub(super) fn genesis(&mut self) {
        // Nobody has to ask a fork about the coinbase, which is not an account of any real chain.
        self.state.set_account(self.settings.coinbase, AccountDiff::default());
        if self.state.fork().is_none() {
            let code = bytecode(CREATE2_DEPLOYER_CODE);
            self.state.set_account(
                CREATE2_DEPLOYER,
                AccountDiff { nonce: 1, code, ..AccountDiff::default() },
            );
        }
    }
}

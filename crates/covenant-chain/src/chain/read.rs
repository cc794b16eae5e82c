//! Looking without touching.

use alloy_primitives::{Address, Bytes, U256};
use revm::context::{TxEnv, result::ResultAndState};

use super::{core::Chain, options::BLOCK_GAS_LIMIT, reject, send::outcome, watch};
use crate::{
    Call, ChainError, Outcome, Transaction,
    engine::{self, EvmError, Frame, Mode},
    trace::CallTrace,
};

impl Chain {
    /// Executes a call at the latest state, in the block that would come next, and forgets its changes.
    ///
    /// It pays no fee and may use as much gas as a block holds.
    ///
    /// # Errors
    ///
    /// [`ChainError::Rejected`] if the sender does not have the wei that it sends, [`ChainError::Fork`] if state of a
    /// fork cannot be had.
    pub fn call(&self, call: &Call) -> Result<Outcome, ChainError> {
        let frame = self.call_frame();
        let tx = call_environment(call);
        let executed = match &self.coverage {
            Some(coverage) => watch::instructions(frame, tx, &self.state, coverage),
            None => engine::execute(frame, tx, &self.state),
        };
        let ResultAndState { result, .. } =
            executed.map_err(|error| self.call_error(error, call))?;
        Ok(outcome(result).0)
    }

    /// Executes a call as [`call`](Self::call) does and returns its tree of calls as well.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn trace_call(&self, call: &Call) -> Result<(Outcome, CallTrace), ChainError> {
        let frame = self.call_frame();
        let (ResultAndState { result, .. }, watched) =
            watch::calls(frame, call_environment(call), &self.state)
                .map_err(|error| self.call_error(error, call))?;
        let trace = watched.trace.expect("calls were watched");
        Ok((outcome(result).0, *trace))
    }

    /// Executes a transaction in the block that would come next, forgets its changes, and returns its tree of calls.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn trace(&self, transaction: &Transaction) -> Result<CallTrace, ChainError> {
        let tx = self.environment(transaction, BLOCK_GAS_LIMIT)?;
        let frame = Frame {
            rules: &self.settings.rules,
            block: self.next_block(),
            mode: Mode::Transaction,
        };
        let (_, watched) = watch::calls(frame, tx, &self.state)
            .map_err(|error| reject::error(error, transaction, &self.settings))?;
        Ok(*watched.trace.expect("calls were watched"))
    }

    /// The balance of an account, in wei.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if it is on a fork and cannot be had.
    pub fn balance(&self, address: Address) -> Result<U256, ChainError> {
        Ok(self.state.account(address)?.balance)
    }

    /// The nonce that the account's next transaction has.
    ///
    /// # Errors
    ///
    /// As [`balance`](Self::balance).
    pub fn nonce(&self, address: Address) -> Result<u64, ChainError> {
        Ok(self.state.account(address)?.nonce)
    }

    /// The runtime code of an account, empty if it has none; with EIP-7702, the designation `0xef0100 ‖ address`.
    ///
    /// # Errors
    ///
    /// As [`balance`](Self::balance).
    pub fn code(&self, address: Address) -> Result<Bytes, ChainError> {
        Ok(self.state.account(address)?.code.original_bytes())
    }

    /// One slot of an account's storage.
    ///
    /// # Errors
    ///
    /// As [`balance`](Self::balance).
    pub fn storage(&self, address: Address, slot: U256) -> Result<U256, ChainError> {
        Ok(self.state.slot(address, slot)?)
    }

    /// The address that the account's next `CREATE` or creating transaction gives its contract.
    ///
    /// # Errors
    ///
    /// As [`balance`](Self::balance).
    pub fn create_address(&self, from: Address) -> Result<Address, ChainError> {
        Ok(from.create(self.nonce(from)?))
    }

    pub(super) fn call_frame(&self) -> Frame<'_> {
        Frame { rules: &self.settings.rules, block: self.next_block(), mode: Mode::Call }
    }

    pub(super) fn call_error(&self, error: EvmError, call: &Call) -> ChainError {
        let like = Transaction::call(call.from, call.to, call.input.clone()).with_value(call.value);
        reject::error(error, &like, &self.settings)
    }
}

pub(super) fn call_environment(call: &Call) -> TxEnv {
    TxEnv {
        tx_type: 0,
        caller: call.from,
        gas_limit: BLOCK_GAS_LIMIT,
        gas_price: 0,
        kind: revm::primitives::TxKind::Call(call.to),
        value: call.value,
        data: call.input.clone(),
        nonce: 0,
        chain_id: None,
        access_list: Default::default(),
        gas_priority_fee: None,
        blob_hashes: Vec::new(),
        max_fee_per_blob_gas: 0,
        authorization_list: Vec::new(),
    }
}

//! Transactions and the blocks they go into.

use alloy_eips::eip7702::RecoveredAuthority;
use alloy_primitives::U256;
use revm::{
    context::{
        TxEnv, either::Either, result::ExecutionResult, result::Output, result::ResultAndState,
    },
    context_interface::transaction::{RecoveredAuthorization, TransactionType},
};

use super::{core::Chain, options::BLOCK_GAS_LIMIT, reject, watch};
use crate::{
    ChainError, HardFork, Log, Outcome, Receipt, Recording, Rejection, Timestamp, Transaction,
    TxKind,
    engine::{self, Frame, Mode},
};

/// What `execute` finds out about a transaction besides its receipt.
type Executed = (ResultAndState, watch::Watched);

impl Chain {
    /// Puts one transaction into a block of its own, at the clock's time.
    ///
    /// # Errors
    ///
    /// [`ChainError::Rejected`] if it is invalid: then there is no block. [`ChainError::Fork`] if state of a fork cannot
    /// be had.
    pub fn send(&mut self, transaction: &Transaction) -> Result<Receipt, ChainError> {
        let receipt = self.include(transaction, 0, BLOCK_GAS_LIMIT)?;
        self.head.number += 1;
        Ok(receipt)
    }

    /// Puts several transactions into one block, in this order, at the clock's time.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); if one is invalid there is no block, and none of them happened.
    pub fn send_block(&mut self, transactions: &[Transaction]) -> Result<Vec<Receipt>, ChainError> {
        let before = self.snapshot();
        let mut gas_left = BLOCK_GAS_LIMIT;
        let mut receipts = Vec::with_capacity(transactions.len());
        for (index, transaction) in transactions.iter().enumerate() {
            let receipt = self
                .include(transaction, index, gas_left)
                .inspect_err(|_| self.restore(&before))?;
            gas_left -= receipt.gas_used;
            receipts.push(receipt);
        }
        self.head.number += 1;
        Ok(receipts)
    }

    /// Puts one more transaction into the latest block, behind the ones that are in it, at the clock's time.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_behind(
        &mut self,
        transaction: &Transaction,
        index: usize,
    ) -> Result<Receipt, ChainError> {
        let latest = self.head.number;
        self.head.number = latest.saturating_sub(1);
        let receipt = self.include(transaction, index, BLOCK_GAS_LIMIT);
        self.head.number = latest;
        receipt
    }

    /// Makes an empty block at the clock's time.
    ///
    /// # Errors
    ///
    /// None today; blocks that are more than a number and a time may fail.
    pub fn mine(&mut self) -> Result<(), ChainError> {
        self.head.number += 1;
        Ok(())
    }

    /// Executes a transaction in the block that comes next and keeps its changes, but does not end the block.
    fn include(
        &mut self,
        transaction: &Transaction,
        index: usize,
        gas_left: u64,
    ) -> Result<Receipt, ChainError> {
        let tx = self.environment(transaction, gas_left)?;
        let price = effective_price(&tx, self.base_fee());
        let (ResultAndState { result, state }, watched) = self.execute(tx, transaction)?;
        self.state.commit(state);
        let head = (self.head.number + 1, self.head.now);
        Ok(receipt(result, price, index, head, watched))
    }

    fn execute(&self, tx: TxEnv, transaction: &Transaction) -> Result<Executed, ChainError> {
        let frame = Frame {
            rules: &self.settings.rules,
            block: self.next_block(),
            mode: Mode::Transaction,
        };
        let unwatched = |executed| (executed, watch::Watched::default());
        let result = match (&self.coverage, self.recording) {
            (Some(coverage), _) => {
                watch::instructions(frame, tx, &self.state, coverage).map(unwatched)
            }
            (None, Recording::Off) => engine::execute(frame, tx, &self.state).map(unwatched),
            (None, Recording::Console) => watch::console(frame, tx, &self.state),
            (None, Recording::Traces) => watch::calls(frame, tx, &self.state),
        };
        result.map_err(|error| reject::error(error, transaction, &self.settings))
    }

    /// The transaction as revm wants it, with what was left open filled in.
    pub(super) fn environment(
        &self,
        transaction: &Transaction,
        gas_left: u64,
    ) -> Result<TxEnv, ChainError> {
        self.check_nonce(transaction)?;
        let base_fee = self.base_fee();
        let priority = transaction.priority_fee.unwrap_or_default();
        let max_fee = transaction.max_fee.unwrap_or_else(|| base_fee.saturating_add(priority));
        let tx_type = self.transaction_type(transaction)?;
        let dynamic = matches!(tx_type, TransactionType::Eip1559 | TransactionType::Eip7702);
        Ok(TxEnv {
            tx_type: tx_type.into(),
            caller: transaction.from,
            gas_limit: self.gas_limit(transaction, max_fee, gas_left)?,
            gas_price: max_fee,
            kind: match transaction.kind {
                TxKind::Call(to) => revm::primitives::TxKind::Call(to),
                TxKind::Create => revm::primitives::TxKind::Create,
            },
            value: transaction.value,
            data: transaction.input.clone(),
            nonce: transaction.nonce.unwrap_or_default(),
            chain_id: Some(self.settings.rules.chain_id),
            access_list: transaction.access_list.clone(),
            gas_priority_fee: dynamic.then_some(priority),
            blob_hashes: Vec::new(),
            max_fee_per_blob_gas: 0,
            authorization_list: transaction.authorizations.iter().map(recovered).collect(),
        })
    }

    fn check_nonce(&self, transaction: &Transaction) -> Result<(), ChainError> {
        let Some(nonce) = transaction.nonce else { return Ok(()) };
        let next = self.nonce(transaction.from)?;
        if nonce != next {
            return Err(Rejection::Nonce { sender: transaction.from, nonce, next }.into());
        }
        Ok(())
    }

    fn transaction_type(&self, transaction: &Transaction) -> Result<TransactionType, Rejection> {
        let fork = self.settings.hard_fork;
        let since = |what, wanted: HardFork, since| {
            if (fork as u8) < (wanted as u8) {
                Err(Rejection::NotYet { what, since })
            } else {
                Ok(())
            }
        };
        if !transaction.authorizations.is_empty() {
            since("an authorization list (EIP-7702)", HardFork::Prague, "prague")?;
            return Ok(TransactionType::Eip7702);
        }
        if since("", HardFork::London, "").is_ok() {
            return Ok(TransactionType::Eip1559);
        }
        if transaction.priority_fee.is_some() {
            since("a priority fee (EIP-1559)", HardFork::London, "london")?;
        }
        if transaction.access_list.is_empty() {
            return Ok(TransactionType::Legacy);
        }
        since("an access list (EIP-2930)", HardFork::Berlin, "berlin")?;
        Ok(TransactionType::Eip2930)
    }

    /// The gas limit asked for, or all that block and hard fork allow and the sender can pay.
    fn gas_limit(
        &self,
        transaction: &Transaction,
        max_fee: u128,
        gas_left: u64,
    ) -> Result<u64, ChainError> {
        if let Some(limit) = transaction.gas_limit {
            return if limit > gas_left {
                Err(Rejection::GasTooHigh {
                    limit,
                    cap: gas_left,
                    which: "what is left in the block",
                }
                .into())
            } else {
                Ok(limit)
            };
        }
        let cap = gas_left.min(self.transaction_gas_cap());
        if max_fee == 0 {
            return Ok(cap);
        }
        let spendable = self.balance(transaction.from)?.saturating_sub(transaction.value);
        let payable = spendable / U256::from(max_fee);
        // Not even the cheapest transaction can be paid: ask for what it takes, so that the error says how much.
        let least = U256::from(reject::LEAST_GAS);
        Ok(payable.max(least).min(U256::from(cap)).saturating_to())
    }

    /// The hard fork's cap on the gas of one transaction (EIP-7825).
    fn transaction_gas_cap(&self) -> u64 {
        use revm::context_interface::Cfg;
        if self.settings.rules.is_amsterdam_eip8037_enabled() {
            return u64::MAX;
        }
        self.settings.rules.tx_gas_limit_cap()
    }
}

/// An authorization with the account that signed it; a signature that is no good makes it one without effect.
fn recovered(
    authorization: &alloy_eips::eip7702::SignedAuthorization,
) -> Either<alloy_eips::eip7702::SignedAuthorization, RecoveredAuthorization> {
    let authority = authorization
        .recover_authority()
        .map_or(RecoveredAuthority::Invalid, RecoveredAuthority::Valid);
    Either::Right(RecoveredAuthorization::new_unchecked(authorization.inner().clone(), authority))
}

pub(super) fn effective_price(tx: &TxEnv, base_fee: u128) -> u128 {
    tx.gas_priority_fee
        .map_or(tx.gas_price, |priority| tx.gas_price.min(base_fee.saturating_add(priority)))
}

pub(super) fn receipt(
    result: ExecutionResult,
    gas_price: u128,
    index: usize,
    (block, timestamp): (u64, Timestamp),
    watched: watch::Watched,
) -> Receipt {
    let gas_used = result.tx_gas_used();
    let (outcome, logs) = outcome(result);
    Receipt {
        outcome,
        gas_used,
        gas_price,
        fee: U256::from(gas_used) * U256::from(gas_price),
        logs,
        block,
        index,
        timestamp,
        console: watched.console,
        trace: watched.trace,
    }
}

/// What the EVM did, in our words.
pub(super) fn outcome(result: ExecutionResult) -> (Outcome, Vec<Log>) {
    match result {
        ExecutionResult::Success { output, logs, .. } => {
            let outcome = match output {
                Output::Call(output) => Outcome::Success { output, created: None },
                Output::Create(output, created) => Outcome::Success { output, created },
            };
            (outcome, logs.into_iter().map(log).collect())
        }
        ExecutionResult::Revert { output, .. } => (Outcome::Revert { data: output }, Vec::new()),
        ExecutionResult::Halt { reason, .. } => {
            (Outcome::Halt { reason: reject::halt(&reason) }, Vec::new())
        }
    }
}

fn log(log: revm::primitives::Log) -> Log {
    let (topics, data) = log.data.split();
    Log { address: log.address, topics, data }
}

//! Executions whose times are followed, at moments of one's choice.

use alloy_primitives::{Address, B256, U256};
use revm::{context::result::ResultAndState, state::EvmState};

use super::{
    core::{Chain, Head, Snapshot},
    options::BLOCK_GAS_LIMIT,
    read::call_environment,
    reject,
    send::{effective_price, outcome, receipt},
    watch,
};
use crate::{
    Call, ChainError, Outcome, Receipt, Timestamp, Transaction, TxKind,
    engine::{self, Frame, Mode},
    inputs::{Looked, Looker, Watch},
    shadow::{Clock, Followed, Follower, Read, ReadAccount, StorageShadows},
};

/// What identifies an account besides its storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// In wei.
    pub balance: U256,
    /// How many transactions it sent, or contracts it created.
    pub nonce: u64,
    /// The hash of its code; that of nothing for an account without.
    pub code: B256,
}

/// One thing that a transaction changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// An account.
    Account {
        /// Which.
        address: Address,
        /// What it was.
        before: AccountState,
        /// What it is.
        after: AccountState,
    },
    /// A word of an account's storage.
    Slot {
        /// Whose storage.
        address: Address,
        /// Which word.
        slot: U256,
        /// What it was.
        before: U256,
        /// What it is.
        after: U256,
    },
}

/// What was seen of an execution.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Of times.
    pub followed: Followed,
    /// Of inputs, where they were looked at.
    pub looked: Option<Looked>,
}

impl Chain {
    /// As [`send`](Self::send), and follows the present, and the times that are in storage, through the execution.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_followed(
        &mut self,
        transaction: &Transaction,
        clock: impl Into<Clock>,
        storage: StorageShadows,
    ) -> Result<(Receipt, Followed), ChainError> {
        let (receipt, seen, state) = self.execute_followed(transaction, clock, storage, None)?;
        self.state.commit(state);
        Ok((receipt, seen.followed))
    }

    /// As [`send_followed`](Self::send_followed), lists what was read and what changed, and looks at what becomes of inputs.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_compared(
        &mut self,
        transaction: &Transaction,
        clock: impl Into<Clock>,
        storage: StorageShadows,
        watch: Option<Watch>,
    ) -> Result<(Receipt, Seen, Vec<Difference>), ChainError> {
        let (receipt, seen, state) = self.execute_followed(transaction, clock, storage, watch)?;
        let mut before = Vec::new();
        let mut touched: Vec<_> =
            state.iter().filter(|(_, account)| account.is_touched()).collect();
        touched.sort_unstable_by_key(|(address, _)| **address);
        for (&address, account) in touched {
            let mut slots: Vec<U256> = account.storage.keys().copied().collect();
            if account.is_selfdestructed() || account.is_created() {
                slots.extend(self.state.slots_of(address));
            }
            slots.sort_unstable();
            slots.dedup();
            let word = |slot| Ok((slot, self.state.slot(address, slot)?));
            let words = slots.into_iter().map(word).collect::<Result<Vec<_>, ChainError>>()?;
            before.push((address, account_state(&self.state, address)?, words));
        }
        self.state.commit(state);
        let mut differences = Vec::new();
        for (address, before, words) in before {
            let after = account_state(&self.state, address)?;
            if before != after {
                differences.push(Difference::Account { address, before, after });
            }
            for (slot, before) in words {
                let after = self.state.slot(address, slot)?;
                if before != after {
                    differences.push(Difference::Slot { address, slot, before, after });
                }
            }
        }
        Ok((receipt, seen, differences))
    }

    /// As [`call`](Self::call), and follows the present, and the times that are in storage, through the execution.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn call_followed(
        &self,
        call: &Call,
        clock: impl Into<Clock>,
        storage: StorageShadows,
    ) -> Result<(Outcome, Followed), ChainError> {
        let mut follower = Follower::new(clock.into(), storage);
        let executed =
            engine::inspect(self.call_frame(), call_environment(call), &self.state, &mut follower);
        let ResultAndState { result, .. } =
            executed.map_err(|error| self.call_error(error, call))?;
        Ok((outcome(result).0, follower.finish()))
    }

    /// Goes to a moment as [`restore`](Self::restore) does, but to a block and a time of one's choice, before it or after
    /// it, and with other words in storage.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if an account is on a fork and cannot be had.
    pub fn restore_at(
        &mut self,
        snapshot: &Snapshot,
        (number, now): (u64, Timestamp),
        words: &[((Address, U256), U256)],
    ) -> Result<(), ChainError> {
        self.restore(snapshot);
        self.head = Head { number, now };
        words
            .iter()
            .try_for_each(|((address, slot), word)| self.set_storage(*address, *slot, *word))
    }

    /// What identifies an account besides its storage.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if the account is on a fork and cannot be had.
    pub fn account_state(&self, address: Address) -> Result<AccountState, ChainError> {
        account_state(&self.state, address)
    }

    fn execute_followed(
        &mut self,
        transaction: &Transaction,
        clock: impl Into<Clock>,
        storage: StorageShadows,
        watch: Option<Watch>,
    ) -> Result<(Receipt, Seen, EvmState), ChainError> {
        let tx = self.environment(transaction, BLOCK_GAS_LIMIT)?;
        let price = effective_price(&tx, self.base_fee());
        let frame = Frame {
            rules: &self.settings.rules,
            block: self.next_block(),
            mode: Mode::Transaction,
        };
        let mut follower = Follower::new(clock.into(), storage);
        let (executed, looked) = match watch {
            None => (engine::inspect(frame, tx, &self.state, &mut follower), None),
            Some(watch) => {
                let mut both = (follower, Looker::new(watch));
                let executed = engine::inspect(frame, tx, &self.state, &mut both);
                follower = both.0;
                (executed, Some(both.1.finish()))
            }
        };
        let executed =
            executed.map_err(|error| reject::error(error, transaction, &self.settings))?;
        let pays = !transaction.value.is_zero() || price != 0;
        let weighed = |address: &Address| {
            follower.weighed().contains(address)
                || pays
                    && (*address == transaction.from || transaction.kind == TxKind::Call(*address))
        };
        let read = read(&executed.state, weighed);
        self.head.number += 1;
        let head = (self.head.number, self.head.now);
        let receipt = receipt(executed.result, price, 0, head, watch::Watched::default());
        let followed = Followed { read, ..follower.finish() };
        Ok((receipt, Seen { followed, looked }, executed.state))
    }
}

/// All accounts and words that were loaded; what was undone stays loaded.
fn read(state: &EvmState, weighed: impl Fn(&Address) -> bool) -> Read {
    let words = |account: &revm::state::Account| {
        let mut words: Vec<U256> = account.storage.keys().copied().collect();
        words.sort_unstable();
        words
    };
    let account = |(address, account): (&Address, &revm::state::Account)| ReadAccount {
        address: *address,
        balance: weighed(address),
        slots: words(account),
    };
    let mut read: Read = state.iter().map(account).collect();
    read.sort_unstable();
    read
}

pub(super) fn account_state(
    state: &crate::state::State,
    address: Address,
) -> Result<AccountState, ChainError> {
    let account = state.account(address)?;
    Ok(AccountState {
        balance: account.balance,
        nonce: account.nonce,
        code: account.code.hash_slow(),
    })
}

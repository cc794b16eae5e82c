//! The chain, its clock and its snapshots.

use std::sync::Arc;

use alloy_primitives::{Address, U256};

use super::{
    follow::{AccountState, account_state},
    options::{ChainOptions, Settings},
};
use crate::{
    ChainError, Coverage, HardFork, Recording, Timestamp,
    fork::Fork,
    state::{Origin, Part, State},
};

/// A chain in this process.
///
/// It differs from mainnet in what a contract hardly sees: nobody needs a key to send, an account with code may send, the
/// base fee does not drift, block hashes depend on nothing but chain id and number, and the contracts that keep old
/// block hashes and beacon roots (EIP-2935, EIP-4788) are not there.
///
/// Cloning takes constant time and gives an independent chain with the same history; so does going to another moment with
/// [`snapshot`](Self::snapshot) and [`restore`](Self::restore).
#[derive(Clone, Debug)]
pub struct Chain {
    pub(super) settings: Arc<Settings>,
    pub(crate) state: State,
    pub(super) head: Head,
    pub(super) recording: Recording,
    pub(super) coverage: Option<Coverage>,
}

/// The latest block and the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) number: u64,
    pub(super) now: Timestamp,
}

/// A moment of a chain: state, latest block and clock. Cheap to take, to clone and to keep.
#[derive(Clone, Debug)]
pub struct Snapshot {
    state: State,
    head: Head,
}

impl Snapshot {
    /// One slot of an account's storage, as it is then.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if it is on a fork and cannot be had.
    pub fn storage(&self, address: Address, slot: U256) -> Result<U256, ChainError> {
        Ok(self.state.slot(address, slot)?)
    }

    /// What identifies an account besides its storage, as it is then.
    ///
    /// # Errors
    ///
    /// As [`storage`](Self::storage).
    pub fn account_state(&self, address: Address) -> Result<AccountState, ChainError> {
        account_state(&self.state, address)
    }

    /// The same moment, kept so that it is read fastest, which many moments after it are worth.
    #[must_use]
    pub fn flat(&self) -> Self {
        Self { state: self.state.flat(), head: self.head }
    }

    /// In which accounts and words it differs from an earlier moment of its chain, in a fixed order; block and clock aside.
    pub fn since(&self, earlier: &Self) -> Vec<Part> {
        self.state.since(&earlier.state)
    }

    /// The moment that differs from this one in these parts, which are all that [`since`](Self::since) told of another.
    #[must_use]
    pub fn with<'a>(&self, parts: impl IntoIterator<Item = &'a Part>) -> Self {
        Self { state: self.state.with(parts), head: self.head }
    }
}

impl Chain {
    /// Makes a chain whose latest block is the genesis block 0, or the fork's block.
    ///
    /// A new chain has no accounts but [`CREATE2_DEPLOYER`](crate::CREATE2_DEPLOYER). The first transaction goes into
    /// the next block, at the clock's time.
    ///
    /// # Errors
    ///
    /// [`ChainError::Option`] if an option is impossible, [`ChainError::Fork`] if the fork's block cannot be had.
    pub fn new(options: ChainOptions) -> Result<Self, ChainError> {
        let fork = options.fork.clone().map(Fork::open).transpose()?;
        let settings = Settings::new(&options, fork.as_ref().map(Fork::chain_id))?;
        let head = Head {
            number: fork.as_ref().map_or(0, Fork::block),
            now: fork
                .as_ref()
                .map_or(options.timestamp, |fork| fork.timestamp().max(options.timestamp)),
        };
        let state = State::new(Origin { chain_id: settings.rules.chain_id, fork });
        let mut chain = Self {
            settings: Arc::new(settings),
            state,
            head,
            recording: Recording::default(),
            coverage: None,
        };
        chain.genesis();
        Ok(chain)
    }

    /// The clock: the time that the next block will have.
    pub const fn now(&self) -> Timestamp {
        self.head.now
    }

    /// Moves the clock forward, or leaves it where it is; makes no block.
    ///
    /// # Errors
    ///
    /// [`ChainError::Clock`] if `time` is in the past.
    pub fn set_now(&mut self, time: Timestamp) -> Result<(), ChainError> {
        if time < self.head.now {
            return Err(ChainError::Clock { now: self.head.now, asked: time });
        }
        self.head.now = time;
        Ok(())
    }

    /// The number of the latest block.
    pub const fn block_number(&self) -> u64 {
        self.head.number
    }

    /// The base fee of every block, in wei per gas.
    pub fn base_fee(&self) -> u128 {
        u128::from(self.settings.base_fee)
    }

    /// Whom the priority fees of every block go to.
    pub fn coinbase(&self) -> Address {
        self.settings.coinbase
    }

    /// From now on priority fees go to this account, as in a block of another chain; whoever looks at it pays less than
    /// for other accounts that nobody has looked at before.
    pub fn set_coinbase(&mut self, coinbase: Address) {
        Arc::make_mut(&mut self.settings).coinbase = coinbase;
    }

    /// The chain id.
    pub fn chain_id(&self) -> u64 {
        self.settings.rules.chain_id
    }

    /// The rules that the chain is under.
    pub fn hard_fork(&self) -> HardFork {
        self.settings.hard_fork
    }

    /// What is recorded of every transaction.
    pub const fn recording(&self) -> Recording {
        self.recording
    }

    /// Changes what is recorded of every transaction from now on.
    pub const fn set_recording(&mut self, recording: Recording) {
        self.recording = recording;
    }

    /// Collects from now on what is executed, by transactions and by calls; nothing else is recorded of them.
    ///
    /// Code that is compiled for this is larger and dearer than what would be deployed, so mainnet's limits on the size
    /// of code and on the gas of one transaction no longer hold.
    pub fn collect_coverage(&mut self, coverage: Coverage) {
        let rules = &mut Arc::make_mut(&mut self.settings).rules;
        rules.limit_contract_code_size = Some(usize::MAX);
        rules.limit_contract_initcode_size = Some(usize::MAX);
        rules.tx_gas_limit_cap = Some(u64::MAX);
        self.coverage = Some(coverage);
    }

    /// Keeps this moment, in constant time. Snapshots nest in any order.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { state: self.state.clone(), head: self.head }
    }

    /// Goes back (or forth) to a moment of this chain or of a clone of it, in constant time.
    ///
    /// The clock goes back too. A snapshot of an unrelated chain brings that chain's accounts under this one's rules.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        self.state = snapshot.state.clone();
        self.head = snapshot.head;
    }

    /// Brings the recording of a fork up to date; without one there is nothing to do.
    ///
    /// This also happens when the last clone of the chain goes away, but then nobody hears of a failure.
    ///
    /// # Errors
    ///
    /// [`ChainError::Fork`] if the file cannot be written.
    pub fn save_fork(&self) -> Result<(), ChainError> {
        self.state.fork().map_or(Ok(()), |fork| Ok(fork.save()?))
    }
}

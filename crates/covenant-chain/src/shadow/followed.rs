//! What was seen of one execution.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, U256};

use super::{term::Constraint, word::Shadow};

/// An instruction of an account's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The account whose code it is.
    pub code: Address,
    /// The program counter.
    pub counter: usize,
}

/// Which storage slots come from a clock, and how.
pub type StorageShadows = BTreeMap<(Address, U256), Shadow>;

/// What was seen of the times in one execution.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// What the execution asked about the instants, in order: for other times that satisfy it all, it goes the same way.
    pub constraints: Vec<Constraint>,
    /// The shadows of storage afterwards.
    pub storage: StorageShadows,
    /// Where the execution did something with a time that cannot be followed, and then let it matter.
    pub opaque: BTreeSet<Place>,
    /// Where it read something else that nobody in an agreement controls, and what: `NUMBER`, `PREVRANDAO` …
    pub surroundings: BTreeSet<(Place, &'static str)>,
    /// The shadows of what it returned, word by word; none where no time is in it.
    pub returned: Vec<Shadow>,
    /// Everything else on the chain that it looked at, where that is listed.
    pub read: Read,
    /// How many calls and creations it made of its own.
    pub calls: u32,
}

/// Accounts that an execution looked at, in order.
pub type Read = Vec<ReadAccount>;

/// An account that an execution looked at: its code and its nonce, and what else of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadAccount {
    /// Where.
    pub address: Address,
    /// Its balance was asked for, or had to suffice for something.
    pub balance: bool,
    /// Which words of its storage, in order.
    pub slots: Vec<U256>,
}

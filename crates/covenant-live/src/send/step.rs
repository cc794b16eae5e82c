//! What is to be sent, and how.

use std::{
    ops::Range,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use alloy_primitives::{Address, B256, Bytes, U256};
use covenant_chain::Timestamp;

use crate::journal::{BlockRef, Position, StepId};

/// A transaction to be sent exactly once.
///
/// What it sends is frozen when it is first signed. From then on the journal says what that is, and a step of the same
/// identity means the one in the journal.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it is, what it is called and what it does.
    pub id: StepId,
    /// Who sends it.
    pub sender: Address,
    /// Where it goes; `None` creates a contract.
    pub to: Option<Address>,
    /// Wei sent along.
    pub value: U256,
    /// Calldata, or init code.
    pub input: Bytes,
    /// Most gas it may use; `None` asks the node, and adds a quarter.
    pub gas_limit: Option<u64>,
    /// The contract it makes by way of another one, as `CREATE2` factories do; creating transactions need not say.
    pub creates: Option<Address>,
    /// What must be found where the new contract is.
    pub code: Option<CodeCheck>,
    /// How it is to end.
    pub expects: Expectation,
    /// Steps that must be confirmed, with the ends that were expected, before this one is signed.
    pub after: Vec<Position>,
    /// A moment, by the chain's clock, from which on it must not land.
    pub by: Option<Timestamp>,
}

/// How a step is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expectation {
    /// It runs to its end.
    #[default]
    Success,
    /// It reverts.
    Revert,
}

impl Expectation {
    pub(crate) const fn is_met(self, success: bool) -> bool {
        matches!((self, success), (Self::Success, true) | (Self::Revert, false))
    }
}

/// The runtime code that a new contract must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeCheck {
    /// The code, as compiled.
    pub code: Bytes,
    /// Where immutable values are, which only the chain knows.
    pub open: Vec<Range<usize>>,
}

impl CodeCheck {
    /// Whether this is the code, immutable values aside.
    pub fn accepts(&self, found: &[u8]) -> bool {
        found.len() == self.code.len()
            && (0..found.len()).all(|at| {
                found[at] == self.code[at] || self.open.iter().any(|range| range.contains(&at))
            })
    }
}

/// A step that is done: it is confirmed, and ended as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// The step.
    pub position: Position,
    /// Its transaction.
    pub hash: B256,
    /// The block.
    pub block: BlockRef,
    /// The contract it created.
    pub created: Option<Address>,
    /// Gas it used.
    pub gas_used: u64,
}

/// How to send.
#[derive(Clone, Debug)]
pub struct Options {
    /// How deep a block must be; 1 is the latest one.
    pub confirmations: u64,
    /// Most wei per gas that may ever be paid.
    pub max_fee: u128,
    /// Wei per gas for whoever includes it; `None` asks the node.
    pub tip: Option<u128>,
    /// Most wei that all steps together may cost at worst: values, and gas limits at the highest fees that were signed.
    pub max_spend: Option<U256>,
    /// How often one transaction may be replaced by one that pays more.
    pub replacements: u32,
    /// How long a transaction may wait before it is replaced.
    pub stuck_after: Duration,
    /// How long a node may contradict itself before it is believed: backends that lag behind catch up in this time.
    pub lag: Duration,
    /// How long nothing may happen before the run ends, to be resumed.
    pub give_up: Duration,
    /// Between two looks at the chain.
    pub poll: Duration,
    /// How many transactions of one account may wait at the same time.
    pub window: usize,
    /// What waits for what, beyond what the steps say.
    pub order: Order,
    /// What to do when an account's nonces were used by something else.
    pub foreign: OnForeign,
    /// Set by whoever wants the run to end as soon as it can be resumed.
    pub stop: Arc<AtomicBool>,
}

impl Default for Options {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            confirmations: 2,
            max_fee: 100_000_000_000,
            tip: None,
            max_spend: None,
            replacements: 4,
            stuck_after: seconds(180),
            lag: seconds(60),
            give_up: seconds(1_800),
            poll: seconds(2),
            window: 16,
            order: Order::default(),
            foreign: OnForeign::default(),
            stop: Arc::default(),
        }
    }
}

/// What steps of different accounts wait for when a reorganisation took several of them away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// For the steps that they name.
    #[default]
    Named,
    /// For every step of a lower position, until that is in a block; and nothing is signed while one that is not given
    /// with it is open.
    Positions,
}

/// What to do when nonces that the journal would have used next were used by something else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnForeign {
    /// Stop: contracts would get other addresses than planned.
    #[default]
    Refuse,
    /// Go on with the nonces that come next.
    Replan,
}

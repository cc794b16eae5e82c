//! Why a live run ended before its scenario did.

use std::path::PathBuf;

use alloy_primitives::Address;
use covenant_chain::{ChainError, Timestamp};
use covenant_scenario::run::RunError;

use crate::{
    journal::{JournalError, Position, StepId},
    preflight::PreflightError,
    recover::RecoverError,
    rpc::RpcError,
    send::SendError,
    storage::LockError,
};

/// Why a live run ended before its scenario did. What was done until then is in the journal, and a new run goes on there.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// Something about a transaction.
    #[error(transparent)]
    Send(#[from] SendError),
    /// The node gave no answer, or a wrong one.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Another process sends for one of the accounts.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The engine failed, or the node that it reads from.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The run waits for a date, and is to be continued then.
    #[error("step {step} waits until {}", time(*.until))]
    Parked {
        /// The step that comes next.
        step: Position,
        /// When to come back, by the chain's clock.
        until: Timestamp,
    },
    /// A part of the scenario exists in simulation only.
    #[error("{0}")]
    SimulationOnly(String),
    /// A node's clock or balances cannot be set.
    #[error("the node at {node} will not {what}: {reason}")]
    NotOurs {
        /// The node.
        node: String,
        /// What was asked.
        what: &'static str,
        /// What it said.
        reason: String,
    },
    /// An account that has to be new is not.
    #[error(
        "the account {account} of `{actor}` has sent transactions on this chain before, so its contract would be elsewhere"
    )]
    UsedBefore {
        /// The actor.
        actor: String,
        /// The account that acts through a contract.
        account: Address,
    },
    /// Actors have no account.
    #[error("no account is bound to {} on this network", .0.join(", "))]
    Unbound(Vec<String>),
    /// Two actors have one account.
    #[error("`{0}` and `{1}` have the same account {2}: balances could not be told apart")]
    Shared(String, String, Address),
    /// The block that was looked at is not on the chain any more.
    #[error(
        "block {number} is not what it was a moment ago: the chain was reorganised; run it again to go on"
    )]
    Moved {
        /// The block.
        number: u64,
    },
    /// The chain that the journal was begun on is not there any more.
    #[error("block {number}, on which {} was begun, is not on this chain: the node began anew, or the chain was reorganised beyond it", .journal.display())]
    BeganAnew {
        /// The journal.
        journal: PathBuf,
        /// The block.
        number: u64,
    },
    /// The journal is of another scenario.
    #[error("{} is the journal of `{was}`, not of `{is}`; call the scenario what it was called, or rename its file", .journal.display())]
    OtherScenario {
        /// The journal.
        journal: PathBuf,
        /// The scenario it is of.
        was: String,
        /// The scenario that is run.
        is: String,
    },
    /// A `let` is not what it was when the journal was begun.
    #[error(
        "`{name}` was `{was}` when this run began, and is `{is}` now; put it back, for what was sent depends on it"
    )]
    OtherLet {
        /// Its name.
        name: String,
        /// As it was.
        was: String,
        /// As it is.
        is: String,
    },
    /// An actor has another account than when the journal was begun.
    #[error(
        "`{actor}` had the account {was} when this run began, and has {is} now; bind the old one again"
    )]
    OtherAccount {
        /// The actor.
        actor: String,
        /// Its account then.
        was: Address,
        /// Its account now.
        is: Address,
    },
    /// A step is to be given up, and another one has to be sent first that comes after it.
    #[error(
        "{step} cannot be given up yet: its account has signed something earlier that has not arrived, for a step that comes \
         later; give that up too"
    )]
    NotYet {
        /// The step.
        step: Box<StepId>,
    },
    /// A step on which others depend was left out.
    #[error("step {step} was left out, and the rest depends on it; do it with `--redo {step}`")]
    LeftOut {
        /// The step.
        step: Position,
    },
    /// What an account has sent could not be found out.
    #[error(transparent)]
    Recover(#[from] RecoverError),
    /// The network would not take it; nothing was signed.
    #[error(transparent)]
    Preflight(#[from] PreflightError),
    /// A lost journal is rebuilt up to here: nothing more of the scenario is on the chain.
    #[error("nothing more of the scenario is on the chain")]
    NothingMore,
    /// What the scenario does is not what the journal says it did.
    #[error("{0}")]
    Astray(String),
    /// The simulation failed.
    #[error(transparent)]
    Run(RunError),
}

impl LiveError {
    /// Running it again, with nothing changed, may bring it to its end.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Chain(ChainError::Fork(error)) => error.is_network(),
            Self::Send(error) => error.is_passing(),
            Self::Rpc(RpcError::Exhausted { .. }) | Self::Moved { .. } | Self::Parked { .. } => {
                true
            }
            _ => false,
        }
    }
}

impl From<RunError> for LiveError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Carrier(error) => match error.downcast::<Self>() {
                Ok(error) => *error,
                Err(error) => Self::Run(RunError::Carrier(error)),
            },
            RunError::Chain(error) => Self::Chain(error),
            error => Self::Run(error),
        }
    }
}

impl From<LiveError> for RunError {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::Send(SendError::Interrupted) => Self::Cancelled,
            error => Self::Carrier(Box::new(error)),
        }
    }
}

/// A moment as text.
pub(super) fn time(moment: Timestamp) -> String {
    covenant_scenario::time::format_timestamp(moment)
}

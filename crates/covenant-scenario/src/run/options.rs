//! What a run is told, and how it can go wrong other than by an expectation that does not hold.

use std::{
    error::Error,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

use covenant_chain::{ChainError, Coverage, TraceDetail};

use crate::{
    event::Run,
    expr::{EvalError, EvalErrorKind},
    world::Signatory,
};

/// How a scenario is to be run.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// What is recorded beside the bare facts.
    pub detail: Detail,
    /// Transactions that fail unexpectedly are not explained: no decoded error, no call trace, no line of Solidity. For
    /// those who try many things and only want to know which of them work.
    pub brief: bool,
    /// Where what is read from forked networks is kept; nowhere without one.
    pub fork_cache: Option<PathBuf>,
    /// The run ends as soon as this is set.
    pub cancel: Option<Arc<AtomicBool>>,
    /// Where what is executed is collected; then nothing else is recorded, and neither the limits that mainnet puts on
    /// the size of code and the gas of a transaction hold, nor what the scenario expects of gas.
    pub coverage: Option<Coverage>,
    /// Who signs typed data (`sign`, `permit`) for actors whose keys are not of the scenario; nobody, in simulation.
    pub signatory: Option<Arc<dyn Signatory>>,
}

/// What a run records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Transactions, balance changes, failures; call traces of failed expectations.
    #[default]
    Normal,
    /// Also what contracts print with `console.log`.
    Console,
    /// Also call traces of all transactions.
    Traces,
    /// Also what they wrote to storage.
    Storage,
}

impl Detail {
    /// What call traces show.
    pub(super) const fn of_traces(self) -> TraceDetail {
        match self {
            Self::Storage => TraceDetail::Storage,
            Self::Normal | Self::Console | Self::Traces => TraceDetail::Calls,
        }
    }
}

/// Why a run has no result. What the EVM does with a transaction is never here.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The engine failed, or the network it reads from.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// An expression could not be evaluated for a reason that no scenario can cause: a bug.
    #[error("an expression could not be evaluated: {0}")]
    Expression(EvalErrorKind),
    /// Whoever has an actor's key did not sign with it.
    #[error("`{actor}` did not sign: {reason}")]
    Unsigned {
        /// The actor's name.
        actor: String,
        /// Why, without secrets.
        reason: String,
    },
    /// It was cancelled.
    #[error("interrupted")]
    Cancelled,
    /// The [`Carrier`](super::Carrier) could not go on.
    #[error(transparent)]
    Carrier(Box<dyn Error + Send + Sync>),
}

/// A run that ended without a result, and what happened until there.
#[derive(Debug)]
pub struct Halted {
    /// Why.
    pub error: RunError,
    /// What happened until there; nothing where not even that is known.
    pub so_far: Option<Box<Run>>,
}

impl From<EvalError> for RunError {
    fn from(error: EvalError) -> Self {
        match error.kind {
            EvalErrorKind::Engine(error) => Self::Chain(error),
            EvalErrorKind::Unsigned { actor, reason } => Self::Unsigned { actor, reason },
            kind => Self::Expression(kind),
        }
    }
}

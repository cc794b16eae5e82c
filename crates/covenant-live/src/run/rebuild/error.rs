//! Why the journal of a scenario could not be rebuilt.

use std::{fmt, path::PathBuf};

use alloy_primitives::{Address, B256};
use covenant_chain::Timestamp;

use super::super::error::{LiveError, time};
use crate::{
    journal::{JournalError, StepId},
    recover::{Found, RecoverError},
    rpc::RpcError,
    storage::LockError,
};

/// Why the journal of a scenario could not be rebuilt. Nothing was written, and what was there is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The scenario cannot be followed, or the network not be asked.
    #[error(transparent)]
    Live(Box<LiveError>),
    /// What the accounts have sent could not be found out, or the new journal not be put in its place.
    #[error(transparent)]
    Recover(#[from] RecoverError),
    /// There is a journal, and nothing is wrong with it.
    #[error("{} is there and whole, so nothing has to be recovered; to rebuild it all the same, move it away", .file.display())]
    Whole {
        /// The journal.
        file: PathBuf,
    },
    /// Nothing that was found is the first step.
    #[error(
        "the accounts of this scenario have sent {count} transactions, and none of them is its first step, {step}: either \
         nothing of it was sent, and it is begun without `--continue`; or its text, its contracts or the compiler's \
         settings are not what they were, and have to be put back first"
    )]
    NotBegun {
        /// The first step.
        step: Box<StepId>,
        /// How many transactions were found.
        count: usize,
    },
    /// Several values of `start` explain what was found, and what comes next may depend on it.
    #[error(
        "what was sent does not tell what `start` was: {} and {} explain it as well; say it with `--start TIME`",
        time(*.one),
        time(*.other)
    )]
    Start {
        /// One that does.
        one: Timestamp,
        /// Another one.
        other: Timestamp,
    },
    /// No value of `start` and no blocks that were tried explain what was found.
    #[error(
        "{found} of the steps were found, but not {what}, and the accounts of this scenario have sent what is none of \
         them:{}\nif the scenario, its contracts or `start` are not what they were, put them back (`--start TIME`); if a \
         step failed before, say what became of it with `--redo` or `--forget`; what has nothing to do with this scenario \
         is named with `--foreign HASH`, or left out by `--from-block` and `--to-block`",
        list(.strays)
    )]
    Unexplained {
        /// How many steps were found.
        found: usize,
        /// What was looked for.
        what: String,
        /// What was found instead.
        strays: Vec<Stray>,
    },
    /// The block before the first step is not one that a run begins with.
    #[error(
        "block {block} has the first step, and the one before it is not what a run begins with; say what `start` was with \
         `--start TIME`"
    )]
    NoStart {
        /// The block of the first step.
        block: u64,
    },
    /// Two transactions could be the same step.
    #[error(
        "{step} could be {one} as well as {other}; say which blocks this run of the scenario is in, with `--from-block` and \
         `--to-block`, or with `--foreign HASH` which transaction has nothing to do with it{}",
        if *.failed {
            format!("; if the first failed and the other did it again, say so with `--redo {}`", .step.position)
        } else {
            String::new()
        }
    )]
    Twice {
        /// The step.
        step: Box<StepId>,
        /// What was taken for it.
        one: B256,
        /// What could be it too.
        other: B256,
        /// What was taken for it did not end as it should.
        failed: bool,
    },
}

/// A transaction of one of the scenario's accounts that is none of its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The transaction.
    pub hash: B256,
    /// Who sent it.
    pub sender: Address,
    /// Its nonce.
    pub nonce: u64,
    /// Its block.
    pub block: u64,
    /// Where it went; `None` for one that creates a contract.
    pub to: Option<Address>,
}

impl From<&Found> for Stray {
    fn from(found: &Found) -> Self {
        let Found { hash, sender, nonce, block, to, .. } = found;
        Self { hash: *hash, sender: *sender, nonce: *nonce, block: block.number, to: *to }
    }
}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hash, sender, nonce, block, to } = self;
        let what = to.map_or_else(|| "a new contract".to_owned(), |to| format!("to {to}"));
        write!(f, "{hash}: nonce {nonce} of {sender}, in block {block}, {what}")
    }
}

fn list(strays: &[Stray]) -> String {
    strays.iter().map(|stray| format!("\n  {stray}")).collect()
}

impl From<LiveError> for RebuildError {
    fn from(error: LiveError) -> Self {
        Self::Live(Box::new(error))
    }
}

impl From<RpcError> for RebuildError {
    fn from(error: RpcError) -> Self {
        RecoverError::from(error).into()
    }
}

impl From<JournalError> for RebuildError {
    fn from(error: JournalError) -> Self {
        RecoverError::from(error).into()
    }
}

impl From<LockError> for RebuildError {
    fn from(error: LockError) -> Self {
        RecoverError::from(error).into()
    }
}

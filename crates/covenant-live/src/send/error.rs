//! Why a run ended before its steps were done.

use alloy_primitives::{Address, B256, U256};
use covenant_chain::Timestamp;

use super::signer::SignerError;
use crate::{
    journal::{BlockRef, JournalError, Position, StepId},
    rpc::{Refusal, RpcError},
};

/// Why a run ended before its steps were done. What was done until then is in the journal, and a new run goes on there.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The journal cannot be used; nothing was sent that is not in it.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The node gave no answer, or a wrong one.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// The journal is of another chain than the node.
    #[error("the journal is of chain {journal}, and the node is on chain {node}")]
    OtherChain {
        /// The journal's chain and first block.
        journal: String,
        /// The node's.
        node: String,
    },
    /// Something changed in a step after it was signed.
    #[error(
        "{step} was signed as `{was}` with another {what}, and {}",
        instead(.step.position, *.landed)
    )]
    Changed {
        /// The step, as it is now.
        step: Box<StepId>,
        /// Its name when it was signed.
        was: String,
        /// What is different.
        what: &'static str,
        /// Its transaction is in a block.
        landed: bool,
    },
    /// A step comes behind one that was signed and never arrived, and that is not sent again before the run comes to it.
    #[error(
        "{step} comes behind {first}, which was signed earlier and has not arrived: whether that is still what it was is \
         known only later; give it up first, with `--redo {}` or `--forget {}`",
        .first.position, .first.position
    )]
    Behind {
        /// The step.
        step: Box<StepId>,
        /// The one that was signed earlier.
        first: Box<StepId>,
    },
    /// A step was signed, is in no block, and the scenario does not come to it.
    #[error(
        "{step} was signed and never arrived, and the scenario does not have it any more: what was signed stays valid, so \
         put it back, or use up its nonce with `--forget {}`",
        .step.position
    )]
    LeftOver {
        /// The step, as it was.
        step: Box<StepId>,
    },
    /// There is no signer for an account.
    #[error("{step} is sent by {sender}, and there is no key for it")]
    NoSigner {
        /// The step.
        step: Box<StepId>,
        /// The account.
        sender: Address,
    },
    /// The signer would not, or did something else.
    #[error("{step} was not signed: {source}")]
    Signer {
        /// The step.
        step: Box<StepId>,
        /// What it said.
        source: SignerError,
    },
    /// A nonce was used by a transaction that is not in the journal.
    #[error(
        "nonce {nonce} of {sender} was used by a transaction that the journal does not know{}; if it was yours, go on with \
         `--replan` (contracts that are created later get other addresses), and if the journal is incomplete, \
         `covenant recover` finds what was sent",
        .step.as_ref().map(|step| format!(", though it was signed for {step}")).unwrap_or_default()
    )]
    Foreign {
        /// The account.
        sender: Address,
        /// The nonce.
        nonce: u64,
        /// The step that it was signed for.
        step: Option<Box<StepId>>,
    },
    /// A step ended otherwise than expected.
    #[error(
        "{step} {} in block {} (transaction {hash}); do it again with `--redo {}`, or leave it out with `--forget {}`",
        if *.success { "succeeded, which was not expected," } else { "reverted" },
        .block.number, .step.position, .step.position
    )]
    Unexpected {
        /// The step.
        step: Box<StepId>,
        /// Its transaction.
        hash: B256,
        /// The block.
        block: BlockRef,
        /// It ran to its end.
        success: bool,
    },
    /// A reorganisation, deeper than was waited for, let a step land before one that it needs.
    #[error(
        "{step} landed in block {}, before step {needs}, which it needs: the chain was reorganised more deeply than was \
         waited for; look at what it did, and do it again with `--redo {}`, or keep it with `--forget {}`",
        .block.number, .step.position, .step.position
    )]
    OutOfOrder {
        /// The step.
        step: Box<StepId>,
        /// What it needs.
        needs: Position,
        /// The block it landed in.
        block: BlockRef,
    },
    /// A step would fail if it were sent now; it was not signed.
    #[error("{step} was not sent, for the node says that it would fail: {refusal}")]
    WouldFail {
        /// The step.
        step: Box<StepId>,
        /// The node's words.
        refusal: Refusal,
    },
    /// A new contract is not what was to be created.
    #[error("the code at {address}, which {step} created, is not the code that was to be there")]
    OtherCode {
        /// The step.
        step: Box<StepId>,
        /// The contract.
        address: Address,
    },
    /// Two nodes of the network say different things, and neither changes its mind.
    #[error(
        "one node says that {step} landed in block {} (transaction {hash}), and another one says something else; find out \
         which one to trust, and run it again with that one alone",
        .block.number
    )]
    Disagreement {
        /// The step.
        step: Box<StepId>,
        /// Its transaction.
        hash: B256,
        /// The block, by the first node.
        block: BlockRef,
    },
    /// There is code already where a contract was to be created.
    #[error(
        "{address}, where {step} would create a contract, has {} code already",
        if *.same { "that very" } else { "other" }
    )]
    Occupied {
        /// The step.
        step: Box<StepId>,
        /// The address.
        address: Address,
        /// It is the code that was to be there.
        same: bool,
    },
    /// A step's last moment has passed, and it will not land any more.
    #[error("{step} was to land before {}, and did not; it will not land any more", .by.0)]
    Expired {
        /// The step.
        step: Box<StepId>,
        /// Its last moment.
        by: Timestamp,
    },
    /// A step was cancelled by an earlier run.
    #[error("{step} was cancelled; do it again with `--redo {}`, or leave it out with `--forget {}`", .step.position, .step.position)]
    Cancelled {
        /// The step.
        step: Box<StepId>,
    },
    /// A step that is done was to be done again.
    #[error("{step} is done: doing it again would do it twice")]
    Done {
        /// The step.
        step: Box<StepId>,
    },
    /// The account has too little; nothing was signed.
    #[error("{step} was not sent: {sender} has {have} wei and needs up to {want}")]
    Funds {
        /// The step.
        step: Box<StepId>,
        /// The account.
        sender: Address,
        /// Its balance.
        have: U256,
        /// What it needs at worst, with all that waits.
        want: U256,
    },
    /// All steps together could cost more than allowed.
    #[error(
        "{step} was not sent: all steps together could cost {want} wei, and at most {limit} are allowed"
    )]
    MaxSpend {
        /// The step.
        step: Box<StepId>,
        /// What they could cost.
        want: U256,
        /// What is allowed.
        limit: U256,
    },
    /// The node will not take a transaction, and does not have it.
    #[error("the node will not take the transaction of {step}: {refusal}")]
    Rejected {
        /// The step.
        step: Box<StepId>,
        /// The node's words.
        refusal: Refusal,
    },
    /// A reorganisation took away what a step comes after. That is brought back first, and then looked at again.
    #[error(
        "{step} was not signed: step {needs} is not on the chain any more and comes first; run it again to go on"
    )]
    Undone {
        /// The step.
        step: Box<StepId>,
        /// The one that comes before it.
        needs: Position,
    },
    /// Nothing happened for too long.
    #[error("nothing happened for too long: {reason}; run it again to go on")]
    Waiting {
        /// What was waited for.
        reason: String,
    },
    /// Somebody asked the run to end.
    #[error("interrupted; run it again to go on")]
    Interrupted,
}

impl SendError {
    /// The step that was not signed, because of something that has to do with it alone.
    pub(crate) const fn unsigned(&self) -> Option<&StepId> {
        match self {
            Self::WouldFail { step, .. }
            | Self::Funds { step, .. }
            | Self::MaxSpend { step, .. }
            | Self::NoSigner { step, .. }
            | Self::Signer { step, .. }
            | Self::Behind { step, .. } => Some(step),
            _ => None,
        }
    }

    /// Running it again, with nothing changed, may bring it to its end.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Rpc(RpcError::Exhausted { .. } | RpcError::Refused { .. })
                | Self::Waiting { .. }
                | Self::Undone { .. }
                | Self::Interrupted
                | Self::Funds { .. }
                | Self::Rejected { .. }
        )
    }
}

/// What can be done about a step that changed after it was signed.
fn instead(step: Position, landed: bool) -> String {
    if landed {
        format!(
            "it is on the chain, where it stays; put the step back as it was, or give up what was done with `--forget {step}`, \
             and only then do it once more, as it is now, with `--redo {step}`"
        )
    } else {
        format!(
            "what was signed stays valid; put the step back as it was, or use up its nonce with `--redo {step}` or \
             `--forget {step}`"
        )
    }
}

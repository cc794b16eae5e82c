//! What a run yields: typed events in order, what everybody gained, and the verdict. Reports are folds over this.

use std::{path::PathBuf, sync::Arc};

use alloy_primitives::{Address, U256};
use covenant_chain::{Log, Outcome, Timestamp, Transaction};
use num_bigint::BigInt;

use crate::{expr::Type, run::Book, source::Span};

/// One execution of one scenario.
#[derive(Clone, Debug)]
pub struct Run {
    /// Which scenario, and which case of it.
    pub name: RunName,
    /// Actors, declared contracts and tokens, in order of declaration.
    pub parties: Vec<Party>,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// Who gained what from the first step to the end, in order of party and asset; those who gained nothing are left out.
    pub gains: Vec<Change>,
    /// Whether all held.
    pub verdict: Verdict,
    /// What makes raw events readable.
    pub book: Book,
    /// The clock when the first step began.
    pub started: Timestamp,
    /// The clock at the end.
    pub ended: Timestamp,
}

impl Run {
    /// Every failure in order.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.events.iter().filter_map(|event| match event {
            Event::Failed(failure) => Some(failure.as_ref()),
            _ => None,
        })
    }

    /// Every transaction in order, those that set the scene included.
    pub fn transactions(&self) -> impl Iterator<Item = &TransactionEvent> {
        self.events.iter().filter_map(|event| match event {
            Event::Transaction(transaction) => Some(transaction.as_ref()),
            _ => None,
        })
    }

    /// A transaction in words.
    pub fn view(&self, transaction: &TransactionEvent) -> TransactionView {
        self.book.view(transaction)
    }

    /// Gas used by all transactions together.
    pub fn gas_used(&self) -> u64 {
        self.transactions().map(|transaction| transaction.gas_used).sum()
    }
}

/// Which scenario, and which case of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunName {
    /// The file, as the user named it.
    pub file: PathBuf,
    /// The `scenario:` line; the file's stem without one.
    pub scenario: String,
    /// The name of the case, for a scenario with `cases:`.
    pub case: Option<String>,
}

/// Whether all held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every expectation held.
    Passed,
    /// At least one did not; the run ended there, or (for `ensures` and what is looked at together) went on to collect the
    /// others.
    Failed,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyKind {
    /// It acts.
    Actor,
    /// A declared contract.
    Contract,
    /// A declared token.
    Token,
}

/// A named account.
#[derive(Clone, Debug)]
pub struct Party {
    /// Its name in the scenario.
    pub name: String,
    /// Its address; `None` for a contract that is deployed by a step which did not run.
    pub address: Option<Address>,
    /// What the name stands for.
    pub kind: PartyKind,
}

/// Where in the scenario something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// `steps[2]`, `rules[0].then[1]`, `contracts.lease` …
    pub path: String,
    /// The file.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// The same place as bytes.
    pub span: Span,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A transaction was mined, or was refused before it could be.
    Transaction(Box<TransactionEvent>),
    /// The clock moved.
    Waited {
        /// The step.
        site: Arc<Site>,
        /// From when.
        from: Timestamp,
        /// To when.
        to: Timestamp,
    },
    /// A `check` held.
    Checked {
        /// The step.
        site: Arc<Site>,
        /// Its text.
        text: Arc<str>,
        /// When.
        at: Timestamp,
    },
    /// A rule fired; its transactions follow.
    RuleFired {
        /// The rule.
        site: Arc<Site>,
        /// Its name.
        rule: Arc<str>,
        /// When.
        at: Timestamp,
    },
    /// The `when` of a rule could not be evaluated, which counts as false; said once for each distinct reason.
    RuleUnclear {
        /// The rule.
        site: Arc<Site>,
        /// Its name.
        rule: Arc<str>,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// `until` became true.
    UntilReached {
        /// Where `until` stands.
        site: Arc<Site>,
        /// Its text.
        text: Arc<str>,
        /// When.
        at: Timestamp,
    },
    /// Something did not hold.
    Failed(Box<Failure>),
}

/// A transaction and what it did, as raw as the chain gave it: [`Run::view`] makes it readable. Running a scenario must
/// not cost more than its transactions do, so nothing is decoded before somebody looks.
#[derive(Clone, Debug)]
pub struct TransactionEvent {
    /// The step.
    pub site: Arc<Site>,
    /// The rule it belongs to.
    pub rule: Option<Arc<str>>,
    /// The block's time.
    pub at: Timestamp,
    /// The block's number.
    pub block: u64,
    /// Who sent it; `None` for what the scenario itself does to set the scene.
    pub actor: Option<Arc<str>>,
    /// The action as written: `lease.pay(terms)`.
    pub action: Arc<str>,
    /// Wei sent along by the actor, by whatever way.
    pub value: U256,
    /// What was sent.
    pub sent: Transaction,
    /// What became of it.
    pub result: TransactionResult,
    /// The type of what it returned.
    pub returns: Option<Type>,
    /// Whether a revert was expected.
    pub revert_expected: bool,
    /// Gas used.
    pub gas_used: u64,
    /// Fee paid in wei.
    pub fee: U256,
    /// Logs as emitted.
    pub logs: Vec<Log>,
    /// Balance changes of parties, fees left out, in order of party and asset.
    pub changes: Vec<Change>,
    /// What `console.log` printed.
    pub console: Vec<String>,
    /// The call trace, rendered, where it was asked for.
    pub trace: Option<String>,
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionResult {
    /// It was mined, and the EVM did this.
    Mined(Outcome),
    /// It was never mined: the sender could not pay, for example.
    Rejected(String),
}

/// A transaction in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionView {
    /// What became of it.
    pub result: ResultView,
    /// Decoded logs.
    pub logs: Vec<LogView>,
}

/// What became of a transaction, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultView {
    /// It succeeded.
    Success {
        /// What it returned; `None` when nothing.
        returned: Option<String>,
        /// The contract it created.
        created: Option<Address>,
    },
    /// It reverted, with this error.
    Revert(String),
    /// The EVM stopped it.
    Halt(String),
    /// It was never mined.
    Rejected(String),
}

/// A decoded log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogView {
    /// The contract that emitted it, by name where it has one.
    pub emitter: String,
    /// `Signed(id: 0x…, party: tenant)`.
    pub text: String,
}

/// What a balance is counted in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asset {
    /// Wei.
    Eth,
    /// Units of a declared token.
    Token {
        /// Its name in the scenario.
        name: Arc<str>,
        /// Its decimals.
        decimals: u8,
    },
}

/// A change of somebody's balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub party: Arc<str>,
    /// Of what.
    pub asset: Asset,
    /// By how much, in the smallest unit.
    pub amount: BigInt,
}

/// What did not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// A transaction reverted, halted or was rejected although that was not expected.
    UnexpectedRevert,
    /// A transaction succeeded although a revert was expected.
    MissingRevert,
    /// A transaction reverted with another error than expected.
    WrongRevert,
    /// An expected event was not emitted.
    Emits,
    /// Balances changed in another way than expected.
    Changes,
    /// Gas was out of bounds.
    Gas,
    /// Another value was returned.
    Returns,
    /// A `check` was false.
    Check,
    /// An `always` was false.
    Always,
    /// An `ensures` was false.
    Ensures,
    /// `until` did not become true `within` its time.
    Within,
    /// An expression could not be evaluated.
    Evaluation,
    /// The clock cannot move so.
    Clock,
    /// The scenario has more steps than can be meant.
    Endless,
    /// The rules did not settle.
    Unsettled,
}

/// Something that did not hold, with what a person needs to see why.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The step.
    pub site: Arc<Site>,
    /// The offending text.
    pub span: Span,
    /// What did not hold.
    pub kind: FailureKind,
    /// In words: a lowercase fragment.
    pub message: String,
    /// What was expected.
    pub expected: Option<String>,
    /// What was seen.
    pub actual: Option<String>,
    /// Further facts, one a line: the values of both sides of a comparison, for example.
    pub notes: Vec<String>,
    /// The Solidity line that reverted.
    pub solidity: Option<SolidityLine>,
    /// The call trace of the transaction, rendered.
    pub trace: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A line of Solidity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SolidityLine {
    /// The file, relative to its project.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// The text of the line.
    pub text: String,
}

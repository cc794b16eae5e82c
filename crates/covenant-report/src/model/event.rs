//! What happened, decoded.

use covenant_scenario::source::Span;
use schemars::JsonSchema;
use serde::Serialize;

use super::amount::{Amount, Moment};

/// A place in a scenario file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Place {
    /// The file, as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It acts.
    Actor,
    /// A declared contract.
    Contract,
    /// A declared token.
    Token,
}

/// A named account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Party {
    /// Its name in the scenario.
    pub name: String,
    /// What the name stands for.
    pub role: Role,
    /// Its address; absent for a contract whose step did not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A change of somebody's balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// Whose.
    pub party: String,
    /// `ETH`, or the name of a token.
    pub asset: String,
    /// The decimals of the asset.
    pub decimals: u8,
    /// By how much, in the smallest unit.
    pub amount: Amount,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A transaction was mined, or was refused before it could be.
    Transaction(Box<Transaction>),
    /// The clock moved.
    Waited {
        /// The step.
        step: String,
        /// Where it stands.
        place: Place,
        /// From when.
        from: Moment,
        /// To when.
        at: Moment,
    },
    /// A `check` held.
    Checked {
        /// The step.
        step: String,
        /// Where it stands.
        place: Place,
        /// Its text.
        text: String,
        /// When.
        at: Moment,
    },
    /// A rule fired; its transactions follow.
    RuleFired {
        /// The rule.
        step: String,
        /// Where it stands.
        place: Place,
        /// Its name.
        rule: String,
        /// When.
        at: Moment,
    },
    /// The `when` of a rule could not be evaluated, which counts as false.
    RuleUnclear {
        /// The rule.
        step: String,
        /// Where it stands.
        place: Place,
        /// Its name.
        rule: String,
        /// Why.
        reason: String,
        /// When.
        at: Moment,
    },
    /// `until` became true.
    UntilReached {
        /// Where in the scenario.
        step: String,
        /// Where it stands.
        place: Place,
        /// Its text.
        text: String,
        /// When.
        at: Moment,
    },
    /// Something did not hold.
    Failed(Box<Failure>),
}

/// A transaction and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Transaction {
    /// The step: `steps[2]`, `rules[0].then[1]`, `contracts.lease`.
    pub step: String,
    /// Where it stands.
    pub place: Place,
    /// The rule it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The block's time.
    pub at: Moment,
    /// The block's number.
    pub block: u64,
    /// Who sent it; absent for what the scenario itself does to set the scene.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The action as written.
    pub action: String,
    /// Wei sent along.
    pub value: Amount,
    /// What became of it.
    pub status: TransactionStatus,
    /// The decoded error, or why it was stopped or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether a revert was expected.
    pub revert_expected: bool,
    /// What it returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<String>,
    /// The contract it created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Gas used.
    pub gas_used: u64,
    /// Fee paid in wei.
    pub fee: Amount,
    /// Events emitted.
    pub logs: Vec<Log>,
    /// Balance changes of parties, fees left out.
    pub changes: Vec<Change>,
    /// What `console.log` printed.
    pub console: Vec<String>,
    /// The call trace, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionStatus {
    /// It succeeded.
    Success,
    /// It reverted.
    Reverted,
    /// The EVM stopped it.
    Halted,
    /// It was never mined.
    Rejected,
}

/// A decoded event of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Log {
    /// The contract that emitted it, by name where it has one.
    pub emitter: String,
    /// The event with its arguments.
    pub text: String,
}

/// What did not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
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
    /// The rules did not settle.
    Unsettled,
    /// The clock cannot move so.
    Clock,
    /// The scenario has more steps than can be meant.
    Endless,
}

/// Something that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Failure {
    /// What did not hold.
    pub kind: FailureKind,
    /// The step.
    pub step: String,
    /// Where the offending text stands.
    pub place: Place,
    /// The offending text itself.
    #[serde(skip)]
    pub span: Option<Span>,
    /// In words.
    pub message: String,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// Further facts, one a line.
    pub notes: Vec<String>,
    /// The Solidity line that reverted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solidity: Option<SolidityLine>,
    /// The call trace of the transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// When.
    pub at: Moment,
}

/// A line of Solidity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
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

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingSeverity {
    /// The file cannot be used.
    Error,
    /// The file probably says something that was not meant.
    Warning,
}

/// Something that is wrong with a file, found before anything ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// Error or warning.
    pub severity: FindingSeverity,
    /// What is wrong.
    pub message: String,
    /// Where; absent for a file that could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The last column of the offending text on its first line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

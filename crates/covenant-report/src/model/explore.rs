//! The result of `covenant explore`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    amount::{Amount, Moment},
    event::{Change, Finding, Place, SolidityLine},
    report::ScenarioId,
};

/// The name and version of the form that `covenant explore --json` writes.
pub const EXPLORE_SCHEMA: &str = "covenant.explore/1";

/// Everything that was explored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExploreReport {
    /// The name and version of this form.
    pub schema: String,
    /// What the command ends with.
    pub exit_code: u8,
    /// The scenarios that say what is to be explored, in order.
    pub scenarios: Vec<ExploredScenario>,
}

impl ExploreReport {
    /// The report of these scenarios.
    pub fn new(scenarios: Vec<ExploredScenario>, exit_code: u8) -> Self {
        Self { schema: EXPLORE_SCHEMA.to_owned(), exit_code, scenarios }
    }
}

/// One scenario, or one case of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExploredScenario {
    /// `lease.yaml::late`, which `covenant explore` accepts.
    pub id: String,
    /// The file, as the user named it.
    pub file: String,
    /// The name of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The `scenario:` line; the file's stem without one.
    pub name: String,
    /// Why there is nothing more, if there is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is wrong or doubtful about the file.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graph: Option<GraphSize>,
    /// Which limit ended it before everything was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Limit>,
    /// What is known about each property, in order.
    pub properties: Vec<ExploredProperty>,
    /// What is possible, and was not looked at.
    pub not_covered: NotCovered,
    /// How long it took, which is not the same every time.
    #[serde(skip)]
    pub elapsed: Duration,
}

impl ExploredScenario {
    /// A scenario of which there is no graph.
    pub fn stopped(id: ScenarioId, error: Option<String>, findings: Vec<Finding>) -> Self {
        Self {
            id: id.path(),
            file: id.file,
            case: id.case,
            name: id.name,
            error,
            findings,
            ..Self::default()
        }
    }
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GraphSize {
    /// States.
    pub states: usize,
    /// Transitions: a call that ends differently at different times counts as often as it does.
    pub transitions: usize,
    /// Zones of time that the states have together.
    pub zones: usize,
    /// Transactions that were executed.
    pub executions: u64,
    /// The chance that two different states were taken for one is below one in two to the power of this.
    pub collision_bits: u32,
}

/// What ended an exploration before everything was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// `limits: { states }`.
    States,
    /// `limits: { seconds }`.
    Seconds,
    /// `limits: { memory }`.
    Memory,
    /// The user.
    Interrupted,
}

/// How sure an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PropertyVerdict {
    /// It holds: every state was seen, at every time, with every input.
    Proved,
    /// It holds for all that was seen, and what was not is listed.
    ProvedOnDomain,
    /// Exploration ended before everything was seen, and nothing that was seen refutes it.
    Bounded,
    /// It does not hold.
    Refuted,
    /// It does not hold for all that was seen; something that was not might have saved it.
    RefutedOnDomain,
}

/// What is known about a property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExploredProperty {
    /// The property, as written.
    pub property: String,
    /// Where it stands.
    pub place: Place,
    /// What is known.
    pub verdict: PropertyVerdict,
    /// What can be said beyond that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How it comes that it does not hold; for what can be reached, how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story: Option<Story>,
    /// The scenario file that shows it, if one was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved: Option<String>,
}

/// What a story is told for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoryKind {
    /// It shows that something does not hold.
    Counterexample,
    /// It shows that something can be reached.
    Witness,
}

/// A way to where something holds, or does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Story {
    /// What it is told for.
    pub kind: StoryKind,
    /// When exploration began.
    pub starts: Moment,
    /// What is done, in order.
    pub acts: Vec<StoryAct>,
    /// When it is so.
    pub ends: Moment,
    /// What is so then, or is not.
    pub what: String,
    /// The last moment at which whom this is about could still have got out what was his; nothing where it is not about
    /// that, or he never could.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_chance: Option<LastChance>,
    /// What whom this is about can still try at the end; nothing where it is not about that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<TriedMove>,
    /// Whoever has more or less at the end than when exploration began, or is owed something.
    pub balances: Vec<BalancePair>,
}

/// The last moment at which somebody could still have got out what was his.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LastChance {
    /// When; where something was done at that very moment, before it.
    pub at: Moment,
    /// How many of the acts had been done by then.
    pub after_acts: usize,
    /// Who.
    pub actor: String,
    /// What he could do then, as a scenario writes it; without any he could still wait.
    pub moves: Vec<String>,
}

/// A move that somebody can still try where he does not get out any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TriedMove {
    /// What, as a scenario writes it.
    pub action: String,
    /// Why it is of no use.
    pub why: Useless,
    /// From when on it would succeed if nobody did anything else; nothing where it fails, however long he waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// What others do before it is executed, where that is why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<Reply>,
}

/// Why a move is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Useless {
    /// Others do something before it is executed.
    Foiled,
    /// It leads to where he does not get out either.
    Caught,
    /// It comes too late.
    Late,
    /// It fails, however long he waits.
    Fails,
}

/// What others do about a move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reply {
    /// Who.
    pub actor: String,
    /// What, as a scenario writes it.
    pub action: String,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoryAct {
    /// When.
    pub at: Moment,
    /// By whom.
    pub actor: String,
    /// What, as a scenario writes it.
    pub action: String,
    /// Whether it did anything; only the last can be in vain.
    pub succeeded: bool,
    /// Gas used.
    pub gas_used: u64,
    /// Changes of balances.
    pub changes: Vec<Change>,
}

/// What somebody has before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BalancePair {
    /// Who.
    pub party: String,
    /// Of what: `ETH`, or the name of a token.
    pub asset: String,
    /// Its decimals.
    pub decimals: u8,
    /// When exploration began.
    pub before: Amount,
    /// At the end.
    pub after: Amount,
    /// What the contracts still hold of it that is his, at the end; nothing where there is no such claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owed: Option<Amount>,
}

/// What is possible, and was not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotCovered {
    /// Inputs of which only some values were tried.
    pub inputs: Vec<SampledInput>,
    /// Where a time could not be followed, so that only some times were tried.
    pub times: Vec<CodePlace>,
    /// What was read that nobody in the agreement controls.
    pub surroundings: Vec<Surroundings>,
    /// What else was left out, in words.
    pub left_out: Vec<String>,
}

impl NotCovered {
    /// Whether everything was looked at.
    pub const fn is_empty(&self) -> bool {
        self.inputs.is_empty()
            && self.times.is_empty()
            && self.surroundings.is_empty()
            && self.left_out.is_empty()
    }
}

/// An input of which only some values were tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SampledInput {
    /// The function, as in `escrow.pay(terms, amount)`.
    pub function: String,
    /// The input; `value` for the wei sent along.
    pub input: String,
    /// What was tried.
    pub values: Vec<String>,
}

/// A place in bytecode, in Solidity where that is known, or in the scenario.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodePlace {
    /// A line of Solidity.
    Solidity(SolidityLine),
    /// An expression of the scenario.
    Scenario {
        /// Where it stands.
        place: Place,
        /// The expression.
        text: String,
    },
    /// An instruction of code without source.
    Bytecode {
        /// The account, by name where it has one.
        account: String,
        /// The program counter.
        counter: usize,
    },
}

/// Something that was read and that nobody in the agreement controls.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Surroundings {
    /// The instruction, such as `NUMBER`.
    pub instruction: String,
    /// Where.
    pub place: CodePlace,
}

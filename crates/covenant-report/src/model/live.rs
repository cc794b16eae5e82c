//! The results of `covenant plan`, `covenant status` and `covenant run --network`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    amount::{Amount, Moment},
    report::ScenarioReport,
};

/// The name and version of the form that `covenant plan --json` writes.
pub const PLAN_SCHEMA: &str = "covenant.plan/1";
/// The name and version of the form that `covenant status --json` writes.
pub const STATUS_SCHEMA: &str = "covenant.status/1";
/// The name and version of the form that `covenant run --network NAME --json` writes.
pub const LIVE_SCHEMA: &str = "covenant.live/1";

/// What would be sent to a network. Nothing was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlanReport {
    /// The name and version of this form.
    pub schema: String,
    /// The exit code of the command.
    pub exit_code: u8,
    /// The network.
    pub network: NetworkName,
    /// The block on whose state it was simulated.
    pub block: u64,
    /// What `start` stands for.
    pub start: Moment,
    /// The transactions, in order.
    pub transactions: Vec<PlannedTransaction>,
    /// The accounts that send.
    pub accounts: Vec<SendingAccount>,
    /// Most wei per gas that would be offered now.
    pub max_fee: Amount,
    /// Most wei that all of it could cost, values and fees.
    pub spend: Amount,
    /// Why it fails when every block is some seconds late, if it does.
    pub too_exact: Option<String>,
    /// The simulation.
    pub simulation: ScenarioReport,
}

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NetworkName {
    /// What the project calls it.
    pub name: String,
    /// Its number.
    pub chain_id: u64,
}

/// A transaction that would be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlannedTransaction {
    /// Its place, from 1.
    pub position: u32,
    /// What it is called.
    pub name: String,
    /// The account that sends it.
    pub sender: String,
    /// The contract that it would create.
    pub creates: Option<String>,
    /// Wei sent along.
    pub value: Amount,
    /// Gas that it would use.
    pub gas: u64,
    /// When it would be in a block.
    pub at: Moment,
}

/// An account that sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SendingAccount {
    /// The actor; `deployer` for the scenario's own.
    pub actor: String,
    /// Its address.
    pub address: String,
    /// Wei that it has.
    pub has: Amount,
    /// Wei that it must have at worst.
    pub needs: Amount,
}

/// How far a scenario is on each network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StatusReport {
    /// The name and version of this form.
    pub schema: String,
    /// The exit code of the command.
    pub exit_code: u8,
    /// Its journals.
    pub journals: Vec<JournalStatus>,
}

/// How far a scenario is on one network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JournalStatus {
    /// The file.
    pub file: String,
    /// What the scenario's records are called.
    pub scenario: String,
    /// The chain's number.
    pub chain_id: u64,
    /// What `start` stands for.
    pub start: Moment,
    /// Every step that was signed, in order.
    pub steps: Vec<StepStatus>,
    /// When the run that was parked is to be continued.
    pub parked_until: Option<Moment>,
    /// Every step is confirmed.
    pub finished: bool,
    /// What the next run does, in words.
    pub next: String,
}

/// How far a step is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StepStatus {
    /// Its place, from 1.
    pub position: u32,
    /// What it is called.
    pub name: String,
    /// `signed`, `sent`, `in a block`, `reverting`, `confirmed`, `reverted`, `cancelled`, `to be redone` or `left out`.
    pub state: String,
    /// The account that sends it.
    pub sender: Option<String>,
    /// Its nonce.
    pub nonce: Option<u64>,
    /// Its transaction: the one in a block, or else the one that was signed last.
    pub transaction: Option<String>,
    /// The number of its block.
    pub block: Option<u64>,
    /// The contract that it created or will create.
    pub creates: Option<String>,
    /// When it must not land any more, if there is such a moment.
    pub by: Option<Moment>,
    /// What the chain says of it, in words, if it was asked.
    pub on_chain: Option<String>,
}

/// What came of a run on a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LiveReport {
    /// The name and version of this form.
    pub schema: String,
    /// The exit code of the command.
    pub exit_code: u8,
    /// The network.
    pub network: NetworkName,
    /// The journal, in which everything is that was sent.
    pub journal: String,
    /// What happened, so far if it has not come to its end; none if nothing did.
    pub scenario: Option<ScenarioReport>,
    /// Why it ended before its end, if it did.
    pub error: Option<String>,
    /// When to come back, if it was parked.
    pub parked_until: Option<Moment>,
    /// Where the network did otherwise than the simulation.
    pub differences: Vec<NetworkDifference>,
    /// Why the whole was not compared with its simulation, if it was not.
    pub not_compared: Option<String>,
}

/// Something that the network did otherwise than the simulation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NetworkDifference {
    /// The step; empty for the whole.
    pub step: String,
    /// What differs.
    pub what: String,
    /// As it was on the network.
    pub network: String,
    /// As it was in simulation.
    pub simulation: String,
}

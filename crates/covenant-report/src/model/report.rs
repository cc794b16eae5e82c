//! The result of a whole command.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    amount::Moment,
    event::{Change, Event, Failure, Finding, Party},
};

/// The name and version of the form that `covenant run --json` writes.
pub const RUN_SCHEMA: &str = "covenant.run/1";

/// What `covenant run` found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunReport {
    /// The name and version of this form.
    pub schema: String,
    /// The exit code of the command.
    pub exit_code: u8,
    /// How many of each.
    pub summary: Summary,
    /// Every scenario, in the order of the command.
    pub scenarios: Vec<ScenarioReport>,
}

impl RunReport {
    /// The report of these scenarios.
    pub fn new(scenarios: Vec<ScenarioReport>, not_run: usize, exit_code: u8) -> Self {
        let mut summary = Summary { not_run, ..Summary::default() };
        scenarios.iter().for_each(|scenario| summary.count(scenario.status));
        Self { schema: RUN_SCHEMA.to_owned(), exit_code, summary, scenarios }
    }
}

/// How many scenarios ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// All of them, those that were not run left out.
    pub scenarios: usize,
    /// All held.
    pub passed: usize,
    /// An expectation failed.
    pub failed: usize,
    /// The file is not a valid scenario.
    pub invalid: usize,
    /// The Solidity did not compile.
    pub not_compiled: usize,
    /// The network could not be reached.
    pub network: usize,
    /// The engine failed.
    pub broken: usize,
    /// Not run, because an earlier one failed or the user interrupted.
    pub not_run: usize,
}

impl Summary {
    /// Counts one scenario.
    pub const fn count(&mut self, status: Status) {
        self.scenarios += 1;
        match status {
            Status::Passed => self.passed += 1,
            Status::Failed => self.failed += 1,
            Status::Invalid => self.invalid += 1,
            Status::NotCompiled => self.not_compiled += 1,
            Status::Network => self.network += 1,
            Status::Broken => self.broken += 1,
        }
    }
}

/// How a scenario ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Every expectation held.
    Passed,
    /// At least one did not.
    Failed,
    /// The file is not a valid scenario.
    Invalid,
    /// The Solidity did not compile.
    NotCompiled,
    /// The network could not be reached.
    Network,
    /// The engine failed: a bug.
    Broken,
}

/// How much of a run is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Every event.
    Full,
    /// What a report of one line needs; everything, where something failed.
    Brief,
}

/// Which scenario, and which case of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioId {
    /// The file, as it is shown.
    pub file: String,
    /// The name of the case, for a scenario with cases.
    pub case: Option<String>,
    /// The `scenario:` line; the file's stem where there is none or it could not be read.
    pub name: String,
}

impl ScenarioId {
    /// `lease.yaml::late`, which `covenant run` accepts.
    pub fn path(&self) -> String {
        match &self.case {
            Some(case) => format!("{}::{case}", self.file),
            None => self.file.clone(),
        }
    }
}

/// One scenario, or one case of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScenarioReport {
    /// `lease.yaml::late`, which `covenant run` accepts.
    pub id: String,
    /// The file, as the user named it.
    pub file: String,
    /// The name of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The `scenario:` line; the file's stem without one.
    pub name: String,
    /// How it ended.
    pub status: Status,
    /// Why it could not be run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is wrong or doubtful about the file.
    pub findings: Vec<Finding>,
    /// The clock when the first step began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Moment>,
    /// The clock at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Moment>,
    /// Number of transactions, those that set the scene included.
    pub transactions: usize,
    /// Gas used by all of them together.
    pub gas_used: u64,
    /// Actors, declared contracts and tokens.
    pub parties: Vec<Party>,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// Who gained what from the first step to the end.
    pub gains: Vec<Change>,
}

impl ScenarioReport {
    /// A scenario that did not run.
    pub fn stopped(
        id: ScenarioId,
        status: Status,
        error: Option<String>,
        findings: Vec<Finding>,
    ) -> Self {
        Self {
            id: id.path(),
            file: id.file,
            case: id.case,
            name: id.name,
            status,
            error,
            findings,
            started: None,
            ended: None,
            transactions: 0,
            gas_used: 0,
            parties: Vec::new(),
            events: Vec::new(),
            gains: Vec::new(),
        }
    }

    /// Every failure in order.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.events.iter().filter_map(|event| match event {
            Event::Failed(failure) => Some(failure.as_ref()),
            _ => None,
        })
    }
}

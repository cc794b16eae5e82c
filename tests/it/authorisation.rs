//! Who may call what, and when: every function of a contract × every role × every state, tried out on its bytecode.
//!
//! `tests/authorisation/` has a file a contract: how each state is reached, and a call of each function that is right in
//! all but who makes it and when. What succeeds is compared with `tests/golden/authorisation.json`. A function of the
//! contract without a call fails the test.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use alloy_json_abi::Function;
use covenant_compile::{Build, ContractKind, bundled};
use covenant_scenario::{RunOptions, Scenario, Stage, event::Event, plan::Plan};
use covenant_tests::is_for_real;
use rayon::prelude::*;
use serde::Deserialize;

use crate::{binary::root, golden::check};

/// What a file says about a contract.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    contract: String,
    roles: Vec<String>,
    status: String,
    /// The enumeration of states, where it is not the contract's own `Status`.
    states_of: Option<String>,
    /// The contract's name in the scenario, where it keeps a ledger: its calls are those of all ledgers.
    ledger: Option<String>,
    scenario: String,
    states: Vec<State>,
    calls: Vec<Call>,
}

/// How a state is reached.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    name: String,
    /// The status by its name in the contract, where the state's own name is another.
    status: Option<String>,
    /// The state before the first of these steps; none for the beginning.
    after: Option<String>,
    steps: String,
}

/// A call of a function.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    /// The name; `name/2` for the one with two arguments, where there are several of that name.
    function: String,
    /// What tells apart several calls of one function.
    note: Option<String>,
    /// Steps that make the call right.
    #[serde(default)]
    before: Vec<String>,
    call: String,
    value: Option<String>,
}

/// What every ledger has: nobody but the ledger itself may call the first three, and nobody has a credit.
const LEDGER: [(&str, &str); 5] = [
    ("push", "address(0), stranger, 1"),
    ("pushPair", "address(0), stranger, 1, stranger, 1"),
    ("relay", "address(0), stranger, stranger, 1"),
    ("withdraw", "address(0), stranger"),
    ("withdrawFor", "address(0), stranger"),
];

/// Function (and note) → state → the roles that succeed.
type Table = BTreeMap<String, BTreeMap<String, String>>;

impl Subject {
    fn steps_to(&self, state: &State) -> String {
        let Some(before) = &state.after else { return state.steps.clone() };
        let before = self.states.iter().find(|state| state.name == *before);
        self.steps_to(before.expect("a state comes after one of the file")) + &state.steps
    }

    /// A scenario with these steps.
    fn plan(&self, steps: &str, build: &Arc<Build>) -> Arc<Plan> {
        let text = format!("{}steps:\n{}", self.scenario, indented(steps));
        let path = root().join("tests/authorisation/probe.yaml");
        let scenario = Scenario::parse(&path, &text, build).unwrap_or_else(|invalid| {
            panic!("{}:\n{text}\n{:#?}", self.contract, invalid.diagnostics)
        });
        Arc::clone(&scenario.plans[0])
    }

    /// The steps that lead to a state and see to it that this is the one.
    fn arrival(&self, state: &State) -> String {
        let status = state.status.as_ref().unwrap_or(&state.name);
        let own = format!("{}.Status", self.contract);
        let names = self.states_of.as_ref().unwrap_or(&own);
        let check = format!("- check: {} == {names}.{status}\n", self.status);
        self.steps_to(state) + &check
    }

    /// Every function that is no view has a call.
    fn check_functions(&self, build: &Build) {
        let contract = build.find(&self.contract).expect("the contract exists");
        let mut named =
            self.calls.iter().map(|call| call.function.as_str()).collect::<BTreeSet<_>>();
        for function in contract.abi.functions() {
            if is_view(function) {
                continue;
            }
            let precise = format!("{}/{}", function.name, function.inputs.len());
            let found = named.remove(precise.as_str()) | named.remove(function.name.as_str());
            assert!(found, "{}: no call of `{}`", self.contract, function.signature());
        }
        assert!(named.is_empty(), "{} has no functions {named:?}", self.contract);
    }

    /// What each role can do in one state: for each call those who succeed.
    fn column(&self, state: &State, build: &Arc<Build>) -> Vec<String> {
        let arrival = self.arrival(state);
        let mut steps = arrival.clone();
        for call in &self.calls {
            for role in &self.roles {
                steps += &call.steps(role);
            }
        }
        let plan = self.plan(&steps, build);
        let mut next = self.plan(&arrival, build).steps.len();
        let options = RunOptions { brief: true, ..RunOptions::default() };
        let stage = Stage::after(&plan, &options, next)
            .unwrap_or_else(|error| panic!("{} {}: {error}", self.contract, state.name));
        let mut column = Vec::new();
        for call in &self.calls {
            let mut succeeding = Vec::new();
            for role in &self.roles {
                let count = call.before.len() + 1;
                let events = stage.attempt(next..next + count).expect("the engine works");
                next += count;
                if succeeded(&events, count) {
                    succeeding.push(role.as_str());
                }
            }
            column.push(succeeding.join(" "));
        }
        column
    }

    fn table(&self, build: &Arc<Build>) -> Table {
        let mut table = Table::new();
        for call in &self.calls {
            let row = BTreeMap::new();
            assert!(table.insert(call.name(), row).is_none(), "{} is there twice", call.name());
        }
        let columns = self.states.par_iter().map(|state| self.column(state, build));
        for (state, column) in self.states.iter().zip(columns.collect::<Vec<_>>()) {
            for (call, succeeding) in self.calls.iter().zip(column) {
                if !succeeding.is_empty() {
                    let row = table.entry(call.name()).or_default();
                    row.insert(state.name.clone(), succeeding);
                }
            }
        }
        table
    }
}

impl Call {
    fn name(&self) -> String {
        let note = self.note.as_ref().map(|note| format!(", {note}"));
        self.function.clone() + &note.unwrap_or_default()
    }

    fn steps(&self, role: &str) -> String {
        let before = self.before.iter().map(|step| format!("- {step}\n"));
        let value = self.value.as_ref().map(|value| format!("  value: {value}\n"));
        let step = format!("- {role}: {}\n", self.call);
        before.collect::<String>() + &step + &value.unwrap_or_default()
    }
}

/// Whether all steps were taken and none failed. Steps that prepare a call may fail: then it cannot be made here.
fn succeeded(events: &[Event], steps: usize) -> bool {
    let failed = events.iter().any(|event| matches!(event, Event::Failed(_)));
    assert!(failed || events.len() >= steps, "each step leaves an event");
    !failed
}

fn indented(steps: &str) -> String {
    steps.lines().map(|line| format!("  {line}\n")).collect()
}

fn subjects() -> Vec<Subject> {
    let mut files = std::fs::read_dir(root().join("tests/authorisation"))
        .expect("the folder can be read")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect::<Vec<_>>();
    files.sort();
    files.iter().map(|file| subject(file)).collect()
}

/// Set to the name of one of the files to see its table alone.
const ONLY: &str = "COVENANT_SUBJECT";

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests decides what is looked at")]
fn only() -> Option<String> {
    std::env::var(ONLY).ok()
}

fn subject(file: &Path) -> Subject {
    let text = std::fs::read_to_string(file).expect("the file can be read");
    let mut subject: Subject =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    if let Some(name) = &subject.ledger {
        let calls = LEDGER.iter().map(|(function, arguments)| Call {
            function: (*function).to_owned(),
            note: None,
            before: Vec::new(),
            call: format!("{name}.{function}({arguments})"),
            value: None,
        });
        subject.calls.extend(calls);
    }
    subject
}

/// Every contract that anybody can act on is looked at.
#[test]
fn every_contract_has_its_table() {
    let build = bundled();
    let known = subjects().into_iter().map(|subject| subject.contract).collect::<BTreeSet<_>>();
    for (id, contract) in &build.contracts {
        let ours = is_for_real(&id.file)
            && contract.kind == ContractKind::Contract
            && !contract.creation.bytes.is_empty();
        let acts = contract.abi.functions().any(|function| !is_view(function));
        assert!(!ours || !acts || known.contains(&id.name), "{} has no table", id.name);
    }
}

fn is_view(function: &Function) -> bool {
    use alloy_json_abi::StateMutability::{Pure, View};
    matches!(function.state_mutability, Pure | View)
}

#[test]
fn only_those_may_act_who_are_listed() {
    let build = bundled();
    if let Some(name) = only() {
        let subject = subject(&root().join(format!("tests/authorisation/{name}.toml")));
        subject.check_functions(&build);
        panic!("{:#?}", subject.table(&build));
    }
    let tables = subjects()
        .into_iter()
        .map(|subject| {
            subject.check_functions(&build);
            let table = subject.table(&build);
            (subject.contract, table)
        })
        .collect::<BTreeMap<_, _>>();
    let text = serde_json::to_string_pretty(&tables).expect("tables are plain") + "\n";
    check(&root().join("tests/golden/authorisation.json"), &text);
}

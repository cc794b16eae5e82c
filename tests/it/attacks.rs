//! Every known way in which agreements like these were attacked has a test, and `tests/golden/attacks.json` says which.
//!
//! A test is a scenario, by its path in `tests/scenarios`, or one of the tests of this binary, by its name. Scenarios are
//! run here; the tests of this binary ran with this one.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use covenant_compile::bundled;
use covenant_scenario::{RunOptions, Scenario, event::Verdict, run};
use rayon::prelude::*;
use serde::Deserialize;

use crate::{
    binary::root,
    golden::{is_scenario, scenarios},
};

/// How many known attacks there are.
const KNOWN: u32 = 43;

/// What is done about an attack.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attack {
    name: String,
    /// What must hold when it is tried; or why it cannot be tried here.
    assertion: String,
    tests: Vec<String>,
}

fn attacks() -> BTreeMap<u32, Attack> {
    let text = std::fs::read_to_string(root().join("tests/golden/attacks.json"));
    serde_json::from_str(&text.expect("the table can be read")).expect("the table is well-formed")
}

/// The tests of this binary.
fn own_tests() -> BTreeSet<String> {
    let this = std::env::current_exe().expect("a test has a path");
    let output = Command::new(this).arg("--list").output().expect("the tests can be listed");
    let names = String::from_utf8_lossy(&output.stdout).into_owned();
    names.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

/// Runs a scenario in all its cases; says what failed.
fn failures(name: &str) -> Option<String> {
    let path = root().join("tests/scenarios").join(name);
    let scenario = match Scenario::load(&path, &bundled()) {
        Ok(scenario) => scenario,
        Err(invalid) => return Some(format!("{name}: {:#?}", invalid.diagnostics)),
    };
    let mut failed = scenario.plans.iter().filter(|plan| {
        let run = run(plan, &RunOptions::default()).expect("the engine works");
        run.verdict != Verdict::Passed
    });
    failed.next().map(|plan| format!("{name} failed ({:?})", plan.name.case))
}

#[test]
fn every_known_attack_has_a_test_that_passes() {
    let attacks = attacks();
    let numbers = attacks.keys().copied().collect::<Vec<_>>();
    assert_eq!(numbers, (1..=KNOWN).collect::<Vec<_>>(), "each attack once");
    let own = own_tests();
    let mut to_run = BTreeSet::new();
    for (number, attack) in &attacks {
        assert!(!attack.tests.is_empty(), "{number} ({}) has no test", attack.name);
        assert!(!attack.assertion.is_empty(), "{number} ({}) asserts nothing", attack.name);
        for test in &attack.tests {
            if Path::new(test).extension().is_some_and(|extension| extension == "yaml") {
                to_run.insert(test.as_str());
            } else {
                assert!(own.contains(test), "{number} ({}): no test `{test}`", attack.name);
            }
        }
    }
    let failed = to_run.par_iter().filter_map(|name| failures(name)).collect::<Vec<_>>();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// A scenario in `attacks/` says by its name which attack it is, and is listed with it.
#[test]
fn every_scenario_of_an_attack_is_listed() {
    let attacks = attacks();
    for path in scenarios().iter().filter(|path| is_scenario(path)) {
        let inner = path.strip_prefix("tests/scenarios").expect("scenarios are in one folder");
        let name = inner.to_str().expect("scenario names are plain").replace('\\', "/");
        let Some(file) = name.strip_prefix("attacks/") else { continue };
        let number = file.split('-').next().and_then(|number| number.parse::<u32>().ok());
        let attack = number.and_then(|number| attacks.get(&number));
        let listed = attack.is_some_and(|attack| attack.tests.contains(&name));
        assert!(listed, "{name} is not listed in tests/golden/attacks.json");
    }
}

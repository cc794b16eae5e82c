//! What every act costs: `tests/golden/gas.json`, exact to the unit.
//!
//! The scenarios in `tests/scenarios/gas` say what is measured; targets are expectations there. For each transaction of an
//! actor there are two figures: the whole transaction (cold state, net of refunds, as a receipt has it), and the same
//! without what every transaction costs before the first instruction (21,000, and 4 or 16 for each byte of calldata).

use std::{collections::BTreeMap, path::Path};

use covenant_compile::bundled;
use covenant_scenario::{RunOptions, Scenario, event::TransactionEvent, run};
use serde_json::{Value, json};

use crate::{
    binary::root,
    golden::{check, scenarios},
};

/// What a transaction costs before its first instruction (EIP-2028): 21,000, 4 for a zero byte, 16 for another.
fn intrinsic(transaction: &TransactionEvent) -> u64 {
    let byte = |byte: &u8| if *byte == 0 { 4 } else { 16 };
    21_000 + transaction.sent.input.iter().map(byte).sum::<u64>()
}

/// The figures of a scenario, by number and action.
fn figures(path: &Path) -> Value {
    let build = bundled();
    let scenario = Scenario::load(&root().join(path), &build)
        .unwrap_or_else(|invalid| panic!("{}: {:#?}", path.display(), invalid.diagnostics));
    let run = run(&scenario.plans[0], &RunOptions::default()).expect("the engine works");
    let failures = run.failures().map(|failure| &failure.message).collect::<Vec<_>>();
    assert!(failures.is_empty(), "{}: {failures:#?}", path.display());
    let acts = run.transactions().filter(|transaction| transaction.actor.is_some());
    let rows = acts.enumerate().map(|(number, transaction)| {
        let actor = transaction.actor.as_deref().unwrap_or_default();
        let name = format!("{:02} {actor}: {}", number + 1, transaction.action);
        let execution = transaction.gas_used.saturating_sub(intrinsic(transaction));
        (name, json!({ "transaction": transaction.gas_used, "execution": execution }))
    });
    rows.collect()
}

#[test]
fn every_act_costs_what_it_did() {
    let files = scenarios().into_iter().filter(|path| path.starts_with("tests/scenarios/gas"));
    let all = files
        .map(|path| {
            let name = path.file_stem().expect("a scenario has a name").to_string_lossy();
            (name.into_owned(), figures(&path))
        })
        .collect::<BTreeMap<_, _>>();
    assert!(!all.is_empty(), "something is measured");
    let text = serde_json::to_string_pretty(&all).expect("figures are plain") + "\n";
    check(&root().join("tests/golden/gas.json"), &text);
}

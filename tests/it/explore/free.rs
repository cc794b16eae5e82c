//! What those do who may do anything: what they sign, how their contracts call back, how they move tokens.
//!
//! What must be said of each contract is worked out by hand. That the moves that were found lead to it, and to nothing else,
//! is asked of the oracle: it makes exactly these moves, and knows nothing of how they were found.

use std::{collections::BTreeMap, sync::Arc};

use covenant_explore::{LeftOut, Report, Role};
use covenant_scenario::plan::{Move, Mover, Moves, Plan};

use super::{
    Class, answers, brute,
    strangers::{held_to_table, reports},
};

/// The plan in which whoever may do anything makes the moves that were found.
fn listed(plan: &Plan, report: &Report) -> Arc<Plan> {
    let mut plan = plan.clone();
    let explore = plan.explore.as_mut().expect("the scenario says what is explored");
    let explore = Arc::make_mut(explore);
    for mover in &mut explore.movers {
        let site = Arc::clone(&mover.site);
        let own = report.graph.moves().iter();
        let own = own.filter(|one| one.actor == mover.actor && one.role == Role::Actor);
        let found = own.map(|one| Move {
            action: one.action.clone(),
            value: one.value.clone(),
            gas_limit: one.gas_limit.clone(),
            text: Arc::clone(&one.text),
            site: Arc::clone(&site),
        });
        *mover = Mover { moves: Moves::Exactly(found.collect()), ..mover.clone() };
    }
    Arc::new(plan)
}

/// What the engine and the oracle say of each property.
fn verdicts(plan: &Plan, report: &Report) -> [BTreeMap<String, Class>; 2] {
    let findings = report.findings.iter();
    let found = findings.map(|it| (it.text.to_string(), super::engine::class(it.verdict)));
    let plan = listed(plan, report);
    let graph = brute::graph(&plan).unwrap_or_else(|why| panic!("{}: {why}", plan.name.scenario));
    [found.collect(), answers::answers(&graph).verdicts]
}

/// Whether ways were cut, which the oracle goes on.
fn is_cut(report: &Report) -> bool {
    let left_out = report.domain.left_out.iter();
    left_out.into_iter().any(|it| matches!(it, LeftOut::Found { .. } | LeftOut::Repeats { .. }))
}

/// Each refutation happened on a chain of its own.
fn has_stories(name: &str, report: &Report) {
    for finding in &report.findings {
        let is_reachable = finding.text.starts_with("reachable");
        let is_shown = finding.verdict.is_refuted() != is_reachable;
        assert_eq!(finding.story.is_some(), is_shown, "{name}: {}", finding.text);
    }
}

#[test]
fn signatures_are_made_and_handed_in_again() {
    let reports = reports("signatures");
    held_to_table("signatures", &reports);
    let mut compared = 0;
    for (name, plan, report) in &reports {
        has_stories(name, report);
        if !is_cut(report) {
            let [found, wanted] = verdicts(plan, report);
            assert_eq!(found, wanted, "{name}");
            compared += 1;
        }
    }
    // All but the ledgers, whose numbers go up without end.
    assert_eq!(compared, reports.len() - 2);
}

//! The engine, held to what the oracle says.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use covenant_explore::{MoveId, Options, Report, Role, Verdict};
use covenant_scenario::plan::Plan;

use super::{
    Answers, Class, Control, brute::status, disagreements, disagreements_on_mistakes, family,
};

fn report(plan: &Arc<Plan>) -> Report {
    covenant_explore::explore(plan, &Options::default(), &mut |_| {})
        .unwrap_or_else(|failed| panic!("{}: {failed}", plan.name.scenario))
}

const fn class(verdict: Verdict) -> Class {
    match verdict {
        Verdict::Proved | Verdict::ProvedOnDomain => Class::Holds,
        Verdict::Refuted | Verdict::RefutedOnDomain => Class::Fails,
        Verdict::Bounded => Class::Bounded,
    }
}

/// All states as far as control goes.
fn control(report: &Report) -> BTreeSet<Control> {
    let graph = &report.graph;
    let mut all = BTreeSet::new();
    for id in graph.all() {
        for (times, moves) in graph.regions(id) {
            let world = graph.world_in(id, &times).expect("no account is on a fork");
            let named = |by: &MoveId| {
                let one = &graph.moves()[by.index()];
                let who = &world.actor(one.actor).name;
                (one.role != Role::Anyone).then(|| format!("{who}: {}", one.text))
            };
            let succeeds = moves.iter().filter_map(named).collect();
            all.insert(Control { status: status(&world), succeeds });
        }
    }
    all
}

fn answers(plan: &Arc<Plan>) -> Answers {
    let report = report(plan);
    let findings = report.findings.iter();
    let verdicts = findings.map(|it| (it.text.to_string(), class(it.verdict))).collect();
    let slowest: BTreeMap<String, u64> = report
        .findings
        .iter()
        .filter_map(|finding| Some((finding.text.to_string(), finding.seconds?)))
        .collect();
    let is_followed = report.domain.times.is_empty();
    Answers {
        verdicts,
        slowest,
        // Where times are only tried, some states between them are not seen.
        control: is_followed.then(|| control(&report)),
        states: report.graph.states(),
    }
}

#[test]
fn the_engine_says_what_the_oracle_says() {
    let told = disagreements(|_, plan| answers(plan));
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn the_engine_says_what_the_oracle_says_of_mistakes() {
    let told = disagreements_on_mistakes(|_, plan| answers(plan));
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// Whoever reads a counterexample can rely on it: it happened, on a chain of its own.
#[test]
fn what_is_refuted_has_a_story_unless_it_is_about_what_never_happens() {
    for (name, plan) in family() {
        for finding in report(plan).findings {
            let is_reachable = finding.text.starts_with("reachable");
            let wanted = !matches!(finding.verdict, Verdict::Bounded)
                && finding.verdict.is_refuted() != is_reachable
                && (is_reachable || finding.verdict.is_refuted());
            assert_eq!(finding.story.is_some(), wanted, "{name}: {}", finding.text);
        }
    }
}

//! The engine, held to what the oracle says.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use covenant_explore::{
    Interval, Mark, MoveId, Options, Relation, Report, Role, Tried, Useless, Verdict,
};
use covenant_scenario::plan::Plan;
use rayon::prelude::*;

use super::{Answers, Class, Control, brute::status, disagreements, family, mutants};

pub(super) fn report(plan: &Arc<Plan>) -> Report {
    covenant_explore::explore(plan, &Options::default(), &mut |_| {})
        .unwrap_or_else(|failed| panic!("{}: {failed}", plan.name.scenario))
}

pub(super) const fn class(verdict: Verdict) -> Class {
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

/// How many states a contract with a mistake may have before the engine gives up. Money that is paid out twice makes
/// more and more of them.
const MOST: usize = 1500;

/// A verdict is never stronger than the truth: what the oracle refutes is not proved, and the reverse.
#[test]
fn no_mistake_is_proved_away() {
    let verdicts = |plan: &Arc<Plan>| {
        let options = Options { states: Some(MOST), ..Options::default() };
        let report = covenant_explore::explore(plan, &options, &mut |_| {});
        let report = report.unwrap_or_else(|failed| panic!("{}: {failed}", plan.name.scenario));
        let findings = report.findings.iter();
        findings.map(|it| (it.text.to_string(), class(it.verdict))).collect::<BTreeMap<_, _>>()
    };
    let all = mutants().par_iter().map(|(name, mutant)| {
        let found = verdicts(&mutant.plan);
        let wrong = found.iter().filter_map(|(property, found)| {
            let truth = mutant.answers.verdicts[property];
            let clash = matches!(
                (found, truth),
                (Class::Holds, Class::Fails) | (Class::Fails, Class::Holds)
            );
            clash.then(|| format!("{name}: {property}: {found:?}, and it is {truth:?}"))
        });
        let open = found.values().any(|class| *class == Class::Bounded);
        let known = mutant.answers.verdicts.values().all(|class| *class != Class::Bounded);
        (wrong.collect::<Vec<_>>(), usize::from(open && known))
    });
    let (wrong, given_up): (Vec<_>, Vec<_>) = all.unzip();
    assert_eq!(wrong.concat(), Vec::<String>::new());
    let given_up: usize = given_up.into_iter().sum();
    assert!(given_up * 10 < mutants().len(), "the engine gives up on {given_up}");
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
            // That the condition of a rule never holds is shown by nothing either.
            let wanted = wanted && name != "RulesIdle";
            assert_eq!(finding.story.is_some(), wanted, "{name}: {}", finding.text);
        }
    }
}

/// What somebody can cost another, and what that costs him.
#[test]
fn griefing_has_a_factor() {
    let detail = |name: &str| {
        let report = report(&family()[name]);
        let mut findings = report.findings.into_iter();
        let finding = findings.find(|finding| &*finding.text == "incentives");
        finding.and_then(|finding| finding.detail).unwrap_or_else(|| panic!("{name} says nothing"))
    };
    assert_eq!(
        detail("Spite"),
        "nobody can do better; payee can cost payer 10 wei at 2 wei: griefing factor 5.0, gas not counted"
    );
    assert_eq!(
        detail("SpiteFree"),
        "nobody can do better; payee can cost payer 10 wei for nothing, gas not counted"
    );
    assert_eq!(detail("Honest"), "nobody can do better, or harm another, gas not counted");
    assert_eq!(detail("SpiteBroken"), "payee has 1 wei more than by honest play");
}

/// A way into a trap says until when its victim could still have got out.
#[test]
fn the_last_moment_is_the_last() {
    let report = report(&family()["ChainBroken"]);
    let exit = report.findings.iter().find(|finding| &*finding.text == "exit(payee) alone");
    let story = exit.and_then(|finding| finding.story.as_ref()).expect("it is refuted");
    let chance = story.last_chance.as_ref().expect("he could get out after the funding");
    // Funded at 16 it may be claimed at 19 and at 20, and what is claimed at 20 is stuck.
    assert_eq!((chance.after_acts, chance.at.0 + 1), (1, story.ends.0));
    assert_eq!((chance.name.as_str(), chance.moves.len()), ("payee", 1));
    assert_eq!(&*chance.moves[0], "box.claim()");
}

/// Whoever is caught is told of each of his moves why it is of no use; of none that would have helped.
#[test]
fn what_can_still_be_tried_is_of_no_use() {
    let tried = |name: &str, property: &str| {
        let report = report(&family()[name]);
        let exit = report.findings.into_iter().find(|finding| &*finding.text == property);
        let story = exit.and_then(|finding| finding.story).expect("it is refuted");
        let ends = story.ends.0;
        let told = story.tried.into_iter().map(move |one| match one.why {
            Useless::Fails => format!("{} fails", one.text),
            Useless::Late { at } => format!("{} is late by {}", one.text, at.0 - ends),
            Useless::Caught { at } => format!("{} leads on after {}", one.text, at.0 - ends),
            Useless::Foiled { at, by } => {
                format!("{} after {}: {by:?}", one.text, at.0 - ends)
            }
        });
        told.collect::<Vec<_>>()
    };
    let alone = ["box.claim() leads on after 0", "box.withdraw() fails"];
    assert_eq!(tried("ChainBroken", "exit(payee) alone"), alone);
    // The door is shut for two seconds more, of which he has one.
    assert_eq!(tried("NapBroken", "exit(payee) within 1 seconds"), ["box.take() is late by 2"]);
    let foiled = [r#"box.take(0) after 0: [("payer", "box.turn()")]"#, "box.take(1) fails"];
    for seconds in [1, 2, 8] {
        let property = format!("exit(payee) within {seconds} seconds");
        assert_eq!(tried("SwitchBroken", &property), foiled);
    }
    // What he does leads on to where he is owed the same, and what the heir does first leaves him nothing.
    let foiled =
        ["ping", "take"].map(|it| format!(r#"will.{it}() after 0: [("heir", "will.take()")]"#));
    assert_eq!(tried("HeirBroken", "exit(owner) within 0 seconds"), foiled);
    let mut caught = 0;
    for plan in family().values() {
        let found = report(plan);
        for finding in &found.findings {
            let is_exit = finding.text.starts_with("exit(") && finding.verdict.is_refuted();
            if let (true, Some(story)) = (is_exit, &finding.story) {
                caught += 1;
                let name = finding.text[5..].split(')').next().expect("somebody exits");
                let world = found.graph.world();
                let own = found.graph.moves().iter().filter(|one| {
                    world.actor(one.actor).name == name && !matches!(one.role, Role::Anyone)
                });
                let missing = own.filter(|one| story.tried.iter().all(|it| it.text != one.text));
                let missing: Vec<_> = missing.map(|one| &one.text).collect();
                assert!(missing.is_empty(), "{}: nothing is said of {missing:?}", finding.text);
                let is_late = |one: &Tried| match &one.why {
                    Useless::Late { at } | Useless::Caught { at } | Useless::Foiled { at, .. } => {
                        *at >= story.ends
                    }
                    Useless::Fails => true,
                };
                assert!(story.tried.iter().all(is_late), "{}", finding.text);
            }
        }
    }
    assert!(caught > 20, "only {caught} are caught");
}

/// What is told of times by dates and by what was done is what the zones say: at every time of every state there is one
/// interval, and what can be done in it is what can be done then.
#[test]
fn deadlines_are_the_times_of_the_graph() {
    let mut known = 0;
    for (name, plan) in family() {
        let found = covenant_explore::deadlines(plan, &Options::default(), &mut |_| {})
            .unwrap_or_else(|failed| panic!("{name}: {failed}"));
        for state in &found.states {
            for (zone, moves) in found.graph.regions(state.id) {
                let latest = zone.solution(|least, greatest| greatest.unwrap_or(least));
                for times in [zone.earliest(), latest] {
                    let of = |mark: &Mark| mark.stored.map_or(0, |it| times[it + 2]) + mark.seconds;
                    let is_in = |interval: &&Interval| {
                        let provided = |it: &Relation| {
                            it.later.map_or(0, |later| times[later + 2]) <= of(&it.than)
                        };
                        interval.from.iter().all(|mark| of(mark) <= times[1])
                            && interval.until.iter().all(|mark| times[1] < of(mark))
                            && interval.provided.iter().all(provided)
                    };
                    let here: Vec<&Interval> = state.intervals.iter().filter(is_in).collect();
                    let [here] = here.as_slice() else {
                        panic!("{name}, state {}: {here:?} at {times:?}", state.id.0)
                    };
                    let possible: BTreeSet<MoveId> =
                        here.possible.iter().map(|(by, _)| *by).collect();
                    assert_eq!(possible, moves, "{name}, state {} at {times:?}", state.id.0);
                    known += 1;
                }
            }
        }
    }
    assert!(known > 1000, "{known} times were looked at");
}

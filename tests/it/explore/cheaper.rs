//! Cheaper methods than looking at every instant, and what they get wrong.
//!
//! Two act only at corners: the instants at which something is compared with the present where the method comes by, and
//! those next to them. The third looks at the clock less often.

use std::collections::{BTreeSet, VecDeque};

use covenant_explore::Verdict;
use covenant_scenario::plan::PropertyKind;

use super::{
    answers::trapped,
    brute::{Graph, graph},
    engine::report,
    family, oracle,
    verdicts::Class,
};

/// States that are reached when moves are made only at some instants; time always goes by. What is told of a move is how
/// many units of time after the beginning it is made, after how many the move before it was, and its text.
fn reached(graph: &Graph<'_>, is_made: impl Fn(u64, u64, &str) -> bool) -> BTreeSet<usize> {
    let start = graph.nodes[0].now;
    let mut known = BTreeSet::from([(0, 0)]);
    let mut queue = VecDeque::from([(0, 0)]);
    while let Some((id, last)) = queue.pop_front() {
        let elapsed = graph.nodes[id].now - start;
        let made = graph.edges[id]
            .iter()
            .filter(|edge| is_made(elapsed, last, &graph.deeds[edge.deed].one.text))
            .map(|edge| (edge.to, elapsed));
        let next: Vec<_> = made.chain(graph.later[id].map(|later| (later, last))).collect();
        queue.extend(next.into_iter().filter(|one| known.insert(*one)));
    }
    known.into_iter().map(|(id, _)| id).collect()
}

/// The payee may take from the tenth unit on: who tries one before, then, one after, and at the end, never meets the nap.
#[test]
fn corners_of_the_window_do_not_show_the_nap() {
    let graph = graph(&family()["NapBroken"]).expect("it can be explored");
    let always = graph
        .explore
        .properties
        .iter()
        .position(|property| matches!(property.kind, PropertyKind::Always(_)));
    let always = always.expect("the scenario says that the payee may always take");
    let start = graph.nodes[0].now;
    let holds_at = |corners: &[u64]| {
        let mut asked = graph.nodes.iter().filter(|node| corners.contains(&(node.now - start)));
        asked.all(|node| node.truths[always] == Some(true))
    };
    assert!(holds_at(&[0, 9, 10, 11, 45]), "corners see nothing wrong");
    assert!(!holds_at(&(0..=45).collect::<Vec<_>>()), "every instant does");
}

/// Money comes in until the thirtieth unit, is claimed in the two units from three units later on, and is then withdrawn
/// unless it was claimed at 20 or 21. Where the instant of funding is compared with something, that is 0 and 30: from
/// what is funded next to these there is a way out, and at the last call there is nothing that leads back to the first.
#[test]
fn corners_of_each_step_do_not_show_the_trap_of_two_instants() {
    let graph = graph(&family()["ChainBroken"]).expect("it can be explored");
    let trapped = trapped(&graph);
    let shown = |is_made: &dyn Fn(u64, u64, &str) -> bool| {
        reached(&graph, is_made).into_iter().any(|id| trapped[id])
    };
    let at_corners = |elapsed: u64, last: u64, text: &str| match text {
        "box.fund{value: 10}()" => [0, 1, 28, 29].contains(&elapsed),
        "box.claim()" => (3..=5).contains(&(elapsed - last)),
        _ => true,
    };
    assert!(!shown(&at_corners), "corners see nothing wrong");
    assert!(shown(&|_, _, _| true), "every instant does");
}

/// What is disputed seven units or more after the end of the lease is never settled: that takes a late claim and a late
/// dispute of it. Who lets five units go by at a time never disputes so late.
#[test]
fn coarse_ticks_do_not_show_the_dispute_that_is_too_late() {
    let graph = graph(&family()["LeaseBroken"]).expect("it can be explored");
    let trapped = trapped(&graph);
    let shown = |tick: u64| {
        let states = reached(&graph, |elapsed, _, _| elapsed.is_multiple_of(tick));
        states.into_iter().any(|id| trapped[id])
    };
    assert!(!shown(5), "coarse ticks see nothing wrong");
    assert!(shown(1), "every instant does");
}

/// The lease second by second and in zones of time: a few thousand times fewer states, the same verdicts, and the same
/// times that the exits take at worst.
#[test]
fn zones_of_time_stand_for_thousands_of_instants() {
    for name in ["Lease", "LeaseBroken"] {
        let (answers, report) = (&oracle()[name], report(&family()[name]));
        assert!(answers.states > 31_000, "{name}: {} states", answers.states);
        let (states, zones) = (report.graph.states(), report.graph.zones());
        assert!(states <= 104 && zones <= 104, "{name}: {states} states, {zones} zones");
        for finding in &report.findings {
            let text = finding.text.to_string();
            let holds = finding.verdict == Verdict::Proved;
            assert_eq!(holds, answers.verdicts[&text] == Class::Holds, "{name}: {text}");
            if let Some(seconds) = finding.seconds {
                assert_eq!(answers.slowest.get(&text), Some(&seconds), "{name}: {text}");
            }
        }
    }
}

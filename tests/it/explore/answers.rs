//! What the oracle answers: direct algorithms on the explicit graph.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::U256;
use covenant_scenario::{
    expr::ActorId,
    plan::{Property, PropertyKind},
};

use super::{
    brute::{Edge, Graph, seconds},
    play::{Rulings, honest_is_best, rules},
    verdicts::{Answers, Class, Control},
};

/// Everything that the oracle says of a graph.
pub(super) fn answers(graph: &Graph<'_>) -> Answers {
    let mut slowest = BTreeMap::new();
    let mut verdicts = BTreeMap::new();
    for (index, property) in graph.explore.properties.iter().enumerate() {
        let (class, worst) = class(graph, index, property);
        verdicts.insert(property.text.to_string(), class);
        if let Some(worst) = worst {
            slowest.insert(property.text.to_string(), worst);
        }
    }
    Answers { verdicts, slowest, control: Some(control(graph)), states: graph.reached }
}

/// What can be said of a property, and how long the exit that it is about takes at worst.
fn class(graph: &Graph<'_>, index: usize, property: &Property) -> (Class, Option<u64>) {
    let reached = &graph.nodes[..graph.reached];
    let truth = |wanted| reached.iter().any(|node| node.truths[index] == Some(wanted));
    // What some state or transition shows is so whether or not there are more of them.
    let unless_seen = |refuted: bool| match (refuted, graph.is_complete) {
        (true, _) => Class::Fails,
        (false, true) => Class::Holds,
        (false, false) => Class::Bounded,
    };
    // What depends on all ways from a state can be said only when all are known.
    let if_complete = |holds: bool| match (graph.is_complete, holds) {
        (false, _) => Class::Bounded,
        (true, true) => Class::Holds,
        (true, false) => Class::Fails,
    };
    match &property.kind {
        PropertyKind::Always(_) => (unless_seen(truth(false)), None),
        PropertyKind::Never(_) => (unless_seen(truth(true)), None),
        PropertyKind::Reachable(_) => match (truth(true), graph.is_complete) {
            (true, _) => (Class::Holds, None),
            (false, true) => (Class::Fails, None),
            (false, false) => (Class::Bounded, None),
        },
        PropertyKind::Only { .. } | PropertyKind::After { .. } => {
            (unless_seen(graph.violated[index]), None)
        }
        PropertyKind::Conservation => (unless_seen(!is_conserved(graph)), None),
        PropertyKind::NoTrappedFunds => (if_complete(!trapped(graph).contains(&true)), None),
        PropertyKind::Ends => (if_complete(it_ends(graph)), None),
        PropertyKind::ExitAlone(actor) => {
            let worst = exit_alone(graph, *actor);
            (if_complete(worst.is_some()), worst.filter(|_| graph.is_complete))
        }
        PropertyKind::ExitWithin(actor, within) => {
            let within = seconds(within, &graph.world).expect("a span of time has a value");
            (if_complete(exit_within(graph, *actor, within)), None)
        }
        PropertyKind::Rules => {
            let Rulings { clash, idle } = rules(graph);
            (if clash { Class::Fails } else { if_complete(!idle) }, None)
        }
        PropertyKind::Incentives => match honest_is_best(graph) {
            Some(holds) => (if_complete(holds), None),
            None => (Class::Bounded, None),
        },
        other => panic!("the oracle does not answer {other:?}"),
    }
}

/// What is controlled: what contracts say of their status, and who succeeds with what, in every state.
fn control(graph: &Graph<'_>) -> BTreeSet<Control> {
    let who = |edge: &Edge| {
        let deed = &graph.deeds[edge.deed];
        format!("{}: {}", graph.world.actor(deed.actor).name, deed.one.text)
    };
    let states = (0..graph.reached).map(|id| Control {
        status: graph.nodes[id].status.clone(),
        succeeds: graph.edges[id].iter().map(who).collect(),
    });
    states.collect()
}

/// That the contracts of the scenario together have at least what is claimed, in every state and of every asset.
fn is_conserved(graph: &Graph<'_>) -> bool {
    graph.nodes[..graph.reached].iter().all(|node| {
        let claims = graph.explore.claims.iter().enumerate();
        claims.clone().all(|(index, claim)| {
            let same = claims.clone().filter(|(_, other)| other.asset == claim.asset);
            let claimed: U256 = same.map(|(other, _)| node.claims[other]).sum();
            node.holdings[index] >= claimed
        })
    }) && makes_no_money(graph)
}

/// That no move makes money out of nothing, or lets it vanish.
fn makes_no_money(graph: &Graph<'_>) -> bool {
    (0..graph.reached).all(|id| {
        let there = &graph.nodes[id].there;
        graph.edges[id].iter().all(|edge| graph.nodes[edge.to].there == *there)
    })
}

/// For each state, whether not all claims can reach zero from there so that contracts then hold no more than they did
/// beyond all claims when it began, and dust.
pub(super) fn trapped(graph: &Graph<'_>) -> Vec<bool> {
    let claims = &graph.explore.claims;
    let surplus = |index: usize| {
        let same = (0..claims.len()).filter(|other| claims[*other].asset == claims[index].asset);
        let claimed: U256 = same.map(|other| graph.nodes[0].claims[other]).sum();
        graph.nodes[0].holdings[index].saturating_sub(claimed)
    };
    let dust = |index: usize| {
        let known = graph.explore.dust.iter().find(|dust| dust.asset == claims[index].asset);
        known.map_or(U256::ZERO, |dust| dust.amount)
    };
    let most: Vec<U256> = (0..claims.len()).map(|index| surplus(index) + dust(index)).collect();
    let empty = (0..graph.reached).map(|id| {
        let node = &graph.nodes[id];
        node.is_settled() && node.holdings.iter().zip(&most).all(|(held, most)| held <= most)
    });
    let can = can_reach(graph, empty.collect(), |id| all_ways(graph, id));
    can.into_iter().take(graph.reached).map(|can| !can).collect()
}

/// That there is an instant from which on somebody who is nobody in particular can bring every claim to zero: then he can
/// in every state at the horizon, after which there are no more.
fn it_ends(graph: &Graph<'_>) -> bool {
    let settled = graph.nodes.iter().map(|node| node.is_settled());
    let can = can_reach(graph, settled.collect(), |id| {
        graph.strange[id].iter().chain(&graph.later[id]).copied().collect()
    });
    (0..graph.reached).all(|id| can[id] || graph.nodes[id].now < graph.horizon)
}

/// Where one can go from a state.
fn all_ways(graph: &Graph<'_>, id: usize) -> Vec<usize> {
    graph.edges[id].iter().map(|edge| edge.to).chain(graph.later[id]).collect()
}

/// From which states one can come to one that is wanted: the least set that holds those, and every state from which there
/// is a way into it.
fn can_reach(
    graph: &Graph<'_>,
    mut wanted: Vec<bool>,
    ways: impl Fn(usize) -> Vec<usize>,
) -> Vec<bool> {
    wanted.resize(graph.nodes.len(), false);
    loop {
        let mut is_stable = true;
        for id in (0..graph.nodes.len()).rev() {
            if !wanted[id] && ways(id).into_iter().any(|to| wanted[to]) {
                wanted[id] = true;
                is_stable = false;
            }
        }
        if is_stable {
            return wanted;
        }
    }
}

/// The claims of somebody.
fn claims_of(graph: &Graph<'_>, actor: ActorId) -> Vec<usize> {
    let claims = graph.explore.claims.iter().enumerate();
    claims.filter(|(_, claim)| claim.actor == actor).map(|(index, _)| index).collect()
}

/// States in which somebody is owed something, by what he must have when he is out: what he has, and what he is owed.
fn owed(graph: &Graph<'_>, claims: &[usize]) -> BTreeMap<Vec<U256>, Vec<usize>> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (id, node) in graph.nodes[..graph.reached].iter().enumerate() {
        if claims.iter().any(|claim| !node.claims[*claim].is_zero()) {
            let wealth = claims.iter().map(|claim| node.owners[*claim] + node.claims[*claim]);
            groups.entry(wealth.collect()).or_default().push(id);
        }
    }
    groups
}

/// Where somebody is out with so much.
fn out(graph: &Graph<'_>, claims: &[usize], wealth: &[U256]) -> Vec<bool> {
    let is_out = |id: usize| {
        let node = &graph.nodes[id];
        claims
            .iter()
            .zip(wealth)
            .all(|(claim, wealth)| node.claims[*claim].is_zero() && node.owners[*claim] >= *wealth)
    };
    (0..graph.reached).map(is_out).collect()
}

/// How long it takes somebody at worst to get what is his, if nobody else moves; nothing if he cannot everywhere.
fn exit_alone(graph: &Graph<'_>, actor: ActorId) -> Option<u64> {
    let claims = claims_of(graph, actor);
    let mut worst = 0;
    for (wealth, states) in owed(graph, &claims) {
        let out = out(graph, &claims, &wealth);
        // The first instant at which he can be out: of all ways from a state that are his, and waiting, the quickest.
        let mut first: Vec<Option<u64>> =
            (0..graph.reached).map(|id| out[id].then_some(graph.nodes[id].now)).collect();
        loop {
            let mut is_stable = true;
            for id in (0..graph.reached).rev() {
                let own = graph.edges[id].iter().filter(|edge| is_by(graph, edge, actor));
                let ways = own.map(|edge| edge.to).chain(graph.later[id]);
                let best = ways.filter_map(|to| first[to]).chain(first[id]).min();
                if best != first[id] {
                    first[id] = best;
                    is_stable = false;
                }
            }
            if is_stable {
                break;
            }
        }
        for id in states {
            worst = worst.max(first[id]? - graph.nodes[id].now);
        }
    }
    Some(worst)
}

fn is_by(graph: &Graph<'_>, edge: &Edge, actor: ActorId) -> bool {
    graph.deeds[edge.deed].actor == actor
}

/// That somebody gets what is his within some time, whatever the others do, from every state for which that time ends
/// before the horizon.
///
/// He waits, one unit of time after the other, and at some instant submits a move. It is executed after as many units as
/// the others like, up to the delay, in whatever state they have brought about by then: they make moves of their own,
/// finitely many, at any instant. Where it does nothing, he may try another. He has won when he is out in time: nothing is
/// owed to him, and he has at least what he had and was owed in the beginning.
///
/// He wins from the least set X of states for which there is a greatest set Y of states in each of which he is out in
/// time, or
/// - every move of others leads into Y, and a unit of time does too, or
/// - there is a move of his that leads into X wherever others can take it: from all states to which their moves and up to
///   `delay` units of time lead from here, as long as he is not out. From a state in which it does nothing it leads to
///   that same state.
///
/// Y is the greatest such set because others move only finitely often: going round in circles keeps nobody for ever. X is
/// the least because his own moves have to bring him forward, and waiting always does, as time does not go round.
fn exit_within(graph: &Graph<'_>, actor: ActorId, within: u64) -> bool {
    let claims = claims_of(graph, actor);
    owed(graph, &claims).into_iter().all(|(wealth, states)| {
        let out = out(graph, &claims, &wealth);
        let ends: BTreeSet<u64> = states
            .iter()
            .map(|id| graph.nodes[*id].now + within)
            .filter(|end| *end <= graph.horizon)
            .collect();
        ends.into_iter().all(|end| {
            let won = Game { graph, actor, out: &out, end }.won();
            let asked = states.iter().filter(|id| graph.nodes[**id].now + within == end);
            asked.into_iter().all(|id| won[*id])
        })
    })
}

/// Somebody against all others, up to an instant.
struct Game<'a> {
    graph: &'a Graph<'a>,
    actor: ActorId,
    out: &'a [bool],
    end: u64,
}

impl Game<'_> {
    fn won(&self) -> Vec<bool> {
        let mut least = vec![false; self.graph.reached];
        loop {
            // From all states, those that are no good are taken out until none is.
            let mut greatest = vec![true; self.graph.reached];
            loop {
                let mut is_stable = true;
                for id in (0..self.graph.reached).rev() {
                    if greatest[id] && !self.is_good(id, &least, &greatest) {
                        greatest[id] = false;
                        is_stable = false;
                    }
                }
                if is_stable {
                    break;
                }
            }
            if greatest == least {
                return least;
            }
            least = greatest;
        }
    }

    fn is_good(&self, id: usize, forward: &[bool], safe: &[bool]) -> bool {
        if self.graph.nodes[id].now > self.end {
            return false;
        }
        let waits = || self.graph.later[id].is_some_and(|later| safe[later]);
        let submits = || {
            let edges = self.graph.edges[id].iter();
            let mut own = edges.filter(|edge| is_by(self.graph, edge, self.actor));
            own.any(|edge| self.is_sure(id, edge.deed, forward))
        };
        self.out[id] || (self.is_calm(id, safe) && waits()) || submits()
    }

    /// Whether every move of others leads to where it is safe.
    fn is_calm(&self, id: usize, safe: &[bool]) -> bool {
        let mut edges = self.graph.edges[id].iter();
        edges.all(|edge| is_by(self.graph, edge, self.actor) || safe[edge.to])
    }

    /// Whether a move leads forward wherever and whenever within the delay it is executed.
    fn is_sure(&self, id: usize, deed: usize, forward: &[bool]) -> bool {
        let begun = self.graph.nodes[id].now;
        let mut seen = BTreeSet::from([id]);
        let mut ahead = vec![id];
        while let Some(at) = ahead.pop() {
            let now = self.graph.nodes[at].now;
            if now > self.end {
                return false;
            }
            if self.out[at] {
                continue;
            }
            let edges = &self.graph.edges[at];
            let led = edges.iter().find(|edge| edge.deed == deed);
            if !forward[led.map_or(at, |edge| edge.to)] {
                return false;
            }
            let others = edges.iter().filter(|edge| !is_by(self.graph, edge, self.actor));
            let later = self.graph.later[at].filter(|_| now < begun + self.graph.explore.delay);
            ahead.extend(others.map(|edge| edge.to).chain(later).filter(|next| seen.insert(*next)));
        }
        true
    }
}

//! What the graph says about time: every instant at which something can change, and who may do what in between.
//!
//! Nothing of it is sampled: an interval is a zone, and what is told of it are the bounds that make it, no more and no
//! fewer than are needed. Where times could not be followed, that is said.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use covenant_chain::Timestamp;
use covenant_scenario::plan::Plan;

use super::marks::{Mark, Relation, essential};
use crate::{
    explore::{Built, Options},
    failed::Failed,
    graph::{Blind, End, Graph, MoveId, Progress, StateId},
    zone::{Federation, Instant, Zone},
};

/// What is known about the times of an agreement.
#[derive(Debug)]
pub struct Deadlines {
    /// The graph.
    pub graph: Graph,
    /// Every state, in the order in which they were found.
    pub states: Vec<StateTimes>,
    /// Where a time could not be followed: there only some times were tried.
    pub times: BTreeSet<Blind>,
    /// How many transactions were executed.
    pub executions: u64,
    /// How long it took.
    pub elapsed: Duration,
}

/// A state, and what can be done in it when.
#[derive(Clone, Debug)]
pub struct StateTimes {
    /// Its number.
    pub id: StateId,
    /// One way there, with as few moves as possible.
    pub way: Vec<MoveId>,
    /// The first instant at which it can be so.
    pub since: Timestamp,
    /// The instants that are in storage.
    pub stored: Vec<Stored>,
    /// All of its times, parted by what can be done then and where that leads.
    pub intervals: Vec<Interval>,
}

/// An instant that is in storage: a move's, or some seconds later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stored {
    /// The moves that it can come from, each with how many seconds after the move it is.
    pub sources: BTreeSet<(MoveId, i64)>,
    /// There are more of them than are listed.
    pub has_more: bool,
}

/// Times at which the same can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// It begins at the latest of these; without any, as soon as the state does.
    pub from: Vec<Mark>,
    /// It ends before the earliest of these; without any it does not end before exploration does.
    pub until: Vec<Mark>,
    /// And only where this is so of the instants in storage.
    pub provided: Vec<Relation>,
    /// The first instant at which it can be so.
    pub first: Timestamp,
    /// The last, if exploration does not end before.
    pub last: Option<Timestamp>,
    /// What can be done, and where it leads.
    pub possible: BTreeSet<(MoveId, StateId)>,
}

/// More moves that an instant in storage can come from are not listed.
const MOST_SOURCES: usize = 6;

/// Builds the graph of a scenario, and says what it says about time.
///
/// # Errors
/// When there is nothing to explore, or no graph.
pub fn deadlines(
    plan: &Arc<Plan>,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Deadlines, Failed> {
    let Built { graph, last, .. } = Built::of(plan, options, progress)?;
    let (executions, elapsed) =
        last.map_or((0, Duration::ZERO), |last| (last.executions, last.elapsed));
    let stored = stored(&graph);
    let ways = ways(&graph);
    let states = graph.ids().zip(stored).zip(ways);
    let states = states.map(|((id, stored), way)| of_state(&graph, id, stored, way)).collect();
    let times = graph.opaque.keys().copied().collect();
    Ok(Deadlines { graph, states, times, executions, elapsed })
}

fn of_state(graph: &Graph, id: StateId, stored: Vec<Stored>, way: Vec<MoveId>) -> StateTimes {
    let firsts = graph.node(id).reach.zones().iter().map(|zone| zone.earliest()[1]);
    StateTimes {
        id,
        way,
        since: moment(firsts.min().unwrap_or_default()),
        intervals: intervals(graph, id),
        stored,
    }
}

fn moment(seconds: i64) -> Timestamp {
    Timestamp(u64::try_from(seconds).unwrap_or_default())
}

/// The times of a state, parted by what can be done and where it leads.
fn intervals(graph: &Graph, id: StateId) -> Vec<Interval> {
    let node = graph.node(id);
    // Zones of a state may overlap, and of every time it is told once what can be done.
    let mut known = Federation::empty();
    let mut parts: Vec<(Zone, BTreeSet<(MoveId, StateId)>)> = Vec::new();
    for zone in node.reach.zones() {
        let fresh = known.remainder_of(zone).into_zones();
        parts.extend(fresh.into_iter().map(|zone| (zone, BTreeSet::new())));
        known.add(zone);
    }
    for piece in &node.pieces {
        let End::Leads { to, .. } = piece.end else { continue };
        let cut = parts.into_iter().flat_map(|(zone, possible)| {
            let inside = zone.intersection(&piece.guard).map(|inside| {
                (inside, possible.iter().copied().chain([(piece.by, to)]).collect::<BTreeSet<_>>())
            });
            let outside = zone.without(&piece.guard).into_zones().into_iter();
            outside.map(move |zone| (zone, possible.clone())).chain(inside)
        });
        parts = cut.collect();
    }
    let mut alike: BTreeMap<BTreeSet<(MoveId, StateId)>, Vec<Zone>> = BTreeMap::new();
    for (zone, possible) in parts {
        alike.entry(possible).or_default().push(zone);
    }
    let hull = node.reach.zones().iter().skip(1);
    let Some(first) = node.reach.zones().first() else { return Vec::new() };
    let hull = hull.fold(first.clone(), |hull, zone| hull.hull(zone));
    let mut all: Vec<(Vec<i64>, Interval)> = Vec::new();
    for (possible, zones) in alike {
        let zones: Federation = zones.into_iter().collect();
        for zone in zones.joined().zones() {
            all.push((zone.earliest(), interval(graph, &hull, zone, possible.clone())));
        }
    }
    all.sort_by(|(one, a), (other, b)| {
        (one[1], &one[2..], &a.possible).cmp(&(other[1], &other[2..], &b.possible))
    });
    all.into_iter().map(|(_, interval)| interval).collect()
}

fn interval(
    graph: &Graph,
    hull: &Zone,
    zone: &Zone,
    possible: BTreeSet<(MoveId, StateId)>,
) -> Interval {
    let (mut from, mut until, mut provided) = (Vec::new(), Vec::new(), Vec::new());
    for (x, y, most) in essential(hull, zone) {
        if x == Instant::NOW {
            until.push(Mark::of(y, most + 1));
        } else if y == Instant::NOW {
            from.push(Mark::of(x, -most));
        } else {
            provided.push(Relation { later: Mark::of(x, 0).stored, than: Mark::of(y, most) });
        }
    }
    let last = zone.latest();
    Interval {
        from,
        until,
        provided,
        first: moment(zone.earliest()[1]),
        last: (last < graph.horizon).then(|| moment(last)),
        possible,
    }
}

/// Where the instants in storage come from, state by state.
fn stored(graph: &Graph) -> Vec<Vec<Stored>> {
    let none = || Stored { sources: BTreeSet::new(), has_more: false };
    let count = |id: StateId| graph.node(id).state.instants.saturating_sub(2);
    let mut all: Vec<Vec<Stored>> =
        graph.ids().map(|id| (0..count(id)).map(|_| none()).collect()).collect();
    loop {
        let mut is_stable = true;
        for id in graph.ids() {
            for piece in &graph.node(id).pieces {
                let End::Leads { to, origins, .. } = &piece.end else { continue };
                for (place, (origin, later)) in origins.iter().enumerate().skip(2) {
                    let come: Vec<(MoveId, i64)> = match *origin {
                        Instant::NOW => vec![(piece.by, *later)],
                        Instant::EPOCH => Vec::new(),
                        Instant(known) => {
                            let before = &all[id.index()][known - 2].sources;
                            before.iter().map(|(by, after)| (*by, after + later)).collect()
                        }
                    };
                    let known = &mut all[to.index()][place - 2];
                    for source in come {
                        if known.sources.contains(&source) {
                            continue;
                        }
                        if known.sources.len() == MOST_SOURCES {
                            known.has_more = true;
                        } else {
                            known.sources.insert(source);
                            is_stable = false;
                        }
                    }
                }
            }
        }
        if is_stable {
            return all;
        }
    }
}

/// One of the shortest ways to each state.
fn ways(graph: &Graph) -> Vec<Vec<MoveId>> {
    let mut ways: Vec<Option<Vec<MoveId>>> = vec![None; graph.states()];
    let mut layer = vec![StateId(0)];
    ways[0] = Some(Vec::new());
    while !layer.is_empty() {
        let mut next = Vec::new();
        for id in layer {
            let way = ways[id.index()].clone().unwrap_or_default();
            let node = graph.node(id);
            for piece in &node.pieces {
                let End::Leads { to, .. } = piece.end else { continue };
                if ways[to.index()].is_none() && !node.reach.within(&piece.guard).is_empty() {
                    ways[to.index()] = Some(way.iter().copied().chain([piece.by]).collect());
                    next.push(to);
                }
            }
        }
        layer = next;
    }
    ways.into_iter().map(Option::unwrap_or_default).collect()
}

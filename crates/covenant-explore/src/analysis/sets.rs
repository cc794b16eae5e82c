//! Sets of states with times, and from where they can be reached.

use std::collections::{BTreeSet, VecDeque};

use crate::{
    graph::{End, Graph, MoveId, Piece, StateId},
    zone::{Federation, Zone},
};

/// For every state, some of its times.
#[derive(Clone, Debug)]
pub(crate) struct Sets(Vec<Federation>);

impl Sets {
    /// No state at no time.
    pub(crate) fn none(graph: &Graph) -> Self {
        Self(vec![Federation::empty(); graph.states()])
    }

    /// Every state at all times at which it can be.
    pub(crate) fn everything(graph: &Graph) -> Self {
        Self(graph.nodes.iter().map(|node| node.reach.clone()).collect())
    }

    /// One state at some of its times.
    pub(crate) fn only(graph: &Graph, id: StateId, times: &[Zone]) -> Self {
        let mut only = Self::none(graph);
        times.iter().for_each(|zone| {
            only.add(id, zone);
        });
        only
    }

    pub(crate) fn of(&self, id: StateId) -> &Federation {
        &self.0[id.index()]
    }

    pub(crate) fn add(&mut self, id: StateId, zone: &Zone) -> bool {
        self.0[id.index()].add(zone)
    }

    /// What is in this set and not in another.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(here, there)| here.minus(there)).collect())
    }

    /// The states that are in it at some time, in the order in which they were found.
    pub(crate) fn members(&self, graph: &Graph) -> impl Iterator<Item = (StateId, &Zone)> {
        graph.ids().flat_map(|id| self.of(id).zones().iter().map(move |zone| (id, zone)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(Federation::is_empty)
    }
}

/// The transitions of a graph by where they lead.
#[derive(Debug)]
pub(crate) struct Backwards {
    into: Vec<Vec<(StateId, usize)>>,
}

impl Backwards {
    pub(crate) fn of(graph: &Graph) -> Self {
        let mut into = vec![Vec::new(); graph.states()];
        for id in graph.ids() {
            for (index, piece) in graph.node(id).pieces.iter().enumerate() {
                if let End::Leads { to, .. } = piece.end {
                    into[to.index()].push((id, index));
                }
            }
        }
        Self { into }
    }

    /// The transitions that lead to a state.
    pub(crate) fn into(&self, id: StateId) -> &[(StateId, usize)] {
        &self.into[id.index()]
    }
}

/// The times from which a transition leads to some times of the state after it.
pub(crate) fn before(graph: &Graph, from: StateId, piece: &Piece, after: &Zone) -> Federation {
    let End::Leads { origins, .. } = &piece.end else { return Federation::empty() };
    let node = graph.node(from);
    let times = after
        .before_selection(origins, node.state.instants)
        .and_then(|zone| zone.intersection(&piece.guard));
    times.map_or_else(Federation::empty, |zone| node.reach.within(&zone))
}

/// From which states a set can be reached, by waiting and by moves of one's choice.
pub(crate) fn can_reach(
    graph: &Graph,
    backwards: &Backwards,
    target: &Sets,
    allowed: impl Fn(StateId, &Piece) -> bool,
) -> Sets {
    reaching(graph, backwards, target, allowed, Zone::earlier)
}

/// The same, by one's own moves, whatever a stranger's contract does that is called meanwhile.
pub(crate) fn can_reach_anyhow(
    graph: &Graph,
    backwards: &Backwards,
    target: &Sets,
    own: &[MoveId],
) -> Sets {
    if graph.puppet.is_none() {
        return can_reach(graph, backwards, target, by(own));
    }
    let mut target = target.clone();
    loop {
        let sure = |id: StateId, piece: &Piece| {
            own.contains(&piece.by) && !is_meddled_with(graph, id, piece.by)
        };
        let reached = can_reach(graph, backwards, &target, sure);
        let mut grew = false;
        for id in graph.ids() {
            for by in own.iter().filter(|by| is_meddled_with(graph, id, **by)) {
                let times = leads_anyhow(graph, id, *by, |piece| {
                    let End::Leads { to, .. } = piece.end else { return Federation::empty() };
                    let zones = reached.of(to).zones().iter();
                    zones.flat_map(|zone| before(graph, id, piece, zone).into_zones()).collect()
                });
                for zone in times.minus(target.of(id)).zones() {
                    grew |= target.add(id, zone);
                }
            }
        }
        if !grew {
            return reached;
        }
    }
}

/// Whether a stranger's contract can do something to a move in a state.
pub(crate) fn is_meddled_with(graph: &Graph, id: StateId, by: MoveId) -> bool {
    let mut pieces = graph.node(id).pieces.iter();
    graph.puppet.is_some() && pieces.any(|piece| graph.moves[piece.by.index()].is_instead_of(by))
}

/// A move, and all that becomes of it in a state when a stranger's contract does something meanwhile.
pub(crate) fn anyhow(graph: &Graph, id: StateId, by: MoveId) -> BTreeSet<MoveId> {
    let pieces = graph.node(id).pieces.iter().map(|piece| piece.by);
    let instead = pieces.filter(|other| graph.moves[other.index()].is_instead_of(by));
    instead.chain([by]).collect()
}

/// The times at which a move leads to where it should, whatever a stranger's contract does: `leads` says when a piece does.
pub(crate) fn leads_anyhow(
    graph: &Graph,
    id: StateId,
    by: MoveId,
    leads: impl Fn(&Piece) -> Federation,
) -> Federation {
    let of = |by: MoveId| -> Federation {
        let own = graph.node(id).pieces.iter().filter(|piece| piece.by == by);
        own.flat_map(|piece| leads(piece).into_zones()).collect()
    };
    let all = anyhow(graph, id, by).into_iter().map(of);
    let common = all.reduce(|times, others| {
        others.zones().iter().flat_map(|zone| times.within(zone).into_zones()).collect()
    });
    common.unwrap_or_else(Federation::empty)
}

/// From which states a set can be reached by moves of one's choice, without waiting.
pub(crate) fn can_reach_at_once(
    graph: &Graph,
    backwards: &Backwards,
    target: &Sets,
    allowed: impl Fn(StateId, &Piece) -> bool,
) -> Sets {
    reaching(graph, backwards, target, allowed, Zone::clone)
}

fn reaching(
    graph: &Graph,
    backwards: &Backwards,
    target: &Sets,
    allowed: impl Fn(StateId, &Piece) -> bool,
    earlier: impl Fn(&Zone) -> Zone,
) -> Sets {
    let mut reached = Sets::none(graph);
    let mut work: VecDeque<(StateId, Zone)> = VecDeque::new();
    let arrive = |id: StateId, zone: &Zone, reached: &mut Sets, work: &mut VecDeque<_>| {
        // One may have come here before, and waited.
        for zone in graph.node(id).reach.within(&earlier(zone)).into_zones() {
            if reached.add(id, &zone) {
                work.push_back((id, zone));
            }
        }
    };
    for (id, zone) in target.members(graph) {
        arrive(id, zone, &mut reached, &mut work);
    }
    while let Some((id, zone)) = work.pop_front() {
        if graph.patience.is_over() {
            break;
        }
        for (from, index) in backwards.into(id) {
            let piece = &graph.node(*from).pieces[*index];
            if !allowed(*from, piece) {
                continue;
            }
            for zone in before(graph, *from, piece, &zone).into_zones() {
                arrive(*from, &zone, &mut reached, &mut work);
            }
        }
    }
    reached
}

/// A move, as a filter: one of these.
pub(crate) fn by(moves: &[MoveId]) -> impl Fn(StateId, &Piece) -> bool + '_ {
    move |_, piece| moves.contains(&piece.by)
}

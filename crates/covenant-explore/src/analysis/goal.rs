//! Zones with a goal: one more instant after the state's own, by which something has to have happened. While a move is
//! on its way there is one more after it: by when it is executed.

use crate::{
    graph::{End, Graph, Origins, Piece, StateId},
    zone::{Bound, Federation, Instant, Zone},
};

/// What the goal is called in the zones of a state.
pub(super) fn goal(graph: &Graph, id: StateId) -> Instant {
    Instant(graph.node(id).state.instants)
}

/// The zone with a goal of which nothing is known.
pub(super) fn with_goal(zone: &Zone) -> Zone {
    let order: Origins = (0..zone.instants()).map(|x| (Instant(x), 0)).collect();
    let order: Origins = order.into_iter().chain([(Instant::EPOCH, 0)]).collect();
    zone.selected(&order).without_knowledge_of(Instant(zone.instants()))
}

/// The zone without its goal.
pub(super) fn without_goal(zone: &Zone) -> Zone {
    let order: Origins = (0..zone.instants() - 1).map(|x| (Instant(x), 0)).collect();
    zone.selected(&order)
}

/// The zone with a goal that the present does not lie beyond.
pub(super) fn in_time(zone: &Zone) -> Option<Zone> {
    with_goal(zone).within(Instant::NOW, Instant(zone.instants()), Bound::ZERO)
}

/// The zone with a goal that lies so many seconds ahead.
pub(super) fn aimed(zone: &Zone, seconds: i64) -> Option<Zone> {
    let goal = Instant(zone.instants());
    let at_most = with_goal(zone).within(goal, Instant::NOW, Bound::at_most(seconds))?;
    at_most.within(Instant::NOW, goal, Bound::at_most(-seconds))
}

/// All times at which a state can be, with any goal.
pub(super) fn known(graph: &Graph, id: StateId) -> Federation {
    graph.node(id).reach.zones().iter().map(with_goal).collect()
}

/// The times to which a transition leads from some times of a state: the instants that are no state's stay what they are.
pub(super) fn after(graph: &Graph, id: StateId, piece: &Piece, zone: &Zone) -> Option<Zone> {
    let more = zone.instants() - graph.node(id).state.instants;
    let part = zone.intersection(&widened(&piece.guard, more))?;
    Some(part.selected(&origins(graph, id, piece, more)?))
}

/// The times of a state from which a transition leads to some times.
pub(super) fn before(graph: &Graph, id: StateId, piece: &Piece, after: &Zone) -> Option<Zone> {
    let End::Leads { to, .. } = piece.end else { return None };
    let more = after.instants() - graph.node(to).state.instants;
    let instants = graph.node(id).state.instants + more;
    let times = after.before_selection(&origins(graph, id, piece, more)?, instants)?;
    times.intersection(&widened(&piece.guard, more))
}

fn widened(zone: &Zone, more: usize) -> Zone {
    (0..more).fold(zone.clone(), |zone, _| with_goal(&zone))
}

fn origins(graph: &Graph, id: StateId, piece: &Piece, more: usize) -> Option<Origins> {
    let End::Leads { origins, .. } = &piece.end else { return None };
    let first = graph.node(id).state.instants;
    Some(origins.iter().copied().chain((first..first + more).map(|x| (Instant(x), 0))).collect())
}

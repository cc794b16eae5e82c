//! Zones with a goal: one more instant, the last, by which something has to have happened.

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

/// The times to which a transition leads from some times of a state: the goal stays what it is.
pub(super) fn after(graph: &Graph, id: StateId, piece: &Piece, zone: &Zone) -> Option<Zone> {
    let part = zone.intersection(&with_goal(&piece.guard))?;
    Some(part.selected(&origins(graph, id, piece, 1)?))
}

/// The times of a state from which a transition leads to some times.
pub(super) fn before(graph: &Graph, id: StateId, piece: &Piece, after: &Zone) -> Option<Zone> {
    let times = after.before_selection(&origins(graph, id, piece, 1)?, goal(graph, id).0 + 1)?;
    times.intersection(&with_goal(&piece.guard))
}

/// The same, where a second instant beyond the state's own stays what it is.
pub(super) fn before_pending(
    graph: &Graph,
    id: StateId,
    piece: &Piece,
    after: &Zone,
) -> Option<Zone> {
    let times = after.before_selection(&origins(graph, id, piece, 2)?, goal(graph, id).0 + 2)?;
    times.intersection(&with_goal(&with_goal(&piece.guard)))
}

fn origins(graph: &Graph, id: StateId, piece: &Piece, more: usize) -> Option<Origins> {
    let End::Leads { origins, .. } = &piece.end else { return None };
    let goal = goal(graph, id).0;
    Some(origins.iter().copied().chain((goal..goal + more).map(|x| (Instant(x), 0))).collect())
}

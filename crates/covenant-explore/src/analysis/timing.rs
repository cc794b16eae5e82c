//! How long somebody has to react, and whether the order of moves within one block matters.

use covenant_scenario::expr::ActorId;

use super::{Books, Sets};
use crate::{
    cast::Cast,
    graph::{End, Graph, MoveId, Piece, Role, StateId},
    verdict::Answer,
    zone::{Federation, Instant, Zone},
};

/// How long somebody has, at least, to make a move that another's move made possible; with a least time, that it is no
/// shorter.
pub(crate) fn reaction(
    graph: &Graph,
    cast: &Cast,
    actor: ActorId,
    at_least: Option<i64>,
) -> Answer {
    let theirs = cast.others(actor);
    let mine = cast.own(actor);
    let mut shortest: Option<(i64, StateId, MoveId, Zone, MoveId)> = None;
    for id in graph.ids() {
        let node = graph.node(id);
        for piece in node.pieces.iter().filter(|piece| theirs.contains(&piece.by)) {
            let End::Leads { to, origins, .. } = &piece.end else { continue };
            for zone in node.reach.within(&piece.guard).into_zones() {
                for own in &mine {
                    // Where the move was possible before, another's move did not open the window.
                    let mut opened = Federation::from(zone.clone());
                    for before in leading(graph, id, *own) {
                        opened.remove(&before.guard);
                    }
                    for when in opened.zones() {
                        let arrived = when.selected(origins);
                        for after in leading(graph, *to, *own) {
                            let Some(open) = arrived.intersection(&after.guard) else { continue };
                            let window = window(graph, *to, *own, &open);
                            if shortest.as_ref().is_none_or(|(least, ..)| window < *least) {
                                shortest = Some((window, id, piece.by, when.clone(), *own));
                            }
                        }
                    }
                }
            }
        }
    }
    let Some((window, id, by, when, own)) = shortest else {
        return Answer::holds(Some("nobody else's move opens a window".to_owned()));
    };
    let text = |by: MoveId| &graph.moves[by.index()].text;
    let what = format!("{} for `{}` after `{}`", crate::when::span(window), text(own), text(by));
    if at_least.is_none_or(|least| window >= least) {
        return Answer::Holds { detail: Some(what), seconds: Some(window) };
    }
    let at = Sets::only(graph, id, std::slice::from_ref(&when));
    Answer::Broken { at, then: Some(by), what: format!("only {what}"), can_be_saved: false }
}

/// How a move goes in a state where it leads somewhere.
fn leading(graph: &Graph, id: StateId, by: MoveId) -> impl Iterator<Item = &Piece> {
    let leads = move |piece: &&Piece| piece.by == by && matches!(piece.end, End::Leads { .. });
    graph.node(id).pieces.iter().filter(leads)
}

/// How long, at least, a move stays possible from these times on, for which it is.
fn window(graph: &Graph, id: StateId, by: MoveId, open: &Zone) -> i64 {
    let pieces: Federation =
        leading(graph, id, by).map(|piece| Zone::clone(&piece.guard)).collect();
    let pieces = pieces.joined();
    let least = pieces.zones().iter().filter_map(|guard| {
        let open = open.intersection(guard)?;
        // Until the first of the instants comes after which it is too late.
        let left =
            (0..open.instants()).map(Instant).filter(|x| *x != Instant::NOW).filter_map(|x| {
                let until = guard.bound(Instant::NOW, x).seconds()?;
                Some(until - open.bound(Instant::NOW, x).seconds()?)
            });
        Some(left.min().unwrap_or_else(|| graph.horizon - open.latest()))
    });
    least.min().unwrap_or(0).max(0)
}

/// That it makes no difference to anybody which of two moves comes first, where both are possible at once.
pub(crate) fn order(graph: &Graph, books: &Books, cast: &Cast) -> Answer {
    // What a stranger's contract does meanwhile is a matter of its own.
    let actors = cast.which(|one, role| role != Role::Anyone && !one.has_reaction());
    for id in graph.ids() {
        let node = graph.node(id);
        let leads: Vec<&Piece> = node
            .pieces
            .iter()
            .filter(|piece| matches!(piece.end, End::Leads { .. }) && actors.contains(&piece.by))
            .collect();
        for (number, one) in leads.iter().enumerate() {
            for other in &leads[number + 1..] {
                let actor = |piece: &Piece| graph.moves[piece.by.index()].actor;
                if actor(one) == actor(other) {
                    continue;
                }
                let Some(both) = one.guard.intersection(&other.guard) else { continue };
                for zone in node.reach.within(&both).into_zones() {
                    if let Some(what) = differs(graph, books, (one, other), &zone) {
                        let at = Sets::only(graph, id, std::slice::from_ref(&zone));
                        let then = Some(one.by);
                        return Answer::Broken { at, then, what, can_be_saved: false };
                    }
                }
            }
        }
    }
    Answer::holds(None)
}

/// Who has or is owed something else in the end, if two moves are made in the one order or the other.
fn differs(
    graph: &Graph,
    books: &Books,
    (one, other): (&Piece, &Piece),
    zone: &Zone,
) -> Option<String> {
    let there = ends(graph, one, other.by, zone);
    let back = ends(graph, other, one.by, zone);
    for (a, first) in &there {
        for (b, second) in &back {
            for claim in 0..books.claims().len() {
                let worth = |id: StateId, times: &Zone| {
                    let owed =
                        books.owed(id).iter().find(|owed| owed.zone.intersection(times).is_some());
                    owed.map(|owed| books.balance(id, claim) + &owed.amounts[claim])
                };
                if worth(*a, first) != worth(*b, second) {
                    let name = &graph.world.actor(books.claims()[claim].actor).name;
                    let text = |piece: &Piece| &graph.moves[piece.by.index()].text;
                    return Some(format!(
                        "whether `{}` or `{}` comes first matters to {name}",
                        text(one),
                        text(other)
                    ));
                }
            }
        }
    }
    None
}

/// Where one comes by a move and then, at the same time, another; or by the first alone where the other then fails.
fn ends(graph: &Graph, first: &Piece, then: MoveId, zone: &Zone) -> Vec<(StateId, Zone)> {
    let End::Leads { to, origins, .. } = &first.end else { return Vec::new() };
    let mut rest = Federation::from(zone.selected(origins));
    let mut found = Vec::new();
    for piece in leading(graph, *to, then) {
        let End::Leads { to: end, origins, .. } = &piece.end else { continue };
        found.extend(
            rest.within(&piece.guard).zones().iter().map(|zone| (*end, zone.selected(origins))),
        );
        rest.remove(&piece.guard);
    }
    found.extend(rest.into_zones().into_iter().map(|zone| (*to, zone)));
    found
}

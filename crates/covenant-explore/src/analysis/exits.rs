//! Getting out, when nobody else moves, and what it costs.

use covenant_scenario::expr::ActorId;

use super::{
    Backwards, Books, Sets,
    goal::{aimed, before, in_time, known},
    sets::{can_reach_anyhow, is_meddled_with},
};
use crate::{
    cast::Cast,
    graph::{End, Graph, MoveId, StateId},
    verdict::Answer,
    zone::{Federation, Zone},
};

/// That somebody, acting alone and waiting, gets at least what his claim was.
pub(crate) fn exit_alone(
    graph: &Graph,
    backwards: &Backwards,
    books: &Books,
    cast: &Cast,
    actor: ActorId,
) -> Answer {
    let own = cast.own(actor);
    let groups: Vec<(Sets, Sets)> = books
        .by_wealth(graph, actor)
        .into_iter()
        .map(|(wealth, owing)| (owing, books.out(graph, actor, &wealth)))
        .collect();
    let mut bad = Sets::none(graph);
    let mut could = Sets::none(graph);
    for (owing, out) in &groups {
        let stuck = owing.minus(&can_reach_anyhow(graph, backwards, out, &own));
        for (id, zone) in stuck.members(graph) {
            bad.add(id, zone);
        }
        for (id, zone) in owing.minus(&stuck).members(graph) {
            could.add(id, zone);
        }
    }
    let is_sure = |id: StateId| own.iter().all(|by| !is_meddled_with(graph, id, *by));
    if bad.is_empty() && !graph.ids().all(is_sure) {
        // How long it takes depends on what others do then.
        return Answer::holds(None);
    }
    if bad.is_empty() {
        let slowest = slowest(graph, backwards, &groups, &own);
        let detail = match slowest {
            0 => "at once".to_owned(),
            _ => format!("after {} at the latest", crate::when::span(slowest)),
        };
        return Answer::Holds { detail: Some(detail), seconds: Some(slowest) };
    }
    let name = &graph.world.actor(actor).name;
    let what = format!("{name} alone never gets out what is his here");
    Answer::Caught { at: bad, actor, could, against: None, what }
}

/// How many seconds it takes at most to get from where something is owed to where it is had, by these moves, if that is
/// always possible.
fn slowest(graph: &Graph, backwards: &Backwards, groups: &[(Sets, Sets)], own: &[MoveId]) -> i64 {
    let mut slowest = 0;
    for (owing, out) in groups {
        let in_time = before_goals(graph, backwards, out, own);
        let enough = |seconds: i64| {
            owing.members(graph).all(|(id, zone)| {
                aimed(zone, seconds).is_none_or(|aimed| in_time[id.index()].covers(&aimed))
            })
        };
        let (mut least, mut most) = (slowest, graph.horizon);
        while least < most {
            let middle = least + (most - least) / 2;
            if enough(middle) { most = middle } else { least = middle + 1 }
        }
        slowest = least;
    }
    slowest
}

/// From where a set can be reached before a goal, by these moves and by waiting.
fn before_goals(
    graph: &Graph,
    backwards: &Backwards,
    target: &Sets,
    moves: &[MoveId],
) -> Vec<Federation> {
    let known: Vec<Federation> = graph.ids().map(|id| known(graph, id)).collect();
    let mut found = vec![Federation::empty(); graph.states()];
    let targets = target.members(graph);
    let mut work: Vec<(StateId, Zone)> =
        targets.filter_map(|(id, zone)| Some((id, in_time(zone)?))).collect();
    while let Some((id, zone)) = work.pop() {
        if graph.patience.is_over() {
            break;
        }
        for zone in known[id.index()].within(&zone.earlier()).into_zones() {
            if !found[id.index()].add(&zone) {
                continue;
            }
            for (from, index) in backwards.into(id) {
                let piece = &graph.node(*from).pieces[*index];
                if moves.contains(&piece.by) {
                    work.extend(before(graph, *from, piece, &zone).map(|zone| (*from, zone)));
                }
            }
        }
    }
    found.into_iter().map(Federation::joined).collect()
}

/// That no move by which somebody gets out costs more gas than allowed.
pub(crate) fn exit_gas(graph: &Graph, books: &Books, cap: u64) -> Answer {
    let mut dear = None;
    let mut most: Option<(u64, String)> = None;
    for id in graph.ids() {
        let node = graph.node(id);
        for piece in &node.pieces {
            let End::Leads { to, gas, .. } = &piece.end else { continue };
            let one = &graph.moves[piece.by.index()];
            let pays = books.claims_of(one.actor).into_iter().any(|claim| {
                let less = |owed: &super::observe::Owed| {
                    books.owed(id).iter().any(|before| owed.amounts[claim] < before.amounts[claim])
                };
                books.owed(*to).iter().any(less)
            });
            let when: Vec<Zone> = node.reach.within(&piece.guard).into_zones();
            if !pays || when.is_empty() {
                continue;
            }
            if most.as_ref().is_none_or(|(most, _)| gas > most) {
                most = Some((*gas, one.text.to_string()));
            }
            if *gas > cap && dear.is_none() {
                let at = Sets::only(graph, id, &when);
                dear = Some((at, piece.by));
            }
        }
    }
    let Some((gas, text)) = most else { return Answer::holds(None) };
    let what = format!("`{text}` costs up to {gas} gas");
    match dear {
        None => Answer::holds(Some(what)),
        Some((at, then)) => Answer::Broken { at, then: Some(then), what, can_be_saved: false },
    }
}

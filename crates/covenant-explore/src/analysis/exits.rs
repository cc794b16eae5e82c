//! Getting out, when nobody else moves, and what it costs.

use covenant_scenario::expr::ActorId;

use super::{
    Backwards, Books, Sets,
    sets::{by, can_reach},
};
use crate::{
    cast::Cast,
    graph::{End, Graph},
    verdict::Answer,
    zone::Zone,
};

/// That somebody, acting alone and waiting, gets at least what his claim was.
pub(crate) fn exit_alone(
    graph: &Graph,
    backwards: &Backwards,
    books: &Books,
    cast: &Cast,
    actor: ActorId,
) -> Answer {
    let own = cast.which(|one, _| one.actor == actor);
    let mut bad = Sets::none(graph);
    for (wealth, group) in &books.by_wealth(graph, actor) {
        let target = books.out(graph, actor, wealth);
        let stuck = group.minus(&can_reach(graph, backwards, &target, by(&own)));
        for (id, zone) in stuck.members(graph) {
            bad.add(id, zone);
        }
    }
    if bad.is_empty() {
        return Answer::Holds { detail: None };
    }
    let name = &graph.world.actor(actor).name;
    let what = format!("{name} alone never gets out what is his here");
    Answer::Broken { at: bad, then: None, what, can_be_saved: true }
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
                let mut at = Sets::none(graph);
                when.iter().for_each(|zone| {
                    at.add(id, zone);
                });
                dear = Some((at, piece.by));
            }
        }
    }
    let Some((gas, text)) = most else { return Answer::Holds { detail: None } };
    let what = format!("`{text}` costs up to {gas} gas");
    match dear {
        None => Answer::Holds { detail: Some(what) },
        Some((at, then)) => {
            Answer::Broken { at, then: Some(then), what, can_be_saved: false }
        }
    }
}

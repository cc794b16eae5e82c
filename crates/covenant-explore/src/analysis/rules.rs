//! Conditions that hold always, never or somewhere, and calls that only some may make.

use covenant_scenario::{
    expr::{ActorId, FunctionRef, Typed, eval},
    plan::Condition,
};

use super::{Observer, Sets};
use crate::{
    cast::{Cast, calls},
    graph::{End, ExploreError, Graph},
    verdict::Answer,
};

/// That a condition holds in every state; with `never`, in none.
pub(crate) fn always(
    graph: &Graph,
    observer: &mut Observer<'_>,
    condition: &Condition,
    never: bool,
) -> Result<Answer, ExploreError> {
    let mut bad = Sets::none(graph);
    for id in graph.ids() {
        let [holds, fails] = observer.truth(id, &condition.typed)?;
        for zone in if never { holds } else { fails } {
            bad.add(id, &zone);
        }
    }
    if bad.is_empty() {
        return Ok(Answer::Holds { detail: None });
    }
    let what = if never { "it holds here" } else { "it does not hold here" };
    Ok(Answer::Broken { at: bad, then: None, what: what.to_owned(), can_be_saved: false })
}

/// That a condition holds in some state.
pub(crate) fn reachable(
    graph: &Graph,
    observer: &mut Observer<'_>,
    condition: &Condition,
) -> Result<Answer, ExploreError> {
    let mut good = Sets::none(graph);
    for id in graph.ids() {
        let [holds, _] = observer.truth(id, &condition.typed)?;
        for zone in holds {
            good.add(id, &zone);
        }
    }
    Ok(if good.is_empty() { Answer::Missing } else { Answer::Found { at: good } })
}

/// That nobody but some ever succeeds in calling a function.
pub(crate) fn only(
    graph: &Graph,
    cast: &Cast,
    actors: &[ActorId],
    target: &Typed,
    functions: &[FunctionRef],
) -> Result<Answer, ExploreError> {
    let value = eval(target, &graph.world).map_err(ExploreError::Eval)?;
    let address = value.as_address().expect("the checker made sure that it is an address");
    let others = cast.which(|one, _| {
        !actors.contains(&one.actor) && calls(one, &graph.world, address, functions)
    });
    for id in graph.ids() {
        let node = graph.node(id);
        for piece in node.pieces.iter().filter(|piece| others.contains(&piece.by)) {
            let times = node.reach.within(&piece.guard);
            if !matches!(piece.end, End::Leads { .. }) || times.is_empty() {
                continue;
            }
            let mut at = Sets::none(graph);
            times.zones().iter().for_each(|zone| {
                at.add(id, zone);
            });
            let who = &graph.world.actor(graph.moves[piece.by.index()].actor).name;
            let what = format!("{who} succeeds in calling it");
            return Ok(Answer::Broken { at, then: Some(piece.by), what, can_be_saved: false });
        }
    }
    Ok(Answer::Holds { detail: None })
}

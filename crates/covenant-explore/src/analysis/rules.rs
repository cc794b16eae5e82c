//! Conditions that hold always, never or somewhere, and calls that only some may make.

use alloy_primitives::Address;
use covenant_scenario::{
    expr::{Action, ActorId, CallPattern, FunctionRef, Typed, eval},
    plan::Condition,
    world::World,
};

use super::{Observer, Sets};
use crate::{
    cast::{Cast, calls},
    graph::{End, ExploreError, Eyes, Graph, Move, StateId, attempt},
    verdict::Answer,
    zone::Zone,
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
        return Ok(Answer::holds(None));
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
    Ok(if good.is_empty() {
        Answer::Missing("no state is like that".to_owned())
    } else {
        Answer::Found { at: good }
    })
}

/// That nobody but some ever succeeds in calling a function.
pub(crate) fn only(
    graph: &Graph,
    cast: &Cast,
    actors: &[ActorId],
    target: &Typed,
    functions: &[FunctionRef],
) -> Result<Answer, ExploreError> {
    let address = address(target, &graph.world)?;
    let others = cast.which(|one, _| {
        !actors.contains(&one.actor) && calls(one, &graph.world, address, functions)
    });
    let is_other = |inner: &Move| {
        !actors.contains(&inner.actor) && calls(inner, &graph.world, address, functions)
    };
    let meanwhile = cast.which(|one, _| one.meanwhile().last().is_some_and(is_other));
    let mut world = graph.world.clone();
    for id in graph.ids() {
        let node = graph.node(id);
        for piece in &node.pieces {
            let (is_main, is_inner) = (others.contains(&piece.by), meanwhile.contains(&piece.by));
            let times = node.reach.within(&piece.guard);
            let [first, ..] = times.zones() else { continue };
            if !matches!(piece.end, End::Leads { .. }) || !(is_main || is_inner) {
                continue;
            }
            let one = &graph.moves[piece.by.index()];
            let inner = one.meanwhile().last().filter(|_| !is_main);
            if inner.is_some() && !inner_succeeds(graph, &mut world, (id, one), first)? {
                continue;
            }
            let at = Sets::only(graph, id, times.zones());
            let who = &graph.world.actor(inner.unwrap_or(one).actor).name;
            let what = format!("{who} succeeds in calling it");
            return Ok(Answer::Broken { at, then: Some(piece.by), what, can_be_saved: false });
        }
    }
    Ok(Answer::holds(None))
}

/// Whether what a stranger's contract does meanwhile succeeds; what it is called in can succeed without.
fn inner_succeeds(
    graph: &Graph,
    world: &mut World,
    (id, one): (StateId, &Move),
    times: &Zone,
) -> Result<bool, ExploreError> {
    let eyes = Eyes { inputs: true, ..graph.eyes() };
    let state = &graph.node(id).state;
    let made = attempt(world, graph.pace, (state, &times.earliest()), one, eyes)?;
    Ok(made.looked.is_some_and(|given| given.looked.succeeded))
}

/// That a condition holds whenever a call has succeeded; with `attempts`, also when it was made in vain.
pub(crate) fn after(
    graph: &Graph,
    observer: &mut Observer<'_>,
    cast: &Cast,
    (call, then, attempts): (&CallPattern, &Condition, bool),
) -> Result<Answer, ExploreError> {
    let address = address(&call.target, &graph.world)?;
    let matching = cast.which(|one, _| {
        calls(one, &graph.world, address, &call.functions) && agrees(one, call, &graph.world)
    });
    let mut any = false;
    for id in graph.ids() {
        for by in &matching {
            let looked = observer.transition(id, *by, then, attempts)?;
            any |= !looked.is_empty();
            let mut at = Sets::none(graph);
            for (zone, holds) in looked {
                if !holds {
                    at.add(id, &zone);
                }
            }
            if !at.is_empty() {
                let what = format!("`{}` does not hold then", then.text);
                return Ok(Answer::Broken { at, then: Some(*by), what, can_be_saved: false });
            }
        }
    }
    let detail = (!any).then(|| "no such call ever succeeds".to_owned());
    Ok(Answer::holds(detail))
}

fn address(typed: &Typed, world: &World) -> Result<Address, ExploreError> {
    let value = eval(typed, world).map_err(ExploreError::Eval)?;
    Ok(value.as_address().expect("the checker made sure that it is an address"))
}

/// Whether a move has the arguments that a pattern asks for.
fn agrees(one: &Move, call: &CallPattern, world: &World) -> bool {
    let (Action::Call { args, .. }, Some(wanted)) = (&one.action, &call.args) else { return true };
    args.iter().zip(wanted).all(|(arg, wanted)| {
        wanted.as_ref().is_none_or(|wanted| {
            matches!((eval(arg, world), eval(wanted, world)), (Ok(one), Ok(other)) if one == other)
        })
    })
}

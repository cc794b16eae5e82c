//! Signatures that a scenario has: what its actors have signed, so that anybody can hand it in, for whatever it is good.

use std::{collections::BTreeSet, sync::Arc};

use covenant_scenario::{
    RunOptions, Stage,
    expr::{Kind, LetId, Typed, Value, eval},
    plan::{ExplorePlan, Moves, Plan, Step, StepKind},
    world::World,
};

use crate::{
    failed::Failed,
    graph::{Signature, Signer},
};

/// All of them. What a step signs is what it signed then; `world` is where exploration begins.
pub(crate) fn heard(
    plan: &Arc<Plan>,
    explore: &ExplorePlan,
    options: &RunOptions,
    world: &World,
) -> Result<BTreeSet<Signature>, Failed> {
    let mut heard = BTreeSet::new();
    for (number, one) in plan.lets.iter().enumerate() {
        let value = &one.value;
        if is_signature(value) {
            let named = Typed { kind: Kind::Let(LetId(number)), ..value.clone() };
            heard.extend(read(&named, world, Signer::Named));
        } else {
            heard.extend(within(value, world));
        }
    }
    for (index, step) in plan.steps.iter().enumerate() {
        let parts = parts(step);
        if parts.iter().any(|part| has_signature(part)) {
            let stage = Stage::after(plan, options, index);
            let stage = stage.map_err(|error| Failed::Stage(Box::new(error)))?;
            heard.extend(parts.iter().flat_map(|part| within(part, stage.world())));
        }
    }
    let listed = explore.movers.iter().flat_map(|mover| match &mover.moves {
        Moves::Free => Vec::new(),
        Moves::Exactly(moves) => moves.iter().flat_map(|one| one.action.parts()).collect(),
    });
    let later = plan.rules.iter().flat_map(|rule| rule.then.iter().flat_map(parts));
    let values = explore.values.iter().flat_map(|(_, values)| values);
    heard.extend(listed.chain(later).chain(values).flat_map(|part| within(part, world)));
    Ok(heard)
}

const fn is_signature(typed: &Typed) -> bool {
    matches!(typed.kind, Kind::Sign { .. } | Kind::Permit { .. })
}

fn has_signature(typed: &Typed) -> bool {
    is_signature(typed) || typed.parts().into_iter().any(has_signature)
}

fn read(typed: &Typed, world: &World, by: Signer) -> Option<Signature> {
    // Where it has no value, nobody has signed it.
    match eval(typed, world).ok()? {
        Value::Bytes(bytes) => Signature::read(&bytes, by),
        _ => None,
    }
}

/// The signatures in an expression.
fn within(typed: &Typed, world: &World) -> Vec<Signature> {
    if is_signature(typed) {
        return read(typed, world, Signer::Heard).into_iter().collect();
    }
    typed.parts().into_iter().flat_map(|part| within(part, world)).collect()
}

/// The inputs of all calls of a step.
fn parts(step: &Step) -> Vec<&Typed> {
    match &step.kind {
        StepKind::Act(act) => act.action.parts(),
        StepKind::Together(acts) => acts.iter().flat_map(|act| act.action.parts()).collect(),
        StepKind::Repeat { steps, .. } => steps.iter().flat_map(parts).collect(),
        StepKind::Wait(_) | StepKind::At(_) | StepKind::Check(_) => Vec::new(),
    }
}

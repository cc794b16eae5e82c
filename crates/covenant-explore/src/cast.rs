//! Who moves, and by what: from a plan to the moves of a graph.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::{Address, U256, keccak256};
use covenant_scenario::{
    expr::{Action, ActorId, FunctionRef, eval},
    plan::{ExplorePlan, Moves, Plan},
    world::{ActorState, World},
};

use crate::{
    graph::{ExploreError, Made, Move, MoveId, Role},
    inputs::{Inputs, Sampled},
};

/// All that can be done, and by whom.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    pub(crate) moves: Vec<Move>,
    /// Which inputs were tried of those that are possible.
    pub(crate) sampled: Vec<Sampled>,
    /// The strangers.
    pub(crate) outsiders: Vec<ActorId>,
    /// What each of them had at first.
    pub(crate) purse: U256,
}

impl Cast {
    pub(crate) fn of(
        plan: &Plan,
        explore: &ExplorePlan,
        world: &mut World,
    ) -> Result<Self, ExploreError> {
        let mut cast = Self {
            moves: Vec::new(),
            sampled: Vec::new(),
            outsiders: Vec::new(),
            purse: U256::ZERO,
        };
        let start = world.clone();
        let inputs = Inputs::of(plan, explore, &start);
        for mover in &explore.movers {
            match &mover.moves {
                Moves::Free => cast.free(&inputs, mover.actor, Role::Actor, world)?,
                Moves::Exactly(moves) => {
                    for one in moves {
                        let made = Made {
                            action: one.action.clone(),
                            value: one.value.clone(),
                            gas_limit: one.gas_limit.clone(),
                            text: Arc::clone(&one.text),
                        };
                        cast.add(mover.actor, made, Role::Actor, world)?;
                    }
                }
            }
        }
        if let Some(outsiders) = &explore.outsiders {
            let purse = eval(&outsiders.purse, world).map_err(ExploreError::Eval)?;
            cast.purse = purse.as_amount().unwrap_or_default();
            let stranger = stranger(world, "stranger");
            world.chain.set_balance(world.actor(stranger).address, cast.purse)?;
            cast.outsiders.push(stranger);
            cast.free(&inputs, stranger, Role::Outsider, world)?;
        }
        if !explore.assume.is_empty() {
            let surroundings = stranger(world, "surroundings");
            for assumed in &explore.assume {
                for act in &assumed.acts {
                    let (action, text) = (act.action.clone(), Arc::clone(&act.text));
                    let made = Made { action, value: None, gas_limit: None, text };
                    cast.add(surroundings, made, Role::Surroundings, world)?;
                }
            }
        }
        Ok(cast)
    }

    fn add(
        &mut self,
        actor: ActorId,
        made: Made,
        role: Role,
        world: &World,
    ) -> Result<(), ExploreError> {
        self.moves.push(Move::new((actor, role), made, world).map_err(ExploreError::Eval)?);
        Ok(())
    }

    /// Everything that somebody can do to the contracts of the scenario.
    fn free(
        &mut self,
        inputs: &Inputs<'_>,
        actor: ActorId,
        role: Role,
        world: &World,
    ) -> Result<(), ExploreError> {
        for one in inputs.calls(&mut self.sampled) {
            self.add(actor, one, role, world)?;
        }
        Ok(())
    }

    /// The same, and somebody whom no contract knows does what the others do, without money.
    pub(crate) fn with_anyone(&self, world: &mut World) -> Result<Self, ExploreError> {
        let mut cast = self.clone();
        let anyone = stranger(world, "anyone");
        let mut known = BTreeSet::new();
        for one in &self.moves {
            let is_call = matches!(one.action, Action::Call { .. });
            if is_call && one.value.is_none() && known.insert(Arc::clone(&one.text)) {
                let (action, text) = (one.action.clone(), Arc::clone(&one.text));
                let made = Made { action, value: None, gas_limit: None, text };
                cast.add(anyone, made, Role::Anyone, world)?;
            }
        }
        Ok(cast)
    }

    /// The moves that satisfy something.
    pub(crate) fn which(&self, wanted: impl Fn(&Move, Role) -> bool) -> Vec<MoveId> {
        let all = self.moves.iter().enumerate();
        all.filter(|(_, one)| wanted(one, one.role))
            .map(|(index, _)| MoveId(u32::try_from(index).expect("moves are counted in 32 bits")))
            .collect()
    }
}

/// Somebody whom nobody in the scenario knows.
fn stranger(world: &mut World, name: &str) -> ActorId {
    let taken = |name: &str| world.actors().iter().any(|actor| actor.name == name);
    let mut name = name.to_owned();
    while taken(&name) {
        name.push('\'');
    }
    let address = Address::from_word(keccak256(format!("@explore/{name}")));
    world.add_actor(ActorState { name, address, key: None, via: None })
}

/// Whether a move calls one of these functions of a contract.
pub(crate) fn calls(one: &Move, world: &World, target: Address, functions: &[FunctionRef]) -> bool {
    let Action::Call { target: to, function, .. } = &one.action else { return false };
    let selector = functions.iter().any(|wanted| wanted.selector == function.selector);
    let to = || eval(to, world).ok().and_then(|value| value.as_address());
    selector && to() == Some(target)
}

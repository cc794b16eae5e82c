//! Who moves, and by what: from a plan to the moves of a graph.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::{Address, U256, keccak256};
use covenant_scenario::{
    expr::{Action, ActorId, FunctionRef, eval},
    plan::{ExplorePlan, Moves, Plan},
    world::{ActorState, World},
};

use crate::{
    graph::{ExploreError, Made, Move, MoveId},
    inputs::{Inputs, Sampled},
};

/// Why somebody moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// He is named in the scenario.
    Actor,
    /// He is a stranger.
    Outsider,
    /// He is what the scenario assumes of tokens, oracles and the like.
    Surroundings,
    /// He is anybody at all, who only does what others can do too: to find out what needs nobody in particular.
    Anyone,
}

/// All that can be done, and by whom.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) moves: Vec<Move>,
    /// The role of each move.
    pub(crate) roles: Vec<Role>,
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
        with_anyone: bool,
    ) -> Result<Self, ExploreError> {
        let mut cast = Self {
            moves: Vec::new(),
            roles: Vec::new(),
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
            for act in &explore.assume {
                for action in &act.acts {
                    let (action, text) = (action.clone(), Arc::clone(&act.text));
                    let made = Made { action, value: None, gas_limit: None, text };
                    cast.add(surroundings, made, Role::Surroundings, world)?;
                }
            }
        }
        if with_anyone {
            cast.anyone(world)?;
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
        self.moves.push(Move::new(actor, made, world).map_err(ExploreError::Eval)?);
        self.roles.push(role);
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

    /// What the others do, without money, by somebody whom no contract knows.
    fn anyone(&mut self, world: &mut World) -> Result<(), ExploreError> {
        let anyone = stranger(world, "anyone");
        let mut known = BTreeSet::new();
        for index in 0..self.moves.len() {
            let one = &self.moves[index];
            let is_call = matches!(one.action, Action::Call { .. });
            if is_call && one.value.is_none() && known.insert(Arc::clone(&one.text)) {
                let (action, text) = (one.action.clone(), Arc::clone(&one.text));
                let made = Made { action, value: None, gas_limit: None, text };
                self.add(anyone, made, Role::Anyone, world)?;
            }
        }
        Ok(())
    }

    /// The moves that satisfy something.
    pub(crate) fn which(&self, wanted: impl Fn(&Move, Role) -> bool) -> Vec<MoveId> {
        let all = self.moves.iter().zip(&self.roles).enumerate();
        all.filter(|(_, (one, role))| wanted(one, **role))
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

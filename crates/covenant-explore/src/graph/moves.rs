//! What somebody can do.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::U256;
use covenant_chain::{Transaction, shadow::Constraint};
use covenant_scenario::{
    expr::{Action, ActorId, EvalError, Instants, Kind, Typed, call_data, eval, eval_followed},
    world::World,
};

use super::attempt::Blind;

/// One thing that somebody can do, in any state.
#[derive(Clone, Debug)]
pub struct Move {
    /// Who does it.
    pub actor: ActorId,
    /// What is done.
    pub action: Action,
    /// Wei sent along.
    pub value: Option<Typed>,
    /// As a person would write it.
    pub text: Arc<str>,
    /// The transaction, where it is the same in every state.
    fixed: Option<Transaction>,
}

impl Move {
    /// Something that an actor can do. `world` is where exploration begins.
    ///
    /// # Errors
    /// When an argument that is the same in every state has no value.
    pub fn new(
        actor: ActorId,
        action: Action,
        value: Option<Typed>,
        text: Arc<str>,
        world: &World,
    ) -> Result<Self, EvalError> {
        let mut made = Self { actor, action, value, text, fixed: None };
        if made.parts().into_iter().all(is_fixed) {
            made.fixed = Some(made.evaluated(world)?);
        }
        Ok(made)
    }

    fn parts(&self) -> Vec<&Typed> {
        self.action.parts().into_iter().chain(&self.value).collect()
    }

    /// What is asked about times to know what is sent, and where that is not known at other times.
    pub(crate) fn asked(
        &self,
        world: &World,
        instants: &Instants,
    ) -> (Vec<Constraint>, BTreeSet<Blind>) {
        let (mut constraints, mut blind) = (Vec::new(), BTreeSet::new());
        let parts = if self.fixed.is_some() { Vec::new() } else { self.parts() };
        for part in parts {
            let (value, asked) = eval_followed(part, world, instants);
            if value.is_ok_and(|(_, times)| times.any()) {
                blind.insert(Blind::Text(part.span));
            }
            constraints.extend(asked.constraints);
            blind.extend(asked.opaque.into_iter().map(Blind::Code));
            blind.extend(asked.unclear.into_iter().map(Blind::Text));
        }
        (constraints, blind)
    }

    /// What is sent in this state of the world.
    pub(crate) fn transaction(&self, world: &World) -> Result<Transaction, EvalError> {
        self.fixed.as_ref().map_or_else(|| self.evaluated(world), |fixed| Ok(fixed.clone()))
    }

    fn evaluated(&self, world: &World) -> Result<Transaction, EvalError> {
        let actor = world.actor(self.actor);
        let address = |typed: &Typed| {
            let value = eval(typed, world)?;
            Ok(value.as_address().expect("the checker made sure that it is an address"))
        };
        let wei = |typed: &Typed| {
            let value = eval(typed, world)?;
            Ok(value.as_amount().unwrap_or(U256::MAX))
        };
        let value = self.value.as_ref().map_or(Ok(U256::ZERO), wei)?;
        Ok(match &self.action {
            Action::Call { target, function, args } => {
                actor.call(address(target)?, value, call_data(function, args, world)?)
            }
            Action::Transfer { to, amount } => {
                actor.call(address(to)?, wei(amount)?, Default::default())
            }
            Action::Deploy { .. } => unreachable!("nobody deploys while an agreement is explored"),
        })
    }
}

/// Whether an expression has the same value in every state.
pub(crate) fn is_fixed(typed: &Typed) -> bool {
    match &typed.kind {
        Kind::Now
        | Kind::BlockNumber
        | Kind::BlockTimestamp
        | Kind::Balance { .. }
        | Kind::Gained { .. }
        | Kind::Change { .. }
        | Kind::Succeeded
        | Kind::Enabled { .. }
        | Kind::Call { .. }
        // A permit holds a nonce that the token counts.
        | Kind::Permit { .. } => false,
        _ => typed.parts().into_iter().all(is_fixed),
    }
}

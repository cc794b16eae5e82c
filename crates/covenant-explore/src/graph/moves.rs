//! What somebody can do.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::U256;
use covenant_chain::{Transaction, shadow::Constraint};
use covenant_scenario::{
    expr::{
        Action, ActorId, EvalError, Instants, Kind, Typed, act_transaction, eval, eval_followed,
    },
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
    /// Most gas it may use.
    pub gas_limit: Option<Typed>,
    /// As a person would write it.
    pub text: Arc<str>,
    /// The transaction, where it is the same in every state.
    fixed: Option<Transaction>,
}

/// What is done, by whomever.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// What.
    pub action: Action,
    /// Wei sent along.
    pub value: Option<Typed>,
    /// Most gas it may use.
    pub gas_limit: Option<Typed>,
    /// As a person would write it.
    pub text: Arc<str>,
}

impl Move {
    /// Something that an actor can do. `world` is where exploration begins.
    ///
    /// # Errors
    /// When an argument that is the same in every state has no value.
    pub(crate) fn new(actor: ActorId, made: Made, world: &World) -> Result<Self, EvalError> {
        let Made { action, value, gas_limit, text } = made;
        let mut made = Self { actor, action, value, gas_limit, text, fixed: None };
        if made.parts().into_iter().all(is_fixed) {
            made.fixed = Some(made.evaluated(world)?);
        }
        Ok(made)
    }

    fn parts(&self) -> Vec<&Typed> {
        self.action.parts().into_iter().chain(&self.value).chain(&self.gas_limit).collect()
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
        let amount = |typed: &Option<Typed>| {
            let value = typed.as_ref().map(|typed| eval(typed, world)).transpose()?;
            // What is no amount of wei or gas is more than anybody has.
            Ok(value.map(|value| value.as_amount().unwrap_or(U256::MAX)))
        };
        let wei = amount(&self.value)?.unwrap_or_default();
        let gas_limit = amount(&self.gas_limit)?.map(|gas| gas.saturating_to::<u64>());
        let plain = act_transaction(world, self.actor, &self.action, wei)?;
        Ok(Transaction { gas_limit, ..plain })
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

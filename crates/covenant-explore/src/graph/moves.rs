//! What somebody can do.

use std::sync::Arc;

use alloy_primitives::{Address, U256};
use covenant_chain::Transaction;
use covenant_scenario::{
    expr::{
        Action, ActorId, EvalError, Instants, Kind, Times, Typed, act_transaction, eval,
        eval_followed,
    },
    world::World,
};

use super::attempt::Questions;

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

/// One thing that somebody can do, in any state.
#[derive(Clone, Debug)]
pub struct Move {
    /// Who does it.
    pub actor: ActorId,
    /// Why he does.
    pub role: Role,
    /// What is done.
    pub action: Action,
    /// Wei sent along.
    pub value: Option<Typed>,
    /// Most gas it may use.
    pub gas_limit: Option<Typed>,
    /// As a person would write it.
    pub text: Arc<str>,
    /// The transaction, where it is the same in every state, and the contract that it calls.
    fixed: Option<(Transaction, Option<Address>)>,
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
    pub(crate) fn new(
        (actor, role): (ActorId, Role),
        made: Made,
        world: &World,
    ) -> Result<Self, EvalError> {
        let Made { action, value, gas_limit, text } = made;
        let mut made = Self { actor, role, action, value, gas_limit, text, fixed: None };
        if made.parts().into_iter().all(is_fixed) {
            let called = match &made.action {
                Action::Call { target, .. } => eval(target, world)?.as_address(),
                Action::Transfer { .. } | Action::Deploy { .. } => None,
            };
            made.fixed = Some((made.evaluated(world)?, called));
        }
        Ok(made)
    }

    /// Whether the same call is sent in every state.
    pub(crate) const fn is_fixed(&self) -> bool {
        matches!(self.action, Action::Call { .. }) && self.fixed.is_some()
    }

    fn parts(&self) -> Vec<&Typed> {
        self.action.parts().into_iter().chain(&self.value).chain(&self.gas_limit).collect()
    }

    /// What is asked about times to know what is sent.
    pub(crate) fn asked(&self, world: &World, instants: &Instants) -> Questions {
        let mut questions = Questions::default();
        let parts = if self.fixed.is_some() { Vec::new() } else { self.parts() };
        for part in parts {
            let (value, asked) = eval_followed(part, world, instants);
            let times = value.map_or(Times::None, |(_, times)| times);
            questions.add(asked, &times, part.span);
        }
        questions
    }

    /// What is sent in this state of the world.
    pub(crate) fn transaction(&self, world: &World) -> Result<Transaction, EvalError> {
        match &self.fixed {
            // The contract may be gone by now; then a call of it is none.
            Some((fixed, called)) if called.is_none_or(|called| has_code(world, called)) => {
                Ok(fixed.clone())
            }
            _ => self.evaluated(world),
        }
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

fn has_code(world: &World, address: Address) -> bool {
    world.chain.code(address).is_ok_and(|code| !code.is_empty())
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

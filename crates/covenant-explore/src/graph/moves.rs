//! What somebody can do.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{ChainError, Receipt, Transaction, inputs::Watch};
use covenant_scenario::{
    expr::{
        Action, ActorId, EvalError, Instants, Kind, Times, Type, Typed, act_transaction, eval,
        eval_followed,
    },
    world::World,
};

use super::{
    MoveId,
    attempt::{Questions, Trouble},
    naming::Slot,
    puppet::{Answer, Forwarded, Puppet, Script},
    words,
};
use crate::story::{Errand, Meanwhile};

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
    /// As a person would write it, with what a stranger's contract does meanwhile.
    pub text: Arc<str>,
    /// As a scenario writes it.
    alone: Arc<str>,
    /// The transaction, where it is the same in every state, and the contract that it calls.
    fixed: Option<(Transaction, Option<Address>)>,
    /// What a stranger's contract does when it is called meanwhile; without one it accepts.
    reaction: Option<Reacts>,
    /// The same move, where a stranger's contract only accepts.
    base: Option<MoveId>,
    /// Who has to sign for it, and does so for nothing else.
    signers: BTreeSet<ActorId>,
}

/// What a stranger's contract does when it is called.
#[derive(Clone, Debug)]
enum Reacts {
    /// It answers.
    So(Answer),
    /// It makes other moves first, each time the next.
    By(Vec<Move>),
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
        let mut made = Self {
            actor,
            role,
            action,
            value,
            gas_limit,
            alone: Arc::clone(&text),
            text,
            fixed: None,
            reaction: None,
            base: None,
            signers: BTreeSet::new(),
        };
        if made.parts().into_iter().all(is_fixed) {
            let called = match &made.action {
                Action::Call { target, .. } => eval(target, world)?.as_address(),
                Action::Transfer { .. } | Action::Force { .. } | Action::Deploy { .. } => None,
            };
            made.fixed = Some((made.evaluated(world)?, called));
        }
        Ok(made)
    }

    /// The same, and a stranger's contract that is called meanwhile answers so.
    pub(crate) fn answered(self, answer: Answer) -> Self {
        let text = format!("{}, and a stranger {}", self.text, answer.text()).into();
        Self { reaction: Some(Reacts::So(answer)), text, ..self }
    }

    /// The same, and a stranger's contract that is called meanwhile makes other moves, each time the next.
    pub(crate) fn interrupted(self, inner: Vec<Self>) -> Self {
        let texts: Vec<&str> = inner.iter().map(|one| &*one.text).collect();
        let texts = texts.join(", and during that or after it ");
        let text = format!("{}, and a stranger meanwhile {texts}", self.text).into();
        Self { reaction: Some(Reacts::By(inner)), text, ..self }
    }

    /// The same, which these sign for.
    pub(crate) fn agreed(self, signers: BTreeSet<ActorId>) -> Self {
        Self { signers, ..self }
    }

    /// As a scenario writes it, without what a stranger's contract does meanwhile.
    pub(crate) const fn alone(&self) -> &Arc<str> {
        &self.alone
    }

    /// What a stranger's contract does meanwhile, as it can be told.
    pub(crate) fn told(&self) -> Meanwhile {
        let errand = |one: &Self| Errand {
            text: Arc::clone(&one.alone),
            signature: match &one.action {
                Action::Call { function, .. } => Some(function.function.signature()),
                _ => None,
            },
        };
        match &self.reaction {
            None => Meanwhile::Nothing,
            Some(Reacts::So(answer)) => Meanwhile::Answers(answer.name()),
            Some(Reacts::By(inner)) => Meanwhile::Calls(inner.iter().map(errand).collect()),
        }
    }

    /// Whether somebody has to sign for it.
    pub(crate) fn needs(&self, actor: ActorId) -> bool {
        self.signers.contains(&actor)
    }

    /// Whether nobody else has to sign for it.
    pub(crate) fn is_alone(&self) -> bool {
        self.signers.iter().all(|signer| *signer == self.actor)
    }

    /// The same, with no more gas than that.
    pub(crate) fn starved(mut self, gas: u64) -> Self {
        let Some(span) = self.action.parts().first().map(|part| part.span) else { return self };
        let fixed = self.fixed.take();
        self.fixed = fixed.map(|(sent, called)| (sent.with_gas_limit(gas), called));
        self.gas_limit = Some(words::constant(gas.into(), &Type::UINT256, span).typed);
        let name = self.text.find(['{', '(']).unwrap_or(self.text.len());
        let (name, rest) = self.text.split_at(name);
        let rest = rest.strip_prefix('{').map_or_else(
            || format!("{{gas: {gas}}}{rest}"),
            |options| format!("{{gas: {gas}, {options}"),
        );
        self.text = format!("{name}{rest}").into();
        self.alone = Arc::clone(&self.text);
        self
    }

    /// Whether wei are put into an account without asking its code.
    pub(crate) const fn is_forced(&self) -> bool {
        matches!(self.action, Action::Force { .. })
    }

    /// Whether a stranger's contract does something meanwhile: who makes the move has no say in that.
    pub(crate) const fn has_reaction(&self) -> bool {
        self.reaction.is_some()
    }

    /// The same, as what becomes of another move when a stranger's contract does something meanwhile.
    pub(crate) fn instead_of(self, base: Option<MoveId>) -> Self {
        Self { base, ..self }
    }

    /// Whether it is what becomes of a move when a stranger's contract does something meanwhile.
    pub(crate) fn is_instead_of(&self, base: MoveId) -> bool {
        self.base == Some(base)
    }

    /// The same move, where a stranger's contract only accepts, if it is not that.
    pub(crate) const fn base(&self) -> Option<MoveId> {
        self.base
    }

    /// The moves that a stranger's contract makes meanwhile.
    pub(crate) fn meanwhile(&self) -> &[Self] {
        match &self.reaction {
            Some(Reacts::By(inner)) => inner,
            _ => &[],
        }
    }

    /// Whether a stranger's contract meddles with what somebody in the agreement does: he has to live with it.
    pub(crate) const fn binds(&self) -> bool {
        self.reaction.is_some() && matches!(self.role, Role::Actor | Role::Anyone)
    }

    /// Whether it is something that anybody at all can do in the same way.
    pub(crate) fn is_plain(&self) -> bool {
        let is_signed = !self.signers.is_empty();
        matches!(self.action, Action::Call { .. }) && self.reaction.is_none() && !is_signed
    }

    /// Whether the same call is sent in every state, and nothing is asked of a stranger's contract but to accept.
    pub(crate) const fn is_fixed(&self) -> bool {
        matches!(self.action, Action::Call { .. })
            && self.fixed.is_some()
            && self.reaction.is_none()
    }

    fn parts(&self) -> Vec<&Typed> {
        let own = self.action.parts().into_iter().chain(&self.value).chain(&self.gas_limit);
        own.collect()
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
        for inner in self.meanwhile() {
            let inner = inner.asked(world, instants);
            questions.constraints.extend(inner.constraints);
            questions.blind.extend(inner.blind);
        }
        questions
    }

    /// What a stranger's contract is told to do.
    fn script(&self, world: &World) -> Result<Option<Script>, EvalError> {
        Ok(match &self.reaction {
            None => None,
            Some(Reacts::So(answer)) => Some(Script::Answers(*answer)),
            Some(Reacts::By(inner)) => {
                let call = |one: &Self| Ok(Forwarded::of(&one.transaction(world)?.input));
                Some(Script::Calls(inner.iter().map(call).collect::<Result<_, _>>()?))
            }
        })
    }

    /// Makes the move on the chain as it is, and hands over what came of it.
    ///
    /// # Errors
    /// When an input has no value, or nothing can be sent.
    pub(crate) fn made<T>(
        &self,
        world: &mut World,
        puppet: Option<Puppet>,
        send: impl FnOnce(&mut World, &Transaction) -> Result<T, ChainError>,
    ) -> Result<T, Trouble> {
        let transaction = self.transaction(world).map_err(Trouble::Eval)?;
        let script = self.script(world).map_err(Trouble::Eval)?;
        let (Some(puppet), Some(script)) = (puppet, script) else {
            return Ok(send(world, &transaction)?);
        };
        puppet.tell(world, Some(&script))?;
        let sent = send(world, &transaction);
        puppet.tell(world, None)?;
        Ok(sent?)
    }

    /// Makes the move on the chain as it is.
    pub(crate) fn sent(
        &self,
        world: &mut World,
        puppet: Option<Puppet>,
    ) -> Result<Receipt, Trouble> {
        self.made(world, puppet, |world, transaction| world.chain.send(transaction))
    }

    /// The call whose inputs are found out about: the last of a stranger's contract meanwhile, or the move itself.
    fn looked_at(&self) -> &Self {
        self.meanwhile().last().unwrap_or(self)
    }

    /// What the call whose inputs are found out about sends: wei and calldata.
    pub(crate) fn given(&self, world: &World) -> Option<(U256, Bytes)> {
        let one = self.looked_at();
        let transaction = one.transaction(world).ok()?;
        match world.actor(one.actor).via {
            None => Some((transaction.value, transaction.input)),
            Some(_) => {
                let Forwarded { value, data, .. } = Forwarded::of(&transaction.input);
                Some((value, data))
            }
        }
    }

    /// What has to be watched to find out what becomes of its inputs.
    pub(crate) fn watch(
        &self,
        world: &World,
        clocks: Vec<Slot>,
        puppet: Option<Puppet>,
    ) -> Option<Watch> {
        let one = self.looked_at();
        let called = |one: &Self| match &one.action {
            Action::Call { target: to, .. }
            | Action::Transfer { to, .. }
            | Action::Force { to, .. } => eval(to, world).ok()?.as_address(),
            Action::Deploy { .. } => None,
        };
        let address = |one: &Self| world.actor(one.actor).address;
        let target = called(one)?;
        // The contract may have called the same account before.
        let is_same =
            |other: &&Self| called(other) == Some(target) && address(other) == address(one);
        let before = [self].into_iter().chain(self.meanwhile());
        let skipped = before.take(self.meanwhile().len()).filter(is_same).count();
        Some(Watch {
            target,
            caller: address(one),
            skipped: u32::try_from(skipped).unwrap_or(u32::MAX),
            counted: puppet.map(|puppet| puppet.address),
            clocks,
        })
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

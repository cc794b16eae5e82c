//! An actor does something: the transaction is made, sent, recorded, and compared with what was expected of it.

use std::sync::Arc;

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{ChainError, Outcome, Receipt, Snapshot, Transaction, TxKind};

use super::{
    ledger::Balances,
    options::Detail,
    runner::{Flow, Runner, Stop},
};
use crate::{
    event::{Change, Event, TransactionEvent, TransactionResult},
    expr::{Action, Type, Typed, Value, abi},
    plan::{Act, ActorKind},
};

/// A transaction about to be sent.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// What is sent.
    pub(super) transaction: Transaction,
    /// Wei the actor sends along, by whatever way.
    pub(super) value: U256,
    /// The type of what it returns.
    pub(super) returns: Type,
    /// Whether it goes through a forwarder, whose own return value wraps the answer.
    pub(super) forwarded: bool,
}

/// What became of a transaction, with what is needed to look back at it.
#[derive(Debug)]
pub(super) struct Mined {
    /// Its receipt, or why it was rejected.
    pub(super) result: Result<Receipt, String>,
    /// How balances changed.
    pub(super) changes: Vec<Change>,
    /// The chain before it.
    pub(super) before: Snapshot,
}

impl Runner<'_> {
    /// Makes an actor act.
    pub(super) fn act(&mut self, act: &Act, rule: Option<&Arc<str>>) -> Flow {
        let prepared = self.prepare(act)?;
        let before = self.world.chain.snapshot();
        let balances = self.balances()?;
        let result = match self.world.chain.send(&prepared.transaction) {
            Ok(receipt) => Ok(receipt),
            Err(ChainError::Rejected(rejection)) => Err(rejection.to_string()),
            Err(error) => return Err(error.into()),
        };
        let changes = self.changes_since(&balances, &prepared, &result)?;
        let mined = Mined { result, changes, before };
        self.record(act, rule, &prepared, &mined)?;
        self.meet(act, &prepared, &mined)?;
        self.look_at_always()?;
        // A rule's own transactions are looked at again by the loop that fired it.
        if rule.is_none() { self.settle() } else { Ok(()) }
    }

    /// Evaluates everything a transaction consists of.
    pub(super) fn prepare(&mut self, act: &Act) -> Flow<Prepared> {
        let mut value = match &act.value {
            Some(typed) => self.wei(typed, act)?,
            None => U256::ZERO,
        };
        let (kind, input, returns) = match &act.action {
            Action::Call { target, function, args } => {
                let to = self.address(target, act)?;
                let input = abi::encode_call(function, args, &self.world)
                    .map_err(|error| self.cannot_evaluate(error, &act.site))?;
                (TxKind::Call(to), input, function.output.clone())
            }
            Action::Transfer { to, amount } => {
                let to = self.address(to, act)?;
                value = self.wei(amount, act)?;
                (TxKind::Call(to), Bytes::new(), Type::nothing())
            }
            Action::Deploy { contract, args } => {
                let code = self.init_code(contract, args, &act.site)?;
                (TxKind::Create, code, Type::Address(Some(Arc::clone(contract))))
            }
        };
        let gas_limit = match &act.gas_limit {
            Some(typed) => Some(self.gas(typed, act)?),
            None => None,
        };
        Ok(self.from_actor(act, Raw { kind, input, value, gas_limit }, returns))
    }

    /// Wraps a transaction in what its actor needs: an actor that is a contract acts through its forwarder.
    fn from_actor(&self, act: &Act, raw: Raw, returns: Type) -> Prepared {
        let actor = &self.world.actors[act.actor.0];
        let plain = Transaction { gas_limit: raw.gas_limit, ..Transaction::new(actor.address, raw.kind, raw.input.clone(), raw.value) };
        match (&self.plan.actors[act.actor.0].kind, raw.kind) {
            (ActorKind::Contract(_), TxKind::Call(to)) => {
                let controller = super::setup::controller(&actor.name);
                let input = super::setup::forwarded(to, raw.value, &raw.input);
                let transaction = Transaction {
                    gas_limit: raw.gas_limit,
                    ..Transaction::new(controller.address(), TxKind::Call(actor.address), input, U256::ZERO)
                };
                Prepared { transaction, value: raw.value, returns, forwarded: true }
            }
            _ => Prepared { transaction: plain, value: raw.value, returns, forwarded: false },
        }
    }

    /// Records a transaction among the events.
    pub(super) fn record(
        &mut self,
        act: &Act,
        rule: Option<&Arc<str>>,
        prepared: &Prepared,
        mined: &Mined,
    ) -> Flow {
        let trace = match self.options.detail {
            Detail::Traces => Some(self.rendered_trace(prepared, mined)?),
            Detail::Normal | Detail::Console => None,
        };
        let actor = Some(Arc::clone(&self.plan.actors[act.actor.0].name));
        let (result, gas_used, fee, logs, console) = match &mined.result {
            Ok(receipt) => (
                TransactionResult::Mined(unwrapped(&receipt.outcome, prepared.forwarded)),
                receipt.gas_used,
                receipt.fee(),
                receipt.logs.clone(),
                receipt.console.clone(),
            ),
            Err(reason) => (TransactionResult::Rejected(reason.clone()), 0, U256::ZERO, Vec::new(), Vec::new()),
        };
        self.events.push(Event::Transaction(Box::new(TransactionEvent {
            site: Arc::clone(&act.site),
            rule: rule.cloned(),
            at: self.world.chain.now(),
            block: self.world.chain.block_number(),
            actor,
            action: Arc::clone(&act.text),
            value: prepared.value,
            result,
            returns: Some(prepared.returns.clone()),
            revert_expected: act.expect.reverts.is_some(),
            gas_used,
            fee,
            logs,
            changes: mined.changes.clone(),
            console,
            trace,
        })));
        Ok(())
    }

    /// Looks at what must hold after every transaction.
    pub(super) fn look_at_always(&mut self) -> Flow {
        let plan = Arc::clone(self.plan);
        for condition in &plan.always {
            self.hold(condition, crate::event::FailureKind::Always)?;
        }
        Ok(())
    }

    /// How balances changed in a transaction, fees left out.
    pub(super) fn changes_since(
        &mut self,
        before: &Balances,
        prepared: &Prepared,
        result: &Result<Receipt, String>,
    ) -> Flow<Vec<Change>> {
        let after = self.balances()?;
        let fee = result.as_ref().map_or(U256::ZERO, Receipt::fee);
        Ok(self.ledger.changes(before, &after, Some((prepared.transaction.from, fee))))
    }

    fn address(&mut self, typed: &Typed, act: &Act) -> Flow<Address> {
        match self.value(typed, &act.site)? {
            Value::Address(address) => Ok(address),
            other => unreachable!("the checker made sure that {other:?} is an address"),
        }
    }

    fn wei(&mut self, typed: &Typed, act: &Act) -> Flow<U256> {
        self.word(typed, act, "this is not an amount of wei")
    }

    fn gas(&mut self, typed: &Typed, act: &Act) -> Flow<u64> {
        let word = self.word(typed, act, "this is not an amount of gas")?;
        Ok(u64::try_from(word).unwrap_or(u64::MAX))
    }

    fn word(&mut self, typed: &Typed, act: &Act, message: &str) -> Flow<U256> {
        let value = self.value(typed, &act.site)?;
        match value.as_u256() {
            Some(word) => Ok(word),
            None => Err(self.not_a_word(typed, act, message, &value)),
        }
    }

    fn not_a_word(&mut self, typed: &Typed, act: &Act, message: &str, value: &Value) -> Stop {
        let mut failure = self.failure(&act.site, typed.span, crate::event::FailureKind::Evaluation, message);
        failure.expected = Some("a number from 0 to 2^256 - 1".to_owned());
        failure.actual = Some(self.show(value));
        self.fail(failure)
    }
}

/// A transaction before it is known how its actor sends it.
struct Raw {
    kind: TxKind,
    input: Bytes,
    value: U256,
    gas_limit: Option<u64>,
}

/// The outcome of the inner call, where a forwarder's `execute` returned it as `bytes`.
pub(super) fn unwrapped(outcome: &Outcome, forwarded: bool) -> Outcome {
    match outcome {
        Outcome::Success { output, .. } if forwarded => {
            Outcome::Success { output: super::setup::forwarded_output(output), created: None }
        }
        other => other.clone(),
    }
}

//! An actor does something: the transaction is made, sent, recorded, and compared with what was expected of it.

use std::sync::Arc;

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{ChainError, Outcome, Receipt, Snapshot, Transaction, TxKind};

use super::{
    options::Detail,
    runner::{Flow, Runner, Stop},
};
use crate::{
    event::{Event, FailureKind, TransactionEvent, TransactionResult},
    expr::{Action, Type, Typed, Value, call_data},
    plan::Act,
    world::Change,
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
        let balances = self.balances(act)?;
        let result = match self.world.chain.send(&prepared.transaction) {
            Ok(receipt) => Ok(receipt),
            Err(ChainError::Rejected(rejection)) => Err(self.rejection_text(&rejection)),
            Err(error) => return Err(error.into()),
        };
        let changes = self.changes_since(&balances, act, &prepared, &result)?;
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
                if self.world.chain.code(to)?.is_empty() {
                    return Err(self.nobody_there(target, act));
                }
                let input = call_data(function, args, &self.world)
                    .map_err(|error| self.cannot_evaluate(error, &act.site))?;
                (TxKind::Call(to), input, function.output.clone())
            }
            Action::Transfer { to, amount } => {
                let to = self.address(to, act)?;
                value = self.wei(amount, act)?;
                (TxKind::Call(to), Bytes::new(), Type::nothing())
            }
            Action::Deploy { contract, args } => {
                let code = self.init_code(
                    contract,
                    args,
                    &std::collections::BTreeMap::new(),
                    &act.site,
                    act.span,
                )?;
                (TxKind::Create, code, Type::Address(Some(Arc::clone(contract))))
            }
        };
        let gas_limit = match &act.gas_limit {
            Some(typed) => Some(self.gas(typed, act)?),
            None => None,
        };
        Ok(self.sent_by(act, Raw { kind, input, value, gas_limit }, returns))
    }

    /// Wraps a transaction in what its actor needs: an actor that is a contract acts through its forwarder.
    fn sent_by(&self, act: &Act, raw: Raw, returns: Type) -> Prepared {
        let actor = self.world.actor(act.actor);
        let plain = match raw.kind {
            TxKind::Call(to) => actor.call(to, raw.value, raw.input),
            TxKind::Create => Transaction::create(actor.address, raw.input).with_value(raw.value),
        };
        let transaction = Transaction { gas_limit: raw.gas_limit, ..plain };
        Prepared { transaction, value: raw.value, returns }
    }

    /// What an actor's call did, where a forwarder's own return value wraps the answer.
    pub(super) fn unwrapped(&self, act: &Act, outcome: &Outcome) -> Outcome {
        match outcome {
            Outcome::Success { output, created } => {
                let answer = self.world.actor(act.actor).returned(output);
                Outcome::Success {
                    output: answer.unwrap_or_else(|| output.clone()),
                    created: *created,
                }
            }
            other => other.clone(),
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
            Detail::Traces | Detail::Storage => {
                Some(self.rendered_trace(&prepared.transaction, &mined.before)?)
            }
            Detail::Normal | Detail::Console => None,
        };
        let actor = Some(Arc::clone(&self.plan.actors[act.actor.0].name));
        let (result, gas_used, fee, logs, console) = match &mined.result {
            Ok(receipt) => (
                TransactionResult::Mined(self.unwrapped(act, &receipt.outcome)),
                receipt.gas_used,
                receipt.fee,
                receipt.logs.clone(),
                receipt.console.clone(),
            ),
            Err(reason) => {
                (TransactionResult::Rejected(reason.clone()), 0, U256::ZERO, Vec::new(), Vec::new())
            }
        };
        self.events.push(Event::Transaction(Box::new(TransactionEvent {
            site: Arc::clone(&act.site),
            rule: rule.cloned(),
            at: self.world.chain.now(),
            block: self.world.chain.block_number(),
            actor,
            action: Arc::clone(&act.text),
            value: prepared.value,
            sent: prepared.transaction.clone(),
            result,
            returns: Some(prepared.returns.clone()),
            revert_expected: act.expect.reverts.is_some(),
            gas_used,
            fee,
            logs,
            changes: self.named(&mined.changes),
            console,
            trace,
        })));
        Ok(())
    }

    /// Looks at what must hold after every transaction.
    pub(super) fn look_at_always(&mut self) -> Flow {
        let plan = Arc::clone(self.plan);
        for condition in &plan.always {
            self.hold(condition, FailureKind::Always)?;
        }
        Ok(())
    }

    /// Solidity refuses to call an address without code; a bare transaction would succeed and do nothing.
    fn nobody_there(&mut self, target: &Typed, act: &Act) -> Stop {
        let message = "there is no contract at this address, so the call would do nothing";
        self.fail(self.failure(&act.site, target.span, FailureKind::Evaluation, message))
    }

    fn address(&mut self, typed: &Typed, act: &Act) -> Flow<Address> {
        match self.value(typed, &act.site)? {
            Value::Address(address) => Ok(address),
            other => unreachable!("the checker made sure that {other:?} is an address"),
        }
    }

    fn wei(&mut self, typed: &Typed, act: &Act) -> Flow<U256> {
        self.word_of(typed, &act.site, "this is not an amount of wei")
    }

    fn gas(&mut self, typed: &Typed, act: &Act) -> Flow<u64> {
        let word = self.word_of(typed, &act.site, "this is not an amount of gas")?;
        Ok(u64::try_from(word).unwrap_or(u64::MAX))
    }
}

/// A transaction before it is known how its actor sends it.
struct Raw {
    kind: TxKind,
    input: Bytes,
    value: U256,
    gas_limit: Option<u64>,
}

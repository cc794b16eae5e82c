//! An actor does something: the transaction is made, sent, recorded, and compared with what was expected of it.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::U256;
use covenant_chain::{ChainError, Outcome, Receipt, Snapshot};

use super::{
    options::Detail,
    runner::{Flow, Runner},
};
use crate::{
    event::{Event, FailureKind, TransactionEvent, TransactionResult},
    expr::{Action, Prepared, Typed, prepared},
    plan::Act,
    world::Change,
};

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
        let value = match &act.value {
            Some(typed) => self.wei(typed, act)?,
            None => U256::ZERO,
        };
        if let Action::Deploy { contract, .. } = &act.action {
            self.put_libraries(contract, &BTreeMap::new(), &act.site, act.span)?;
        }
        let mut prepared = prepared(&self.world, act.actor, &act.action, value)
            .map_err(|error| self.cannot_evaluate(error, &act.site))?;
        prepared.transaction.gas_limit = match &act.gas_limit {
            Some(typed) => Some(self.gas(typed, act)?),
            None => None,
        };
        Ok(prepared)
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

    fn wei(&mut self, typed: &Typed, act: &Act) -> Flow<U256> {
        self.word_of(typed, &act.site, "this is not an amount of wei")
    }

    fn gas(&mut self, typed: &Typed, act: &Act) -> Flow<u64> {
        let word = self.word_of(typed, &act.site, "this is not an amount of gas")?;
        Ok(u64::try_from(word).unwrap_or(u64::MAX))
    }
}

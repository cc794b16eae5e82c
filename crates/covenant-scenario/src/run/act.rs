//! An actor does something: the transaction is made, sent, recorded, and compared with what was expected of it.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::{Address, U256};
use covenant_chain::{Fees, Outcome, Receipt, Snapshot, Timestamp};

use super::{
    carrier::{Answer, Carrier, Ending, Output, Parcel, Sent, Unsent},
    options::Detail,
    runner::{Flow, Runner},
};
use crate::{
    event::{Event, FailureKind, TransactionEvent, TransactionResult},
    expr::{Action, Prepared, Typed, prepared},
    plan::Act,
    world::{Balances, Change},
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
    /// Whether it is known what it returned.
    pub(super) output: Output,
}

/// What is sent for an act, and what is wanted of it.
fn parcel<'a>(act: &'a Act, prepared: &'a Prepared, by: Option<Timestamp>) -> Parcel<'a> {
    let needed = act.bind.is_some() || act.expect.returns.is_some();
    Parcel {
        transaction: &prepared.transaction,
        text: &act.text,
        site: &act.site,
        ending: if act.expect.reverts.is_some() { Ending::Revert } else { Ending::Success },
        answer: if needed { Answer::Needed } else { Answer::Welcome },
        by,
    }
}

impl<C: Carrier> Runner<'_, C> {
    /// Makes an actor act.
    pub(super) fn act(&mut self, act: &Act, rule: Option<&Arc<str>>) -> Flow {
        let by = self.deadline(act)?;
        let prepared = self.prepare(act)?;
        let here = self.world.chain.snapshot();
        let balances = self.balances(act)?;
        let parcel = parcel(act, &prepared, by);
        let sent = self.carrier.send(&mut self.world.chain, &parcel)?;
        let Sent { result, before, after, given_up, output } = sent;
        let balances = match &before {
            Some(before) => self.balances_at(before, act)?,
            None => balances,
        };
        given_up.into_iter().for_each(|(payer, fee)| self.forgive(payer, fee));
        if let Err(Unsent::LeftOut) = result {
            return Ok(());
        }
        if let Ok(receipt) = &result {
            self.forgive(prepared.transaction.from, receipt.fee);
        }
        let result = result.map_err(|unsent| self.unsent_text(&unsent));
        let changes = self.changes_since((&balances, after.as_ref()), act, &prepared, &result)?;
        let mined = Mined { result, changes, before: before.unwrap_or(here), output };
        self.record(act, rule, &prepared, &mined)?;
        if let (Some(by), Ok(receipt)) = (by, &mined.result) {
            self.in_time(act, by, receipt.timestamp)?;
        }
        if act.expect.is_more_than_success() || act.bind.is_some() {
            self.carrier.look()?;
        }
        self.meet(act, &prepared, &mined)?;
        self.look_at_always()?;
        // A rule's own transactions are looked at again by the loop that fired it.
        if rule.is_none() { self.settle() } else { Ok(()) }
    }

    /// The moment after which a transaction must not be in a block, which has not passed yet.
    pub(super) fn deadline(&mut self, act: &Act) -> Flow<Option<Timestamp>> {
        let Some(spec) = &act.by else { return Ok(None) };
        self.carrier.look()?;
        let by = self.instant(spec, &act.site, act.span)?;
        let now = self.world.chain.now();
        self.in_time(act, by, now)?;
        Ok(Some(by))
    }

    fn in_time(&mut self, act: &Act, by: Timestamp, at: Timestamp) -> Flow {
        if at <= by {
            return Ok(());
        }
        let message = "this is past the moment by which it had to be done";
        let mut failure = self.failure(&act.site, act.span, FailureKind::Clock, message);
        failure.expected = Some(format!("by {}", crate::time::format_timestamp(by)));
        failure.actual = Some(crate::time::format_timestamp(at));
        Err(self.fail(failure))
    }

    /// What everybody had at another moment.
    pub(super) fn balances_at(&mut self, moment: &Snapshot, act: &Act) -> Flow<Balances> {
        let here = self.world.chain.snapshot();
        self.world.chain.restore(moment);
        let balances = self.balances(act);
        self.world.chain.restore(&here);
        balances
    }

    /// Leaves a fee out of what its payer gained, unless the scenario itself has fees.
    pub(super) fn forgive(&mut self, payer: Address, fee: U256) {
        if self.plan.chain.fees == Fees::Off && !fee.is_zero() {
            self.world.forgive(payer, fee);
        }
    }

    /// Why a transaction is in no block, in words.
    pub(super) fn unsent_text(&self, unsent: &Unsent) -> String {
        match unsent {
            Unsent::Rejected(rejection) => self.rejection_text(rejection),
            Unsent::HeldBack(outcome) => {
                format!(
                    "it was not sent, because this would come of it: {}",
                    self.outcome_text(outcome)
                )
            }
            Unsent::LeftOut => "it was left out".to_owned(),
        }
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
        self.look_for(act.action.parts())?;
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
            at: mined.result.as_ref().map_or_else(|_| self.world.chain.now(), |it| it.timestamp),
            block: mined
                .result
                .as_ref()
                .map_or_else(|_| self.world.chain.block_number(), |it| it.block),
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
        if !plan.always.is_empty() {
            self.carrier.look()?;
        }
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

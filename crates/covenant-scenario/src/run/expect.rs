//! What was expected of a transaction, compared with what it did.

use std::collections::BTreeMap;

use covenant_chain::{Outcome, Receipt};
use num_bigint::BigInt;

use super::{
    act::{Mined, Prepared, unwrapped},
    runner::{Flow, Runner, Stop},
};
use crate::{
    event::{Asset, Change, Failure, FailureKind},
    expr::{GasOp, RevertPattern, Typed, Value, abi, matching},
    plan::{Account, Act, Changes},
    source::Span,
};

impl Runner<'_> {
    /// Compares a transaction with what was expected of it, and binds what it returned.
    pub(super) fn meet(&mut self, act: &Act, prepared: &Prepared, mined: &Mined) -> Flow {
        let receipt = match &mined.result {
            Ok(receipt) => receipt,
            Err(reason) => return Err(self.rejected(act, reason)),
        };
        let outcome = unwrapped(&receipt.outcome, prepared.forwarded);
        match (&act.expect.reverts, &outcome) {
            (None, Outcome::Success { .. }) => self.succeeded(act, prepared, receipt, &outcome)?,
            (None, _) => return Err(self.did_not_succeed(act, prepared, mined, &outcome)?),
            (Some((_, span)), Outcome::Success { .. }) => return Err(self.did_not_revert(act, *span)),
            (Some((pattern, span)), _) => self.reverted(act, prepared, mined, &outcome, (pattern, *span))?,
        }
        if let Some(changes) = &act.expect.changes {
            self.changes_meet(act, changes, &mined.changes)?;
        }
        self.gas_meets(act, receipt.gas_used)
    }

    fn succeeded(&mut self, act: &Act, prepared: &Prepared, receipt: &Receipt, outcome: &Outcome) -> Flow {
        let value = self.returned(act, prepared, outcome)?;
        self.world.last.clone_from(&Some(value.clone()));
        if let Some(id) = act.bind {
            self.world.bounds[id.0] = Some(value.clone());
        }
        if let Some(expected) = &act.expect.returns {
            self.returns_meets(act, expected, &value)?;
        }
        self.events_meet(act, receipt)
    }

    /// What a transaction returned, as a value.
    fn returned(&mut self, act: &Act, prepared: &Prepared, outcome: &Outcome) -> Flow<Value> {
        let Outcome::Success { output, created } = outcome else {
            return Ok(Value::nothing());
        };
        if let Some(created) = created {
            return Ok(Value::Address(*created));
        }
        match abi::decode_output(&prepared.returns, output) {
            Ok(value) => Ok(value),
            Err(error) => {
                let message = format!("what the call returned is not what its ABI says: {error}");
                Err(self.fail(self.failure(&act.site, act.span, FailureKind::Returns, message)))
            }
        }
    }

    fn returns_meets(&mut self, act: &Act, expected: &Typed, actual: &Value) -> Flow {
        let wanted = self.value(expected, &act.site)?;
        if wanted == *actual {
            return Ok(());
        }
        let mut failure =
            self.failure(&act.site, expected.span, FailureKind::Returns, "the call returned something else");
        failure.expected = Some(self.show(&wanted));
        failure.actual = Some(self.show(actual));
        Err(self.fail(failure))
    }

    /// Looks for the expected events in order; others may stand between them.
    fn events_meet(&mut self, act: &Act, receipt: &Receipt) -> Flow {
        let mut rest = receipt.logs.iter();
        for pattern in &act.expect.emits {
            let mut mismatches = Vec::new();
            let mut found = false;
            for log in rest.by_ref() {
                match matching::event(pattern, log, &self.world)
                    .map_err(|error| self.cannot_evaluate(error, &act.site))?
                {
                    Ok(()) => {
                        found = true;
                        break;
                    }
                    Err(mismatch) => mismatches.extend(mismatch.describe(&self.world.names())),
                }
            }
            if !found {
                return Err(self.not_emitted(act, pattern.span, mismatches, receipt));
            }
        }
        Ok(())
    }

    fn not_emitted(&mut self, act: &Act, span: Span, mismatches: Vec<String>, receipt: &Receipt) -> Stop {
        let mut failure =
            self.failure(&act.site, span, FailureKind::Emits, "the transaction did not emit this event, in this order");
        failure.expected = Some(self.text_at(span));
        let emitted: Vec<String> = receipt.logs.iter().map(|log| self.log_text(log)).collect();
        failure.actual = Some(if emitted.is_empty() { "no events".to_owned() } else { emitted.join("\n") });
        failure.notes = mismatches;
        self.fail(failure)
    }

    /// Compares balance changes: whoever is not named must not change.
    fn changes_meet(&mut self, act: &Act, expected: &Changes, actual: &[Change]) -> Flow {
        let mut wanted: BTreeMap<(String, Asset), (BigInt, Span)> = BTreeMap::new();
        for entry in &expected.entries {
            let amount = match self.value(&entry.amount, &act.site)? {
                Value::Int(amount) => amount,
                other => unreachable!("the checker made sure that {other:?} is a number"),
            };
            let asset = self.asset(entry.token);
            wanted.insert((self.account_name(entry.account), asset), (amount, entry.span));
        }
        let mut first: Option<Failure> = None;
        let mut notes = Vec::new();
        for ((party, asset), (amount, span)) in &wanted {
            let changed = actual.iter().find(|change| *change.party == **party && change.asset == *asset);
            let seen = changed.map_or_else(BigInt::default, |change| change.amount.clone());
            if seen == *amount {
                continue;
            }
            notes.push(format!(
                "{party}: expected {}, changed by {}",
                self.amount(amount, asset),
                self.amount(&seen, asset)
            ));
            if first.is_none() {
                let mut failure =
                    self.failure(&act.site, *span, FailureKind::Changes, format!("`{party}` changed differently"));
                failure.expected = Some(self.amount(amount, asset));
                failure.actual = Some(self.amount(&seen, asset));
                first = Some(failure);
            }
        }
        for change in actual {
            if wanted.contains_key(&(change.party.to_string(), change.asset.clone())) {
                continue;
            }
            let seen = self.amount(&change.amount, &change.asset);
            notes.push(format!("{}: not named, changed by {seen}", change.party));
            if first.is_none() {
                let message = format!("`{}` is not named, so it must not change, but it did", change.party);
                let mut failure = self.failure(&act.site, expected.span, FailureKind::Changes, message);
                failure.expected = Some("no change".to_owned());
                failure.actual = Some(seen);
                first = Some(failure);
            }
        }
        match first {
            None => Ok(()),
            Some(mut failure) => {
                failure.notes = notes;
                Err(self.fail(failure))
            }
        }
    }

    fn gas_meets(&mut self, act: &Act, used: u64) -> Flow {
        let Some(bound) = &act.expect.gas else { return Ok(()) };
        let limit = self.value(&bound.bound, &act.site)?;
        let Value::Int(limit) = limit else { unreachable!("the checker made sure that a bound on gas is a number") };
        let gas = BigInt::from(used);
        let (holds, sign) = match bound.op {
            GasOp::Lt => (gas < limit, "<"),
            GasOp::Le => (gas <= limit, "<="),
            GasOp::Eq => (gas == limit, "=="),
            GasOp::Ge => (gas >= limit, ">="),
            GasOp::Gt => (gas > limit, ">"),
        };
        if holds {
            return Ok(());
        }
        let mut failure = self.failure(&act.site, bound.bound.span, FailureKind::Gas, "the gas used is out of bounds");
        failure.expected = Some(format!("{sign} {}", crate::expr::grouped(&limit)));
        failure.actual = Some(crate::expr::grouped(&gas));
        Err(self.fail(failure))
    }

    fn rejected(&mut self, act: &Act, reason: &str) -> Stop {
        let mut failure = self.failure(
            &act.site,
            act.span,
            FailureKind::UnexpectedRevert,
            "the transaction is invalid and was never mined",
        );
        failure.actual = Some(reason.to_owned());
        if act.expect.reverts.is_some() {
            failure.notes.push("a transaction that is never mined does not revert".to_owned());
        }
        self.fail(failure)
    }

    fn did_not_succeed(&mut self, act: &Act, prepared: &Prepared, mined: &Mined, outcome: &Outcome) -> Flow<Stop> {
        let mut failure =
            self.failure(&act.site, act.span, FailureKind::UnexpectedRevert, "the transaction was expected to succeed");
        failure.expected = Some("success".to_owned());
        failure.actual = Some(self.outcome_text(outcome));
        self.add_trace(&mut failure, prepared, mined)?;
        Ok(self.fail(failure))
    }

    fn did_not_revert(&mut self, act: &Act, span: Span) -> Stop {
        let mut failure =
            self.failure(&act.site, span, FailureKind::MissingRevert, "the transaction was expected to revert");
        failure.expected = Some(format!("revert {}", self.text_at(span)));
        failure.actual = Some("success".to_owned());
        self.fail(failure)
    }

    fn reverted(
        &mut self,
        act: &Act,
        prepared: &Prepared,
        mined: &Mined,
        outcome: &Outcome,
        (pattern, span): (&RevertPattern, Span),
    ) -> Flow {
        self.world.last = None;
        let mismatch = matching::revert(pattern, outcome, &self.world)
            .map_err(|error| self.cannot_evaluate(error, &act.site))?;
        let Err(mismatch) = mismatch else { return Ok(()) };
        let mut failure =
            self.failure(&act.site, span, FailureKind::WrongRevert, "the transaction reverted with another error");
        failure.expected = Some(format!("revert {}", self.text_at(span)));
        failure.actual = Some(self.outcome_text(outcome));
        failure.notes = mismatch.describe(&self.world.names());
        self.add_trace(&mut failure, prepared, mined)?;
        Err(self.fail(failure))
    }

    /// The name of an account in reports.
    fn account_name(&self, account: Account) -> String {
        match account {
            Account::Actor(id) => self.plan.actors[id.0].name.to_string(),
            Account::Instance(id) => self.plan.instances[id.0].name.to_string(),
            Account::Token(id) => self.plan.tokens[id.0].name.to_string(),
        }
    }
}

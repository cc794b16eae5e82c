//! What was expected of a transaction, compared with what it did.

use covenant_chain::{Outcome, Receipt};

use super::{
    act::Mined,
    carrier::{Carrier, Output},
    runner::{Flow, Runner, Stop},
};
use crate::{
    event::FailureKind,
    expr::{
        Prepared, RevertPattern, Typed, Value, abi, grouped,
        matching::{ExpectedEvent, ExpectedGas, ExpectedRevert, MissingEvent, match_in_order},
    },
    plan::Act,
    source::Span,
};

impl<C: Carrier> Runner<'_, C> {
    /// Compares a transaction with what was expected of it, and binds what it returned.
    pub(super) fn meet(&mut self, act: &Act, prepared: &Prepared, mined: &Mined) -> Flow {
        let receipt = match &mined.result {
            Ok(receipt) => receipt,
            Err(reason) => return Err(self.rejected(act, reason)),
        };
        let outcome = self.unwrapped(act, &receipt.outcome);
        match (&act.expect.reverts, &outcome) {
            (None, Outcome::Success { .. }) => {
                self.answered(act, prepared, &outcome, mined.output)?;
                self.events_meet(act, receipt)?;
            }
            (None, _) => return Err(self.did_not_succeed(act, prepared, mined, &outcome)?),
            (Some((_, span)), Outcome::Success { .. }) => {
                return Err(self.did_not_revert(act, *span));
            }
            (Some((pattern, span)), _) => {
                self.reverted(act, prepared, mined, &outcome, (pattern, *span))?
            }
        }
        if let Some(changes) = &act.expect.changes {
            self.changes_meet(act, changes, &mined.changes)?;
        }
        self.gas_meets(act, receipt.gas_used)
    }

    /// Keeps what a transaction returned, and compares it with what was expected.
    fn answered(
        &mut self,
        act: &Act,
        prepared: &Prepared,
        outcome: &Outcome,
        output: Output,
    ) -> Flow {
        if output == Output::Unknown && outcome.created().is_none() {
            self.world.forget_last();
            return Ok(());
        }
        let value = self.returned(act, prepared, outcome)?;
        self.world.set_last(value.clone());
        if let Some(id) = act.bind {
            self.world.set_bound(id, value.clone());
        }
        if let Some(expected) = &act.expect.returns {
            self.returns_meets(act, expected, &value)?;
        }
        Ok(())
    }

    /// What a transaction returned, as a value.
    fn returned(&mut self, act: &Act, prepared: &Prepared, outcome: &Outcome) -> Flow<Value> {
        let Outcome::Success { output, created } = outcome else {
            return Ok(Value::Tuple(Vec::new()));
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
        let mut failure = self.failure(
            &act.site,
            expected.span,
            FailureKind::Returns,
            "the call returned something else",
        );
        failure.expected = Some(self.show(&wanted));
        failure.actual = Some(self.show(actual));
        Err(self.fail(failure))
    }

    /// Looks for the expected events in order; others may stand between them.
    fn events_meet(&mut self, act: &Act, receipt: &Receipt) -> Flow {
        let mut expected = Vec::with_capacity(act.expect.emits.len());
        for pattern in &act.expect.emits {
            let event = ExpectedEvent::new(pattern, &self.world);
            expected.push(event.map_err(|error| self.cannot_evaluate(error, &act.site))?);
        }
        match match_in_order(&expected, &receipt.logs) {
            Ok(_) => Ok(()),
            Err(missing) => Err(self.not_emitted(act, &missing, receipt)),
        }
    }

    fn not_emitted(&mut self, act: &Act, missing: &MissingEvent, receipt: &Receipt) -> Stop {
        let span = act.expect.emits[missing.expected].span;
        let message = "the transaction did not emit this event, in this order";
        let mut failure = self.failure(&act.site, span, FailureKind::Emits, message);
        failure.expected = Some(self.text_at(span));
        let decoder = self.decoder();
        let emitted: Vec<String> = receipt
            .logs
            .iter()
            .map(|log| match decoder.decode_log(log) {
                Some(decoded) => format!("{}: {decoded}", self.world.names().label(log.address)),
                None => format!("an unknown event of {}", self.world.names().label(log.address)),
            })
            .collect();
        failure.actual =
            Some(if emitted.is_empty() { "no events".to_owned() } else { emitted.join("\n") });
        if let Some((place, mismatch)) = &missing.nearest {
            failure.notes.push(format!("the nearest is {}", emitted[*place]));
            failure.notes.extend(self.event_mismatch(mismatch));
        }
        self.fail(failure)
    }

    fn gas_meets(&mut self, act: &Act, used: u64) -> Flow {
        let Some(bound) = &act.expect.gas else { return Ok(()) };
        // Gas is that of another build then.
        if self.options.coverage.is_some() {
            return Ok(());
        }
        let expected = ExpectedGas::new(bound, &self.world)
            .map_err(|error| self.cannot_evaluate(error, &act.site))?;
        let Err(mismatch) = expected.check(used) else { return Ok(()) };
        let message = "the gas used is out of bounds";
        let mut failure = self.failure(&act.site, bound.bound.span, FailureKind::Gas, message);
        failure.expected = Some(format!(
            "{} {}",
            mismatch.expected.op.symbol(),
            grouped(&mismatch.expected.bound)
        ));
        failure.actual = Some(grouped(&used.into()));
        Err(self.fail(failure))
    }

    /// The text of a place, on one line.
    fn text_at(&self, span: Span) -> String {
        super::explain::source(self, span)
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

    fn did_not_succeed(
        &mut self,
        act: &Act,
        prepared: &Prepared,
        mined: &Mined,
        outcome: &Outcome,
    ) -> Flow<Stop> {
        let mut failure = self.failure(
            &act.site,
            act.span,
            FailureKind::UnexpectedRevert,
            "the transaction was expected to succeed",
        );
        failure.expected = Some("success".to_owned());
        if !self.options.brief {
            failure.actual = Some(self.outcome_text(outcome));
            self.add_trace(&mut failure, &prepared.transaction, &mined.before)?;
        }
        Ok(self.fail(failure))
    }

    fn did_not_revert(&mut self, act: &Act, span: Span) -> Stop {
        let mut failure = self.failure(
            &act.site,
            span,
            FailureKind::MissingRevert,
            "the transaction was expected to revert",
        );
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
        let expected = ExpectedRevert::new(pattern, &self.world)
            .map_err(|error| self.cannot_evaluate(error, &act.site))?;
        let Err(mismatch) = expected.check(outcome) else { return Ok(()) };
        let mut failure = self.failure(
            &act.site,
            span,
            FailureKind::WrongRevert,
            "the transaction reverted with another error",
        );
        failure.expected = Some(format!("revert {}", self.text_at(span)));
        failure.actual = Some(self.outcome_text(outcome));
        failure.notes = self.revert_mismatch(&mismatch);
        self.add_trace(&mut failure, &prepared.transaction, &mined.before)?;
        Err(self.fail(failure))
    }
}

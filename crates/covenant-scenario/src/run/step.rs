//! Steps: what is done, waited for, checked, done together and repeated.

use std::sync::Arc;

use super::{
    carrier::Carrier,
    runner::{Flow, Runner, Stop},
};
use crate::{
    event::{Event, FailureKind, Site},
    expr::{Typed, grouped},
    plan::{Condition, MAX_STEPS, Step, StepKind, TimeSpec},
    source::Span,
};

impl<C: Carrier> Runner<'_, C> {
    /// Takes one step; `rule` names the rule it belongs to.
    pub(super) fn step(&mut self, step: &Step, rule: Option<&Arc<str>>) -> Flow {
        self.check_cancelled()?;
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(self.endless(step));
        }
        match &step.kind {
            StepKind::Act(act) => self.act(act, rule),
            StepKind::Together(acts) => self.together(acts, rule),
            StepKind::Wait(span) => self.wait(span, &step.site, step.span),
            StepKind::At(instant) => {
                let to = self.instant(instant, &step.site, step.span)?;
                self.go_to(to, &step.site, step.span)
            }
            StepKind::Check(conditions) => self.check(conditions),
            StepKind::Repeat { times, every, steps } => {
                let round = Round { times, every: every.as_ref(), steps, rule };
                self.repeat(&round, &step.site, step.span)
            }
        }
    }

    fn endless(&mut self, step: &Step) -> Stop {
        let message = "the scenario takes more steps than can be meant";
        let mut failure = self.failure(&step.site, step.span, FailureKind::Endless, message);
        failure.expected = Some(format!("at most {} steps", grouped(&MAX_STEPS.into())));
        self.fail(failure)
    }

    fn check(&mut self, conditions: &[Condition]) -> Flow {
        self.carrier.look()?;
        for condition in conditions {
            self.hold(condition, FailureKind::Check)?;
            self.events.push(Event::Checked {
                site: Arc::clone(&condition.site),
                text: Arc::clone(&condition.text),
                at: self.world.chain.now(),
            });
        }
        Ok(())
    }

    /// Fails unless a condition is true.
    pub(super) fn hold(&mut self, condition: &Condition, kind: FailureKind) -> Flow {
        match self.truth(&condition.typed) {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.does_not_hold(condition, kind)),
            Err(error) => Err(self.cannot_evaluate(error, &condition.site)),
        }
    }

    fn does_not_hold(&mut self, condition: &Condition, kind: FailureKind) -> Stop {
        let message = match kind {
            FailureKind::Always => "this must hold after every transaction, and does not hold now",
            FailureKind::Ensures => "this must hold at the end, and does not",
            _ => "this does not hold",
        };
        let mut failure = self.failure(&condition.site, condition.typed.span, kind, message);
        failure.expected = Some(condition.text.to_string());
        failure.notes = super::explain::condition(self, condition);
        self.fail(failure)
    }

    fn repeat(&mut self, round: &Round<'_>, site: &Arc<Site>, text: Span) -> Flow {
        let times = self.value(round.times, site)?;
        let Some(times) = times.as_amount().and_then(|times| u64::try_from(times).ok()) else {
            let mut failure = self.failure(
                site,
                round.times.span,
                FailureKind::Evaluation,
                "steps cannot be repeated so often",
            );
            failure.actual = Some(self.show(&times));
            return Err(self.fail(failure));
        };
        let begun = self.world.chain.now();
        for count in 0..times {
            if let Some(every) = round.every
                && count > 0
            {
                let to = self.after_times(begun, every, count, site, text)?;
                self.go_to(to, site, text)?;
            }
            for step in round.steps {
                self.step(step, round.rule)?;
            }
        }
        Ok(())
    }
}

/// What is repeated.
struct Round<'a> {
    times: &'a Typed,
    every: Option<&'a TimeSpec>,
    steps: &'a [Step],
    rule: Option<&'a Arc<str>>,
}

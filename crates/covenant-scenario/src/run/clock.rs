//! Time passes: rules are watched tick by tick, and what turns true inside a tick is found to the second.

use std::sync::Arc;

use covenant_chain::Timestamp;

use super::{
    carrier::Carrier,
    moment::MomentError,
    runner::{Flow, Runner, Stop},
};
use crate::{
    event::{Event, FailureKind, Site},
    plan::{Condition, TimeSpec, Until},
    source::Span,
};

/// What is watched while time passes.
#[derive(Clone, Copy)]
struct Watch<'a> {
    until: Option<&'a Condition>,
}

impl<C: Carrier> Runner<'_, C> {
    /// Moves the clock on by a span of time.
    pub(super) fn wait(&mut self, span: &TimeSpec, site: &Arc<Site>, text: Span) -> Flow {
        self.carrier.look()?;
        let from = self.world.chain.now();
        let to = self.after(from, span, site, text)?;
        self.go_to(to, site, text)
    }

    /// Moves the clock to an instant, or fails when that has passed.
    pub(super) fn go_to(&mut self, to: Timestamp, site: &Arc<Site>, text: Span) -> Flow {
        self.carrier.look()?;
        let from = self.world.chain.now();
        if to < from {
            let mut failure =
                self.failure(site, text, FailureKind::Clock, "the clock cannot be moved back");
            failure.expected =
                Some(format!("an instant not before {}", crate::time::format_timestamp(from)));
            failure.actual = Some(crate::time::format_timestamp(to));
            return Err(self.fail(failure));
        }
        self.events.push(Event::Waited { site: Arc::clone(site), from, to });
        self.pass_time(to, Watch { until: None }).map(|_| ())
    }

    /// The instant that a text names.
    pub(super) fn instant(
        &mut self,
        spec: &TimeSpec,
        site: &Arc<Site>,
        text: Span,
    ) -> Flow<Timestamp> {
        spec.instant(&self.world).map_err(|error| self.no_moment(error, site, text))
    }

    /// The instant that lies a span of time after another.
    pub(super) fn after(
        &mut self,
        from: Timestamp,
        span: &TimeSpec,
        site: &Arc<Site>,
        text: Span,
    ) -> Flow<Timestamp> {
        span.after(from, &self.world).map_err(|error| self.no_moment(error, site, text))
    }

    /// The instant that lies `count` times a span after another, months counted from there.
    pub(super) fn after_times(
        &mut self,
        from: Timestamp,
        span: &TimeSpec,
        count: u64,
        site: &Arc<Site>,
        text: Span,
    ) -> Flow<Timestamp> {
        let to = span.times_after(from, count, &self.world);
        to.map_err(|error| self.no_moment(error, site, text))
    }

    fn no_moment(&mut self, error: MomentError, site: &Arc<Site>, text: Span) -> Stop {
        match error {
            MomentError::Eval(error) => self.cannot_evaluate(error, site),
            MomentError::NotSeconds { span, value } => {
                let message = "this is not a number of seconds";
                let mut failure = self.failure(site, span, FailureKind::Clock, message);
                failure.expected = Some("a number from 0 to 18446744073709551615".to_owned());
                failure.actual = Some(self.show(&value));
                self.fail(failure)
            }
            MomentError::Beyond => {
                let message = "this date is beyond what the clock can hold";
                self.fail(self.failure(site, text, FailureKind::Clock, message))
            }
        }
    }

    /// Lets time pass and rules fire until a condition is true.
    pub(super) fn pass_time_until(&mut self, until: &Until) -> Flow {
        self.carrier.look()?;
        let site = Arc::clone(&until.condition.site);
        let span = until.condition.typed.span;
        let from = self.world.chain.now();
        let limit = self.after(from, &until.within, &site, span)?;
        let reached = self.until_holds(&until.condition)?
            || self.pass_time(limit, Watch { until: Some(&until.condition) })?;
        let now = self.world.chain.now();
        self.events.push(Event::Waited { site: Arc::clone(&site), from, to: now });
        if reached {
            self.events.push(Event::UntilReached {
                site,
                text: Arc::clone(&until.condition.text),
                at: now,
            });
            return Ok(());
        }
        let mut failure = self.failure(
            &site,
            span,
            FailureKind::Within,
            "the condition did not become true within its time",
        );
        failure.expected = Some(format!("true by {}", crate::time::format_timestamp(limit)));
        failure.actual = Some("still false".to_owned());
        failure.notes = super::explain::condition(self, &until.condition);
        Err(self.fail(failure))
    }

    /// Lets time pass to an instant, firing rules on the way. Says whether `until` was reached, where the clock then
    /// stands.
    fn pass_time(&mut self, to: Timestamp, watch: Watch<'_>) -> Flow<bool> {
        if self.plan.rules.is_empty() && watch.until.is_none() && self.world.chain.now() < to {
            self.check_cancelled()?;
            self.carrier.wait(&mut self.world.chain, to)?;
            return Ok(false);
        }
        while self.world.chain.now() < to {
            self.check_cancelled()?;
            let from = self.world.chain.now();
            let next = Timestamp(from.0.saturating_add(self.plan.chain.tick).min(to.0));
            let Some(turned) = self.first_turn(from, next, watch)? else {
                self.carrier.wait(&mut self.world.chain, next)?;
                self.remember_rules()?;
                continue;
            };
            self.carrier.wait(&mut self.world.chain, turned)?;
            if let Some(until) = watch.until
                && self.until_holds(until)?
            {
                return Ok(true);
            }
            self.carrier.mine(&mut self.world.chain)?;
            self.settle()?;
            if let Some(until) = watch.until
                && self.until_holds(until)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The first second after `from`, up to `to`, at which a rule or `until` turns true, if one is true at `to`.
    fn first_turn(
        &mut self,
        from: Timestamp,
        to: Timestamp,
        watch: Watch<'_>,
    ) -> Flow<Option<Timestamp>> {
        let plan = Arc::clone(self.plan);
        let mut first: Option<Timestamp> = None;
        for (index, rule) in plan.rules.iter().enumerate() {
            if self.rules[index].was_true {
                continue;
            }
            // Something that turned true earlier is all that matters, so later ones are looked at up to there only.
            let end = first.unwrap_or(to);
            let turned = self.turn(from, end, &mut |runner: &mut Self| {
                let is_true = runner.is_true(index, rule)?;
                Ok(runner.would_fire(index, rule, is_true))
            })?;
            first = turned.or(first);
        }
        if let Some(until) = watch.until {
            let end = first.unwrap_or(to);
            let turned =
                self.turn(from, end, &mut |runner: &mut Self| runner.until_holds(until))?;
            first = turned.or(first);
        }
        Ok(first)
    }

    /// Bisects to the second at which something that is false at `from` turned true, if it is true at `to`.
    fn turn(
        &mut self,
        from: Timestamp,
        to: Timestamp,
        is_true: &mut dyn FnMut(&mut Self) -> Flow<bool>,
    ) -> Flow<Option<Timestamp>> {
        if !self.at(to, is_true)? {
            return Ok(None);
        }
        let (mut low, mut high) = (from.0, to.0);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.at(Timestamp(middle), is_true)? {
                high = middle;
            } else {
                low = middle;
            }
        }
        Ok(Some(Timestamp(high)))
    }

    /// Asks something as of another time, and puts the clock back.
    fn at(&mut self, time: Timestamp, ask: &mut dyn FnMut(&mut Self) -> Flow<bool>) -> Flow<bool> {
        let here = self.world.chain.snapshot();
        self.world.chain.set_now(time)?;
        let answer = ask(self);
        self.world.chain.restore(&here);
        answer
    }

    /// Notes what the rules' conditions are now, so that a later look can tell that they turned true.
    fn remember_rules(&mut self) -> Flow {
        let plan = Arc::clone(self.plan);
        for (index, rule) in plan.rules.iter().enumerate() {
            if self.rules[index].was_true {
                self.rules[index].was_true = self.is_true(index, rule)?;
            }
        }
        Ok(())
    }

    fn until_holds(&self, until: &Condition) -> Flow<bool> {
        match self.truth(&until.typed) {
            Ok(truth) => Ok(truth),
            Err(error) if error.is_engine() => Err(Stop::Engine(error.into())),
            // What cannot be evaluated is not true yet; reaching the limit says why.
            Err(_) => Ok(false),
        }
    }
}

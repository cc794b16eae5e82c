//! Rules: when … then ….

use std::sync::Arc;

use super::{
    carrier::Carrier,
    runner::{Flow, Runner, Stop},
};
use crate::{
    event::{Event, FailureKind},
    expr::{EvalError, Typed, Value, eval},
    plan::{Firing, Plan, Rule},
};

/// How often rules may fire at one instant before it is clear that they never settle.
const MAX_FIRINGS: usize = 1_000;

impl<C: Carrier> Runner<'_, C> {
    /// Looks at the rules, fires the first of which it is time, and so on until there is none.
    ///
    /// A firing makes blocks, and after each of them all conditions are looked at again: one that turned false and true
    /// again has turned true.
    pub(super) fn settle(&mut self) -> Flow {
        let plan = Arc::clone(self.plan);
        if !plan.rules.is_empty() {
            self.carrier.look()?;
        }
        let mut firings = vec![0_usize; plan.rules.len()];
        while let Some(index) = self.next_to_fire(&plan)? {
            firings[index] += 1;
            if firings.iter().sum::<usize>() > MAX_FIRINGS {
                return Err(self.never_settles(&plan, &firings));
            }
            self.fire(index, &plan.rules[index])?;
        }
        Ok(())
    }

    /// Looks at every rule, and yields the first that fires.
    fn next_to_fire(&mut self, plan: &Plan) -> Flow<Option<usize>> {
        let mut first = None;
        for (index, rule) in plan.rules.iter().enumerate() {
            let is_true = self.is_true(index, rule)?;
            if !is_true {
                self.rules[index].was_true = false;
            } else if first.is_none() && self.would_fire(index, rule, is_true) {
                first = Some(index);
            }
        }
        if let Some(index) = first {
            self.rules[index].was_true = true;
        }
        Ok(first)
    }

    /// Whether a rule fires, given whether its condition is true now.
    pub(super) fn would_fire(&self, index: usize, rule: &Rule, is_true: bool) -> bool {
        let state = self.rules[index];
        is_true
            && match rule.firing {
                Firing::Edge => !state.was_true,
                Firing::Once => !state.fired,
                Firing::Repeat => state.fired_in != Some(self.world.chain.block_number()),
            }
    }

    fn fire(&mut self, index: usize, rule: &Rule) -> Flow {
        self.check_cancelled()?;
        let state = &mut self.rules[index];
        state.fired = true;
        state.fired_in = Some(self.world.chain.block_number());
        self.events.push(Event::RuleFired {
            site: Arc::clone(&rule.site),
            rule: Arc::clone(&rule.name),
            at: self.world.chain.now(),
        });
        // `last` in the steps of the scenario is what a step returned, whatever rules did in between.
        let last = self.world.last().cloned();
        for step in &rule.then {
            self.step(step, Some(&rule.name))?;
        }
        if let Some(last) = last {
            self.world.set_last(last);
        }
        Ok(())
    }

    /// Whether the condition of a rule is true; one that has no value is false, and that is said.
    pub(super) fn is_true(&mut self, index: usize, rule: &Rule) -> Flow<bool> {
        match self.truth(&rule.when.typed) {
            Ok(truth) => Ok(truth),
            Err(error) if error.is_engine() => Err(Stop::Engine(error.into())),
            Err(error) => {
                let reason = super::explain::eval_error(self, &error);
                self.say_unclear(index, rule, reason);
                Ok(false)
            }
        }
    }

    /// Evaluates a condition.
    pub(super) fn truth(&self, condition: &Typed) -> Result<bool, EvalError> {
        Ok(matches!(eval(condition, &self.world)?, Value::Bool(true)))
    }

    fn say_unclear(&mut self, index: usize, rule: &Rule, reason: String) {
        if self.said.insert((index, reason.clone())) {
            self.events.push(Event::RuleUnclear {
                site: Arc::clone(&rule.site),
                rule: Arc::clone(&rule.name),
                reason,
                at: self.world.chain.now(),
            });
        }
    }

    fn never_settles(&mut self, plan: &Plan, firings: &[usize]) -> Stop {
        let (culprit, _) = firings
            .iter()
            .enumerate()
            .max_by_key(|(_, count)| **count)
            .expect("a rule fired, so there is one");
        let rule = &plan.rules[culprit];
        let mut failure = self.failure(
            &rule.site,
            rule.when.typed.span,
            FailureKind::Unsettled,
            format!(
                "the rules did not settle: they fired more than {MAX_FIRINGS} times at one instant"
            ),
        );
        failure.notes = plan
            .rules
            .iter()
            .zip(firings)
            .filter(|(_, count)| **count > 0)
            .map(|(rule, count)| format!("rule `{}` fired {count} times", rule.name))
            .collect();
        self.fail(failure)
    }
}

//! Who signs typed data.

use std::collections::BTreeSet;

use super::types::{Act, ActorKind, Condition, Expect, Origin, Plan, Step, StepKind, TimeSpec};
use crate::expr::{ActorId, Kind, RevertPattern, Typed};

impl Plan {
    /// The actors that sign typed data somewhere in the scenario (`sign`, `permit`).
    pub fn signing(&self) -> BTreeSet<ActorId> {
        let mut found = Signing::default();
        for actor in &self.actors {
            found.look(&actor.balance);
            if let ActorKind::Contract(contract) = &actor.kind {
                found.look(&contract.args);
            }
        }
        self.tokens
            .iter()
            .for_each(|token| found.look(token.mint.iter().map(|(_, amount)| amount)));
        for instance in &self.instances {
            match &instance.origin {
                Origin::Deploy { args, value, .. } => found.look(args.iter().chain(value)),
                Origin::At(place) => found.look([place]),
            }
        }
        found.look(self.lets.iter().map(|chosen| &chosen.value));
        found.steps(&self.steps);
        for rule in &self.rules {
            found.conditions([&rule.when]);
            found.steps(&rule.then);
        }
        if let Some(until) = &self.until {
            found.conditions([&until.condition]);
            found.time(&until.within);
        }
        found.conditions(self.always.iter().chain(&self.ensures));
        found.actors
    }
}

/// What was found so far.
#[derive(Default)]
struct Signing {
    actors: BTreeSet<ActorId>,
}

impl Signing {
    fn look<'a>(&mut self, expressions: impl IntoIterator<Item = &'a Typed>) {
        for typed in expressions {
            if let Kind::Sign { actor, .. } | Kind::Permit { actor, .. } = &typed.kind {
                self.actors.insert(*actor);
            }
            self.look(typed.parts());
        }
    }

    fn conditions<'a>(&mut self, conditions: impl IntoIterator<Item = &'a Condition>) {
        self.look(conditions.into_iter().map(|condition| &condition.typed));
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match &step.kind {
                StepKind::Act(act) => self.act(act),
                StepKind::Together(acts) => acts.iter().for_each(|act| self.act(act)),
                StepKind::Wait(time) | StepKind::At(time) => self.time(time),
                StepKind::Check(conditions) => self.conditions(conditions),
                StepKind::Repeat { times, every, steps } => {
                    self.look([times]);
                    every.iter().for_each(|time| self.time(time));
                    self.steps(steps);
                }
            }
        }
    }

    fn act(&mut self, act: &Act) {
        self.look(act.action.parts());
        self.look(act.value.iter().chain(&act.gas_limit));
        act.by.iter().for_each(|time| self.time(time));
        self.expect(&act.expect);
    }

    fn expect(&mut self, expect: &Expect) {
        for event in &expect.emits {
            self.look(event.emitter.iter().chain(event.fields.iter().flatten()));
        }
        let changes = expect.changes.iter().flat_map(|changes| &changes.entries);
        self.look(changes.map(|change| &change.amount));
        self.look(expect.gas.iter().map(|gas| &gas.bound));
        self.look(&expect.returns);
        match &expect.reverts {
            Some((RevertPattern::Panic(code), _)) => self.look(code),
            Some((RevertPattern::Error { args, .. }, _)) => self.look(args.iter().flatten()),
            Some((RevertPattern::Any | RevertPattern::Message(_), _)) | None => {}
        }
    }

    fn time(&mut self, time: &TimeSpec) {
        match time {
            TimeSpec::Date(_) => {}
            TimeSpec::Seconds(seconds) => self.look([seconds]),
            TimeSpec::Months { anchor, then, .. } => self.look(anchor.iter().chain(then)),
        }
    }
}

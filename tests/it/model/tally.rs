//! What happened in many scripts, and what should have happened and did not.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
};

use super::{
    UNSEEN,
    abi::{Event, Fault, Value},
    cast::Who,
    facts::Facts,
    harness::Model,
};

/// What only the contract itself may call.
const INTERNAL: [&str; 6] = ["push", "pushPair", "relay", "pushItem", "pushTitle", "take"];

/// What happened in many scripts.
#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    pub(super) scripts: u64,
    /// Calls that succeeded and that reverted, by function.
    functions: BTreeMap<String, (u64, u64)>,
    errors: BTreeMap<String, u64>,
    events: BTreeMap<String, u64>,
    statuses: BTreeMap<String, u64>,
}

impl Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} scripts, {} % of the calls succeed", self.scripts, self.success())?;
        for (name, (good, bad)) in &self.functions {
            writeln!(f, "  {name}: {good} succeed, {bad} revert")?;
        }
        let told = |counts: &BTreeMap<String, u64>| {
            counts
                .iter()
                .map(|(name, count)| format!("{name} {count}"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        writeln!(f, "  errors: {}", told(&self.errors))?;
        writeln!(f, "  events: {}", told(&self.events))?;
        writeln!(f, "  states: {}", told(&self.statuses))
    }
}

impl Coverage {
    /// The share of calls that succeeded, in percent.
    fn success(&self) -> u64 {
        let (good, bad) =
            self.functions.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        100 * good / (good + bad).max(1)
    }

    /// What the scripts should have tried and did not, if there are enough of them to tell.
    pub(super) fn gaps<M: Model>(&self, facts: &Facts) -> Vec<String> {
        if self.scripts < 4_000 {
            return Vec::new();
        }
        let often = self.scripts / 4_000;
        let mut gaps = Vec::new();
        if self.success() < 40 {
            gaps.push(format!("only {} % of the calls succeed", self.success()));
        }
        for name in facts.acts().filter(|name| !INTERNAL.contains(name)) {
            let (good, bad) = self.functions.get(name).copied().unwrap_or_default();
            let enough = good >= often || M::FUTILE.contains(&name);
            if !enough || bad < often {
                gaps.push(format!("{name} succeeds {good} times and reverts {bad} times"));
            }
        }
        for name in facts.own_errors().chain(facts.events()) {
            let seen = self.errors.contains_key(name) || self.events.contains_key(name);
            if !seen && !M::UNSEEN.contains(&name) && !UNSEEN.contains(&name) {
                gaps.push(format!("{name} is never seen"));
            }
        }
        for name in M::STATUSES {
            if self.statuses.get(*name).is_none_or(|count| *count < often) {
                gaps.push(format!("{name} is hardly ever reached"));
            }
        }
        gaps
    }

    /// Adds what happened in other scripts.
    pub(super) fn add(&mut self, other: &Self) {
        self.scripts += other.scripts;
        for (name, (good, bad)) in &other.functions {
            let sum = self.functions.entry(name.clone()).or_default();
            *sum = (sum.0 + good, sum.1 + bad);
        }
        for (name, count) in &other.errors {
            *self.errors.entry(name.clone()).or_default() += count;
        }
        for (name, count) in &other.events {
            *self.events.entry(name.clone()).or_default() += count;
        }
        for (name, count) in &other.statuses {
            *self.statuses.entry(name.clone()).or_default() += count;
        }
    }

    /// Counts a call of this function.
    pub(super) fn called(&mut self, name: &str, result: &Result<Vec<Value>, Fault>) {
        if !self.functions.contains_key(name) {
            self.functions.insert(name.to_owned(), (0, 0));
        }
        let count = self.functions.get_mut(name).expect("it was just put there");
        match result {
            Ok(_) => count.0 += 1,
            Err(fault) => {
                count.1 += 1;
                bump(&mut self.errors, fault.name);
            }
        }
    }

    /// Counts what the contract told.
    pub(super) fn told(&mut self, event: &Event) {
        if event.by == Who::CONTRACT {
            bump(&mut self.events, event.name);
        }
    }

    /// Counts a state that an agreement is in.
    pub(super) fn reached(&mut self, status: &str) {
        bump(&mut self.statuses, status);
    }
}

fn bump(counts: &mut BTreeMap<String, u64>, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => drop(counts.insert(name.to_owned(), 1)),
    }
}

//! Runs scripts on a model and on the real contract side by side, and says where they part.

use std::fmt::Write;

use alloy_primitives::Bytes;
use covenant_chain::{Log, Outcome, Timestamp};

use super::{
    abi::{Event, Fault, Value},
    cast::{ASSETS, Who},
    dice::Dice,
    harness::Model,
    script::{Step, drawn},
    tally::Coverage,
    world::{START, World, variable},
};

/// A difference between model and contract, or an invariant that does not hold.
#[derive(Clone, Debug)]
pub(super) struct Difference(String);

impl Difference {
    /// What it has in common with others: the words without numbers and without what is in parentheses.
    pub(super) fn kind(&self) -> String {
        let mut depth = 0_usize;
        let mut kind = self.0.clone();
        kind.retain(|letter| {
            depth += usize::from(letter == '(');
            let outside = depth == 0;
            depth -= usize::from(letter == ')').min(depth);
            outside && !letter.is_ascii_digit()
        });
        kind
    }
}

/// Runs scripts one after the other.
pub(super) struct Runner<M: Model> {
    world: World,
    pub(super) coverage: Coverage,
    /// The agreements and steps of the present script, with what came of each.
    terms: String,
    pub(super) steps: Vec<Step<M::Act>>,
    results: Vec<String>,
    talks: bool,
}

impl<M: Model> Runner<M> {
    /// A runner that has run nothing.
    pub(super) fn new(world: World) -> Self {
        Self {
            world,
            coverage: Coverage::default(),
            terms: String::new(),
            steps: Vec::new(),
            results: Vec::new(),
            talks: variable("COVENANT_MODEL_SEED").is_some(),
        }
    }

    /// A script as its seed says.
    pub(super) fn script(&mut self, seed: u64) -> Result<(), Difference> {
        let mut dice = Dice::new(seed);
        let mut model = self.begin(&mut dice);
        self.coverage.scripts += 1;
        let length = 4 + dice.below(M::STEPS - 4);
        for _ in 0..length {
            if model.is_over() && dice.chance(50) {
                break;
            }
            let step = drawn(&mut model, &mut dice);
            self.steps.push(step.clone());
            self.step(&mut model, &step)?;
        }
        self.end(model)
    }

    /// The agreements of that seed with other steps.
    fn again(&mut self, seed: u64, steps: &[Step<M::Act>]) -> Result<(), Difference> {
        let mut model = self.begin(&mut Dice::new(seed));
        for step in steps {
            self.steps.push(step.clone());
            self.step(&mut model, step)?;
        }
        self.end(model)
    }

    fn begin(&mut self, dice: &mut Dice) -> M {
        self.world.reset();
        self.steps.clear();
        self.results.clear();
        let mut model = M::new(&self.world.facts, dice);
        self.world.set_facts(model.facts());
        model.set_now(START);
        if self.talks {
            self.world.name_agents();
            self.terms = model.terms();
        }
        model
    }

    /// Both do the same; then they are the same.
    fn step(&mut self, model: &mut M, step: &Step<M::Act>) -> Result<(), Difference> {
        self.world.chain.set_now(Timestamp(step.at)).expect("steps are in order");
        model.set_now(step.at);
        let before = model.clone();
        let (calls, main) = model.calls(step.caller, &step.act);
        let expected = model.apply(step.caller, &step.act);
        if expected.is_err() {
            *model = before.clone();
        }
        self.coverage.called(M::function(&step.act), &expected);
        let mut outcomes =
            calls.into_iter().map(|it| self.world.send(it.from, it.to, it.input, it.value));
        let receipt = outcomes.by_ref().nth(main).expect("there is a main call");
        outcomes.for_each(drop);
        if self.talks {
            self.results.push(self.world.told(&receipt.outcome));
        }
        self.same_outcome(&expected, &receipt.outcome)?;
        let events = &model.books().events[before.books().events.len()..];
        self.same_events(events, &receipt.logs)?;
        for event in events {
            self.coverage.told(event);
        }
        if expected.is_ok() || step.look {
            self.same_views(model, (!step.look).then_some(&step.act))?;
            self.same_balances(model)?;
        }
        if let Some(broken) = expected.is_ok().then(|| broken(model, &before, step)).flatten() {
            return Err(Difference(format!("{broken} does not hold")));
        }
        for status in model.statuses() {
            self.coverage.reached(status);
        }
        Ok(())
    }

    /// A stranger ends everything by waiting (I-5).
    fn end(&mut self, mut model: M) -> Result<(), Difference> {
        for _ in 0..M::CLOSING_STEPS {
            let Some((at, act)) = model.closing() else { break };
            let step = Step { at, caller: Who::STRANGER, act, look: true };
            self.steps.push(step.clone());
            self.step(&mut model, &step)?;
        }
        if model.closing().is_some() {
            return Err(Difference("I-5 does not hold: time alone does not end it".to_owned()));
        }
        Ok(())
    }

    fn same_outcome(
        &self,
        expected: &Result<Vec<Value>, Fault>,
        outcome: &Outcome,
    ) -> Result<(), Difference> {
        let facts = &self.world.facts;
        let same = match (expected, outcome) {
            (Ok(values), Outcome::Success { output, .. }) => {
                facts.encode(values).as_slice() == output.as_ref()
            }
            (Err(fault), Outcome::Revert { data }) => fault.is(&facts.revert_data(fault), data),
            _ => false,
        };
        if same {
            return Ok(());
        }
        let expected = match expected {
            Ok(values) => format!("succeeds with {}", Bytes::from(facts.encode(values))),
            Err(fault) => {
                format!("reverts with {}", self.world.told_revert(&facts.revert_data(fault)))
            }
        };
        Err(Difference(format!(
            "by the model it {expected}; on the chain it {}",
            self.world.told(outcome)
        )))
    }

    /// The contract, and the leases that it is bound to, tell what the model does, in the same order.
    fn same_events(&self, events: &[Event], logs: &[Log]) -> Result<(), Difference> {
        let facts = &self.world.facts;
        let expected: Vec<Log> = events.iter().map(|event| facts.log(event)).collect();
        let logs: Vec<Log> = logs.iter().filter(|log| facts.is_told(log)).cloned().collect();
        if expected == logs {
            return Ok(());
        }
        let told = |logs: &[Log]| {
            logs.iter().map(|log| self.world.told_log(log)).collect::<Vec<_>>().join(", ")
        };
        Err(Difference(format!(
            "by the model it tells [{}]; on the chain it tells [{}]",
            told(&expected),
            told(&logs)
        )))
    }

    fn same_views(&self, model: &M, touched: Option<&M::Act>) -> Result<(), Difference> {
        for view in model.views(touched) {
            let answer = self.world.view_of(view.of, view.input.clone());
            if !view.is(&answer) {
                let parted = view.parted(&answer);
                return Err(Difference(format!("{} on the chain: {parted}", view.name)));
            }
        }
        Ok(())
    }

    fn same_balances(&self, model: &M) -> Result<(), Difference> {
        for asset in ASSETS {
            for who in Who::all() {
                let (by_model, on_chain) =
                    (model.books().balance(asset, who), self.world.balance(asset, who));
                if by_model != on_chain {
                    return Err(Difference(format!(
                        "the balance of {who} in {asset} is {by_model} by the model and {on_chain} on the chain"
                    )));
                }
            }
        }
        Ok(())
    }

    /// The script of a seed that shows a difference, without the steps that are not needed for one.
    pub(super) fn shrunk(&mut self, seed: u64) -> String {
        self.talks = true;
        let mut found = match self.script(seed) {
            Err(difference) => difference,
            Ok(()) => return format!("the script with seed {seed} does not fail again"),
        };
        let mut steps = self.steps.clone();
        let mut size = steps.len().div_ceil(2);
        while size > 0 {
            let mut from = steps.len().saturating_sub(size);
            let mut dropped = false;
            loop {
                let mut fewer = steps.clone();
                let until = (from + size).min(fewer.len());
                fewer.drain(from.min(until)..until);
                // What ends a script comes back by itself: without that, nothing was dropped.
                if let Err(difference) = self.again(seed, &fewer)
                    && self.steps.len() < steps.len()
                {
                    found = difference;
                    steps.clone_from(&self.steps);
                    dropped = true;
                }
                if from == 0 {
                    break;
                }
                from = from.saturating_sub(size);
            }
            if !(dropped && size == 1) {
                size /= 2;
            }
        }
        let _ = self.again(seed, &steps);
        format!(
            "{} parts from its model with seed {seed}: {}\n{}\nrun it again with COVENANT_MODEL_SEED={seed}",
            M::CONTRACT,
            found.0,
            self.told()
        )
    }

    /// The present script in words.
    pub(super) fn told(&self) -> String {
        let mut text = format!("{}\n", self.terms);
        for (index, step) in self.steps.iter().enumerate() {
            let result = self.results.get(index).map_or("", String::as_str);
            writeln!(text, "  {step}\n      {result}").expect("text can be written");
        }
        text
    }
}

/// What must hold in every contract, by its number in INVARIANTS.md.
fn broken<M: Model>(model: &M, before: &M, step: &Step<M::Act>) -> Option<String> {
    if !model.is_solvent() {
        return Some("I-2".to_owned());
    }
    model.broken(before, step.caller, &step.act)
}

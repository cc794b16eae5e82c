//! Runs random scripts on a model and on the real contract side by side, and says where they part.

use std::{
    collections::BTreeMap,
    fmt::{self, Display, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use alloy_primitives::{Bytes, U256};
use covenant_chain::{Log, Outcome, Timestamp};
use covenant_compile::Build;

use super::{
    UNSEEN,
    abi::{Event, Fault, Value},
    books::Books,
    cast::{ASSETS, Who},
    dice::Dice,
    world::{Facts, START, World, variable},
};

/// A contract as a pure state machine, and how to call the real one.
pub(super) trait Model: Clone + Send {
    /// What somebody does.
    type Act: Clone + Display + Send;

    /// The contract that it is a model of.
    const CONTRACT: &'static str;
    /// The contract's EIP-712 name.
    const DOMAIN: &'static str;

    /// A fresh model with random agreements, none of which is on record.
    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self;

    /// The agreements in words.
    fn terms(&self) -> String;

    /// Moves the clock.
    fn set_now(&mut self, now: u64);

    /// The moments around which something changes.
    fn moments(&self) -> Vec<u64>;

    /// What somebody might do now.
    fn draw(&self, dice: &mut Dice) -> (Who, Self::Act);

    /// The name by which an act is counted: that of the function it calls.
    fn function(act: &Self::Act) -> &'static str;

    /// The calls that make up an act in the present state. The one that is compared is the one at the given place.
    fn calls(&self, caller: Who, act: &Self::Act) -> (Vec<Sent>, usize);

    /// Does it: what the call returns, or why it reverts. After a revert the model is of no use any more.
    fn apply(&mut self, caller: Who, act: &Self::Act) -> Result<Vec<Value>, Fault>;

    /// What the contract's views must answer: all, or only those about what an act was about.
    fn views(&self, touched: Option<&Self::Act>) -> Vec<View>;

    /// Whether nothing can happen any more.
    fn is_over(&self) -> bool;

    /// The money.
    fn books(&self) -> &Books;

    /// What must hold whatever happened: the first of INVARIANTS.md that does not.
    fn broken(&self, before: &Self, caller: Who, act: &Self::Act) -> Option<String>;

    /// The states of the agreements, in words.
    fn statuses(&self) -> Vec<&'static str>;

    /// When and how a stranger brings an agreement that is not over closer to its end.
    fn closing(&self) -> Option<(u64, Self::Act)>;

    /// How many calls of a stranger end every agreement, at most.
    const CLOSING_STEPS: usize;
    /// The states, every one of which must be reached.
    const STATUSES: &'static [&'static str];
    /// Errors and events of the contract, beside those of all, that no script can bring about.
    const UNSEEN: &'static [&'static str];
    /// The events that the model tells in [`Books::events`]; `None`: all that there are.
    const EVENTS: Option<&'static [&'static str]> = Some(&["Credited", "Withdrawn"]);
}

/// A call on its way.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) from: Who,
    pub(super) to: Who,
    pub(super) input: Bytes,
    pub(super) value: u128,
}

/// A view with the answer that is expected.
#[derive(Debug)]
pub(super) struct View {
    pub(super) name: String,
    /// Whose view it is.
    pub(super) of: Who,
    pub(super) input: Bytes,
    pub(super) answer: Vec<u8>,
    /// Words of the answer that say how the contract keeps its books, and are not compared.
    pub(super) unspoken: &'static [usize],
}

impl View {
    /// A view of something else than the contract.
    pub(super) fn of(
        facts: &Facts,
        of: Who,
        signature: &str,
        arguments: &[Value],
        answer: &[Value],
    ) -> Self {
        Self {
            name: format!("{signature} of {of}"),
            of,
            input: facts.foreign(signature, arguments),
            answer: facts.encode(answer),
            unspoken: &[],
        }
    }

    /// Where an answer is another one.
    fn parted(&self, answer: &[u8]) -> String {
        if answer.len() != self.answer.len() {
            return format!("{} bytes for {}", answer.len(), self.answer.len());
        }
        let words = answer.chunks(32).zip(self.answer.chunks(32)).enumerate();
        let told = |word: &[u8]| U256::from_be_slice(word);
        let parted = words.filter(|(_, (actual, expected))| actual != expected).map(
            |(index, (actual, expected))| {
                format!("word {index} is {}, by the model {}", told(actual), told(expected))
            },
        );
        parted.collect::<Vec<_>>().join("; ")
    }

    /// Whether this is the answer.
    fn is(&self, answer: &[u8]) -> bool {
        if self.unspoken.is_empty() {
            return answer == self.answer;
        }
        answer.len() == self.answer.len()
            && answer
                .chunks(32)
                .zip(self.answer.chunks(32))
                .enumerate()
                .all(|(index, (one, other))| one == other || self.unspoken.contains(&index))
    }
}

/// Something that somebody does at a time.
#[derive(Clone, Debug)]
pub(super) struct Step<A> {
    at: u64,
    caller: Who,
    act: A,
    /// Everything is looked at even if the call reverts.
    look: bool,
}

impl<A: Display> Display for Step<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{} {}: {}", self.at - START, self.caller, self.act)
    }
}

/// What only the contract itself may call.
const INTERNAL: [&str; 4] = ["push", "pushPair", "relay", "pushItem"];

/// What happened in many scripts.
#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    scripts: u64,
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
        if self.scripts < 10_000 {
            return Vec::new();
        }
        let often = self.scripts / 4_000;
        let mut gaps = Vec::new();
        if self.success() < 40 {
            gaps.push(format!("only {} % of the calls succeed", self.success()));
        }
        for name in facts.acts.iter().filter(|name| !INTERNAL.contains(&name.as_str())) {
            let (good, bad) = self.functions.get(name).copied().unwrap_or_default();
            if good < often || bad < often {
                gaps.push(format!("{name} succeeds {good} times and reverts {bad} times"));
            }
        }
        let told = facts.event_names().filter(|_| M::EVENTS.is_none());
        for name in facts.own_errors.iter().map(String::as_str).chain(told) {
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

    fn add(&mut self, other: &Self) {
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

    fn called(&mut self, name: &str, result: &Result<Vec<Value>, Fault>) {
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
}

fn bump(counts: &mut BTreeMap<String, u64>, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => drop(counts.insert(name.to_owned(), 1)),
    }
}

/// Runs this many scripts, on all cores, and checks that they try everything. Panics at the first that shows a
/// difference, made as short as it can be. Else it says what they did.
pub(super) fn run<M: Model>(build: &Build, scripts: u64) -> String {
    if let Some(seed) = number("COVENANT_MODEL_SEED") {
        return replay::<M>(build, seed);
    }
    if variable("COVENANT_MODEL_SURVEY").is_some() {
        return survey::<M>(build, scripts);
    }
    let world = World::new(build, M::CONTRACT, M::DOMAIN);
    let coverage = compare::<M>(&world, scripts).unwrap_or_else(|report| panic!("{report}"));
    let gaps = coverage.gaps::<M>(&world.facts);
    assert!(gaps.is_empty(), "the scripts do not try everything: {gaps:#?}\n{coverage}");
    format!("{}: {coverage}", M::CONTRACT)
}

/// How many scripts are run: `COVENANT_MODEL_SCRIPTS`, or this many.
pub(super) fn scripts(usual: u64) -> u64 {
    number("COVENANT_MODEL_SCRIPTS").unwrap_or(usual)
}

fn root_seed() -> u64 {
    number("COVENANT_MODEL_ROOT").unwrap_or(1)
}

fn number(name: &str) -> Option<u64> {
    let text = variable(name)?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

/// Runs this many scripts, on all cores: what they did, or the report of the first by number that shows a difference.
fn compare<M: Model>(world: &World, scripts: u64) -> Result<Coverage, String> {
    let root = root_seed();
    let stop = AtomicBool::new(false);
    let workers = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let work = |worker: u64| {
        let mut runner = Runner::<M>::new(world.clone());
        let mut index = worker;
        while index < scripts && !stop.load(Ordering::Relaxed) {
            let seed = script_seed(root, index);
            if runner.script(seed).is_err() {
                stop.store(true, Ordering::Relaxed);
                return Err((index, runner.shrunk(seed)));
            }
            index += workers;
        }
        Ok(runner.coverage)
    };
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        threads.into_iter().map(|it| it.join().expect("a worker does not panic")).collect()
    });
    let mut coverage = Coverage::default();
    let mut first: Option<(u64, String)> = None;
    for result in results {
        match result {
            Ok(part) => coverage.add(&part),
            Err(found) if first.as_ref().is_none_or(|it| found.0 < it.0) => first = Some(found),
            Err(_) => {}
        }
    }
    match first {
        None => Ok(coverage),
        Some((index, report)) => Err(format!("after {index} scripts: {report}")),
    }
}

/// A script for every kind of difference in so many scripts.
fn survey<M: Model>(build: &Build, scripts: u64) -> String {
    let mut runner = Runner::<M>::new(World::new(build, M::CONTRACT, M::DOMAIN));
    let mut kinds: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for index in 0..scripts {
        let seed = script_seed(root_seed(), index);
        if let Err(difference) = runner.script(seed) {
            let last = runner.steps.last().map_or("", |step| M::function(&step.act));
            kinds.entry(format!("{last}: {}", difference.kind())).or_insert((seed, 0)).1 += 1;
        }
    }
    let told = kinds.into_iter().map(|(kind, (seed, count))| {
        format!("==== {count} times {kind}\n{}\n", runner.shrunk(seed))
    });
    told.collect()
}

/// Runs one script and tells it.
fn replay<M: Model>(build: &Build, seed: u64) -> String {
    let mut runner = Runner::<M>::new(World::new(build, M::CONTRACT, M::DOMAIN));
    let result = runner.script(seed);
    if result.is_err() {
        panic!("{}", runner.shrunk(seed));
    }
    runner.told()
}

fn script_seed(root: u64, index: u64) -> u64 {
    Dice::new(root.rotate_left(32) ^ index).next()
}

/// A difference between model and contract, or an invariant that does not hold.
#[derive(Clone, Debug)]
struct Difference(String);

impl Difference {
    /// What it has in common with others: the words without numbers and without what is in parentheses.
    fn kind(&self) -> String {
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
struct Runner<M: Model> {
    world: World,
    coverage: Coverage,
    /// The agreements and steps of the present script, with what came of each.
    terms: String,
    steps: Vec<Step<M::Act>>,
    results: Vec<String>,
    talks: bool,
}

impl<M: Model> Runner<M> {
    fn new(world: World) -> Self {
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
    fn script(&mut self, seed: u64) -> Result<(), Difference> {
        let mut dice = Dice::new(seed);
        let mut model = self.begin(&mut dice);
        self.coverage.scripts += 1;
        let length = 4 + dice.below(20);
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
        model.set_now(START);
        if self.talks {
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
            bump(&mut self.coverage.events, event.name);
        }
        if expected.is_ok() || step.look {
            self.same_views(model, (!step.look).then_some(&step.act))?;
            self.same_balances(model)?;
        }
        if let Some(broken) = expected.is_ok().then(|| broken(model, &before, step)).flatten() {
            return Err(Difference(format!("{broken} does not hold")));
        }
        for status in model.statuses() {
            bump(&mut self.coverage.statuses, status);
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

    /// The contract tells what the model does; in the same order, if the model tells everything.
    fn same_events(&self, events: &[Event], logs: &[Log]) -> Result<(), Difference> {
        let facts = &self.world.facts;
        let mut expected: Vec<Log> = events.iter().map(|event| facts.log(event)).collect();
        let mut logs: Vec<Log> =
            logs.iter().filter(|log| facts.is_told(log, M::EVENTS)).cloned().collect();
        if M::EVENTS.is_some() {
            for list in [&mut expected, &mut logs] {
                list.sort_by(|one, other| {
                    (&one.topics, &one.data).cmp(&(&other.topics, &other.data))
                });
            }
        }
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
    fn shrunk(&mut self, seed: u64) -> String {
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
    fn told(&self) -> String {
        let mut text = format!("{}\n", self.terms);
        for (index, step) in self.steps.iter().enumerate() {
            let result = self.results.get(index).map_or("", String::as_str);
            writeln!(text, "  {step}\n      {result}").expect("text can be written");
        }
        text
    }
}

/// What happens next: time passes, often to a moment when something changes, and somebody does something, often
/// something that works.
fn drawn<M: Model>(model: &mut M, dice: &mut Dice) -> Step<M::Act> {
    let at = next_time(model, dice);
    model.set_now(at);
    let tries = if dice.chance(70) { 5 } else { 1 };
    let mut drawn = model.draw(dice);
    for _ in 1..tries {
        if model.clone().apply(drawn.0, &drawn.1).is_ok() {
            break;
        }
        drawn = model.draw(dice);
    }
    // Nobody has the key of the zero address, and no contract calls itself.
    let caller = match drawn.0 {
        Who::NOBODY | Who::CONTRACT | Who::LEASE | Who::CODELESS => Who::STRANGER,
        caller => caller,
    };
    Step { at, caller, act: drawn.1, look: dice.chance(25) }
}

/// Mostly the same moment, or a little later; often one of the next moments when something changes, or a second off.
fn next_time<M: Model>(model: &M, dice: &mut Dice) -> u64 {
    let now = model.books().now;
    let choice = dice.below(100);
    if choice < 70 {
        return now;
    }
    if choice < 80 {
        return now + 1 + dice.below(20);
    }
    let mut moments: Vec<u64> = model
        .moments()
        .into_iter()
        .flat_map(|moment| [moment.saturating_sub(1), moment, moment + 1])
        .filter(|moment| *moment >= now && *moment < START + (1 << 38))
        .collect();
    moments.sort_unstable();
    moments.dedup();
    moments.truncate(if choice < 93 { 4 } else { 12 });
    if moments.is_empty() { now } else { dice.pick(&moments) }
}

/// What must hold in every contract, by its number in INVARIANTS.md.
fn broken<M: Model>(model: &M, before: &M, step: &Step<M::Act>) -> Option<String> {
    if !model.books().is_solvent_to_the_unit() {
        return Some("I-2".to_owned());
    }
    model.broken(before, step.caller, &step.act)
}

/// A view of the contract with the answer that is expected.
pub(super) fn view(facts: &Facts, name: &str, arguments: &[Value], answer: &[Value]) -> View {
    View {
        name: name.to_owned(),
        of: Who::CONTRACT,
        input: facts.calldata(name, arguments),
        answer: facts.encode(answer),
        unspoken: &[],
    }
}

/// What the views of the ledger must answer, for these assets.
pub(super) fn ledger_views(facts: &Facts, books: &Books, assets: &[Who], views: &mut Vec<View>) {
    for asset in assets {
        let owed = asset.asset().map_or(U256::ZERO, |index| books.liabilities[index]);
        views.push(view(facts, "liabilities", &[(*asset).into()], &[owed.into()]));
        for who in Who::PARTIES {
            let credit = books.credit_of(*asset, who);
            // Who is owed nothing is looked at through `liabilities`, of which it would be a part.
            if !credit.is_zero() {
                let arguments = [(*asset).into(), who.into()];
                views.push(view(facts, "creditOf", &arguments, &[credit.into()]));
            }
        }
    }
}

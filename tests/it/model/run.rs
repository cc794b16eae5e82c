//! Runs random scripts on a model and on the real contract, on all cores.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use covenant_compile::Build;

use super::{
    dice::Dice,
    harness::Model,
    runner::Runner,
    tally::Coverage,
    world::{World, variable},
};

/// Runs this many scripts, on all cores, and checks that they try everything. Panics at the first that shows a
/// difference, made as short as it can be. Else it says what they did.
pub(super) fn run<M: Model>(build: &Build, scripts: u64) -> String {
    if let Some(seed) = number("COVENANT_MODEL_SEED") {
        return replay::<M>(build, seed);
    }
    if variable("COVENANT_MODEL_SURVEY").is_some() {
        return survey::<M>(build, scripts);
    }
    let world = World::new(build, M::CONTRACT, M::DOMAIN, &M::SETTING);
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
    let mut runner = Runner::<M>::new(World::new(build, M::CONTRACT, M::DOMAIN, &M::SETTING));
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
    let mut runner = Runner::<M>::new(World::new(build, M::CONTRACT, M::DOMAIN, &M::SETTING));
    let result = runner.script(seed);
    if result.is_err() {
        panic!("{}", runner.shrunk(seed));
    }
    runner.told()
}

fn script_seed(root: u64, index: u64) -> u64 {
    Dice::new(root.rotate_left(32) ^ index).next()
}

//! Tests are run on all processors and told in order.

use std::sync::{
    atomic::{AtomicUsize, Ordering},
    mpsc::{Receiver, channel},
};

use covenant_chain::ChainError;
use covenant_report::model::{Detail, ScenarioReport, Status};
use covenant_scenario::run::{RunError, RunOptions, run};

use super::tests_of::{Task, Test};
use crate::{
    exit::{Exit, Failure},
    interrupt::interrupted,
};

/// How tests are run.
#[derive(Clone, Debug)]
pub(super) struct PlayOptions {
    /// What each run is told.
    pub(super) run: RunOptions,
    /// How much of each run is decoded.
    pub(super) detail: Detail,
    /// How many run at once; as many as there are processors without a number.
    pub(super) threads: Option<u16>,
    /// What happens after a test that did not pass.
    pub(super) after_failure: AfterFailure,
}

/// What happens after a test that did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterFailure {
    /// The others are run.
    GoOn,
    /// No further ones are run.
    Stop,
}

/// Runs the tests and tells each, in order, as soon as those before it are told. Yields the reports of all that were
/// told: fewer than there are tests when the user interrupted, or when one failed and no further ones were wanted.
///
/// # Errors
/// When the machine refuses to start threads.
pub(super) fn play(
    tests: &[Test],
    options: &PlayOptions,
    mut tell: impl FnMut(&Test, &ScenarioReport),
) -> Result<Vec<ScenarioReport>, Failure> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads.map_or(0, usize::from))
        .build()
        .map_err(|error| Failure::new(Exit::Internal, format!("cannot start threads: {error}")))?;
    // Tests after the first that failed are not told, so they need not be run.
    let last = AtomicUsize::new(usize::MAX);
    let (sender, receiver) = channel();
    let mut told = Vec::new();
    pool.in_place_scope_fifo(|scope| {
        for (place, test) in tests.iter().enumerate() {
            let (sender, last) = (sender.clone(), &last);
            scope.spawn_fifo(move |_| {
                if !interrupted() && place <= last.load(Ordering::SeqCst) {
                    let report = play_one(test, options);
                    if options.after_failure == AfterFailure::Stop
                        && !matches!(&report, Some(r) if r.status == Status::Passed)
                    {
                        last.fetch_min(place, Ordering::SeqCst);
                    }
                    // Nobody listens any more when telling has stopped.
                    let _ = sender.send((place, report));
                }
            });
        }
        drop(sender);
        told = in_order(&receiver, tests, options.after_failure, &mut tell);
    });
    Ok(told)
}

/// Tells what arrives in any order in the order of the tests, up to the first that is missing.
fn in_order(
    receiver: &Receiver<(usize, Option<ScenarioReport>)>,
    tests: &[Test],
    after_failure: AfterFailure,
    tell: &mut impl FnMut(&Test, &ScenarioReport),
) -> Vec<ScenarioReport> {
    let mut waiting: Vec<Option<ScenarioReport>> = tests.iter().map(|_| None).collect();
    let mut told: Vec<ScenarioReport> = Vec::new();
    let ended = |told: &[ScenarioReport]| {
        after_failure == AfterFailure::Stop
            && told.last().is_some_and(|report| report.status != Status::Passed)
    };
    for (place, report) in receiver {
        waiting[place] = report;
        while !ended(&told)
            && let Some(report) = waiting.get_mut(told.len()).and_then(Option::take)
        {
            tell(&tests[told.len()], &report);
            told.push(report);
        }
    }
    // After an interrupt some are missing; the ones behind them are done nevertheless.
    if !ended(&told) {
        for (place, report) in waiting.into_iter().enumerate() {
            if let Some(report) = report {
                tell(&tests[place], &report);
                told.push(report);
            }
        }
    }
    told
}

/// Runs one test; nothing when it was interrupted.
fn play_one(test: &Test, options: &PlayOptions) -> Option<ScenarioReport> {
    let (plan, warnings) = match &test.task {
        Task::Stopped(report) => return Some(report.as_ref().clone()),
        Task::Run(plan, warnings) => (plan, warnings.clone()),
    };
    let (status, error) = match run(plan, &options.run) {
        Ok(run) => return Some(ScenarioReport::ran(&run, warnings, &test.sources, options.detail)),
        Err(RunError::Cancelled) => return None,
        Err(error @ RunError::Expression(_)) => (Status::Broken, error.to_string()),
        Err(RunError::Chain(error)) => (status(&error), error.to_string()),
        Err(RunError::Carrier(error)) => (Status::Network, error.to_string()),
        Err(error @ RunError::Unsigned { .. }) => (Status::Network, error.to_string()),
    };
    Some(ScenarioReport::stopped(test.id.clone(), status, Some(error), warnings))
}

fn status(error: &ChainError) -> Status {
    match error {
        ChainError::Fork(error) if error.is_network() => Status::Network,
        // An address that is none, a recording that cannot be read: the scenario names it.
        ChainError::Fork(_) => Status::Invalid,
        _ => Status::Broken,
    }
}

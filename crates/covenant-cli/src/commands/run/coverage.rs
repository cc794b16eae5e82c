//! `covenant run --lcov`: everything once more, on code that tells what it executes.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Mutex,
};

use covenant_chain::{CodeRole, Coverage};
use covenant_compile::{
    Project,
    coverage::{CodeKind, Counters, CoverageReport, Tally},
};
use covenant_report::{
    model::{ScenarioReport, Status},
    text::TextOptions,
};
use covenant_scenario::{
    event::Verdict,
    run::{RunOptions, run},
};
use rayon::prelude::*;

use super::tests_of::{Task, Test, tests};
use crate::{
    args::RunArgs,
    environment,
    exit::{Exit, Failure},
    files,
    interrupt::interrupted,
    paths::{Selection, relative},
    prepare::{Builds, prepare},
    terminal::Terminal,
};

/// What was executed of each Solidity project, by its folder.
type Tallies<'a> = BTreeMap<PathBuf, Mutex<Tally<'a>>>;

/// Runs what was run before once more, writes what of the Solidity was covered to `path`, and yields it as a table.
///
/// # Errors
/// When a project does not compile for coverage, although it compiles, or when the file cannot be written.
pub(super) fn cover(
    path: &Path,
    args: &RunArgs,
    selections: &[Selection],
    before: &[ScenarioReport],
    text: &TextOptions,
    terminal: &Terminal,
) -> Result<String, Failure> {
    let mut builds = Builds::for_coverage(environment::build_options(&args.compile), terminal);
    let prepared = prepare(selections, &mut builds)?;
    let tests = tests(&prepared, &args.select)?;
    let projects = builds.coverage();
    let tallies: Tallies<'_> = projects
        .iter()
        .map(|(folder, build)| (folder.clone(), Mutex::new(Tally::new(build))))
        .collect();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads.map_or(0, usize::from))
        .build()
        .map_err(|error| Failure::new(Exit::Internal, format!("cannot start threads: {error}")))?;
    let different: Vec<String> = pool.install(|| {
        let both = tests.par_iter().zip(before);
        both.filter_map(|(test, report)| different(test, report, &tallies)).collect()
    });
    if let Some(missing) = tests.iter().zip(before).find_map(not_compiled) {
        return Err(missing);
    }
    if !different.is_empty() {
        terminal.note(&format!(
            "without optimisations these went otherwise, and count as far as they went: {}",
            different.join(", ")
        ));
    }
    let report = report(tallies);
    if report.files.is_empty() {
        terminal.note("--lcov: no scenario belongs to a project with Solidity of its own");
    }
    files::write(path, &covenant_report::lcov(&report))?;
    Ok(covenant_report::text::coverage(&report, text))
}

/// Runs one test; its name, if it ended otherwise than before.
fn different(test: &Test, report: &ScenarioReport, tallies: &Tallies<'_>) -> Option<String> {
    if interrupted() {
        return None;
    }
    let passed_before = report.status == Status::Passed;
    let Task::Run(plan, _) = &test.task else {
        return passed_before.then(|| report.id.clone());
    };
    let coverage = Coverage::new();
    let options = RunOptions {
        fork_cache: Some(environment::cache().join("forks")),
        cancel: Some(crate::interrupt::flag()),
        coverage: Some(coverage.clone()),
        ..RunOptions::default()
    };
    let passed = run(plan, &options).is_ok_and(|run| run.verdict == Verdict::Passed);
    if let Some(tally) = folder(&test.path).and_then(|folder| tallies.get(&folder)) {
        add(&coverage, &mut tally.lock().expect("adding does not panic"));
    }
    (passed != passed_before).then(|| report.id.clone())
}

fn add(coverage: &Coverage, tally: &mut Tally<'_>) {
    for (role, executed) in coverage.take() {
            let kind = match role {
            CodeRole::Creation => CodeKind::Creation,
            CodeRole::Runtime => CodeKind::Runtime,
        };
        let choices = executed.choices.into_iter();
        let choices = choices.map(|(counter, choice)| (counter, (choice.fell, choice.jumped)));
        let counters =
            Counters { hits: executed.hits, jumps: executed.jumps, choices: choices.collect() };
        tally.add(kind, &executed.code, &counters);
    }
}

/// The folder of the Solidity that a scenario uses.
fn folder(scenario: &Path) -> Option<PathBuf> {
    Some(Project::discover(scenario).ok()?.contracts_root().to_owned())
}

/// Why there is no coverage, where a project compiles but not for coverage. What the compiler says was told.
fn not_compiled((test, before): (&Test, &ScenarioReport)) -> Option<Failure> {
    let Task::Stopped(report) = &test.task else { return None };
    (report.status == Status::NotCompiled && before.status != Status::NotCompiled).then(|| {
        let why = "--lcov: the project does not compile with the legacy code generator, without optimisations";
        Failure::new(Exit::NotCompiled, why)
    })
}

/// What all projects have covered, with files as the user sees them.
fn report(tallies: Tallies<'_>) -> CoverageReport {
    let mut files = Vec::new();
    for (folder, tally) in tallies {
        let tally = tally.into_inner().expect("adding does not panic");
        for mut file in tally.report().files {
            file.path = covenant_report::shown(&relative(&folder.join(&file.path)));
            files.push(file);
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    CoverageReport { files }
}

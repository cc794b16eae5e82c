//! Arguments to reports.

use std::path::PathBuf;

use covenant_report::{
    model::{Detail, RunReport, ScenarioReport, Status},
    text::{Layout, TextOptions, Verbosity},
};
use covenant_scenario::run::{self, RunOptions};

use super::{
    coverage::cover,
    play::{AfterFailure, PlayOptions, play},
    tests_of::{Task, Test, tests},
    watch::watch,
};
use crate::{
    args::RunArgs,
    bar::Bar,
    environment,
    exit::{Exit, Failure},
    files, interrupt,
    paths::{Selection, select},
    prepare::{Builds, prepare, print_findings},
    terminal::Terminal,
};

/// Runs scenarios and says what happened.
pub(crate) fn run(args: &RunArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    if let Some(network) = &args.network {
        return crate::commands::live::run(args, network, terminal);
    }
    no_live_options(args)?;
    if let Some(path) = &args.junit {
        files::check_writable("--junit", path)?;
    }
    if let Some(path) = &args.lcov {
        files::check_writable("--lcov", path)?;
    }
    let selections = select(&args.paths.paths)?;
    if args.watch {
        return watch(&selections, terminal, || once(args, &select(&args.paths.paths)?, terminal));
    }
    once(args, &selections, terminal)
}

/// What only makes sense on a network is not silently ignored without one.
fn no_live_options(args: &RunArgs) -> Result<(), Failure> {
    let live = &args.live;
    let given = [
        ("--max-spend", live.max_spend.is_some()),
        ("--park", live.park),
        ("--continue", live.go_on),
        ("--redo", !live.redo.is_empty()),
        ("--forget", !live.forget.is_empty()),
        ("--replan", live.replan),
        ("--yes", live.yes),
        ("--account", live.deployer.account.is_some()),
        ("--keystore", live.deployer.keystore.is_some()),
        ("--ledger", live.deployer.ledger),
        ("--unlocked", live.deployer.unlocked.is_some()),
        ("--test-account", live.deployer.test_account.is_some()),
        ("--password-file", live.password.password_file.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Failure::usage(format!("`{option}` is for `--network NAME`"))),
        None => Ok(()),
    }
}

/// Runs everything one time.
fn once(args: &RunArgs, selections: &[Selection], terminal: &Terminal) -> Result<Exit, Failure> {
    let mut builds = Builds::new(environment::build_options(&args.compile), terminal);
    let prepared = prepare(selections, &mut builds)?;
    print_findings(&prepared, terminal);
    let tests = tests(&prepared, &args.select)?;
    let text = text_options(args, prepared.len(), terminal);
    let reports = {
        let bar = Bar::new(tests.len(), terminal);
        play(&tests, &play_options(args, &text), |test, report| {
            bar.step(|| tell(args, test, report, &text, terminal))
        })?
    };
    let exit = Exit::worst(reports.iter().map(|report| exit_of(report.status)));
    let exit = if interrupt::interrupted() { Exit::Interrupted } else { exit };
    let not_run = tests.len() - reports.len();
    let report = RunReport::new(reports, not_run, exit.code());
    finish(args, &report, &text, terminal)?;
    if let Some(path) = &args.lcov
        && !interrupt::interrupted()
        && report.scenarios.iter().any(was_run)
    {
        let table = cover(path, args, selections, &report.scenarios, &text, terminal)?;
        // There is one document on stdout, if that is JSON.
        if args.json { terminal.err(&table) } else { terminal.out(&table) }
    }
    Ok(exit)
}

const fn exit_of(status: Status) -> Exit {
    match status {
        Status::Passed => Exit::Held,
        Status::Failed => Exit::Failed,
        Status::Invalid => Exit::Usage,
        Status::NotCompiled => Exit::NotCompiled,
        Status::Network => Exit::Network,
        Status::Broken => Exit::Internal,
    }
}

/// Whether a scenario got as far as to execute anything.
const fn was_run(report: &ScenarioReport) -> bool {
    matches!(report.status, Status::Passed | Status::Failed)
}

/// One file is shown in full, with all of its cases; of several, what passed gets a line each.
fn text_options(args: &RunArgs, files: usize, terminal: &Terminal) -> TextOptions {
    TextOptions {
        verbosity: Verbosity(args.verbose),
        colour: terminal.colour(),
        layout: if files == 1 { Layout::Timeline } else { Layout::Line },
    }
}

fn play_options(args: &RunArgs, text: &TextOptions) -> PlayOptions {
    let full = args.json || text.layout == Layout::Timeline || text.verbosity >= Verbosity::EVENTS;
    PlayOptions {
        run: RunOptions {
            brief: false,
            detail: match text.verbosity {
                level if level >= Verbosity::STORAGE => run::Detail::Storage,
                level if level >= Verbosity::FAILED_TRACES => run::Detail::Traces,
                level if level >= Verbosity::CONSOLE => run::Detail::Console,
                _ => run::Detail::Normal,
            },
            fork_cache: Some(fork_cache()),
            cancel: Some(interrupt::flag()),
            coverage: None,
            signatory: None,
        },
        detail: if full { Detail::Full } else { Detail::Brief },
        threads: args.threads,
        after_failure: if args.fail_fast { AfterFailure::Stop } else { AfterFailure::GoOn },
    }
}

fn fork_cache() -> PathBuf {
    environment::cache().join("forks")
}

/// Tells one scenario as soon as it is done.
fn tell(
    args: &RunArgs,
    test: &Test,
    report: &ScenarioReport,
    text: &TextOptions,
    terminal: &Terminal,
) {
    // Why a test could not even begin was said when its file was prepared.
    if let Some(error) = &report.error
        && matches!(test.task, Task::Run(..))
    {
        let message = format!("{}: {error}", report.id);
        terminal.err(&covenant_report::message(
            &message,
            hints(report.status),
            terminal.message_colour(),
        ));
    }
    if !args.json {
        terminal.out(&covenant_report::text::scenario(report, &test.sources, text));
    }
}

const fn hints(status: Status) -> &'static [&'static str] {
    match status {
        Status::Broken => &["this is a bug in covenant; please report it with the scenario"],
        _ => &[],
    }
}

/// Writes the reports about the whole run.
fn finish(
    args: &RunArgs,
    report: &RunReport,
    text: &TextOptions,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if args.json {
        terminal.out(&covenant_report::json(report));
    } else {
        terminal.out(&covenant_report::text::summary(report, text));
    }
    if let Some(github) = environment::github() {
        terminal.err(&covenant_report::run_annotations(report, &github.folder));
        if let Some(summary) = &github.summary {
            files::append(summary, &covenant_report::step_summary(report))?;
        }
    }
    match &args.junit {
        Some(path) => files::write(path, &covenant_report::junit(report)),
        None => Ok(()),
    }
}

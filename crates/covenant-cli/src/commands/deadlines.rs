//! `covenant deadlines`

use covenant_explore::{Deadlines, Failed, Options};
use covenant_report::model::{DeadlinesReport, Limit, ScenarioDeadlines};
use covenant_scenario::RunOptions;

use super::{
    explore::{can_be_explored, exit_of_failed, exit_of_stopped, nothing_to_explore},
    run::tests_of::{Task, Test, tests},
};
use crate::{
    args::DeadlinesArgs,
    bar::Counter,
    environment,
    exit::{Exit, Failure},
    interrupt,
    paths::select,
    prepare::{Builds, prepare, print_findings},
    terminal::Terminal,
};

/// Says at which instants something can change, and who may do what in between.
pub(crate) fn deadlines(args: &DeadlinesArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let selections = select(&args.paths.paths)?;
    let mut builds = Builds::new(environment::build_options(&args.compile), terminal);
    let prepared = prepare(&selections, &mut builds)?;
    print_findings(&prepared, terminal);
    let tests: Vec<Test> =
        tests(&prepared, &args.select)?.into_iter().filter(can_be_explored).collect();
    if tests.is_empty() {
        return Err(nothing_to_explore());
    }
    let mut exits = Vec::new();
    let mut reports = Vec::new();
    for test in &tests {
        if interrupt::interrupted() {
            break;
        }
        let (report, exit) = one(test, terminal);
        if !args.json {
            terminal.out(&covenant_report::text::deadlines(&report, terminal.colour()));
        }
        exits.push(exit);
        reports.push(report);
    }
    let exit = if interrupt::interrupted() { Exit::Interrupted } else { Exit::worst(exits) };
    if args.json {
        terminal.out(&covenant_report::json(&DeadlinesReport::new(reports, exit.code())));
    }
    Ok(exit)
}

/// Explores one scenario, and says how the command would end if it were all.
fn one(test: &Test, terminal: &Terminal) -> (ScenarioDeadlines, Exit) {
    let (plan, findings) = match &test.task {
        Task::Run(plan, findings) => (plan, findings),
        Task::Stopped(stopped) => {
            let (error, findings) = (stopped.error.clone(), stopped.findings.clone());
            let report = ScenarioDeadlines::stopped(&test.id, error, findings);
            return (report, exit_of_stopped(stopped));
        }
    };
    let options = Options {
        run: RunOptions { cancel: Some(interrupt::flag()), ..RunOptions::default() },
        cancel: Some(interrupt::flag()),
        states: None,
        memory_used: Some(environment::memory_used),
    };
    let counter = Counter::new(terminal);
    let found: Result<Deadlines, Failed> =
        covenant_explore::deadlines(plan, &options, &mut |now| counter.show(&now));
    drop(counter);
    match found {
        Ok(found) => {
            let report = ScenarioDeadlines::found(plan, &found, findings.clone());
            let cut = report.stopped.is_some_and(|limit| limit != Limit::Interrupted);
            (report, if cut { Exit::Undecided } else { Exit::Held })
        }
        Err(failed) => {
            let exit = exit_of_failed(&failed);
            let error = failed.to_string();
            let message = format!("{}: {error}", test.id.path());
            terminal.err(&covenant_report::message(&message, &[], terminal.message_colour()));
            (ScenarioDeadlines::stopped(&test.id, Some(error), findings.clone()), exit)
        }
    }
}

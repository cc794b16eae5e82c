//! `covenant explore`

use std::{path::Path, sync::Arc};

use covenant_compile::Project;
use covenant_explore::Options;
use covenant_report::{
    MOST_STATES, Sketch,
    model::{ExploreReport, ExploredScenario, Limit, PropertyVerdict, ScenarioReport, Status},
    text::{Layout, TextOptions, Verbosity},
};
use covenant_scenario::{RunOptions, plan::Plan};

use super::run::tests_of::{Task, Test, tests};
use crate::{
    args::ExploreArgs,
    bar::Counter,
    environment,
    exit::{Exit, Failure},
    files, interrupt,
    paths::{Selection, select},
    prepare::{Builds, prepare, print_findings},
    terminal::Terminal,
};

/// Explores every path of scenarios, and says what holds on all of them.
pub(crate) fn explore(args: &ExploreArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    for (option, path) in [("--svg", &args.svg), ("--dot", &args.dot)] {
        if let Some(path) = path {
            files::check_writable(option, path)?;
        }
    }
    let selections = select(&args.paths.paths)?;
    if let Some(folder) = &args.save {
        check_folder(folder, &selections)?;
    }
    let mut builds = Builds::new(environment::build_options(&args.compile), terminal);
    let prepared = prepare(&selections, &mut builds)?;
    print_findings(&prepared, terminal);
    let tests: Vec<Test> =
        tests(&prepared, &args.select)?.into_iter().filter(can_be_explored).collect();
    if tests.is_empty() {
        return Err(nothing_to_explore());
    }
    if tests.len() > 1 && (args.svg.is_some() || args.dot.is_some()) {
        let message = format!("a picture is of one scenario, and these are {}", tests.len());
        return Err(Failure::usage(message).hint("name one: FILE, or FILE::CASE"));
    }
    let text = TextOptions {
        verbosity: Verbosity(args.verbose),
        colour: terminal.colour(),
        layout: Layout::Timeline,
    };
    let mut exits = Vec::new();
    let mut reports = Vec::new();
    for test in &tests {
        if interrupt::interrupted() {
            break;
        }
        let (report, exit) = one(test, args, terminal)?;
        if !args.json {
            terminal.out(&covenant_report::text::explored(&report, &text));
        }
        exits.push(exit);
        reports.push(report);
    }
    let exit = if interrupt::interrupted() { Exit::Interrupted } else { Exit::worst(exits) };
    let several = reports.len() > 1;
    let report = ExploreReport::new(reports, exit.code());
    if args.json {
        terminal.out(&covenant_report::json(&report));
    } else if several {
        terminal.out(&covenant_report::text::explored_summary(&report, &text));
    }
    Ok(exit)
}

/// Whether a test says what is to be explored, or what is wrong with it has to be said.
pub(super) fn can_be_explored(test: &Test) -> bool {
    match &test.task {
        Task::Run(plan, _) => plan.explore.is_some(),
        Task::Stopped(_) => true,
    }
}

pub(super) fn nothing_to_explore() -> Failure {
    Failure::usage("no scenario says what is to be explored")
        .hint("say who acts under `explore: { actors: … }`, and what must hold under `properties:`")
}

/// Explores one scenario, and says how the command would end if it were all.
///
/// # Errors
/// When a file that was asked for cannot be written.
fn one(
    test: &Test,
    args: &ExploreArgs,
    terminal: &Terminal,
) -> Result<(ExploredScenario, Exit), Failure> {
    let (plan, findings) = match &test.task {
        Task::Run(plan, findings) => (plan, findings),
        Task::Stopped(stopped) => return Ok(stopped_before(test, stopped)),
    };
    Ok(match explored(plan, terminal) {
        Ok(found) => {
            let mut report = ExploredScenario::explored(plan, &found, findings.clone());
            if let Some(folder) = &args.save {
                save(plan, &found, &mut report, folder, terminal)?;
            }
            draw(plan, &found, args, terminal)?;
            let exit = exit_of(&report);
            (report, exit)
        }
        Err(failed) => {
            let exit = exit_of_failed(&failed);
            let error = failed.to_string();
            let message = format!("{}: {error}", test.id.path());
            terminal.err(&covenant_report::message(&message, &[], terminal.message_colour()));
            (ExploredScenario::stopped(test.id.clone(), Some(error), findings.clone()), exit)
        }
    })
}

/// Writes every counterexample as a scenario.
fn save(
    plan: &Plan,
    found: &covenant_explore::Report,
    report: &mut ExploredScenario,
    folder: &Path,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|error| Failure::usage(format!("--save: `{}`: {error}", path.display())))
    };
    let (file, into) = (absolute(&plan.name.file)?, absolute(folder)?);
    let properties = plan.explore.iter().flat_map(|explore| &explore.properties);
    for ((finding, property), told) in
        found.findings.iter().zip(properties).zip(&mut report.properties)
    {
        if !finding.verdict.is_refuted() {
            continue;
        }
        match covenant_report::counterexample(
            plan,
            found,
            (finding, &property.kind),
            (&file, &into),
        ) {
            Ok(text) => {
                let path = folder.join(covenant_report::file_name(plan, &finding.text));
                files::write(&path, &text)?;
                told.saved = Some(covenant_report::shown(&path));
            }
            Err(unsaved) => {
                let property = &finding.text;
                terminal.note(&format!("--save: no file for `{property}`: {unsaved}"));
            }
        }
    }
    Ok(())
}

/// Draws the graph, if that is wanted and anybody could read it.
fn draw(
    plan: &Plan,
    found: &covenant_explore::Report,
    args: &ExploreArgs,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if args.svg.is_none() && args.dot.is_none() {
        return Ok(());
    }
    let states = found.graph.states();
    if states > MOST_STATES {
        terminal.note(&format!(
            "not drawn: a picture of {states} states shows nothing; up to {MOST_STATES} are drawn"
        ));
        terminal.note("  hint: let fewer actors act, or bring `horizon` nearer, and draw that");
        return Ok(());
    }
    let sketch = Sketch::of(plan, found).map_err(|error| Failure::new(Exit::Internal, error))?;
    if let Some(path) = &args.svg {
        files::write(path, &covenant_report::svg(&sketch))?;
    }
    match &args.dot {
        Some(path) => files::write(path, &covenant_report::dot(&sketch)),
        None => Ok(()),
    }
}

/// A counterexample can be run only where its project is.
fn check_folder(folder: &Path, selections: &[Selection]) -> Result<(), Failure> {
    let outside = |file: &Path| {
        let of =
            |path: &Path| Project::discover(path).ok().map(|project| project.root().to_owned());
        let wanted = of(file);
        wanted.is_some() && wanted != of(folder)
    };
    match selections.iter().find(|selection| outside(&selection.path)) {
        None => Ok(()),
        Some(selection) => Err(Failure::usage(format!(
            "--save: `{}` is not in the project of `{}`",
            folder.display(),
            selection.path.display()
        ))
        .hint("a counterexample is run with the contracts of its project, so it must lie in it")),
    }
}

fn explored(
    plan: &Arc<Plan>,
    terminal: &Terminal,
) -> Result<covenant_explore::Report, covenant_explore::Failed> {
    let options = Options {
        run: RunOptions { cancel: Some(interrupt::flag()), ..RunOptions::default() },
        cancel: Some(interrupt::flag()),
        states: None,
        memory_used: Some(environment::memory_used),
    };
    let counter = Counter::new(terminal);
    covenant_explore::explore(plan, &options, &mut |now| counter.show(&now))
}

/// What was not explored because it is no valid scenario, or does not compile.
fn stopped_before(test: &Test, stopped: &ScenarioReport) -> (ExploredScenario, Exit) {
    let exit = exit_of_stopped(stopped);
    let (error, findings) = (stopped.error.clone(), stopped.findings.clone());
    (ExploredScenario::stopped(test.id.clone(), error, findings), exit)
}

/// How a command ends that met a scenario that is not valid, or does not compile.
pub(super) const fn exit_of_stopped(stopped: &ScenarioReport) -> Exit {
    match stopped.status {
        Status::NotCompiled => Exit::NotCompiled,
        _ => Exit::Usage,
    }
}

/// How a command ends that could not explore a scenario.
pub(super) const fn exit_of_failed(failed: &covenant_explore::Failed) -> Exit {
    match failed {
        covenant_explore::Failed::Stage(_) => Exit::Failed,
        covenant_explore::Failed::NothingToExplore => Exit::Usage,
        covenant_explore::Failed::Explore(_) => Exit::Internal,
    }
}

fn exit_of(report: &ExploredScenario) -> Exit {
    let of_property = |verdict| match verdict {
        PropertyVerdict::Proved | PropertyVerdict::ProvedOnDomain => Exit::Held,
        PropertyVerdict::Bounded => Exit::Undecided,
        PropertyVerdict::Refuted | PropertyVerdict::RefutedOnDomain => Exit::Refuted,
    };
    let properties = report.properties.iter().map(|property| of_property(property.verdict));
    // Without properties the graph itself was asked for.
    let graph = report.stopped.filter(|limit| *limit != Limit::Interrupted);
    Exit::worst(properties.chain(graph.map(|_| Exit::Undecided)))
}

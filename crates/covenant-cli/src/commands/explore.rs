//! `covenant explore`

use covenant_explore::{Options, Report, Verdict};
use covenant_scenario::RunOptions;

use crate::{
    args::ExploreArgs,
    environment,
    exit::{Exit, Failure},
    interrupt,
    paths::select,
    prepare::{Builds, State, prepare, print_findings},
    terminal::Terminal,
};

/// Explores every path of scenarios, and says what holds on all of them.
pub(crate) fn explore(args: &ExploreArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let selections = select(&args.paths.paths)?;
    let mut builds = Builds::new(environment::build_options(&args.compile), terminal);
    let prepared = prepare(&selections, &mut builds)?;
    print_findings(&prepared, terminal);
    let mut exits = vec![Exit::worst(prepared.iter().map(crate::prepare::Prepared::exit))];
    for file in &prepared {
        let State::Ready(plans) = &file.state else { continue };
        for plan in plans.iter().filter(|plan| plan.explore.is_some()) {
            let options = Options {
                run: RunOptions { cancel: Some(interrupt::flag()), ..RunOptions::default() },
                cancel: Some(interrupt::flag()),
            };
            let explored = covenant_explore::explore(plan, &options, &mut |_| {});
            match explored {
                Ok(report) => {
                    exits.extend(report.findings.iter().map(|finding| exit_of(finding.verdict)));
                    terminal.out(&text(&report));
                }
                Err(failed) => {
                    terminal.err(&format!("{}: {failed}\n", file.path.display()));
                    exits.push(Exit::Internal);
                }
            }
        }
    }
    Ok(Exit::worst(exits))
}

const fn exit_of(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Proved | Verdict::ProvedOnDomain => Exit::Held,
        Verdict::Bounded => Exit::Undecided,
        Verdict::Refuted | Verdict::RefutedOnDomain => Exit::Refuted,
    }
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    let graph = &report.graph;
    text.push_str(&format!(
        "{} states, {} zones, {} transitions, {} executions, {:.2?}\n",
        graph.states(),
        graph.zones(),
        graph.transitions(),
        report.executions,
        report.elapsed
    ));
    for finding in &report.findings {
        text.push_str(&format!("{:<18} {}", finding.verdict.to_string(), finding.text));
        if let Some(detail) = &finding.detail {
            text.push_str(&format!("  ({detail})"));
        }
        text.push('\n');
        if let Some(story) = &finding.story {
            for act in &story.acts {
                text.push_str(&format!("    {} {}: {}\n", act.at.0, act.name, act.text));
            }
            text.push_str(&format!("    {} {}\n", story.ends.0, story.what));
        }
    }
    for input in &report.domain.inputs {
        text.push_str(&format!("  tried: {} {}: {}\n", input.function, input.input, input.values.join(", ")));
    }
    for blind in &report.domain.times {
        text.push_str(&format!("  time not followed: {blind:?}\n"));
    }
    for read in &report.domain.surroundings {
        text.push_str(&format!("  read: {read:?}\n"));
    }
    text
}

//! `covenant check`

use covenant_report::model::{CheckReport, CheckedFile};

use crate::{
    args::CheckArgs,
    environment,
    exit::{Exit, Failure},
    paths::select,
    prepare::{Builds, Prepared, State, prepare, print_findings},
    terminal::Terminal,
};

/// Says everything about scenarios that can be said without running them.
pub(crate) fn check(args: &CheckArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let selections = select(&args.paths.paths)?;
    let mut builds = Builds::new(environment::build_options(&args.compile), terminal);
    let prepared = prepare(&selections, &mut builds)?;
    let exit = Exit::worst(prepared.iter().map(Prepared::exit));
    let report = CheckReport::new(prepared.iter().map(checked).collect(), exit.code());
    print_findings(&prepared, terminal);
    if args.json {
        terminal.out(&covenant_report::json(&report));
    } else {
        terminal.out(&covenant_report::text::check(&report, terminal.colour()));
    }
    if let Some(github) = environment::github() {
        terminal.err(&covenant_report::check_annotations(&report, &github.folder));
    }
    Ok(exit)
}

fn checked(file: &Prepared) -> CheckedFile {
    let (cases, error) = match &file.state {
        State::Ready(plans) => {
            (plans.iter().filter_map(|plan| plan.name.case.clone()).collect(), None)
        }
        State::Invalid => (Vec::new(), None),
        State::NoBuild(error) => (Vec::new(), Some(error.message.clone())),
    };
    CheckedFile {
        file: covenant_report::shown(&file.path),
        valid: matches!(file.state, State::Ready(_)),
        cases,
        error,
        findings: file.findings(),
    }
}

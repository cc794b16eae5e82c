//! `covenant compiler`

use covenant_compile::CompilerReport;

use crate::{
    args::CompilerArgs,
    environment,
    exit::{Exit, Failure},
    paths::project,
    prepare::named,
    terminal::Terminal,
};

/// Says which Solidity compiler a project gets, and where it comes from.
pub(crate) fn compiler(args: &CompilerArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let project = project(&args.path)?;
    let report = project
        .compiler(&environment::build_options(&args.compile))
        .map_err(|error| named(&project, error))?;
    terminal.out(&covenant_report::escape_lines(&text(&report)));
    Ok(Exit::Held)
}

fn text(report: &CompilerReport) -> String {
    let taken = match &report.taken {
        Some(compiler) => compiler.to_string(),
        None => format!("solc {}, which is fetched when it is needed", report.version),
    };
    let tried =
        report.tried.iter().map(|attempt| format!("  {}: {}\n", attempt.place, attempt.result));
    format!(
        "{taken}\n  version {}: {}\n{}",
        report.version,
        report.chosen_by,
        tried.collect::<String>()
    )
}

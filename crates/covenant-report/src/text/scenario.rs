//! One scenario.

use covenant_scenario::source::Sources;

use super::{
    failure::failure,
    gains::table,
    options::{Layout, TextOptions, Verbosity},
    timeline::timeline,
};
use crate::{
    escape::escape,
    model::{ScenarioReport, Status, grouped, span},
    style::Paint,
};

/// One scenario: a line, or its timeline, what failed, and who gained what. A failed one is always told in full.
pub fn scenario(report: &ScenarioReport, sources: &Sources, options: &TextOptions) -> String {
    let mut out = heading(report, options);
    if !is_told_in_full(report, options) {
        return out;
    }
    out.push('\n');
    out.push_str(&timeline(&report.events, options));
    out.push('\n');
    report.failures().for_each(|failed| out.push_str(&failure(failed, sources, options)));
    out.push_str(&table(&report.gains, options.colour));
    out.push('\n');
    out + &format!("  {}\n\n", options.colour.paint(Paint::Faint, totals(report)))
}

/// Whether more than a line is told.
pub(super) fn is_told_in_full(report: &ScenarioReport, options: &TextOptions) -> bool {
    match report.status {
        Status::Passed => options.layout != Layout::Line || options.verbosity >= Verbosity::EVENTS,
        Status::Failed => true,
        Status::Invalid | Status::NotCompiled | Status::Network | Status::Broken => false,
    }
}

fn heading(report: &ScenarioReport, options: &TextOptions) -> String {
    let (word, paint) = match report.status {
        Status::Passed if options.layout == Layout::SoFar => ("SO FAR", Paint::Faint),
        Status::Passed => ("PASS", Paint::Good),
        Status::Failed => ("FAIL", Paint::Bad),
        Status::Invalid => ("INVALID", Paint::Bad),
        Status::NotCompiled => ("NOT COMPILED", Paint::Bad),
        Status::Network => ("NO NETWORK", Paint::Bad),
        Status::Broken => ("ERROR", Paint::Bad),
    };
    let colour = options.colour;
    let name =
        if report.name.is_empty() { String::new() } else { format!("  {}", escape(&report.name)) };
    format!(
        "{}  {}{}\n",
        colour.paint(paint, word),
        escape(&report.id),
        colour.paint(Paint::Faint, name)
    )
}

/// `365 days, 14 transactions, 1_203_444 gas`
fn totals(report: &ScenarioReport) -> String {
    let lasted = match (report.started, report.ended) {
        (Some(start), Some(end)) if end > start => format!("{}, ", span(end.0.0 - start.0.0)),
        _ => String::new(),
    };
    let plural = if report.transactions == 1 { "" } else { "s" };
    format!(
        "{lasted}{} transaction{plural}, {} gas",
        report.transactions,
        grouped(&report.gas_used.to_string())
    )
}

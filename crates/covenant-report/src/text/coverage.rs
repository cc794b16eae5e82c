//! Coverage as a table, and what is missing.

use covenant_compile::coverage::{Count, CoverageReport, FileCoverage};
use unicode_width::UnicodeWidthStr;

use super::options::{TextOptions, Verbosity};
use crate::{escape::escape, style::Paint};

/// What is counted, in the order of the columns.
const COLUMNS: [(&str, fn(&FileCoverage) -> Count); 4] = [
    ("lines", FileCoverage::count_lines),
    ("statements", FileCoverage::count_statements),
    ("branches", FileCoverage::count_branches),
    ("functions", FileCoverage::count_functions),
];

/// A line for each source and one for all, with an empty line before; from `-v` on also each place that was not reached.
pub fn coverage(report: &CoverageReport, options: &TextOptions) -> String {
    let names: Vec<String> = report.files.iter().map(|file| escape(&file.path).into_owned()).collect();
    let width = names.iter().map(|name| name.width()).chain([8]).max().unwrap_or_default();
    let mut out = String::from("\n");
    let heads = COLUMNS.map(|(head, _)| format!("{head:>10}"));
    let head = format!("{:width$} {}", "coverage", heads.join(" "));
    out.push_str(&options.colour.paint(Paint::Strong, head));
    out.push('\n');
    for (name, file) in names.iter().zip(&report.files) {
        row(name, width, COLUMNS.map(|(_, count)| count(file)), options, &mut out);
    }
    if report.files.len() != 1 {
        row("all", width, COLUMNS.map(|(_, count)| report.total(count)), options, &mut out);
    }
    if options.verbosity >= Verbosity::EVENTS {
        let missing: Vec<String> = report.files.iter().flat_map(missing).collect();
        if !missing.is_empty() {
            out.push_str("\nnot reached:\n");
            missing.iter().for_each(|line| out.push_str(&format!("  {line}\n")));
        }
    }
    out
}

fn row(name: &str, width: usize, counts: [Count; 4], options: &TextOptions, out: &mut String) {
    let pad = " ".repeat(width.saturating_sub(name.width()));
    let cells = counts.map(|count| {
        let paint = if count.hit == count.found { Paint::Good } else { Paint::Odd };
        options.colour.paint(paint, format!("{:>10}", percent(count)))
    });
    out.push_str(&format!("{name}{pad} {}\n", cells.join(" ")));
}

/// One digit behind the point, rounded down, so that 100.0 % means all.
fn percent(Count { hit, found }: Count) -> String {
    if found == 0 {
        return "-".to_owned();
    }
    let thousandths = hit * 1000 / found;
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

/// What was not reached: functions, statements that were not executed, and ways that branches that were reached did not
/// take.
fn missing(file: &FileCoverage) -> Vec<String> {
    let place = |at: covenant_compile::Position| format!("{}:{at}", escape(&file.path));
    let functions = file.functions.iter().filter(|function| function.hits == 0);
    let functions =
        functions.map(|it| (it.at, format!("{}: `{}` is never called", place(it.at), it.name)));
    let statements = file.statements.iter().filter(|statement| statement.hits == 0);
    let statements = statements.map(|it| (it.at, format!("{}: never executed", place(it.at))));
    let ways = file.branches.iter().filter(|branch| branch.taken.iter().any(|times| *times > 0));
    let ways = ways.flat_map(|branch| {
        let never = branch.taken.iter().enumerate().filter(|(_, times)| **times == 0);
        never.map(|(way, _)| {
            let (name, means) = (branch.kind.name(), branch.kind.way(way));
            (branch.at, format!("{}: `{name}` never {means}", place(branch.at)))
        })
    });
    let mut all: Vec<_> = functions.chain(statements).chain(ways).collect();
    all.sort();
    all.into_iter().map(|(_, line)| line).collect()
}

//! GitHub Actions: annotations on the lines of scenario files, and a summary of the job in Markdown.

use crate::{
    escape::escape_lines,
    model::{
        CheckReport, Failure, Finding, FindingSeverity, Place, RunReport, ScenarioReport, Status,
    },
    text::{count_line, what},
};

/// Workflow commands that mark every failure and finding of a run, one a line.
///
/// `folder` is where the command runs, seen from the root of the repository: empty, or ending with `/`.
pub fn run_annotations(report: &RunReport, folder: &str) -> String {
    report.scenarios.iter().map(|scenario| of_scenario(scenario, folder)).collect()
}

/// Workflow commands that mark every finding of a check; `folder` as in [`run_annotations`].
pub fn check_annotations(report: &CheckReport, folder: &str) -> String {
    let mut out = String::new();
    for file in &report.files {
        file.findings.iter().for_each(|found| out.push_str(&finding(found, &file.file, folder)));
        if let Some(error) = &file.error {
            out.push_str(&command(
                "error",
                &at(&file.file, None, None, folder),
                "cannot be checked",
                error,
            ));
        }
    }
    out
}

/// A table of the run in Markdown, for `GITHUB_STEP_SUMMARY`.
pub fn step_summary(report: &RunReport) -> String {
    let head = format!("### Covenant: {}\n", count_line(&report.summary));
    let bad = report.scenarios.iter().filter(|scenario| scenario.status != Status::Passed);
    let rows: String = bad.map(row).collect();
    if rows.is_empty() {
        head
    } else {
        format!("{head}\n| scenario | result | why |\n|---|---|---|\n{rows}")
    }
}

fn row(scenario: &ScenarioReport) -> String {
    format!("| {} | {} | {} |\n", cell(&scenario.id), word(scenario.status), cell(&why(scenario)))
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Passed => "passed",
        Status::Failed => "failed",
        Status::Invalid => "invalid",
        Status::NotCompiled => "not compiled",
        Status::Network => "no network",
        Status::Broken => "broken",
    }
}

/// The first reason, on one line.
fn why(scenario: &ScenarioReport) -> String {
    let failure = scenario.failures().next().map(title);
    let error =
        scenario.error.as_ref().and_then(|error| error.lines().next()).map(ToOwned::to_owned);
    let finding =
        scenario.findings.iter().find(|finding| finding.severity == FindingSeverity::Error);
    error.or(failure).or_else(|| finding.map(|finding| finding.message.clone())).unwrap_or_default()
}

fn title(failure: &Failure) -> String {
    format!("{}: {}", what(failure.kind), failure.message)
}

fn of_scenario(scenario: &ScenarioReport, folder: &str) -> String {
    let mut out: String =
        scenario.findings.iter().map(|found| finding(found, &scenario.file, folder)).collect();
    if let Some(error) = &scenario.error {
        out.push_str(&command(
            "error",
            &at(&scenario.file, None, None, folder),
            &scenario.name,
            error,
        ));
    }
    for failure in scenario.failures() {
        let values = [("expected", &failure.expected), ("actual", &failure.actual)];
        let values = values
            .into_iter()
            .filter_map(|(name, value)| Some(format!("\n{name}: {}", value.as_ref()?)));
        let message = title(failure) + &values.collect::<String>();
        let place = at(&failure.place.file, Some(&failure.place), None, folder);
        let name = scenario.case.as_deref().unwrap_or(&scenario.name);
        out.push_str(&command("error", &place, name, &message));
    }
    out
}

fn finding(finding: &Finding, file: &str, folder: &str) -> String {
    let (kind, title) = match finding.severity {
        FindingSeverity::Error => ("error", "invalid scenario"),
        FindingSeverity::Warning => ("warning", "doubtful scenario"),
    };
    let hint = finding.hint.as_ref().map_or(String::new(), |hint| format!("\nhint: {hint}"));
    let file = finding.place.as_ref().map_or(file, |place| &place.file);
    let place = at(file, finding.place.as_ref(), finding.end_column, folder);
    command(kind, &place, title, &format!("{}{hint}", finding.message))
}

/// The properties of a command that say where.
fn at(file: &str, place: Option<&Place>, end_column: Option<u32>, folder: &str) -> String {
    let folder = if file.starts_with('/') { "" } else { folder };
    let position =
        place.map_or(String::new(), |place| format!(",line={},col={}", place.line, place.column));
    let end = end_column.map_or(String::new(), |end| format!(",endColumn={end}"));
    format!("file={}{position}{end}", property(&format!("{folder}{file}")))
}

fn command(kind: &str, place: &str, title: &str, message: &str) -> String {
    format!("::{kind} {place},title={}::{}\n", property(title), data(message))
}

/// What stands after `::` in a workflow command.
fn data(text: &str) -> String {
    escape_lines(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text in a cell of a Markdown table, where nothing of it is markup.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for character in escape_lines(text).chars() {
        match character {
            '\n' => out.push_str("<br>"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{cell, check_annotations, run_annotations, step_summary};
    use crate::{
        model::{CheckReport, CheckedFile, RunReport},
        samples,
    };

    #[test]
    fn annotates_failures_and_findings() {
        let report =
            RunReport::new(vec![samples::passed(), samples::failed(), samples::invalid()], 0, 2);
        assert_eq!(
            run_annotations(&report, "pkg/"),
            "::error file=pkg/lease.yaml,line=3,col=26,title=late::\
             wrong balance changes: tenant paid less%0Aexpected: tenant -3 ether%0Aactual: tenant -2 ether\n\
             ::error file=pkg/broken <1>.yaml,line=1,col=1,endColumn=9,title=invalid scenario::\
             unknown key `scenari%25o`%0Ahint: did you mean `scenario`?\n"
        );
    }

    #[test]
    fn a_name_cannot_start_another_command() {
        let mut scenario = samples::failed();
        scenario.case = Some("a::b,c=d\n::set-env name=X::y".to_owned());
        let report = RunReport::new(vec![scenario], 0, 3);
        let text = run_annotations(&report, "");
        assert_eq!(text.lines().count(), 1);
        assert!(
            text.contains(",title=a%3A%3Ab%2Cc=d%0A%3A%3Aset-env name=X%3A%3Ay::wrong"),
            "{text}"
        );
    }

    #[test]
    fn annotates_a_check() {
        let invalid = samples::invalid();
        let file = CheckedFile {
            file: invalid.file,
            valid: false,
            cases: Vec::new(),
            error: Some("no compiler".to_owned()),
            findings: invalid.findings,
        };
        assert_eq!(
            check_annotations(&CheckReport::new(vec![file], 2), ""),
            "::error file=broken <1>.yaml,line=1,col=1,endColumn=9,title=invalid scenario::\
             unknown key `scenari%25o`%0Ahint: did you mean `scenario`?\n\
             ::error file=broken <1>.yaml,title=cannot be checked::no compiler\n"
        );
    }

    #[test]
    fn summarises_in_markdown() {
        let report = RunReport::new(vec![samples::passed(), samples::failed()], 0, 3);
        assert_eq!(
            step_summary(&report),
            "### Covenant: 2 scenarios: 1 passed, 1 failed\n\n| scenario | result | why |\n|---|---|---|\n\
             | lease.yaml::late | failed | wrong balance changes: tenant paid less |\n"
        );
    }

    #[test]
    fn cells_hold_no_markup() {
        assert_eq!(cell("a|b <img> *x*"), "a\\|b &lt;img&gt; \\*x\\*");
    }
}

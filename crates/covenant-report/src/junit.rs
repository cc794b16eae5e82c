//! JUnit XML: a suite for each file, a test for each scenario or case. There are no times in it, so that the same run
//! gives the same bytes.

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::{
    escape::escape_lines,
    model::{Failure, Finding, RunReport, ScenarioReport, Status},
    text::what,
};

/// The report as a JUnit document, with a line end.
pub fn junit(report: &RunReport) -> String {
    let mut suites: IndexMap<&str, TestSuite> = IndexMap::new();
    for scenario in &report.scenarios {
        let suite = suites
            .entry(&scenario.file)
            .or_insert_with(|| TestSuite::new(escape_lines(&scenario.file)));
        suite.add_test_case(test(scenario));
    }
    let mut document = Report::new("covenant");
    document.add_test_suites(suites.into_values());
    let mut text = document.to_string().expect("writing to memory does not fail");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn test(scenario: &ScenarioReport) -> TestCase {
    let name = scenario.case.as_deref().unwrap_or(&scenario.name);
    let mut test = TestCase::new(escape_lines(name), status(scenario));
    test.set_classname(escape_lines(&scenario.file));
    test
}

fn status(scenario: &ScenarioReport) -> TestCaseStatus {
    let (kind, word) = match scenario.status {
        Status::Passed => return TestCaseStatus::success(),
        Status::Failed => (NonSuccessKind::Failure, "failed"),
        Status::Invalid => (NonSuccessKind::Error, "invalid"),
        Status::NotCompiled => (NonSuccessKind::Error, "not compiled"),
        Status::Network => (NonSuccessKind::Error, "no network"),
        Status::Broken => (NonSuccessKind::Error, "broken"),
    };
    let mut status = TestCaseStatus::non_success(kind);
    let failures: Vec<String> = scenario.failures().map(failure).collect();
    let findings = scenario.findings.iter().map(finding);
    let all: Vec<String> = scenario.error.iter().cloned().chain(findings).chain(failures).collect();
    let first = all.first().and_then(|text| text.lines().next()).unwrap_or(word);
    status
        .set_type(word)
        .set_message(escape_lines(first))
        .set_description(escape_lines(&all.join("\n\n")));
    status
}

fn failure(failure: &Failure) -> String {
    let mut lines = vec![
        format!("{}: {}", what(failure.kind), failure.message),
        format!(
            "  at {}:{}:{} ({})",
            failure.place.file, failure.place.line, failure.place.column, failure.step
        ),
    ];
    lines.extend(failure.expected.iter().map(|text| format!("  expected: {text}")));
    lines.extend(failure.actual.iter().map(|text| format!("  actual: {text}")));
    lines.extend(failure.notes.iter().map(|text| format!("  note: {text}")));
    lines.extend(failure.solidity.iter().map(|line| {
        format!("  solidity: {}:{}:{}: {}", line.file, line.line, line.column, line.text.trim())
    }));
    lines.extend(failure.trace.clone());
    lines.join("\n")
}

fn finding(finding: &Finding) -> String {
    let place = finding.place.as_ref();
    let place = place
        .map_or(String::new(), |place| format!("{}:{}:{}: ", place.file, place.line, place.column));
    let hint = finding.hint.as_ref().map_or(String::new(), |hint| format!("\n  hint: {hint}"));
    format!("{place}{}{hint}", finding.message)
}

#[cfg(test)]
mod tests {
    use super::junit;
    use crate::{model::RunReport, samples};

    #[test]
    fn groups_by_file_and_leaves_times_out() {
        let report =
            RunReport::new(vec![samples::passed(), samples::failed(), samples::invalid()], 0, 2);
        assert_eq!(
            junit(&report),
            r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="covenant" tests="3" skipped="0" failures="1" errors="1">
    <testsuite name="lease.yaml" tests="2" skipped="0" errors="0" failures="1">
        <testcase name="on time" classname="lease.yaml"/>
        <testcase name="late" classname="lease.yaml">
            <failure message="wrong balance changes: tenant paid less" type="failed">wrong balance changes: tenant paid less
  at lease.yaml:3:26 (steps[0])
  expected: tenant -3 ether
  actual: tenant -2 ether
  solidity: src/Lease.sol:40:9: revert Lease_Late(due);
[21000] Lease::pay</failure>
        </testcase>
    </testsuite>
    <testsuite name="broken &lt;1&gt;.yaml" tests="1" skipped="0" errors="1" failures="0">
        <testcase name="broken &lt;1&gt;" classname="broken &lt;1&gt;.yaml">
            <error message="broken &lt;1&gt;.yaml:1:1: unknown key `scenari%o`" type="invalid">broken &lt;1&gt;.yaml:1:1: unknown key `scenari%o`
  hint: did you mean `scenario`?</error>
        </testcase>
    </testsuite>
</testsuites>
"#
        );
    }
}

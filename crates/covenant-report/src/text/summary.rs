//! The end of the report of a whole command.

use super::{options::TextOptions, scenario::is_told_in_full};
use crate::{
    escape::escape,
    model::{RunReport, ScenarioReport, Status, Summary},
    style::Paint,
};

/// What did not pass, each as the command that runs it alone, and the counts.
pub fn summary(report: &RunReport, options: &TextOptions) -> String {
    // What was told in full ends with an empty line already.
    let told_in_full = |scenario: &ScenarioReport| is_told_in_full(scenario, options);
    let mut out = if report.scenarios.last().is_none_or(told_in_full) {
        String::new()
    } else {
        "\n".to_owned()
    };
    let failed: Vec<_> =
        report.scenarios.iter().filter(|scenario| scenario.status != Status::Passed).collect();
    if report.scenarios.len() > 1 && !failed.is_empty() {
        out.push_str(&options.colour.paint(Paint::Strong, "to run again:"));
        out.push('\n');
        failed.iter().for_each(|scenario| {
            out.push_str("  covenant run ");
            out.push_str(&quoted(&escape(&scenario.id)));
            out.push('\n');
        });
        out.push('\n');
    }
    let paint = if failed.is_empty() { Paint::Good } else { Paint::Bad };
    out.push_str(&options.colour.paint(paint, count_line(&report.summary)));
    out.push('\n');
    out
}

/// `42 scenarios: 41 passed, 1 failed`
pub fn count_line(summary: &Summary) -> String {
    let plural = if summary.scenarios == 1 { "" } else { "s" };
    let mut parts = vec![format!("{} passed", summary.passed)];
    let others = [
        (summary.failed, "failed"),
        (summary.invalid, "invalid"),
        (summary.not_compiled, "not compiled"),
        (summary.network, "without network"),
        (summary.broken, "broken"),
        (summary.not_run, "not run"),
    ];
    parts.extend(
        others
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}")),
    );
    format!("{} scenario{plural}: {}", summary.scenarios, parts.join(", "))
}

/// A word of a shell command, in quotes where it needs them.
fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "/._-:+@%,=".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{count_line, quoted};
    use crate::model::Summary;

    #[test]
    fn counts() {
        let summary =
            Summary { scenarios: 42, passed: 40, failed: 1, invalid: 1, ..Summary::default() };
        assert_eq!(count_line(&summary), "42 scenarios: 40 passed, 1 failed, 1 invalid");
        let one = Summary { scenarios: 1, passed: 1, ..Summary::default() };
        assert_eq!(count_line(&one), "1 scenario: 1 passed");
        let none = Summary { not_run: 3, ..Summary::default() };
        assert_eq!(count_line(&none), "0 scenarios: 0 passed, 3 not run");
    }

    #[test]
    fn quotes_for_the_shell() {
        assert_eq!(quoted("a/b.yaml::late"), "a/b.yaml::late");
        assert_eq!(quoted("my file.yaml"), "'my file.yaml'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}

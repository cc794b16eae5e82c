//! Every bundled scenario is a test, and its report is golden.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use crate::binary::{root, run};

/// Set to write the golden reports afresh.
const UPDATE: &str = "UPDATE_GOLDEN";

pub(crate) fn scenarios() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("tests/scenarios")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the scenarios can be read") {
            let path = entry.expect("the scenarios can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                found.push(path.strip_prefix(root()).expect("it is in the repository").to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Files that are included by others and are no scenarios of their own begin with `_`.
pub(crate) fn is_scenario(path: &Path) -> bool {
    !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('_'))
}

fn golden(scenario: &Path) -> PathBuf {
    let inner = scenario.strip_prefix("tests/scenarios").expect("scenarios are in one folder");
    root().join("tests/golden/runs").join(inner).with_extension("txt")
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests decides whether golden is written"
)]
pub(crate) fn updating() -> bool {
    std::env::var_os(UPDATE).is_some()
}

/// Compares a text with its golden file, or writes the file afresh.
pub(crate) fn check(path: &Path, text: &str) {
    if updating() {
        std::fs::write(path, text).expect("golden can be written");
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let differs = text.lines().zip(expected.lines()).enumerate().find(|(_, (new, old))| new != old);
    if let Some((number, (new, old))) = differs {
        panic!(
            "{}:{}: now `{}`, was `{}`; set {UPDATE}=1 to accept",
            path.display(),
            number + 1,
            new.trim(),
            old.trim()
        );
    }
    assert!(
        text == expected,
        "{} has more or fewer lines; set {UPDATE}=1 to accept",
        path.display()
    );
}

#[test]
fn every_scenario_passes_with_its_golden_report() {
    let update = updating();
    let all: Vec<PathBuf> = scenarios().into_iter().filter(|path| is_scenario(path)).collect();
    // What is compiled is kept: the first makes it, the others find it.
    let (first, rest) = all.split_first().expect("there are scenarios");
    let mut wrong: Vec<String> = difference(first, update).into_iter().collect();
    wrong.par_extend(rest.par_iter().filter_map(|scenario| difference(scenario, update)));
    assert!(
        wrong.is_empty(),
        "{}\n\nset {UPDATE}=1 to accept what is reported now",
        wrong.join("\n\n")
    );
}

/// What a scenario reports that its golden report does not say.
fn difference(scenario: &Path, update: bool) -> Option<String> {
    let name = scenario.to_str().expect("scenario names are plain");
    let output = run(&["run", name]);
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    let path = golden(scenario);
    if update {
        std::fs::create_dir_all(path.parent().expect("it is in a folder"))
            .expect("golden can be written");
        std::fs::write(&path, &report).expect("golden can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if output.status.code() != Some(0) {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Some(format!("{name} failed:\n{report}{errors}"));
    }
    let differs = report != expected;
    differs.then(|| format!("{name} reports something else than {}:\n{report}", path.display()))
}

#[test]
fn every_golden_report_belongs_to_a_scenario() {
    let wanted: BTreeSet<PathBuf> =
        scenarios().iter().filter(|path| is_scenario(path)).map(|path| golden(path)).collect();
    let mut folders = vec![root().join("tests/golden/runs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("golden can be read") {
            let path = entry.expect("golden can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert!(wanted.contains(&path), "{} belongs to no scenario", path.display());
            }
        }
    }
}

#[test]
fn the_readme_says_how_many_there_are() {
    let reports =
        scenarios().into_iter().filter(|path| is_scenario(path)).map(|path| golden(&path));
    let reports = reports.map(|path| std::fs::read_to_string(path).unwrap_or_default());
    let passed = |report: String| report.lines().filter(|line| line.starts_with("PASS")).count();
    let count = reports.map(passed).sum::<usize>();
    let readme = std::fs::read_to_string(root().join("README.md")).expect("it can be read");
    let line = format!("{count} scenarios: {count} passed");
    assert!(readme.lines().any(|found| found == line), "README.md does not say `{line}`");
}

//! What is said of the bundled agreements: every verdict, and how many states and transitions that took.

use std::{fmt::Write as _, fs};

use covenant_compile::bundled;
use covenant_scenario::Scenario;
use rayon::prelude::*;

use super::engine::report;
use crate::binary::root;

/// What is said of one scenario.
fn said(path: &std::path::Path) -> String {
    let scenario = Scenario::load(path, &bundled());
    let scenario = scenario.unwrap_or_else(|invalid| panic!("{invalid}"));
    let mut said = String::new();
    for plan in &scenario.plans {
        let report = report(plan);
        let file = path.file_name().expect("scenarios are files").to_string_lossy();
        let case = plan.name.case.as_ref().map(|case| format!("::{case}")).unwrap_or_default();
        let (states, transitions) = (report.graph.states(), report.graph.transitions());
        writeln!(said, "{file}{case}: {states} states, {transitions} transitions")
            .expect("texts can be written to");
        for finding in &report.findings {
            let detail = finding.detail.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
            writeln!(said, "  {} {}{detail}", finding.verdict, finding.text)
                .expect("texts can be written to");
        }
    }
    said
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests decides whether golden is written"
)]
fn what_is_said_of_the_bundled_agreements() {
    let folder = root().join("tests/scenarios/explore");
    let files = fs::read_dir(folder).expect("the scenarios are there");
    let mut files: Vec<_> = files.map(|file| file.expect("it can be read").path()).collect();
    let is_scenario = |path: &std::path::PathBuf| {
        let name = path.file_name().expect("files have names").to_string_lossy();
        name.ends_with(".yaml") && !name.starts_with('_')
    };
    files.retain(is_scenario);
    files.sort();
    let said: Vec<String> = files.par_iter().map(|path| said(path)).collect();
    let said = said.concat();
    let path = root().join("tests/golden/explore/bundled.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &said).expect("golden can be written");
    }
    assert_eq!(said, fs::read_to_string(&path).expect("the golden file is there"));
}

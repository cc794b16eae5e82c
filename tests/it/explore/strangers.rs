//! Who may do what: strangers that are contracts, wei that nobody asked for, inputs that are found, and what is left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::Arc,
};

use covenant_compile::Project;
use covenant_explore::Report;
use covenant_scenario::{Scenario, plan::Plan};
use covenant_tests::mutants::suite::build_options;
use rayon::prelude::*;
use serde::Deserialize;

use super::engine::report;
use crate::{bad_input::cache, binary::root};

/// What must be said of a scenario.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    why: String,
    #[serde(default)]
    holds: BTreeSet<String>,
    #[serde(default)]
    fails: BTreeSet<String>,
    /// Inputs of which only some values were tried.
    #[serde(default)]
    inputs: BTreeSet<String>,
    /// What else was left out.
    #[serde(default)]
    left_out: BTreeSet<String>,
}

fn expected(folder: &str) -> BTreeMap<String, Expected> {
    let path = root().join(format!("tests/golden/explore/{folder}.toml"));
    let text = fs::read_to_string(path).expect("the golden file is there");
    toml::from_str(&text).expect("the golden file says of each file what must come out")
}

/// What is said of every scenario of a folder.
pub(super) fn reports(folder: &str) -> Vec<(String, Arc<Plan>, Report)> {
    let folder = root().join("tests/explore").join(folder);
    let options = build_options(&root().join("contracts"), cache());
    let project = Project::discover(&folder).expect("the contracts are a project");
    let build = Arc::new(project.build(&options, &|_| ()).expect("they compile"));
    let files = fs::read_dir(folder).expect("the scenarios are there");
    let files = files.map(|file| file.expect("it can be read").path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|it| it == "yaml")).collect();
    files.sort();
    let told = |path: &PathBuf| {
        let name = path.file_stem().expect("files have names").to_string_lossy().into_owned();
        let scenario = Scenario::load(path, &build)
            .unwrap_or_else(|invalid| panic!("{name}: {:#?}", invalid.diagnostics));
        let [plan] = scenario.plans.as_slice() else { panic!("{name} has cases") };
        (name, Arc::clone(plan), report(plan))
    };
    files.par_iter().map(told).collect()
}

/// Holds what is said of a folder to its table.
pub(super) fn held_to_table(folder: &str, reports: &[(String, Arc<Plan>, Report)]) {
    let mut expected = expected(folder);
    let mut wrong = Vec::new();
    for (name, _, report) in reports {
        let Some(wanted) = expected.remove(name) else { panic!("the table lacks {name}") };
        assert!(wanted.why.ends_with('.'), "{name} says why in a sentence");
        assert!(report.graph.stopped().is_none(), "{name} has an end");
        let texts = |is_refuted: bool| -> BTreeSet<String> {
            let findings = report.findings.iter();
            let such = findings
                .filter(|it| if is_refuted { it.verdict.is_refuted() } else { it.verdict.holds() });
            such.map(|it| it.text.to_string()).collect()
        };
        let domain = &report.domain;
        let inputs = domain.inputs.iter().map(|it| format!("{} {}", it.function, it.input));
        let left_out = domain.left_out.iter().map(|it| format!("{it:?}"));
        for (what, found, wanted) in [
            ("holds", texts(false), wanted.holds),
            ("fails", texts(true), wanted.fails),
            ("inputs", inputs.collect(), wanted.inputs),
            ("left out", left_out.collect(), wanted.left_out),
        ] {
            if found != wanted {
                wrong.push(format!("{name}: {what}: {found:?}, not {wanted:?}"));
            }
        }
        assert!(domain.times.is_empty() && domain.surroundings.is_empty(), "{name}");
    }
    assert!(expected.is_empty(), "of these there are no files: {:?}", expected.keys());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_strangers_can_do_is_found_and_what_was_left_out_is_said() {
    held_to_table("strangers", &reports("strangers"));
}

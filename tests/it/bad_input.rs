//! Broken input: what is said about it is golden, and so is how the command ends.
//!
//! The inputs lie in `tests/bad/`, what is said about them in `tests/golden/bad/`; `bad_tables` lists them. Files that no
//! repository should hold are made by `generated_input`.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
    sync::Once,
};

use crate::{
    bad_tables::{PROJECTS, SCENARIOS, UNCOMPILABLE, USES},
    binary::{covenant, root, transcript},
};

/// Set to write the golden messages afresh.
const UPDATE: &str = "UPDATE_GOLDEN";

/// The folder of the broken inputs.
fn inputs() -> PathBuf {
    root().join("tests/bad")
}

/// The command in the folder of the broken inputs, with a cache that tests share.
fn command(args: &[&str]) -> Command {
    let mut command = covenant(args);
    command.current_dir(inputs()).env("COVENANT_CACHE", cache());
    command
}

/// The cache that tests share, so that a compiler is installed once.
pub(crate) fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("store")
}

fn golden(name: &str) -> PathBuf {
    root().join("tests/golden/bad").join(name).with_extension("txt")
}

/// Runs a command and compares what it says and how it ends; the mismatch if there is one.
pub(crate) fn mismatch(name: &str, command: &mut Command, code: i32) -> Option<String> {
    let output = command.output().expect("the binary starts");
    let said = plain(&transcript(&output));
    let path = golden(name);
    if updating() {
        std::fs::create_dir_all(path.parent().expect("it is in a folder"))
            .expect("golden can be written");
        std::fs::write(&path, &said).expect("golden can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if output.status.code() != Some(code) {
        Some(format!("{name} was to end with {code}:\n{said}"))
    } else if said != expected {
        Some(format!("{name} says something else than {}:\n{said}", path.display()))
    } else {
        None
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests decides whether golden is written"
)]
fn updating() -> bool {
    std::env::var_os(UPDATE).is_some()
}

/// Without the lines that depend on which compiler the machine has.
fn plain(transcript: &str) -> String {
    let kept = transcript.split_inclusive('\n').filter(|line| !line.starts_with("compiling "));
    kept.collect()
}

/// Fails with everything that is wrong.
pub(crate) fn expect_none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{}\n\nset {UPDATE}=1 to accept what is said now",
        wrong.join("\n\n")
    );
}

/// Installs the compiler, so that no message about it comes between the others.
fn with_compiler() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let output =
            command(&["build", "--force", "contracts"]).output().expect("the binary starts");
        assert!(output.status.success(), "a compiler is needed:\n{}", transcript(&output));
    });
}

#[test]
fn broken_scenarios() {
    let wrong: Vec<_> = SCENARIOS
        .iter()
        .filter_map(|(name, code)| {
            mismatch(name, &mut command(&["run", &format!("{name}.yaml")]), *code)
        })
        .collect();
    expect_none(&wrong);
}

#[test]
fn wrong_uses_of_the_command_line() {
    let wrong: Vec<_> = USES
        .iter()
        .filter_map(|(name, args, code)| {
            mismatch(&format!("use/{name}"), &mut command(args), *code)
        })
        .collect();
    expect_none(&wrong);
}

#[test]
fn broken_projects() {
    let wrong: Vec<_> = PROJECTS
        .iter()
        .filter_map(|(name, code)| {
            let scenario = format!("projects/{name}/s.yaml");
            mismatch(&format!("project/{name}"), &mut command(&["run", &scenario]), *code)
        })
        .collect();
    expect_none(&wrong);
}

#[test]
fn solidity_that_does_not_compile() {
    with_compiler();
    let wrong: Vec<_> = UNCOMPILABLE
        .iter()
        .filter_map(|name| {
            let scenario = format!("projects/{name}/s.yaml");
            mismatch(&format!("project/{name}"), &mut command(&["run", &scenario]), 5)
        })
        .collect();
    expect_none(&wrong);
}

#[test]
fn every_position_is_in_the_message() {
    // Files that no text can point into.
    const NOWHERE: [&str; 1] = ["file/endpoint-that-is-down"];
    for (name, code) in SCENARIOS {
        let said = std::fs::read_to_string(golden(name)).unwrap_or_default();
        assert!(
            *code == 0 || NOWHERE.contains(name) || said.contains("--> "),
            "{name} says no place:\n{said}"
        );
    }
}

#[test]
fn every_input_is_in_the_tables() {
    let mut found = BTreeSet::new();
    for entry in files(&inputs(), "yaml") {
        let name = entry.file_name().expect("it has a name").to_string_lossy();
        let inner = entry.strip_prefix(inputs()).expect("it is in the folder").with_extension("");
        if !name.starts_with('_') && !inner.starts_with("projects") {
            found.insert(inner.to_string_lossy().replace('\\', "/"));
        }
    }
    let known: BTreeSet<_> = SCENARIOS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, known);
}

#[test]
fn every_golden_message_belongs_to_an_input() {
    let mut known: BTreeSet<_> = SCENARIOS.iter().map(|(name, _)| golden(name)).collect();
    known.extend(USES.iter().map(|(name, ..)| golden(&format!("use/{name}"))));
    known.extend(PROJECTS.iter().map(|(name, _)| golden(&format!("project/{name}"))));
    known.extend(UNCOMPILABLE.iter().map(|name| golden(&format!("project/{name}"))));
    known.extend(crate::generated_input::names().map(|name| golden(&format!("generated/{name}"))));
    let found: BTreeSet<_> = files(&root().join("tests/golden/bad"), "txt").into_iter().collect();
    assert_eq!(found, known);
}

/// The files of this extension in a folder and below it.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found
}

//! The arrows between crates point down, and each external system has one owner.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use crate::binary::root;

/// Which crates of the workspace each crate may use.
const ARROWS: [(&str, &[&str]); 8] = [
    ("covenant-compile", &[]),
    ("covenant-chain", &[]),
    ("covenant-scenario", &["covenant-compile", "covenant-chain"]),
    ("covenant-explore", &["covenant-compile", "covenant-chain", "covenant-scenario"]),
    (
        "covenant-report",
        &["covenant-compile", "covenant-chain", "covenant-scenario", "covenant-explore"],
    ),
    ("covenant-live", &["covenant-compile", "covenant-chain", "covenant-scenario"]),
    (
        "covenant-cli",
        &[
            "covenant-compile",
            "covenant-chain",
            "covenant-scenario",
            "covenant-explore",
            "covenant-live",
            "covenant-report",
        ],
    ),
    (
        "covenant-tests",
        &[
            "covenant-compile",
            "covenant-chain",
            "covenant-scenario",
            "covenant-explore",
            "covenant-live",
            "covenant-report",
        ],
    ),
];

/// Which crate alone may depend on what, by the beginning of a name. Waiting for a network has two: a fork reads what a
/// transaction turns out to need, and only the other one signs and sends.
const OWNERS: [(&str, &[&str]); 9] = [
    ("revm", &["covenant-chain"]),
    ("alloy-provider", &["covenant-chain"]),
    ("tokio", &["covenant-chain", "covenant-live"]),
    ("reqwest", &["covenant-live"]),
    ("svm-rs", &["covenant-compile"]),
    ("clap", &["covenant-cli"]),
    ("rpassword", &["covenant-cli"]),
    ("scrypt", &["covenant-live"]),
    ("granit-parser", &["covenant-scenario"]),
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--offline".to_owned()])
        .exec()
        .expect("the workspace has metadata")
}

/// What each crate of the workspace depends on, tests and build scripts left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let mut dependencies = BTreeMap::new();
    for package in metadata().packages {
        let normal = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal);
        let names = normal.map(|dependency| dependency.name.clone()).collect();
        dependencies.insert(package.name.to_string(), names);
    }
    dependencies
}

#[test]
fn every_crate_is_in_the_table() {
    let known: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let found = dependencies();
    let found: BTreeSet<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(found, known);
}

#[test]
fn arrows_point_down() {
    let dependencies = dependencies();
    for (name, allowed) in ARROWS {
        for used in dependencies[name].iter().filter(|used| used.starts_with("covenant-")) {
            assert!(allowed.contains(&used.as_str()), "{name} must not depend on {used}");
        }
    }
}

#[test]
fn each_external_system_has_one_owner() {
    for (name, used) in dependencies() {
        for (system, owners) in OWNERS {
            let uses = used.iter().any(|dependency| dependency.starts_with(system));
            assert!(
                !uses || owners.contains(&name.as_str()),
                "{name} must not depend on {system}: that belongs to {}",
                owners.join(" and ")
            );
        }
    }
}

/// Rust sources of the crates, by path.
fn sources() -> Vec<(String, String)> {
    let mut sources = Vec::new();
    let mut folders = vec![root().join("crates"), root().join("tests").join("it")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("source folders can be read") {
            let path = entry.expect("source folders can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(root())
                    .expect("it is in the repository")
                    .display()
                    .to_string();
                sources.push((name, std::fs::read_to_string(path).expect("sources are text")));
            }
        }
    }
    sources.sort();
    sources
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| text.lines().count() > 800 && !name.ends_with("tests.rs"))
        .map(|(name, text)| format!("{name}: {} lines", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "files over 800 lines: {long:?}");
}

#[test]
fn only_the_command_line_prints_exits_and_reads_the_environment() {
    let forbidden = ["println!(", "eprintln!(", "std::process::exit", "std::env::var"];
    for (name, text) in sources() {
        let is_library = name.starts_with("crates/")
            && !name.starts_with("crates/covenant-cli/")
            && name.contains("/src/")
            && !name.ends_with("tests.rs");
        if !is_library {
            continue;
        }
        // What a test prints is nobody's result.
        let production = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code = production.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for word in forbidden {
                assert!(!line.contains(word), "{name} has `{word}`: {}", line.trim());
            }
        }
    }
}

#[test]
fn nobody_but_the_chain_names_the_evm() {
    for (name, text) in sources() {
        let allowed = name.starts_with("crates/covenant-chain/") || name.starts_with("tests/");
        let used = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .any(|line| line.contains("revm::"));
        assert!(allowed || !used, "{name} names revm");
    }
}

/// `cargo run` has one program to run, however many the tests have.
#[test]
fn cargo_run_runs_covenant() {
    let metadata = metadata();
    let targets = metadata.workspace_default_packages().into_iter().flat_map(|it| &it.targets);
    let programs: Vec<&str> = targets.filter(|it| it.is_bin()).map(|it| it.name.as_str()).collect();
    assert_eq!(programs, ["covenant"]);
}

//! `covenant explore` from the outside: what it says, how it ends, and what it writes.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    bad_input::cache,
    binary::{covenant, root, transcript},
};

/// The family as a project of its own, into which something can be written.
fn family() -> TempDir {
    copied("family")
}

/// A folder of scenarios that are explored, as a project of its own.
fn copied(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let from = root().join("tests/explore");
    fs::create_dir(folder.path().join(name)).expect("the folder can be written");
    let copy = |name: &Path| {
        fs::copy(from.join(name), folder.path().join(name)).expect("the folder can be written");
    };
    copy(Path::new("foundry.toml"));
    for file in fs::read_dir(from.join(name)).expect("the folder is there") {
        let file = file.expect("the folder can be read").file_name();
        copy(&Path::new(name).join(file));
    }
    folder
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = covenant(args);
    command
        .arg("--solc")
        .arg(root().join("contracts/node_modules/solc"))
        .current_dir(folder)
        .env("COVENANT_CACHE", cache());
    command
}

/// What is written to stdout by a command that ends with this code.
#[track_caller]
fn said(folder: &Path, args: &[&str], code: i32) -> String {
    let output = command(folder, args).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(code), "covenant {args:?}\n{}", transcript(&output));
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

fn document(folder: &Path, args: &[&str], code: i32) -> Value {
    serde_json::from_str(&said(folder, args, code)).expect("it is JSON")
}

fn in_repository() -> std::path::PathBuf {
    root().join("tests/explore")
}

#[test]
fn what_is_refuted_is_told_as_a_story() {
    let text = said(&in_repository(), &["explore", "family/ChainBroken.yaml"], 4);
    let text: String = text.lines().filter(|line| !line.contains("executions in")).fold(
        String::new(),
        |mut text, line| {
            text.push_str(line);
            text.push('\n');
            text
        },
    );
    let golden = root().join("tests/golden/explore/told.txt");
    if updating() {
        fs::write(&golden, &text).expect("golden can be written");
    }
    let expected = fs::read_to_string(&golden).expect("the golden file is there");
    assert_eq!(text, expected, "set UPDATE_GOLDEN=1 to accept what is said now");
}

/// What is said of the times of two bundled agreements.
#[test]
fn deadlines_fall_out_of_the_graph() {
    for (file, golden) in [
        ("escrow-silent-arbiter-disputed.yaml", "deadlines-escrow.txt"),
        ("lease-deposit.yaml", "deadlines-lease.txt"),
    ] {
        let folder = root().join("tests/scenarios/explore");
        let text = said(&folder, &["deadlines", file], 0);
        let golden = root().join("tests/golden/explore").join(golden);
        if updating() {
            fs::write(&golden, &text).expect("golden can be written");
        }
        let expected = fs::read_to_string(&golden).expect("the golden file is there");
        assert_eq!(text, expected, "set UPDATE_GOLDEN=1 to accept what is said now");
    }
}

#[test]
fn deadlines_are_counted_from_what_is_done() {
    let found = document(&in_repository(), &["deadlines", "--json", "family/Chain.yaml"], 0);
    assert_eq!(found["schema"], "covenant.deadlines/1");
    let scenario = &found["scenarios"][0];
    // Funding stores the instant three units later; claiming is possible from then on for two units.
    let funded = &scenario["states"][1];
    assert_eq!(funded["way"][0]["action"], "box.fund{value: 10}()");
    let claim = funded["intervals"].as_array().expect("it lists intervals").iter().find(|it| {
        it["possible"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["action"] == "box.claim()"))
    });
    let claim = claim.expect("it can be claimed");
    let after = |seconds: i64| {
        serde_json::json!([{ "after": {
            "acts": [{ "actor": "payer", "action": "box.fund{value: 10}()", "seconds": 0 }],
            "has_more": false,
            "seconds": seconds,
        } }])
    };
    assert_eq!(claim["from"], after(3));
    assert_eq!(claim["until"], after(5));
    assert_eq!(claim["provided"], serde_json::json!([]));
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests decides whether golden is written"
)]
fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

#[test]
fn what_holds_ends_with_zero_and_says_so_of_every_property() {
    let found = document(&in_repository(), &["explore", "--json", "family/Chain.yaml"], 0);
    assert_eq!(found["schema"], "covenant.explore/1");
    assert_eq!(found["exit_code"], 0);
    let [scenario] = found["scenarios"].as_array().expect("it lists scenarios").as_slice() else {
        panic!("there is one scenario")
    };
    assert_eq!(scenario["id"], "family/Chain.yaml");
    assert!(scenario["graph"]["states"].as_u64().expect("states are counted") > 1);
    let properties = scenario["properties"].as_array().expect("it lists properties");
    assert!(properties.iter().all(|property| property["verdict"] == "proved"), "{properties:#?}");
    let kinds: Vec<&Value> = properties
        .iter()
        .map(|property| &property["story"]["kind"])
        .filter(|it| !it.is_null())
        .collect();
    assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == "witness"), "{kinds:?}");
}

#[test]
fn the_same_file_makes_the_same_document() {
    let args = ["explore", "--json", "family/SwapBroken.yaml"];
    let folder = in_repository();
    assert_eq!(said(&folder, &args, 4), said(&folder, &args, 4));
}

#[test]
fn a_limit_leaves_it_undecided() {
    let folder = family();
    let path = folder.path().join("family/Counter.yaml");
    let text = fs::read_to_string(&path).expect("it is there");
    assert!(text.contains("{ states: 300 }"), "it has a limit: {text}");
    fs::write(&path, text.replace("{ states: 300 }", "{ states: 2 }"))
        .expect("the folder can be written");
    let found = document(folder.path(), &["explore", "--json", "family/Counter.yaml"], 7);
    assert_eq!(found["scenarios"][0]["stopped"], "states");
    let text = said(folder.path(), &["explore", "family/Counter.yaml"], 7);
    assert!(text.contains("BOUNDED"), "{text}");
    assert!(text.contains("there are more states than `limits: { states }` allows"), "{text}");
}

/// The memory of the process counts, and any process uses more than this.
#[test]
fn a_limit_on_memory_is_one_on_what_the_process_uses() {
    let folder = family();
    let path = folder.path().join("family/Counter.yaml");
    let text = fs::read_to_string(&path).expect("it is there");
    let limited = text.replace("{ states: 300 }", "{ memory: 1 MiB }");
    fs::write(&path, limited).expect("the folder can be written");
    let found = document(folder.path(), &["explore", "--json", "family/Counter.yaml"], 7);
    assert_eq!(found["scenarios"][0]["stopped"], "memory");
    assert_eq!(found["scenarios"][0]["graph"]["states"], 1);
}

/// Eight bits have 256 values, which are more than are tried; what the last of them does is not known.
#[test]
fn combinations_that_were_not_tried_are_named() {
    let folder = family();
    let bits = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let parameters = bits.map(|bit| format!("bool {bit}")).join(", ");
    let contract = format!(
        "// SPDX-License-Identifier: MIT OR Apache-2.0\npragma solidity =0.8.37;\ncontract Bits {{\n    bool public open;\n    \
         function turn({parameters}) external {{ open = open || !({}); }}\n}}\n",
        bits.join(" || ")
    );
    let scenario = "scenario: only one of all combinations opens it\nactors: [thief]\ncontracts:\n  bits: { deploy: Bits }\n\
                    steps:\n  - check: \"!bits.open()\"\nexplore:\n  actors: { thief: free }\nproperties:\n  - never: bits.open()\n";
    fs::write(folder.path().join("family/Bits.sol"), contract).expect("the folder can be written");
    fs::write(folder.path().join("family/Bits.yaml"), scenario).expect("the folder can be written");
    let text = said(folder.path(), &["explore", "family/Bits.yaml"], 0);
    assert!(text.contains("PROVED ON DOMAIN  never: bits.open()"), "{text}");
    assert!(text.contains("there are more combinations of inputs than were tried"), "{text}");
}

#[test]
fn every_saved_counterexample_fails_when_it_is_run() {
    let folder = family();
    let found = document(folder.path(), &["explore", "--json", "--save", "found", "family"], 4);
    let scenarios = found["scenarios"].as_array().expect("it lists scenarios");
    let mut saved = Vec::new();
    for scenario in scenarios {
        for property in scenario["properties"].as_array().expect("it lists properties") {
            let verdict = property["verdict"].as_str().expect("it has a verdict");
            if !verdict.starts_with("refuted") || !property["story"].is_object() {
                assert!(property["saved"].is_null(), "{property:#}");
            } else if scenario["file"] == "family/BlockClockBroken.yaml" {
                // A run makes a block for each transaction, and exploration one a second.
                assert!(property["saved"].is_null(), "{property:#}");
            } else if scenario["file"] == "family/RulesRace.yaml" {
                // Nothing fails there: it is in the other order that it ends in another way.
                assert!(property["saved"].is_null(), "{property:#}");
            } else {
                let path = property["saved"].as_str();
                saved.push(path.unwrap_or_else(|| panic!("not saved: {property:#}")).to_owned());
            }
        }
    }
    assert!(saved.len() > 150, "{} counterexamples", saved.len());
    let run = document(folder.path(), &["run", "--json", "found"], 3);
    let run = run["scenarios"].as_array().expect("it lists scenarios");
    assert_eq!(run.len(), saved.len(), "each has a file of its own");
    for scenario in run {
        let events = scenario["events"].as_array().expect("it lists events");
        let failed = events.last().map(|event| event["kind"].clone()).unwrap_or_default();
        let known = ["check", "missing_revert", "unexpected_revert"];
        assert!(known.iter().any(|kind| failed == *kind), "{scenario:#}");
    }
    for path in saved.iter().filter(|path| path.contains("ChainBroken")) {
        let text = said(folder.path(), &["run", path], 3);
        assert!(text.contains("error: check"), "{text}");
    }
    // No list of steps shows that nothing would have helped; so it is said.
    let caught = saved.iter().find(|path| path.contains("HeirBroken-exit-owner-within"));
    let text = std::fs::read_to_string(folder.path().join(caught.expect("it is refuted")));
    let text = text.expect("it was saved");
    assert!(text.contains("\n  #   will.ping(): first comes heir `will.take()`\n"), "{text}");
}

/// Whatever strangers did: forced wei into a contract, gave it tokens, called back, made use of a signature.
#[test]
fn what_strangers_did_can_be_run_too() {
    for (name, least) in [("strangers", 16), ("signatures", 9)] {
        let folder = copied(name);
        let save = format!("{name}/found");
        let found = document(folder.path(), &["explore", "--json", "--save", &save, name], 4);
        let scenarios = found["scenarios"].as_array().expect("it lists scenarios");
        let properties = scenarios.iter().filter_map(|one| one["properties"].as_array()).flatten();
        let refuted =
            |one: &&Value| one["verdict"].as_str().is_some_and(|it| it.starts_with("refuted"));
        let told: Vec<_> =
            properties.filter(refuted).filter(|it| it["story"].is_object()).collect();
        assert!(told.iter().all(|one| one["saved"].is_string()), "{told:#?}");
        let saved = told.len();
        assert!(saved >= least, "{saved} counterexamples of {name}");
        let run = document(folder.path(), &["run", "--json", &save], 3);
        let run = run["scenarios"].as_array().expect("it lists scenarios");
        assert_eq!(run.len(), saved, "each has a file of its own");
        for scenario in run {
            let events = scenario["events"].as_array().expect("it lists events");
            let failed = events.last().map(|event| event["kind"].clone()).unwrap_or_default();
            let known = ["check", "missing_revert", "unexpected_revert"];
            assert!(known.iter().any(|kind| failed == *kind), "{scenario:#}");
        }
    }
}

#[test]
fn a_folder_in_which_counterexamples_could_not_be_run_is_refused() {
    let (folder, elsewhere) = (family(), tempfile::tempdir().expect("there is room for a folder"));
    let save = elsewhere.path().to_string_lossy().into_owned();
    let args = ["explore", "--save", &save, "family/ChainBroken.yaml"];
    let output = command(folder.path(), &args).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(2), "{}", transcript(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("is not in the project of `family/ChainBroken.yaml`"), "{said}");
}

#[test]
fn the_graph_is_drawn_with_every_state_and_move() {
    let folder = family();
    let args = ["explore", "family/ChainBroken.yaml", "--json", "--svg", "a.svg", "--dot", "a.dot"];
    let found = document(folder.path(), &args, 4);
    let states = found["scenarios"][0]["graph"]["states"].as_u64().expect("states are counted");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("it was written");
    let (svg, dot) = (read("a.svg"), read("a.dot"));
    for state in 0..states {
        assert!(svg.contains(&format!(">{state}, from 2026-")), "{svg}");
        assert!(dot.contains(&format!("    s{state} [label=")), "{dot}");
    }
    for text in ["payer: box.fund{value: 10}()", "payee: box.withdraw()"] {
        assert!(svg.contains(text) && dot.contains(text), "{svg}\n{dot}");
    }
}

#[test]
fn a_picture_is_of_one_scenario() {
    let args = ["explore", "family/Chain.yaml", "family/ChainBroken.yaml", "--svg", "a.svg"];
    let folder = family();
    let output = command(folder.path(), &args).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(2), "{}", transcript(&output));
    assert!(!folder.path().join("a.svg").exists());
}

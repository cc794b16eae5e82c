//! Artifacts of other tools, read instead of compiling.
//!
//! The Foundry fixture was made by forge 1.7.1; the Hardhat folders are put together from solc's own output in the
//! forms of versions 2 and 3.

use std::fs;

use covenant_compile::{CompileError, ContractKind, SourceMap};
use serde_json::{Value, json};

use crate::support::{Fixture, without_compiler};

const TALLY: &str = include_str!("../fixtures/foundry/src/Tally.sol");
const FOUNDRY_TALLY: &str = include_str!("../fixtures/foundry/out/Tally.sol/Tally.json");
const HARDHAT_OUTPUT: &str = include_str!("../fixtures/hardhat/output.json");

fn reading(files: &[(&str, &str)], folder: &str) -> Fixture {
    let mut fixture = Fixture::new(files);
    fixture.options = without_compiler(&fixture.path("store"));
    fixture.options.artifacts = Some(fixture.path(folder));
    fixture
}

fn foundry(artifact: &str) -> Fixture {
    let info = include_str!("../fixtures/foundry/out/build-info/build-info.json");
    let files = [
        ("foundry.toml", include_str!("../fixtures/foundry/foundry.toml")),
        ("src/Tally.sol", TALLY),
        ("out/Tally.sol/Tally.json", artifact),
        ("out/build-info/1.json", info),
    ];
    reading(&files, "out")
}

/// What every reader must find in the contract of the fixtures.
#[expect(clippy::unwrap_used, reason = "only tests call this")]
fn check_tally(fixture: &Fixture, file: &str) {
    let build = fixture.build().unwrap();
    let tally = build.find("Tally").unwrap();
    assert_eq!((tally.id.file.as_str(), tally.kind), (file, ContractKind::Contract));
    assert!(tally.types_known);
    assert_eq!(tally.types.enums["Tally.Mood"].members, ["Calm", "Busy"]);
    assert_eq!(tally.notice.as_deref(), Some("Counts what is added to it."));
    let labels: Vec<&str> =
        tally.storage.as_ref().unwrap().slots.iter().map(|slot| slot.label.as_str()).collect();
    assert_eq!(labels, ["total", "mood"]);
    let map = SourceMap::new(&tally.runtime);
    let places = (0..tally.runtime.bytes.len()).filter_map(|pc| map.pc_to_source(&build, pc));
    let lines: Vec<String> = places.map(|found| found.place.line_text.trim().to_owned()).collect();
    assert!(lines.iter().any(|line| line == "if (amount == 0) revert Tally_Zero();"), "{lines:?}");
}

#[test]
fn foundry_artifacts_with_everything() {
    let fixture = foundry(FOUNDRY_TALLY);
    check_tally(&fixture, "src/Tally.sol");
    let build = fixture.build().unwrap();
    assert!(build.compiler.starts_with("0.8.37+commit."), "{}", build.compiler);
}

#[test]
fn foundry_artifacts_without_tree_or_layout_say_so() {
    let mut json: Value = serde_json::from_str(FOUNDRY_TALLY).unwrap();
    let object = json.as_object_mut().unwrap();
    object.remove("ast");
    object.remove("storageLayout");
    let build = foundry(&json.to_string()).build().unwrap();
    let tally = build.find("Tally").unwrap();
    assert_eq!(
        (tally.types_known, tally.storage.is_none(), tally.kind),
        (false, true, ContractKind::Contract)
    );
    let advice = tally.missing_parts_advice().unwrap();
    assert!(
        advice.contains("`ast = true`") && advice.contains("`extra_output = [\"storageLayout\"]`"),
        "{advice}"
    );
}

#[test]
fn stale_foundry_artifacts_are_refused() {
    let fixture = foundry(FOUNDRY_TALLY);
    fixture.write("src/Tally.sol", &TALLY.replace("+=", "-="));
    let error = fixture.build().unwrap_err();
    let CompileError::Artifacts { message, hint, .. } = error else { panic!("{error}") };
    assert_eq!(message, "src/Tally.sol has changed since these artifacts were made");
    assert_eq!(hint.as_deref(), Some("run `forge build` again, or leave out `--artifacts`"));
}

#[test]
fn folders_and_files_that_are_no_artifacts_are_refused() {
    for (files, expected) in [
        (vec![], "there is no such folder"),
        (
            vec![("out/notes.json", "{}")],
            "there are no artifacts of Foundry or Hardhat in this folder",
        ),
        (vec![("out/A.sol/A.json", "{ garbage")], "not an artifact: "),
        (
            vec![("out/A.sol/A.json", r#"{"abi": [], "bytecode": {}}"#)],
            "the artifact does not say which source",
        ),
        (
            vec![(
                "out/A.sol/A.json",
                r#"{"abi": [], "bytecode": {"object": "0xzz"}, "ast": {"absolutePath": "A.sol"}}"#,
            )],
            "the bytecode is not hexadecimal",
        ),
        (
            vec![(
                "out/A.sol/A.json",
                r#"{"abi": 5, "bytecode": {}, "ast": {"absolutePath": "A.sol"}}"#,
            )],
            "the ABI cannot be read",
        ),
        (
            vec![(
                "out/A.sol/A.json",
                r#"{"_format": "hh3-artifact-1", "contractName": "A", "sourceName": "A.sol"}"#,
            )],
            "the artifact does not say which build it belongs to",
        ),
    ] {
        let fixture = reading(&[&[("foundry.toml", "")], files.as_slice()].concat(), "out");
        let error = fixture.build().unwrap_err();
        let CompileError::Artifacts { message, .. } = &error else { panic!("{error}") };
        assert!(message.starts_with(expected), "{expected}: {message}");
    }
}

/// The two files of a compilation, with the source under the given name.
#[expect(clippy::unwrap_used, reason = "only tests call this")]
fn compilation(source: &str) -> (Value, Value) {
    let output: Value =
        serde_json::from_str(&HARDHAT_OUTPUT.replace("contracts/Tally.sol", source)).unwrap();
    let input = json!({ "sources": { source: { "content": TALLY } }, "settings": { "evmVersion": "prague" } });
    (input, output)
}

#[test]
fn hardhat_2_artifacts() {
    let (input, output) = compilation("contracts/Tally.sol");
    let info = json!({
        "_format": "hh-sol-build-info-1", "id": "x", "solcVersion": "0.8.37", "solcLongVersion": "0.8.37+commit.x",
        "input": input, "output": output,
    });
    let artifact = json!({
        "_format": "hh-sol-artifact-1", "contractName": "Tally", "sourceName": "contracts/Tally.sol", "abi": [],
        "bytecode": "0x", "deployedBytecode": "0x", "linkReferences": {}, "deployedLinkReferences": {},
    });
    let beside = json!({ "_format": "hh-sol-dbg-1", "buildInfo": "../../build-info/x.json" });
    let fixture = reading(
        &[
            ("hardhat.config.js", ""),
            ("contracts/Tally.sol", TALLY),
            ("artifacts/contracts/Tally.sol/Tally.json", &artifact.to_string()),
            ("artifacts/contracts/Tally.sol/Tally.dbg.json", &beside.to_string()),
            ("artifacts/build-info/x.json", &info.to_string()),
        ],
        "artifacts",
    );
    check_tally(&fixture, "contracts/Tally.sol");
    assert_eq!(fixture.build().unwrap().evm_version.as_deref(), Some("prague"));
}

#[test]
fn hardhat_3_artifacts() {
    let (input, output) = compilation("project/contracts/Tally.sol");
    let id = "solc-0_8_37-x";
    let info = json!({
        "_format": "hh3-sol-build-info-1", "id": id, "solcVersion": "0.8.37", "solcLongVersion": "0.8.37+commit.x",
        "userSourceNameMap": { "contracts/Tally.sol": "project/contracts/Tally.sol" }, "input": input,
    });
    let artifact = json!({
        "_format": "hh3-artifact-1", "contractName": "Tally", "sourceName": "contracts/Tally.sol", "abi": [],
        "inputSourceName": "project/contracts/Tally.sol", "buildInfoId": id,
    });
    let fixture = reading(
        &[
            ("hardhat.config.ts", ""),
            ("contracts/Tally.sol", TALLY),
            ("artifacts/contracts/Tally.sol/Tally.json", &artifact.to_string()),
            (&format!("artifacts/build-info/{id}.json"), &info.to_string()),
            (
                &format!("artifacts/build-info/{id}.output.json"),
                &json!({ "_format": "hh3-sol-build-info-output-1", "id": id, "output": output })
                    .to_string(),
            ),
        ],
        "artifacts",
    );
    check_tally(&fixture, "contracts/Tally.sol");
    fs::write(fixture.path("contracts/Tally.sol"), "changed").unwrap();
    let error = fixture.build().unwrap_err().to_string();
    assert!(error.contains("contracts/Tally.sol has changed"), "{error}");
}

//! Committed artifacts: written, checked, and used without compiler or dependencies.

use std::{fs, path::Path, sync::Arc};

use covenant_compile::{CompileError, Freshness, Project};

use crate::support::{Fixture, without_compiler};

fn project() -> Fixture {
    Fixture::new(&[
        ("foundry.toml", "[profile.default]\nsolc = '0.8.37'\nlibs = ['node_modules']\n"),
        (
            "src/A.sol",
            "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\nimport {B} from \"@p/B.sol\";\n\
             contract A is B { enum E { X } function e() external pure returns (E) { return E.X; } }\n",
        ),
        (
            "node_modules/@p/B.sol",
            "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\nabstract contract B {}\n",
        ),
    ])
}

#[expect(clippy::unwrap_used, reason = "only tests call this")]
fn freshness(fixture: &Fixture) -> Freshness {
    fixture.project().artifacts_freshness(&fixture.options).unwrap()
}

#[test]
fn a_clone_without_packages_or_compiler_uses_them() {
    let mut fixture = project();
    assert_eq!(freshness(&fixture), Freshness::Absent);
    let compiled = fixture.build().unwrap();
    assert_eq!(fixture.project().export_artifacts(&fixture.options, &|_| {}).unwrap(), 2);
    assert_eq!(freshness(&fixture), Freshness::Fresh);
    assert_eq!(format!("{compiled:?}"), format!("{:?}", fixture.build().unwrap()));
    assert!(fixture.reused(&fixture.path("artifacts")));
    fs::remove_dir_all(fixture.path("node_modules")).unwrap();
    fixture.options = without_compiler(&fixture.path("store"));
    let build = fixture.build().unwrap();
    assert!(!fixture.compiled() && fixture.warnings().is_empty());
    assert_eq!(build.find("A").unwrap().abi, compiled.find("A").unwrap().abi);
    let texts: Vec<(&str, bool)> =
        build.sources.values().map(|s| (s.path.as_str(), s.text.is_some())).collect();
    assert_eq!(texts, [("@p/B.sol", false), ("src/A.sol", true)]);
}

#[test]
fn exporting_twice_gives_the_same_bytes_and_no_difference() {
    let fixture = project();
    let export = || fixture.project().export_artifacts(&fixture.options, &|_| {}).unwrap();
    let read = || {
        ["index.json", "src/A.sol/A.json"]
            .map(|name| fs::read(fixture.path("artifacts").join(name)).unwrap())
    };
    export();
    let first = read();
    export();
    assert_eq!(read(), first);
    let check = || fixture.project().check_artifacts(&fixture.options, &|_| {}).unwrap();
    assert!(check().is_empty());
    fixture.write("artifacts/src/A.sol/A.json", "{}");
    assert_eq!(check(), ["src/A.sol/A.json differs"]);
}

#[test]
fn a_changed_source_makes_them_stale() {
    let mut fixture = project();
    fixture.project().export_artifacts(&fixture.options, &|_| {}).unwrap();
    let source = fs::read_to_string(fixture.path("src/A.sol")).unwrap();
    fixture.write("src/A.sol", &source.replace("E.X;", "E(0);"));
    assert_eq!(freshness(&fixture), Freshness::Stale { reason: "src/A.sol has changed".into() });
    fixture.build().unwrap();
    assert!(!fixture.reused(&fixture.path("artifacts")));
    fs::remove_dir_all(fixture.path("node_modules")).unwrap();
    fixture.options = without_compiler(&fixture.path("store"));
    assert!(matches!(fixture.build(), Err(CompileError::MissingImports { .. })));
    assert!(
        fixture.warnings()[0].ends_with("cannot be used: src/A.sol has changed"),
        "{:?}",
        fixture.warnings()
    );
}

#[test]
fn a_contract_that_is_gone_leaves_no_file() {
    let fixture = project();
    let export = || fixture.project().export_artifacts(&fixture.options, &|_| {}).unwrap();
    fixture.write(
        "src/Old.sol",
        "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\ncontract Old {}\n",
    );
    assert_eq!(export(), 3);
    assert!(fixture.path("artifacts/src/Old.sol/Old.json").is_file());
    fs::remove_file(fixture.path("src/Old.sol")).unwrap();
    assert_eq!(export(), 2);
    assert!(!fixture.path("artifacts/src/Old.sol/Old.json").exists());
}

#[test]
fn settings_are_compared() {
    let fixture = project();
    fixture.project().export_artifacts(&fixture.options, &|_| {}).unwrap();
    fixture.write(
        "foundry.toml",
        "[profile.default]\nsolc = '0.8.37'\noptimizer = true\nlibs = ['node_modules']\n",
    );
    assert_eq!(
        freshness(&fixture),
        Freshness::Stale { reason: "the compiler settings differ".into() }
    );
    fixture.write("foundry.toml", "[profile.default]\nsolc = '0.8.36'\nlibs = ['node_modules']\n");
    assert_eq!(
        freshness(&fixture),
        Freshness::Stale { reason: "they were made by solc 0.8.37, not 0.8.36".into() }
    );
}

#[test]
fn the_bundled_project_shares_what_the_binary_carries() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts");
    let store = tempfile::tempdir().unwrap();
    let options = without_compiler(store.path());
    let build = Project::open(&root).unwrap().build(&options, &|_| {}).unwrap();
    let bundled = covenant_compile::bundled();
    assert_eq!(build.contracts.len(), bundled.contracts.len());
    for (id, contract) in &build.contracts {
        assert!(Arc::ptr_eq(contract, &bundled.contracts[id]), "{id}");
    }
    let own = || build.sources.values().filter(|source| source.path.starts_with("src/"));
    assert!(own().count() > 0 && own().all(|source| source.text.is_some()));
}

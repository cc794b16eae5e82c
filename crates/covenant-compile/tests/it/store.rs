//! The store: what happens when it is damaged, read-only or shared.

use std::{fs, path::PathBuf, thread};

use covenant_compile::Project;

use crate::support::{Fixture, options};

#[expect(clippy::unwrap_used, reason = "only tests call this")]
fn counter() -> Fixture {
    let mut fixture = Fixture::new(&[
        ("foundry.toml", "[profile.default]\n"),
        (
            "src/C.sol",
            "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\ncontract C { uint256 public n; }\n",
        ),
    ]);
    // The compiler stays where all tests share it; only the results are this test's own.
    let shared = options().store;
    fixture.options.solc = Some(shared.join("npm/solc-0.8.37/node_modules/solc"));
    fixture.options.store = fixture.path("store");
    Project::open(&fixture.path("")).unwrap().build(&options(), &|_| {}).unwrap();
    fixture
}

#[expect(clippy::unwrap_used, reason = "only tests call this")]
fn entries(fixture: &Fixture) -> Vec<PathBuf> {
    let folder = fixture.path("store/builds");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_kind_of_damage_is_noticed_and_mended() {
    let fixture = counter();
    let whole = format!("{:?}", fixture.build().unwrap());
    let [entry] = entries(&fixture).try_into().unwrap();
    let bytes = fs::read(&entry).unwrap();
    let middle = bytes.len() / 2;
    let mut flipped = bytes.clone();
    flipped[middle] ^= 1;
    let mut other_checksum = bytes.clone();
    other_checksum[20] = if bytes[20] == b'0' { b'1' } else { b'0' };
    let longer = [bytes.as_slice(), b" "].concat();
    let damaged: [&[u8]; 7] = [
        b"",
        b"covenant build 1\n",
        &bytes[..middle],
        &flipped,
        &other_checksum,
        &longer,
        b"\xff\xfe",
    ];
    for damage in damaged {
        fs::write(&entry, damage).unwrap();
        assert_eq!(format!("{:?}", fixture.build().unwrap()), whole);
        assert!(fixture.compiled(), "a damaged entry of {} bytes is not used", damage.len());
        assert_eq!(fs::read(&entry).unwrap(), bytes, "the entry is mended");
    }
    fixture.build().unwrap();
    assert!(!fixture.compiled());
}

#[test]
fn settings_and_sources_are_part_of_the_key() {
    let fixture = counter();
    for (name, text) in [
        ("foundry.toml", "[profile.default]\noptimizer = true\n"),
        ("foundry.toml", "[profile.default]\noptimizer = true\noptimizer_runs = 9\n"),
        ("foundry.toml", "[profile.default]\nevm_version = 'london'\n"),
        (
            "src/C.sol",
            "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\ncontract C { uint128 public n; }\n",
        ),
    ] {
        fixture.build().unwrap();
        fixture.write(name, text);
        fixture.build().unwrap();
        assert!(fixture.compiled(), "{text}");
    }
    assert_eq!(entries(&fixture).len(), 5);
}

#[test]
fn a_store_that_cannot_be_written_costs_only_a_warning() {
    let mut fixture = counter();
    // A file where the folder should be cannot be written into, whoever runs the test.
    fixture.write("blocked", "");
    fixture.options.store = fixture.path("blocked");
    fixture.build().unwrap();
    assert_eq!(fixture.warnings().len(), 1, "{:?}", fixture.warnings());
    assert!(fixture.warnings()[0].starts_with("the result cannot be kept in "));
}

#[test]
fn concurrent_builds_agree() {
    let fixture = counter();
    let project = fixture.project();
    let options = &fixture.options;
    let builds: Vec<String> = thread::scope(|scope| {
        let runs: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| format!("{:?}", project.build(options, &|_| {}).unwrap())))
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(builds.iter().all(|build| *build == builds[0]));
    assert_eq!(entries(&fixture).len(), 1, "no temporary file is left");
}

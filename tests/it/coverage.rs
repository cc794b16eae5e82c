//! `covenant run --lcov`: what is told of a project in which every count was worked out by hand, and that the scenarios
//! reach every branch of the contracts, or the line says why not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Output,
};

use tempfile::TempDir;

use crate::{
    bad_input::cache,
    binary::{covenant, root, transcript},
};

const PROJECT: &str = "tests/coverage/scenarios";

/// Begins the reason, directly above a line of a contract, why no scenario reaches all of it.
const REASON: &str = "// unreached: ";

/// The folders of the bundled Solidity that hold no agreement and move no money of one: for simulations only.
const ASIDE: [&str; 4] = ["actors", "adversaries", "simulation", "tokens"];

/// Runs with coverage, in the root of the repository.
#[track_caller]
fn run(lcov: &Path, args: &[&str]) -> Output {
    let solc = root().join("contracts/node_modules/solc");
    assert!(solc.is_dir(), "compiling the contracts needs `npm ci --prefix contracts`");
    let mut command = covenant(&["run", "--solc"]);
    command.arg(solc).arg("--lcov").arg(lcov).args(args).env("COVENANT_CACHE", cache());
    let output = command.output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(0), "{}", transcript(&output));
    output
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("there is room for a folder")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the file was written")
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests decides whether golden is written"
)]
fn golden(name: &str, actual: &str) {
    let path = root().join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, actual).expect("golden can be written");
    }
    assert_eq!(actual, read(&path), "{}", path.display());
}

#[test]
fn every_construct_is_counted_exactly() {
    let folder = folder();
    let lcov = folder.path().join("new/coverage.info");
    let output = run(&lcov, &["-v", PROJECT]);
    golden("coverage/constructs.info", &read(&lcov));
    let said = String::from_utf8(output.stdout).expect("output is UTF-8");
    let (_, table) = said.split_once("\n\ncoverage ").expect("there is a table");
    golden("coverage/constructs.txt", &format!("coverage {table}"));
}

#[test]
fn coverage_is_the_same_whatever_runs_first() {
    let folder = folder();
    let (one, many) = (folder.path().join("1.info"), folder.path().join("4.info"));
    let names = ["constructs.yaml", "cases.yaml::two", "cases.yaml::one"];
    let paths = names.map(|name| format!("{PROJECT}/{name}"));
    run(&one, &["--threads", "1", &paths[0], &paths[1], &paths[2]]);
    run(&many, &["--threads", "4", PROJECT]);
    assert_eq!(read(&one), read(&many));
}

#[test]
fn coverage_adds_up_over_scenarios_and_cases() {
    let folder = folder();
    let count = |name: &str, what: &str| {
        let lcov = folder.path().join("part.info");
        run(&lcov, &[&format!("{PROJECT}/{name}")]);
        let text = read(&lcov);
        let counts = text.lines().filter_map(|line| line.strip_prefix("FNDA:"));
        let count = counts.filter_map(|line| line.strip_suffix(what)).next().expect("it is told");
        count.parse::<u32>().expect("it is a number")
    };
    let loops = ",Constructs.loops";
    assert_eq!((count("cases.yaml::one", loops), count("cases.yaml::two", loops)), (1, 1));
    assert_eq!((count("cases.yaml", loops), count("constructs.yaml", loops)), (2, 1));
}

#[test]
fn coverage_changes_nothing_else() {
    let folder = folder();
    let lcov = folder.path().join("a.info");
    let with = run(&lcov, &["--json", PROJECT]);
    let mut command = covenant(&["run", "--json", PROJECT, "--solc"]);
    command.arg(root().join("contracts/node_modules/solc")).env("COVENANT_CACHE", cache());
    let without = command.output().expect("the binary starts");
    assert_eq!(
        String::from_utf8_lossy(&with.stdout),
        String::from_utf8_lossy(&without.stdout),
        "the report is that of the ordinary build, gas included"
    );
    let told = String::from_utf8_lossy(&with.stderr);
    assert!(told.contains("\ncoverage ") && told.contains("Constructs.sol"), "{told}");
}

/// A loop whose rounds are cheaper with optimisations than without.
const WHEEL: &str = "// SPDX-License-Identifier: MIT
pragma solidity =0.8.37;

contract Wheel {
    uint256 public angle;

    function turn(uint256 times) external {
        uint256 sum = 0;
        for (uint256 i = 0; i < times; ++i) sum += i;
        angle = sum;
    }
}
";

#[test]
fn a_scenario_that_goes_otherwise_without_optimisations_is_named() {
    let folder = folder();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("there is room");
        fs::write(&path, text).expect("the folder can be written");
        path
    };
    write("foundry.toml", "[profile.default]\nsolc = \"0.8.37\"\noptimizer = true\n");
    write("src/Wheel.sol", WHEEL);
    let told = |name: &str, how: &str| {
        let steps = format!("steps:\n  - alice: wheel.turn(1_000)\n    {how}\n");
        let head = "actors: [alice]\ncontracts:\n  wheel: { deploy: Wheel }\n";
        let path = write(name, &format!("scenario: it turns\n{head}{steps}"));
        let lcov = folder.path().join("a.info");
        let output = run(&lcov, &[path.to_str().expect("it is UTF-8")]);
        String::from_utf8(output.stderr).expect("output is UTF-8")
    };
    let limited = told("limited.yaml", "gas_limit: 180_000");
    assert!(limited.contains("went otherwise, and count as far as they went: "), "{limited}");
    assert!(limited.contains("limited.yaml"), "{limited}");
    // What a scenario expects of gas is about the ordinary build, and is not judged on the other one.
    let bounded = told("bounded.yaml", "expect: { gas: <= 180_000 }");
    assert!(!bounded.contains("went otherwise"), "{bounded}");
}

#[test]
fn where_there_is_no_solidity_there_is_nothing_to_cover() {
    let folder = folder();
    let (scenario, lcov) = (folder.path().join("gift.yaml"), folder.path().join("a.info"));
    let gift =
        "scenario: a gift\nactors: [parent, child]\nsteps:\n  - parent: transfer(child, 1 ether)\n";
    fs::write(&scenario, gift).expect("the folder can be written");
    let output = run(&lcov, &[scenario.to_str().expect("it is UTF-8")]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("--lcov: no scenario belongs to a project with Solidity"), "{told}");
    assert_eq!(read(&lcov), "");
}

#[test]
fn where_the_report_cannot_be_written_nothing_is_run() {
    let folder = folder();
    let mut command = covenant(&["run", PROJECT, "--lcov"]);
    let output = command.arg(folder.path()).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(2), "{}", transcript(&output));
    assert!(output.stdout.is_empty());
}

/// The lines of each file that were not executed, or that hold a branch of which some way was not taken.
fn unreached(lcov: &str) -> BTreeMap<&str, BTreeSet<usize>> {
    let (mut files, mut file) = (BTreeMap::<_, BTreeSet<_>>::new(), "");
    for record in lcov.lines() {
        let Some((kind, value)) = record.split_once(':') else { continue };
        let fields = value.split(',').collect::<Vec<_>>();
        match kind {
            "SF" => {
                file = value;
                files.insert(file, BTreeSet::new());
            }
            "DA" | "BRDA" if matches!(fields.last(), Some(&("0" | "-"))) => {
                let line = fields[0].parse().expect("a line has a number");
                files.get_mut(file).expect("a file comes first").insert(line);
            }
            _ => {}
        }
    }
    files
}

/// The lines that say why they are not reached: each the first line of code below its reason.
fn excused(source: &str) -> BTreeSet<usize> {
    let is_reason = |line: &str| line.trim_start().starts_with(REASON);
    let (mut lines, mut waits) = (BTreeSet::new(), false);
    for (number, line) in source.lines().enumerate() {
        if is_reason(line) {
            waits = true;
        } else if waits && !line.trim_start().starts_with("//") {
            lines.insert(number + 1);
            waits = false;
        }
    }
    lines
}

#[test]
fn the_scenarios_reach_every_branch_of_the_contracts_or_the_line_says_why_not() {
    let folder = folder();
    let lcov = folder.path().join("a.info");
    run(&lcov, &["tests/scenarios"]);
    let text = read(&lcov);
    let mut wrong = Vec::new();
    let mut files = 0;
    for (file, lines) in unreached(&text) {
        let Some(below) = file.strip_prefix("contracts/src/") else { continue };
        if ASIDE.iter().any(|aside| below.starts_with(&format!("{aside}/"))) {
            continue;
        }
        files += 1;
        let excused = excused(&read(&root().join(file)));
        let silent = lines.difference(&excused);
        wrong
            .extend(silent.map(|line| format!("{file}:{line}: not reached, and nothing says why")));
        let idle = excused.difference(&lines);
        wrong.extend(idle.map(|line| format!("{file}:{line}: reached, whatever is said above it")));
    }
    assert!(files > 60, "all contracts are there, not only {files} files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_not_reached_and_what_is_excused_is_told_by_line() {
    let lcov = "SF:a.sol\nDA:3,1\nDA:4,0\nBRDA:7,0,0,2\nBRDA:7,0,1,0\nBRDA:9,1,0,-\nBRDA:12,2,0,1\nend_of_record\nSF:b.sol\n";
    let expected = [("a.sol", BTreeSet::from([4, 7, 9])), ("b.sol", BTreeSet::new())];
    assert_eq!(unreached(lcov), BTreeMap::from(expected));
    let source = "a;\n// unreached: because.\n// So it is.\nb;\n    // unreached: too.\n    c;\nd; // unreached: not here\n";
    assert_eq!(excused(source), BTreeSet::from([4, 6]));
}

//! The list of faults: each has a test, and the test is there.

use std::{collections::BTreeMap, fs, path::Path};

use crate::faults;

/// The table, a test or more for each fault.
const TABLE: &str = include_str!("../../FAULTS.md");
/// How many faults the list has.
const FAULTS: u32 = 50;

/// The tests of each row; by their paths, in this folder or in that of the workspace.
fn rows() -> BTreeMap<u32, Vec<String>> {
    let lines = TABLE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| #"));
    let mut rows = BTreeMap::new();
    for line in lines {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [number, _fault, tests] = cells.as_slice() else { panic!("three columns: {line}") };
        let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        assert!(rows.insert(number.parse().unwrap(), tests).is_none(), "row {number} twice");
    }
    rows
}

/// Whether a file has this test.
fn has(file: &Path, test: &str) -> bool {
    let Ok(text) = fs::read_to_string(file) else { return false };
    let head = format!("fn {test}(");
    text.match_indices(&head).any(|(at, _)| text[..at].trim_end().ends_with("#[test]"))
}

fn exists(path: &str) -> bool {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (modules, test) = path.rsplit_once("::").unwrap();
    let file = modules.replace("::", "/");
    let roots = [crate_root.join("tests/it"), crate_root.join("../../tests/it")];
    roots.iter().any(|root| {
        has(&root.join(format!("{file}.rs")), test) || has(&root.join(&file).join("mod.rs"), test)
    })
}

#[test]
fn every_fault_of_the_list_has_a_test_that_is_there() {
    let rows = rows();
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), (1..=FAULTS).collect::<Vec<_>>());
    for (row, tests) in &rows {
        assert!(!tests.is_empty(), "row {row} has no test");
        for test in tests {
            assert!(exists(test), "row {row} names `{test}`, which is not there");
        }
    }
    assert!(!exists("send::everywhere::every_fault_at_no_question"));
}

#[test]
fn what_the_table_says_happens_at_every_question_does() {
    const EVERYWHERE: [&str; 2] = [
        "send::everywhere::every_fault_at_every_question",
        "voyages::everywhere::every_fault_of_a_node_during_a_voyage",
    ];
    let injected: Vec<u32> = faults::all().into_iter().map(|(row, _)| row).collect();
    for (row, tests) in rows() {
        for everywhere in EVERYWHERE {
            let said = tests.iter().any(|test| test == everywhere);
            assert_eq!(said, injected.contains(&row), "row {row} and {everywhere}");
        }
    }
}

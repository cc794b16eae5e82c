//! What `scripts/live-everywhere.sh` found out about the bundled scenarios on each node.

use std::{collections::BTreeMap, fs};

use crate::binary::root;

/// A verdict, and the tool's words.
type Found = (String, String);

#[test]
fn no_scenario_that_was_tried_on_a_node_failed() {
    for node in ["anvil", "hardhat", "ganache"] {
        let file = root().join("tests/golden/live").join(format!("{node}.json"));
        let all: BTreeMap<String, Found> =
            serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        assert!(!all.is_empty(), "{node}");
        for (id, (verdict, words)) in all {
            let scenario = id.split("::").next().unwrap();
            assert!(root().join("tests").join(scenario).is_file(), "{id} is no scenario any more");
            let right = match verdict.as_str() {
                "live" => words.is_empty(),
                "simulation" | "node" => !words.is_empty(),
                _ => false,
            };
            assert!(right, "{node}: {id}: {verdict} {words}");
        }
    }
}

//! The committed JSON Schemas are those of the binary.

use crate::binary::{root, run};

#[test]
fn committed_schemas_are_fresh() {
    for (which, file) in [
        ("scenario", "scenario.schema.json"),
        ("report", "run.schema.json"),
        ("explore", "explore.schema.json"),
        ("deadlines", "deadlines.schema.json"),
        ("keys", "keys.schema.json"),
        ("plan", "plan.schema.json"),
        ("status", "status.schema.json"),
        ("live", "live.schema.json"),
    ] {
        let output = run(&["schema", which]);
        assert!(output.status.success(), "`covenant schema {which}` failed");
        let path = root().join("tests/schema").join(file);
        let committed = std::fs::read_to_string(&path).expect("the schema is committed");
        let fresh = String::from_utf8(output.stdout).expect("a schema is text");
        assert!(committed == fresh, "run `covenant schema {which} > {}`", path.display());
    }
}

#[test]
fn every_scenario_names_the_schema_in_its_first_line() {
    for path in crate::golden::scenarios() {
        let text = std::fs::read_to_string(root().join(&path)).expect("scenarios are text");
        let first = text.lines().next().unwrap_or_default();
        assert_eq!(
            first,
            "# yaml-language-server: $schema=../../schema/scenario.schema.json",
            "in {}",
            path.display()
        );
    }
}

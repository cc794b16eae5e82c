//! JSON: the model itself, and its schema.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{
    CheckReport, DeadlinesReport, ExploreReport, KeysReport, LiveReport, PlanReport, RunReport,
    StatusReport,
};

/// The document, indented, with a line end.
pub fn json(document: &impl Serialize) -> String {
    let mut text =
        serde_json::to_string_pretty(document).expect("keys are strings and no value refuses");
    text.push('\n');
    text
}

/// The JSON Schema of `covenant run --json`, with a line end.
pub fn run_schema() -> String {
    schema::<RunReport>()
}

/// The JSON Schema of `covenant check --json`, with a line end.
pub fn check_schema() -> String {
    schema::<CheckReport>()
}

/// The JSON Schema of `covenant keys list --json`, with a line end.
pub fn keys_schema() -> String {
    schema::<KeysReport>()
}

/// The JSON Schema of `covenant explore --json`, with a line end.
pub fn explore_schema() -> String {
    schema::<ExploreReport>()
}

/// The JSON Schema of `covenant deadlines --json`, with a line end.
pub fn deadlines_schema() -> String {
    schema::<DeadlinesReport>()
}

/// The JSON Schema of `covenant plan --json`, with a line end.
pub fn plan_schema() -> String {
    schema::<PlanReport>()
}

/// The JSON Schema of `covenant status --json`, with a line end.
pub fn status_schema() -> String {
    schema::<StatusReport>()
}

/// The JSON Schema of `covenant run --network NAME --json`, with a line end.
pub fn live_schema() -> String {
    schema::<LiveReport>()
}

fn schema<T: JsonSchema>() -> String {
    json(&schemars::schema_for!(T))
}

#[cfg(test)]
mod tests {
    use super::{check_schema, json, keys_schema, run_schema};
    use crate::{model::RunReport, samples};

    #[test]
    fn writes_exact_amounts_as_text() {
        let report = RunReport::new(vec![samples::failed()], 0, 3);
        let value: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
        assert_eq!(value["schema"], "covenant.run/1");
        assert_eq!(value["summary"]["failed"], 1);
        let events = value["scenarios"][0]["events"].as_array().unwrap();
        assert_eq!(events[0]["event"], "transaction");
        assert_eq!(events[0]["changes"][0]["amount"], "-2000000000000000000");
        assert_eq!(events[0]["at"], "2026-01-01T00:00:00Z");
        assert_eq!(events.last().unwrap()["event"], "failed");
    }

    #[test]
    fn schemas_name_every_required_key() {
        let value: serde_json::Value = serde_json::from_str(&run_schema()).unwrap();
        assert_eq!(
            value["required"],
            serde_json::json!(["schema", "exit_code", "summary", "scenarios"])
        );
        let value: serde_json::Value = serde_json::from_str(&check_schema()).unwrap();
        assert_eq!(value["required"], serde_json::json!(["schema", "exit_code", "files"]));
        let value: serde_json::Value = serde_json::from_str(&keys_schema()).unwrap();
        assert_eq!(value["required"], serde_json::json!(["schema", "accounts"]));
    }
}

//! What programs read of live networks: the same every time on a chain whose clock and keys everybody knows.

use serde_json::Value;

use super::project::{Project, desk, stdout};
use crate::{binary::root, golden::check};

const LATE: &str = "
scenario: a tip, and another one
actors: [landlord, tenant]
steps:
  - tenant: transfer(landlord, 3 wei)
  - wait: 1 days
  - landlord: transfer(tenant, 2 wei)
    by: start + 2 days
ensures:
  - gained(landlord) == 1
";

/// What a command wrote, which is to be the golden file of this name.
fn golden(name: &str, text: &str) -> Value {
    let folder = root().join("tests/golden/live");
    std::fs::create_dir_all(&folder).expect("golden can be written");
    check(&folder.join(format!("{name}.json")), text);
    serde_json::from_str(text).expect("it is JSON")
}

#[test]
fn plan_run_and_status_are_written_as_json() {
    let node = desk();
    let project = Project::new(node.url());
    project.write("tips.yaml", LATE);
    let written = |args: &[&str], code| stdout(&project.expect(args, code));
    let plan = golden("plan", &written(&["plan", "tips.yaml", "--network", "desk", "--json"], 0));
    assert_eq!((&plan["schema"], &plan["exit_code"]), (&"covenant.plan/1".into(), &0.into()));
    assert_eq!(plan["transactions"].as_array().map(Vec::len), Some(2));
    let run = golden("run", &written(&["run", "tips.yaml", "--network", "desk", "--json"], 0));
    assert_eq!((&run["schema"], &run["exit_code"]), (&"covenant.live/1".into(), &0.into()));
    assert_eq!(run["scenario"]["status"], "passed");
    assert_eq!(run["differences"], Value::Array(Vec::new()));
    let status = ["status", "tips.yaml", "--network", "desk", "--json"];
    let status = golden("status", &written(&status, 0));
    assert_eq!((&status["schema"], &status["exit_code"]), (&"covenant.status/1".into(), &0.into()));
    assert_eq!(status["journals"][0]["finished"], true);
    assert_eq!(status["journals"][0]["steps"][1]["on_chain"], "the chain: in block 3");
}

#[test]
fn what_fails_is_written_as_json_with_its_exit_code() {
    let node = desk();
    let project = Project::new(node.url());
    project.write("tips.yaml", &LATE.replace("== 1", "== 2"));
    let written = |args: &[&str], code| -> Value {
        serde_json::from_str(&stdout(&project.expect(args, code))).expect("it is JSON")
    };
    let plan = written(&["plan", "tips.yaml", "--network", "desk", "--json"], 3);
    assert_eq!((&plan["exit_code"], &plan["simulation"]["status"]), (&3.into(), &"failed".into()));
    // What does not hold is not begun, so that there is only the plan to write.
    let run = written(&["run", "tips.yaml", "--network", "desk", "--json"], 3);
    assert_eq!((&run["schema"], &run["exit_code"]), (&"covenant.plan/1".into(), &3.into()));
    let status = written(&["status", "tips.yaml", "--json"], 0);
    assert_eq!(status["journals"], Value::Array(Vec::new()));
}

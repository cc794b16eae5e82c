//! What a scenario is told before it runs; the place, the message and the hint of each finding.

use std::{path::Path, sync::Arc};

use covenant_compile::Build;

use crate::Scenario;

/// Plans the body of a scenario, outside of any project.
fn planned(body: &str) -> Result<Scenario, String> {
    let text = format!("scenario: s\nactors: [alice, bob]\n{body}");
    Scenario::parse(Path::new("s.yaml"), &text, &Arc::new(Build::default()))
        .map_err(|invalid| invalid.to_string())
}

/// What is wrong with a body.
fn wrong(body: &str) -> String {
    planned(body).expect_err("the scenario is invalid")
}

#[track_caller]
fn says(body: &str, findings: &[&str]) {
    let wrong = wrong(body);
    let lines: Vec<&str> = wrong.lines().collect();
    assert_eq!(lines.len(), findings.len(), "{wrong}");
    for (line, finding) in lines.iter().zip(findings) {
        assert!(line.contains(finding), "{wrong}\nlacks: {finding}");
    }
}

#[track_caller]
fn fine(body: &str) {
    if let Err(wrong) = planned(body) {
        panic!("{wrong}");
    }
}

#[test]
fn constants_that_fit_nowhere_are_found_before_anything_runs() {
    says("steps:\n  - alice: transfer(bob, 2**256)\n", &["does not fit uint256"]);
    says(
        "ensures: [5 % (2 - 2) == 0]\n",
        &["4:11: this divides by zero"].map(|s| s.trim_start_matches("4:11: ")),
    );
    says("ensures: [2 ** 2 ** 2 ** 2 ** 2 ** 2 > 0]\n", &["the result has more than 4096 bits"]);
    says("ensures: [1 << 100000 > 0]\n", &["the result has more than 4096 bits"]);
    says(
        "let: { many: 250 + 6 }\nensures: [uint8(many) == 0]\n",
        &["256 does not fit uint8, which goes from 0 to 255"],
    );
    says(
        "steps:\n  - alice: transfer(bob, 1)\n    gas_limit: 2**70\n",
        &["no block has 1180591620717411303424 gas"],
    );
    fine("ensures: [\"false && 1 % (2 - 2) == 0 || true ? 1 == 1 : 5 / (1 - 1) == 0\"]\n");
    fine("let: { rate: 0 }\nensures: [\"rate == 0 || 5 / rate == 1\"]\n");
}

#[test]
fn times_that_lead_back_are_found_before_anything_runs() {
    says(
        "steps:\n  - wait: -3 days\n",
        &["s.yaml:4:11: the clock cannot be moved back: -3 days (write"],
    );
    says(
        "let: { pause: 1 - 2 }\nsteps:\n  - wait: pause\n",
        &["the clock cannot be moved back: pause"],
    );
    says("steps:\n  - wait: 99999999999999999999 weeks\n", &["beyond what the clock can hold"]);
    says("steps:\n  - wait: 18446744073709551615\n", &["beyond what the clock can hold"]);
    says("steps:\n  - at: 2025-12-31T00:00:00Z\n", &["it has reached 2026-01-01"]);
    says(
        "steps:\n  - wait: 10 days\n  - at: start + 3 days\n",
        &["s.yaml:5:9: the clock cannot be moved back"],
    );
    says(
        "steps:\n  - wait: 2 months\n  - at: start + 1 months + 27 days\n",
        &["the clock cannot be moved back"],
    );
    says(
        "steps:\n  - repeat: { times: 3, every: -1 days }\n    do:\n      - alice: transfer(bob, 1)\n",
        &["the clock cannot be moved back: -1 days"],
    );
    fine("steps:\n  - at: start\n  - wait: 1 months\n  - at: start + 31 days\n");
    fine("chain: { start: 2020-01-01 }\nsteps:\n  - at: 2025-12-31\n");
}

//! What a scenario is told before it runs; the place, the message and the hint of each finding.

use std::{path::Path, sync::Arc};

use covenant_compile::Build;

use crate::Scenario;

/// Plans the body of a scenario, outside of any project.
pub(super) fn planned(body: &str) -> Result<Scenario, String> {
    let text = format!("scenario: s\nactors: [alice, bob]\n{body}");
    Scenario::parse(Path::new("s.yaml"), &text, &Arc::new(Build::default()))
        .map_err(|invalid| invalid.to_string())
}

/// What is wrong with a body.
fn wrong(body: &str) -> String {
    planned(body).expect_err("the scenario is invalid")
}

#[track_caller]
pub(super) fn says(body: &str, findings: &[&str]) {
    let wrong = wrong(body);
    let lines: Vec<&str> = wrong.lines().collect();
    assert_eq!(lines.len(), findings.len(), "{wrong}");
    for (line, finding) in lines.iter().zip(findings) {
        assert!(line.contains(finding), "{wrong}\nlacks: {finding}");
    }
}

#[track_caller]
pub(super) fn fine(body: &str) {
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

#[test]
fn a_wrong_declaration_is_reported_once_and_not_at_each_use() {
    let uses = "steps:\n  - alice: jar.open(plan)\n    as: id\n    expect: { emits: Opened(_) }\n  - check: last == id\n\
                ensures: [balance(jar) == plan]\n";
    says(
        &format!("contracts: {{ jar: {{ deploy: Nowhere }} }}\nlet: {{ plan: 1 + true }}\n{uses}"),
        &["no contract is named `Nowhere`", "`+` is for numbers"],
    );
    says("let: { a: b, b: a }\nensures: [a == 1]\n", &["depends on itself"]);
    says(
        "tokens: { usd: { like: nothing } }\nensures: [\"balance(usd, alice) == 0\"]\n",
        &["no bundled token"],
    );
}

#[test]
fn what_a_later_step_binds_is_said_to_be_there() {
    let body = "tokens: { usd: {} }\nsteps:\n  - check: done\n  - alice: usd.transfer(bob, 0)\n    as: done\n";
    says(body, &["s.yaml:5:12: `done` is bound by a later step"]);
}

#[test]
fn rules_do_something_and_have_names_of_their_own() {
    says("rules: [{ rule: gift, when: \"true\" }]\n", &["a rule needs the key `then`"]);
    let rule =
        "  - rule: gift\n    when: now > start\n    then: [{ alice: \"transfer(bob, 1)\" }]\n";
    says(&format!("rules:\n{rule}{rule}"), &["another rule is named `gift`"]);
    let idle = planned("").expect("an empty scenario is valid").warnings();
    assert!(idle.iter().any(|warning| warning.message.contains("nothing happens")), "{idle:?}");
}

#[test]
fn signatures_come_apart_and_yaml_takes_quotes_away() {
    let head = "tokens: { usd: {} }\nlet: { s: \"permit(alice, usd, bob, 1, start)\" }\n";
    fine(&format!(
        "{head}ensures:\n  - s.v == 27 || s.r == s.s || bytes32(s[32:64]) == s.s && s[:1].length == 1\n"
    ));
    says(
        &format!("{head}ensures:\n  - now[1:2] == s\n"),
        &["`now` is uint256, and only bytes have slices"],
    );
    says(
        "let: { a: \"Loyalty\" }\nensures: [a == \"b\"]\n",
        &["`Loyalty` is not known here (YAML takes the quotes away: write '\"Loyalty\"')"],
    );
    says("let: { a: 'My own Token' }\nensures: [a == \"b\"]\n", &["write '\"My own Token\"'"]);
}

#[test]
fn hints_say_how_it_is_written() {
    says(
        "steps:\n  - wait: soon\n",
        &["`soon` is not known here (write a span of time as 31 days"],
    );
    says("steps:\n  - wait: 3 moons\n", &["weeks, months and years"]);
    says("steps:\n  - wait: 1.5 months\n", &["takes a whole number (write `1 months + 15 days`"]);
    says("steps:\n  - at: 31.03.2026\n", &["(write a date as 2026-03-31"]);
    says(
        "steps:\n  - at: tomorrow\n",
        &["`tomorrow` is not known here (write a date as 2026-03-31"],
    );
    says("ensures: [now == 0 and true]\n", &["(write `&&`)"]);
    says("ensures: [now == 0x]\n", &["digits are missing after `0x`"]);
    says("ensures: [now == 1__000]\n", &["(one `_` can stand between two digits)"]);
    says(
        "ensures:\n  - keccak256('abc) == bytes32(0)\n",
        &["s.yaml:4:15: this text is never closed"],
    );
    let act = "steps:\n  - alice: transfer(bob, 1)\n    expect:\n      gas: about 5\n";
    says(act, &["(a bound is written as `<= 95_000`)"]);
    says(
        "chain:\n  fork:\n    rpc: http://x\n    block: latest\n",
        &["starts from the number of a block"],
    );
    says("contracts: { jar: { deploy: Jar } }\n", &["belongs to no project with contracts"]);
}

#[test]
fn suggestions_look_at_case_length_and_letters() {
    let usd = "tokens: { usd: {} }\n";
    says(&format!("{usd}ensures: [\"balance(uds, alice) == 0\"]\n"), &["did you mean `usd`?"]);
    says("ensures: [many == 1]\n", &["`many` is not known here"]);
    assert!(!wrong("ensures: [many == 1]\n").contains("`any`"));
    says(
        "steps:\n  - alicе: transfer(bob, 1)\n",
        &["did you mean `alice`? Its character 5 is U+0435, not `e`"],
    );
    let long = "x".repeat(300);
    assert!(wrong(&format!("ensures: [{long} == 1]\n")).len() < 200);
}

#[test]
fn signatures_are_about_contracts_and_returned_values_convert() {
    says(
        "ensures: [\"permit(alice, alice, bob, 1, start).length == 65\"]\n",
        &["the token of `permit` must be a contract, and `alice` is an actor"],
    );
}

#[test]
fn a_fork_names_a_node_or_a_recording_that_can_be_read() {
    let fork = |rest: &str| format!("chain:\n  fork:\n    block: 1\n{rest}");
    for wrong in ["mainnet", "https://", "http:///x", "ftp://x.org", "https://a b"] {
        says(
            &fork(&format!("    rpc: {wrong}\n")),
            &["is not the address of a node (write it with its scheme"],
        );
    }
    fine(&fork("    rpc: http://127.0.0.1:1/x\n    recording: nowhere.json\n"));
    says(
        &fork("    recording: nowhere.json\n"),
        &["s.yaml:6:16: the recording nowhere.json cannot be read"],
    );
    says(&fork("    rpc: http://127.0.0.1:1\n    recording: Cargo.toml\n"), &["it is no JSON"]);
}

#[test]
fn wrong_shapes_keep_no_wrong_syntax_back() {
    says(
        "tokns: {}\nlet: { a: 5 + }\nsteps:\n  - alice: f(\n  - check: [1 +]\n  - together: [{ bob: \"g)\" }]\n\
         rules: [{ rule: r, when: 2 *, then: [{ bob: \"h(\" }] }]\ncases: { a: { ensures: [3 /] } }\n",
        &[
            "no key `tokns`",
            "ends too early",
            "never closed",
            "ends too early",
            "closes nothing",
            "ends too early",
            "never closed",
            "ends too early",
        ],
    );
}

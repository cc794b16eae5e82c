//! What happens on a node is what happens in simulation, and what does not is shown.

use alloy_primitives::U256;
use serde_json::{Value, json};

use super::project::{Project, account, desk, stderr, stdout};
use crate::{
    binary::transcript,
    nodes::{Fate, Kind, Proxy, RunningNode},
};

/// Some of each kind: calls, tokens, rules and `until`, contracts that act, adversaries, signatures, libraries, gas, fees, and what
/// looks at the account that blocks pay.
const SCENARIOS: [&str; 10] = [
    "scenarios/escrow/happy-path.yaml",
    "scenarios/escrow/contract-wallet.yaml",
    "scenarios/escrow/settlement-by-signature.yaml::signed-by-the-payee",
    "scenarios/lease/by-rules-alone.yaml",
    "scenarios/lease/paid-in-a-token.yaml",
    "scenarios/milestones/happy-path.yaml",
    "scenarios/adversarial/credit.yaml",
    "scenarios/guarantee/called-and-paid.yaml",
    "scenarios/language/fees.yaml",
    LOOKS_AT_NOBODY,
];

/// Looks at the account of address 0, which blocks of anvil pay.
const LOOKS_AT_NOBODY: &str = "scenarios/funding/odd-tokens.yaml";

#[test]
fn a_node_prints_the_same_timeline_as_a_simulation() {
    for file in SCENARIOS {
        let node = desk();
        let project = Project::new(node.url());
        assert_eq!(project.on_desk(file), project.simulated(file), "{file}");
    }
}

#[test]
fn the_account_that_a_block_pays_is_the_blocks() {
    let node = desk();
    // A node that pays whom it always pays.
    let proxy = Proxy::before(&node, |question, node| match &*question.method {
        "hardhat_setCoinbase" => question.refuse("no such method"),
        _ => question.pass_on(node),
    });
    let project = Project::new(proxy.url());
    let text = project.on_desk(LOOKS_AT_NOBODY);
    assert_ne!(text, project.simulated(LOOKS_AT_NOBODY), "it costs less to look at");
}

#[test]
fn hardhats_node_does_what_a_simulation_does() {
    let node = RunningNode::start(Kind::Hardhat);
    let project = Project::new(node.url());
    let text = project.on_desk("scenarios/escrow/happy-path.yaml");
    assert!(text.contains("escrow -10 ether") && text.contains("platform         +0.25"), "{text}");
}

#[test]
fn a_plan_sends_nothing_and_says_the_addresses() {
    let node = desk();
    let project = Project::new(node.url());
    let file = "scenarios/escrow/happy-path.yaml";
    let plan = stdout(&project.expect(&["plan", file, "--network", "desk"], 0));
    assert_eq!(node.asking().number("eth_blockNumber", &json!([])), 0);
    project.on_desk(file);
    let status = stdout(&project.expect(&["status", file, "--network", "desk"], 0));
    let place = account("@scene").create(0).to_string();
    assert!(plan.contains(&format!("at {place}")), "{plan}");
    assert!(status.contains(&format!("at {place}")), "{status}");
    assert!(status.contains("the chain: in block 2") && status.contains("done: all 7"), "{status}");
}

#[test]
fn a_deployment_is_gone_on_with_and_nothing_is_deployed_twice() {
    let node = desk();
    let project = Project::new(node.url());
    let file = "scenarios/lease/happy-path.yaml";
    let deployed = stdout(&project.expect(&["deploy", file, "--network", "desk"], 0));
    let scene = account("@scene");
    let sent = node.asking().nonce(scene);
    assert!(deployed.starts_with("lease  0x"), "{deployed}");
    let file_of = |name: &str| std::fs::read_to_string(project.path(name)).unwrap();
    let addresses: Value =
        serde_json::from_str(&file_of("deployments/31337/addresses.json")).unwrap();
    let lease = &addresses["scenarios-lease-happy-path"]["lease"];
    assert_eq!(lease["contract"], "Lease");
    assert!(deployed.to_lowercase().contains(lease["address"].as_str().unwrap()), "{addresses}");
    let broadcast = file_of("broadcast/scenarios-lease-happy-path/31337/run-latest.json");
    assert!(broadcast.contains("\"contractName\": \"Lease\""), "{broadcast}");
    assert_eq!(node.asking().nonce(account("tenant")), 0, "a deployment lets nobody act");
    project.expect(&["deploy", file, "--network", "desk"], 0);
    project.on_desk(file);
    project.on_desk(file);
    assert_eq!(node.asking().nonce(scene), sent);
    assert_eq!(node.asking().nonce(account("tenant")), 13);
}

#[test]
fn a_difference_is_shown_and_is_no_success() {
    let node = desk();
    // A node that says another gas than it should of the step that funds the escrow.
    let proxy = Proxy::before(&node, move |question, node| {
        let fate = question.pass_on(node);
        let (Fate::Answered(answer), "eth_getTransactionReceipt") = (&fate, &*question.method)
        else {
            return fate;
        };
        let mut answer: Value = serde_json::from_slice(answer).unwrap();
        let receipt = &mut answer["result"];
        let logs = receipt["logs"].as_array().map_or(0, Vec::len);
        if receipt["from"] == json!(account("payer").to_string().to_lowercase()) && logs == 2 {
            receipt["gasUsed"] = json!(U256::from(77_777));
        }
        Fate::Answered(answer.to_string().into_bytes())
    });
    let project = Project::new(proxy.url());
    let file = "scenarios/escrow/happy-path.yaml";
    let output = project.expect(&["run", file, "--network", "desk"], 6);
    let text = stdout(&output);
    assert!(text.contains("difference in gas of `escrow.fund(terms)`"), "{}", transcript(&output));
    assert!(text.contains("network:    77777"), "{text}");
    assert!(!stderr(&output).contains("no difference"));
}

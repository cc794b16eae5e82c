//! What a network would not take is found before anything is signed.

use alloy_primitives::{U64, hex, keccak256};
use serde_json::json;

use super::project::{Project, account, desk, stderr, stdout};
use crate::{
    binary::transcript,
    nodes::{Fate, Kind, Proxy, RunningNode},
};

const ESCROW: &str = "scenarios/escrow/happy-path.yaml";
const TENANT: &str = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
const TIP: &str = "
scenario: a tip
actors: [landlord, tenant]
steps:
  - tenant: transfer(landlord, 1)
";

fn town(more: &[&str]) -> RunningNode {
    RunningNode::start_with(Kind::Anvil, &[&["--chain-id", "987654321"], more].concat())
}

const ALL: [&str; 3] = ["plan", "deploy", "run"];

/// Commands that would send end with 6, and say this.
#[track_caller]
fn refused(project: &Project, commands: &[&str], file: &str, network: &str, words: &str) {
    for command in commands {
        let mut command = project.command(&[command, file, "--network", network]);
        let output = command.output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(6), "{}", transcript(&output));
        assert!(stderr(&output).contains(words), "{}", transcript(&output));
    }
    assert!(!project.path("deployments/31337/scenarios-escrow-happy-path.jsonl").exists());
}

#[test]
fn another_chain_is_refused() {
    let node = desk();
    let project = Project::new(node.url());
    project.write("tip.yaml", TIP);
    let text = std::fs::read_to_string(project.path("covenant.toml")).expect("it was written");
    project.write("covenant.toml", &text.replace("${TOWN_RPC}", node.url()));
    refused(&project, &ALL, "tip.yaml", "town", "is on chain 31337, not 987654321");
}

#[test]
fn code_where_a_contract_would_be_is_refused() {
    let node = desk();
    let project = Project::new(node.url());
    let place = account("@scene").create(0);
    node.asking().ask("anvil_setCode", &json!([place, "0x00"]));
    let words = format!("would create a contract at {place}, where there is code already");
    refused(&project, &ALL, ESCROW, "desk", &words);
    assert_eq!(node.asking().number("eth_blockNumber", &json!([])), 0);
}

#[test]
fn rules_that_the_network_has_not_are_refused() {
    let node = RunningNode::start_with(Kind::Anvil, &["--hardfork", "shanghai"]);
    let project = Project::new(node.url());
    let words = "the network has not the rules of cancun";
    refused(&project, &["plan", "run"], ESCROW, "desk", words);
    assert_eq!(node.asking().number("eth_blockNumber", &json!([])), 0);
    // What needs none of them goes.
    project.write("tip.yaml", TIP);
    project.on_desk("tip.yaml");
}

#[test]
fn rules_that_only_the_network_has_are_refused_where_they_matter() {
    let node = desk();
    let project = Project::new(node.url());
    let words = "the network has the rules of osaka, by which it would fail: ";
    refused(&project, &["plan", "run"], "scenarios/language/hard-fork.yaml", "desk", words);
    assert_eq!(node.asking().number("eth_blockNumber", &json!([])), 0);
    project.write("tip.yaml", &format!("{TIP}chain: {{ evm: shanghai }}\n"));
    project.on_desk("tip.yaml");
}

/// A payee that burns all gas it is given: more than a transaction may have, and all of what it has.
#[test]
fn what_burns_whatever_it_is_given_is_given_what_is_allowed() {
    let file = "scenarios/adversarial/refusing-payee.yaml::burns-all-gas";
    let node = desk();
    let project = Project::new(node.url());
    let output = project.expect(&["run", file, "--network", "desk"], 0);
    assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
}

#[test]
fn an_account_with_too_little_is_refused() {
    let node = town(&[]);
    let project = Project::new("http://127.0.0.1:1");
    project.write("tip.yaml", TIP);
    for command in ["plan", "run"] {
        let mut command = project.command(&[command, "tip.yaml", "--network", "town"]);
        // The key of an account that has nothing.
        command.env("TENANT_KEY", format!("0x{:064x}", 0x7e17));
        let output = command.env("TOWN_RPC", node.url()).output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(6), "{}", transcript(&output));
        let text = stderr(&output);
        assert!(text.contains("not enough money: tenant (0x"), "{text}");
        assert!(text.contains("has 0 wei and may need"), "{text}");
    }
    assert_eq!(node.asking().number("eth_blockNumber", &json!([])), 0);
}

#[test]
fn an_account_with_something_that_waits_is_refused() {
    let node = town(&["--no-mining"]);
    let project = Project::new("http://127.0.0.1:1");
    project.write("tip.yaml", TIP);
    let payment = json!([{ "from": TENANT, "to": TENANT, "value": U64::from(1) }]);
    node.asking().ask("eth_sendTransaction", &payment);
    for command in ["plan", "run"] {
        let mut command = project.command(&[command, "tip.yaml", "--network", "town"]);
        let output = command.env("TOWN_RPC", node.url()).output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(6), "{}", transcript(&output));
        let words = "has 1 transactions that wait to be put into a block";
        assert!(stderr(&output).contains(words), "{}", transcript(&output));
    }
}

#[test]
fn a_step_that_cannot_land_in_time_never_lands() {
    let node = town(&["--block-time", "1"]);
    // The node says that it has the step, and drops it; what comes in its place goes on.
    let mut first = None;
    let proxy = Proxy::before(&node, move |question, node| {
        if question.method != "eth_sendRawTransaction" {
            return question.pass_on(node);
        }
        let raw = question.params[0].as_str().expect("it sends something").to_owned();
        if *first.get_or_insert_with(|| raw.clone()) != raw {
            return question.pass_on(node);
        }
        let bytes = hex::decode(&raw).expect("it sends bytes");
        question.answer(&json!(keccak256(bytes)))
    });
    let project = Project::new("http://127.0.0.1:1");
    let text = TIP.replace("landlord, 1)", "landlord, 1)\n    by: start + 20 seconds");
    project.write("tip.yaml", &text);
    let landlord = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266".parse().expect("an address");
    let before = node.asking().balance(landlord);
    let run = |more: &[&str]| {
        let args = [&["run", "tip.yaml", "--network", "town", "--yes"], more].concat();
        let mut command = project.command(&args);
        command.env("TOWN_RPC", proxy.url()).output().expect("the binary starts")
    };
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(6), "{}", transcript(&output));
    assert!(stderr(&output).contains("it will not land any more"), "{}", transcript(&output));
    let mut asking = node.asking();
    assert_eq!(asking.nonce(TENANT.parse().expect("an address")), 1);
    assert_eq!(asking.balance(landlord), before);
    let status = stdout(&project.expect(&["status", "tip.yaml"], 0));
    assert!(status.contains("cancelled"), "{status}");
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(6), "{}", transcript(&output));
    assert_eq!(asking.balance(landlord), before);
}

#[test]
fn a_moment_that_has_passed_fails_in_simulation_too() {
    let project = Project::new("http://127.0.0.1:1");
    let late = "
scenario: too late
actors: [landlord, tenant]
steps:
  - tenant: transfer(landlord, 1)
    by: start + 1 days
  - wait: 2 days
  - tenant: transfer(landlord, 1)
    by: start + 1 days
";
    project.write("late.yaml", late);
    let text = stdout(&project.expect(&["run", "late.yaml"], 3));
    assert!(text.contains("late.yaml:8:13") && text.contains("past the moment by which"), "{text}");
}

#[test]
fn what_is_planned_is_read_from_whichever_node_answers() {
    let node = desk();
    // It is there, and has no state to show.
    let proxy = Proxy::before(&node, |question, node| match question.method.as_str() {
        "eth_getBalance" | "eth_getCode" | "eth_getStorageAt" => Fate::Broken,
        _ => question.pass_on(node),
    });
    let alone = Project::new(node.url());
    let planned = alone.expect(&["plan", ESCROW, "--network", "desk"], 0);
    for first in ["http://127.0.0.1:1", proxy.url()] {
        let project = Project::new(node.url());
        let text = std::fs::read_to_string(project.path("covenant.toml")).expect("it was written");
        let one = format!("rpc = '{}'", node.url());
        assert!(text.contains(&one), "{text}");
        let two = format!("rpc = ['{first}', '{}']", node.url());
        project.write("covenant.toml", &text.replacen(&one, &two, 1));
        let output = project.expect(&["plan", ESCROW, "--network", "desk"], 0);
        assert_eq!(stdout(&output), stdout(&planned), "{}", transcript(&output));
    }
}

//! What is not sent, and why.

use std::{process::Stdio, sync::mpsc};

use serde_json::json;

use super::project::{Project, account, desk, stderr, stdout};
use crate::{
    binary::{root, transcript},
    nodes::{Kind, Proxy, RunningNode},
};

const ESCROW: &str = "scenarios/escrow/happy-path.yaml";

const TIP: &str = "
scenario: a tip
actors: [landlord, tenant]
steps:
  - tenant: transfer(landlord, 1)
";

const JARS: &str = "
scenario: a jar, and two payments
actors: [maker, friend]
contracts:
  one: { deploy: Jar, by: maker }
steps:
  - maker: transfer(friend, 1)
  - friend: transfer(maker, 1)
";

/// A scenario that does not hold where it is run.
const WRONG: &str = "
scenario: what was never funded is released
include: scenarios/escrow/_common.yaml
steps:
  - payer: escrow.propose(terms)
  - payer: escrow.release(terms, 10 ether)
";

#[test]
fn what_would_fail_is_not_begun() {
    let node = desk();
    let project = Project::new(node.url());
    project.write("wrong.yaml", WRONG);
    for command in ["plan", "run"] {
        let output = project.expect(&[command, "wrong.yaml", "--network", "desk"], 3);
        assert!(stdout(&output).contains("Escrow_WrongState"), "{}", transcript(&output));
    }
    assert_eq!(node.asking().number("eth_blockNumber", &json!([])), 0);
    assert!(!project.path("deployments").exists());
}

#[test]
fn what_exists_in_simulation_only_is_named() {
    let node = desk();
    let project = Project::new(node.url());
    project.write(
        "together.yaml",
        "scenario: two at once\nactors: [a, b]\nsteps:\n  - together:\n      - a: transfer(b, 1)\n      - b: transfer(a, 1)\n",
    );
    let output = project.expect(&["run", "together.yaml", "--network", "desk"], 2);
    assert!(stderr(&output).contains("together.yaml:4: `together:` wants a block of its own"));
    let output = project.expect(&["run", "scenarios/language/fork.yaml", "--network", "desk"], 2);
    assert!(stderr(&output).contains("fork"), "{}", transcript(&output));
    let output =
        project.expect(&["run", "scenarios/language/the-chain.yaml", "--network", "desk"], 2);
    let reason = "`chain: id:` is 5, which no network of chain 31337 has";
    assert!(stderr(&output).contains(reason), "{}", transcript(&output));
    let file = "scenarios/adversaries/judge-refuses-its-pay.yaml";
    let output = project.expect(&["run", file, "--network", "desk"], 2);
    let reason = "`arbitrator` is deployed by the contract `judge`, which no network has a key of";
    assert!(stderr(&output).contains(reason), "{}", transcript(&output));
    assert_eq!(node.asking().number("eth_blockNumber", &json!([])), 0);
}

#[test]
fn a_node_whose_clock_and_balances_are_not_ours_to_set_is_named() {
    let node = RunningNode::start(Kind::Ganache);
    let project = Project::new(node.url());
    let file = "scenarios/escrow/happy-path.yaml";
    let output = project.expect(&["run", file, "--network", "desk"], 6);
    assert!(stderr(&output).contains("has not the rules of cancun"), "{}", transcript(&output));
    let tip = "scenario: a tip\nactors: [a, b]\nsteps:\n  - a: transfer(b, 1)\n";
    project.write("tip.yaml", tip);
    let output = project.expect(&["run", "tip.yaml", "--network", "desk"], 6);
    assert!(stderr(&output).contains("will not set a balance"), "{}", transcript(&output));
    assert_eq!(node.asking().nonce(account("@scene")), 0);
}

#[test]
fn networks_are_looked_up_and_checked() {
    let node = desk();
    let project = Project::new(node.url());
    let output = project.expect(&["run", ESCROW, "--network", "moon"], 2);
    let text = stderr(&output);
    assert!(text.contains("no network `moon`; there is desk, town"), "{text}");
    let output = project.expect(&["run", ESCROW, "--network", "town"], 2);
    assert!(stderr(&output).contains("TOWN_RPC, which is not set"), "{}", transcript(&output));
    project.write("tip.yaml", TIP);
    let mut command = project.command(&["run", "tip.yaml", "--network", "town"]);
    let output = command.env("TOWN_RPC", node.url()).output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", transcript(&output));
    assert!(stderr(&output).contains("is on chain 31337, not 987654321"));
    let output = project.expect(&["run", ESCROW, "--park"], 2);
    assert!(stderr(&output).contains("`--park` is for `--network NAME`"));
}

#[test]
fn what_costs_too_much_is_not_begun() {
    let node = desk();
    let project = Project::new(node.url());
    let args = ["run", ESCROW, "--network", "desk", "--max-spend", "9.9 ether"];
    let output = project.expect(&args, 6);
    assert!(stderr(&output).contains("--max-spend allows"), "{}", transcript(&output));
    let args = ["run", ESCROW, "--network", "desk", "--max-spend", "10 ether"];
    project.expect(&args, 0);
}

#[test]
fn nothing_is_sent_to_a_network_that_nobody_agreed_to() {
    let args = ["--chain-id", "987654321"];
    let node = RunningNode::start_with(Kind::Anvil, &args);
    let project = Project::new("http://127.0.0.1:1");
    project.write("tip.yaml", TIP);
    let mut command = project.command(&["run", "tip.yaml", "--network", "town"]);
    let output = command.env("TOWN_RPC", node.url()).output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", transcript(&output));
    assert!(stderr(&output).contains("`--yes` sends without asking; nothing was sent"));
    assert_eq!(node.asking().number("eth_blockNumber", &json!([])), 0);
    // Somebody who has no account there.
    project.write(
        "gift.yaml",
        "scenario: a gift\nactors: [tenant, aunt]\nsteps:\n  - tenant: transfer(aunt, 1)\n",
    );
    let mut command = project.command(&["plan", "gift.yaml", "--network", "town"]);
    let output = command.env("TOWN_RPC", node.url()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", transcript(&output));
    assert!(stderr(&output).contains("no account is bound to aunt"));
}

#[test]
fn a_step_or_let_that_changed_is_refused() {
    let node = desk();
    let project = Project::new(node.url());
    let text = |amount: &str, note: &str| {
        format!(
            "scenario: a tip\nactors: [landlord, tenant]\nlet: {{ tip: {amount} }}\nsteps:\n  - tenant: transfer(landlord, {note})\n"
        )
    };
    project.write("tip.yaml", &text("3 wei", "tip"));
    project.on_desk("tip.yaml");
    project.write("tip.yaml", &text("4 wei", "tip"));
    let output = project.expect(&["run", "tip.yaml", "--network", "desk"], 6);
    assert!(stderr(&output).contains("`tip` was `3 wei` when this run began, and is `4 wei` now"));
    project.write("tip.yaml", &text("3 wei", "tip + 1"));
    let output = project.expect(&["run", "tip.yaml", "--network", "desk"], 6);
    assert!(
        stderr(&output).contains("was signed as `transfer(landlord, tip)`"),
        "{}",
        transcript(&output)
    );
    project.write("tip.yaml", &text("3 wei", "tip"));
    project.on_desk("tip.yaml");
    assert_eq!(node.asking().nonce(account("tenant")), 1);
}

#[test]
fn a_contract_that_changed_after_half_a_deployment_is_refused() {
    let node = desk();
    let project = Project::new(node.url());
    let solc = root().join("contracts/node_modules/solc").display().to_string();
    let text = std::fs::read_to_string(project.path("covenant.toml")).unwrap();
    let own: Vec<&str> = text.lines().filter(|line| !line.starts_with("contracts")).collect();
    project.write("covenant.toml", &own.join("\n"));
    project.write("foundry.toml", "[profile.default]\nsrc = \"src\"\n");
    std::fs::create_dir_all(project.path("src")).unwrap();
    let source = |size: u32| {
        format!(
            "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.20;\ncontract Jar {{\n    uint256 public constant SIZE = {size};\n}}\n"
        )
    };
    project.write("src/Jar.sol", &source(1));
    project.write("jars.yaml", JARS);
    let args = ["deploy", "jars.yaml", "--network", "desk", "--solc", &solc];
    project.expect(&args, 0);
    project.write("src/Jar.sol", &source(2));
    let args = ["run", "jars.yaml", "--network", "desk", "--solc", &solc];
    let output = project.expect(&args, 6);
    let text = stderr(&output);
    assert!(text.contains("step 1 (one)"), "{text}");
    assert_eq!(node.asking().nonce(account("maker")), 1);
    project.write("src/Jar.sol", &source(1));
    project.expect(&args, 0);
    assert_eq!(node.asking().nonce(account("maker")), 2);
}

#[test]
fn a_second_process_is_refused() {
    let node = desk();
    let (reached, waits) = mpsc::channel::<()>();
    let (goes, go_on) = mpsc::channel::<()>();
    let mut held = false;
    let proxy = Proxy::before(&node, move |question, node| {
        if question.method == "eth_sendRawTransaction" && !held {
            held = true;
            reached.send(()).expect("the test waits for it");
            go_on.recv().expect("the test lets it go on");
        }
        question.pass_on(node)
    });
    let project = Project::new(proxy.url());
    project.write("tip.yaml", TIP);
    let args = ["run", "tip.yaml", "--network", "desk"];
    let mut command = project.command(&args);
    let mut one = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    waits.recv().expect("it sends something");
    // The first one waits for its answer, and holds what it locked.
    let text = stderr(&project.expect(&["recover", "tip.yaml", "--network", "desk"], 6));
    assert!(text.contains("is there and whole") || text.contains("is locked by process"), "{text}");
    let direct = std::fs::read_to_string(project.path("covenant.toml")).unwrap();
    project.write("covenant.toml", &direct.replace(proxy.url(), node.url()));
    let text = stderr(&project.expect(&args, 6));
    assert!(text.contains("is locked by process"), "{text}");
    goes.send(()).expect("it waits");
    assert_eq!(one.wait().unwrap().code(), Some(0));
    assert_eq!(node.asking().nonce(account("tenant")), 1);
}

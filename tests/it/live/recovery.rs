//! Journals that are lost are rebuilt from the chain; then the run goes on, and nothing is sent twice.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use alloy_primitives::U64;
use serde_json::json;

use super::project::{Project, account, desk, stderr, stdout};
use crate::{
    binary::transcript,
    nodes::{Fate, Kind, Proxy, RunningNode},
};

const ESCROW: &str = "scenarios/escrow/happy-path.yaml";

/// Five payments, of which the third waits.
const TIPS: &str = "
scenario: tips
actors: [landlord, tenant]
let: { tip: 3 wei }
steps:
  - tenant: transfer(landlord, tip)
  - tenant: transfer(landlord, tip + 1)
  - wait: 6 seconds
  - landlord: transfer(tenant, 7)
  - tenant: transfer(landlord, now % 2 + 10)
";

/// A network whose clock is its own, with a block a second.
fn town() -> RunningNode {
    RunningNode::start_with(Kind::Anvil, &["--chain-id", "987654321", "--block-time", "1"])
}

fn on_town(project: &Project, node: &RunningNode, args: &[&str]) -> Output {
    let args = [args, &["--network", "town"]].concat();
    project.command(&args).env("TOWN_RPC", node.url()).output().expect("the binary starts")
}

#[track_caller]
fn ends(output: Output, code: i32) -> Output {
    assert_eq!(output.status.code(), Some(code), "{}", transcript(&output));
    output
}

/// The transactions that each of these has sent.
fn nonces(node: &RunningNode, names: &[&str]) -> Vec<u64> {
    let mut asking = node.asking();
    names.iter().map(|name| asking.nonce(account(name))).collect()
}

fn lose(project: &Project) -> PathBuf {
    let folder = project.path("deployments");
    fs::remove_dir_all(&folder).expect("something was begun");
    folder
}

/// Runs a scenario on the desk, until it dies with the answer to so many transactions; says where it was.
fn dies_on_desk(node: &RunningNode, file: &str, with: usize) -> Project {
    dies_with(node, &[], file, with)
}

/// The same, with more files.
fn dies_with(node: &RunningNode, files: &[(&str, &str)], file: &str, with: usize) -> Project {
    let victim = Arc::new(AtomicU32::new(0));
    let process = Arc::clone(&victim);
    let mut sent = 0;
    let proxy = Proxy::before(node, move |question, node| {
        let fate = question.pass_on(node);
        sent += usize::from(question.method == "eth_sendRawTransaction");
        if question.method != "eth_sendRawTransaction" || sent < with {
            return fate;
        }
        let killed =
            Command::new("kill").args(["-9", &process.load(Ordering::SeqCst).to_string()]).status();
        assert!(killed.expect("there is a `kill`").success());
        Fate::Broken
    });
    let project = Project::new(proxy.url());
    files.iter().for_each(|(name, text)| project.write(name, text));
    let mut command = project.command(&["run", file, "--network", "desk"]);
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
    victim.store(child.id(), Ordering::SeqCst);
    assert_eq!(child.wait().expect("it was started").code(), None, "it was killed");
    drop(proxy);
    let text = fs::read_to_string(project.path("covenant.toml")).expect("it was written");
    let line = text.lines().find(|it| it.starts_with("rpc = 'http")).expect("desk has an address");
    project.write("covenant.toml", &text.replace(line, &format!("rpc = '{}'", node.url())));
    project
}

#[test]
fn a_killed_run_whose_journal_is_lost_is_rebuilt_and_gone_on_with() {
    for with in [1, 4, 7] {
        let node = desk();
        let project = dies_on_desk(&node, ESCROW, with);
        lose(&project);
        let output = project.expect(&["recover", ESCROW, "--network", "desk"], 0);
        let text = stdout(&output);
        assert!(
            text.starts_with(&format!("{with} transactions of the scenario are in ")),
            "{text}"
        );
        assert!(text.contains("`start` was 2026-01-01 00:00:00Z"), "{text}");
        let again = project.expect(&["run", ESCROW, "--network", "desk", "--continue"], 0);
        assert!(stderr(&again).contains("no difference"), "{}", transcript(&again));
        assert_eq!(stdout(&again), project.simulated(ESCROW), "{with}");
        assert_eq!(nonces(&node, &["@scene", "payer", "payee", "arbiter"]), [1, 3, 2, 1]);
        // The whole of it can be rebuilt too, and then there is nothing left to send.
        lose(&project);
        let output = project.expect(&["recover", ESCROW, "--network", "desk"], 0);
        assert!(stdout(&output).contains("all of its steps were sent"), "{}", transcript(&output));
        let again = project.expect(&["run", ESCROW, "--network", "desk", "--continue"], 0);
        assert_eq!(stdout(&again), project.simulated(ESCROW));
        assert_eq!(nonces(&node, &["@scene", "payer", "payee", "arbiter"]), [1, 3, 2, 1]);
    }
}

#[test]
fn a_journal_that_is_whole_is_left_alone_and_a_damaged_one_is_kept() {
    let node = desk();
    let project = dies_on_desk(&node, ESCROW, 4);
    let output = project.expect(&["recover", ESCROW, "--network", "desk"], 6);
    assert!(stderr(&output).contains("is there and whole"), "{}", transcript(&output));
    let file = project.path("deployments/31337/scenarios-escrow-happy-path.jsonl");
    let mut bytes = fs::read(&file).expect("it was begun");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).expect("it was begun");
    let output = project.expect(&["run", ESCROW, "--network", "desk"], 6);
    assert!(stderr(&output).contains("damaged"), "{}", transcript(&output));
    project.expect(&["recover", ESCROW, "--network", "desk"], 0);
    let kept = file.with_extension("jsonl.damaged-1");
    assert_eq!(fs::read(kept).expect("it is kept"), bytes);
    assert_eq!(project.on_desk(ESCROW), project.simulated(ESCROW));
}

#[test]
fn where_nothing_was_sent_nothing_is_written() {
    let node = town();
    let project = Project::new("http://127.0.0.1:1");
    project.write("tips.yaml", TIPS);
    let output = ends(on_town(&project, &node, &["recover", "tips.yaml"]), 0);
    assert!(stdout(&output).starts_with("nothing was sent"), "{}", transcript(&output));
    assert!(!project.path("deployments/987654321/tips.jsonl").exists());
    // Something else was sent, by an account that is to pay.
    project.write(
        "other.yaml",
        "scenario: x\nactors: [landlord, tenant]\nsteps:\n  - tenant: transfer(landlord, 99)\n",
    );
    ends(on_town(&project, &node, &["run", "other.yaml", "--yes"]), 0);
    lose(&project);
    let output = ends(on_town(&project, &node, &["recover", "tips.yaml"]), 6);
    let text = stderr(&output);
    assert!(
        text.contains("have sent 1 transactions, and none of them is its first step"),
        "{text}"
    );
    assert!(!project.path("deployments/987654321/tips.jsonl").exists());
}

#[test]
fn a_parked_run_is_rebuilt_on_a_network_with_its_own_clock() {
    let node = town();
    let project = Project::new("http://127.0.0.1:1");
    project.write("lease.yaml", super::waits::LEASE);
    ends(on_town(&project, &node, &["run", "lease.yaml", "--park", "--yes"]), 75);
    lose(&project);
    // The terms begin ten days after `start`, and were signed.
    let output = ends(on_town(&project, &node, &["recover", "lease.yaml"]), 0);
    assert!(stdout(&output).contains("not sent yet: "), "{}", transcript(&output));
    let output = ends(on_town(&project, &node, &["run", "lease.yaml", "--continue"]), 0);
    assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
    let text = stdout(&output);
    assert!(
        text.contains("landlord            +1") && text.contains("tenant              -3"),
        "{text}"
    );
    // Also what was waited for is found again, when something was sent after it.
    lose(&project);
    let output = ends(on_town(&project, &node, &["recover", "lease.yaml"]), 0);
    assert!(stdout(&output).contains("all of its steps were sent"), "{}", transcript(&output));
    let again = ends(on_town(&project, &node, &["run", "lease.yaml", "--continue"]), 0);
    assert!(stderr(&again).contains("no difference"), "{}", transcript(&again));
}

#[test]
fn what_start_was_is_asked_for_where_nothing_tells() {
    let node = town();
    let project = Project::new("http://127.0.0.1:1");
    project.write("tips.yaml", &format!("{TIPS}ensures:\n  - now >= start\n"));
    // What was before the first step has to have more than one time.
    let mut asking = node.asking();
    let mut time = || {
        let block = asking.ask("eth_getBlockByNumber", &json!(["latest", false]));
        let time = block["timestamp"].as_str().expect("blocks have times").to_owned();
        u64::from_str_radix(time.trim_start_matches("0x"), 16).expect("a time is a number")
    };
    let begun = time();
    while time() < begun + 2 {}
    ends(on_town(&project, &node, &["run", "tips.yaml", "--park", "--yes"]), 75);
    let journal = project.path("deployments/987654321/tips.jsonl");
    let text = fs::read_to_string(&journal).expect("it was begun");
    let start = text.split("\"start\":").nth(1).expect("it says when it began");
    let start: String = start.chars().take_while(char::is_ascii_digit).collect();
    lose(&project);
    let output = ends(on_town(&project, &node, &["recover", "tips.yaml"]), 6);
    assert!(stderr(&output).contains("say it with `--start TIME`"), "{}", transcript(&output));
    assert!(!journal.exists());
    ends(on_town(&project, &node, &["recover", "tips.yaml", "--start", &start]), 0);
    let again = fs::read_to_string(&journal).expect("it is there again");
    assert!(again.contains(&format!("\"start\":{start},")), "{again}");
    let output = ends(on_town(&project, &node, &["run", "tips.yaml", "--continue"]), 0);
    assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
}

#[test]
fn what_is_not_of_the_scenario_has_to_be_named() {
    let node = desk();
    let project = dies_with(&node, &[("tips.yaml", TIPS)], "tips.yaml", 2);
    // The tenant writes to somebody, with the nonce that comes next.
    let mut asking = node.asking();
    let tenant = account("tenant");
    asking.ask("anvil_impersonateAccount", &json!([tenant]));
    asking.ask("hardhat_setNextBlockBaseFeePerGas", &json!(["0x0"]));
    let payment = json!([{
        "from": tenant,
        "to": account("aunt"),
        "value": U64::from(0),
        "maxFeePerGas": U64::from(0),
        "maxPriorityFeePerGas": U64::from(0),
    }]);
    let hash = asking.ask("eth_sendTransaction", &payment);
    let hash = hash.as_str().expect("it is a hash").to_owned();
    lose(&project);
    let recover = ["recover", "tips.yaml", "--network", "desk"];
    let text = stderr(&project.expect(&recover, 6));
    assert!(text.contains("2 of the steps were found") && text.contains(&hash), "{text}");
    assert!(!project.path("deployments/31337/tips.jsonl").exists());
    let named = [&recover[..], &["--foreign", &hash]].concat();
    let text = stdout(&project.expect(&named, 0));
    assert!(text.contains(&format!("not of this scenario: {hash}")), "{text}");
    let go_on = ["run", "tips.yaml", "--network", "desk", "--continue"];
    let text = stderr(&project.expect(&go_on, 6));
    assert!(text.contains("--replan"), "{text}");
    project.expect(&[&go_on[..], &["--replan"]].concat(), 0);
    assert_eq!(nonces(&node, &["tenant", "landlord"]), [4, 1]);
    // Now it lies between two steps.
    lose(&project);
    project.expect(&recover, 6);
    let text = stdout(&project.expect(&named, 0));
    assert!(text.contains("all of its steps were sent") && text.contains(&hash), "{text}");
    project.expect(&go_on, 0);
    assert_eq!(nonces(&node, &["tenant", "landlord"]), [4, 1]);
}

#[test]
fn a_step_that_is_not_what_was_sent_is_refused() {
    let node = town();
    let project = Project::new("http://127.0.0.1:1");
    project.write("tips.yaml", TIPS);
    ends(on_town(&project, &node, &["run", "tips.yaml", "--park", "--yes"]), 75);
    lose(&project);
    project.write("tips.yaml", &TIPS.replace("tip + 1", "tip + 2"));
    let output = ends(on_town(&project, &node, &["recover", "tips.yaml"]), 6);
    let text = stderr(&output);
    assert!(
        text.contains("1 of the steps were found, but not step 2 (transfer(landlord, tip + 2))"),
        "{text}"
    );
    project.write("tips.yaml", &TIPS.replace("3 wei", "4 wei"));
    let text = stderr(&ends(on_town(&project, &node, &["recover", "tips.yaml"]), 6));
    assert!(text.contains("1 of the steps were found, but not step 2"), "{text}");
    project.write("tips.yaml", &TIPS.replace("3 wei", "8 wei"));
    let output = ends(on_town(&project, &node, &["recover", "tips.yaml"]), 6);
    assert!(stderr(&output).contains("have to be put back first"), "{}", transcript(&output));
    assert!(!project.path("deployments/987654321/tips.jsonl").exists());
    project.write("tips.yaml", TIPS);
    ends(on_town(&project, &node, &["recover", "tips.yaml"]), 0);
    ends(on_town(&project, &node, &["run", "tips.yaml", "--continue"]), 0);
    let mut asking = node.asking();
    let sent = [
        "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
        "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
    ]
    .map(|it| asking.nonce(it.parse().expect("it is an address")));
    assert_eq!(sent, [3, 1]);
}

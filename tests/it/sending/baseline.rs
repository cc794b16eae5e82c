//! What Foundry's `--resume` makes of the same deaths, measured in the same way: the figure to compare ours with.

use std::{
    fs,
    io::Read,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
};

use alloy_primitives::U256;
use covenant_chain::Key;
use serde_json::json;
use tempfile::TempDir;

use super::kills::{asked, note};
use crate::nodes::{Asking, Fate, Kind, Proxy, RunningNode, folder, forge};

/// How many transactions the script sends: two contracts and three calls.
const TRANSACTIONS: u64 = 5;
/// How many deaths are measured where `scripts/kills.sh` asks.
const DEATHS: usize = 30;

const SCRIPT: &str = r#"// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface Vm {
    function startBroadcast() external;
    function stopBroadcast() external;
}

contract Counter {
    uint256 public count;

    function add() external {
        count++;
    }
}

contract Deploy {
    Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    function run() external {
        vm.startBroadcast();
        Counter first = new Counter();
        Counter second = new Counter();
        first.add();
        second.add();
        first.add();
        vm.stopBroadcast();
    }
}
"#;

/// A forge project with the script.
fn project(at: &Path) {
    let solc = folder().join("solc.sh");
    let toml = format!("[profile.default]\nsolc = '{}'\noffline = true\n", solc.display());
    fs::write(at.join("foundry.toml"), toml).expect("forge can be measured");
    fs::create_dir(at.join("script")).expect("forge can be measured");
    fs::write(at.join("script/Deploy.s.sol"), SCRIPT).expect("forge can be measured");
}

fn script(at: &Path, url: &str, key: &Key, resume: bool) -> Command {
    let mut command = forge();
    command.args(["script", "Deploy", "--broadcast", "--rpc-url", url, "--root"]).arg(at);
    command.args(["--private-key", &key.secret().to_string()]);
    if resume {
        command.arg("--resume");
    }
    command.stdin(Stdio::null());
    command
}

/// A process, and how many transactions it may send before it dies.
#[derive(Default)]
struct Doomed {
    child: Option<Child>,
    left: u64,
}

/// Runs the script, which dies just after the node has taken its `nth` transaction and before it hears of it; then lets it
/// resume. Says whether every transaction has landed in the end, and the program says so.
fn resumes(node: &RunningNode, proxy: &Proxy, at: &Path, name: &str, nth: u64) -> bool {
    let key = Key::derive(name);
    let mut asking = node.asking();
    asking.fund(key.address(), U256::from(10).pow(U256::from(20)));
    let doomed = Arc::new(Mutex::new(Doomed { child: None, left: nth }));
    let seen = Arc::clone(&doomed);
    proxy.decide(move |question, node| {
        let mut doomed = seen.lock().expect("forge can be measured");
        let Doomed { child, left } = &mut *doomed;
        // What it sent at the same time is lost with it.
        if *left == 0 {
            return Fate::Broken;
        }
        let fate = question.pass_on(node);
        if question.method != "eth_sendRawTransaction" {
            return fate;
        }
        *left -= 1;
        match child {
            Some(child) if *left == 0 => {
                child.kill().expect("forge can be measured");
                Fate::Broken
            }
            _ => fate,
        }
    });
    let mut held = doomed.lock().expect("forge can be measured");
    let mut first = script(at, proxy.url(), &key, false);
    let mut child =
        first.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("forge can be measured");
    let mut words = child.stdout.take().expect("forge can be measured");
    held.child = Some(child);
    drop(held);
    // The other end closes when the process is gone.
    words.read_to_end(&mut Vec::new()).expect("forge can be measured");
    let mut held = doomed.lock().expect("forge can be measured");
    held.child.as_mut().expect("forge can be measured").wait().expect("forge can be measured");
    assert_eq!(held.left, 0, "{name} dies after transaction {nth}");
    // A transaction may come before the one that it follows, and wait.
    assert!(sent(&mut asking, &key) <= nth, "{name}");
    drop(held);
    proxy.decide(|question, node| question.pass_on(node));
    let Output { status, .. } =
        script(at, proxy.url(), &key, true).output().expect("forge can be measured");
    status.success() && sent(&mut asking, &key) == TRANSACTIONS
}

fn sent(asking: &mut Asking, key: &Key) -> u64 {
    asking.nonce(key.address())
}

#[test]
fn foundrys_resume_is_measured_at_each_transaction() {
    let deaths = if asked().is_some() { DEATHS } else { 2 };
    let node = RunningNode::start(Kind::Anvil);
    let proxy = Proxy::before(&node, |question, node| question.pass_on(node));
    let folder = TempDir::new().unwrap();
    project(folder.path());
    // Undisturbed, the script does what it should.
    let key = Key::derive("baseline");
    let mut asking = node.asking();
    asking.fund(key.address(), U256::from(10).pow(U256::from(20)));
    let output = script(folder.path(), proxy.url(), &key, false).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(sent(&mut asking, &key), TRANSACTIONS);
    let mut resumed = 0;
    for death in 0..deaths {
        let _ = fs::remove_dir_all(folder.path().join("broadcast"));
        let nth = death as u64 % TRANSACTIONS + 1;
        let whole = resumes(&node, &proxy, folder.path(), &format!("baseline-{death}"), nth);
        resumed += usize::from(whole);
        // Each death takes most of a minute, so what is known is kept.
        if asked().is_some() {
            note("forge script --resume", json!({ "kills": death + 1, "resumed": resumed }));
        }
    }
    println!("forge script --resume: {resumed} of {deaths} resumed");
}

//! Sources that change while a deployment is under way.

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use alloy_primitives::{Address, U256, keccak256};

use super::{
    deaths::kill,
    project::{Project, account, desk},
};
use crate::{
    binary::{root, transcript},
    nodes::{Fate, Proxy, RunningNode},
};

const KITCHEN: &str = "
scenario: a kitchen
actors: [maker]
contracts:
  one: { deploy: Jar, by: maker }
  two: { deploy: Lid, by: maker }
  three: { deploy: Cup, by: maker }
";

/// The contracts, in the order in which they are deployed.
const CONTRACTS: [&str; 3] = ["Jar", "Lid", "Cup"];

/// A deployment of three contracts that was killed.
struct Half {
    node: RunningNode,
    _proxy: Proxy,
    project: Project,
}

impl Half {
    /// One that died with the transaction after so many that landed: it was signed, and never arrived.
    fn after(landed: usize) -> Self {
        let node = desk();
        let victim = Arc::new(AtomicU32::new(0));
        let process = Arc::clone(&victim);
        let mut sent = 0;
        let proxy = Proxy::before(&node, move |question, node| {
            if question.method == "eth_sendRawTransaction" {
                sent += 1;
                if sent == landed + 1 {
                    kill(process.load(Ordering::SeqCst));
                    return Fate::Broken;
                }
            }
            question.pass_on(node)
        });
        let project = Project::new(proxy.url());
        let text = std::fs::read_to_string(project.path("covenant.toml")).expect("it can be read");
        let own: Vec<&str> = text.lines().filter(|line| !line.starts_with("contracts")).collect();
        project.write("covenant.toml", &own.join("\n"));
        project.write("foundry.toml", "[profile.default]\nsrc = \"src\"\n");
        std::fs::create_dir_all(project.path("src")).expect("folders can be made");
        project.write("kitchen.yaml", KITCHEN);
        let half = Self { node, _proxy: proxy, project };
        CONTRACTS.iter().for_each(|name| half.source(name, 1));
        let solc = solc();
        let mut command = half.project.command(&arguments(&solc, &[]));
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        victim.store(child.id(), Ordering::SeqCst);
        assert_eq!(child.wait().expect("it ends").code(), None, "it was killed");
        assert_eq!(half.nonce(), landed as u64);
        half
    }

    fn source(&self, contract: &str, size: u32) {
        let text = format!(
            "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.20;\ncontract {contract} {{\n    uint256 public constant SIZE = {size};\n}}\n"
        );
        self.project.write(&format!("src/{contract}.sol"), &text);
    }

    /// Goes on with the deployment, which ends with this code; and what it says.
    #[track_caller]
    fn goes_on(&self, more: &[&str], code: i32) -> String {
        let solc = solc();
        let output = self.project.command(&arguments(&solc, more)).output().expect("it runs");
        assert_eq!(output.status.code(), Some(code), "{more:?}\n{}", transcript(&output));
        transcript(&output)
    }

    fn nonce(&self) -> u64 {
        self.node.asking().nonce(account("maker"))
    }

    /// What the contract that the maker created with this nonce says.
    fn size(&self, nonce: u64) -> U256 {
        let place: Address = account("maker").create(nonce);
        U256::from_be_slice(&self.node.asking().call(place, &keccak256("SIZE()")[..4]))
    }
}

fn solc() -> String {
    root().join("contracts/node_modules/solc").display().to_string()
}

fn arguments<'a>(solc: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["deploy", "kitchen.yaml", "--network", "desk", "--solc", solc], more].concat()
}

#[test]
fn what_is_not_deployed_yet_may_change() {
    let half = Half::after(1);
    half.source("Cup", 2);
    half.goes_on(&[], 0);
    assert_eq!([0, 1, 2].map(|nonce| half.size(nonce)), [1, 1, 2].map(U256::from));
    assert_eq!(half.nonce(), 3);
}

#[test]
fn what_is_deployed_may_not_change_and_the_step_is_named() {
    for landed in [1, 2] {
        let half = Half::after(landed);
        half.source("Jar", 2);
        let text = half.goes_on(&[], 6);
        let words = "step 1 (one) was signed as `one` with another content, and it is on the chain, where it stays";
        assert!(text.contains(words), "{text}");
        assert!(text.contains("`--forget 1`") && text.contains("`--redo 1`"), "{text}");
        let text = half.goes_on(&["--redo", "1"], 6);
        assert!(text.contains("step 1 (one) is done: doing it again would do it twice"), "{text}");
        half.source("Jar", 1);
        half.goes_on(&[], 0);
        assert_eq!([0, 1, 2].map(|nonce| half.size(nonce)), [1, 1, 1].map(U256::from));
        assert_eq!(half.nonce(), 3, "nothing was deployed twice");
    }
}

#[test]
fn what_was_signed_and_never_arrived_may_not_change_either() {
    let half = Half::after(1);
    half.source("Lid", 2);
    let text = half.goes_on(&[], 6);
    assert!(text.contains("step 2 (two) was signed as `two` with another content"), "{text}");
    assert_eq!(half.nonce(), 1, "it was refused before it was sent again");
    // What was signed stays valid, and is sent again once it is what it was.
    half.source("Lid", 1);
    half.goes_on(&[], 0);
    assert_eq!([0, 1, 2].map(|nonce| half.size(nonce)), [1, 1, 1].map(U256::from));
    assert_eq!(half.nonce(), 3, "nothing was deployed twice");
}

#[test]
fn what_was_signed_and_never_arrived_is_given_up_without_being_sent() {
    let half = Half::after(1);
    half.source("Lid", 2);
    half.goes_on(&["--redo", "2"], 0);
    // The nonce of what was given up went to nothing.
    assert_eq!([0, 2, 3].map(|nonce| half.size(nonce)), [1, 2, 1].map(U256::from));
    assert_eq!(half.size(1), U256::ZERO);
    assert_eq!(half.nonce(), 4);
}

#[test]
fn what_is_deployed_is_deployed_again_only_by_whoever_gives_it_up() {
    let half = Half::after(2);
    half.goes_on(&[], 0);
    half.source("Cup", 2);
    assert!(half.goes_on(&[], 6).contains("step 3 (three) was signed as `three`"));
    let text = half.goes_on(&["--forget", "3"], 6);
    assert!(text.contains("step 3 was left out, and the rest depends on it"), "{text}");
    assert_eq!(half.nonce(), 3);
    let text = half.goes_on(&["--redo", "3"], 0);
    assert!(text.contains("no difference"), "{text}");
    assert_eq!([2, 3].map(|nonce| half.size(nonce)), [1, 2].map(U256::from));
    assert_eq!(half.nonce(), 4);
}

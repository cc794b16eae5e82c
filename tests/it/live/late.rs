//! A run that dies with a step that has a deadline: the next one keeps to it before it comes to the step.

use std::{
    process::Stdio,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use alloy_primitives::{Address, U64, U256};
use serde_json::json;

use super::{
    deaths::kill,
    project::stdout,
    window::{command, ends, node, project, sea},
};
use crate::{
    binary::transcript,
    nodes::{Fate, RunningNode},
};

const SCENARIO: &str = "
scenario: coins
actors: [landlord, tenant]
steps:
  - tenant: transfer(landlord, 1)
  - tenant: transfer(landlord, 2)
    by: start + 5 minutes
  - tenant: transfer(landlord, 3)
";
const TENANT: &str = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
const LANDLORD: &str = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

/// What had become of the step when the process died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stuck {
    /// It was signed, and never arrived.
    NeverArrived,
    /// It arrived, and the node dropped it.
    Dropped,
    /// It waits, and pays less than a block costs.
    Waits,
}

fn address(text: &str) -> Address {
    text.parse().expect("it is an address")
}

/// Lets the deadline pass, in a block that has no room for what pays little.
fn time_passes(node: &RunningNode) {
    let mut asking = node.asking();
    let dear = U256::from(50_000_000_000_u64);
    asking.ask("anvil_setNextBlockBaseFeePerGas", &json!([dear]));
    asking.ask("evm_increaseTime", &json!([U64::from(600)]));
    asking.mine();
}

fn is_not_sent_late(stuck: Stuck) {
    let node = node();
    let victim = Arc::new(AtomicU32::new(0));
    let process = Arc::clone(&victim);
    // The second transaction, and how often it was sent.
    let second: Arc<Mutex<(Option<String>, usize)>> = Arc::default();
    let counted = Arc::clone(&second);
    let proxy = sea(&node, move |sent, question, node| {
        let raw = question.params[0].as_str().expect("it sends something").to_owned();
        let mut known = counted.lock().expect("nobody panics");
        if sent == 2 {
            known.0 = Some(raw.clone());
        }
        if known.0.as_ref() == Some(&raw) {
            known.1 += 1;
        }
        if sent != 2 {
            return None;
        }
        if stuck != Stuck::NeverArrived {
            question.pass_on(node);
        }
        if stuck == Stuck::Dropped {
            node.ask("anvil_dropAllTransactions", &json!([]));
        }
        kill(process.load(Ordering::SeqCst));
        Some(Fate::Broken)
    });
    let project = project(SCENARIO);
    let mut first = command(&project, proxy.url(), &["run", "coins.yaml", "--yes"]);
    let mut child =
        first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
    victim.store(child.id(), Ordering::SeqCst);
    assert_eq!(child.wait().expect("it was started").code(), None, "it was killed");
    let status = stdout(&ends(&project, proxy.url(), &["status", "coins.yaml"], 0));
    assert!(status.contains("must not land from 20"), "{status}");
    time_passes(&node);
    let before = node.asking().balance(address(LANDLORD));
    for _ in 0..2 {
        let output = ends(&project, proxy.url(), &["run", "coins.yaml", "--continue"], 6);
        let text = transcript(&output);
        assert!(text.contains("it will not land any more"), "{stuck:?}\n{text}");
    }
    let mut asking = node.asking();
    assert_eq!(asking.balance(address(LANDLORD)), before, "{stuck:?}: nothing of it landed");
    assert_eq!(asking.nonce(address(TENANT)), 2, "{stuck:?}");
    assert_eq!(second.lock().expect("nobody panics").1, 1, "{stuck:?}: it was sent again");
    let status = stdout(&ends(&project, proxy.url(), &["status", "coins.yaml"], 0));
    assert!(status.contains("cancelled") && !status.contains("must not land"), "{status}");
}

#[test]
fn what_never_arrived_in_time_is_never_sent() {
    is_not_sent_late(Stuck::NeverArrived);
}

#[test]
fn what_was_dropped_is_not_sent_past_its_deadline() {
    is_not_sent_late(Stuck::Dropped);
}

#[test]
fn what_waits_past_its_deadline_is_replaced_before_the_run_comes_to_it() {
    is_not_sent_late(Stuck::Waits);
}

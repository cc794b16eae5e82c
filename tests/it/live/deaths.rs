//! A run that is killed is gone on with by the same command, and nothing is sent twice.

use std::{
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use super::project::{Project, account, desk, stderr};
use crate::{
    binary::transcript,
    nodes::{Fate, Proxy},
};

/// When a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// Its transaction has not arrived.
    BeforeSending,
    /// Its transaction has arrived, and it does not know that.
    BeforeTheAnswer,
}

const FILE: &str = "scenarios/escrow/happy-path.yaml";

/// Of its transactions: the deployment, one in the middle, the last.
const TRANSACTIONS: [usize; 3] = [0, 3, 6];

#[test]
fn a_run_that_dies_with_a_transaction_is_gone_on_with() {
    for moment in [Moment::BeforeSending, Moment::BeforeTheAnswer] {
        for dies_with in TRANSACTIONS {
            dies(dies_with, moment);
        }
    }
}

#[test]
fn a_node_that_began_anew_is_noticed() {
    let node = desk();
    let project = Project::new(node.url());
    project.on_desk(FILE);
    let text = std::fs::read_to_string(project.path("covenant.toml")).unwrap();
    let again = desk();
    project.write("covenant.toml", &text.replace(node.url(), again.url()));
    let output = project.expect(&["run", FILE, "--network", "desk"], 6);
    assert!(stderr(&output).contains("the node began anew"), "{}", transcript(&output));
    assert_eq!(again.asking().nonce(account("@scene")), 0);
}

fn dies(dies_with: usize, moment: Moment) {
    let node = desk();
    let victim = Arc::new(AtomicU32::new(0));
    let process = Arc::clone(&victim);
    let mut sent = 0;
    let proxy = Proxy::before(&node, move |question, node| {
        if question.method != "eth_sendRawTransaction" || sent > dies_with {
            return question.pass_on(node);
        }
        sent += 1;
        if sent <= dies_with {
            return question.pass_on(node);
        }
        if moment == Moment::BeforeTheAnswer {
            question.pass_on(node);
        }
        kill(process.load(Ordering::SeqCst));
        Fate::Broken
    });
    let project = Project::new(proxy.url());
    let mut command = project.command(&["run", FILE, "--network", "desk"]);
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
    victim.store(child.id(), Ordering::SeqCst);
    assert_eq!(
        child.wait().expect("it was started").code(),
        None,
        "it was killed: {dies_with} {moment:?}"
    );
    let again = project.on_desk(FILE);
    assert_eq!(again, project.simulated(FILE), "{dies_with} {moment:?}");
    let mut asking = node.asking();
    let nonces = ["@scene", "payer", "payee", "arbiter"].map(|name| asking.nonce(account(name)));
    assert_eq!(nonces, [1, 3, 2, 1], "{dies_with} {moment:?}");
}

pub(super) fn kill(process: u32) {
    let status = Command::new("kill")
        .args(["-9", &process.to_string()])
        .status()
        .expect("there is a `kill`");
    assert!(status.success());
}

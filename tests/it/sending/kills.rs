//! Processes that are killed (SIGKILL) in the windows that matter, and resumed by running them again.

use std::{
    collections::BTreeMap,
    env, fs,
    io::Read,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::world::{World, ticking};
use crate::{
    binary::root,
    nodes::{Asking, CHAIN_ID, Fate, Kind, Question},
};

/// When a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Window {
    BeforeTheJournalIsWritten,
    BetweenWritingAndSending,
    BetweenSendingAndTheAnswer,
    WhileWaiting,
    WhileConfirming,
}

const WINDOWS: [Window; 5] = [
    Window::BeforeTheJournalIsWritten,
    Window::BetweenWritingAndSending,
    Window::BetweenSendingAndTheAnswer,
    Window::WhileWaiting,
    Window::WhileConfirming,
];

/// A process, and when it is to die.
#[derive(Debug)]
struct Doomed {
    child: Option<Child>,
    at: Option<(Window, usize)>,
    killed: bool,
}

impl Doomed {
    /// Sees a question; if the moment has come, the process dies before it has an answer.
    fn see(&mut self, question: &Question, node: &mut Asking) -> Fate {
        let Some((window, left)) = self.at else { return question.pass_on(node) };
        let reached = |fate: &Fate| match (window, question.method.as_str()) {
            // Nobody asks for the receipt of what waits, only whether it still does.
            (Window::WhileWaiting, "eth_getTransactionByHash")
            | (Window::WhileConfirming, "eth_getTransactionReceipt") => !is_null(fate),
            (Window::BetweenSendingAndTheAnswer, "eth_sendRawTransaction") => true,
            _ => false,
        };
        let undelivered = match window {
            // The last question before a signature is what the account has.
            Window::BeforeTheJournalIsWritten => question.method == "eth_getBalance",
            Window::BetweenWritingAndSending => question.method == "eth_sendRawTransaction",
            _ => false,
        };
        let fate = if undelivered && left == 1 { Fate::Broken } else { question.pass_on(node) };
        if !undelivered && !reached(&fate) {
            return fate;
        }
        self.at = Some((window, left - 1));
        if left > 1 {
            return fate;
        }
        let child = self.child.as_mut().expect("it asked");
        child.kill().expect("a process can be killed");
        child.wait().expect("a process can be killed");
        (self.at, self.killed) = (None, true);
        Fate::Broken
    }
}

fn is_null(fate: &Fate) -> bool {
    let Fate::Answered(answer) = fate else { return false };
    serde_json::from_slice::<Value>(answer).is_ok_and(|answer| answer["result"].is_null())
}

/// Runs one process; says whether it was killed. If it was not, it ended well.
fn process(
    world: &World,
    doomed: &Mutex<Doomed>,
    prefix: &str,
    at: Option<(Window, usize)>,
) -> bool {
    let mut held = doomed.lock().expect("a process can be killed");
    let mut child = Command::new(env!("CARGO_BIN_EXE_covenant-tests-sender"))
        .args([world.proxy.url(), &CHAIN_ID.to_string()])
        .arg(world.journal(prefix))
        .args([prefix, "2"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process can be killed");
    let mut words = child.stderr.take().expect("a process can be killed");
    *held = Doomed { child: Some(child), at, killed: false };
    drop(held);
    // The other end closes when the process is gone, however it went.
    let mut said = String::new();
    words.read_to_string(&mut said).expect("a process can be killed");
    let mut held = doomed.lock().expect("a process can be killed");
    let status = held
        .child
        .as_mut()
        .expect("a process can be killed")
        .wait()
        .expect("a process can be killed");
    assert!(held.killed || status.success(), "{prefix}: {said}");
    held.killed
}

/// Kills until each window had `each` deaths, five processes a deployment, then one that may live.
fn kill(kind: Kind, each: usize) -> BTreeMap<Window, usize> {
    let world = World::new(kind);
    let doomed = Arc::new(Mutex::new(Doomed { child: None, at: None, killed: false }));
    let (seen, mut tick) = (Arc::clone(&doomed), ticking());
    world.proxy.decide(move |question, node| {
        tick(question, node);
        seen.lock().expect("a process can be killed").see(question, node)
    });
    let mut kills: BTreeMap<Window, usize> = WINDOWS.map(|window| (window, 0)).into();
    for run in 0..each * 3 {
        if kills.values().all(|count| *count >= each) {
            break;
        }
        let prefix = format!("run-{run}");
        world.plan(&prefix);
        for round in 0..WINDOWS.len() {
            let window = WINDOWS[(run + round) % WINDOWS.len()];
            let nth = 1 + (run * 7 + round * 5) % 4;
            if !process(&world, &doomed, &prefix, Some((window, nth))) {
                break;
            }
            *kills.get_mut(&window).expect("a process can be killed") += 1;
        }
        assert!(!process(&world, &doomed, &prefix, None));
        world.check(&prefix);
    }
    kills
}

/// How many kills the caller asks for.
#[expect(clippy::disallowed_methods, reason = "how long a test may take is the caller's to say")]
pub(super) fn asked() -> Option<usize> {
    env::var("KILLS").ok().map(|text| text.parse().expect("it is a number"))
}

/// `KILLS=200` is what `scripts/kills.sh` asks for.
#[test]
fn killed_processes_are_resumed_by_running_them_again() {
    let asked = asked();
    let mut table = BTreeMap::new();
    for (kind, usual) in [(Kind::Anvil, 4), (Kind::Hardhat, 2), (Kind::Ganache, 1)] {
        let each = asked.map_or(usual, |asked| asked.div_ceil(WINDOWS.len()));
        let kills = kill(kind, each);
        assert!(kills.values().all(|count| *count >= each), "{kind:?}: {kills:?}");
        println!(
            "{kind:?}: {kills:?}, {} kills, each deployment whole",
            kills.values().sum::<usize>()
        );
        let windows = kills.iter().map(|(window, count)| (format!("{window:?}"), *count));
        let windows: BTreeMap<String, usize> = windows.collect();
        table.insert(format!("{kind:?}").to_lowercase(), windows);
    }
    if asked.is_some() {
        note("covenant", json!(table));
    }
}

/// Writes a figure into the committed table of kills.
pub(super) fn note(name: &str, figure: Value) {
    let file = table();
    let mut all: BTreeMap<String, Value> = fs::read(&file)
        .map(|bytes| serde_json::from_slice(&bytes).expect("the table is whole"))
        .unwrap_or_default();
    all.insert(name.to_owned(), figure);
    let text = serde_json::to_string_pretty(&all).expect("the table can be written");
    fs::write(&file, text + "\n").expect("the table can be written");
}

fn table() -> PathBuf {
    root().join("tests/golden/kills.json")
}

#[test]
fn the_committed_table_has_two_hundred_kills_on_each_node_and_twenty_in_each_window() {
    let all: Value = serde_json::from_slice(&fs::read(table()).unwrap()).unwrap();
    for node in ["anvil", "hardhat", "ganache"] {
        let counts: Vec<u64> = WINDOWS
            .map(|window| all["covenant"][node][format!("{window:?}")].as_u64().unwrap())
            .into();
        assert!(counts.iter().sum::<u64>() >= 200, "{node}: {counts:?}");
        assert!(counts.iter().all(|count| *count >= 20), "{node}: {counts:?}");
    }
}

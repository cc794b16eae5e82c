//! How a program dies, and what becomes of what it was doing.

use std::{
    collections::BTreeSet,
    io::Read,
    process::{Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use alloy_primitives::{Address, U256};
use covenant_chain::Key;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tool::{CHAIN_ID, Project, TRANSACTIONS, Tool};
use crate::nodes::{Asking, Fate, Kind, Proxy, Question, RunningNode};

/// How long a user waits for a program that goes on: as many blocks.
const PATIENCE: Duration = Duration::from_secs(60);
/// The selector of `count()`.
const COUNT: [u8; 4] = [0x06, 0x66, 0x1a, 0xbd];

/// When a program dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::enum_variant_names, reason = "each says before what")]
pub(super) enum Window {
    /// It sends a transaction, which does not arrive.
    BeforeSending,
    /// The node has the transaction, and it does not know that.
    BeforeTheAnswer,
    /// The transaction is in a block, and it does not know that.
    BeforeTheReceipt,
}

impl Window {
    /// All of them.
    pub(super) const ALL: [Self; 3] =
        [Self::BeforeSending, Self::BeforeTheAnswer, Self::BeforeTheReceipt];
}

/// A death, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Death {
    /// When it died.
    pub(super) window: Window,
    /// At which of its transactions, from 1.
    pub(super) transaction: u64,
    /// How it went on; if that failed, how it went on once more. Who waits for ever does so again.
    pub(super) resumes: Vec<Ended>,
    /// How many transactions its account has sent in the end.
    pub(super) landed: u64,
    /// Contracts and counters are what they are if nothing happens.
    pub(super) state: bool,
    /// The file for other programs has the address of each contract, and no other.
    pub(super) recorded: bool,
}

impl Death {
    /// Everything was done exactly once.
    pub(super) const fn is_whole(&self) -> bool {
        self.landed == TRANSACTIONS && self.state
    }

    /// Whether the program says, after so many attempts at most, that all is done.
    pub(super) fn says_so(&self, attempts: usize) -> bool {
        self.resumes.iter().take(attempts).any(|it| it.exit == Some(0))
    }

    /// Everything was done exactly once, the addresses are known, and the program says so, after so many attempts at most.
    pub(super) fn is_resumed(&self, attempts: usize) -> bool {
        self.says_so(attempts) && self.is_whole() && self.recorded
    }
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ended {
    /// Its exit code; none if nobody waited any longer.
    pub(super) exit: Option<i32>,
    /// What it complained of.
    pub(super) says: String,
}

/// A node that makes a block every second, and a proxy before it.
#[derive(Debug)]
pub(super) struct Town {
    node: RunningNode,
    proxy: Proxy,
    project: Project,
}

/// A process that is to die.
#[derive(Debug)]
struct Doomed {
    process: u32,
    window: Window,
    left: u64,
    seen: BTreeSet<String>,
}

impl Doomed {
    /// Sees a question; when its time has come, the process dies before it has an answer.
    fn see(&mut self, question: &Question, node: &mut Asking) -> Fate {
        // What it sent at the same time is lost with it.
        if self.left == 0 {
            return Fate::Broken;
        }
        let sends = question.method == "eth_sendRawTransaction";
        let fate = match self.window {
            Window::BeforeSending if sends && self.left == 1 => Fate::Broken,
            _ => question.pass_on(node),
        };
        let counts = match self.window {
            Window::BeforeSending | Window::BeforeTheAnswer => sends,
            Window::BeforeTheReceipt => {
                question.method == "eth_getTransactionReceipt"
                    && has_result(&fate)
                    && self.seen.insert(question.params[0].to_string())
            }
        };
        if !counts {
            return fate;
        }
        self.left -= 1;
        if self.left > 0 {
            return fate;
        }
        let killed = Command::new("kill").args(["-9", &self.process.to_string()]).status();
        assert!(killed.expect("there is a `kill`").success());
        Fate::Broken
    }
}

fn has_result(fate: &Fate) -> bool {
    let Fate::Answered(answer) = fate else { return false };
    serde_json::from_slice::<Value>(answer).is_ok_and(|answer| !answer["result"].is_null())
}

impl Town {
    pub(super) fn new() -> Self {
        let chain = CHAIN_ID.to_string();
        let node =
            RunningNode::start_with(Kind::Anvil, &["--block-time", "1", "--chain-id", &chain]);
        let proxy = Proxy::before(&node, |question, node| question.pass_on(node));
        Self { node, proxy, project: Project::new() }
    }

    /// A program that nothing happens to does what it should, or nothing could be said of one that dies.
    pub(super) fn undisturbed(&self, tool: Tool) {
        let key = self.account(&format!("undisturbed {}", tool.name()));
        let ended = run(self.command(tool, &key, false), None);
        assert_eq!(ended.exit, Some(0), "{}: {}", tool.name(), ended.says);
        let end = self.end(tool, &key);
        assert_eq!(end, (TRANSACTIONS, true, true), "{}: {}", tool.name(), ended.says);
    }

    /// Begins, dies at this transaction, goes on, and goes on once more if that fails.
    pub(super) fn death(&self, tool: Tool, window: Window, transaction: u64) -> Death {
        let name = format!("{} {window:?} {transaction}", tool.name());
        let key = self.account(&name);
        let doomed = Doomed { process: 0, window, left: transaction, seen: BTreeSet::new() };
        let doomed = Arc::new(Mutex::new(doomed));
        let seen = Arc::clone(&doomed);
        self.proxy.decide(move |question, node| {
            seen.lock().expect("nobody panics with it").see(question, node)
        });
        let ended = run(self.command(tool, &key, false), Some(&doomed));
        let left = doomed.lock().expect("nobody panics with it").left;
        assert_eq!((ended.exit, left), (None, 0), "{name} was to die: {}", ended.says);
        self.proxy.decide(|question, node| question.pass_on(node));
        let mut resumes = Vec::new();
        let again = |last: &Ended| last.exit.is_some_and(|exit| exit != 0);
        while resumes.len() < 2 && resumes.last().is_none_or(again) {
            resumes.push(self.told(run(self.command(tool, &key, true), None)));
            self.node.asking().mine();
        }
        let (landed, state, recorded) = self.end(tool, &key);
        Death { window, transaction, resumes, landed, state, recorded }
    }

    /// An account of its own that can pay, and nothing left of the deployment before.
    fn account(&self, name: &str) -> Key {
        self.project.clear();
        let key = Key::derive(name);
        self.node.asking().fund(key.address(), U256::from(10).pow(U256::from(20)));
        key
    }

    fn command(&self, tool: Tool, key: &Key, resume: bool) -> Command {
        self.project.command(tool, self.proxy.url(), key, resume)
    }

    /// How many transactions have landed, whether the state is right, and whether the addresses are known.
    fn end(&self, tool: Tool, key: &Key) -> (u64, bool, bool) {
        let mut asking = self.node.asking();
        let contracts: Vec<Address> = (0..2).map(|nonce| key.address().create(nonce)).collect();
        let counts = contracts.iter().map(|it| asking.call(*it, &COUNT));
        let counts: Vec<U256> =
            counts.filter(|it| it.len() == 32).map(|it| U256::from_be_slice(&it)).collect();
        let state = counts == [U256::from(2), U256::from(1)];
        let recorded = self.project.recorded(tool) == contracts.into_iter().collect();
        (asking.nonce(key.address()), state, recorded)
    }

    /// The same without what differs from one machine, or one run, to the next.
    fn told(&self, ended: Ended) -> Ended {
        let project = self.project.path().display().to_string();
        let says = ended.says.replace(&project, "PROJECT").replace(self.proxy.url(), "URL");
        Ended { says: plain(&says), ..ended }
    }
}

/// Hashes and addresses are nobody's business, and a few lines are enough.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("0x") {
        let digits = rest[at + 2..].find(|it: char| !it.is_ascii_hexdigit());
        let end = digits.map_or(rest.len(), |digits| at + 2 + digits);
        plain.push_str(&rest[..at]);
        plain.push_str(if end - at > 40 { "0x…" } else { &rest[at..end] });
        rest = &rest[end..];
    }
    plain.push_str(rest);
    let lines: Vec<&str> = plain.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[..lines.len().min(6)].join(" / ")
}

/// Runs a process to its end, or for as long as anybody waits.
fn run(mut command: Command, doomed: Option<&Mutex<Doomed>>) -> Ended {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    // Nobody sees a question of it before its number is known.
    let held = doomed.map(|doomed| doomed.lock().expect("nobody panics with it"));
    let mut child = command.spawn().expect("it starts");
    if let Some(mut held) = held {
        held.process = child.id();
    }
    let (sender, receiver) = mpsc::channel();
    let (out, err) =
        (child.stdout.take().expect("it is ours"), child.stderr.take().expect("it is ours"));
    // The other ends close when the process is gone, however it went.
    for (complaint, mut stream) in
        [(false, Box::new(out) as Box<dyn Read + Send>), (true, Box::new(err))]
    {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // What was said until then is all that is known.
            let _ = stream.read_to_end(&mut bytes);
            // Nobody listens any more once patience is at its end.
            let _ = sender.send((complaint, String::from_utf8_lossy(&bytes).into_owned()));
        });
    }
    let mut said = [String::new(), String::new()];
    let mut in_time = true;
    for _ in 0..2 {
        match receiver.recv_timeout(PATIENCE) {
            Ok((complaint, text)) => said[usize::from(complaint)] = text,
            Err(_) => {
                in_time = false;
                child.kill().expect("it is ours");
            }
        }
    }
    let status = child.wait().expect("it is ours");
    let [out, err] = said;
    let says = match (status.success(), err.trim().is_empty()) {
        (true, _) => String::new(),
        (false, true) => out,
        (false, false) => err,
    };
    Ended { exit: status.code().filter(|_| in_time), says }
}

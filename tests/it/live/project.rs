//! A project of its own for each test, and a node that it runs on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use alloy_primitives::Address;
use covenant_chain::Key;
use tempfile::TempDir;

use crate::{
    binary::{covenant, root, transcript},
    nodes::{Kind, RunningNode},
};

/// Where the bundled scenarios begin: 2026-01-01T00:00:00Z.
const START: &str = "1767225600";

/// Keys that everybody knows, for accounts to which anvil gives ether.
const KEYS: [(&str, &str); 3] = [
    ("LANDLORD_KEY", "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"),
    ("TENANT_KEY", "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"),
    ("ARBITER_KEY", "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"),
];

/// The network with a clock of its own.
const TOWN: &str = "chain_id = 987654321
testnet = true
[networks.town.actors]
deployer = { env = \"LANDLORD_KEY\" }
landlord = { env = \"LANDLORD_KEY\" }
tenant = { env = \"TENANT_KEY\" }
arbiter = { env = \"ARBITER_KEY\" }
";

/// A project with the bundled contracts, and the bundled scenarios in `scenarios`.
pub(super) struct Project(TempDir);

impl Project {
    /// A project whose network `desk` is a chain for development at this address, and `town` one with its own clock.
    pub(super) fn new(url: &str) -> Self {
        let folder = tempfile::tempdir().expect("the folder can be used");
        let contracts = root().join("contracts");
        let text = format!(
            "contracts = '{}'\n[networks.desk]\nrpc = '{url}'\nchain_id = 31337\n[networks.town]\nrpc = '${{TOWN_RPC}}'\n{TOWN}",
            contracts.display()
        );
        fs::write(folder.path().join("covenant.toml"), text).expect("the folder can be used");
        let project = Self(folder);
        project.copy(&root().join("tests/scenarios"), &project.path("scenarios"));
        project
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the folder can be used");
    }

    fn copy(&self, from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("the folder can be used");
        for entry in fs::read_dir(from)
            .expect("the folder can be used")
            .map(|entry| entry.expect("the folder can be read"))
        {
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                self.copy(&entry.path(), &to);
            } else if entry.file_name() != "covenant.toml" {
                fs::copy(entry.path(), to).expect("the folder can be used");
            }
        }
    }

    /// The command, in this project, with nothing of the machine's keys.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = covenant(args);
        command.current_dir(self.0.path()).env("COVENANT_KEYS", self.path("home/keys"));
        command.env("COVENANT_CACHE", self.path("cache")).stdin(std::process::Stdio::null());
        command.envs(KEYS);
        command
    }

    /// Runs the command, which ends with this code.
    #[track_caller]
    pub(super) fn expect(&self, args: &[&str], code: i32) -> Output {
        let output = self.command(args).output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{}", transcript(&output));
        output
    }

    /// What a scenario prints in simulation, without the summary.
    pub(super) fn simulated(&self, file: &str) -> String {
        let text = stdout(&self.expect(&["run", file], 0));
        let end = text.rfind("1 scenario: ").expect("a run ends with a summary");
        text[..end].to_owned()
    }

    /// What a scenario prints on the chain for development.
    #[track_caller]
    pub(super) fn on_desk(&self, file: &str) -> String {
        let output = self.expect(&["run", file, "--network", "desk"], 0);
        assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
        stdout(&output)
    }
}

/// anvil, at the time at which the bundled scenarios begin.
pub(super) fn desk() -> RunningNode {
    RunningNode::start_with(Kind::Anvil, &["--timestamp", START])
}

/// The account of an actor on a chain for development.
pub(super) fn account(actor: &str) -> Address {
    Key::derive(actor).address()
}

pub(super) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(super) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

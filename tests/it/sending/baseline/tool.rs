//! Programs that deploy two contracts and call them three times, and go on with it after they died.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use alloy_primitives::Address;
use covenant_chain::Key;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    binary::{covenant, root},
    nodes::{forge, hardhat},
};

/// The id of a chain that is nobody's, so that nobody takes it for one for development.
pub(super) const CHAIN_ID: u64 = 987_654_321;
/// How many transactions each of them sends: two contracts and three calls.
pub(super) const TRANSACTIONS: u64 = 5;

const COUNTER: &str = "// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Counter {
    uint256 public count;

    function add() external {
        count++;
    }
}
";

const SCRIPT: &str = r#"// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Counter} from "../src/Counter.sol";

interface Vm {
    function startBroadcast() external;
    function stopBroadcast() external;
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

const SCENARIO: &str = "scenario: two counters
actors:
  user: {}
contracts:
  first: { deploy: Counter }
  second: { deploy: Counter }
steps:
  - user: first.add()
  - user: second.add()
  - user: first.add()
ensures:
  - first.count() == 2
  - second.count() == 1
";

const HARDHAT: &str = r#"import ignition from "@nomicfoundation/hardhat-ignition";

export default {
  plugins: [ignition],
  ignition: { requiredConfirmations: 1 },
  networks: {
    town: { type: "http", url: process.env.TOWN_RPC, accounts: [process.env.TOWN_KEY] },
  },
};
"#;

const MODULE: &str = r#"import { readFileSync } from "node:fs";
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

const built = JSON.parse(readFileSync(new URL("../../out/Counter.sol/Counter.json", import.meta.url)));
const artifact = {
  contractName: "Counter",
  sourceName: "src/Counter.sol",
  abi: built.abi,
  bytecode: built.bytecode.object,
  linkReferences: {},
};

export default buildModule("Counters", (m) => {
  const first = m.contract("Counter", artifact, [], { id: "first" });
  const second = m.contract("Counter", artifact, [], { id: "second", after: [first] });
  const one = m.call(first, "add", [], { id: "one", after: [second] });
  const two = m.call(second, "add", [], { id: "two", after: [one] });
  m.call(first, "add", [], { id: "three", after: [two] });
  return { first, second };
});
"#;

/// A program, and how it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Tool {
    /// `covenant run`.
    #[serde(rename = "covenant run")]
    Covenant,
    /// `forge script`, which sends everything at once.
    #[serde(rename = "forge script")]
    Forge,
    /// `forge script --slow`, which waits for each transaction.
    #[serde(rename = "forge script --slow")]
    ForgeSlow,
    /// `hardhat ignition deploy`.
    #[serde(rename = "hardhat ignition deploy")]
    Ignition,
}

impl Tool {
    /// All of them.
    pub(super) const ALL: [Self; 4] =
        [Self::Covenant, Self::Forge, Self::ForgeSlow, Self::Ignition];

    /// What a user calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Covenant => "covenant run",
            Self::Forge => "forge script",
            Self::ForgeSlow => "forge script --slow",
            Self::Ignition => "hardhat ignition deploy",
        }
    }
}

/// A project that all of them can work in.
#[derive(Debug)]
pub(super) struct Project(TempDir);

impl Project {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().expect("files can be written");
        let solc = folder_of_solc();
        let foundry = format!(
            "[profile.default]\nsolc = '{}'\noffline = true\n",
            crate::nodes::folder().join("solc.sh").display()
        );
        let network = "[networks.town]\nrpc = '${TOWN_RPC}'\ntestnet = true\nconfirmations = 1\n\
                       [networks.town.actors]\ndeployer = { env = \"TOWN_KEY\" }\nuser = { env = \"TOWN_KEY\" }\n";
        let network = network.replacen("testnet", &format!("chain_id = {CHAIN_ID}\ntestnet"), 1);
        for (name, text) in [
            ("foundry.toml", foundry.as_str()),
            ("src/Counter.sol", COUNTER),
            ("script/Deploy.s.sol", SCRIPT),
            ("covenant.toml", network.as_str()),
            ("counters.yaml", SCENARIO),
            ("package.json", "{ \"type\": \"module\" }\n"),
            ("hardhat.config.js", HARDHAT),
            ("ignition/modules/Counters.js", MODULE),
        ] {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().expect("it is in the project"))
                .expect("files can be written");
            fs::write(file, text).expect("files can be written");
        }
        let modules = crate::nodes::folder().join("node_modules");
        std::os::unix::fs::symlink(modules, folder.path().join("node_modules"))
            .expect("files can be written");
        assert!(solc.is_dir(), "compiling needs `npm ci --prefix contracts`");
        let built = forge().args(["build", "--root"]).arg(folder.path()).output();
        let built = built.expect("forge starts");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Self(folder)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Removes what a deployment has left.
    pub(super) fn clear(&self) {
        for left in
            ["broadcast", "cache/Deploy.s.sol", "deployments", "ignition/deployments", "home/locks"]
        {
            // It may never have been there.
            let _ = fs::remove_dir_all(self.path().join(left));
        }
    }

    /// The command that begins, or that goes on after a death.
    pub(super) fn command(&self, tool: Tool, url: &str, key: &Key, resume: bool) -> Command {
        let secret = key.secret().to_string();
        let mut command = match tool {
            Tool::Covenant => {
                let mut command = covenant(&["run", "counters.yaml", "--network", "town", "--yes"]);
                command.arg("--solc").arg(folder_of_solc());
                command.env("COVENANT_KEYS", self.path().join("home/keys"));
                command.env("COVENANT_CACHE", self.path().join("home/cache"));
                command
            }
            Tool::Forge | Tool::ForgeSlow => {
                let mut command = forge();
                command.args(["script", "Deploy", "--broadcast", "--rpc-url", url]);
                command.args(["--private-key", &secret]);
                if tool == Tool::ForgeSlow {
                    command.arg("--slow");
                }
                if resume {
                    command.arg("--resume");
                }
                command
            }
            Tool::Ignition => {
                let mut command = hardhat();
                command.args(["ignition", "deploy", "ignition/modules/Counters.js"]);
                command.args(["--network", "town", "--deployment-id", "counters"]);
                command.env("HARDHAT_IGNITION_CONFIRM_DEPLOYMENT", "false");
                command
            }
        };
        command.current_dir(self.path()).env("TOWN_RPC", url).env("TOWN_KEY", &secret);
        command.env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    /// The addresses of contracts in the file that other programs read.
    pub(super) fn recorded(&self, tool: Tool) -> BTreeSet<Address> {
        let file = match tool {
            Tool::Covenant => format!("deployments/{CHAIN_ID}/addresses.json"),
            Tool::Forge | Tool::ForgeSlow => {
                format!("broadcast/Deploy.s.sol/{CHAIN_ID}/run-latest.json")
            }
            Tool::Ignition => "ignition/deployments/counters/deployed_addresses.json".to_owned(),
        };
        let Ok(bytes) = fs::read(self.path().join(file)) else { return BTreeSet::new() };
        // What a program left half written tells nobody anything.
        let all: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let found: Vec<&Value> = match tool {
            Tool::Covenant => objects(&all)
                .flat_map(objects)
                .filter_map(|contract| contract.get("address"))
                .collect(),
            Tool::Forge | Tool::ForgeSlow => {
                let transactions = all["transactions"].as_array().into_iter().flatten();
                transactions.map(|it| &it["contractAddress"]).collect()
            }
            Tool::Ignition => objects(&all).collect(),
        };
        found.into_iter().filter_map(|it| it.as_str()?.parse().ok()).collect()
    }
}

fn objects(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_object().into_iter().flat_map(|object| object.values())
}

fn folder_of_solc() -> PathBuf {
    root().join("contracts/node_modules/solc")
}

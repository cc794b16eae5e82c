//! Where a key comes from.

use std::{fmt, path::PathBuf};

use alloy_primitives::Address;
use serde::Deserialize;

use super::account::AccountName;

/// Where a key comes from. covenant.toml writes `{ account = "deployer" }`, `{ keystore = "keys/a.json" }`,
/// `{ ledger = 0 }`, `{ unlocked = "0x…" }`, `{ test-account = 0 }` or `{ env = "DEPLOYER_KEY" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// An account by name: Covenant's, else Foundry's.
    Account(AccountName),
    /// A keystore file.
    Keystore(PathBuf),
    /// A Ledger device, and which of its accounts. This version cannot talk to one, and says so.
    Ledger(u32),
    /// An account that the node signs for. For development chains.
    Unlocked(Address),
    /// An account of the well-known test mnemonic. For development chains.
    TestAccount(u32),
    /// A private key in a variable of the environment. Never for a main network.
    #[serde(rename = "env")]
    Variable(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(name) => write!(f, "{name}"),
            Self::Keystore(path) => write!(f, "{}", path.display()),
            Self::Ledger(index) => write!(f, "ledger:{index}"),
            Self::Unlocked(address) => write!(f, "unlocked:{address}"),
            Self::TestAccount(index) => write!(f, "test-account:{index}"),
            Self::Variable(name) => write!(f, "env:{name}"),
        }
    }
}

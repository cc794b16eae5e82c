//! The result of `covenant keys list`.

use schemars::JsonSchema;
use serde::Serialize;

/// The name and version of the form that `covenant keys list --json` writes.
pub const KEYS_SCHEMA: &str = "covenant.keys/1";

/// Every account that there is or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeysReport {
    /// The name and version of this form.
    pub schema: String,
    /// Covenant's accounts by name, then Foundry's by name.
    pub accounts: Vec<ListedAccount>,
}

impl KeysReport {
    /// The report of these accounts.
    pub fn new(accounts: Vec<ListedAccount>) -> Self {
        Self { schema: KEYS_SCHEMA.to_owned(), accounts }
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ListedAccount {
    /// Its name.
    pub name: String,
    /// Its address; Foundry's keystores say none until they are opened.
    pub address: Option<String>,
    /// Whether it signs: `current`, `outgoing` (a rotation replaced it, and it still signs) or `retired`.
    pub state: String,
    /// Who keeps it: `covenant` or `foundry`.
    pub place: String,
    /// Its keystore; none for what is retired.
    pub keystore: Option<String>,
    /// How its password becomes a key.
    pub strength: Option<String>,
    /// Whether somebody who has the keystore can guess its password too fast.
    pub weak: bool,
    /// Why it cannot be used, if it cannot.
    pub problem: Option<String>,
}

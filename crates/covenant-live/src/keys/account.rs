//! Accounts by name.

use std::{fmt, path::PathBuf, str::FromStr};

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use super::error::KeyError;

/// The name of an account. It is also the name of a file, and therefore plain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct AccountName(String);

impl AccountName {
    /// The most characters of a name.
    pub const LONGEST: usize = 64;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountName {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let fits = text.len() <= Self::LONGEST
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(plain);
        // Somebody gave a key where a name is expected; it must not become the name of a file.
        let is_key = text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit());
        if fits && !is_key { Ok(Self(text.to_owned())) } else { Err(KeyError::BadName) }
    }
}

impl TryFrom<String> for AccountName {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its address; Foundry's keystores say none until they are opened.
    pub address: Option<Address>,
    /// Whether it signs.
    pub state: AccountState,
    /// Who keeps it.
    pub place: Place,
    /// Its keystore; none for what is retired.
    pub path: Option<PathBuf>,
    /// How its password becomes a key.
    pub strength: Option<String>,
    /// Whether somebody who has the keystore can guess its password too fast.
    pub weak: bool,
    /// Why it cannot be used, if it cannot.
    pub problem: Option<String>,
}

/// Whether an account signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountState {
    /// Its name stands for this key.
    Current,
    /// A rotation replaced this key; it still signs where its address is asked for.
    Outgoing,
    /// The key is gone; the address is remembered.
    Retired,
}

/// Who keeps an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Covenant's keyring.
    Covenant,
    /// Foundry's keystores.
    Foundry,
}

impl fmt::Display for AccountState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "current",
            Self::Outgoing => "outgoing",
            Self::Retired => "retired",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Covenant => "covenant",
            Self::Foundry => "foundry",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for name in ["a", "deployer", "Main-2_b", &"x".repeat(64)] {
            assert_eq!(name.parse::<AccountName>().unwrap().as_str(), name);
        }
        let plain = ["", ".", "..", "a/b", "../a", "a.outgoing", "-a", "_a", "a b", "ä", "a\n"];
        for name in plain.into_iter().chain([&*"x".repeat(65), &"0a".repeat(32)]) {
            assert!(name.parse::<AccountName>().is_err(), "{name:?}");
        }
    }
}

//! One key in place of another.

use std::fs;

use alloy_primitives::Address;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    account::{Account, AccountName, AccountState, Place},
    audit::{Act, Subject},
    error::KeyError,
    files,
    keyring::{Keyring, sealed},
    secret::{Password, Secret},
};

/// What a rotation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The key that the name stood for. It still signs where its address is asked for.
    pub outgoing: Address,
    /// The key that the name stands for now.
    pub current: Address,
}

/// An address whose key is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Retired {
    name: String,
    pub(super) address: Address,
    at: Timestamp,
}

/// `retired.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    retired: Vec<Retired>,
}

impl Retired {
    pub(super) fn new(name: &AccountName, address: Address, at: Timestamp) -> Self {
        Self { name: name.to_string(), address, at }
    }

    pub(super) fn is_of(&self, name: &AccountName) -> bool {
        self.name == name.as_str()
    }
}

impl From<Retired> for Account {
    fn from(retired: Retired) -> Self {
        Self {
            name: retired.name,
            address: Some(retired.address),
            state: AccountState::Retired,
            place: Place::Covenant,
            path: None,
            strength: None,
            weak: false,
            problem: None,
        }
    }
}

impl Keyring {
    /// Makes a new key for an account. From now on its name stands for the new key, and the old one is bound beside it:
    /// it signs where its address is asked for, so that what it holds or may do can be handed over. A crash at any point
    /// leaves either the old state or the new one.
    ///
    /// # Errors
    /// When there is no such account, when it is being rotated already, or when the keystore cannot be written.
    pub fn rotate(&self, name: &AccountName, password: &Password) -> Result<Rotation, KeyError> {
        let _lock = self.lock()?;
        let outgoing = self.replaceable(name)?;
        let secret = Secret::generate()?;
        let current = secret.address();
        let path = self.current(name);
        let text = sealed(&secret, password, &path)?;
        self.audit.record(Act::Rotate, Subject::new(name.as_str(), Some(current)))?;
        // First a copy of the old key, then the new one in its place: no moment is without the old key.
        let old = fs::read(&path).map_err(|error| files::unreadable(&path, error))?;
        files::replace(&self.outgoing_path(name), &old)?;
        files::replace(&path, text.as_bytes())?;
        self.verify(name, current)?;
        Ok(Rotation { outgoing, current })
    }

    /// Deletes the key that a rotation replaced; its address is remembered. Returns the address.
    ///
    /// # Errors
    /// When there is no such account, or when it is not being rotated.
    pub fn finish_rotation(&self, name: &AccountName) -> Result<Address, KeyError> {
        let _lock = self.lock()?;
        let address = self.rotating(name)?;
        self.remember(Retired::new(name, address, self.audit.now()))?;
        self.audit.record(Act::Retire, Subject::new(name.as_str(), Some(address)))?;
        files::remove(&self.outgoing_path(name))?;
        Ok(address)
    }

    /// The address of the key that a rotation replaced.
    ///
    /// # Errors
    /// When there is no such account, or when it is not being rotated.
    pub fn rotating(&self, name: &AccountName) -> Result<Address, KeyError> {
        self.current_keystore(name)?;
        let outgoing = self.outgoing(name)?.and_then(|keystore| keystore.address());
        outgoing.ok_or_else(|| KeyError::NotRotating { name: name.clone() })
    }

    /// The addresses whose keys are gone, in the order in which they went.
    pub(super) fn retired(&self) -> Result<Vec<Retired>, KeyError> {
        let path = self.folder.join("retired.json");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                return match files::unreadable(&path, error) {
                    KeyError::Missing { .. } => Ok(Vec::new()),
                    error => Err(error),
                };
            }
        };
        let record: Record = serde_json::from_slice(&bytes)
            .map_err(|error| KeyError::Record { path, reason: error.to_string() })?;
        Ok(record.retired)
    }

    /// Remembers an address whose key is about to go.
    pub(super) fn remember(&self, retired: Retired) -> Result<(), KeyError> {
        let mut all = self.retired()?;
        // A crash may have come after it was remembered and before the key went.
        if !all.iter().any(|known| known.address == retired.address && known.name == retired.name) {
            all.push(retired);
        }
        let text = serde_json::to_string_pretty(&Record { retired: all })
            .expect("addresses are plain data");
        files::replace(&self.folder.join("retired.json"), format!("{text}\n").as_bytes())
    }
}

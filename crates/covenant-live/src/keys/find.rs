//! From a source to a key that signs.

use alloy_primitives::Address;

use super::{
    account::AccountName,
    error::KeyError,
    files,
    keyring::Keyring,
    keystore::Keystore,
    mnemonic,
    network::{Network, NetworkKind},
    secret::{Password, Secret},
    signer::{Key, Opened},
    source::Source,
};

/// What a source led to.
#[derive(Debug)]
pub enum Found {
    /// A keystore that wants its password.
    Locked(Locked),
    /// A variable of the environment, which the caller has to read.
    Raw(RawKey),
    /// Something that signs already.
    Open(Opened),
}

/// A keystore that wants its password.
#[derive(Debug)]
pub struct Locked {
    keystore: Keystore,
    purpose: Purpose,
}

/// A variable of the environment that holds a private key.
#[derive(Debug)]
pub struct RawKey {
    variable: String,
    purpose: Purpose,
}

/// What a key is opened for.
#[derive(Debug)]
struct Purpose {
    keyring: Keyring,
    account: String,
    network: Network,
    wanted: Option<Address>,
}

impl Keyring {
    /// Looks for the key that a source speaks of, to sign for a network. `wanted` is the address it has to have, where
    /// that is known: of an account that is being rotated, the key with that address is taken.
    ///
    /// # Errors
    /// When there is no such key, when it must not be used on this network, or when its file cannot be trusted.
    pub fn find(
        &self,
        source: &Source,
        network: Network,
        wanted: Option<Address>,
    ) -> Result<Found, KeyError> {
        let purpose =
            Purpose { keyring: self.clone(), account: source.to_string(), network, wanted };
        match source {
            Source::Account(name) => {
                let keystore = self.account(name, wanted)?;
                Ok(Found::Locked(Locked { keystore, purpose }))
            }
            Source::Keystore(path) => {
                Ok(Found::Locked(Locked { keystore: Keystore::read(path)?, purpose }))
            }
            Source::Ledger(_) => Err(KeyError::NoLedger),
            Source::Unlocked(address) => {
                development("an account that the node has unlocked", network)?;
                purpose.check(*address)?;
                Ok(Found::Open(Opened::Node { address: *address, chain_id: network.chain_id() }))
            }
            Source::TestAccount(index) => {
                development("the well-known test mnemonic", network)?;
                purpose.key(mnemonic::test_account(*index)).map(Opened::Key).map(Found::Open)
            }
            Source::Variable(variable) => {
                if network.kind() == NetworkKind::Main {
                    let chain_id = network.chain_id();
                    return Err(KeyError::RawKeyOnMain { variable: variable.clone(), chain_id });
                }
                Ok(Found::Raw(RawKey { variable: variable.clone(), purpose }))
            }
        }
    }

    /// The keystore of an account: Covenant's, else Foundry's.
    fn account(&self, name: &AccountName, wanted: Option<Address>) -> Result<Keystore, KeyError> {
        if self.folder.exists() {
            files::check_private_folder(&self.folder)?;
        }
        let missing = match self.current_keystore(name) {
            Err(error @ (KeyError::NoAccount { .. } | KeyError::Retired { .. })) => error,
            current => {
                let current = current?;
                let other = wanted.is_some() && current.address() != wanted;
                let outgoing = if other { self.outgoing(name)? } else { None };
                return Ok(outgoing
                    .filter(|keystore| keystore.address() == wanted)
                    .unwrap_or(current));
            }
        };
        let foundry = self.foundry.as_ref().map(|folder| folder.join(name.as_str()));
        match foundry.filter(|path| path.exists()) {
            Some(path) => Keystore::read(&path),
            None => Err(missing),
        }
    }
}

/// Refuses what everybody has, or nobody guards, anywhere but on a development chain.
fn development(what: &'static str, network: Network) -> Result<(), KeyError> {
    if network.kind() == NetworkKind::Development {
        Ok(())
    } else {
        Err(KeyError::DevelopmentOnly { what, chain_id: network.chain_id() })
    }
}

impl Locked {
    /// The keystore.
    #[must_use]
    pub const fn keystore(&self) -> &Keystore {
        &self.keystore
    }

    /// Opens the keystore. That takes about a second, by design.
    ///
    /// # Errors
    /// When the password is wrong, when the key is not the one that was asked for, or when the audit log cannot be
    /// written.
    pub fn open(&self, password: &Password) -> Result<Key, KeyError> {
        let Purpose { keyring, account, network, .. } = &self.purpose;
        let chain_id = Some(network.chain_id());
        let secret = keyring.open_keystore(&self.keystore, password, account, chain_id)?;
        self.purpose.check(secret.address())?;
        Ok(self.purpose.opened(secret))
    }
}

impl RawKey {
    /// The name of the variable.
    #[must_use]
    pub fn variable(&self) -> &str {
        &self.variable
    }

    /// Takes the value of the variable, if it has one.
    ///
    /// # Errors
    /// When it has none, or when that is no private key.
    pub fn open(&self, value: Option<&Password>) -> Result<Key, KeyError> {
        let value =
            value.ok_or_else(|| KeyError::NoVariable { variable: self.variable.clone() })?;
        let place = format!("the environment variable `{}`", self.variable);
        self.purpose.key(Secret::parse(value, &place)?)
    }
}

impl Purpose {
    fn check(&self, found: Address) -> Result<(), KeyError> {
        match self.wanted {
            Some(wanted) if wanted != found => {
                Err(KeyError::WrongAddress { account: self.account.clone(), wanted, found })
            }
            _ => Ok(()),
        }
    }

    /// A key that has no keystore, once it is written down that it is used.
    fn key(&self, secret: Secret) -> Result<Key, KeyError> {
        self.check(secret.address())?;
        let key = self.opened(secret);
        key.record_open()?;
        Ok(key)
    }

    fn opened(&self, secret: Secret) -> Key {
        let audit = self.keyring.audit.clone();
        Key::new(secret, self.network.chain_id(), self.account.clone(), audit)
    }
}

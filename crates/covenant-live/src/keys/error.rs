//! Why a key cannot be kept, opened or used.

use std::{io, path::PathBuf};

use alloy_primitives::{Address, ChainId};
use thiserror::Error;

use super::{account::AccountName, secret::Password};

/// Why a key cannot be kept, opened or used. No message repeats a secret.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A name that no account can have. It is not repeated: it may be a private key in the wrong place.
    #[error(
        "that cannot name an account: a name is up to {} letters, digits, `-` and `_`, begins with a letter or digit, \
         and is no private key",
        AccountName::LONGEST
    )]
    BadName,
    /// There is an account of that name already.
    #[error("there is an account `{name}` already: {}", path.display())]
    Exists {
        /// The name.
        name: AccountName,
        /// Its keystore.
        path: PathBuf,
    },
    /// There is no account of that name.
    #[error("there is no account `{name}`: {} does not exist", path.display())]
    NoAccount {
        /// The name.
        name: AccountName,
        /// Where its keystore would be.
        path: PathBuf,
    },
    /// The account was retired; its key is gone.
    #[error("account `{name}` is retired: of its key {address} nothing is left but the address")]
    Retired {
        /// The name.
        name: AccountName,
        /// The address it had.
        address: Address,
    },
    /// An account has another address than the one that is needed.
    #[error("account `{account}` has the address {found}, not {wanted}")]
    WrongAddress {
        /// The account, as it was named.
        account: String,
        /// The address that is needed.
        wanted: Address,
        /// The address it has.
        found: Address,
    },
    /// A file is not there.
    #[error("there is no file `{}`", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A path leads to something that is no file.
    #[error("`{}` is not a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// A file or folder cannot be read.
    #[error("cannot read `{}`: {error}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write `{}`: {error}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Others than the owner may read or change a file or folder of secrets.
    #[error("`{}` is open to other users (mode {mode:04o})", path.display())]
    WideOpen {
        /// The file or folder.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// The mode it should have.
        wanted: u32,
    },
    /// A file is no keystore, or asks for something no keystore should.
    #[error("`{}` is not a keystore that can be used: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The password does not open the keystore.
    #[error("wrong password for `{}` (or the file is damaged)", path.display())]
    WrongPassword {
        /// The keystore.
        path: PathBuf,
    },
    /// The key in a keystore is not the one it claims to hold.
    #[error("`{}` says that it holds the key of {says}, but it holds that of {holds}: somebody changed the file", path.display())]
    Forged {
        /// The keystore.
        path: PathBuf,
        /// The address in the file.
        says: Address,
        /// The address of the key.
        holds: Address,
    },
    /// A file of a password does not hold one.
    #[error("`{}` does not hold a password: {reason}", path.display())]
    PasswordFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
    /// A new keystore needs a longer password.
    #[error("the password is too short: at least {} characters protect a key", Password::SHORTEST)]
    ShortPassword,
    /// Something is not a private key.
    #[error("{place} does not hold a private key of 64 hexadecimal digits")]
    NotASecret {
        /// Where it was read.
        place: String,
    },
    /// A variable of the environment is not set.
    #[error("the environment variable `{variable}`, which covenant.toml names, is not set")]
    NoVariable {
        /// Its name.
        variable: String,
    },
    /// A raw private key for a network where money is real.
    #[error(
        "a private key from the environment (`{variable}`) is not used on a main network (chain id {chain_id})"
    )]
    RawKeyOnMain {
        /// The variable.
        variable: String,
        /// The network.
        chain_id: ChainId,
    },
    /// Something for development chains on another network.
    #[error("{what} is for development chains, and chain id {chain_id} is none")]
    DevelopmentOnly {
        /// What was to be used.
        what: &'static str,
        /// The network.
        chain_id: ChainId,
    },
    /// Ledger devices are not supported.
    #[error("this version of covenant cannot talk to a Ledger")]
    NoLedger,
    /// Something to be signed says no chain.
    #[error("refused to sign without a chain id: the signature would be valid on every chain")]
    NoChainId,
    /// A struct to be signed names no contract.
    #[error("refused to sign for no contract: the signature would be valid for every contract")]
    NoContract,
    /// Something to be signed is for another chain.
    #[error("refused to sign for chain id {asked}: the key was opened for chain id {opened}")]
    WrongChain {
        /// The chain the key was opened for.
        opened: ChainId,
        /// The chain of what was to be signed.
        asked: ChainId,
    },
    /// What was signed is not what was to be signed.
    #[error("the signed transaction is not the one that was to be signed; it was thrown away")]
    Altered,
    /// A rotation has begun and is not finished.
    #[error("account `{name}` is being rotated: {outgoing} is still bound beside its new key")]
    Rotating {
        /// The account.
        name: AccountName,
        /// The key that is to go.
        outgoing: Address,
    },
    /// No rotation has begun.
    #[error("account `{name}` is not being rotated")]
    NotRotating {
        /// The account.
        name: AccountName,
    },
    /// The list of retired addresses cannot be understood.
    #[error("`{}` is damaged: {reason}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// What covenant.toml says of a network's keys is wrong.
    #[error("[networks.{network}] in covenant.toml: {reason}")]
    Binding {
        /// The network.
        network: String,
        /// What is wrong.
        reason: String,
    },
    /// The operating system gives no randomness.
    #[error("the operating system has no randomness to make a key from: {0}")]
    Random(getrandom::Error),
}

impl KeyError {
    /// What to do about it, where that can be said.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoAccount { .. } => {
                "`covenant keys list` names all accounts; `covenant keys new` makes one".to_owned()
            }
            Self::WideOpen { path, wanted, .. } => {
                format!("chmod {wanted:o} '{}'", path.display())
            }
            Self::RawKeyOnMain { .. } => {
                "`covenant keys import NAME` puts the key into a keystore; then name that account"
                    .to_owned()
            }
            Self::NoLedger => {
                "use a keystore (`covenant keys new`), or sign elsewhere; no other key is taken instead"
                    .to_owned()
            }
            Self::Rotating { name, .. } => format!(
                "once nothing depends on the old address, `covenant keys rotate {name} --finish` retires it"
            ),
            Self::DevelopmentOnly { .. } => {
                "name an account with `--account NAME`, or a keystore with `--keystore PATH`"
                    .to_owned()
            }
            _ => return None,
        })
    }
}

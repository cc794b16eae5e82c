//! Keys: where they are kept, how they are opened, and what they agree to sign.
//!
//! A [`Source`] says where a key comes from. A [`Keyring`] finds it for a [`Network`] ([`Found`]), a [`Password`] opens it,
//! and a [`Key`] signs for that network alone. Nothing here prints, and no type here shows a secret: not through
//! `Debug`, not through an error, not in the audit log.
//!
//! In reading order: `secret`, `keystore` (the file format), `files` and `audit` (the disk), `account`, `keyring`,
//! `rotation`, `source`, `network`, `bindings`, `find`, `signer`.

mod account;
mod audit;
mod bindings;
mod error;
mod files;
mod find;
mod keyring;
mod keystore;
mod mnemonic;
mod network;
mod rotation;
mod secret;
mod signer;
mod source;

pub use account::{Account, AccountName, AccountState, Place};
pub use audit::WallClock;
pub use bindings::NetworkKeys;
pub use error::KeyError;
pub use find::{Found, Locked, RawKey};
pub use keyring::{Keyring, KeyringOptions};
pub use keystore::Keystore;
pub use network::{Network, NetworkKind};
pub use rotation::Rotation;
pub use secret::{Password, Secret};
pub use signer::{Key, Opened, SignedTransaction};
pub use source::Source;
#[cfg(test)]
mod tests;

//! What must not be seen: passwords and private keys.

use std::{fmt, path::Path};

use alloy_primitives::{Address, hex};
use k256::ecdsa::SigningKey;
use zeroize::Zeroizing;

use super::{error::KeyError, files};

/// The longest password file that is read.
const PASSWORD_FILE_LIMIT: u64 = 4096;

/// A password, or a private key as somebody typed it. Wiped from memory when it is dropped, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// The shortest password that a new keystore takes.
    pub const SHORTEST: usize = 8;

    /// Takes what was typed, with every space in it: passwords are not normalised.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Reads a password from a file of one line; the end of that line is no part of it.
    ///
    /// # Errors
    /// When the file is missing, when others may read it, or when it does not hold exactly one line of UTF-8.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let wrong = |reason| KeyError::PasswordFile { path: path.to_owned(), reason };
        let bytes = files::read_secret(path, PASSWORD_FILE_LIMIT)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| wrong("it is not UTF-8"))?;
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.contains(['\n', '\r']) {
            return Err(wrong("it has more than one line"));
        }
        Ok(Self::new(line.to_owned()))
    }

    /// Checks that the password is long enough to protect a key.
    ///
    /// # Errors
    /// When it has fewer than [`Self::SHORTEST`] characters.
    pub fn check_length(&self) -> Result<(), KeyError> {
        if self.0.chars().count() < Self::SHORTEST { Err(KeyError::ShortPassword) } else { Ok(()) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// A private key of secp256k1. Wiped from memory when it is dropped, and never shown.
#[derive(Clone)]
pub struct Secret(SigningKey);

impl Secret {
    /// A new key from the randomness of the operating system.
    ///
    /// # Errors
    /// When the operating system has none to give.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        loop {
            random(&mut *bytes)?;
            if let Some(secret) = Self::from_bytes(&bytes) {
                return Ok(secret);
            }
        }
    }

    /// Reads a key as wallets show it: 64 hexadecimal digits, with or without `0x`. `place` says where it was found.
    ///
    /// # Errors
    /// When it is something else. The error does not repeat what was read.
    pub fn parse(text: &Password, place: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError::NotASecret { place: place.to_owned() };
        let text = text.0.trim();
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let mut bytes = Zeroizing::new([0; 32]);
        // The decoder would take a second prefix.
        if digits.len() != 64 || hex::decode_to_slice(digits, &mut *bytes).is_err() {
            return Err(wrong());
        }
        Self::from_bytes(&bytes).ok_or_else(wrong)
    }

    /// The address that belongs to the key.
    #[must_use]
    pub fn address(&self) -> Address {
        Address::from_public_key(self.0.verifying_key())
    }

    /// The key with these big-endian bytes; `None` if it is zero or not below the order of the curve.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        SigningKey::from_slice(bytes).ok().map(Self)
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(&Zeroizing::new(self.0.to_bytes()));
        bytes
    }

    pub(super) const fn signing_key(&self) -> &SigningKey {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Fills a buffer with randomness of the operating system.
pub(super) fn random(bytes: &mut [u8]) -> Result<(), KeyError> {
    getrandom::fill(bytes).map_err(KeyError::Random)
}

//! A key under a password.

use alloy_primitives::{Address, B256};
use zeroize::Zeroizing;

use super::{
    cipher,
    derive::{Derivation, Function},
};
use crate::keys::{
    error::KeyError,
    secret::{Password, Secret, random},
};

/// A key under a password, as a file holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::keys) struct Sealed {
    pub(super) derivation: Derivation,
    pub(super) iv: [u8; 16],
    pub(super) ciphertext: Vec<u8>,
    pub(super) mac: B256,
    pub(super) address: Option<Address>,
}

/// Why a key could not be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::keys) enum OpenError {
    /// The MAC differs: the password is wrong, or something in the file is.
    Password,
    /// What is inside is no private key.
    NotAKey,
    /// What is inside is the key of another address than the file says.
    Forged { says: Address, holds: Address },
}

impl Sealed {
    /// Puts a key under a password, at full strength.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub(in crate::keys) fn seal(secret: &Secret, password: &Password) -> Result<Self, KeyError> {
        let (mut salt, mut iv) = ([0; 32], [0; 16]);
        random(&mut salt)?;
        random(&mut iv)?;
        let derivation = Derivation { function: Function::WRITTEN, salt: salt.to_vec() };
        Ok(Self::with(secret, password, derivation, iv))
    }

    pub(super) fn with(
        secret: &Secret,
        password: &Password,
        derivation: Derivation,
        iv: [u8; 16],
    ) -> Self {
        let derived = derivation.derive(password.bytes());
        let mut bytes = secret.to_bytes();
        cipher::apply(&derived, &iv, &mut *bytes);
        let mac = cipher::mac(&derived, &*bytes);
        let address = Some(secret.address());
        Self { derivation, iv, ciphertext: bytes.to_vec(), mac, address }
    }

    /// Takes the key out, and checks that it is the one that the file speaks of.
    pub(in crate::keys) fn open(&self, password: &Password) -> Result<Secret, OpenError> {
        let derived = self.derivation.derive(password.bytes());
        if cipher::mac(&derived, &self.ciphertext) != self.mac {
            return Err(OpenError::Password);
        }
        // Old versions of geth left out leading zeros.
        let mut bytes = Zeroizing::new([0; 32]);
        let start = bytes.len().saturating_sub(self.ciphertext.len());
        bytes[start..].copy_from_slice(&self.ciphertext);
        cipher::apply(&derived, &self.iv, &mut bytes[start..]);
        let secret = Secret::from_bytes(&bytes).ok_or(OpenError::NotAKey)?;
        match self.address {
            // The MAC does not cover the initialisation vector; the address does.
            Some(says) if says != secret.address() => {
                Err(OpenError::Forged { says, holds: secret.address() })
            }
            _ => Ok(secret),
        }
    }

    /// The address that the file claims, where it does.
    pub(in crate::keys) const fn address(&self) -> Option<Address> {
        self.address
    }
}

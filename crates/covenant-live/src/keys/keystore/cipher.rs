//! The cipher and the MAC.

use aes::{
    Aes128,
    cipher::{KeyIvInit, StreamCipher},
};
use alloy_primitives::{B256, keccak256};
use ctr::Ctr128BE;
use zeroize::Zeroizing;

use super::derive::DERIVED;

/// A derived key: the first half encrypts, the second authenticates.
pub(super) type Derived = [u8; DERIVED];

/// Encrypts or decrypts in place: AES-128 in counter mode is its own inverse.
pub(super) fn apply(derived: &Derived, iv: &[u8; 16], bytes: &mut [u8]) {
    let (key, _) = halves(derived);
    let mut cipher = Ctr128BE::<Aes128>::new(key.into(), iv.into());
    cipher.apply_keystream(bytes);
}

/// What tells that the password is right and the ciphertext is whole. It does not cover the initialisation vector.
pub(super) fn mac(derived: &Derived, ciphertext: &[u8]) -> B256 {
    let (_, key) = halves(derived);
    keccak256(Zeroizing::new([key.as_slice(), ciphertext].concat()).as_slice())
}

fn halves(derived: &Derived) -> (&[u8; 16], &[u8; 16]) {
    let (first, second) = derived.split_first_chunk().expect("16 bytes are the first half of 32");
    (first, second.first_chunk().expect("16 bytes are the second half of 32"))
}

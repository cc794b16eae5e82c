//! Keys of actors.

use std::fmt;

use alloy_eips::eip7702::{Authorization, SignedAuthorization};
use alloy_primitives::{Address, B256, U256, eip191_hash_message, keccak256};
use k256::ecdsa::SigningKey;

/// A secp256k1 key of an actor. Anybody can derive it from the actor's name: never send real money to its address.
#[derive(Clone)]
pub struct Key {
    signer: SigningKey,
    address: Address,
}

impl Key {
    /// Derives the key that belongs to `name`, the same in every scenario and version.
    ///
    /// The secret is `keccak256("covenant/key/v1/" ‖ name)` as a big-endian integer, with `name` in UTF-8. Should that
    /// be zero or not below the order of the curve (about one in 2^128), it is hashed again until it fits.
    pub fn derive(name: &str) -> Self {
        let mut secret = keccak256([b"covenant/key/v1/", name.as_bytes()].concat());
        loop {
            if let Some(key) = Self::from_secret(secret) {
                return key;
            }
            secret = keccak256(secret);
        }
    }

    /// The key with this secret; `None` if it is zero or not below the order of the curve.
    pub fn from_secret(secret: B256) -> Option<Self> {
        let signer = SigningKey::from_slice(secret.as_slice()).ok()?;
        let point = signer.verifying_key().to_encoded_point(false);
        let address = Address::from_raw_public_key(&point.as_bytes()[1..]);
        Some(Self { signer, address })
    }

    /// The address that belongs to the key.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The secret itself.
    pub fn secret(&self) -> B256 {
        B256::from_slice(&self.signer.to_bytes())
    }

    /// Signs a 32-byte digest, for example an EIP-712 one: `r ‖ s ‖ v` with v 27 or 28.
    ///
    /// Deterministic (RFC 6979), and `s` is in the lower half of the order (EIP-2).
    pub fn sign_hash(&self, digest: B256) -> [u8; 65] {
        let (signature, recovery) = self
            .signer
            .sign_prehash_recoverable(digest.as_slice())
            .expect("a digest of 32 bytes can always be signed");
        let mut bytes = [0; 65];
        bytes[..64].copy_from_slice(&signature.to_bytes());
        bytes[64] = 27 + recovery.to_byte();
        bytes
    }

    /// Signs a message as wallets do (EIP-191, `personal_sign`): `r ‖ s ‖ v`.
    pub fn sign_message(&self, message: &[u8]) -> [u8; 65] {
        self.sign_hash(eip191_hash_message(message))
    }

    /// Authorizes `code` to run as this account's code (EIP-7702), on one chain, or on any with `chain_id` 0.
    ///
    /// `nonce` is the account's nonce when the authorization is looked at; an account that sends the transaction itself
    /// has already used one up by then.
    pub fn authorize(&self, chain_id: u64, code: Address, nonce: u64) -> SignedAuthorization {
        let authorization = Authorization { chain_id: U256::from(chain_id), address: code, nonce };
        let signature = self.sign_hash(authorization.signature_hash());
        let r = U256::from_be_slice(&signature[..32]);
        let s = U256::from_be_slice(&signature[32..64]);
        SignedAuthorization::new_unchecked(authorization, signature[64] - 27, r, s)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("address", &self.address).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{address, b256, hex};

    use super::*;

    #[test]
    fn derivation_never_changes() {
        let secret = keccak256(b"covenant/key/v1/alice");
        assert_eq!(Key::derive("alice").secret(), secret);
        assert_eq!(Key::derive("alice").address(), ALICE);
        assert_ne!(Key::derive("Alice").address(), ALICE);
    }

    const ALICE: Address = address!("0x0000000000000000000000000000000000000001");

    #[test]
    fn addresses_are_those_of_other_tools() {
        // The first account of anvil and Hardhat.
        let secret = b256!("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
        let key = Key::from_secret(secret).unwrap();
        assert_eq!(key.address(), address!("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
        assert!(Key::from_secret(B256::ZERO).is_none());
        assert!(Key::from_secret(B256::repeat_byte(0xff)).is_none());
    }

    #[test]
    fn signatures_recover_and_are_low() {
        // Half of the order of the curve.
        let half = U256::from_be_bytes(hex!(
            "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0"
        ));
        for name in 0..50 {
            let key = Key::derive(&name.to_string());
            let digest = keccak256([name]);
            let signature = key.sign_hash(digest);
            let parsed = alloy_primitives::Signature::from_raw(&signature).unwrap();
            assert_eq!(parsed.recover_address_from_prehash(&digest).unwrap(), key.address());
            assert!(matches!(signature[64], 27 | 28));
            assert!(parsed.s() <= half);
            assert_eq!(key.sign_hash(digest), signature);
        }
    }

    #[test]
    fn messages_are_signed_as_wallets_do() {
        // From the documentation of web3.js: `eth.accounts.sign("Some data", …)`.
        let secret = b256!("0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318");
        let signature = Key::from_secret(secret).unwrap().sign_message(b"Some data");
        let expected = hex!(
            "b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c"
        );
        assert_eq!(signature, expected);
    }
}

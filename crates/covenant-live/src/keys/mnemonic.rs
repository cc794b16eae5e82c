//! The accounts of `test test test test test test test test test test test junk`, which everybody has.

use alloy_primitives::B256;
use k256::{FieldBytes, Scalar, elliptic_curve::PrimeField};
use pbkdf2::{
    hmac::{Hmac, KeyInit, Mac},
    pbkdf2_hmac,
    sha2::Sha512,
};

use super::secret::Secret;

/// The mnemonic of the accounts that anvil and Hardhat fund.
const MNEMONIC: &str = "test test test test test test test test test test test junk";

/// Indices from here on are hardened: derived from the private key.
const HARDENED: u32 = 1 << 31;

/// m/44'/60'/0'/0, where wallets for Ethereum keep their accounts (BIP-44).
const PATH: [u32; 4] = [44 | HARDENED, 60 | HARDENED, HARDENED, 0];

/// The account with this index, which is below 2^31.
pub(super) fn test_account(index: u32) -> Secret {
    let mut seed = [0; 64];
    pbkdf2_hmac::<Sha512>(MNEMONIC.as_bytes(), b"mnemonic", 2048, &mut seed);
    let master = Node::split(hash(b"Bitcoin seed", &[&seed]));
    let node = PATH.into_iter().chain([index % HARDENED]).fold(master, Node::child);
    node.secret()
}

/// A node of the tree of keys (BIP-32).
struct Node {
    key: [u8; 32],
    code: [u8; 32],
}

impl Node {
    fn split(hash: [u8; 64]) -> Self {
        let (key, code) = hash.split_at(32);
        Self { key: B256::from_slice(key).0, code: B256::from_slice(code).0 }
    }

    fn child(self, index: u32) -> Self {
        let place = index.to_be_bytes();
        let hash = if index >= HARDENED {
            hash(&self.code, &[&[0], &self.key, &place])
        } else {
            let secret = self.secret();
            let point = secret.signing_key().verifying_key().to_encoded_point(true);
            hash(&self.code, &[point.as_bytes(), &place])
        };
        let child = Self::split(hash);
        let key = (scalar(child.key) + scalar(self.key)).to_bytes();
        Self { key: B256::from_slice(&key).0, code: child.code }
    }

    fn secret(&self) -> Secret {
        Secret::from_bytes(&self.key).expect(FITS)
    }
}

/// Why nothing here fails.
const FITS: &str = "it fails once in 2^127 indices";

fn scalar(bytes: [u8; 32]) -> Scalar {
    Option::from(Scalar::from_repr(FieldBytes::from(bytes))).expect(FITS)
}

fn hash(key: &[u8], parts: &[&[u8]]) -> [u8; 64] {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("a key may have any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::address;

    use super::*;

    #[test]
    fn accounts_are_those_of_anvil_and_hardhat() {
        let known = [
            (0, address!("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")),
            (1, address!("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")),
            (2, address!("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC")),
            (9, address!("0xa0Ee7A142d267C1f36714E4a8F75612F20a79720")),
            (19, address!("0x8626f6940E2eb28930eFb4CeF49B2d1F2C9C1199")),
        ];
        for (index, address) in known {
            assert_eq!(test_account(index).address(), address, "{index}");
        }
    }
}

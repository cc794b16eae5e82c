//! The file format: Ethereum keystore version 3.
//!
//! Written as geth writes it: scrypt with N = 2^18, r = 8, p = 1, AES-128-CTR, a MAC of Keccak-256, and the address. Read
//! with suspicion: everything that a file asks for is checked before a byte is derived.

mod cipher;
mod derive;
mod read;
mod sealed;
mod write;

pub use read::Keystore;
pub(super) use sealed::Sealed;

#[cfg(test)]
mod tests;

/// The text of a keystore that opens in no time. Only tests make one; what is written has full strength.
#[cfg(test)]
pub(super) fn quick_file(
    secret: &super::secret::Secret,
    password: &super::secret::Password,
) -> String {
    use derive::{Derivation, Function};

    let function = Function::scrypt(2, 1, 1).expect("it is little work");
    let derivation = Derivation { function, salt: vec![7; 8] };
    let sealed = Sealed::with(secret, password, derivation, [9; 16]);
    sealed.to_json().expect("there is randomness")
}

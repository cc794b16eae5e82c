//! Writing a keystore.

use alloy_primitives::hex;
use serde_json::{Value, json};

use super::{
    derive::{DERIVED, Function},
    sealed::Sealed,
};
use crate::keys::{error::KeyError, secret::random};

impl Sealed {
    /// The file, in the order in which geth writes it.
    ///
    /// # Errors
    /// When the operating system has no randomness for the file's id.
    pub(in crate::keys) fn to_json(&self) -> Result<String, KeyError> {
        let document = json!({
            "address": self.address.map(hex::encode),
            "crypto": {
                "cipher": "aes-128-ctr",
                "ciphertext": hex::encode(&self.ciphertext),
                "cipherparams": { "iv": hex::encode(self.iv) },
                "kdf": self.function_name(),
                "kdfparams": self.function_parameters(),
                "mac": hex::encode(self.mac),
            },
            "id": uuid()?,
            "version": 3,
        });
        Ok(document.to_string())
    }

    const fn function_name(&self) -> &'static str {
        match self.derivation.function {
            Function::Scrypt { .. } => "scrypt",
            Function::Pbkdf2 { .. } => "pbkdf2",
        }
    }

    fn function_parameters(&self) -> Value {
        let salt = hex::encode(&self.derivation.salt);
        match self.derivation.function {
            Function::Scrypt { log_n, r, p } => {
                json!({ "dklen": DERIVED, "n": 1_u64 << log_n, "p": p, "r": r, "salt": salt })
            }
            Function::Pbkdf2 { rounds } => {
                json!({ "c": rounds, "dklen": DERIVED, "prf": "hmac-sha256", "salt": salt })
            }
        }
    }
}

/// A random UUID (RFC 9562, version 4).
fn uuid() -> Result<String, KeyError> {
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex::encode(bytes);
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    Ok(parts.join("-"))
}

//! Reading a keystore of ours, of Foundry, of geth, or of anybody.

use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256, hex};
use serde_json::Value;

use super::{
    derive::{DERIVED, Derivation, Function, SALT_LIMIT},
    sealed::{OpenError, Sealed},
};
use crate::keys::{
    error::KeyError,
    files,
    secret::{Password, Secret},
};

/// The longest keystore that is read. They are about 500 bytes long.
const FILE_LIMIT: u64 = 1 << 16;

/// The longest derived key that a file may ask for.
const DERIVED_LIMIT: u64 = 1024;

/// A keystore file that has been read and checked, and not yet opened.
#[derive(Clone, Debug)]
pub struct Keystore {
    path: PathBuf,
    sealed: Sealed,
}

impl Keystore {
    /// Reads a keystore. Whatever it asks for has been checked then; nothing has been derived.
    ///
    /// # Errors
    /// When the file is missing, when others may read it, or when it is not a keystore that can be used.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let malformed = |reason| KeyError::Malformed { path: path.to_owned(), reason };
        let bytes = files::read_secret(path, FILE_LIMIT)?;
        let sealed = Sealed::parse(&bytes).map_err(malformed)?;
        Ok(Self { path: path.to_owned(), sealed })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The address that the file claims. Foundry's keystores claim none.
    #[must_use]
    pub const fn address(&self) -> Option<Address> {
        self.sealed.address()
    }

    /// How the password becomes a key, such as `scrypt N=262144 r=8 p=1`.
    #[must_use]
    pub fn strength(&self) -> String {
        self.sealed.derivation.function.to_string()
    }

    /// Whether somebody who has the file can guess its password too fast.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.sealed.derivation.function.is_weak()
    }

    /// Takes the key out. That takes about a second, by design.
    ///
    /// # Errors
    /// When the password is wrong, or when the key inside is not the one that the file claims.
    pub(in crate::keys) fn open(&self, password: &Password) -> Result<Secret, KeyError> {
        let path = || self.path.clone();
        self.sealed.open(password).map_err(|error| match error {
            OpenError::Password => KeyError::WrongPassword { path: path() },
            OpenError::NotAKey => KeyError::Malformed {
                path: path(),
                reason: "what it holds is not a private key".to_owned(),
            },
            OpenError::Forged { says, holds } => KeyError::Forged { path: path(), says, holds },
        })
    }
}

impl Sealed {
    /// Reads a file, or says what is wrong with it. What is said quotes nothing but numbers and names of functions, for
    /// the file may be something else than it should be, a raw private key for example.
    pub(in crate::keys) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let document: Value = serde_json::from_slice(bytes).map_err(|error| {
            format!("it is not JSON (line {}, column {})", error.line(), error.column())
        })?;
        let file = Object::root(&document)?;
        let version = file.number("version")?;
        if version != 3 {
            return Err(format!("it has version {version}, and only version 3 is understood"));
        }
        // Early files have a capital letter.
        let crypto =
            if file.has("Crypto") { file.object("Crypto")? } else { file.object("crypto")? };
        let cipher = crypto.text("cipher")?;
        if cipher != "aes-128-ctr" {
            return Err(format!(
                "its cipher is {}, and only aes-128-ctr is understood",
                name(cipher)
            ));
        }
        let ciphertext = crypto.bytes("ciphertext", 1, 32)?;
        let iv = crypto.object("cipherparams")?.bytes("iv", 16, 16)?;
        Ok(Self {
            derivation: derivation(&crypto)?,
            iv: iv.try_into().expect("its length was checked"),
            ciphertext,
            mac: B256::from_slice(&crypto.bytes("mac", 32, 32)?),
            address: address(&file)?,
        })
    }
}

fn address(file: &Object<'_>) -> Result<Option<Address>, String> {
    // geth's and ours are hexadecimal; Foundry leaves it out, others write null or nothing.
    match file.value.get("address") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(_) => Ok(Some(Address::from_slice(&file.bytes("address", 20, 20)?))),
    }
}

fn derivation(crypto: &Object<'_>) -> Result<Derivation, String> {
    let parameters = crypto.object("kdfparams")?;
    let length = parameters.number("dklen")?;
    if !(DERIVED as u64..=DERIVED_LIMIT).contains(&length) {
        return Err(format!(
            "`crypto.kdfparams.dklen` is {length}: expected {DERIVED} to {DERIVED_LIMIT}"
        ));
    }
    let function = match crypto.text("kdf")? {
        "scrypt" => Function::scrypt(
            parameters.number("n")?,
            parameters.number("r")?,
            parameters.number("p")?,
        )?,
        "pbkdf2" => {
            let function = parameters.text("prf")?;
            if function != "hmac-sha256" {
                return Err(format!(
                    "PBKDF2 with {}: only hmac-sha256 is understood",
                    name(function)
                ));
            }
            Function::pbkdf2(parameters.number("c")?)?
        }
        other => {
            return Err(format!(
                "its key is derived by {}: only scrypt and pbkdf2 are understood",
                name(other)
            ));
        }
    };
    Ok(Derivation { function, salt: parameters.bytes("salt", 1, SALT_LIMIT)? })
}

/// What a file calls something, as long as it can be the name of an algorithm.
fn name(text: &str) -> String {
    let plausible = text.len() <= 20
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'));
    if plausible { format!("`{text}`") } else { "something else".to_owned() }
}

/// An object of the file, and where it is.
struct Object<'a> {
    value: &'a serde_json::Map<String, Value>,
    place: String,
}

impl<'a> Object<'a> {
    fn root(value: &'a Value) -> Result<Self, String> {
        let value = value.as_object().ok_or("it is not a JSON object")?;
        Ok(Self { value, place: String::new() })
    }

    fn has(&self, key: &str) -> bool {
        self.value.contains_key(key)
    }

    fn get<T>(
        &self,
        key: &str,
        wanted: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<T, String> {
        let place = || format!("{}{key}", self.place);
        let value = self.value.get(key).ok_or_else(|| format!("`{}` is missing", place()))?;
        read(value).ok_or_else(|| format!("`{}` is not {wanted}", place()))
    }

    fn object(&self, key: &str) -> Result<Self, String> {
        let value = self.get(key, "an object", Value::as_object)?;
        Ok(Self { value, place: format!("{}{key}.", self.place) })
    }

    fn text(&self, key: &str) -> Result<&'a str, String> {
        self.get(key, "a string", Value::as_str)
    }

    fn number(&self, key: &str) -> Result<u64, String> {
        self.get(key, "a whole number", Value::as_u64)
    }

    /// Hexadecimal digits, with or without `0x`.
    fn bytes(&self, key: &str, shortest: usize, longest: usize) -> Result<Vec<u8>, String> {
        let length = if shortest == longest {
            format!("{longest} bytes in hexadecimal")
        } else {
            format!("{shortest} to {longest} bytes in hexadecimal")
        };
        self.get(key, &length, |value| {
            let bytes = hex::decode(value.as_str()?).ok()?;
            (shortest..=longest).contains(&bytes.len()).then_some(bytes)
        })
    }
}

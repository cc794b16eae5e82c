//! From a password to the key of a cipher.

use std::fmt;

use pbkdf2::{pbkdf2_hmac, sha2::Sha256};
use scrypt::{Params, scrypt};
use zeroize::Zeroizing;

/// How many bytes are derived: 16 for the cipher, 16 for the MAC. A file may ask for more, of which these are the first.
pub(super) const DERIVED: usize = 32;

/// The most memory a file may ask for: four times what is written.
const MEMORY_LIMIT: u64 = 1 << 30;

/// The most work a file may ask for, in blocks of scrypt: eight times what is written.
const WORK_LIMIT: u64 = 1 << 24;

/// The most rounds of PBKDF2 a file may ask for.
const ROUND_LIMIT: u64 = 10_000_000;

/// The longest salt a file may have, in bytes.
pub(super) const SALT_LIMIT: usize = 128;

/// Below this many blocks of scrypt a password is guessed too fast (OWASP: N = 2^17 with r = 8).
const ENOUGH_WORK: u64 = 1 << 20;

/// Below this many rounds of PBKDF2 with SHA-256 a password is guessed too fast (OWASP).
const ENOUGH_ROUNDS: u64 = 600_000;

/// How a password becomes the key of the cipher, with parameters that have been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Derivation {
    pub(super) function: Function,
    pub(super) salt: Vec<u8>,
}

/// The function, and how much work it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// scrypt with N = 2^`log_n`.
    Scrypt { log_n: u8, r: u32, p: u32 },
    /// PBKDF2 with HMAC-SHA-256.
    Pbkdf2 { rounds: u32 },
}

impl Function {
    /// What is written: the strength of geth's keystores.
    pub(super) const WRITTEN: Self = Self::Scrypt { log_n: 18, r: 8, p: 1 };

    /// Checks what a file asks of scrypt.
    pub(super) fn scrypt(n: u64, r: u64, p: u64) -> Result<Self, String> {
        if !n.is_power_of_two() || n < 2 {
            return Err(format!("scrypt needs an N that is a power of two, not {n}"));
        }
        let (Ok(r32 @ 1..), Ok(p32 @ 1..)) = (u32::try_from(r), u32::try_from(p)) else {
            return Err(format!("scrypt needs r and p of at least 1, not {r} and {p}"));
        };
        let blocks = n.saturating_mul(r);
        let memory = blocks.saturating_mul(128).max(r.saturating_mul(p).saturating_mul(128));
        if memory > MEMORY_LIMIT {
            return Err(format!(
                "scrypt with N = {n}, r = {r}, p = {p} takes more than {} MiB of memory",
                MEMORY_LIMIT >> 20
            ));
        }
        if blocks.saturating_mul(p) > WORK_LIMIT {
            return Err(format!("scrypt with N = {n}, r = {r}, p = {p} takes too long"));
        }
        let log_n = u8::try_from(n.ilog2()).expect("the logarithm of 64 bits is small");
        Ok(Self::Scrypt { log_n, r: r32, p: p32 })
    }

    /// Checks what a file asks of PBKDF2.
    pub(super) fn pbkdf2(rounds: u64) -> Result<Self, String> {
        match u32::try_from(rounds) {
            Ok(rounds32 @ 1..) if rounds <= ROUND_LIMIT => Ok(Self::Pbkdf2 { rounds: rounds32 }),
            _ => Err(format!("PBKDF2 with {rounds} rounds: 1 to {ROUND_LIMIT} can be done")),
        }
    }

    /// Whether somebody who has the file can guess its password too fast.
    pub(super) fn is_weak(self) -> bool {
        match self {
            Self::Scrypt { log_n, r, p } => {
                (1_u64 << log_n) * u64::from(r) * u64::from(p) < ENOUGH_WORK
            }
            Self::Pbkdf2 { rounds } => u64::from(rounds) < ENOUGH_ROUNDS,
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scrypt { log_n, r, p } => {
                write!(f, "scrypt N={} r={r} p={p}", 1_u64 << log_n)
            }
            Self::Pbkdf2 { rounds } => write!(f, "pbkdf2 c={rounds}"),
        }
    }
}

impl Derivation {
    /// Derives the key. This is meant to take long: about a second, and 256 MiB, for what is written here.
    pub(super) fn derive(&self, password: &[u8]) -> Zeroizing<[u8; DERIVED]> {
        let mut key = Zeroizing::new([0; DERIVED]);
        match self.function {
            Function::Scrypt { log_n, r, p } => {
                let params = Params::new(log_n, r, p).expect("the limits here are tighter");
                scrypt(password, &self.salt, &params, &mut *key).expect("32 bytes can be derived");
            }
            Function::Pbkdf2 { rounds } => {
                pbkdf2_hmac::<Sha256>(password, &self.salt, rounds, &mut *key);
            }
        }
        key
    }
}

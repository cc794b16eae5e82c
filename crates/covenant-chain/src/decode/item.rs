//! What was decoded.

use std::fmt;

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Bytes, U256, hex};

/// An argument, a field of a log, or a returned value.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedValue {
    /// Its name in the ABI; empty if it has none.
    pub name: String,
    /// The value. For an indexed field of dynamic type, all that a log has is the hash.
    pub value: DynSolValue,
    /// The value as a Solidity developer writes it.
    pub text: String,
}

/// Why a call was reverted.
#[derive(Clone, Debug, PartialEq)]
pub enum DecodedRevert {
    /// `revert()` or a failed `require` without a message: there is no data.
    Empty,
    /// `require(…, "message")` or `revert("message")`.
    Message(String),
    /// What the compiler checks: overflow, division by zero, array bounds …
    Panic {
        /// The code.
        code: U256,
    },
    /// A custom error of a registered ABI.
    Custom {
        /// The contract whose ABI has it.
        contract: String,
        /// The error's name.
        name: String,
        /// Its arguments.
        args: Vec<DecodedValue>,
    },
    /// A custom error that no registered ABI has, or data that is none.
    Unknown {
        /// All of it.
        data: Bytes,
    },
}

impl DecodedRevert {
    /// What a panic code means, in words; the codes are those of the Solidity documentation.
    pub fn panic_meaning(code: U256) -> &'static str {
        match code.try_into().unwrap_or(u64::MAX) {
            0x00 => "generic compiler panic",
            0x01 => "assertion failed",
            0x11 => "arithmetic overflow or underflow",
            0x12 => "division or modulo by zero",
            0x21 => "conversion to an enum that has no such member",
            0x22 => "storage byte array that is encoded wrongly",
            0x31 => "pop from an empty array",
            0x32 => "array index out of bounds",
            0x41 => "too much memory allocated",
            0x51 => "call of a function pointer that is not set",
            _ => "unknown panic code",
        }
    }
}

impl fmt::Display for DecodedRevert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no reason given"),
            Self::Message(message) => write!(f, "{message:?}"),
            Self::Panic { code } => write!(f, "Panic({code:#04x}): {}", Self::panic_meaning(*code)),
            Self::Custom { name, args, .. } => write!(f, "{name}({})", joined(args)),
            Self::Unknown { data } if data.len() >= 4 => {
                write!(f, "unknown error {}", hex::encode_prefixed(&data[..4]))?;
                if data.len() > 4 {
                    write!(f, " with data {}", hex::encode_prefixed(&data[4..]))
                } else {
                    Ok(())
                }
            }
            Self::Unknown { data } => write!(f, "unknown error data {data}"),
        }
    }
}

/// A log of a registered ABI.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedLog {
    /// The contract whose ABI has the event.
    pub contract: String,
    /// The event's name.
    pub name: String,
    /// Its fields, in the order of the declaration.
    pub fields: Vec<DecodedValue>,
}

impl fmt::Display for DecodedLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, named(&self.fields))
    }
}

/// A call of a function of a registered ABI.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedCall {
    /// The contract whose ABI has the function.
    pub contract: String,
    /// The function's name; `constructor` is not one, since creations are not decoded.
    pub name: String,
    /// Its arguments.
    pub args: Vec<DecodedValue>,
}

impl DecodedCall {
    /// The arguments as text, separated by commas.
    pub fn args_text(&self) -> String {
        joined(&self.args)
    }
}

impl fmt::Display for DecodedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, joined(&self.args))
    }
}

pub(super) fn joined(values: &[DecodedValue]) -> String {
    values.iter().map(|value| value.text.as_str()).collect::<Vec<_>>().join(", ")
}

fn named(values: &[DecodedValue]) -> String {
    let one = |value: &DecodedValue| {
        if value.name.is_empty() {
            value.text.clone()
        } else {
            format!("{}: {}", value.name, value.text)
        }
    };
    values.iter().map(one).collect::<Vec<_>>().join(", ")
}

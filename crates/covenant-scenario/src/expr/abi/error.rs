//! Why a value cannot be encoded, or data not be decoded.

use num_bigint::BigInt;

use crate::expr::value::Value;

/// Why a value cannot be encoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// An integer is outside the range of its type.
    #[error("{} does not fit {ty}", Value::Int(value.clone()))]
    OutOfRange {
        /// The integer.
        value: BigInt,
        /// The name of the type.
        ty: String,
    },
    /// An array has not the length its type says.
    #[error("{actual} elements where {ty} needs {expected}")]
    Length {
        /// The name of the type.
        ty: String,
        /// How many elements it has.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// `abi.encodePacked` of what Solidity cannot pack: structs, nested arrays, integers of no known width.
    #[error("{ty} cannot be packed")]
    NotPackable {
        /// The name of the type.
        ty: String,
    },
    /// The value is of another kind than its type; the checker keeps this from happening.
    #[error("{value} is no {ty}")]
    Mismatch {
        /// The value, as text.
        value: String,
        /// The name of the type.
        ty: String,
    },
}

/// Why data cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The data ends early, or points outside itself.
    #[error("{length} bytes do not hold {expected}: {reason}")]
    Layout {
        /// What was expected, as type names.
        expected: String,
        /// How many bytes there are.
        length: usize,
        /// What the decoder stumbled over.
        reason: String,
    },
    /// A word is no clean encoding of its type.
    #[error("0x{word} is no {ty}")]
    Word {
        /// The word in hex.
        word: String,
        /// The name of the type.
        ty: String,
    },
    /// A string is not UTF-8.
    #[error("a string is not UTF-8: 0x{bytes}")]
    NotUtf8 {
        /// Its bytes in hex.
        bytes: String,
    },
    /// Parts of the data overlap, so that a few bytes would become many values.
    #[error("parts of the data overlap")]
    Overlap,
}

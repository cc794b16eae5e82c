//! The values themselves.

use std::sync::Arc;

use alloy_primitives::{Address, B256, U256};
use num_bigint::BigInt;

use super::number::{from_u256, to_u256};
use crate::expr::types::{EnumType, StructType};

/// The value of an expression.
#[derive(Clone, Debug)]
pub enum Value {
    /// An integer, exact.
    Int(BigInt),
    /// A truth value.
    Bool(bool),
    /// An address.
    Address(Address),
    /// `bytesN`: the first N bytes of the word count, the others are zero.
    FixedBytes(B256, u8),
    /// `bytes`
    Bytes(Vec<u8>),
    /// `string`
    String(String),
    /// The elements of an array.
    Array(Vec<Self>),
    /// The fields of a struct in order.
    Struct(Arc<StructType>, Vec<Self>),
    /// The member of an enum by number.
    Enum(Arc<EnumType>, u8),
    /// Several values; none: nothing.
    Tuple(Vec<Self>),
}

impl Value {
    /// The value of a function that returns nothing.
    pub const NOTHING: Self = Self::Tuple(Vec::new());

    /// The integer, if it is one.
    pub const fn as_int(&self) -> Option<&BigInt> {
        match self {
            Self::Int(number) => Some(number),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The address, if it is one.
    pub const fn as_address(&self) -> Option<Address> {
        match self {
            Self::Address(address) => Some(*address),
            _ => None,
        }
    }

    /// The integer as an amount of wei or token units: `None` unless it is an integer from 0 to 2²⁵⁶ − 1.
    pub fn as_amount(&self) -> Option<U256> {
        self.as_int().and_then(to_u256)
    }

    /// The first N bytes of a word as `bytesN`; whatever comes after them is dropped.
    ///
    /// # Panics
    /// When N is more than 32.
    #[must_use]
    pub fn fixed_bytes(mut word: B256, n: u8) -> Self {
        word[usize::from(n)..].fill(0);
        Self::FixedBytes(word, n)
    }
}

/// By value: two structs or enums are equal when they have the same name and content, two `bytesN` when length and
/// bytes agree. Values of different kinds differ; the checker converts both sides of a comparison to one type first.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Address(a), Self::Address(b)) => a == b,
            (Self::FixedBytes(a, n), Self::FixedBytes(b, m)) => n == m && a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Array(a), Self::Array(b)) | (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Struct(s, a), Self::Struct(t, b)) => {
                (Arc::ptr_eq(s, t) || s.name == t.name) && a == b
            }
            (Self::Enum(s, a), Self::Enum(t, b)) => {
                (Arc::ptr_eq(s, t) || s.name == t.name) && a == b
            }
            _ => false,
        }
    }
}

impl Eq for Value {}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Int(number.into())
    }
}

impl From<U256> for Value {
    fn from(number: U256) -> Self {
        Self::Int(from_u256(number))
    }
}

impl From<BigInt> for Value {
    fn from(number: BigInt) -> Self {
        Self::Int(number)
    }
}

impl From<Address> for Value {
    fn from(address: Address) -> Self {
        Self::Address(address)
    }
}

impl From<B256> for Value {
    fn from(word: B256) -> Self {
        Self::FixedBytes(word, 32)
    }
}

//! What expressions evaluate to.

use std::sync::Arc;

use alloy_primitives::{Address, B256};
use num_bigint::BigInt;

use super::types::{EnumType, StructType};

/// The value of an expression.
#[derive(Clone, Debug)]
pub enum Value {
    /// An integer, exact.
    Int(BigInt),
    /// A truth value.
    Bool(bool),
    /// An address.
    Address(Address),
    /// `bytesN`: the first N bytes of the word count.
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

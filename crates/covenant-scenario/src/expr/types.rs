//! The types of expressions.

use std::sync::Arc;

use covenant_compile::Contract;

/// The type of an expression.
#[derive(Clone, Debug)]
pub enum Type {
    /// An integer of any size; the size is what a declaration or cast said last. It chooses overloads and the width in
    /// `abi.encode`; arithmetic ignores it.
    Int(Option<IntSize>),
    /// `bool`
    Bool,
    /// `address`; the contract, where it is known which one lives there, allows calls on it.
    Address(Option<Arc<Contract>>),
    /// `bytesN`, N in 1..=32.
    FixedBytes(u8),
    /// `bytes`
    Bytes,
    /// `string`
    String,
    /// `T[]`, or `T[n]`.
    Array(Box<Self>, Option<usize>),
    /// A struct.
    Struct(Arc<StructType>),
    /// An enum.
    Enum(Arc<EnumType>),
    /// Several values, as a function returns them; a name where the ABI gives one. Empty: nothing.
    Tuple(Vec<(Option<String>, Self)>),
}

/// Width and sign of an integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntSize {
    /// Whether negative numbers fit.
    pub signed: bool,
    /// 8 to 256, a multiple of 8.
    pub bits: u16,
}

/// A struct type.
#[derive(Debug)]
pub struct StructType {
    /// The canonical name, `Lease.Terms`.
    pub name: String,
    /// Fields in order of declaration.
    pub fields: Vec<(String, Type)>,
}

/// An enum type.
#[derive(Debug)]
pub struct EnumType {
    /// The canonical name, `Lease.Status`.
    pub name: String,
    /// Members in order.
    pub members: Vec<String>,
}

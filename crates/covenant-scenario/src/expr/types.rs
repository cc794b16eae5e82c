//! The types of expressions.

use std::{fmt, sync::Arc};

use covenant_compile::Contract;
use num_bigint::BigInt;

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

impl Type {
    /// `uint256`
    pub const UINT256: Self = Self::Int(Some(IntSize::UINT256));
    /// `int256`
    pub const INT256: Self = Self::Int(Some(IntSize { signed: true, bits: 256 }));
    /// An integer that was computed or written as a literal, of any size.
    pub const NUMBER: Self = Self::Int(None);
    /// An address of which nothing else is known.
    pub const ADDRESS: Self = Self::Address(None);

    /// No value at all.
    pub const fn nothing() -> Self {
        Self::Tuple(Vec::new())
    }

    /// Whether there is no value of this type.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Tuple(items) if items.is_empty())
    }

    /// Whether two types are the same one; which contract lives at an address does not matter.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::FixedBytes(a), Self::FixedBytes(b)) => a == b,
            (Self::Array(a, m), Self::Array(b, n)) => m == n && a.same(b),
            (Self::Struct(a), Self::Struct(b)) => Arc::ptr_eq(a, b) || a.same(b),
            (Self::Enum(a), Self::Enum(b)) => {
                Arc::ptr_eq(a, b) || (a.name == b.name && a.members == b.members)
            }
            (Self::Tuple(a), Self::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.1.same(&b.1))
            }
            (Self::Bool, Self::Bool)
            | (Self::Address(_), Self::Address(_))
            | (Self::Bytes, Self::Bytes)
            | (Self::String, Self::String) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(None) => f.write_str("a number"),
            Self::Int(Some(size)) => write!(f, "{size}"),
            Self::Bool => f.write_str("bool"),
            Self::Address(_) => f.write_str("address"),
            Self::FixedBytes(size) => write!(f, "bytes{size}"),
            Self::Bytes => f.write_str("bytes"),
            Self::String => f.write_str("string"),
            Self::Array(element, length) => {
                match **element {
                    Self::Int(None) => f.write_str("number")?,
                    ref element => write!(f, "{element}")?,
                }
                match length {
                    Some(length) => write!(f, "[{length}]"),
                    None => f.write_str("[]"),
                }
            }
            Self::Struct(structure) => f.write_str(&structure.name),
            Self::Enum(enumeration) => f.write_str(&enumeration.name),
            Self::Tuple(items) if items.is_empty() => f.write_str("nothing"),
            Self::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|(_, ty)| ty.to_string()).collect();
                write!(f, "({})", items.join(", "))
            }
        }
    }
}

/// Width and sign of an integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntSize {
    /// Whether negative numbers fit.
    pub signed: bool,
    /// 8 to 256, a multiple of 8.
    pub bits: u16,
}

impl IntSize {
    /// `uint256`
    pub const UINT256: Self = Self { signed: false, bits: 256 };

    /// The smallest and the largest number that fit.
    pub fn range(self) -> (BigInt, BigInt) {
        let one = BigInt::from(1);
        if self.signed {
            let half: BigInt = &one << (self.bits - 1);
            (-half.clone(), half - one)
        } else {
            (BigInt::from(0), (&one << self.bits) - &one)
        }
    }

    /// Whether a number fits.
    pub fn holds(self, number: &BigInt) -> bool {
        let (min, max) = self.range();
        (min..=max).contains(number)
    }
}

impl fmt::Display for IntSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}int{}", if self.signed { "" } else { "u" }, self.bits)
    }
}

/// A struct type.
#[derive(Debug)]
pub struct StructType {
    /// The canonical name, `Lease.Terms`.
    pub name: String,
    /// Fields in order of declaration.
    pub fields: Vec<(String, Type)>,
}

impl StructType {
    fn same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.fields.len() == other.fields.len()
            && self.fields.iter().zip(&other.fields).all(|((a, s), (b, t))| a == b && s.same(t))
    }
}

/// An enum type.
#[derive(Debug)]
pub struct EnumType {
    /// The canonical name, `Lease.Status`.
    pub name: String,
    /// Members in order.
    pub members: Vec<String>,
}

//! What types look like in the ABI.

use alloy_dyn_abi::DynSolType;

use crate::expr::types::{IntSize, Type};

/// What an integer without a declared width is encoded as.
pub(super) const WIDE: IntSize = IntSize { signed: false, bits: 256 };

/// The name of a type, as Solidity writes it; a struct, an enum or a contract by its own name.
pub fn type_name(ty: &Type) -> String {
    match ty {
        Type::Int(None) => "integer".into(),
        Type::Int(Some(size)) => int_name(*size),
        Type::Bool => "bool".into(),
        Type::Address(None) => "address".into(),
        Type::Address(Some(contract)) => contract.id.name.clone(),
        Type::FixedBytes(n) => format!("bytes{n}"),
        Type::Bytes => "bytes".into(),
        Type::String => "string".into(),
        Type::Array(element, None) => type_name(element) + "[]",
        Type::Array(element, Some(length)) => format!("{}[{length}]", type_name(element)),
        Type::Struct(ty) => ty.name.clone(),
        Type::Enum(ty) => ty.name.clone(),
        Type::Tuple(types) => tuple_name(types.iter().map(|(_, ty)| ty)),
    }
}

pub(super) fn int_name(size: IntSize) -> String {
    format!("{}int{}", if size.signed { "" } else { "u" }, size.bits)
}

pub(super) fn tuple_name<'a>(types: impl Iterator<Item = &'a Type>) -> String {
    format!("({})", types.map(type_name).collect::<Vec<_>>().join(", "))
}

/// The layout of a type: every type that fills one word becomes `bytes32`, and strings become `bytes`, so that the
/// decoder hands over what it found and nothing is repaired or lost on the way.
pub(super) fn layout(ty: &Type) -> DynSolType {
    match ty {
        Type::Int(_) | Type::Bool | Type::Address(_) | Type::FixedBytes(_) | Type::Enum(_) => {
            DynSolType::FixedBytes(32)
        }
        Type::Bytes | Type::String => DynSolType::Bytes,
        Type::Array(element, None) => DynSolType::Array(Box::new(layout(element))),
        Type::Array(element, Some(length)) => {
            DynSolType::FixedArray(Box::new(layout(element)), *length)
        }
        Type::Struct(ty) => DynSolType::Tuple(ty.fields.iter().map(|(_, ty)| layout(ty)).collect()),
        Type::Tuple(types) => DynSolType::Tuple(types.iter().map(|(_, ty)| layout(ty)).collect()),
    }
}

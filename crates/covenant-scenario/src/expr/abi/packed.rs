//! `abi.encodePacked`.

use alloy_dyn_abi::DynSolValue;

use super::{encode::to_dyn, error::EncodeError, shape::type_name};
use crate::expr::{types::Type, value::Value};

/// Encodes values as `abi.encodePacked` does: each in as few bytes as its type has, nothing between them. The elements
/// of an array fill a word each, as in `abi.encode`; its length is left out.
///
/// # Errors
/// When a value does not fit its type, or when Solidity cannot pack it: structs, arrays of anything but one-word
/// values, and integers without a declared width.
pub fn encode_packed<'a>(
    values: impl IntoIterator<Item = (&'a Value, &'a Type)>,
) -> Result<Vec<u8>, EncodeError> {
    let mut packed = Vec::new();
    for (value, ty) in values {
        match ty {
            Type::Array(element, _) if is_word(element) => {
                let (DynSolValue::Array(elements) | DynSolValue::FixedArray(elements)) =
                    to_dyn(value, ty)?
                else {
                    return Err(EncodeError::Mismatch {
                        value: value.to_string(),
                        ty: type_name(ty),
                    });
                };
                let words = elements.iter().filter_map(DynSolValue::as_word);
                packed.extend(words.flat_map(|word| word.0));
            }
            Type::Bytes | Type::String => to_dyn(value, ty)?.abi_encode_packed_to(&mut packed),
            _ if is_word(ty) => to_dyn(value, ty)?.abi_encode_packed_to(&mut packed),
            _ => return Err(EncodeError::NotPackable { ty: type_name(ty) }),
        }
    }
    Ok(packed)
}

/// Whether a value of the type fills exactly one word of a known width.
const fn is_word(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int(Some(_)) | Type::Bool | Type::Address(_) | Type::FixedBytes(_) | Type::Enum(_)
    )
}

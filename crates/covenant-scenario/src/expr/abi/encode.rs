//! Values to calldata.

use alloy_dyn_abi::DynSolValue;
use alloy_json_abi::Function;
use alloy_primitives::{Bytes, I256, U256};
use num_bigint::{BigInt, Sign};

use super::{
    error::EncodeError,
    shape::{WIDE, int_name, type_name},
};
use crate::expr::{
    types::{IntSize, Type},
    value::{Value, fits, to_word},
};

/// Encodes values one after the other, as `abi.encode` does and as arguments are.
///
/// # Errors
/// When a value does not fit its type.
pub fn encode_params<'a>(
    values: impl IntoIterator<Item = (&'a Value, &'a Type)>,
) -> Result<Vec<u8>, EncodeError> {
    let values: Vec<DynSolValue> =
        values.into_iter().map(|(value, ty)| to_dyn(value, ty)).collect::<Result<_, _>>()?;
    Ok(DynSolValue::Tuple(values).abi_encode_params())
}

/// Encodes a call: the selector of the function, then the arguments.
///
/// # Errors
/// When an argument does not fit its type.
pub fn encode_call<'a>(
    function: &Function,
    arguments: impl IntoIterator<Item = (&'a Value, &'a Type)>,
) -> Result<Bytes, EncodeError> {
    let mut data = function.selector().to_vec();
    data.extend(encode_params(arguments)?);
    Ok(data.into())
}

/// Says whether a value can be encoded as a type, without encoding it.
///
/// # Errors
/// When it cannot.
pub fn check(value: &Value, ty: &Type) -> Result<(), EncodeError> {
    match (value, ty) {
        (Value::Int(_), Type::Int(None)) => Ok(()),
        (Value::Int(number), Type::Int(Some(size))) => match fits(number, *size) {
            true => Ok(()),
            false => Err(out_of_range(number, *size)),
        },
        (Value::Array(elements), Type::Array(element, length)) => {
            check_length(elements.len(), *length, ty)?;
            elements.iter().try_for_each(|value| check(value, element))
        }
        (Value::Struct(_, values), Type::Struct(of)) if values.len() == of.fields.len() => {
            values.iter().zip(&of.fields).try_for_each(|(value, (_, ty))| check(value, ty))
        }
        (Value::Tuple(values), Type::Tuple(types)) if values.len() == types.len() => {
            values.iter().zip(types).try_for_each(|(value, (_, ty))| check(value, ty))
        }
        _ => to_dyn(value, ty).map(drop),
    }
}

/// The value as alloy's encoder takes it.
pub(crate) fn to_dyn(value: &Value, ty: &Type) -> Result<DynSolValue, EncodeError> {
    let members = |values: &[Value], types: &mut dyn Iterator<Item = &Type>| {
        values.iter().zip(types).map(|(value, ty)| to_dyn(value, ty)).collect::<Result<Vec<_>, _>>()
    };
    Ok(match (value, ty) {
        (Value::Int(number), Type::Int(size)) => {
            integer(number, size.unwrap_or_else(|| wide(number)))?
        }
        (Value::Bool(truth), Type::Bool) => DynSolValue::Bool(*truth),
        (Value::Address(address), Type::Address(_)) => DynSolValue::Address(*address),
        (Value::FixedBytes(word, n), Type::FixedBytes(m)) if n == m => {
            DynSolValue::FixedBytes(*word, usize::from(*n))
        }
        (Value::Bytes(bytes), Type::Bytes) => DynSolValue::Bytes(bytes.clone()),
        (Value::String(text), Type::String) => DynSolValue::String(text.clone()),
        (Value::Enum(_, number), Type::Enum(_)) => DynSolValue::Uint(U256::from(*number), 8),
        (Value::Array(elements), Type::Array(element, length)) => {
            check_length(elements.len(), *length, ty)?;
            let elements = members(elements, &mut std::iter::repeat(&**element))?;
            if length.is_some() {
                DynSolValue::FixedArray(elements)
            } else {
                DynSolValue::Array(elements)
            }
        }
        (Value::Struct(_, values), Type::Struct(of)) if values.len() == of.fields.len() => {
            DynSolValue::Tuple(members(values, &mut of.fields.iter().map(|(_, ty)| ty))?)
        }
        (Value::Tuple(values), Type::Tuple(types)) if values.len() == types.len() => {
            DynSolValue::Tuple(members(values, &mut types.iter().map(|(_, ty)| ty))?)
        }
        _ => return Err(EncodeError::Mismatch { value: value.to_string(), ty: type_name(ty) }),
    })
}

fn integer(number: &BigInt, size: IntSize) -> Result<DynSolValue, EncodeError> {
    let word = to_word(number, size).ok_or_else(|| out_of_range(number, size))?;
    let bits = usize::from(size.bits);
    Ok(match size.signed {
        true => DynSolValue::Int(I256::from_raw(word.into()), bits),
        false => DynSolValue::Uint(word.into(), bits),
    })
}

/// The type that an integer without a declared width takes: 256 bits, with a sign when it needs one.
fn wide(number: &BigInt) -> IntSize {
    IntSize { signed: number.sign() == Sign::Minus, ..WIDE }
}

fn check_length(actual: usize, length: Option<usize>, ty: &Type) -> Result<(), EncodeError> {
    match length {
        Some(expected) if expected != actual => {
            Err(EncodeError::Length { ty: type_name(ty), expected, actual })
        }
        _ => Ok(()),
    }
}

pub(super) fn out_of_range(number: &BigInt, size: IntSize) -> EncodeError {
    EncodeError::OutOfRange { value: number.clone(), ty: int_name(size) }
}

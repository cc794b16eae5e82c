//! Conversions.

use alloy_primitives::{Address, B256};
use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

use super::error::EvalErrorKind;
use crate::expr::{
    abi::type_name,
    types::Type,
    value::{Value, fits},
};

/// Converts a value: integers, enums and addresses are range-checked, bytes resized as Solidity does.
///
/// # Errors
/// [`EvalErrorKind::OutOfRange`] for an integer that does not fit, [`EvalErrorKind::Cast`] for anything else that does not.
pub(in crate::expr) fn cast(value: Value, ty: &Type) -> Result<Value, EvalErrorKind> {
    match (value, ty) {
        (Value::Int(number), _) => from_integer(number, ty),
        (Value::Enum(_, number), Type::Int(_)) => from_integer(number.into(), ty),
        (Value::FixedBytes(word, n), _) => from_fixed_bytes(word, n, ty),
        (Value::Bytes(bytes), Type::String) => String::from_utf8(bytes)
            .map(Value::String)
            .map_err(|error| refuse(&Value::Bytes(error.into_bytes()), ty)),
        // As Solidity does: `bytes` that are longer than the type are cut, shorter ones filled up.
        (Value::Bytes(bytes), Type::FixedBytes(n)) => {
            let mut word = B256::ZERO;
            let kept = bytes.len().min(32);
            word[..kept].copy_from_slice(&bytes[..kept]);
            Ok(Value::fixed_bytes(word, *n))
        }
        (Value::Bytes(bytes), Type::Address(_)) if bytes.len() == 20 => {
            Ok(Value::Address(Address::from_slice(&bytes)))
        }
        (Value::String(text), Type::Bytes) => Ok(Value::Bytes(text.into_bytes())),
        (Value::String(text), Type::FixedBytes(n)) if text.len() <= usize::from(*n) => {
            cast(Value::Bytes(text.into_bytes()), ty)
        }
        (Value::Address(address), Type::Int(_)) => {
            from_integer(BigInt::from_bytes_be(Sign::Plus, address.as_slice()), ty)
        }
        (Value::Address(address), Type::FixedBytes(20)) => {
            let mut word = B256::ZERO;
            word[..20].copy_from_slice(address.as_slice());
            Ok(Value::FixedBytes(word, 20))
        }
        (Value::Address(address), Type::Bytes) => Ok(Value::Bytes(address.to_vec())),
        (Value::Array(elements), Type::Array(element, length))
            if length.is_none_or(|n| n == elements.len()) =>
        {
            elements
                .into_iter()
                .map(|value| cast(value, element))
                .collect::<Result<_, _>>()
                .map(Value::Array)
        }
        (value, _) if is(&value, ty) => Ok(value),
        (value, _) => Err(refuse(&value, ty)),
    }
}

fn from_integer(number: BigInt, ty: &Type) -> Result<Value, EvalErrorKind> {
    let small = || number.to_u8();
    let value = match ty {
        Type::Int(None) => return Ok(Value::Int(number)),
        Type::Int(Some(size)) if fits(&number, *size) => return Ok(Value::Int(number)),
        Type::Enum(of) => small()
            .filter(|member| usize::from(*member) < of.members.len())
            .map(|member| Value::Enum(of.clone(), member)),
        Type::FixedBytes(n) => {
            big_endian(&number, usize::from(*n)).map(|word| Value::FixedBytes(word, *n))
        }
        Type::Address(_) => {
            big_endian(&number, 20).map(|word| Value::Address(Address::from_slice(&word[..20])))
        }
        _ => None,
    };
    value.ok_or_else(|| EvalErrorKind::OutOfRange { value: number, ty: type_name(ty) })
}

/// The number in exactly `n` bytes, at the start of a word.
fn big_endian(number: &BigInt, n: usize) -> Option<B256> {
    let bytes = number.magnitude().to_bytes_be();
    let significant = if number.sign() == Sign::NoSign { 0 } else { bytes.len() };
    if number.sign() == Sign::Minus || significant > n || n > 32 {
        return None;
    }
    let mut word = B256::ZERO;
    word[n - significant..n].copy_from_slice(&bytes[..significant]);
    Some(word)
}

fn from_fixed_bytes(word: B256, n: u8, ty: &Type) -> Result<Value, EvalErrorKind> {
    let bytes = &word[..usize::from(n)];
    match ty {
        Type::FixedBytes(m) => Ok(Value::fixed_bytes(word, *m)),
        Type::Int(_) => from_integer(BigInt::from_bytes_be(Sign::Plus, bytes), ty),
        Type::Address(_) if n == 20 => Ok(Value::Address(Address::from_slice(bytes))),
        Type::Bytes => Ok(Value::Bytes(bytes.to_vec())),
        _ => Err(refuse(&Value::FixedBytes(word, n), ty)),
    }
}

/// Whether a value has the type already.
fn is(value: &Value, ty: &Type) -> bool {
    match (value, ty) {
        (Value::Enum(a, _), Type::Enum(b)) => a.name == b.name,
        (Value::Struct(a, _), Type::Struct(b)) => a.name == b.name,
        (Value::Tuple(values), Type::Tuple(types)) => values.len() == types.len(),
        _ => matches!(
            (value, ty),
            (Value::Bool(_), Type::Bool)
                | (Value::Address(_), Type::Address(_))
                | (Value::Bytes(_), Type::Bytes)
                | (Value::String(_), Type::String)
        ),
    }
}

fn refuse(value: &Value, ty: &Type) -> EvalErrorKind {
    EvalErrorKind::Cast { value: value.to_string(), ty: type_name(ty) }
}

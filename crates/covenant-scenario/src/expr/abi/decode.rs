//! Return data, logs and errors to values.

use alloy_dyn_abi::{DynSolType, DynSolValue};
use alloy_primitives::{Address, B256, hex};

use super::{
    error::DecodeError,
    shape::{layout, tuple_name, type_name},
};
use crate::expr::{
    types::Type,
    value::{Value, from_word},
};

/// Decodes values that were encoded one after the other. Bytes after the last are ignored, as Solidity does.
///
/// # Errors
/// When the data is too short, or a part of it is not what its type says.
pub fn decode_params(types: &[&Type], data: &[u8]) -> Result<Vec<Value>, DecodeError> {
    let layout = DynSolType::Tuple(types.iter().map(|ty| layout(ty)).collect());
    let decoded = layout.abi_decode_sequence(data).map_err(|error| DecodeError::Layout {
        expected: tuple_name(types.iter().copied()),
        length: data.len(),
        reason: error.to_string(),
    })?;
    let DynSolValue::Tuple(parts) = decoded else {
        return Ok(Vec::new());
    };
    let mut reader = Reader { budget: data.len() };
    parts.into_iter().zip(types).map(|(part, ty)| reader.value(part, ty)).collect()
}

/// Decodes what a function returned: the value itself if there is one, a tuple otherwise.
///
/// # Errors
/// As [`decode_params`].
pub fn decode_output(ty: &Type, data: &[u8]) -> Result<Value, DecodeError> {
    if let Type::Tuple(types) = ty {
        let types: Vec<&Type> = types.iter().map(|(_, ty)| ty).collect();
        return decode_params(&types, data).map(Value::Tuple);
    }
    let mut values = decode_params(&[ty], data)?;
    Ok(values.pop().unwrap_or(Value::NOTHING))
}

/// Reads an indexed event parameter that fills one word; `None` for what is only there as a hash.
pub(crate) fn from_topic(ty: &Type, topic: B256) -> Result<Option<Value>, DecodeError> {
    match ty {
        Type::Bytes | Type::String | Type::Array(..) | Type::Struct(_) | Type::Tuple(_) => Ok(None),
        _ => word(topic, ty).map(Some),
    }
}

/// Turns what the decoder found into values of their types.
struct Reader {
    /// How many bytes of data have not been used yet. An honest encoding uses each byte at most once.
    budget: usize,
}

impl Reader {
    fn value(&mut self, found: DynSolValue, ty: &Type) -> Result<Value, DecodeError> {
        match (found, ty) {
            (DynSolValue::Bytes(bytes), Type::Bytes) => {
                self.spend(bytes.len())?;
                Ok(Value::Bytes(bytes))
            }
            (DynSolValue::Bytes(bytes), Type::String) => {
                self.spend(bytes.len())?;
                String::from_utf8(bytes)
                    .map(Value::String)
                    .map_err(|error| DecodeError::NotUtf8 { bytes: hex::encode(error.as_bytes()) })
            }
            (
                DynSolValue::Array(found) | DynSolValue::FixedArray(found),
                Type::Array(element, _),
            ) => self.values(found, &mut std::iter::repeat(&**element)).map(Value::Array),
            (DynSolValue::Tuple(found), Type::Struct(of)) => {
                let fields = self.values(found, &mut of.fields.iter().map(|(_, ty)| ty))?;
                Ok(Value::Struct(of.clone(), fields))
            }
            (DynSolValue::Tuple(found), Type::Tuple(types)) => {
                self.values(found, &mut types.iter().map(|(_, ty)| ty)).map(Value::Tuple)
            }
            (DynSolValue::FixedBytes(found, _), ty) => {
                self.spend(32)?;
                word(found, ty)
            }
            (_, ty) => Err(DecodeError::Layout {
                expected: type_name(ty),
                length: 0,
                reason: "the layout differs from the type".into(),
            }),
        }
    }

    fn values(
        &mut self,
        found: Vec<DynSolValue>,
        types: &mut dyn Iterator<Item = &Type>,
    ) -> Result<Vec<Value>, DecodeError> {
        found.into_iter().zip(types).map(|(found, ty)| self.value(found, ty)).collect()
    }

    fn spend(&mut self, bytes: usize) -> Result<(), DecodeError> {
        self.budget = self.budget.checked_sub(bytes).ok_or(DecodeError::Overlap)?;
        Ok(())
    }
}

/// The value in one word.
fn word(word: B256, ty: &Type) -> Result<Value, DecodeError> {
    let zero = |range: std::ops::Range<usize>| word[range].iter().all(|byte| *byte == 0);
    let value = match ty {
        Type::Int(Some(size)) => from_word(word, *size).map(Value::Int),
        Type::Bool if zero(0..31) && word[31] <= 1 => Some(Value::Bool(word[31] == 1)),
        Type::Address(_) if zero(0..12) => Some(Value::Address(Address::from_word(word))),
        Type::FixedBytes(n) if *n <= 32 && zero(usize::from(*n)..32) => {
            Some(Value::FixedBytes(word, *n))
        }
        Type::Enum(of) if zero(0..31) && usize::from(word[31]) < of.members.len() => {
            Some(Value::Enum(of.clone(), word[31]))
        }
        _ => None,
    };
    value.ok_or_else(|| DecodeError::Word { word: hex::encode(word), ty: type_name(ty) })
}

//! Indexed event parameters.

use alloy_primitives::B256;

use super::{encode::to_dyn, error::EncodeError};
use crate::expr::{types::Type, value::Value};

/// The topic of a value: the word itself, or the hash that stands for `bytes`, a string, an array or a struct.
///
/// # Errors
/// When the value does not fit the type.
pub fn topic(value: &Value, ty: &Type) -> Result<B256, EncodeError> {
    to_dyn(value, ty).map(|value| value.encode_topic())
}

//! Parts that differ.

use alloy_primitives::B256;

use crate::expr::value::Value;

/// A field or argument that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMismatch {
    /// Its place, from 0.
    pub index: usize,
    /// Its name; empty where the ABI gives none.
    pub name: String,
    /// What was expected.
    pub expected: Value,
    /// What was found.
    pub actual: Actual,
}

/// What was found in the place of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actual {
    /// The value.
    Value(Value),
    /// The hash that an event carries for an indexed string, `bytes`, array or struct.
    Hash(B256),
}

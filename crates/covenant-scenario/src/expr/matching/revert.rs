//! Reverts.

use std::sync::Arc;

use alloy_json_abi as abi;
use alloy_primitives::Bytes;
use covenant_chain::Outcome;

use super::field::{Actual, FieldMismatch};
use crate::{
    expr::{
        abi::{DecodeError, check, decode_params},
        eval::{EvalError, EvalErrorKind, eval},
        typed::RevertPattern,
        types::{IntSize, Type},
        value::Value,
    },
    world::World,
};

/// The selector of `Error(string)`, which `require` and `revert` with a string use.
const ERROR: [u8; 4] = [0x08, 0xc3, 0x79, 0xa0];
/// The selector of `Panic(uint256)`.
const PANIC: [u8; 4] = [0x4e, 0x48, 0x7b, 0x71];

/// A revert that is expected, evaluated.
#[derive(Clone, Debug)]
pub enum ExpectedRevert {
    /// Any failure, out of gas and the like included.
    Any,
    /// The string of a `require` or `revert("…")`.
    Message(String),
    /// A panic with this code, or any.
    Panic(Option<Value>),
    /// A custom error.
    Error {
        /// The error.
        error: Arc<abi::Error>,
        /// The types of its parameters.
        types: Arc<[Type]>,
        /// What each must equal; `None` matches anything.
        args: Vec<Option<Value>>,
    },
}

/// How an outcome differs from the revert that was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevertMismatch {
    /// It did not revert.
    Succeeded,
    /// The EVM stopped it for a reason of its own.
    Halted {
        /// What happened, in words.
        reason: String,
    },
    /// It reverted with another error.
    Other {
        /// The encoded error.
        data: Bytes,
    },
    /// It reverted with the expected error, and these arguments differ.
    Arguments(Vec<FieldMismatch>),
    /// It claims to be the expected error, but cannot be read as it.
    Undecodable(DecodeError),
}

impl ExpectedRevert {
    /// Evaluates a revert pattern.
    ///
    /// # Errors
    /// When a part of it has no value, or does not fit the argument.
    pub fn new(pattern: &RevertPattern, world: &World) -> Result<Self, EvalError> {
        Ok(match pattern {
            RevertPattern::Any => Self::Any,
            RevertPattern::Message(text) => Self::Message(text.clone()),
            RevertPattern::Panic(code) => {
                Self::Panic(code.as_ref().map(|code| eval(code, world)).transpose()?)
            }
            RevertPattern::Error { error, types, args } => {
                let mut values = Vec::with_capacity(args.len());
                for (arg, ty) in args.iter().zip(types.iter()) {
                    let Some(arg) = arg else {
                        values.push(None);
                        continue;
                    };
                    let value = eval(arg, world)?;
                    check(&value, ty).map_err(|error| EvalErrorKind::from(error).at(arg.span))?;
                    values.push(Some(value));
                }
                Self::Error { error: Arc::clone(error), types: Arc::clone(types), args: values }
            }
        })
    }

    /// Compares with what the EVM did.
    ///
    /// # Errors
    /// Says how the outcome differs.
    pub fn check(&self, outcome: &Outcome) -> Result<(), RevertMismatch> {
        let data = match outcome {
            Outcome::Success { .. } => return Err(RevertMismatch::Succeeded),
            Outcome::Halt { .. } if matches!(self, Self::Any) => return Ok(()),
            Outcome::Halt { reason } => {
                return Err(RevertMismatch::Halted { reason: reason.clone() });
            }
            Outcome::Revert { data } => data,
        };
        match self {
            Self::Any => Ok(()),
            Self::Message(text) => {
                let expected = Some(Value::String(text.clone()));
                compare(data, ERROR, &[Type::String], &[expected], |_| "message".into())
            }
            Self::Panic(code) => {
                let uint256 = Type::Int(Some(IntSize { signed: false, bits: 256 }));
                compare(data, PANIC, &[uint256], std::slice::from_ref(code), |_| "code".into())
            }
            Self::Error { error, types, args } => {
                let name = |index: usize| {
                    error.inputs.get(index).map_or_else(String::new, |input| input.name.clone())
                };
                compare(data, error.selector().0, types, args, name)
            }
        }
    }
}

fn compare(
    data: &Bytes,
    selector: [u8; 4],
    types: &[Type],
    expected: &[Option<Value>],
    name: impl Fn(usize) -> String,
) -> Result<(), RevertMismatch> {
    let Some(encoded) = data.strip_prefix(&selector) else {
        return Err(RevertMismatch::Other { data: data.clone() });
    };
    let types: Vec<&Type> = types.iter().collect();
    let actual = decode_params(&types, encoded).map_err(RevertMismatch::Undecodable)?;
    let differing =
        actual.into_iter().zip(expected).enumerate().filter_map(|(index, (actual, expected))| {
            let expected = expected.clone().filter(|expected| *expected != actual)?;
            Some(FieldMismatch {
                index,
                name: name(index),
                expected,
                actual: Actual::Value(actual),
            })
        });
    let differing: Vec<_> = differing.collect();
    if differing.is_empty() { Ok(()) } else { Err(RevertMismatch::Arguments(differing)) }
}

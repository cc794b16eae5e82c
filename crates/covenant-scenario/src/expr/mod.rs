//! Expressions in Solidity syntax: parsed, checked against the contracts' ABIs, evaluated on a chain.
//!
//! A text becomes a [`Typed`] expression in the checker, where every mistake is found, and a [`Value`] in the evaluator.

pub mod abi;
mod typed;
mod types;
mod value;

pub use typed::{
    Action, ActorId, BinaryOp, BoundId, EventPattern, FunctionRef, GasBound, GasOp, InstanceId,
    Kind, LetId, RevertPattern, TokenId, Typed, UnaryOp,
};
pub use types::{EnumType, IntSize, StructType, Type};
pub use value::{Names, Shown, Value, decimal, ether, grouped};

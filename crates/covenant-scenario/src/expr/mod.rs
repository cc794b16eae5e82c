//! Expressions in Solidity syntax: parsed, checked against the contracts' ABIs, evaluated on a chain.
//!
//! A text becomes a [`Typed`] expression in the checker, where every mistake is found, and a [`Value`] in the evaluator.

pub mod abi;
pub mod check;
pub mod eip712;
mod eval;
mod looks;
pub mod matching;
mod parse;
mod scope;
mod typed;
mod types;
mod value;

pub use eval::{
    Asked, CallSite, EvalError, EvalErrorKind, Instants, Times, act_transaction, arguments,
    call_data, constructor_arguments, eval, eval_followed, is_forcing,
};
pub(crate) use eval::{Prepared, attempt, prepared, read};
pub use parse::{Args, Ast, AstKind, Elementary, Entry, Ident, Number, parse};
pub use scope::{Name, Place, Scope};
pub use typed::{
    Action, ActorId, BinaryOp, BoundId, CallPattern, EventPattern, FunctionRef, GasBound, GasOp,
    InstanceId, Kind, LetId, RevertPattern, SignaturePart, TokenId, Typed, UnaryOp,
};
pub use types::{EnumType, IntSize, StructType, Type};
pub(crate) use value::from_word;
pub use value::{Names, Shown, Value, decimal, ether, fits, from_u256, grouped, to_u256};

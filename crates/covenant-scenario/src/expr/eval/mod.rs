//! Expressions to values, on a chain.

mod act;
mod call;
mod cast;
mod error;
mod evaluate;
mod follow;
mod operators;
mod sign;
#[cfg(test)]
mod tests;

pub(crate) use act::{Prepared, attempt, prepared};
pub use act::{act_transaction, is_forcing};
pub(crate) use call::read;
pub use call::{arguments, call_data, constructor_arguments};
pub use error::{CallSite, EvalError, EvalErrorKind};
pub use evaluate::eval;
pub use follow::{Asked, Instants, Times, eval_followed};
pub(in crate::expr) use {
    cast::cast,
    operators::{binary, unary},
};

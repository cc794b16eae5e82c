//! Contracts, types and expressions for unit tests.

mod build;
mod contracts;

pub(crate) use build::{
    SPAN, actor, args, at, binary, call, constant, int, int_type, terms, terms_value, text, typed,
    world,
};
pub(crate) use contracts::{contract, deploy};

//! Tests of the evaluator, by what they need: nothing, values, a chain, keys.

mod acts;
mod arithmetic;
mod chain;
mod conversions;
mod kept;
mod signatures;

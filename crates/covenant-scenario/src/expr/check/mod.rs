//! Syntax tree to checked expression: names, types, overloads, ranges. Every mistake is reported, with its place.
//!
//! Types are Solidity's with one exception: arithmetic is on whole numbers of any size, and a range matters only where
//! a number is converted.

mod actions;
mod arguments;
mod builtins;
mod calls;
mod casts;
mod checker;
mod constants;
mod constructors;
mod convert;
mod entities;
mod events;
mod expressions;
mod members;
mod operators;
mod parameters;
mod patterns;
mod reverts;
mod signatures;
mod structs;
mod suggest;
#[cfg(test)]
mod tests;
mod transitions;
mod types;

pub use actions::{CheckedAction, action};
pub use calls::acts;
pub use checker::{expression, gas_bound};
pub use constants::known;
pub use constructors::{constructor, constructor_is_payable};
pub use events::event_pattern;
pub use parameters::{parameter_names, parameters_named};
pub use patterns::{MethodName, call_pattern, method_name};
pub use reverts::revert_pattern;
pub(super) use suggest::{BUILTINS, closest};

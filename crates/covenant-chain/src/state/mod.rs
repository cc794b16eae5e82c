//! Accounts and storage: diffs layered over an immutable parent.

mod layer;
mod store;

pub(crate) use layer::AccountDiff;
pub(crate) use store::{Origin, State, bytecode};

//! Accounts and storage: diffs layered over an immutable parent.

mod layer;
mod part;
mod store;

pub(crate) use layer::AccountDiff;
pub use part::Part;
pub(crate) use store::{Origin, State, bytecode};

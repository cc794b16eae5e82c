//! What was expected of a transaction, compared with what happened: events, reverts, gas.
//!
//! An expectation is evaluated once, in the world as it is then, and compared afterwards; a difference says which part
//! is not as expected, with both values.

mod event;
mod field;
mod gas;
mod revert;
#[cfg(test)]
mod tests;

pub use event::{EventMismatch, ExpectedEvent, MissingEvent, match_in_order};
pub use field::{Actual, FieldMismatch};
pub use gas::{ExpectedGas, GasMismatch};
pub use revert::{ExpectedRevert, RevertMismatch};

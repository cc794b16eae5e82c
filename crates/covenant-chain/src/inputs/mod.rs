//! What a call does with its inputs: the words of its calldata, and the wei sent along.
//!
//! An input that is only compared with something makes a difference only where the outcome of a comparison changes. These
//! places are its *steps*: any two values with no step between them do the same. Whatever else becomes of an input (it is
//! stored, hashed, sent …) makes every value different from every other; then it *escapes*.

mod asked;
mod look;
mod mark;
mod memory;
#[cfg(test)]
mod tests;

pub use asked::Asked;
pub(crate) use look::Looker;
pub use mark::{Input, Looked};

use alloy_primitives::{Address, U256};

/// Which call's inputs are looked at.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The account that is called.
    pub target: Address,
    /// Who calls it.
    pub caller: Address,
    /// How many such calls come before it.
    pub skipped: u32,
    /// An account that reacts: how often others call it is counted.
    pub counted: Option<Address>,
    /// Which words of storage come from a clock.
    pub clocks: Vec<(Address, U256)>,
}

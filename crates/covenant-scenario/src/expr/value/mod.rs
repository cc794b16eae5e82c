//! Values: what expressions evaluate to, how they compare, and how they read.

mod amount;
mod data;
mod display;
mod number;

pub use amount::{decimal, ether, grouped};
pub use data::Value;
pub use display::{Names, Shown};
pub use number::{fits, from_u256, to_u256};
pub(crate) use number::{from_word, to_word};

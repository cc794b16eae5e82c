//! Values to and from Solidity's binary encoding.
//!
//! Encoding checks that every integer fits its type. Decoding is strict about what Solidity's own decoder is strict
//! about: data that is too short, words with dirty padding, booleans and enum members that do not exist.

mod decode;
mod encode;
mod error;
mod packed;
mod shape;
#[cfg(test)]
mod tests;
mod topic;

pub(crate) use decode::from_topic;
pub use decode::{decode_output, decode_params};
pub(crate) use encode::to_dyn;
pub use encode::{check, encode_call, encode_params};
pub use error::{DecodeError, EncodeError};
pub use packed::encode_packed;
pub use shape::type_name;
pub use topic::topic;

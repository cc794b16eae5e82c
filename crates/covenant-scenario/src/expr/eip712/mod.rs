//! EIP-712: what is signed.

#[cfg(test)]
mod tests;
mod typed_data;

pub use typed_data::{Domain, TypedMessage, digest, encode_type, hash_struct};

//! Lists and structs as the words that go over the wire.

use alloy_primitives::{B256, U256};

use super::super::{
    abi::{Value, word},
    facts::Facts,
};

/// A list of values that take one word each, or that are all of varying length.
pub(super) fn list(facts: &Facts, items: &[Value]) -> Value {
    let mut tail = word(items.len() as u128).to_vec();
    tail.extend(facts.encode(items));
    Value::Tail(tail)
}

/// A list of numbers.
pub(super) fn numbers(items: &[u16]) -> Value {
    let mut tail = word(items.len() as u128).to_vec();
    tail.extend(items.iter().flat_map(|item| word((*item).into())));
    Value::Tail(tail)
}

/// The encoding of a struct all of whose members take one word.
pub(super) fn words(facts: &Facts, members: &[Value]) -> Vec<u8> {
    facts.encode(members)
}

/// The encoding of a struct that has members of varying length.
pub(super) fn structure(facts: &Facts, members: &[Value]) -> Vec<u8> {
    facts.encode(&[Value::Tail(facts.encode(members))])
}

/// A number with a sign.
pub(super) fn signed(number: i64) -> Value {
    let magnitude = U256::from(number.unsigned_abs());
    Value::from(if number < 0 { magnitude.wrapping_neg() } else { magnitude })
}

/// What EIP-712 hashes of a list of numbers.
pub(super) fn packed(items: &[u16]) -> B256 {
    let words: Vec<u8> = items.iter().flat_map(|item| word((*item).into())).collect();
    alloy_primitives::keccak256(words)
}

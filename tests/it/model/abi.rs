//! Arguments, results and errors as the words that go over the wire. Encoded here by hand, so that no code of the engine
//! stands between a model and the contract.

use alloy_primitives::{B256, U256};

use super::cast::Who;

/// An argument or a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// One word.
    Word([u8; 32]),
    /// Several words in place: a tuple of words.
    Words(Vec<u8>),
    /// Something of varying length, encoded: it goes behind the others.
    Tail(Vec<u8>),
    /// Somebody's address, which only the world knows.
    Who(Who),
}

impl From<u128> for Value {
    fn from(number: u128) -> Self {
        Self::Word(word(number))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Word(word(number.into()))
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Word(word(number as u128))
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Word(word(number.into()))
    }
}

impl From<u8> for Value {
    fn from(number: u8) -> Self {
        Self::Word(word(number.into()))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Word(word(truth.into()))
    }
}

impl From<U256> for Value {
    fn from(number: U256) -> Self {
        Self::Word(number.to_be_bytes())
    }
}

impl From<B256> for Value {
    fn from(word: B256) -> Self {
        Self::Word(word.0)
    }
}

impl From<Who> for Value {
    fn from(who: Who) -> Self {
        Self::Who(who)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::bytes(text.as_bytes())
    }
}

impl Value {
    /// A `bytes`: length, then content, filled up to whole words.
    pub(super) fn bytes(content: &[u8]) -> Self {
        let mut tail = word(content.len() as u128).to_vec();
        tail.extend_from_slice(content);
        tail.resize(tail.len().next_multiple_of(32), 0);
        Self::Tail(tail)
    }
}

/// A number as one word.
pub(super) fn word(number: u128) -> [u8; 32] {
    let mut word = [0; 32];
    word[16..].copy_from_slice(&number.to_be_bytes());
    word
}

/// The encoding of a list of values: the heads in order, then the tails.
pub(super) fn encode(values: &[Value], address: impl Fn(Who) -> [u8; 32]) -> Vec<u8> {
    let size = |value: &Value| match value {
        Value::Words(words) => words.len(),
        Value::Word(_) | Value::Tail(_) | Value::Who(_) => 32,
    };
    let mut offset: usize = values.iter().map(size).sum();
    let mut heads = Vec::with_capacity(offset);
    let mut tails = Vec::new();
    for value in values {
        match value {
            Value::Word(word) => heads.extend_from_slice(word),
            Value::Words(words) => heads.extend_from_slice(words),
            Value::Who(who) => heads.extend_from_slice(&address(*who)),
            Value::Tail(tail) => {
                heads.extend_from_slice(&word(offset as u128));
                tails.extend_from_slice(tail);
                offset += tail.len();
            }
        }
    }
    heads.extend_from_slice(&tails);
    heads
}

/// Why a call must revert: the error with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The name of the error; empty for a revert that says nothing.
    pub(super) name: &'static str,
    /// Its arguments.
    pub(super) arguments: Vec<Value>,
    /// The argument, which is a word, that no document promises.
    pub(super) unspoken: Option<usize>,
}

impl Fault {
    /// The same as seen by the contract at `place`, or back.
    pub(super) fn seen_from(mut self, place: Who) -> Self {
        for argument in &mut self.arguments {
            if let Value::Who(who) = argument {
                *who = who.seen_from(place);
            }
        }
        self
    }

    /// Whether this is the data of the revert with it.
    pub(super) fn is(&self, expected: &[u8], data: &[u8]) -> bool {
        let Some(index) = self.unspoken else { return expected == data };
        let word = 4 + 32 * index..36 + 32 * index;
        data.len() == expected.len()
            && data[..word.start] == expected[..word.start]
            && data[word.end..] == expected[word.end..]
    }

    /// A revert without data.
    pub(super) const SILENT: Self = Self { name: "", arguments: Vec::new(), unspoken: None };
}

/// What a call must tell: an event with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// Who tells it: the contract under test, or one beside it.
    pub(super) by: Who,
    /// The name of the event.
    pub(super) name: &'static str,
    /// Its arguments, those that are indexed among them.
    pub(super) arguments: Vec<Value>,
}

/// The event `name` with these arguments.
macro_rules! event {
    ($name:expr $(, $argument:expr)* $(,)?) => {
        $crate::model::abi::Event {
            by: $crate::model::cast::Who::CONTRACT,
            name: $name,
            arguments: vec![$($crate::model::abi::Value::from($argument)),*],
        }
    };
}

/// The error `name` with these arguments.
macro_rules! fault {
    ($name:expr $(, $argument:expr)* $(,)?) => {
        $crate::model::abi::Fault { name: $name, arguments: vec![$($crate::model::abi::Value::from($argument)),*], unspoken: None }
    };
}

/// Returns the error `name` unless the condition holds.
macro_rules! require {
    ($holds:expr, $name:expr $(, $argument:expr)* $(,)?) => {
        if !$holds {
            return Err($crate::model::abi::Fault {
                name: $name,
                arguments: vec![$($crate::model::abi::Value::from($argument)),*],
                unspoken: None,
            });
        }
    };
}

pub(super) use {event, fault, require};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_come_before_tails() {
        let values = [Value::from(7_u64), Value::bytes(b"abc"), Value::from(true)];
        let encoded = encode(&values, |_| [0; 32]);
        let mut expected = [word(7), word(96), word(1), word(3)].concat();
        expected.extend(b"abc");
        expected.resize(5 * 32, 0);
        assert_eq!(encoded, expected);
    }
}

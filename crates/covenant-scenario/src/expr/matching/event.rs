//! Events.

use std::sync::Arc;

use alloy_json_abi as abi;
use alloy_primitives::{Address, B256};
use covenant_chain::Log;

use super::field::{Actual, FieldMismatch};
use crate::{
    expr::{
        abi::{DecodeError, decode_params, from_topic, topic},
        eval::{EvalError, EvalErrorKind, eval},
        typed::EventPattern,
        types::Type,
        value::Value,
    },
    world::World,
};

/// An event that is expected, evaluated.
#[derive(Clone, Debug)]
pub struct ExpectedEvent {
    /// Who must have emitted it, if that was said.
    pub emitter: Option<Address>,
    /// The event.
    pub event: Arc<abi::Event>,
    /// What each field must equal; `None` matches anything.
    pub fields: Vec<Option<Value>>,
    types: Arc<[Type]>,
    /// For each expected field that the log carries as a hash: that hash.
    hashes: Vec<Option<B256>>,
    signature: B256,
}

/// Why a log is not the event that was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventMismatch {
    /// It is another event.
    Event,
    /// Another contract emitted it.
    Emitter {
        /// Who should have.
        expected: Address,
        /// Who did.
        actual: Address,
    },
    /// It claims to be the event, but cannot be read as it.
    Undecodable(DecodeError),
    /// These fields differ.
    Fields(Vec<FieldMismatch>),
}

impl EventMismatch {
    /// How far from the expectation the log is, to name the nearest one: the event's name says more than its emitter.
    const fn distance(&self) -> usize {
        match self {
            Self::Fields(fields) => fields.len(),
            Self::Emitter { .. } => 1 << 20,
            Self::Undecodable(_) => 1 << 21,
            Self::Event => 1 << 22,
        }
    }
}

/// An expected event that did not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingEvent {
    /// Which of the expected events, from 0.
    pub expected: usize,
    /// The log that came nearest, and how it differs; none if no log was left that is this event at all.
    pub nearest: Option<(usize, EventMismatch)>,
}

impl ExpectedEvent {
    /// Evaluates an event pattern.
    ///
    /// # Errors
    /// When a part of it has no value, or does not fit the field.
    pub fn new(pattern: &EventPattern, world: &World) -> Result<Self, EvalError> {
        let emitter = match &pattern.emitter {
            None => None,
            Some(emitter) => {
                let value = eval(emitter, world)?;
                let wanted = "an emitter";
                let mismatch = || {
                    EvalErrorKind::Mismatch { value: value.to_string(), wanted }.at(emitter.span)
                };
                Some(value.as_address().ok_or_else(mismatch)?)
            }
        };
        let mut fields = Vec::with_capacity(pattern.fields.len());
        let mut hashes = Vec::with_capacity(pattern.fields.len());
        for ((field, ty), input) in
            pattern.fields.iter().zip(pattern.types.iter()).zip(&pattern.event.inputs)
        {
            let value = field.as_ref().map(|field| eval(field, world)).transpose()?;
            let mut hash = None;
            if let (Some(value), Some(field)) = (&value, field) {
                let word =
                    topic(value, ty).map_err(|error| EvalErrorKind::from(error).at(field.span))?;
                hash = (input.indexed && is_hashed(ty)).then_some(word);
            }
            fields.push(value);
            hashes.push(hash);
        }
        let event = Arc::clone(&pattern.event);
        let signature = event.selector();
        Ok(Self { emitter, event, fields, types: Arc::clone(&pattern.types), hashes, signature })
    }

    /// Compares with a log.
    ///
    /// # Errors
    /// Says how the log differs.
    pub fn check(&self, log: &Log) -> Result<(), EventMismatch> {
        let topics = self.topics(log).ok_or(EventMismatch::Event)?;
        if let Some(expected) = self.emitter.filter(|emitter| *emitter != log.address) {
            return Err(EventMismatch::Emitter { expected, actual: log.address });
        }
        let actual = self.read(topics, log).map_err(EventMismatch::Undecodable)?;
        let differs = |index: usize, actual: Actual| {
            let expected = self.fields.get(index)?.as_ref()?;
            let same = match &actual {
                Actual::Value(value) => value == expected,
                Actual::Hash(hash) => self.hashes[index] == Some(*hash),
            };
            let name = self.event.inputs[index].name.clone();
            (!same).then(|| FieldMismatch { index, name, expected: expected.clone(), actual })
        };
        let fields: Vec<_> = actual
            .into_iter()
            .enumerate()
            .filter_map(|(index, actual)| differs(index, actual))
            .collect();
        if fields.is_empty() { Ok(()) } else { Err(EventMismatch::Fields(fields)) }
    }

    /// The topics that hold fields, if the log is this event at all: ERC-20 and ERC-721 transfers, say, have the same
    /// signature and differ in how many fields are indexed.
    fn topics<'a>(&self, log: &'a Log) -> Option<&'a [B256]> {
        let fields = if self.event.anonymous {
            &log.topics[..]
        } else {
            let (signature, fields) = log.topics.split_first()?;
            (*signature == self.signature).then_some(fields)?
        };
        let indexed = self.event.inputs.iter().filter(|input| input.indexed).count();
        (fields.len() == indexed).then_some(fields)
    }

    /// Every field of the log, in order of declaration.
    fn read(&self, topics: &[B256], log: &Log) -> Result<Vec<Actual>, DecodeError> {
        let inputs = || self.event.inputs.iter().zip(self.types.iter());
        let types: Vec<&Type> =
            inputs().filter(|(input, _)| !input.indexed).map(|(_, ty)| ty).collect();
        let mut data = decode_params(&types, &log.data)?.into_iter();
        let mut topics = topics.iter();
        let mut actual = Vec::with_capacity(self.types.len());
        for (input, ty) in inputs() {
            let value = if input.indexed {
                topics.next().map(|word| {
                    from_topic(ty, *word)
                        .map(|value| value.map_or(Actual::Hash(*word), Actual::Value))
                })
            } else {
                data.next().map(|value| Ok(Actual::Value(value)))
            };
            actual.extend(value.transpose()?);
        }
        Ok(actual)
    }
}

const fn is_hashed(ty: &Type) -> bool {
    matches!(ty, Type::Bytes | Type::String | Type::Array(..) | Type::Struct(_) | Type::Tuple(_))
}

/// Finds expected events among logs, in order; other logs may stand between them.
///
/// # Errors
/// Names the first expected event that does not come after those before it. On success: which log each one is.
pub fn match_in_order(
    expected: &[ExpectedEvent],
    logs: &[Log],
) -> Result<Vec<usize>, MissingEvent> {
    let mut found: Vec<usize> = Vec::with_capacity(expected.len());
    for (number, event) in expected.iter().enumerate() {
        let from = found.last().map_or(0, |last| last + 1);
        let mut nearest: Option<(usize, EventMismatch)> = None;
        let mut hit = None;
        for (place, log) in logs.iter().enumerate().skip(from) {
            match event.check(log) {
                Ok(()) => {
                    hit = Some(place);
                    break;
                }
                Err(EventMismatch::Event) => {}
                Err(other)
                    if nearest
                        .as_ref()
                        .is_none_or(|(_, known)| other.distance() < known.distance()) =>
                {
                    nearest = Some((place, other));
                }
                Err(_) => {}
            }
        }
        found.push(hit.ok_or(MissingEvent { expected: number, nearest })?);
    }
    Ok(found)
}

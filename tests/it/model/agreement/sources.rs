//! Whom leaves ask: a feed, a sequencer's feed, a contract with a value, an attestation service.

use std::fmt;

use alloy_primitives::{B256, U256, keccak256};

use super::{
    super::{
        abi::{Fault, Value, require, word},
        cast::Who,
        facts::Facts,
        harness::Sent,
    },
    encode::signed,
    terms::time,
};

/// What they know.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    /// Answers with the times of which they are.
    pub(super) feed: Vec<(i64, u64)>,
    pub(super) sequencer: Vec<(i64, u64)>,
    pub(super) value: U256,
    pub(super) retry_at: u64,
    /// The hash of the witness that is wanted; zero: any.
    pub(super) wanted: B256,
    pub(super) attestations: Vec<Attestation>,
}

/// What the attestation service keeps.
#[derive(Clone, Debug)]
pub(super) struct Attestation {
    pub(super) uid: B256,
    pub(super) schema: u64,
    pub(super) attester: Who,
    pub(super) recipient: Who,
    pub(super) time: u64,
    pub(super) expires: u64,
    pub(super) revoked: bool,
    pub(super) data: Vec<u8>,
}

/// What somebody does to them.
#[derive(Clone, Debug)]
pub(in super::super) enum Turn {
    /// An answer of a time to the feed.
    Post(i64, u64),
    /// The same to the sequencer's feed.
    Sequencer(i64, u64),
    Set(U256),
    /// When to ask again, and the word that is wanted as a witness.
    Want(u64, Option<u64>),
    Attest(Said),
    /// Of the attestation with this number.
    Revoke(usize),
}

/// What is attested.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Said {
    pub(super) schema: u64,
    pub(super) recipient: Who,
    pub(super) expires: u64,
    /// About which leaf of which agreement, by id.
    pub(super) id: B256,
    pub(super) leaf: usize,
    pub(super) content: u64,
    /// Only this many bytes of it.
    pub(super) length: usize,
}

impl Said {
    fn data(&self) -> Vec<u8> {
        let mut data = [self.id.0, word(self.leaf as u128), word(self.content.into())].concat();
        data.truncate(self.length);
        data
    }
}

impl Sources {
    /// What the call returns.
    pub(super) fn apply(
        &mut self,
        turn: &Turn,
        caller: Who,
        now: u64,
        facts: &Facts,
    ) -> Result<Vec<Value>, Fault> {
        match turn {
            Turn::Post(answer, at) => self.feed.push((*answer, *at)),
            Turn::Sequencer(answer, at) => self.sequencer.push((*answer, *at)),
            Turn::Set(value) => self.value = *value,
            Turn::Want(retry_at, wanted) => {
                self.retry_at = *retry_at;
                self.wanted = wanted.map_or(B256::ZERO, |it| keccak256(word(it.into())));
            }
            Turn::Attest(said) => {
                let count = self.attestations.len() + 1;
                let named =
                    [count.into(), said.schema.into(), said.recipient.into(), caller.into()];
                let uid = keccak256(facts.encode(&named));
                self.attestations.push(Attestation {
                    uid,
                    schema: said.schema,
                    attester: caller,
                    recipient: said.recipient,
                    time: now,
                    expires: said.expires,
                    revoked: false,
                    data: said.data(),
                });
                return Ok(vec![uid.into()]);
            }
            Turn::Revoke(index) => {
                let attester = self.attestations.get(*index).map_or(Who::NOBODY, |it| it.attester);
                require!(caller == attester, "AttestationBook_WrongCaller", caller, attester);
                self.attestations[*index].revoked = true;
            }
        }
        Ok(Vec::new())
    }

    /// The call.
    pub(super) fn sent(&self, turn: &Turn, from: Who, facts: &Facts) -> Sent {
        let (to, function, arguments) = match turn {
            Turn::Post(answer, at) => {
                (Who::FEED, "postAt(int256,uint256)", vec![signed(*answer), (*at).into()])
            }
            Turn::Sequencer(answer, at) => {
                (Who::SEQUENCER, "postAt(int256,uint256)", vec![signed(*answer), (*at).into()])
            }
            Turn::Set(value) => (Who::SETTABLE, "set(uint256)", vec![(*value).into()]),
            Turn::Want(retry_at, wanted) => {
                let wanted = wanted.map_or(B256::ZERO, |it| keccak256(word(it.into())));
                let arguments = vec![(*retry_at).into(), wanted.into()];
                (Who::SETTABLE, "setWitness(uint64,bytes32)", arguments)
            }
            Turn::Attest(said) => (
                Who::BOOK,
                "attest(bytes32,address,uint64,bytes)",
                vec![
                    said.schema.into(),
                    said.recipient.into(),
                    said.expires.into(),
                    Value::bytes(&said.data()),
                ],
            ),
            Turn::Revoke(index) => {
                let uid = self.attestations.get(*index).map_or(B256::ZERO, |it| it.uid);
                (Who::BOOK, "revoke(bytes32)", vec![uid.into()])
            }
        };
        Sent { from, to, input: facts.foreign(function, &arguments), value: 0 }
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(answer, at) => write!(f, "post the price {answer} of {}", time(*at)),
            Self::Sequencer(answer, at) => write!(f, "sequencer: {answer} since {}", time(*at)),
            Self::Set(value) => write!(f, "set the value {value}"),
            Self::Want(retry_at, wanted) => {
                write!(f, "want the witness {wanted:?}, else retry at {}", time(*retry_at))
            }
            Self::Attest(said) => write!(f, "attest {said:?}"),
            Self::Revoke(index) => write!(f, "revoke attestation {index}"),
        }
    }
}

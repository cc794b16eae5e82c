//! What those whom a leaf asks answer, and what the answer means, as contracts/docs/conditions.md says.

use alloy_primitives::{B256, I256, keccak256};

use super::{
    super::{abi::word, books::Books, cast::Who, facts::Facts},
    leaf::{Asked, Custom, Eas, Leaf, Oracle, Question, View},
    sources::Sources,
};
use crate::programs::Truth;

/// The decimals of the feed, and of the sequencer's.
const FEED_DECIMALS: u8 = 8;

/// Where an answer is looked for.
pub(super) struct World<'a> {
    pub(super) facts: &'a Facts,
    pub(super) books: &'a Books,
    pub(super) sources: &'a Sources,
}

/// For which leaf of which agreement is asked, and what is offered as a proof.
pub(super) struct Subject<'a> {
    pub(super) id: B256,
    pub(super) index: usize,
    /// When the agreement began to bind.
    pub(super) since: u64,
    pub(super) witness: &'a [u8],
}

/// Not known, and no word when it will be.
const PENDING: (Truth, u64) = (Truth::Pending, 0);

impl World<'_> {
    /// Whether it is so, and if that is pending, when to ask again.
    pub(super) fn ask(&self, leaf: &Leaf, subject: &Subject<'_>) -> (Truth, u64) {
        match &leaf.question {
            Question::Oracle(oracle) => self.price(oracle, leaf.opens_at),
            Question::View(view) => known(self.view(view)),
            Question::Eas(eas) => known(self.attestation(eas, leaf.opens_at, subject)),
            Question::Custom(custom) => self.custom(custom, subject.witness),
            _ => PENDING,
        }
    }

    pub(super) fn price(&self, oracle: &Oracle, opens_at: u64) -> (Truth, u64) {
        let now = self.books.now;
        if oracle.sequencer != Who::NOBODY {
            // Without a first round it tells nothing.
            let up = self.rounds(oracle.sequencer).and_then(|(rounds, _)| rounds.last().copied());
            let Some((0, since)) = up.filter(|(_, since)| *since != 0) else { return PENDING };
            let until = since + oracle.grace;
            if now <= until {
                return (Truth::Pending, until + 1);
            }
        }
        let Some((rounds, decimals)) = self.rounds(oracle.feed) else { return PENDING };
        let count = usize::from(oracle.min_rounds);
        if decimals != oracle.decimals || rounds.len() < count {
            return PENDING;
        }
        let mut limit = now;
        for (index, (answer, at)) in rounds.iter().rev().take(count).enumerate() {
            let fresh = index > 0 || now <= at + oracle.max_age;
            let timely = *at != 0 && *at >= opens_at && *at <= limit && fresh;
            let believed = *answer > oracle.min_answer && *answer < oracle.max_answer;
            if !(timely && believed && oracle.comparison.holds(answer, &oracle.value)) {
                return PENDING;
            }
            limit = *at;
        }
        (Truth::True, 0)
    }

    /// The rounds of a feed, and its decimals; nothing of what is none.
    const fn rounds(&self, feed: Who) -> Option<(&Vec<(i64, u64)>, u8)> {
        match feed {
            Who::FEED => Some((&self.sources.feed, FEED_DECIMALS)),
            Who::SEQUENCER => Some((&self.sources.sequencer, 0)),
            _ => None,
        }
    }

    fn view(&self, view: &View) -> bool {
        if self.facts.code_hash(view.target) != view.code_hash {
            return false;
        }
        let answer = match (view.target, view.asked) {
            (Who::SETTABLE, Asked::Value | Asked::SignedValue) => Some(self.sources.value),
            (Who::BLOCKING | Who::LYING | Who::TAXED, Asked::BalanceOf(who)) => {
                Some(self.books.balance(view.target, who))
            }
            _ => None,
        };
        answer.is_some_and(|answer| {
            if view.is_signed {
                let (answer, value) = (I256::from_raw(answer), I256::from_raw(view.value));
                view.comparison.holds(&answer, &value)
            } else {
                view.comparison.holds(&answer, &view.value)
            }
        })
    }

    fn attestation(&self, eas: &Eas, opens_at: u64, subject: &Subject<'_>) -> bool {
        let now = self.books.now;
        let Subject { id, index, since, witness } = subject;
        let mut there = self.sources.attestations.iter().filter(|_| eas.service == Who::BOOK);
        there.find(|it| it.uid.as_slice() == *witness).is_some_and(|it| {
            let data = [id.0, word(*index as u128), word(eas.content.into())].concat();
            it.schema == eas.schema
                && it.attester == eas.attester
                && it.recipient == eas.recipient
                && !it.revoked
                && (it.expires == 0 || it.expires > now)
                && it.time <= now
                && it.time >= *since
                && it.time >= opens_at
                && it.data == data
        })
    }

    fn custom(&self, custom: &Custom, witness: &[u8]) -> (Truth, u64) {
        let is_there = custom.condition == Who::SETTABLE
            && self.facts.code_hash(Who::SETTABLE) == custom.code_hash;
        let Sources { value, retry_at, wanted, .. } = self.sources;
        if !is_there {
            return PENDING;
        }
        if !wanted.is_zero() && keccak256(witness) != *wanted {
            return (Truth::Pending, *retry_at);
        }
        match u8::try_from(*value) {
            Ok(0) => (Truth::Pending, *retry_at),
            Ok(1) => (Truth::True, *retry_at),
            Ok(2) => (Truth::False, *retry_at),
            // It is no truth: the condition reverts.
            _ => PENDING,
        }
    }
}

/// Either so, or not known.
const fn known(holds: bool) -> (Truth, u64) {
    (if holds { Truth::True } else { Truth::Pending }, 0)
}

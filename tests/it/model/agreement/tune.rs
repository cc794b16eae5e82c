//! What those hear of whom leaves ask, often so that a leaf comes true, and what is offered as a proof.

use alloy_primitives::{B256, U256};

use super::{
    super::{cast::Who, dice::Dice},
    Agreements,
    act::Witness,
    ask::{Subject, World},
    leaf::{Leaf, Oracle, Question},
    make::{price, word_value},
    sources::{Said, Turn},
};
use crate::programs::Truth;

/// Something for a leaf of the agreement with this number.
pub(super) fn turn(model: &Agreements, index: usize, dice: &mut Dice) -> (Who, Turn) {
    let agreement = &model.agreements[index];
    let leaves = &agreement.terms().leaves;
    let asking: Vec<usize> =
        (0..leaves.len()).filter(|leaf| leaves[*leaf].asks_the_world()).collect();
    let now = model.books.now;
    if asking.is_empty() || dice.chance(10) {
        return (Who::STRANGER, Turn::Set(word_value(dice)));
    }
    let leaf = dice.pick(&asking);
    match &leaves[leaf].question {
        Question::Oracle(oracle) => {
            let priced = is_priced(model, oracle, leaves[leaf].opens_at);
            if oracle.sequencer != Who::NOBODY && dice.chance(if priced { 85 } else { 15 }) {
                let since = now - oracle.grace - dice.below(2);
                let since = if dice.chance(5) { 0 } else { since };
                return (Who::STRANGER, Turn::Sequencer(i64::from(dice.chance(20)), since));
            }
            let fits = |answer: &i64| oracle.comparison.holds(answer, &oracle.value);
            let near = [oracle.value, oracle.value + 1, oracle.value - 1];
            let good: Vec<i64> = near.into_iter().filter(fits).collect();
            let answer = if dice.chance(75) { dice.pick(&good) } else { price(dice) };
            let at = match dice.below(16) {
                5..8 => now - 1,
                0 => now + 1,
                1 => now.saturating_sub(oracle.max_age),
                2 => now.saturating_sub(oracle.max_age + 1),
                3 => 0,
                4 => leaves[leaf].opens_at.saturating_sub(1),
                _ => now,
            };
            (Who::STRANGER, Turn::Post(answer, at))
        }
        Question::View(view) => {
            let value = if dice.chance(50) { view.value } else { word_value(dice) };
            (Who::STRANGER, Turn::Set(value))
        }
        Question::Eas(eas) => {
            if !model.sources.attestations.is_empty() && dice.chance(15) {
                let last = model.sources.attestations.len() - 1;
                let attester = model.sources.attestations[last].attester;
                return (attester, Turn::Revoke(last));
            }
            let mut said = Said {
                schema: eas.schema,
                recipient: eas.recipient,
                expires: if dice.chance(70) { 0 } else { now + dice.below(30) },
                id: agreement.deed.id,
                leaf,
                content: eas.content,
                length: 96,
            };
            let mut attester = eas.attester;
            match dice.below(12) {
                0 => said.schema ^= 1,
                1 => said.recipient = Who::STRANGER,
                2 => said.id = B256::repeat_byte(9),
                3 => said.leaf += 1,
                4 => said.content ^= 1,
                5 => said.length = dice.pick(&[32, 63, 64, 95]),
                6 => attester = Who::STRANGER,
                _ => {}
            }
            (attester, Turn::Attest(said))
        }
        _ if dice.chance(20) => {
            let wanted = dice.chance(60).then(|| dice.below(2));
            (Who::STRANGER, Turn::Want(dice.pick(&[0, now + 5, u64::MAX]), wanted))
        }
        _ => (Who::STRANGER, Turn::Set(U256::from(dice.pick(&[1_u64, 1, 1, 2, 2, 0, 3, 256])))),
    }
}

/// Whether the feed alone says what is wanted.
fn is_priced(model: &Agreements, oracle: &Oracle, opens_at: u64) -> bool {
    let world = World { facts: &model.facts, books: &model.books, sources: &model.sources };
    let alone = Oracle { sequencer: Who::NOBODY, ..oracle.clone() };
    world.price(&alone, opens_at).0 == Truth::True
}

/// Whether those who are asked about a leaf have an answer, if they are offered the right proof.
pub(super) fn is_known(model: &Agreements, index: usize, leaf: usize) -> bool {
    let agreement = &model.agreements[index];
    let asked = &agreement.terms().leaves[leaf];
    let sources = &model.sources;
    let world = World { facts: &model.facts, books: &model.books, sources };
    let last = sources.attestations.len().saturating_sub(1);
    let proofs = [Witness::Attestation(last), Witness::Word(0), Witness::Word(1)];
    asked.asks_the_world()
        && proofs.into_iter().any(|witness| {
            let witness = &witness.bytes(sources);
            let id = agreement.deed.id;
            let subject = Subject { id, index: leaf, since: agreement.since, witness };
            world.ask(asked, &subject).0 != Truth::Pending
        })
}

/// A proof for a leaf, mostly the right one.
pub(super) fn witness(model: &Agreements, leaf: &Leaf, dice: &mut Dice) -> Witness {
    let attestations = &model.sources.attestations;
    match &leaf.question {
        Question::Eas(eas) => {
            let right = attestations.iter().rposition(|it| it.attester == eas.attester);
            match dice.below(20) {
                0 => Witness::Nothing,
                1 => Witness::Cut(right.unwrap_or(0)),
                2 => Witness::Word(0),
                3 => Witness::Attestation(attestations.len()),
                _ => Witness::Attestation(right.unwrap_or(0)),
            }
        }
        _ if dice.chance(60) => Witness::Word(dice.below(2)),
        _ => Witness::Nothing,
    }
}

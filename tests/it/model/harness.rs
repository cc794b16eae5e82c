//! What a model is, and what it says of the contract.

use std::{
    fmt::{Display, Write},
    sync::Arc,
};

use alloy_primitives::{Bytes, U256};

use super::{
    abi::{Fault, Value},
    books::Books,
    cast::Who,
    dice::Dice,
    facts::Facts,
};

/// A contract as a pure state machine, and how to call the real one.
pub(super) trait Model: Clone + Send {
    /// What somebody does.
    type Act: Clone + Display + Send;

    /// The contract that it is a model of.
    const CONTRACT: &'static str;
    /// The contract's EIP-712 name.
    const DOMAIN: &'static str;

    /// A fresh model with random agreements, none of which is on record.
    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self;

    /// The agreements in words.
    fn terms(&self) -> String;

    /// Who is where in its world.
    fn facts(&self) -> &Arc<Facts>;

    /// Moves the clock, and forgets what was told before.
    fn set_now(&mut self, now: u64);

    /// How often in a hundred no time passes before the next step.
    fn stays(&self) -> u64 {
        70
    }

    /// The moments around which something changes.
    fn moments(&self) -> Vec<u64>;

    /// What somebody might do now.
    fn draw(&self, dice: &mut Dice) -> (Who, Self::Act);

    /// The name by which an act is counted: that of the function it calls.
    fn function(act: &Self::Act) -> &'static str;

    /// The calls that make up an act in the present state. The one that is compared is the one at the given place.
    fn calls(&self, caller: Who, act: &Self::Act) -> (Vec<Sent>, usize);

    /// Does it: what the call returns, or why it reverts. After a revert the model is of no use any more.
    fn apply(&mut self, caller: Who, act: &Self::Act) -> Result<Vec<Value>, Fault>;

    /// What the contract's views must answer: all, or only those about what an act was about.
    fn views(&self, touched: Option<&Self::Act>) -> Vec<View>;

    /// Whether nothing can happen any more.
    fn is_over(&self) -> bool;

    /// The money, and what was told since the clock was moved, in order.
    fn books(&self) -> &Books;

    /// Whether the contract has what it owes, to the unit (I-2).
    fn is_solvent(&self) -> bool {
        self.books().is_solvent_to_the_unit()
    }

    /// What must hold whatever happened: the first of INVARIANTS.md that does not.
    fn broken(&self, before: &Self, caller: Who, act: &Self::Act) -> Option<String>;

    /// The states of the agreements, in words.
    fn statuses(&self) -> Vec<&'static str>;

    /// When and how a stranger brings an agreement that is not over closer to its end.
    fn closing(&self) -> Option<(u64, Self::Act)>;

    /// How many steps a script has at most.
    const STEPS: u64 = 24;
    /// How many calls of a stranger end every agreement, at most.
    const CLOSING_STEPS: usize;
    /// The states, every one of which must be reached.
    const STATUSES: &'static [&'static str];
    /// Functions that can never succeed.
    const FUTILE: &'static [&'static str] = &[];
    /// Errors and events of the contract, beside those of all, that no script can bring about.
    const UNSEEN: &'static [&'static str];
}

/// A call on its way.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) from: Who,
    pub(super) to: Who,
    pub(super) input: Bytes,
    pub(super) value: u128,
}

/// A view with the answer that is expected.
#[derive(Debug)]
pub(super) struct View {
    pub(super) name: String,
    /// Whose view it is.
    pub(super) of: Who,
    pub(super) input: Bytes,
    pub(super) answer: Vec<u8>,
    /// Words of the answer that say how the contract keeps its books, and are not compared.
    pub(super) unspoken: &'static [usize],
}

impl View {
    /// A view of something else than the contract.
    pub(super) fn of(
        facts: &Facts,
        of: Who,
        signature: &str,
        arguments: &[Value],
        answer: &[Value],
    ) -> Self {
        Self {
            name: format!("{signature} of {of}"),
            of,
            input: facts.foreign(signature, arguments),
            answer: facts.encode(answer),
            unspoken: &[],
        }
    }

    /// Where an answer is another one.
    pub(super) fn parted(&self, answer: &[u8]) -> String {
        if answer.len() != self.answer.len() {
            return format!("{} bytes for {}", answer.len(), self.answer.len());
        }
        let words = answer.chunks(32).zip(self.answer.chunks(32)).enumerate();
        let told = |word: &[u8]| U256::from_be_slice(word);
        let parted = words.filter(|(_, (actual, expected))| actual != expected).map(
            |(index, (actual, expected))| {
                format!("word {index} is {}, by the model {}", told(actual), told(expected))
            },
        );
        parted.collect::<Vec<_>>().join("; ")
    }

    /// Whether this is the answer.
    pub(super) fn is(&self, answer: &[u8]) -> bool {
        if self.unspoken.is_empty() {
            return answer == self.answer;
        }
        answer.len() == self.answer.len()
            && answer
                .chunks(32)
                .zip(self.answer.chunks(32))
                .enumerate()
                .all(|(index, (one, other))| one == other || self.unspoken.contains(&index))
    }
}

/// A view of the contract with the answer that is expected.
pub(super) fn view(facts: &Facts, name: &str, arguments: &[Value], answer: &[Value]) -> View {
    View {
        name: name.to_owned(),
        of: Who::CONTRACT,
        input: facts.calldata(name, arguments),
        answer: facts.encode(answer),
        unspoken: &[],
    }
}

/// What the views of the ledger must answer, for these assets.
pub(super) fn ledger_views(facts: &Facts, books: &Books, assets: &[Who], views: &mut Vec<View>) {
    for asset in assets {
        let owed = asset.asset().map_or(U256::ZERO, |index| books.liabilities[index]);
        views.push(view(facts, "liabilities", &[(*asset).into()], &[owed.into()]));
        for who in Who::PARTIES {
            let credit = books.credit_of(*asset, who);
            // Who is owed nothing is looked at through `liabilities`, of which it would be a part.
            if !credit.is_zero() {
                let arguments = [(*asset).into(), who.into()];
                views.push(view(facts, "creditOf", &arguments, &[credit.into()]));
            }
        }
    }
}

/// Agreements in words, each with its number.
pub(super) fn listed(agreements: impl IntoIterator<Item: Display>) -> String {
    let mut text = String::new();
    for (index, agreement) in agreements.into_iter().enumerate() {
        writeln!(text, "  #{index}: {agreement}").expect("text can be written");
    }
    text
}

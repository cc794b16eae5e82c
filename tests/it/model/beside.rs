//! A contract beside the one under test, with a model and books of its own; whoever has what is the same in both.

use alloy_primitives::U256;

use super::{
    abi::{Event, Fault, Value},
    books::Books,
    cast::Who,
    harness::{Model, Sent},
};

/// A contract that can be beside another.
pub(super) trait Neighbour: Model {
    /// Where it is then.
    const PLACE: Who;

    /// Its books.
    fn books_mut(&mut self) -> &mut Books;
}

/// A contract as its model sees the world: it is [`Who::CONTRACT`] there, and the contract under test is in its place.
#[derive(Clone, Debug)]
pub(super) struct Beside<M> {
    pub(super) model: M,
}

impl<M: Neighbour> Beside<M> {
    /// The agreements in words.
    pub(super) fn terms(&self) -> String {
        self.model.terms()
    }

    /// Moves the clock.
    pub(super) fn set_now(&mut self, now: u64) {
        self.model.set_now(now);
    }

    /// The moments around which something changes.
    pub(super) fn moments(&self) -> Vec<u64> {
        self.model.moments()
    }

    /// The calls that make up an act by somebody as it sees him, and the place of the one that is compared.
    pub(super) fn calls(&self, caller: Who, act: &M::Act) -> (Vec<Sent>, usize) {
        let (mut calls, main) = self.model.calls(caller, act);
        for call in &mut calls {
            call.from = call.from.seen_from(M::PLACE);
            call.to = call.to.seen_from(M::PLACE);
        }
        (calls, main)
    }

    /// Somebody does something with it.
    pub(super) fn apply(
        &mut self,
        books: &mut Books,
        caller: Who,
        act: &M::Act,
    ) -> Result<Vec<Value>, Fault> {
        self.within(books, |model| model.apply(caller.seen_from(M::PLACE), act))
    }

    /// Somebody takes out what is his there, if anything is.
    pub(super) fn withdraw(
        &mut self,
        asset: Who,
        party: Who,
        books: &mut Books,
    ) -> Result<(), Fault> {
        if self.credit_of(asset, party).is_zero() {
            return Ok(());
        }
        let party = party.seen_from(M::PLACE);
        self.within(books, |model| model.books_mut().withdraw(asset, party, party)).map(drop)
    }

    /// What somebody may withdraw there.
    pub(super) fn credit_of(&self, asset: Who, party: Who) -> U256 {
        self.model.books().credit_of(asset, party.seen_from(M::PLACE))
    }

    /// Whether it has what it owes.
    pub(super) fn is_solvent(&mut self, books: &Books) -> bool {
        self.model.books_mut().mirror(books, M::PLACE);
        self.model.books().is_solvent_to_the_unit()
    }

    /// The first of its invariants that does not hold after an act, before which it and the books were like this.
    pub(super) fn broken(
        &self,
        before: &Self,
        books: &Books,
        caller: Who,
        act: &M::Act,
    ) -> Option<String> {
        let mut before = before.model.clone();
        before.books_mut().mirror(books, M::PLACE);
        self.model.broken(&before, caller.seen_from(M::PLACE), act)
    }

    /// Something happens in it; its books take over who has what, and these take over what came of it.
    pub(super) fn within<T>(
        &mut self,
        books: &mut Books,
        act: impl FnOnce(&mut M) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.model.books_mut().mirror(books, M::PLACE);
        let done = act(&mut self.model).map_err(|fault| fault.seen_from(M::PLACE));
        books.mirror(self.model.books(), M::PLACE);
        let told = self.model.books_mut().events.drain(..);
        books.events.extend(told.map(|event| Event { by: M::PLACE, ..event }));
        done
    }
}

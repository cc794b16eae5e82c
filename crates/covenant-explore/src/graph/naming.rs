//! Which instants a state refers to, and what they are called.
//!
//! In a zone an [`Instant`] is a row of a matrix, in the chain's shadows an [`InstantId`] is a name. Both are the same
//! number here: 0 is the epoch (no name), 1 the present, and from 2 on the instants that storage holds, in the order in
//! which storage mentions them. An instant is moved so that the first time that storage mentions it, it is itself: states
//! that differ only in how far from now they wrote a time down are one.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use covenant_chain::{
    Timestamp,
    shadow::{Clock, Constraint, InstantId, Shadow, Term},
};
use covenant_scenario::world::World;

use crate::zone::{Bound, Instant, Zone};

/// A word of an account's storage.
pub(crate) type Slot = (Address, U256);

/// How the instants of a state come from those of the state before it: each is one of those, so many seconds later. The
/// epoch and the present come first.
pub(crate) type Origins = Vec<(Instant, i64)>;

/// The present, as the chain calls it.
const PRESENT: InstantId = InstantId(1);

/// How time passes: a block every second, counted from where exploration begins. What depends on that is named.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    block: u64,
    now: u64,
}

impl Pace {
    /// From this moment of a world on.
    pub(crate) const fn of(world: &World) -> Self {
        Self { block: world.chain.block_number(), now: world.chain.now().0 }
    }

    /// The latest block at a time, and the time.
    pub(crate) fn at(self, now: i64) -> (u64, Timestamp) {
        let now = u64::try_from(now).expect("no time is before the epoch");
        ((self.block + now).saturating_sub(self.now), Timestamp(now))
    }

    /// What the chain is told to call its clocks.
    pub(crate) fn clock(self) -> Clock {
        let blocks = i128::from(self.block) + 1 - i128::from(self.now);
        Clock { now: PRESENT, blocks: Some(blocks) }
    }
}

/// Instants are not moved further than this: what is added to a time and is larger is no span of time.
const FAR: i128 = 1 << 40;

/// The instant that the chain calls so.
fn instant(name: Option<InstantId>) -> Instant {
    name.map_or(Instant::EPOCH, |InstantId(number)| Instant(number as usize))
}

/// The times of a zone's instants, as the chain asks for them.
pub(crate) fn times(solution: &[i64]) -> impl Fn(InstantId) -> i128 + Copy + '_ {
    |InstantId(number)| i128::from(solution[number as usize])
}

/// What is left of a zone where a constraint holds.
pub(crate) fn constrained(zone: &Zone, constraint: &Constraint) -> Option<Zone> {
    let far = 1_i128 << 59;
    if constraint.most >= far {
        return Some(zone.clone());
    }
    if constraint.most <= -far {
        return None;
    }
    let most = i64::try_from(constraint.most).expect("it is nearer than far");
    zone.within(instant(constraint.plus), instant(constraint.minus), Bound::at_most(most))
}

/// All times at which these constraints hold, among so many instants.
pub(crate) fn guard(instants: usize, constraints: &[Constraint]) -> Option<Zone> {
    constraints.iter().try_fold(Zone::anything(instants), |zone, one| constrained(&zone, one))
}

/// Names the instants that storage mentions: shadows with their new names, and where the instants come from.
pub(crate) fn named<'a>(
    shadows: impl Iterator<Item = (&'a Slot, &'a Shadow)> + Clone,
) -> (BTreeMap<Slot, Shadow>, Origins) {
    let mut origins: Origins = vec![(Instant::EPOCH, 0), (Instant::NOW, 0)];
    let mut names: BTreeMap<InstantId, (InstantId, i128)> = BTreeMap::new();
    let mut name = |old: InstantId, first: i128| {
        if names.contains_key(&old) {
            return;
        }
        let later = if (0..FAR).contains(&first) { first } else { 0 };
        let number = u32::try_from(origins.len()).expect("a contract holds few instants");
        names.insert(old, (InstantId(number), later));
        let seconds = i64::try_from(later).expect("spans of time are short");
        origins.push((instant(Some(old)), seconds));
    };
    for (_, shadow) in shadows.clone() {
        for Term { plus, minus, offset } in shadow.fields().iter().map(|field| field.term) {
            if let Some(plus) = plus {
                name(plus, if minus.is_none() { offset } else { 0 });
            }
            if let Some(minus) = minus {
                name(minus, 0);
            }
        }
    }
    let renamed = |term: Term| {
        let new = |old: Option<InstantId>| old.map(|old| names[&old]);
        let (plus, minus) = (new(term.plus), new(term.minus));
        let moved = |name: Option<(InstantId, i128)>| name.map_or(0, |(_, later)| later);
        let offset = term.offset - moved(plus) + moved(minus);
        Term { plus: plus.map(|it| it.0), minus: minus.map(|it| it.0), offset }
    };
    let renamed = shadows.map(|(slot, shadow)| (*slot, shadow.renamed(renamed))).collect();
    (renamed, origins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(number: u64) -> Slot {
        (Address::ZERO, U256::from(number))
    }

    fn term(plus: u32, offset: i128) -> Term {
        Term { plus: Some(InstantId(plus)), minus: None, offset }
    }

    #[test]
    fn the_first_mention_of_an_instant_is_the_instant() {
        let shadows = BTreeMap::from([
            (slot(1), Shadow::of(term(7, 30))),
            (slot(2), Shadow::of(term(1, 0))),
            (slot(3), Shadow::of(term(7, 10))),
        ]);
        let (renamed, origins) = named(shadows.iter());
        assert_eq!(origins[2..], [(Instant(7), 30), (Instant::NOW, 0)]);
        let terms: Vec<_> = renamed.values().map(|shadow| shadow.fields()[0].term).collect();
        assert_eq!(terms, [term(2, 0), term(3, 0), term(2, -20)]);
    }

    #[test]
    fn constraints_that_no_time_reaches_say_nothing() {
        let zone = Zone::anything(2);
        let constraint = |most| Constraint { plus: Some(PRESENT), minus: None, most };
        assert_eq!(constrained(&zone, &constraint(i128::MAX)), Some(zone.clone()));
        assert_eq!(constrained(&zone, &constraint(i128::MIN)), None);
        let early = constrained(&zone, &constraint(5)).expect("the epoch is early");
        assert_eq!(early.bound(Instant::NOW, Instant::EPOCH), Bound::at_most(5));
    }
}

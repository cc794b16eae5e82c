//! A state: what the future of an agreement depends on, but for the times themselves.

use std::{
    collections::{BTreeMap, HashSet},
    hash::Hash,
    sync::Arc,
};

use alloy_primitives::{Address, KECCAK256_EMPTY, U256};
use covenant_chain::{
    AccountState, ChainError, Difference, Part, Snapshot,
    shadow::{Read, ReadAccount, Shadow, StorageShadows, Term},
};
use covenant_scenario::world::World;
use xxhash_rust::xxh3::xxh3_128;

use super::naming::{Origins, Pace, Slot, named, times};

/// A word that holds times: which bits, and what it is in the state's snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClockWord {
    pub(crate) slot: Slot,
    pub(crate) shadow: Shadow,
    word: U256,
}

/// All that the future depends on: accounts, their storage, and which words of it hold which instants. When those
/// instants were, says a zone.
///
/// Two states are the same when their keys are: hashes of 128 bits over everything that differs from where exploration
/// began, without the times themselves. Logs, gas and the nonces of accounts without code are not part of a state.
#[derive(Clone, Debug)]
pub(crate) struct State {
    moment: Moment,
    clocks: Arc<Vec<ClockWord>>,
    digest: u128,
    /// How many instants its zones have: the epoch, the present and those in storage.
    pub(crate) instants: usize,
}

/// Accounts and storage, at some times of the instants.
#[derive(Clone, Debug)]
enum Moment {
    /// As the chain has it.
    Whole(Snapshot),
    /// Where exploration began, and what differs from there. States differ in few ways, each of which is there once.
    Kept { start: Arc<Snapshot>, parts: Box<[Arc<Part>]> },
}

/// What states have in common.
#[derive(Debug)]
pub(crate) struct Common {
    start: Arc<Snapshot>,
    parts: HashSet<Arc<Part>>,
    clocks: HashSet<Arc<Vec<ClockWord>>>,
}

impl Common {
    pub(crate) fn new(world: &World) -> Self {
        let start = Arc::new(world.chain.snapshot());
        Self { start, parts: HashSet::default(), clocks: HashSet::default() }
    }
}

/// Something that is kept once.
pub(crate) fn shared<T: Eq + Hash>(all: &mut HashSet<Arc<T>>, one: T) -> Arc<T> {
    if let Some(known) = all.get(&one) {
        return Arc::clone(known);
    }
    let one = Arc::new(one);
    all.insert(Arc::clone(&one));
    one
}

impl State {
    /// Where exploration begins. Times that are in storage already are constants.
    pub(crate) fn start(world: &World) -> Self {
        let moment = Moment::Whole(world.chain.snapshot());
        Self { moment, clocks: Arc::default(), digest: 0, instants: 2 }
    }

    /// The same state, kept together with others.
    pub(crate) fn kept(self, common: &mut Common) -> Self {
        let moment = match self.moment {
            Moment::Whole(moment) => {
                let parts = moment.since(&common.start).into_iter();
                let parts = parts.map(|part| shared(&mut common.parts, part)).collect();
                Moment::Kept { start: Arc::clone(&common.start), parts }
            }
            kept @ Moment::Kept { .. } => kept,
        };
        let clocks = shared(&mut common.clocks, Arc::unwrap_or_clone(self.clocks));
        Self { moment, clocks, ..self }
    }

    /// The same state as the chain has it, to be entered many times.
    pub(crate) fn whole(&self) -> Self {
        Self { moment: Moment::Whole(self.snapshot()), ..self.clone() }
    }

    fn snapshot(&self) -> Snapshot {
        match &self.moment {
            Moment::Whole(moment) => moment.clone(),
            Moment::Kept { start, parts } => start.with(parts.iter().map(Arc::as_ref)),
        }
    }

    /// What tells it from other states.
    pub(crate) fn key(&self) -> u128 {
        let mut shape = Vec::with_capacity(64 * self.clocks.len());
        for ClockWord { slot, shadow, .. } in self.clocks.iter() {
            shape.extend(slot.0);
            shape.extend(slot.1.to_be_bytes::<32>());
            describe(shadow, &mut shape);
        }
        self.digest.wrapping_add(if shape.is_empty() { 0 } else { xxh3_128(&shape) })
    }

    /// A hash of what is in some places. `None` where it depends on time in a way that is not known.
    pub(crate) fn found(&self, places: &Read) -> Result<Option<u128>, ChainError> {
        let moment = self.snapshot();
        let mut found = Vec::with_capacity(256);
        for ReadAccount { address, balance, slots } in places {
            let mut account = moment.account_state(*address)?;
            if !balance {
                account.balance = U256::ZERO;
            }
            found.extend(account_bytes(*address, &account));
            for slot in slots {
                let clock = self.clocks.binary_search_by_key(&(*address, *slot), |it| it.slot);
                let word = match clock.map(|index| &self.clocks[index]) {
                    Err(_) => moment.storage(*address, *slot)?,
                    Ok(ClockWord { shadow, word, .. }) => {
                        let Some(timeless) = shadow.at(*word, |_| 0) else { return Ok(None) };
                        describe(shadow, &mut found);
                        timeless
                    }
                };
                found.push(u8::from(clock.is_ok()));
                found.extend(word.to_be_bytes::<32>());
            }
        }
        Ok(Some(xxh3_128(&found)))
    }

    /// Brings a world to this state, at given times of its instants.
    pub(crate) fn enter(
        &self,
        world: &mut World,
        pace: Pace,
        solution: &[i64],
    ) -> Result<(), ChainError> {
        let value = |term: Term| term.value(times(solution));
        let word = |clock: &ClockWord| {
            let word = clock.shadow.at(clock.word, value)?;
            // What is there already is not written again.
            (word != clock.word).then_some((clock.slot, word))
        };
        let words: Vec<_> = self.clocks.iter().filter_map(word).collect();
        world.chain.restore_at(&self.snapshot(), pace.at(solution[1]), &words)
    }

    /// Which words of storage hold times.
    pub(crate) fn shadows(&self) -> StorageShadows {
        self.clocks.iter().map(|clock| (clock.slot, clock.shadow.clone())).collect()
    }

    /// The state in which a transaction has left a world that was in this state.
    pub(crate) fn after(
        &self,
        world: &World,
        shadows: &StorageShadows,
        differences: &[Difference],
    ) -> Result<(Self, Origins), ChainError> {
        let mut digest = self.digest;
        let old: BTreeMap<Slot, &Shadow> =
            self.clocks.iter().map(|clock| (clock.slot, &clock.shadow)).collect();
        let mut update = |slot: Slot, before: U256, after: U256| {
            digest = digest.wrapping_sub(word_digest(slot, before, old.get(&slot).copied()));
            digest = digest.wrapping_add(word_digest(slot, after, shadows.get(&slot)));
        };
        let mut changed = Vec::new();
        for difference in differences {
            if let Difference::Slot { address, slot, before, after } = *difference {
                update((address, slot), before, after);
                changed.push((address, slot));
            }
        }
        // What holds another time now, or none any more, though it is the same word.
        let touched = old.keys().chain(shadows.keys());
        let mut rest: Vec<Slot> = touched.copied().filter(|slot| !changed.contains(slot)).collect();
        rest.sort_unstable();
        rest.dedup();
        for slot in rest {
            if old.get(&slot).copied() != shadows.get(&slot) {
                let word = world.chain.storage(slot.0, slot.1)?;
                update(slot, word, word);
            }
        }
        for difference in differences {
            if let Difference::Account { address, before, after } = difference {
                digest = digest.wrapping_sub(account_digest(*address, before));
                digest = digest.wrapping_add(account_digest(*address, after));
            }
        }
        let (renamed, origins) = named(shadows.iter());
        let mut clocks = Vec::with_capacity(renamed.len());
        for (slot, shadow) in renamed {
            clocks.push(ClockWord { slot, shadow, word: world.chain.storage(slot.0, slot.1)? });
        }
        let moment = Moment::Whole(world.chain.snapshot());
        let clocks = Arc::new(clocks);
        Ok((Self { moment, clocks, digest, instants: origins.len() }, origins))
    }
}

/// What a word adds to the digest: nothing where it is zero and holds no time.
fn word_digest((address, slot): Slot, word: U256, shadow: Option<&Shadow>) -> u128 {
    let timeless = shadow.and_then(|shadow| shadow.at(word, |_| 0)).unwrap_or(word);
    if timeless == U256::ZERO && shadow.is_none() {
        return 0;
    }
    let mut bytes = [0; 85];
    bytes[..20].copy_from_slice(address.as_slice());
    bytes[20..52].copy_from_slice(&slot.to_be_bytes::<32>());
    bytes[52..84].copy_from_slice(&timeless.to_be_bytes::<32>());
    bytes[84] = u8::from(shadow.is_some());
    xxh3_128(&bytes)
}

/// Which bits of a word hold which instants.
fn describe(shadow: &Shadow, bytes: &mut Vec<u8>) {
    bytes.push(u8::from(shadow.is_opaque()));
    for field in shadow.fields() {
        bytes.extend(field.low.to_be_bytes());
        bytes.extend(field.width.to_be_bytes());
        bytes.push(u8::from(field.wrapped));
        let Term { plus, minus, offset } = field.term;
        bytes.extend(plus.map_or(0, |it| it.0).to_be_bytes());
        bytes.extend(minus.map_or(0, |it| it.0).to_be_bytes());
        bytes.extend(offset.to_be_bytes());
    }
}

fn account_digest(address: Address, account: &AccountState) -> u128 {
    xxh3_128(&account_bytes(address, account))
}

/// The nonce of an account without code decides nothing that a call can see.
fn account_bytes(address: Address, account: &AccountState) -> [u8; 92] {
    let mut bytes = [0; 92];
    bytes[..20].copy_from_slice(address.as_slice());
    bytes[20..52].copy_from_slice(&account.balance.to_be_bytes::<32>());
    bytes[52..84].copy_from_slice(account.code.as_slice());
    if account.code != KECCAK256_EMPTY {
        bytes[84..].copy_from_slice(&account.nonce.to_be_bytes());
    }
    bytes
}

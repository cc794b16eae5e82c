//! What the records of a journal add up to.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use covenant_chain::Timestamp;

use super::record::{
    Begun, BlockRef, Forgetting, Look, Mined, Position, Purpose, Record, Signed, StepId,
};

/// What the records of a journal add up to: each step, and what became of it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    begun: Begun,
    steps: BTreeMap<Position, StepBook>,
    positions: BTreeMap<B256, Position>,
    next_nonces: BTreeMap<Address, u64>,
    bound: BTreeMap<String, (Position, String)>,
    looks: Vec<Look>,
    parked: Option<(Position, Timestamp)>,
    finished: Option<u32>,
}

/// A step that was signed at least once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepBook {
    /// The step, as it was when it was last signed for the first time.
    pub id: StepId,
    /// The nonce it has, with all that was signed for it; `None` once it is forgotten.
    pub slot: Option<Slot>,
    /// Nonces it had before it was forgotten.
    pub past: Vec<Slot>,
    /// What it was last forgotten for, if it was not signed since.
    pub forgotten: Option<Forgetting>,
}

/// A nonce of an account, and all that was signed for it: only one of these can ever land.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The account.
    pub sender: Address,
    /// The nonce.
    pub nonce: u64,
    /// What was signed, oldest first.
    pub attempts: Vec<Attempt>,
    /// Which one landed, where, and whether that is settled.
    pub landing: Option<Landing>,
}

/// A signed transaction, and whether a node has taken it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The transaction.
    pub signed: Signed,
    /// A node took it at least once.
    pub sent: bool,
    /// Another one of its nonce is confirmed.
    pub replaced: bool,
}

/// A transaction in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// Where, and with what result.
    pub mined: Mined,
    /// The block is as deep as was asked for.
    pub confirmed: bool,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Signed and written down; perhaps sent.
    Signed,
    /// A node has taken it.
    Sent,
    /// In a block, not yet deep enough.
    Mined {
        /// It ran to its end.
        success: bool,
    },
    /// In a block that is deep enough.
    Confirmed {
        /// It ran to its end.
        success: bool,
    },
    /// Its nonce went to a transaction that does nothing.
    Cancelled,
    /// As if it had never been.
    Forgotten(Forgetting),
}

impl Slot {
    /// The transaction of this hash.
    pub fn attempt(&self, hash: B256) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.signed.hash == hash)
    }

    /// What was signed last.
    pub fn latest(&self) -> &Attempt {
        self.attempts.last().expect("a slot begins with a signed transaction")
    }

    /// The transaction in a block, if there is one.
    pub fn landed(&self) -> Option<&Attempt> {
        self.landing.as_ref().and_then(|landing| self.attempt(landing.mined.hash))
    }

    /// From when on the step must not land: the earliest moment that anything was signed with.
    pub fn by(&self) -> Option<Timestamp> {
        self.attempts.iter().filter_map(|attempt| attempt.signed.by).min()
    }

    /// One is in a block that is deep enough.
    pub fn is_settled(&self) -> bool {
        self.landing.as_ref().is_some_and(|landing| landing.confirmed)
    }

    /// A transaction that does nothing was signed for this nonce.
    pub fn is_cancelled(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.signed.purpose == Purpose::Cancellation)
    }
}

impl StepBook {
    /// How far it is.
    pub fn state(&self) -> StepState {
        let Some(slot) = &self.slot else {
            return StepState::Forgotten(self.forgotten.unwrap_or(Forgetting::Redo));
        };
        let Some(Landing { mined, confirmed }) = &slot.landing else {
            let sent = slot.attempts.iter().any(|attempt| attempt.sent);
            return if sent { StepState::Sent } else { StepState::Signed };
        };
        let purpose = slot.landed().map(|attempt| attempt.signed.purpose);
        match (purpose, confirmed) {
            (Some(Purpose::Cancellation), true) => StepState::Cancelled,
            (_, true) => StepState::Confirmed { success: mined.success },
            (_, false) => StepState::Mined { success: mined.success },
        }
    }

    /// The contract that it created or will create, and whether that is settled; `None` for other steps.
    pub fn created(&self) -> Option<(Address, bool)> {
        let slot = self.slot.as_ref()?;
        let attempt = slot.landed().unwrap_or_else(|| slot.latest());
        let success = slot.landing.as_ref().is_none_or(|landing| landing.mined.success);
        let address = attempt.signed.creates.filter(|_| success)?;
        Some((address, slot.is_settled()))
    }
}

impl Book {
    /// What is known when nothing was done yet.
    pub(super) const fn new(begun: Begun) -> Self {
        Self {
            begun,
            steps: BTreeMap::new(),
            positions: BTreeMap::new(),
            next_nonces: BTreeMap::new(),
            bound: BTreeMap::new(),
            looks: Vec::new(),
            parked: None,
            finished: None,
        }
    }

    /// What the journal is of.
    pub const fn begun(&self) -> &Begun {
        &self.begun
    }

    /// Every step that was ever signed, in the order of the scenario.
    pub fn steps(&self) -> impl Iterator<Item = &StepBook> {
        self.steps.values()
    }

    /// A step, if it was ever signed.
    pub fn step(&self, position: Position) -> Option<&StepBook> {
        self.steps.get(&position)
    }

    /// The step that a transaction was signed for.
    pub fn step_of(&self, hash: B256) -> Option<&StepBook> {
        self.positions.get(&hash).and_then(|position| self.steps.get(position))
    }

    /// The nonce after the last one that was signed for an account.
    pub fn next_nonce(&self, sender: Address) -> Option<u64> {
        self.next_nonces.get(&sender).copied()
    }

    /// Values that steps gave names to, with the step.
    pub fn bound(&self) -> impl Iterator<Item = (&str, Position, &str)> {
        self.bound.iter().map(|(name, (step, value))| (name.as_str(), *step, value.as_str()))
    }

    /// The blocks by which it was decided what comes next, in order.
    pub fn looks(&self) -> &[Look] {
        &self.looks
    }

    /// The step that waits, and until when, if the last run was parked.
    pub const fn parked(&self) -> Option<(Position, Timestamp)> {
        self.parked
    }

    /// How many steps there are, if they are all confirmed.
    pub const fn finished(&self) -> Option<u32> {
        self.finished
    }

    /// Adds a record, or says why it does not follow; then nothing changed.
    pub(super) fn apply(&mut self, record: &Record) -> Result<(), String> {
        match record {
            Record::Begun(_) => return Err("a journal begins only once".to_owned()),
            Record::Resumed { .. } => self.parked = None,
            Record::Signed(signed) => self.sign(signed)?,
            Record::Sent { hash } => self.attempt_mut(*hash)?.sent = true,
            Record::Mined(mined) => self.mine(mined)?,
            Record::Confirmed { hash, block } => {
                self.landing_mut(*hash, *block, false)?.confirmed = true;
            }
            Record::Replaced { hash, by } => self.replace(*hash, *by)?,
            Record::Cancelled { step, hash } => self.cancel(*step, *hash)?,
            Record::Reorganised { hash, block } => self.reorganise(*hash, *block)?,
            Record::Overtaken { step } => self.overtake(*step)?,
            Record::Forgotten { step, why } => self.forget(*step, *why)?,
            Record::Bound { step, name, value } => {
                self.known(*step)?;
                self.bound.insert(name.clone(), (*step, value.clone()));
            }
            Record::Looked(look) => self.looks.push(*look),
            Record::LookedAgain { place, look } => self.look_again(*place, *look)?,
            Record::Parked { step, until } => self.parked = Some((*step, *until)),
            Record::Finished { steps } => self.finished = Some(*steps),
        }
        Ok(())
    }

    fn sign(&mut self, signed: &Signed) -> Result<(), String> {
        let Signed { step, sender, nonce, hash, .. } = signed;
        if self.positions.contains_key(hash) {
            return Err(format!("transaction {hash} is signed already"));
        }
        let attempt = Attempt { signed: signed.clone(), sent: false, replaced: false };
        let slot = self.steps.get_mut(&step.position).and_then(|book| book.slot.as_mut());
        match slot {
            Some(slot) => {
                again(slot, signed)?;
                slot.attempts.push(attempt);
            }
            None => {
                if signed.purpose != Purpose::Step {
                    return Err(format!("{step} has nothing to replace"));
                }
                let next = self.next_nonces.get(sender).copied().unwrap_or_default();
                if *nonce < next {
                    return Err(format!("nonce {nonce} of {sender} is taken"));
                }
                self.next_nonces.insert(*sender, nonce.saturating_add(1));
                let slot =
                    Slot { sender: *sender, nonce: *nonce, attempts: vec![attempt], landing: None };
                let book = self.steps.entry(step.position).or_insert_with(|| StepBook {
                    id: step.clone(),
                    slot: None,
                    past: Vec::new(),
                    forgotten: None,
                });
                (book.id, book.slot, book.forgotten) = (step.clone(), Some(slot), None);
            }
        }
        self.positions.insert(*hash, step.position);
        self.finished = None;
        Ok(())
    }

    fn mine(&mut self, mined: &Mined) -> Result<(), String> {
        let slot = self.slot_mut(mined.hash)?;
        if slot.landing.is_some() {
            return Err(format!("one with the nonce of {} is in a block already", mined.hash));
        }
        slot.landing = Some(Landing { mined: mined.clone(), confirmed: false });
        Ok(())
    }

    fn replace(&mut self, hash: B256, by: B256) -> Result<(), String> {
        let slot = self.slot_mut(by)?;
        let landed = slot.landing.as_ref().is_some_and(|it| it.mined.hash == by && it.confirmed);
        if hash == by || !landed {
            return Err(format!("{by} is not confirmed in place of {hash}"));
        }
        let attempt = slot.attempts.iter_mut().find(|attempt| attempt.signed.hash == hash);
        attempt.ok_or_else(|| format!("{hash} has another nonce than {by}"))?.replaced = true;
        Ok(())
    }

    fn cancel(&mut self, step: Position, hash: B256) -> Result<(), String> {
        self.known(step)?;
        let slot = self.slot_mut(hash)?;
        let purpose = slot.landed().map(|attempt| attempt.signed.purpose);
        if slot.is_settled() && purpose == Some(Purpose::Cancellation) {
            return Ok(());
        }
        Err(format!("step {step} is not cancelled by {hash}"))
    }

    fn reorganise(&mut self, hash: B256, block: BlockRef) -> Result<(), String> {
        let slot = self.slot_mut(hash)?;
        if slot.landing.as_ref().is_none_or(|it| it.mined.hash != hash || it.mined.block != block) {
            return Err(format!("{hash} was not in block {}", block.number));
        }
        slot.landing = None;
        slot.attempts.iter_mut().for_each(|attempt| attempt.replaced = false);
        self.finished = None;
        Ok(())
    }

    fn overtake(&mut self, step: Position) -> Result<(), String> {
        self.known(step)?;
        let book = self.steps.get_mut(&step).expect("the step is known");
        let slot = book.slot.take_if(|slot| slot.landing.is_none());
        let slot = slot.ok_or_else(|| format!("step {step} has no nonce that is open"))?;
        book.past.push(slot);
        book.forgotten = Some(Forgetting::Redo);
        Ok(())
    }

    fn forget(&mut self, step: Position, why: Forgetting) -> Result<(), String> {
        self.known(step)?;
        let book = self.steps.get_mut(&step).expect("the step is known");
        match book.slot.take_if(|slot| slot.is_settled()) {
            Some(slot) => book.past.push(slot),
            // What was left out is done after all, or the other way round.
            None if book.slot.is_none() && book.forgotten.is_some_and(|was| was != why) => {}
            None => return Err(format!("the nonce of step {step} is not used up yet")),
        }
        book.forgotten = Some(why);
        self.finished = None;
        Ok(())
    }

    fn look_again(&mut self, place: u32, look: Look) -> Result<(), String> {
        let known = usize::try_from(place).ok().and_then(|place| self.looks.get_mut(place));
        *known.ok_or_else(|| format!("there was no look {place}"))? = look;
        self.finished = None;
        Ok(())
    }

    fn known(&self, step: Position) -> Result<&StepBook, String> {
        self.steps.get(&step).ok_or_else(|| format!("step {step} was never signed"))
    }

    fn slot_mut(&mut self, hash: B256) -> Result<&mut Slot, String> {
        let position = self.positions.get(&hash);
        let book = position.and_then(|position| self.steps.get_mut(position));
        book.and_then(|book| book.slot.as_mut())
            .filter(|slot| slot.attempt(hash).is_some())
            .ok_or_else(|| format!("transaction {hash} is not one of a step's"))
    }

    fn attempt_mut(&mut self, hash: B256) -> Result<&mut Attempt, String> {
        let slot = self.slot_mut(hash)?;
        let attempt = slot.attempts.iter_mut().find(|attempt| attempt.signed.hash == hash);
        Ok(attempt.expect("the slot was found by it"))
    }

    fn landing_mut(
        &mut self,
        hash: B256,
        block: BlockRef,
        confirmed: bool,
    ) -> Result<&mut Landing, String> {
        let landing = self.slot_mut(hash)?.landing.as_mut();
        landing
            .filter(|it| it.mined.hash == hash && it.mined.block == block)
            .filter(|it| it.confirmed == confirmed)
            .ok_or_else(|| format!("{hash} does not wait in block {}", block.number))
    }
}

/// Whether a step's nonce may be signed for once more.
fn again(slot: &Slot, signed: &Signed) -> Result<(), String> {
    let Signed { step, purpose, sender, nonce, .. } = signed;
    if (*sender, *nonce) != (slot.sender, slot.nonce) || *purpose == Purpose::Step {
        return Err(format!("{step} has nonce {} of {} already", slot.nonce, slot.sender));
    }
    if slot.latest().signed.step.identity != step.identity {
        return Err(format!("{step} is not what was signed for it before"));
    }
    if slot.landing.is_some() {
        return Err(format!("{step} is in a block already"));
    }
    Ok(())
}

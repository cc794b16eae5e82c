//! A run: looking at what was signed, signing what comes next, waiting.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use alloy_primitives::{Address, B256};

use super::{
    error::SendError,
    seen::Seen,
    signer::Signer,
    step::{Landed, Options, Step},
};
use crate::{
    clock::Clock,
    journal::{Forgetting, Journal, Position, Purpose, Record, Slot, StepBook, StepState},
    rpc::{Block, Client, Receipt},
};

/// Sends steps, each exactly once.
pub struct Sender {
    pub(super) client: Client,
    pub(super) journal: Journal,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) signers: BTreeMap<Address, Box<dyn Signer>>,
    pub(super) options: Options,
    pub(super) memory: Memory,
    watch: Box<dyn FnMut(&Record)>,
}

/// What a run knows that it does not need to survive.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The highest block that was ever seen.
    pub(super) highest: u64,
    /// The latest block, when it was last looked at.
    pub(super) last: Option<Block>,
    /// It is the same as at the look before.
    pub(super) unchanged: bool,
    /// What was asked since that look.
    pub(super) seen: Seen,
    /// At which block a node was last heard to have a transaction.
    pub(super) heard: BTreeMap<B256, B256>,
    /// Since when the node contradicts what was seen before, by what it is about.
    pub(super) odd_since: BTreeMap<Oddity, Duration>,
    /// When a transaction was first offered to a node by this run.
    pub(super) offered: BTreeMap<B256, Duration>,
    /// When anything last went on.
    pub(super) progress: Duration,
    /// What a node would not have because it pays too little.
    pub(super) underpaid: BTreeSet<B256>,
    /// Steps that are what was signed for them.
    pub(super) meant: BTreeSet<Position>,
    /// Steps of which that is not known, and whose transaction the node does not have.
    pub(super) unheard: BTreeSet<Position>,
    /// What is waited for.
    pub(super) waiting: String,
    /// On which block a step was simulated, and how much gas it may use there.
    pub(super) simulated: BTreeMap<Position, (B256, u64)>,
    /// Receipts of what is in a block.
    pub(super) receipts: BTreeMap<B256, Receipt>,
}

/// Something that a backend that lags behind would say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Oddity {
    /// The latest block is lower than one before.
    Head,
    /// A nonce is used, but by none of what was signed for it.
    Nonce(Address, u64),
    /// A new contract has no code.
    Code(Address),
    /// An account has transactions that wait, and none of them is the journal's.
    Pending(Address),
    /// A second node has another receipt.
    Witness(B256),
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, journal, options, .. } = self;
        f.debug_struct("Sender")
            .field("client", client)
            .field("journal", journal)
            .field("options", options)
            .finish_non_exhaustive()
    }
}

impl Sender {
    /// Prepares to go on with a journal; nothing is sent yet.
    ///
    /// The caller holds the lock of each account ([`Lock::take_sender`](crate::storage::Lock::take_sender)) for as long
    /// as this lives.
    ///
    /// # Errors
    ///
    /// [`SendError::OtherChain`] if the journal is not of the node's chain.
    pub fn new(
        client: Client,
        journal: Journal,
        clock: Arc<dyn Clock>,
        signers: Vec<Box<dyn Signer>>,
        options: Options,
    ) -> Result<Self, SendError> {
        let begun = journal.book().begun();
        if (begun.chain_id, begun.genesis) != (client.chain_id(), client.genesis()) {
            let named = |id, genesis| format!("{id} that begins with {genesis}");
            let journal = named(begun.chain_id, begun.genesis);
            let node = named(client.chain_id(), client.genesis());
            return Err(SendError::OtherChain { journal, node });
        }
        let slots = journal.book().steps().filter_map(|step| step.slot.as_ref());
        let landings = slots.filter_map(|slot| slot.landing.as_ref());
        let highest = landings.map(|it| it.mined.block.number).max().unwrap_or_default();
        let memory = Memory { highest, progress: clock.now(), ..Memory::default() };
        let signers = signers.into_iter().map(|signer| (signer.address(), signer)).collect();
        Ok(Self { client, journal, clock, signers, options, memory, watch: Box::new(|_| ()) })
    }

    /// Calls `watch` with every record, after it is durable.
    pub fn watch(&mut self, watch: impl FnMut(&Record) + 'static) {
        self.watch = Box::new(watch);
    }

    /// The journal.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The node.
    pub const fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// How it sends.
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// What is waited with.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Writes down something that is not about transactions: a value, a pause, an end.
    ///
    /// # Errors
    ///
    /// [`SendError::Journal`].
    pub fn record(&mut self, record: &Record) -> Result<(), SendError> {
        self.note(record)?;
        self.settle()
    }

    /// Notes what a later run would find out again; it is written down by the next [`settle`](Self::settle).
    pub(super) fn note(&mut self, record: &Record) -> Result<(), SendError> {
        self.journal.stage(record)?;
        self.memory.progress = self.clock.now();
        Ok(())
    }

    /// Writes down what was noted, all at once: a disk takes as long for one record as for many.
    pub(super) fn settle(&mut self) -> Result<(), SendError> {
        for record in self.journal.commit()? {
            (self.watch)(&record);
        }
        Ok(())
    }

    /// A step was simulated on this block and may use so much gas: for as long as that block is the latest, the node is
    /// not asked what would come of it.
    pub fn simulated(&mut self, position: Position, block: B256, gas: u64) {
        self.memory.simulated.insert(position, (block, gas));
    }

    /// Whether a step is settled, by the journal, and nothing else is open; nobody is asked.
    ///
    /// # Errors
    ///
    /// [`SendError::Changed`] if it is not what was signed for it, [`SendError::Expired`] and [`SendError::Cancelled`] if it
    /// never landed.
    pub fn is_settled(&mut self, step: &Step) -> Result<bool, SendError> {
        self.compare(std::slice::from_ref(step))?;
        let slot = self.slot(step.id.position);
        let landed = slot.as_ref().filter(|slot| slot.is_settled()).and_then(Slot::landed);
        if landed.is_some_and(|landed| landed.signed.purpose == Purpose::Cancellation) {
            // It has a receipt, which is not the step's.
            return self.failure(std::slice::from_ref(step)).map_or(Ok(false), Err);
        }
        Ok(slot.is_some_and(|slot| slot.is_settled()) && self.awaited().is_empty())
    }

    /// The receipt of a transaction in this block, if it is known or can be had.
    ///
    /// # Errors
    ///
    /// [`SendError::Rpc`].
    pub fn receipt_in(&mut self, hash: B256, block: B256) -> Result<Option<Receipt>, SendError> {
        let is_there = |receipt: &Receipt| receipt.block_hash == Some(block);
        if let Some(known) = self.memory.receipts.get(&hash).filter(|it| is_there(it)) {
            return Ok(Some(known.clone()));
        }
        Ok(self.client.receipt(hash)?.filter(is_there))
    }

    /// Brings every step to its end, whatever earlier runs did, and returns them in order, but for those that were left
    /// out. Steps of the journal that are not among `steps` are looked after too, but for those that no node has: they are
    /// sent again once they are known to be what was signed for them.
    ///
    /// # Errors
    ///
    /// [`SendError`]; a new run goes on where this one ended.
    pub fn run(&mut self, steps: &[Step]) -> Result<Vec<Landed>, SendError> {
        let plan: BTreeMap<Position, &Step> =
            steps.iter().map(|step| (step.id.position, step)).collect();
        self.compare(steps)?;
        self.begin();
        loop {
            if let Some(head) = self.look()? {
                self.tend_all(&plan, &head)?;
                let failure = self.failure(steps);
                if failure.is_none() {
                    self.check_nothing_is_before(steps)?;
                    self.launch_all(steps, &plan, &head)?;
                }
                let open = self.awaited();
                if let (Some(failure), true) = (failure, open.is_empty()) {
                    return Err(failure);
                }
                if open.is_empty() && steps.iter().all(|step| self.is_over(step)) {
                    return Ok(steps.iter().filter_map(|step| self.landed(step)).collect());
                }
            }
            self.wait()?;
        }
    }

    /// Makes sure that what was signed for a step will not land, if it has not, and forgets the step. Returns whether that
    /// is done: nothing can be said of a nonce behind one that waits to be [sent again](Self::run), so that comes first,
    /// and then this once more.
    ///
    /// # Errors
    ///
    /// [`SendError::Done`] if the step was done and is to be done again, and [`SendError`] as for [`run`](Self::run).
    pub fn release(&mut self, position: Position, why: Forgetting) -> Result<bool, SendError> {
        self.begin();
        loop {
            let head = self.look()?;
            let Some(slot) = self.slot(position) else {
                return self.think_again(position, why).map(|()| true);
            };
            if slot.is_settled() {
                let book = self.journal.book().step(position).expect("it has a slot");
                let done = book.state() == StepState::Confirmed { success: true };
                if done && why == Forgetting::Redo {
                    return Err(SendError::Done { step: Box::new(book.id.clone()) });
                }
                return self.record(&Record::Forgotten { step: position, why }).map(|()| true);
            }
            if let Some(head) = head {
                self.tend_all(&BTreeMap::new(), &head)?;
                let slot = self.slot(position).filter(|slot| slot.landing.is_none());
                if let Some(slot) = slot.filter(|slot| !slot.is_cancelled()) {
                    self.cancel(&slot, &head)?;
                    self.settle()?;
                }
                if !self.awaited().contains(&position)
                    && self.slot(position).is_some_and(|slot| !slot.is_settled())
                {
                    return Ok(false);
                }
            }
            self.wait()?;
        }
    }

    /// What was left out is to be done after all, or the other way round.
    fn think_again(&mut self, position: Position, why: Forgetting) -> Result<(), SendError> {
        let state = self.journal.book().step(position).map(StepBook::state);
        match state {
            Some(StepState::Forgotten(was)) if was != why => {
                self.record(&Record::Forgotten { step: position, why })
            }
            _ => Ok(()),
        }
    }

    /// The nonce of a step, with all that was signed for it.
    pub(super) fn slot(&self, position: Position) -> Option<Slot> {
        self.journal.book().step(position).and_then(|step| step.slot.clone())
    }

    /// Steps whose nonce is not settled, in the order in which they can land.
    pub(super) fn open_positions(&self) -> Vec<Position> {
        let mut open: Vec<(Address, u64, Position)> = self
            .journal
            .book()
            .steps()
            .filter_map(|step| step.slot.as_ref().map(|slot| (step, slot)))
            .filter(|(_, slot)| !slot.is_settled())
            .map(|(step, slot)| (slot.sender, slot.nonce, step.id.position))
            .collect();
        open.sort_unstable();
        open.into_iter().map(|(_, _, position)| position).collect()
    }

    /// Whether an oddity has lasted so long that it is no lag; to be asked each time it is seen.
    pub(super) fn persists(&mut self, oddity: Oddity) -> bool {
        let now = self.clock.now();
        let since = *self.memory.odd_since.entry(oddity).or_insert(now);
        now.saturating_sub(since) >= self.options.lag
    }

    /// The oddity is not there, or not any more.
    pub(super) fn passes(&mut self, oddity: Oddity) {
        self.memory.odd_since.remove(&oddity);
    }

    /// Whether `step` is settled and ended as expected, or was left out.
    pub(super) fn is_over(&self, step: &Step) -> bool {
        match self.journal.book().step(step.id.position).map(StepBook::state) {
            Some(StepState::Confirmed { success }) => step.expects.is_met(success),
            Some(StepState::Forgotten(why)) => why == Forgetting::LeaveOut,
            _ => false,
        }
    }

    /// Refuses steps that are not what was signed for them.
    fn compare(&mut self, steps: &[Step]) -> Result<(), SendError> {
        let mut positions = BTreeSet::new();
        for step in steps {
            assert!(positions.insert(step.id.position), "positions are given once");
            let Some(book) = self.journal.book().step(step.id.position) else { continue };
            let Some(slot) = &book.slot else { continue };
            let what = if book.id.identity != step.id.identity {
                "content"
            } else if slot.sender != step.sender {
                "sender"
            } else {
                continue;
            };
            let (step, was) = (Box::new(step.id.clone()), book.id.name.clone());
            let landed = slot.landing.is_some();
            return Err(SendError::Changed { step, was, what, landed });
        }
        self.memory.meant.append(&mut positions);
        Ok(())
    }

    /// Why the run has to end once nothing is open: a step that is over, and not as expected.
    fn failure(&self, steps: &[Step]) -> Option<SendError> {
        steps.iter().find_map(|step| {
            let slot = self.journal.book().step(step.id.position)?.slot.as_ref()?;
            let mined = &slot.landing.as_ref()?.mined;
            let (hash, block, success) = (mined.hash, mined.block, mined.success);
            let (id, by) = (Box::new(step.id.clone()), step.by.into_iter().chain(slot.by()).min());
            if slot.landed()?.signed.purpose == Purpose::Cancellation {
                return Some(match by {
                    Some(by) => SendError::Expired { step: id, by },
                    None => SendError::Cancelled { step: id },
                });
            }
            if !step.expects.is_met(success) {
                return Some(SendError::Unexpected { step: id, hash, block, success });
            }
            let place = (block.number, mined.index);
            let needs = step.after.iter().find(|needed| self.landed_after(**needed, place))?;
            Some(SendError::OutOfOrder { step: id, needs: *needs, block })
        })
    }

    /// Whether a step landed after this place in the chain.
    fn landed_after(&self, position: Position, place: (u64, u64)) -> bool {
        let slot = self.journal.book().step(position).and_then(|step| step.slot.as_ref());
        let landing = slot.and_then(|slot| slot.landing.as_ref());
        landing.is_some_and(|it| (it.mined.block.number, it.mined.index) > place)
    }

    fn landed(&self, step: &Step) -> Option<Landed> {
        let book = self.journal.book().step(step.id.position)?;
        let mined = &book.slot.as_ref()?.landing.as_ref()?.mined;
        Some(Landed {
            position: step.id.position,
            hash: mined.hash,
            block: mined.block,
            created: book.created().map(|(address, _)| address),
            gas_used: mined.gas_used,
        })
    }

    /// A run begins: the chain may be another than the last run saw.
    fn begin(&mut self) {
        self.memory.progress = self.clock.now();
        self.memory.last = None;
    }

    /// The latest block, after everything that is settled was compared with a chain that changed; `None` while the node
    /// is behind what was seen before. If it stays behind, the chain itself went back.
    fn look(&mut self) -> Result<Option<Block>, SendError> {
        if self.options.stop.load(Ordering::Relaxed) {
            return Err(SendError::Interrupted);
        }
        let head = self.client.head()?;
        let number: u64 = head.number.to();
        if number < self.memory.highest && !self.persists(Oddity::Head) {
            self.memory.waiting = format!("the node is at block {number} and was further before");
            return Ok(None);
        }
        self.passes(Oddity::Head);
        self.memory.highest = number;
        self.memory.seen = Seen::default();
        self.memory.unchanged = self.memory.last.as_ref() == Some(&head);
        let continues = match self.memory.last.take() {
            None => false,
            Some(last) if last == head => true,
            Some(last) => {
                let same = self.client.block(last.number.to())?;
                same.is_some_and(|same| same.hash == last.hash)
            }
        };
        if !continues {
            self.recheck(&head)?;
        }
        self.memory.last = Some(head.clone());
        Ok(Some(head))
    }

    fn wait(&self) -> Result<(), SendError> {
        let now = self.clock.now();
        if now.saturating_sub(self.memory.progress) >= self.options.give_up {
            return Err(SendError::Waiting { reason: self.memory.waiting.clone() });
        }
        self.clock.sleep(self.options.poll);
        Ok(())
    }
}

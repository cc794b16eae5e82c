//! What becomes of what was signed.

use std::collections::{BTreeMap, btree_map::Entry};

use alloy_primitives::Address;

use super::{
    error::SendError,
    launch::is_late,
    sender::{Oddity, Sender},
    step::{Order, Step},
};
use crate::{
    journal::{BlockRef, Landing, Mined, Position, Purpose, Record, Slot, StepBook},
    rpc::{Block, Receipt, RpcError},
};

impl Sender {
    /// Looks at blocks that were deep enough once: a chain can be reorganised deeper than anybody waited for.
    pub(super) fn recheck(&mut self, head: &Block) -> Result<(), SendError> {
        let book = self.journal.book();
        let slots = book.steps().filter_map(|step| step.slot.as_ref());
        let settled: Vec<Mined> = slots
            .filter_map(|slot| slot.landing.as_ref())
            .filter(|landing| landing.confirmed)
            .map(|landing| landing.mined.clone())
            .collect();
        let mut blocks: BTreeMap<u64, Option<Block>> = BTreeMap::new();
        for Mined { hash, block, .. } in settled {
            let found = match blocks.entry(block.number) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(self.client.block(block.number)?),
            };
            if is_gone(block, found.as_ref(), head) {
                self.note(&Record::Reorganised { hash, block })?;
            }
        }
        self.settle()
    }

    /// Brings everything that is open forward, lowest nonces first.
    pub(super) fn tend_all(
        &mut self,
        plan: &BTreeMap<Position, &Step>,
        head: &Block,
    ) -> Result<(), SendError> {
        let mut open = self.open_positions().into_iter();
        let tended = open.try_for_each(|position| self.tend(position, plan, head));
        self.settle()?;
        tended
    }

    fn tend(
        &mut self,
        position: Position,
        plan: &BTreeMap<Position, &Step>,
        head: &Block,
    ) -> Result<(), SendError> {
        let step = plan.get(&position).copied();
        let slot = self.slot(position).expect("open steps have one");
        let ready = step.is_none_or(|step| self.is_ready(step, plan))
            && !self.comes_too_soon(position, slot.sender);
        if slot.landing.as_ref().is_some_and(|it| self.is_shallow(it.mined.block, head)) {
            return Ok(());
        }
        let found = match slot.landing {
            // Nothing is in a block of a nonce that the account has not come to.
            None if self.nonce_at(slot.sender, head)? <= slot.nonce => None,
            _ => self.find(&slot)?,
        };
        match (&slot.landing, found) {
            (None, None) => self.push(position, step, ready, head),
            (None, Some(mined)) => {
                self.note(&Record::Mined(mined.clone()))?;
                self.deepen(position, &mined, step, head)
            }
            (Some(Landing { mined: before, .. }), Some(mined)) => {
                if (before.hash, before.block) != (mined.hash, mined.block) {
                    let (hash, block) = (before.hash, before.block);
                    self.note(&Record::Reorganised { hash, block })?;
                    self.note(&Record::Mined(mined.clone()))?;
                }
                self.deepen(position, &mined, step, head)
            }
            (Some(Landing { mined: before, .. }), None) => {
                self.vanished(&slot, &before.clone(), (step, ready), head)
            }
        }
    }

    /// Whether a step of another account comes first, and is in no block.
    fn comes_too_soon(&self, position: Position, sender: Address) -> bool {
        let steps = self.journal.book().steps().take_while(|step| step.id.position < position);
        let mut waiting = steps.filter_map(|step| step.slot.as_ref());
        self.options.order == Order::Positions
            && waiting.any(|slot| slot.sender != sender && slot.landing.is_none())
    }

    /// Whether a block is not deep enough, and no more can be said of it, for it was so at the look before.
    fn is_shallow(&self, block: BlockRef, head: &Block) -> bool {
        self.memory.unchanged && depth(block, head) < self.wanted_depth()
    }

    const fn wanted_depth(&self) -> u64 {
        if self.options.confirmations > 1 { self.options.confirmations } else { 1 }
    }

    /// Which of what was signed for a nonce is in a block that is on the chain.
    fn find(&mut self, slot: &Slot) -> Result<Option<Mined>, SendError> {
        for attempt in slot.attempts.iter().rev() {
            let hash = attempt.signed.hash;
            let Some(receipt) = self.client.receipt(hash)? else { continue };
            let Receipt { transaction_hash, block_hash, block_number, status, .. } = receipt;
            // Some nodes give receipts of what is in no block yet, or was in one that is not on the chain.
            let (Some(block_hash), Some(number), Some(status)) = (block_hash, block_number, status)
            else {
                continue;
            };
            let block = BlockRef { number: number.to(), hash: block_hash };
            if transaction_hash != hash || self.hash_at(block.number)? != Some(block.hash) {
                continue;
            }
            let (success, gas_used) = (status.to::<u64>() == 1, receipt.gas_used.to());
            let gas_price = receipt.effective_gas_price;
            let index = receipt.transaction_index.unwrap_or_default().to();
            self.memory.receipts.insert(hash, receipt);
            return Ok(Some(Mined { hash, block, index, success, gas_used, gas_price }));
        }
        Ok(None)
    }

    /// A transaction that was in a block has no receipt.
    fn vanished(
        &mut self,
        slot: &Slot,
        before: &Mined,
        (step, ready): (Option<&Step>, bool),
        head: &Block,
    ) -> Result<(), SendError> {
        let Mined { hash, block, .. } = *before;
        self.memory.waiting = format!("{hash} is missing in block {}", block.number);
        let found = self.client.block(block.number)?;
        if !is_gone(block, found.as_ref(), head) {
            // The block is there, so the receipt is late.
            return Ok(());
        }
        self.note(&Record::Reorganised { hash, block })?;
        if !ready {
            return Ok(());
        }
        let attempt = slot.attempt(hash).expect("landings are of what was signed").clone();
        // What is too late by now gives way at the next look, as does what the runner has not come to.
        let nothing = attempt.signed.purpose == Purpose::Cancellation;
        if !nothing && (is_late(slot, step, head) || !self.is_meant(slot)) {
            return Ok(());
        }
        self.offer(&attempt)
    }

    /// Confirms what is deep enough.
    fn deepen(
        &mut self,
        position: Position,
        mined: &Mined,
        step: Option<&Step>,
        head: &Block,
    ) -> Result<(), SendError> {
        let Mined { hash, block, success, .. } = *mined;
        let (depth, wanted) = (depth(block, head), self.wanted_depth());
        self.memory.waiting = format!("{hash} is {depth} of {wanted} blocks deep");
        if depth < wanted || success && !self.code_is_right(position, mined, step)? {
            return Ok(());
        }
        if !self.is_witnessed(position, mined)? {
            return Ok(());
        }
        self.note(&Record::Confirmed { hash, block })?;
        let slot = self.slot(position).expect("it was just confirmed");
        for attempt in slot.attempts.iter().filter(|attempt| attempt.signed.hash != hash) {
            self.note(&Record::Replaced { hash: attempt.signed.hash, by: hash })?;
        }
        if slot.landed().is_some_and(|landed| landed.signed.purpose == Purpose::Cancellation) {
            self.note(&Record::Cancelled { step: position, hash })?;
        }
        Ok(())
    }

    /// Whether a second node, where there is one, has the same receipt; not yet, if it may lag behind or be down.
    fn is_witnessed(&mut self, position: Position, mined: &Mined) -> Result<bool, SendError> {
        let Mined { hash, block, success, .. } = *mined;
        self.memory.waiting = format!("a second node does not say that {hash} is in a block");
        let receipt = match self.client.ask_another(|other| other.receipt(hash)) {
            Ok(None) => return Ok(true),
            Ok(Some(receipt)) => receipt,
            Err(RpcError::Exhausted { .. } | RpcError::Refused { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let Some(receipt) = receipt else { return Ok(false) };
        let succeeded = receipt.status.is_some_and(|status| status.to::<u64>() == 1);
        if receipt.block_hash == Some(block.hash) && succeeded == success {
            self.passes(Oddity::Witness(hash));
            return Ok(true);
        }
        if !self.persists(Oddity::Witness(hash)) {
            return Ok(false);
        }
        let book = self.journal.book().step(position).map(|book: &StepBook| book.id.clone());
        let step = Box::new(book.expect("it has a slot"));
        Err(SendError::Disagreement { step, hash, block })
    }

    /// Whether a new contract has its code; not yet, if the node may lag behind.
    fn code_is_right(
        &mut self,
        position: Position,
        mined: &Mined,
        step: Option<&Step>,
    ) -> Result<bool, SendError> {
        let slot = self.slot(position).expect("it is in a block");
        let attempt = slot.attempt(mined.hash).expect("landings are of what was signed");
        let Some(address) = attempt.signed.creates else { return Ok(true) };
        let code = self.client.code(address, mined.block.number)?;
        let check = step.and_then(|step| step.code.as_ref());
        let right = check.map_or(!code.is_empty(), |check| check.accepts(&code));
        if !right && (!code.is_empty() || self.persists(Oddity::Code(address))) {
            let book = self.journal.book().step(position).map(|book: &StepBook| book.id.clone());
            let step = Box::new(book.expect("it has a slot"));
            return Err(SendError::OtherCode { step, address });
        }
        if right {
            self.passes(Oddity::Code(address));
        }
        Ok(right)
    }
}

/// How deep a block is; 1 is the latest one.
fn depth(block: BlockRef, head: &Block) -> u64 {
    (head.number.to::<u64>() + 1).saturating_sub(block.number)
}

/// Whether a block is on the chain no more, by what the node now has of its number. A node that has none may lag
/// behind, unless the latest block is lower and believed.
fn is_gone(block: BlockRef, found: Option<&Block>, head: &Block) -> bool {
    match found {
        Some(found) => found.hash != block.hash,
        None => head.number.to::<u64>() < block.number,
    }
}

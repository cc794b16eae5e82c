//! What was signed by an earlier run and never arrived is not sent before it is known to be what is wanted now.

use std::collections::BTreeSet;

use alloy_primitives::Address;

use super::{error::SendError, sender::Sender, step::Step};
use crate::journal::{Position, Slot, StepId};

impl Sender {
    /// Whether what was signed for a nonce is what is wanted now, or does nothing.
    pub(super) fn is_meant(&self, slot: &Slot) -> bool {
        let position = slot.latest().signed.step.position;
        slot.is_cancelled() || self.memory.meant.contains(&position)
    }

    /// Whether nobody knows if what was signed for a nonce is still wanted, and the node has none of it.
    pub(super) fn is_unheard(&mut self, slot: &Slot) -> Result<bool, SendError> {
        if self.is_meant(slot) {
            return Ok(false);
        }
        for attempt in &slot.attempts {
            if self.client.known(attempt.signed.hash)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Open steps that may land, in the order in which they can: without those that were not sent again yet, and what
    /// comes behind these.
    pub(super) fn awaited(&self) -> Vec<Position> {
        let mut stopped: BTreeSet<Address> = BTreeSet::new();
        let mut awaited = Vec::new();
        for position in self.open_positions() {
            let Some(slot) = self.slot(position) else { continue };
            if self.stops(&slot) {
                stopped.insert(slot.sender);
            }
            if slot.landing.is_some() || !stopped.contains(&slot.sender) {
                awaited.push(position);
            }
        }
        awaited
    }

    /// A step that was signed, is in no block, and that this run has not come to.
    pub fn left_over(&self) -> Option<StepId> {
        let mut open = self.open_positions().into_iter().filter_map(|position| self.slot(position));
        open.find(|slot| !self.is_meant(slot)).map(|slot| slot.latest().signed.step.clone())
    }

    /// Refuses steps that can only land behind one that is not sent again before the run comes to it.
    pub(super) fn check_nothing_is_before(&self, steps: &[Step]) -> Result<(), SendError> {
        for step in steps.iter().filter(|step| !self.is_over(step)) {
            let own = self.slot(step.id.position);
            if own.as_ref().is_some_and(|slot| slot.landing.is_some()) {
                continue;
            }
            let others = self.open_positions().into_iter().filter_map(|other| self.slot(other));
            let mut before = others.filter(|other| {
                let first = own.as_ref().is_none_or(|own| other.nonce < own.nonce);
                first && other.sender == step.sender && self.stops(other)
            });
            if let Some(before) = before.next() {
                let first = Box::new(before.latest().signed.step.clone());
                return Err(SendError::Behind { step: Box::new(step.id.clone()), first });
            }
        }
        Ok(())
    }

    /// Whether nothing of its account lands before somebody says that it is wanted.
    fn stops(&self, slot: &Slot) -> bool {
        let position = slot.latest().signed.step.position;
        slot.landing.is_none() && !self.is_meant(slot) && self.memory.unheard.contains(&position)
    }
}

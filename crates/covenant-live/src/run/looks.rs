//! Blocks that are looked at without a transaction: a date is waited for, or the beginning.

use std::sync::atomic::Ordering;

use covenant_chain::{Chain, Timestamp};

use super::{
    carrier::{Clockwork, Live, Result, Waiting, settled_head},
    error::LiveError,
};
use crate::{
    journal::{BlockRef, Look, Position, Record},
    send::SendError,
};

impl Live {
    /// Waits until a settled block has this time or a later one, and looks at it.
    pub(super) fn await_time(&mut self, chain: &mut Chain, to: Timestamp) -> Result<()> {
        if let Some(look) = self.next_look(to)? {
            return self.look(chain, look);
        }
        loop {
            let look = self.settled_head()?;
            if look.at >= to {
                return self.note_look(chain, look);
            }
            // A block that is only not deep enough yet is waited for in any case.
            let latest = Timestamp(self.sender.client().head()?.timestamp.to());
            if self.waiting == Waiting::Park && latest < to {
                let step = Position(self.next);
                self.sender.record(&Record::Parked { step, until: to })?;
                return Err(LiveError::Parked { step, until: to });
            }
            self.pause()?;
        }
    }

    fn pause(&self) -> Result<()> {
        if self.sender.options().stop.load(Ordering::Relaxed) {
            return Err(SendError::Interrupted.into());
        }
        self.sender.clock().sleep(self.poll);
        Ok(())
    }

    /// The latest block that is as deep as is asked for.
    pub(super) fn settled_head(&mut self) -> Result<Look> {
        settled_head(self.sender.client(), self.confirmations)
    }

    /// The block that an earlier run looked at here, waiting for this time.
    pub(super) fn next_look(&mut self, wanted: Timestamp) -> Result<Option<Look>> {
        if self.search.is_some() {
            return self.seek_look(wanted).map(Some);
        }
        let place = self.looks;
        if self.sender.journal().book().looks().get(place).is_none() {
            return Ok(None);
        }
        let look = self.look_that_is_there(place, wanted)?;
        self.looks += 1;
        Ok(Some(look))
    }

    /// A look of the journal. If its block is gone, deeper than anybody waited for, or if a step that comes before it has
    /// come back after it, another one is looked at in its place: what was signed because of the first stays what it is,
    /// and is refused if it is something else by the second.
    pub(super) fn look_that_is_there(&mut self, place: usize, wanted: Timestamp) -> Result<Look> {
        let look = self.sender.journal().book().looks()[place];
        if self.clockwork == Clockwork::Ours {
            return Ok(look);
        }
        let before = self.read.values().map(|(_, block)| block.number).max().unwrap_or_default();
        let least = look.block.number.max(before);
        let gone = match self.view_of(look.block) {
            Err(LiveError::Moved { .. }) => self.is_gone(look.block)?,
            view => view.map(|_| false)?,
        };
        if gone || look.block.number < least {
            let look = self.first_settled(least, wanted)?;
            let place = u32::try_from(place).expect("a journal has fewer lines");
            self.sender.record(&Record::LookedAgain { place, look })?;
            return Ok(look);
        }
        Ok(look)
    }

    /// Whether a block is not on the chain, also after as long as a backend may lag behind.
    fn is_gone(&mut self, block: BlockRef) -> Result<bool> {
        let since = self.sender.clock().now();
        loop {
            let found = self.sender.client().block(block.number)?;
            if found.is_some_and(|found| found.hash == block.hash) {
                return Ok(false);
            }
            if self.sender.clock().now().saturating_sub(since) >= self.sender.options().lag {
                return Ok(true);
            }
            self.pause()?;
        }
    }

    /// The first block from this number on that has this time or a later one, once it is as deep as is asked for.
    fn first_settled(&mut self, mut number: u64, wanted: Timestamp) -> Result<Look> {
        loop {
            let settled = self.settled_head()?;
            while number <= settled.block.number {
                let found = self.sender.client().block(number)?;
                let found = found.ok_or(LiveError::Moved { number })?;
                let at = Timestamp(found.timestamp.to());
                if at >= wanted {
                    return Ok(Look { block: BlockRef { number, hash: found.hash }, at });
                }
                number += 1;
            }
            self.pause()?;
        }
    }

    /// Writes down that a block is looked at, and looks at it.
    pub(super) fn note_look(&mut self, chain: &mut Chain, look: Look) -> Result<()> {
        chain.save_fork()?;
        self.sender.record(&Record::Looked(look))?;
        self.looks += 1;
        self.look(chain, look)
    }

    pub(super) fn look(&mut self, chain: &mut Chain, look: Look) -> Result<()> {
        let state = self.state_after(look.block)?;
        self.furthest = None;
        chain.restore(&state);
        Ok(())
    }
}

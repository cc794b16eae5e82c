//! A run that the chain took something away from is taken again.
//!
//! The runner goes from step to step and does not turn round. A reorganisation deeper than anybody waited for takes away
//! what it has passed: the sender repairs that, but what was read of it is of blocks that are not there any more. Then
//! everything is read once more, from the journal, as a later run would.

use std::sync::Arc;

use covenant_chain::ChainError;
use covenant_scenario::{
    event::Run,
    plan::Plan,
    run::{Halted, RunError, RunOptions, run_on},
};

use super::{
    ahead::Ahead,
    carrier::{Clockwork, Live},
    error::LiveError,
    middle::Recent,
};
use crate::send::SendError;

/// How often a run is taken again: a chain that is not the same for that many times comes to no rest.
const AGAIN: u32 = 8;

impl Live {
    /// Lets the runner take its way, until nothing that it saw is gone when it is done.
    pub(super) fn carry(
        &mut self,
        plan: &Arc<Plan>,
        options: &RunOptions,
        ahead: impl Fn() -> Option<Ahead>,
    ) -> Result<Run, Box<Halted>> {
        let mut rounds = 0;
        loop {
            rounds += 1;
            self.begin_again(ahead());
            let outcome = run_on(plan, options, &mut *self);
            let lost = outcome.as_ref().err().map(|halted| Lost::by(&halted.error));
            if self.clockwork == Clockwork::Ours || lost == Some(Lost::Nothing) {
                return outcome;
            }
            // Looks at all that is settled, and brings back what is not on the chain any more.
            if let Err(error) = self.sender.run(&[]) {
                return Err(halted(error, outcome));
            }
            let outdated = self.is_outdated();
            if outdated.is_none() && lost != Some(Lost::Block) {
                return outcome;
            }
            if rounds == AGAIN {
                let number = outdated.unwrap_or_default();
                let ended = |_| {
                    Box::new(Halted { error: LiveError::Moved { number }.into(), so_far: None })
                };
                return outcome.map_or_else(Err, |run| Err(ended(run)));
            }
        }
    }

    /// As if nothing had been read.
    fn begin_again(&mut self, ahead: Option<Ahead>) {
        (self.next, self.looks, self.is_tended) = (0, 0, false);
        (self.recent, self.ahead, self.furthest) = (Recent::default(), ahead, None);
        self.tape.clear();
        self.differences.clear();
        self.unclear.clear();
        self.read.clear();
    }

    /// The block in which a step was when the runner came to it, if it is not there any more.
    fn is_outdated(&self) -> Option<u64> {
        let book = self.sender.journal().book();
        let mut gone = self.read.iter().filter(|(position, (hash, block))| {
            let slot = book.step(**position).and_then(|step| step.slot.as_ref());
            let mined = slot.and_then(|slot| slot.landing.as_ref()).map(|landing| &landing.mined);
            mined.is_none_or(|mined| mined.hash != *hash || mined.block != *block)
        });
        gone.next().map(|(_, (_, block))| block.number)
    }
}

/// What a run ended for the want of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    /// A block that is not on the chain any more.
    Block,
    /// State that no node would give; perhaps of such a block.
    State,
    /// Nothing that can have gone away.
    Nothing,
}

impl Lost {
    fn by(error: &RunError) -> Self {
        let state = |error: &ChainError| {
            let unread = matches!(error, ChainError::Fork(error) if error.is_network());
            if unread { Self::State } else { Self::Nothing }
        };
        match error {
            RunError::Chain(error) => state(error),
            RunError::Carrier(error) => match error.downcast_ref::<LiveError>() {
                Some(LiveError::Moved { .. } | LiveError::Send(SendError::Undone { .. })) => {
                    Self::Block
                }
                Some(LiveError::Chain(error)) => state(error),
                _ => Self::Nothing,
            },
            _ => Self::Nothing,
        }
    }
}

fn halted(error: SendError, outcome: Result<Run, Box<Halted>>) -> Box<Halted> {
    let so_far = match outcome {
        Ok(run) => Some(Box::new(run)),
        Err(halted) => halted.so_far,
    };
    Box::new(Halted { error: LiveError::from(error).into(), so_far })
}

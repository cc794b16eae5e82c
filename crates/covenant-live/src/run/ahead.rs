//! What the runner will want to send next, found by letting it take its way once more.
//!
//! A second runner is given what the first one saw, up to where that is now, and then the state of the latest block, on
//! which it simulates what it sends. It ends where anything is decided by what the chain says, and where a transaction
//! touches what another one of them wrote: what comes before may be in flight together, because each of these does the
//! same whether the others have landed or not.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, U256};
use covenant_chain::{
    Chain, Difference, Receipt, Rejection, Snapshot, Timestamp, Transaction, TxKind,
    shadow::{InstantId, Read},
};
use covenant_scenario::{
    plan::Plan,
    run::{Answer, Carrier, Detail, Ending, Parcel, RunError, RunOptions, Sent, play_on},
};

use super::{
    error::LiveError,
    gas,
    parcel::{Names, identity, named, step},
};
use crate::{
    journal::{Position, StepId},
    records::Described,
    send::Step,
};

/// What the runner was answered, with the state that it then saw.
#[derive(Clone, Debug)]
enum Taken {
    Begun(Snapshot),
    Sent(Box<Sent>, Snapshot),
    Waited(Snapshot),
    Mined(Snapshot),
}

/// The way of a runner so far, and how far ahead of it may be sent.
#[derive(Debug)]
pub(super) struct Ahead {
    plan: Arc<Plan>,
    options: RunOptions,
    window: usize,
    /// Gas is what the simulation says, so that the node need not be asked.
    exact: bool,
    first: Option<Chain>,
    taken: Vec<Taken>,
}

/// A transaction that the runner is going to want.
#[derive(Debug)]
pub(super) struct Foreseen {
    /// As a step.
    pub(super) step: Step,
    /// What it is.
    pub(super) described: Described,
    /// Most gas it needs, where the simulation can tell.
    pub(super) gas: Option<u64>,
}

impl Ahead {
    /// Follows a runner; `window` is how many transactions may be in flight at once.
    pub(super) fn new(plan: Arc<Plan>, options: &RunOptions, window: usize, exact: bool) -> Self {
        // Nobody reads what this run records.
        let options = RunOptions { detail: Detail::Normal, brief: true, ..options.clone() };
        Self { plan, options, window, exact, first: None, taken: Vec::new() }
    }

    pub(super) fn opened(&mut self, chain: &Chain) {
        self.first = Some(chain.clone());
    }

    pub(super) fn begun(&mut self, chain: &Chain) {
        self.taken.push(Taken::Begun(chain.snapshot()));
    }

    pub(super) fn sent(&mut self, sent: &Sent, chain: &Chain) {
        self.taken.push(Taken::Sent(Box::new(sent.clone()), chain.snapshot()));
    }

    pub(super) fn waited(&mut self, chain: &Chain) {
        self.taken.push(Taken::Waited(chain.snapshot()));
    }

    pub(super) fn mined(&mut self, chain: &Chain) {
        self.taken.push(Taken::Mined(chain.snapshot()));
    }

    /// What may be in flight together, the transaction that comes next first; `here` is the state after the latest block.
    ///
    /// Nothing where nothing can be said: then one is sent after the other, and who sends it meets what is in the way.
    pub(super) fn foresee(
        &self,
        start: Timestamp,
        here: Snapshot,
        next: Position,
        names: &Names,
    ) -> Vec<Foreseen> {
        let Some(first) = &self.first else { return Vec::new() };
        let mut scout = Scout {
            ahead: self,
            first,
            start,
            here,
            next,
            names,
            at: 0,
            found: Vec::new(),
            written: Written::default(),
        };
        // It ends early, as it should, or where it cannot go on; what was found before is as good either way.
        let _ = play_on(&self.plan, &self.options, &mut scout);
        scout.found
    }
}

/// Whether a transaction is one that the others need not wait for: nothing is looked at but that it ran to its end.
pub(super) fn is_plain(parcel: &Parcel<'_>) -> bool {
    parcel.ending == Ending::Success && parcel.answer == Answer::Welcome && parcel.by.is_none()
}

/// Takes the way of the first runner, and goes on from there in simulation.
#[derive(Debug)]
struct Scout<'a> {
    ahead: &'a Ahead,
    first: &'a Chain,
    start: Timestamp,
    here: Snapshot,
    next: Position,
    names: &'a Names,
    /// How much of the way was taken.
    at: usize,
    found: Vec<Foreseen>,
    written: Written,
}

impl Scout<'_> {
    fn end() -> RunError {
        LiveError::NothingMore.into()
    }

    fn follow(&mut self) -> Option<&Taken> {
        let taken = self.ahead.taken.get(self.at)?;
        self.at += 1;
        Some(taken)
    }

    fn is_ahead(&self) -> bool {
        self.at == self.ahead.taken.len()
    }

    /// Simulates what comes next, and keeps it if it may go before the others have landed.
    fn try_out(&mut self, chain: &mut Chain, parcel: &Parcel<'_>) -> Result<Sent, RunError> {
        if self.found.is_empty() {
            chain.restore(&self.here);
        }
        let same_sender =
            self.found.first().is_none_or(|first| first.step.sender == parcel.transaction.from);
        if self.found.len() >= self.ahead.window || !is_plain(parcel) || !same_sender {
            return Err(Self::end());
        }
        let before = chain.clone();
        let simulated =
            chain.send_compared(parcel.transaction, InstantId(0), BTreeMap::new(), None);
        let (receipt, seen, differences) = simulated?;
        let from = parcel.transaction.from;
        let depends = self.written.touches(&seen.followed.read, from)
            || self.written.is_named_in(parcel.transaction);
        if !receipt.outcome.is_success() || depends {
            return Err(Self::end());
        }
        self.written.add(&differences, from);
        let gas = match parcel.transaction.gas_limit {
            None if self.ahead.exact => {
                let limit = gas::limit(&before, parcel.transaction, &receipt);
                Some(limit.map_err(RunError::from)?)
            }
            _ => None,
        };
        let count = u32::try_from(self.found.len()).map_err(|_| Self::end())?;
        let (name, described) = named(self.names, parcel);
        let position = Position(self.next.0 + count);
        let id = StepId { position, name, identity: identity(parcel) };
        let step = step(id, parcel, parcel.transaction.gas_limit);
        self.found.push(Foreseen { step, described, gas });
        Ok(Sent::plain(Ok(receipt)))
    }
}

impl Carrier for Scout<'_> {
    const LOOKS: bool = true;

    fn open(&mut self, _: &Plan, _: &RunOptions) -> Result<Chain, RunError> {
        Ok(self.first.clone())
    }

    fn start(&self, _: &Chain) -> Timestamp {
        self.start
    }

    fn endow(&mut self, _: &mut Chain, _: Address, _: U256) -> Result<(), RunError> {
        Ok(())
    }

    fn begin(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        match self.follow() {
            Some(Taken::Begun(state)) => {
                chain.restore(state);
                Ok(())
            }
            _ => Err(Self::end()),
        }
    }

    fn send(&mut self, chain: &mut Chain, parcel: &Parcel<'_>) -> Result<Sent, RunError> {
        if self.is_ahead() {
            return self.try_out(chain, parcel);
        }
        match self.follow() {
            Some(Taken::Sent(sent, state)) => {
                chain.restore(state);
                Ok((**sent).clone())
            }
            _ => Err(Self::end()),
        }
    }

    fn send_block(
        &mut self,
        _: &mut Chain,
        _: &[Transaction],
    ) -> Result<Result<Vec<Receipt>, Rejection>, RunError> {
        Err(Self::end())
    }

    fn wait(&mut self, chain: &mut Chain, _: Timestamp) -> Result<(), RunError> {
        match self.follow() {
            Some(Taken::Waited(state)) => {
                chain.restore(state);
                Ok(())
            }
            _ => Err(Self::end()),
        }
    }

    fn mine(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        match self.follow() {
            Some(Taken::Mined(state)) => {
                chain.restore(state);
                Ok(())
            }
            _ => Err(Self::end()),
        }
    }

    fn look(&mut self) -> Result<(), RunError> {
        if self.found.is_empty() { Ok(()) } else { Err(Self::end()) }
    }
}

/// What those that are in flight write, apart from the nonce and the balance of the account that sends them all: the first
/// is certain, and what it has changes with every fee.
#[derive(Debug, Default)]
struct Written {
    accounts: BTreeSet<Address>,
    slots: BTreeSet<(Address, U256)>,
    created: BTreeSet<Address>,
    /// The bytes with which addresses in `created` begin.
    heads: BTreeSet<u8>,
}

impl Written {
    fn add(&mut self, differences: &[Difference], sender: Address) {
        for difference in differences {
            match difference {
                Difference::Account { address, before, after } if *address != sender => {
                    self.accounts.insert(*address);
                    if before.code != after.code {
                        self.created.insert(*address);
                        self.heads.insert(address[0]);
                    }
                }
                Difference::Account { .. } => {}
                Difference::Slot { address, slot, .. } => {
                    self.slots.insert((*address, *slot));
                }
            }
        }
    }

    /// Whether an execution looked at any of it. Whatever it wrote, it looked at.
    fn touches(&self, read: &Read, sender: Address) -> bool {
        read.iter().any(|account| {
            let address = account.address;
            (address != sender && self.accounts.contains(&address))
                || account.slots.iter().any(|slot| self.slots.contains(&(address, *slot)))
        })
    }

    /// Whether a transaction carries the address of a contract that is not there yet: it would do the same without it, and
    /// point to nothing.
    fn is_named_in(&self, transaction: &Transaction) -> bool {
        if self.created.is_empty() {
            return false;
        }
        let to = match transaction.kind {
            TxKind::Call(to) => self.created.contains(&to),
            TxKind::Create => false,
        };
        let mut words = transaction.input.windows(Address::len_bytes());
        to || words.any(|word| {
            self.heads.contains(&word[0]) && self.created.contains(&Address::from_slice(word))
        })
    }
}

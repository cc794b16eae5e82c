//! What the runner would send is looked for on the chain, and so are the blocks that it may have looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, B256};
use covenant_chain::Timestamp;
use covenant_scenario::run::{Ending, Parcel};

use super::super::{
    ahead::is_plain,
    carrier::{Live, Result},
    error::{LiveError, time},
    parcel::step,
};
use crate::{
    journal::{BlockRef, Forgetting, Look, Position, Record, StepId, StepState},
    recover::{Found, Scan, is_of, records_of},
    rpc::Client,
    send::Step,
};

/// How an attempt begins, and what is taken for granted in it.
#[derive(Clone, Debug)]
pub(super) struct Assumptions {
    /// What the accounts have sent.
    pub(super) scan: Arc<Scan>,
    /// The block that was looked at first.
    pub(super) first: Look,
    /// How many blocks later than possible something was looked at, by its place among the looks.
    pub(super) shifts: BTreeMap<usize, u64>,
    /// What became of steps that did not end as they should.
    pub(super) told: BTreeMap<Position, Forgetting>,
    /// What has nothing to do with the scenario.
    pub(super) foreign: BTreeSet<B256>,
    /// Somebody said what `start` was.
    pub(super) told_start: bool,
    /// Only the block of the first step is wanted, and it may be a little different.
    pub(super) probing: bool,
}

/// What was found so far.
#[derive(Debug)]
pub(in crate::run) struct Search {
    assumed: Assumptions,
    /// Blocks that were looked at since the last transaction: nothing says yet that they were.
    pending: Vec<Look>,
    /// Nothing that comes is in an earlier block.
    from: u64,
    /// The nonces of each account that come next.
    next: BTreeMap<Address, u64>,
    claimed: BTreeMap<B256, StepId>,
    /// Those of them that reverted.
    failed: BTreeSet<B256>,
    /// Where the first step is, if that is all that was wanted.
    probed: Option<u64>,
    /// What was looked for and not found.
    missing: Option<String>,
    /// The step that was.
    missing_step: Option<StepId>,
}

impl Search {
    pub(super) const fn new(assumed: Assumptions) -> Self {
        Self {
            assumed,
            pending: Vec::new(),
            from: 0,
            next: BTreeMap::new(),
            claimed: BTreeMap::new(),
            failed: BTreeSet::new(),
            probed: None,
            missing: None,
            missing_step: None,
        }
    }

    /// The block that was looked at first.
    pub(in crate::run) const fn first(&self) -> BlockRef {
        self.assumed.first.block
    }

    pub(super) const fn probed(&self) -> Option<u64> {
        self.probed
    }

    pub(super) fn missing(&self) -> Option<(&str, Option<&StepId>)> {
        self.missing.as_deref().map(|it| (it, self.missing_step.as_ref()))
    }

    pub(super) const fn claimed(&self) -> &BTreeMap<B256, StepId> {
        &self.claimed
    }

    /// Whether a transaction that was taken for a step reverted.
    pub(super) fn has_failed(&self, hash: B256) -> bool {
        self.failed.contains(&hash)
    }

    /// How many blocks were looked at since the last transaction that was found.
    pub(super) const fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Whether a transaction could still be a step.
    fn is_open(&self, found: &Found) -> bool {
        !self.claimed.contains_key(&found.hash)
            && !self.assumed.foreign.contains(&found.hash)
            && found.block.number >= self.from
            && found.nonce >= self.next.get(&found.sender).copied().unwrap_or_default()
    }

    /// Whether an account sends more in a block, after this nonce.
    pub(in crate::run) fn sends_more(&self, sender: Address, block: BlockRef, nonce: u64) -> bool {
        self.assumed.scan.of(sender).any(|found| found.block == block && found.nonce > nonce)
    }

    /// Transactions that are neither steps nor known to be something else. What came before the first step counts, unless
    /// it is known when that was: a step that is not recognised any more would be sent again.
    pub(super) fn strays(&self) -> impl Iterator<Item = &Found> {
        let from = if self.assumed.told_start { self.assumed.first.block.number } else { 0 };
        self.assumed.scan.all().filter(move |it| {
            !self.claimed.contains_key(&it.hash)
                && !self.assumed.foreign.contains(&it.hash)
                && it.block.number >= from
                && !does_nothing(it)
        })
    }

    /// Another transaction that could be a step that was found.
    pub(super) fn twice(&self) -> Option<(&StepId, B256, B256)> {
        let same = |a: &Found, b: &Found| {
            (a.sender, a.to, a.value, &a.input) == (b.sender, b.to, b.value, &b.input)
        };
        let free = |it: &&Found| {
            !self.claimed.contains_key(&it.hash) && !self.assumed.foreign.contains(&it.hash)
        };
        self.assumed.scan.all().filter(free).find_map(|other| {
            let mut claimed = self.assumed.scan.all().filter(|it| same(it, other));
            let (one, step) =
                claimed.find_map(|it| self.claimed.get(&it.hash).map(|step| (it, step)))?;
            Some((step, one.hash, other.hash))
        })
    }

    /// What may be a step and has this nonce of its account.
    pub(super) fn at(&self, step: &Step, nonce: u64) -> Option<&Found> {
        let open = |it: &&Found| it.nonce == nonce && self.is_open(it) && is_of(it, step);
        self.assumed.scan.of(step.sender).find(open)
    }

    /// What somebody said became of a step that did not end as it should.
    pub(super) fn told(&self, position: Position) -> Option<Forgetting> {
        self.assumed.told.get(&position).copied()
    }

    fn find(&self, step: &Step) -> Option<&Found> {
        let fits = |it: &&Found| {
            if self.assumed.probing { is_like(it, step) } else { is_of(it, step) }
        };
        self.assumed.scan.of(step.sender).filter(|it| self.is_open(it)).find(fits)
    }

    /// The earliest block at or after this time that may have been looked at before something else was sent.
    fn look(&mut self, client: &mut Client, index: usize, wanted: Timestamp) -> Result<Look> {
        if index == 0 {
            return Ok(self.looked(self.assumed.first));
        }
        let last = self.assumed.scan.all().filter(|it| self.is_open(it)).map(|it| it.block.number);
        let last = last.max().and_then(|last| last.checked_sub(1));
        let found = match last.filter(|last| *last >= self.from) {
            Some(last) => earliest(client, (self.from, last), wanted)?.map(|found| (found, last)),
            None => None,
        };
        let shift = self.assumed.shifts.get(&index).copied().unwrap_or_default();
        let number = found.map(|(look, last)| (look.block.number.saturating_add(shift), last));
        match number.filter(|(number, last)| number <= last) {
            Some((number, _)) => Ok(self.looked(look_at(client, number)?)),
            None => {
                self.missing = Some(format!("any of the steps that wait until {}", time(wanted)));
                Err(LiveError::NothingMore)
            }
        }
    }

    fn looked(&mut self, look: Look) -> Look {
        self.pending.push(look);
        self.from = look.block.number + 1;
        look
    }
}

/// Whether a transaction only used up its nonce, as cancellations do.
fn does_nothing(found: &Found) -> bool {
    found.to == Some(found.sender) && found.value.is_zero() && found.input.is_empty()
}

/// Whether a transaction may be a step whose numbers were others.
fn is_like(found: &Found, step: &Step) -> bool {
    let head = if step.to.is_some() { 4 } else { 64 };
    let start = |bytes: &[u8]| bytes[..bytes.len().min(head)].to_vec();
    found.to == step.to && start(&found.input) == start(&step.input)
}

/// A block, as something that is looked at.
pub(super) fn look_at(client: &mut Client, number: u64) -> Result<Look> {
    let block = client.block(number)?.ok_or(LiveError::Moved { number })?;
    let at = Timestamp(block.timestamp.to());
    Ok(Look { block: BlockRef { number, hash: block.hash }, at })
}

/// The earliest of some blocks, both ends included, that has this time or a later one.
pub(super) fn earliest(
    client: &mut Client,
    (mut low, mut high): (u64, u64),
    wanted: Timestamp,
) -> Result<Option<Look>> {
    let last = look_at(client, high)?;
    if last.at < wanted {
        return Ok(None);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if look_at(client, middle)?.at >= wanted {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(Some(look_at(client, low)?))
}

impl Live {
    /// The block that the first run may have looked at here.
    pub(in crate::run) fn seek_look(&mut self, wanted: Timestamp) -> Result<Look> {
        let search = self.search.as_mut().expect("only a search seeks");
        let look = search.look(self.sender.client(), self.looks, wanted)?;
        self.looks += 1;
        Ok(look)
    }

    /// Writes down which transaction was a step, and what became of it; ends the run where there is none.
    pub(in crate::run) fn seek_step(&mut self, id: &StepId, parcel: &Parcel<'_>) -> Result<()> {
        let step = step(id.clone(), parcel, None);
        let wanted = parcel.ending == Ending::Success;
        loop {
            let state = self.sender.journal().book().step(id.position).map(|it| it.state());
            match state {
                None | Some(StepState::Forgotten(Forgetting::Redo)) => {
                    let found = self.seek(&step)?;
                    let success = self.write_down(&step, &found)?;
                    if !success && is_plain(parcel) {
                        self.seek_beside(&step, &found)?;
                    }
                }
                Some(StepState::Confirmed { success }) if success != wanted => {
                    let search = self.search.as_ref().expect("only a search seeks");
                    let again = search.find(&step).is_some();
                    let told = search.told(id.position);
                    match told.filter(|why| *why == Forgetting::LeaveOut || again) {
                        Some(why) => {
                            self.sender.record(&Record::Forgotten { step: id.position, why })?;
                        }
                        None => return Ok(()),
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    /// The transaction that was a step; ends the run where there is none, or where only its block is wanted.
    fn seek(&mut self, step: &Step) -> Result<Found> {
        let search = self.search.as_mut().expect("only a search seeks");
        match search.find(step).cloned() {
            Some(found) if search.assumed.probing => search.probed = Some(found.block.number),
            Some(found) => return Ok(found),
            None => {
                let id = &step.id;
                (search.missing, search.missing_step) = (Some(id.to_string()), Some(id.clone()));
            }
        }
        Err(LiveError::NothingMore)
    }

    /// Writes down that a transaction was a step; says whether it ran to its end.
    pub(super) fn write_down(&mut self, step: &Step, found: &Found) -> Result<bool> {
        let (depth, scan) = {
            let search = self.search.as_ref().expect("only a search seeks");
            (self.confirmations, Arc::clone(&search.assumed.scan))
        };
        let Some((records, success)) = records_of(self.sender.client(), &scan, step, found, depth)?
        else {
            return Err(LiveError::Moved { number: found.block.number });
        };
        let search = self.search.as_mut().expect("only a search seeks");
        let looks = std::mem::take(&mut search.pending);
        search.from = found.block.number;
        search.next.insert(found.sender, found.nonce + 1);
        search.claimed.insert(found.hash, step.id.clone());
        if !success {
            search.failed.insert(found.hash);
        }
        for look in looks {
            self.sender.record(&Record::Looked(look))?;
        }
        for record in records {
            self.sender.record(&record)?;
        }
        Ok(success)
    }
}

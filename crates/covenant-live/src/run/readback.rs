//! What became of a transaction, as the network tells it, beside what the simulation of it says.

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{Chain, Outcome, Receipt, Snapshot, Timestamp, Transaction};
use covenant_scenario::run::{Output, Parcel, Sent};

use super::{
    carrier::{Live, Result},
    error::LiveError,
    middle::{fee, put},
    parcel::logs,
    parity::{Difference, Landed, Moment},
    trace,
};
use crate::{
    journal::{Landing, Mined, Position},
    rpc,
};

/// What the network says of a transaction.
struct Told<'a> {
    text: &'a str,
    transaction: Transaction,
    mined: Mined,
    receipt: rpc::Receipt,
    at: Timestamp,
}

/// The same beside its simulation.
struct Executed {
    before: Snapshot,
    after: Snapshot,
    found: Receipt,
    output: Output,
    differences: Vec<Difference>,
}

impl Live {
    /// What became of a transaction that is in a settled block; the runner goes on after that block.
    pub(super) fn read_back(
        &mut self,
        chain: &mut Chain,
        parcel: &Parcel<'_>,
        position: Position,
    ) -> Result<Sent> {
        let book = self.sender.journal().book();
        let slot = book.step(position).and_then(|step| step.slot.as_ref());
        let slot = slot.expect("it was just sent, or read from the journal");
        let Some(Landing { mined, .. }) = slot.landing.clone() else {
            return Err(LiveError::Astray(format!("step {position} is in no block")));
        };
        let signed =
            slot.attempt(mined.hash).expect("landings are of what was signed").signed.clone();
        let receipt = self.receipt(&mined)?;
        let (at, coinbase) = self.surroundings(mined.block)?;
        let transaction = parcel.transaction.clone().with_gas_limit(signed.gas_limit);
        let told = Told { text: parcel.text, transaction, mined, receipt, at };
        if let Some(created) = signed.creates.filter(|_| told.mined.success) {
            self.views.reader.expect_code(created, told.mined.block);
        }
        self.read.insert(position, (told.mined.hash, told.mined.block));
        let here = self.before(chain, &told.mined)?;
        let mut done = self.execute(here, &told)?;
        // Those of others that are before it in its block are looked at where it may have noticed them.
        let others = told.mined.index > self.ours_before(&told.mined);
        if others && !done.differences.is_empty() {
            match self.before_among_all(chain, &told.mined)? {
                Ok(here) => done = self.execute(here, &told)?,
                // It cannot be said what it would have done here.
                Err(why) => {
                    done.differences.clear();
                    self.unclear.push(format!(
                        "`{}` did not do what it does without those of others that are before it in block {}, and these cannot be simulated: {why}",
                        told.text, told.mined.block.number
                    ));
                }
            }
        }
        self.executed(&told.mined, done.after.clone());
        let place = (told.mined.block.number, told.mined.index);
        let furthest = self.furthest.take().filter(|(known, _)| *known > place);
        let mut after = None;
        if let Some((known, state)) = furthest {
            // It landed before what stands in front of it, which was done again: nothing of that is undone.
            chain.restore(&state);
            self.furthest = Some((known, state));
            after = Some(done.after);
        } else {
            let state = if self.goes_on_in_block(&told.mined, signed.sender, signed.nonce) {
                done.after
            } else {
                self.state_after(told.mined.block)?
            };
            chain.restore(&state);
            self.furthest = Some((place, state));
        }
        self.differences.append(&mut done.differences);
        let (nonce, transaction) = (signed.nonce, told.transaction);
        self.tape.push(Moment::Sent(Box::new(Landed { at, place, nonce, coinbase, transaction })));
        let (result, before, output) = (Ok(done.found), Some(done.before), done.output);
        Ok(Sent { result, before, after, given_up: self.given_up(position), output })
    }

    /// What was paid for attempts at a step that were given up: it is no part of what the scenario does.
    pub(super) fn given_up(&self, position: Position) -> Vec<(Address, U256)> {
        let step = self.sender.journal().book().step(position);
        let landed = step.into_iter().flat_map(|step| &step.past).filter_map(|slot| {
            slot.landing.as_ref().map(|landing| (slot.sender, fee(&landing.mined)))
        });
        landed.collect()
    }

    /// Simulates a transaction where it is, and compares.
    fn execute(&mut self, mut here: Chain, told: &Told<'_>) -> Result<Executed> {
        let Told { text, transaction, mined, receipt, at } = told;
        let before = here.snapshot();
        let fee = fee(mined);
        let replay = put(&mut here, transaction, (mined, fee))?;
        let (outcome, output) = self.outcome(mined, receipt, replay.as_ref())?;
        let found = Receipt {
            outcome,
            gas_used: mined.gas_used,
            gas_price: mined.gas_price.unwrap_or_default().to::<u128>(),
            fee,
            logs: logs(receipt),
            block: mined.block.number,
            index: usize::try_from(mined.index).unwrap_or(usize::MAX),
            timestamp: *at,
            console: replay.as_ref().map(|replay| replay.console.clone()).unwrap_or_default(),
            trace: None,
        };
        let differences = Difference::of(text, &found, output, replay.as_ref());
        Ok(Executed { before, after: here.snapshot(), found, output, differences })
    }

    fn receipt(&mut self, mined: &Mined) -> Result<rpc::Receipt> {
        let receipt = self.sender.receipt_in(mined.hash, mined.block.hash)?;
        receipt.ok_or(LiveError::Moved { number: mined.block.number })
    }

    /// What the EVM did: the receipt says whether it succeeded, a trace says what it returned. The data of a revert may
    /// also come from the simulation of the same transaction, where that reverts too and uses as much gas.
    fn outcome(
        &mut self,
        mined: &Mined,
        receipt: &rpc::Receipt,
        replay: Option<&Receipt>,
    ) -> Result<(Outcome, Output)> {
        let same = replay.filter(|replay| {
            replay.outcome.is_success() == mined.success && replay.gas_used == mined.gas_used
        });
        if let Some(created) = receipt.contract_address.filter(|_| mined.success) {
            let output = same.and_then(|same| same.outcome.data().cloned()).unwrap_or_default();
            return Ok((Outcome::Success { output, created: Some(created) }, Output::Known));
        }
        if let Some(Receipt { outcome: outcome @ Outcome::Halt { .. }, .. }) = same {
            return Ok((outcome.clone(), Output::Known));
        }
        let traced =
            if self.traces { trace::output(self.sender.client(), mined.hash)? } else { None };
        Ok(match (mined.success, traced, same) {
            (true, Some(output), _) => (Outcome::Success { output, created: None }, Output::Known),
            (true, None, _) => {
                (Outcome::Success { output: Bytes::new(), created: None }, Output::Unknown)
            }
            (false, Some(data), _) => (Outcome::Revert { data }, Output::Known),
            (false, None, Some(same)) => (same.outcome.clone(), Output::Known),
            (false, None, None) => {
                let reason = "it failed, and nobody says why".to_owned();
                (Outcome::Halt { reason }, Output::Known)
            }
        })
    }
}

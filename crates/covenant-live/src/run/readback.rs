//! What became of a transaction, as the network tells it, beside what the simulation of it says.

use alloy_primitives::{Bytes, U256};
use covenant_chain::{Chain, ChainError, Outcome, Receipt, Snapshot, Timestamp};
use covenant_scenario::run::{Output, Parcel, Sent};

use super::{
    carrier::{Live, Result},
    error::LiveError,
    parcel::logs,
    parity::{Difference, Moment},
    trace,
};
use crate::{
    journal::{BlockRef, Landing, Mined, Position},
    rpc,
};

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
        let before = self.parent(&mined)?;
        let block = self.block_of(mined.block)?;
        let (at, coinbase) = (Timestamp(block.timestamp.to()), block.miner);
        let mut replayed = chain.clone();
        if let Some(coinbase) = coinbase {
            replayed.set_coinbase(coinbase);
        }
        replayed.restore(&before);
        if replayed.now() < at {
            replayed.set_now(at)?;
        }
        let before = replayed.snapshot();
        let transaction = parcel.transaction.clone().with_gas_limit(signed.gas_limit);
        let replay = match replayed.send(&transaction) {
            Ok(receipt) => Some(receipt),
            Err(ChainError::Rejected(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let (outcome, output) = self.outcome(&mined, &receipt, replay.as_ref())?;
        let after = self.state_after(mined.block)?;
        chain.restore(&after);
        let gas_price = mined.gas_price.unwrap_or_default().to::<u128>();
        let found = Receipt {
            outcome,
            gas_used: mined.gas_used,
            gas_price,
            fee: U256::from(mined.gas_used) * U256::from(gas_price),
            logs: logs(&receipt),
            block: mined.block.number,
            index: usize::try_from(mined.index).unwrap_or(usize::MAX),
            timestamp: at,
            console: replay.as_ref().map(|replay| replay.console.clone()).unwrap_or_default(),
            trace: None,
        };
        self.compare(parcel.text, &found, output, replay.as_ref(), &mined);
        self.tape.push(Moment::Sent { at, gas_limit: signed.gas_limit, coinbase });
        Ok(Sent { result: Ok(found), before: Some(before), output })
    }

    fn receipt(&mut self, mined: &Mined) -> Result<rpc::Receipt> {
        let receipt = self.sender.client().receipt(mined.hash)?;
        let moved = LiveError::Moved { number: mined.block.number };
        receipt.filter(|receipt| receipt.block_hash == Some(mined.block.hash)).ok_or(moved)
    }

    /// The state before the block of a transaction.
    fn parent(&mut self, mined: &Mined) -> Result<Snapshot> {
        let number = mined.block.number.saturating_sub(1);
        let client = self.sender.client();
        let block = client.block(number)?.ok_or(LiveError::Moved { number })?;
        self.state_after(BlockRef { number, hash: block.hash })
    }

    fn block_of(&mut self, block: BlockRef) -> Result<rpc::Block> {
        let number = block.number;
        let found = self.sender.client().block(number)?;
        found.filter(|found| found.hash == block.hash).ok_or(LiveError::Moved { number })
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

    /// Notes where the network did something else than the simulation of the same transaction, on the state before its
    /// block. Behind other transactions of its block that state is another.
    fn compare(
        &mut self,
        text: &str,
        found: &Receipt,
        output: Output,
        replay: Option<&Receipt>,
        mined: &Mined,
    ) {
        if mined.index == 0 {
            self.differences.extend(Difference::of(text, found, output, replay));
        }
    }
}

//! A scenario in this process, on the state of the network after a block: nothing is sent.

use std::sync::Arc;

use alloy_primitives::{Address, U256};
use covenant_chain::{
    Chain, ChainError, ChainOptions, ForkNode, ForkOptions, HardFork, Receipt, Recording,
    Rejection, Snapshot, Timestamp, Transaction,
};
use covenant_scenario::{
    event::Run,
    plan::Plan,
    run::{Carrier, Detail, Local, Parcel, RunError, RunOptions, Sent, run_on},
};

use super::{error::LiveError, gas, reader::Reader};
use crate::{journal::Look, preflight::Profile};

/// What a scenario is rehearsed on: what one rehearsal has read of the network the next ones know.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub(super) plan: &'a Arc<Plan>,
    options: &'a RunOptions,
    ground: ChainOptions,
    first: Snapshot,
}

impl<'a> Stage<'a> {
    /// The state of a chain after a block; `start` is what that stands for.
    pub(super) fn new(
        (plan, options): (&'a Arc<Plan>, &'a RunOptions),
        reader: &Reader,
        Look { block, at }: Look,
        (chain_id, start): (u64, Timestamp),
    ) -> Result<Self, LiveError> {
        let node = ForkNode::Reader(Arc::new(reader.state_of(block, at)));
        let ground = ChainOptions {
            hard_fork: plan.chain.hard_fork,
            chain_id: Some(chain_id),
            timestamp: start,
            fees: plan.chain.fees,
            fork: Some(ForkOptions { node: Some(node), block: block.number, cache: None }),
        };
        let first = Chain::new(ground.clone())?.snapshot();
        Ok(Self { plan, options, ground, first })
    }

    /// Lets the scenario take place by these rules, everything so many seconds late.
    pub(super) fn rehearse(
        &self,
        hard_fork: HardFork,
        late: u64,
    ) -> Result<(Run, Rehearsal), LiveError> {
        let mut chain = Chain::new(ChainOptions { hard_fork, ..self.ground.clone() })?;
        chain.restore(&self.first);
        if self.options.detail >= Detail::Console {
            chain.set_recording(Recording::Console);
        }
        let most = Profile::of(chain.chain_id()).gas;
        let mut rehearsal = Rehearsal { chain, late, most, failed: None };
        let run = run_on(self.plan, self.options, &mut rehearsal).map_err(|halted| halted.error)?;
        Ok((run, rehearsal))
    }
}

/// The first thing that failed, in words, and where.
pub(super) fn first_failure(run: &Run) -> Option<String> {
    run.failures().next().map(|failure| {
        let (file, line) = (failure.site.file.display(), failure.site.line);
        let actual = failure.actual.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
        format!("{file}:{line}: {}{actual}", failure.message)
    })
}

/// A chain in this process, on which everything may be late, and which keeps the moment before the last transaction if that
/// failed.
#[derive(Debug)]
pub(super) struct Rehearsal {
    chain: Chain,
    /// In seconds.
    late: u64,
    /// Most gas of one transaction.
    most: Option<u64>,
    failed: Option<(Chain, Transaction)>,
}

impl Rehearsal {
    /// The last transaction, if it failed, and the chain before it.
    pub(super) const fn failed(&self) -> Option<&(Chain, Transaction)> {
        self.failed.as_ref()
    }

    /// What comes of a transaction that uses whatever gas it is given, if it is given as much as it will be there; `None`
    /// where it does something else then.
    fn bounded(
        &self,
        chain: &Chain,
        (before, parcel, free): (&Snapshot, &Parcel<'_>, &Receipt),
    ) -> Result<Option<(Chain, Receipt)>, RunError> {
        let too_much = self.most.is_some_and(|most| free.gas_used > most);
        if !too_much || parcel.transaction.gas_limit.is_some() {
            return Ok(None);
        }
        let mut chain = chain.clone();
        chain.restore(before);
        let limit = gas::limit(&chain, parcel.transaction, free)?;
        match chain.send(&parcel.transaction.clone().with_gas_limit(limit)) {
            Ok(receipt) if receipt.outcome == free.outcome => Ok(Some((chain, receipt))),
            Ok(_) | Err(ChainError::Rejected(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn pass(&self, chain: &mut Chain) -> Result<(), RunError> {
        if self.late > 0 {
            chain.set_now(Timestamp(chain.now().0.saturating_add(self.late)))?;
        }
        Ok(())
    }
}

impl Carrier for Rehearsal {
    fn open(&mut self, _: &Plan, _: &RunOptions) -> Result<Chain, RunError> {
        Ok(self.chain.clone())
    }

    fn endow(&mut self, chain: &mut Chain, to: Address, balance: U256) -> Result<(), RunError> {
        Local.endow(chain, to, balance)
    }

    fn begin(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        Local.begin(chain)
    }

    fn send(&mut self, chain: &mut Chain, parcel: &Parcel<'_>) -> Result<Sent, RunError> {
        self.pass(chain)?;
        let before = chain.snapshot();
        let mut sent = Local.send(chain, parcel)?;
        if let Ok(free) = &sent.result
            && let Some((bounded, receipt)) = self.bounded(chain, (&before, parcel, free))?
        {
            *chain = bounded;
            sent = Sent::plain(Ok(receipt));
        }
        let failed = matches!(&sent.result, Ok(receipt) if !receipt.outcome.is_success());
        self.failed = failed.then(|| {
            let mut there = chain.clone();
            there.restore(&before);
            (there, parcel.transaction.clone())
        });
        Ok(sent)
    }

    fn send_block(
        &mut self,
        chain: &mut Chain,
        transactions: &[Transaction],
    ) -> Result<Result<Vec<Receipt>, Rejection>, RunError> {
        self.pass(chain)?;
        self.failed = None;
        Local.send_block(chain, transactions)
    }

    fn wait(&mut self, chain: &mut Chain, to: Timestamp) -> Result<(), RunError> {
        Local.wait(chain, to)?;
        self.pass(chain)
    }

    fn mine(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        Local.mine(chain)
    }
}

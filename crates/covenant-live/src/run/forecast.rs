//! What would happen: the whole scenario on the state of the network, and nothing sent.

use std::sync::Arc;

use alloy_primitives::{Address, U256};
use covenant_chain::{Outcome, Timestamp, TxKind};
use covenant_scenario::{
    event::{Run, TransactionEvent, TransactionResult},
    plan::Plan,
    run::RunOptions,
};

use super::{
    cast::{Cast, needs_traces, signers},
    error::LiveError,
    lack::Lack,
    perform::Voyage,
    rehearsal::{Stage, first_failure},
    trace,
};
use crate::{
    journal::{BlockRef, Look},
    send::FeeQuote,
};

/// A block and a half: how late a transaction may land on a network whose clock is not ours.
const LATE: u64 = 18;

/// What would happen.
#[derive(Debug)]
pub struct Forecast {
    /// The run, simulated on the latest block.
    pub run: Run,
    /// It does not hold because tokens are missing, or an allowance of them.
    pub lack: Option<Lack>,
    /// The block.
    pub block: u64,
    /// What `start` stands for.
    pub start: Timestamp,
    /// The transactions in order.
    pub transactions: Vec<Planned>,
    /// The accounts that send, by actor.
    pub accounts: Vec<Account>,
    /// Most wei per gas that would be offered now.
    pub max_fee: u128,
    /// What it could cost in all, fees and values.
    pub spend: U256,
    /// The run fails if every block is some seconds late, in words; `None` if it holds, or if the clock is ours.
    pub too_exact: Option<String>,
}

/// A transaction that would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What it is called.
    pub name: String,
    /// Who sends it.
    pub sender: Address,
    /// The contract that it creates.
    pub creates: Option<Address>,
    /// Wei sent along.
    pub value: U256,
    /// Gas that it would use.
    pub gas: u64,
    /// When it would be in a block.
    pub at: Timestamp,
}

/// An account that sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The actor, or [`SCENE`](super::SCENE).
    pub actor: String,
    /// The account.
    pub address: Address,
    /// What it has, in wei.
    pub has: U256,
    /// What it must have at worst, in wei.
    pub needs: U256,
}

impl Voyage {
    /// Simulates a scenario that was [bound](Cast::bind) to the network on the state of its latest block.
    ///
    /// # Errors
    /// When the network does not answer, or cannot do what the scenario needs.
    pub fn forecast(
        &self,
        plan: &Arc<Plan>,
        cast: &Cast,
        options: &RunOptions,
    ) -> Result<Forecast, LiveError> {
        let mut client = self.connect()?;
        if self.book()?.is_none() {
            self.check_new(&mut client, plan)?;
        }
        if needs_traces(plan) && !trace::can_trace(&mut client)? {
            let message = "what a transaction returns (`as:`, `returns:`) is known from a trace only, and the node has no \
                           debug_traceTransaction";
            return Err(LiveError::SimulationOnly(message.to_owned()));
        }
        let head = client.head()?;
        let block = head.number.to();
        let start = plan.chain.start.max(Timestamp(head.timestamp.to()));
        let look = Look {
            block: BlockRef { number: block, hash: head.hash },
            at: Timestamp(head.timestamp.to()),
        };
        let reader = self.reader(client.genesis())?;
        let chain_id = client.chain_id();
        let stage = Stage::new((plan, options), &reader, look, (chain_id, start))?;
        let (run, rehearsal) = stage.rehearse(plan.chain.hard_fork, 0)?;
        let lack = rehearsal.lack(&run)?;
        if self.book()?.is_none() {
            self.inspect(&mut client, (cast, &stage), &run, block)?;
        }
        let ours = self.network.is_development();
        let too_exact = if ours { None } else { too_exact(&stage, &run)? };
        let base = head.base_fee_per_gas.unwrap_or_default().to();
        let tip = if ours { 0 } else { client.suggested_tip()? };
        let cap = self.network.max_fee;
        let quote =
            FeeQuote::at(base, tip, cap).unwrap_or(FeeQuote { max_fee: cap, priority: tip });
        let max_fee = if ours { 0 } else { quote.max_fee };
        let transactions: Vec<Planned> = run.transactions().map(planned).collect();
        let mut accounts = Vec::new();
        for actor in signers(plan) {
            let Some(address) = cast.accounts.get(&actor).copied() else { continue };
            let has = client.balance(address, block)?;
            accounts.push(Account { actor, address, has, needs: needs(&run, address, max_fee) });
        }
        let spend = transactions.iter().map(|it| cost(it, max_fee) + it.value).sum();
        Ok(Forecast { run, lack, block, start, transactions, accounts, max_fee, spend, too_exact })
    }
}

fn planned(event: &TransactionEvent) -> Planned {
    let created = match &event.result {
        TransactionResult::Mined(Outcome::Success { created, .. }) => *created,
        _ => None,
    };
    Planned {
        name: event.action.to_string(),
        sender: event.sent.from,
        creates: created.filter(|_| matches!(event.sent.kind, TxKind::Create)),
        value: event.sent.value,
        gas: event.gas_used,
        at: event.at,
    }
}

/// What a transaction could cost in fees: its gas limit, which has room to spare, at the most that is offered.
fn cost(transaction: &Planned, max_fee: u128) -> U256 {
    U256::from(transaction.gas.saturating_mul(5) / 4) * U256::from(max_fee)
}

/// The most that an account has to have at the beginning: at no moment may it have spent more than it had.
fn needs(run: &Run, account: Address, max_fee: u128) -> U256 {
    let name = run.book.names().get(account).unwrap_or_default();
    let (mut spent, mut got, mut worst) = (U256::ZERO, U256::ZERO, U256::ZERO);
    for event in run.transactions() {
        if event.sent.from == account {
            spent += cost(&planned(event), max_fee) + event.sent.value;
            worst = worst.max(spent.saturating_sub(got));
        }
        for change in event.changes.iter().filter(|change| *change.party == *name) {
            let received =
                U256::try_from_be_slice(&change.amount.to_bytes_be().1).unwrap_or_default();
            let ether = change.asset == covenant_scenario::event::Asset::Eth;
            let more = change.amount.sign() == num_bigint::Sign::Plus;
            if ether && more {
                got += received;
            }
        }
    }
    worst
}

/// Why a scenario fails when every block is late, if it does although it holds at the exact times.
fn too_exact(stage: &Stage<'_>, exact: &Run) -> Result<Option<String>, LiveError> {
    if exact.failures().next().is_some() {
        return Ok(None);
    }
    let (late, _) = stage.rehearse(stage.plan.chain.hard_fork, LATE)?;
    Ok(first_failure(&late))
}

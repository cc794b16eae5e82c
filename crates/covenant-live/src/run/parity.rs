//! The same scenario at the same times in simulation, and where the two differ.

use std::collections::VecDeque;

use alloy_primitives::{Address, U256};
use covenant_chain::{Chain, ChainError, Outcome, Receipt, Rejection, Timestamp, Transaction};
use covenant_scenario::{
    event::{Event, Run, TransactionEvent, TransactionResult},
    plan::Plan,
    run::{Carrier, Output, Parcel, RunError, RunOptions, Sent, Unsent},
};

use super::error::LiveError;

/// Something that has to do with time, as it was on the network.
#[derive(Clone, Debug)]
pub(super) enum Moment {
    /// The first step is about to begin.
    Begun(Timestamp),
    /// A transaction is in a block.
    Sent(Box<Landed>),
    /// The same, and it was simulated already, for what stands before it came after it.
    Simulated(Box<Transaction>, Box<Sent>),
    /// Time has passed.
    Waited(Timestamp),
    /// A block was made without a transaction of the scenario.
    Mined(Timestamp),
}

/// A transaction of the scenario in a block.
#[derive(Clone, Debug)]
pub(super) struct Landed {
    /// The block's time.
    pub(super) at: Timestamp,
    /// The block's number, and the place in it.
    pub(super) place: (u64, u64),
    /// The sender's nonce, which may be further than the scenario alone has come: something of it was given up.
    pub(super) nonce: u64,
    /// Whom the block's priority fees went to, if the network says.
    pub(super) coinbase: Option<Address>,
    /// What was sent, with the gas that it could use.
    pub(super) transaction: Transaction,
}

/// What differs where somebody has something else in the end.
const GAINED: &str = "who gained what";

/// Something that the network did otherwise than the simulation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The step.
    pub step: String,
    /// What differs.
    pub what: &'static str,
    /// As it was on the network.
    pub network: String,
    /// As it was in simulation.
    pub simulation: String,
}

impl Difference {
    /// Whether it is about what everybody has in the end.
    pub(super) fn is_of_the_end(&self) -> bool {
        self.what == GAINED
    }

    fn new(
        step: &str,
        what: &'static str,
        network: impl Into<String>,
        simulation: impl Into<String>,
    ) -> Self {
        Self { step: step.to_owned(), what, network: network.into(), simulation: simulation.into() }
    }

    /// Where a transaction did something else than the simulation of it.
    pub(super) fn of(
        step: &str,
        network: &Receipt,
        output: Output,
        simulation: Option<&Receipt>,
    ) -> Vec<Self> {
        let mut found = Vec::new();
        let Some(simulation) = simulation else {
            return vec![Self::new(step, "existence", "in a block", "not possible")];
        };
        let known = output == Output::Known;
        if !same_outcome(&network.outcome, &simulation.outcome, known) {
            let (a, b) = (outcome(&network.outcome), outcome(&simulation.outcome));
            found.push(Self::new(step, "outcome", a, b));
        }
        if network.gas_used != simulation.gas_used {
            let (a, b) = (network.gas_used.to_string(), simulation.gas_used.to_string());
            found.push(Self::new(step, "gas", a, b));
        }
        if network.logs != simulation.logs {
            let (a, b) = (format!("{:?}", network.logs), format!("{:?}", simulation.logs));
            found.push(Self::new(step, "events", a, b));
        }
        found
    }
}

fn same_outcome(network: &Outcome, simulation: &Outcome, known: bool) -> bool {
    if known { network == simulation } else { network.is_success() == simulation.is_success() }
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Success { output, created } => match created {
            Some(created) => format!("created {created}"),
            None => format!("returned {output}"),
        },
        Outcome::Revert { data } => format!("reverted with {data}"),
        Outcome::Halt { reason } => format!("stopped: {reason}"),
    }
}

/// The chain in this process, with the times of the network.
#[derive(Debug)]
pub(super) struct Replay {
    base: Chain,
    start: Timestamp,
    tape: VecDeque<Moment>,
}

impl Replay {
    /// Prepares to play what was recorded, from the state that it began with.
    pub(super) fn new(base: Chain, start: Timestamp, tape: Vec<Moment>) -> Self {
        Self { base, start, tape: tape.into() }
    }

    fn next(&mut self) -> Option<Moment> {
        self.tape.pop_front()
    }

    /// Simulates what the runner has not come to and that landed before this place, in the order in which it landed; says
    /// whether there was any.
    fn simulate_before(&mut self, chain: &mut Chain, place: (u64, u64)) -> Result<bool, RunError> {
        let near = self.tape.iter().enumerate().map_while(|(at, moment)| match moment {
            Moment::Sent(landed) => Some((landed.place, at)),
            Moment::Simulated(..) => Some(((u64::MAX, 0), at)),
            Moment::Begun(_) | Moment::Waited(_) | Moment::Mined(_) => None,
        });
        let mut early: Vec<((u64, u64), usize)> =
            near.filter(|(other, _)| *other < place).collect();
        early.sort_unstable();
        for (_, at) in &early {
            let Moment::Sent(landed) = self.tape[*at].clone() else { continue };
            let before = Some(chain.snapshot());
            let result = simulate(chain, &landed, &landed.transaction)?;
            let after = Some(chain.snapshot());
            let sent = Sent { before, after, ..Sent::plain(result) };
            self.tape[*at] = Moment::Simulated(Box::new(landed.transaction), Box::new(sent));
        }
        Ok(!early.is_empty())
    }

    fn astray(what: &str) -> RunError {
        let message = format!("the simulation {what} where the network did not");
        LiveError::Astray(message).into()
    }
}

/// Moves a clock forward, if that is forward.
fn forward(chain: &mut Chain, to: Timestamp) -> Result<(), RunError> {
    let to = to.max(chain.now());
    Ok(chain.set_now(to)?)
}

/// Sends a transaction as one was sent on the network.
fn simulate(
    chain: &mut Chain,
    landed: &Landed,
    transaction: &Transaction,
) -> Result<Result<Receipt, Unsent>, RunError> {
    forward(chain, landed.at)?;
    if chain.nonce(transaction.from)? < landed.nonce {
        chain.set_nonce(transaction.from, landed.nonce)?;
    }
    if let Some(coinbase) = landed.coinbase {
        chain.set_coinbase(coinbase);
    }
    match chain.send(transaction) {
        Ok(receipt) => Ok(Ok(receipt)),
        Err(ChainError::Rejected(rejection)) => Ok(Err(Unsent::Rejected(rejection))),
        Err(error) => Err(error.into()),
    }
}

/// Whether two transactions do the same.
fn is_same(one: &Transaction, other: &Transaction) -> bool {
    let key = |it: &Transaction| (it.from, it.kind, it.value);
    key(one) == key(other) && one.input == other.input
}

impl Carrier for Replay {
    fn open(&mut self, _: &Plan, options: &RunOptions) -> Result<Chain, RunError> {
        let _ = options;
        let mut chain = self.base.clone();
        forward(&mut chain, self.start)?;
        Ok(chain)
    }

    fn start(&self, _: &Chain) -> Timestamp {
        self.start
    }

    fn endow(&mut self, _: &mut Chain, _: Address, _: U256) -> Result<(), RunError> {
        Ok(())
    }

    fn begin(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        match self.next() {
            Some(Moment::Begun(at)) => forward(chain, at),
            _ => Err(Self::astray("began")),
        }
    }

    fn send(&mut self, chain: &mut Chain, parcel: &Parcel<'_>) -> Result<Sent, RunError> {
        let landed = match self.next() {
            Some(Moment::Sent(landed)) => landed,
            Some(Moment::Simulated(transaction, sent))
                if is_same(&transaction, parcel.transaction) =>
            {
                return Ok(*sent);
            }
            _ => return Err(Self::astray(&format!("sent `{}`", parcel.text))),
        };
        let before = self.simulate_before(chain, landed.place)?.then(|| chain.snapshot());
        let mut transaction = parcel.transaction.clone();
        transaction.gas_limit = landed.transaction.gas_limit;
        let result = simulate(chain, &landed, &transaction)?;
        Ok(Sent { before, ..Sent::plain(result) })
    }

    fn send_block(
        &mut self,
        _: &mut Chain,
        _: &[Transaction],
    ) -> Result<Result<Vec<Receipt>, Rejection>, RunError> {
        Err(Self::astray("made a block of several transactions"))
    }

    fn wait(&mut self, chain: &mut Chain, _: Timestamp) -> Result<(), RunError> {
        match self.next() {
            Some(Moment::Waited(at)) => forward(chain, at),
            _ => Err(Self::astray("waited")),
        }
    }

    fn mine(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        match self.next() {
            Some(Moment::Mined(at)) => {
                forward(chain, at)?;
                Ok(chain.mine()?)
            }
            _ => Err(Self::astray("made a block")),
        }
    }
}

/// Where two runs of one scenario differ.
pub(super) fn compare(network: &Run, simulation: &Run) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut others = simulation.transactions();
    for one in network.transactions() {
        match others.next() {
            Some(other) => found.extend(transactions(network, one, simulation, other)),
            None => found.push(Difference::new(&one.action, "existence", "sent", "not sent")),
        }
    }
    for other in others {
        found.push(Difference::new(&other.action, "existence", "not sent", "sent"));
    }
    let lines = |run: &Run| run.events.iter().filter_map(line).collect::<Vec<_>>();
    let (a, b) = (lines(network), lines(simulation));
    for (a, b) in a.iter().zip(&b).filter(|(a, b)| a != b) {
        found.push(Difference::new("", "course", a.as_str(), b.as_str()));
    }
    if a.len() != b.len() {
        let (a, b) = (format!("{} events", a.len()), format!("{} events", b.len()));
        found.push(Difference::new("", "course", a, b));
    }
    if network.gains != simulation.gains {
        let (a, b) = (format!("{:?}", network.gains), format!("{:?}", simulation.gains));
        found.push(Difference::new("", GAINED, a, b));
    }
    found
}

fn transactions(
    network: &Run,
    one: &TransactionEvent,
    simulation: &Run,
    other: &TransactionEvent,
) -> Vec<Difference> {
    let step = &*one.action;
    let mut found = Vec::new();
    let mut note = |what, a: String, b: String| {
        if a != b {
            found.push(Difference::new(step, what, a, b));
        }
    };
    note("action", one.action.to_string(), other.action.to_string());
    let result = |event: &TransactionEvent| match &event.result {
        // What was returned is not in a receipt; where it is known it was compared when it was read.
        TransactionResult::Mined(Outcome::Success { created, .. }) => {
            format!("success {created:?}")
        }
        TransactionResult::Mined(failed) => outcome(failed),
        TransactionResult::Rejected(reason) => format!("rejected: {reason}"),
    };
    note("outcome", result(one), result(other));
    note("time", one.at.0.to_string(), other.at.0.to_string());
    note("gas", one.gas_used.to_string(), other.gas_used.to_string());
    let logs = |run: &Run, event: &TransactionEvent| {
        let logs = run.view(event).logs.into_iter();
        logs.map(|log| format!("{}: {}", log.emitter, log.text)).collect::<Vec<_>>().join("\n")
    };
    if one.logs != other.logs {
        note("events", logs(network, one), logs(simulation, other));
    }
    let changes = |event: &TransactionEvent| {
        let changes = event.changes.iter();
        changes
            .map(|it| format!("{} {:?} {}", it.party, it.asset, it.amount))
            .collect::<Vec<_>>()
            .join(", ")
    };
    note("balance changes", changes(one), changes(other));
    found
}

/// What is not a transaction, on a line.
fn line(event: &Event) -> Option<String> {
    Some(match event {
        Event::Transaction(_) => return None,
        Event::Waited { from, to, .. } => format!("waited from {} to {}", from.0, to.0),
        Event::Checked { text, at, .. } => format!("`{text}` held at {}", at.0),
        Event::RuleFired { rule, at, .. } => format!("rule `{rule}` fired at {}", at.0),
        Event::RuleUnclear { rule, at, .. } => format!("rule `{rule}` was unclear at {}", at.0),
        Event::UntilReached { text, at, .. } => format!("`{text}` came true at {}", at.0),
        Event::Failed(failure) => format!("failed: {} ({:?})", failure.message, failure.kind),
    })
}

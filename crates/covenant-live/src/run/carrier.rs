//! What a scenario does is sent to a network.

use std::{collections::BTreeMap, time::Duration};

use alloy_primitives::{Address, B256, U256};
use covenant_chain::{
    Chain, ChainError, Fees, Receipt, Recording, Rejection, Snapshot, Timestamp, Transaction,
    TxKind,
};
use covenant_scenario::{
    plan::Plan,
    run::{Answer, Carrier, Detail, Ending, Parcel, RunError, RunOptions, Sent, Unsent},
};

use super::{
    ahead::{Ahead, Foreseen, is_plain},
    desk,
    error::LiveError,
    gas,
    middle::Recent,
    parcel::{Names, identity, named, refused, step, unsent},
    parity::{Difference, Moment},
    rebuild::Search,
    view::Views,
};
use crate::{
    journal::{BlockRef, Forgetting, Look, Position, StepId, StepState},
    records::Descriptions,
    rpc::Client,
    send::{SendError, Sender, Step},
};

/// What to do where a date has to be waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Waiting {
    /// Wait.
    #[default]
    Here,
    /// End the run, to be continued then.
    Park,
}

/// Whose clock it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clockwork {
    /// A node for development: its clock is moved, and blocks are made when they are wanted.
    Ours,
    /// A network.
    Theirs,
}

/// Sends what a scenario does to a network, each transaction once, and lets the runner look at the chain as it was after
/// the block of each.
///
/// A later run takes the same way: what is in the journal is read back, block by block, until there is no more of it.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) sender: Sender,
    pub(super) views: Views,
    pub(super) clockwork: Clockwork,
    pub(super) waiting: Waiting,
    /// How deep a block must be before anything is decided by it.
    pub(super) confirmations: u64,
    /// Between two looks at the chain.
    pub(super) poll: Duration,
    /// The base fee of a chain whose base fee is ours to set.
    pub(super) base_fee: u128,
    /// Whether the node traces transactions.
    pub(super) traces: bool,
    /// The position of what is sent next.
    pub(super) next: u32,
    /// How many of the journal's looks were taken.
    pub(super) looks: usize,
    /// The latest place on the chain that was seen since anything was waited for, and the state there.
    pub(super) furthest: Option<((u64, u64), Snapshot)>,
    /// What is known of the blocks that were looked at last.
    pub(super) recent: Recent,
    /// The way of the runner, where something is sent ahead of it.
    pub(super) ahead: Option<Ahead>,
    /// What is given up as soon as it is come to.
    pub(super) release: Vec<(Position, Forgetting)>,
    /// Whatever earlier runs left open was looked after.
    pub(super) is_tended: bool,
    /// Where steps were when the runner came to them.
    pub(super) read: BTreeMap<Position, (B256, BlockRef)>,
    /// Everything that has to do with time, in order.
    pub(super) tape: Vec<Moment>,
    /// What is created, by where that stands.
    pub(super) names: Names,
    /// What is known of each step.
    pub(super) described: Descriptions,
    /// Where the network did something else than the simulation of the same transaction.
    pub(super) differences: Vec<Difference>,
    /// What could not be compared with the simulation of the same transaction, and why.
    pub(super) unclear: Vec<String>,
    /// Where the journal is rebuilt: nothing is sent, and what was sent is looked for.
    pub(super) search: Option<Search>,
}

pub(super) type Result<T, E = LiveError> = std::result::Result<T, E>;

impl Carrier for Live {
    fn open(&mut self, plan: &Plan, options: &RunOptions) -> Result<Chain, RunError> {
        let _ = plan;
        let mut chain = self.open_at_start()?;
        if options.detail >= Detail::Console {
            chain.set_recording(Recording::Console);
        }
        if let Some(ahead) = &mut self.ahead {
            ahead.opened(&chain);
        }
        Ok(chain)
    }

    /// As it was in the first run, whatever the chain's clock said by the time somebody looked.
    fn start(&self, _: &Chain) -> Timestamp {
        self.sender.journal().book().begun().start
    }

    fn endow(&mut self, _: &mut Chain, account: Address, balance: U256) -> Result<(), RunError> {
        let begun = !self.sender.journal().book().looks().is_empty();
        if self.clockwork == Clockwork::Ours && !begun && self.search.is_none() {
            desk::set_balance(self.sender.client(), account, balance)?;
        }
        Ok(())
    }

    fn begin(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        self.begin_at_start(chain)?;
        if let Some(ahead) = &mut self.ahead {
            ahead.begun(chain);
        }
        Ok(())
    }

    fn send(&mut self, chain: &mut Chain, parcel: &Parcel<'_>) -> Result<Sent, RunError> {
        let sent = self.send_once(chain, parcel)?;
        if let Some(ahead) = &mut self.ahead {
            ahead.sent(&sent, chain);
        }
        Ok(sent)
    }

    fn send_block(
        &mut self,
        _: &mut Chain,
        _: &[Transaction],
    ) -> Result<Result<Vec<Receipt>, Rejection>, RunError> {
        let message = "`together:` wants a block of its own, which no network promises";
        Err(LiveError::SimulationOnly(message.to_owned()).into())
    }

    fn wait(&mut self, chain: &mut Chain, to: Timestamp) -> Result<(), RunError> {
        match self.clockwork {
            Clockwork::Ours => chain.set_now(to)?,
            Clockwork::Theirs => self.await_time(chain, to)?,
        }
        self.tape.push(Moment::Waited(chain.now()));
        if let Some(ahead) = &mut self.ahead {
            ahead.waited(chain);
        }
        Ok(())
    }

    fn mine(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        if self.clockwork == Clockwork::Ours {
            self.mine_now(chain)?;
        }
        self.tape.push(Moment::Mined(chain.now()));
        if let Some(ahead) = &mut self.ahead {
            ahead.mined(chain);
        }
        Ok(())
    }
}

impl Live {
    fn begun_at(&self) -> Timestamp {
        self.sender.journal().book().begun().start
    }

    /// The chain as the first run saw it at first.
    fn open_at_start(&mut self) -> Result<Chain> {
        let looked = !self.sender.journal().book().looks().is_empty();
        let block = match self.search.as_ref().map(Search::first) {
            Some(first) => first,
            None if looked => self.look_that_is_there(0, self.begun_at())?.block,
            None => self.settled_head()?.block,
        };
        let mut chain = self.view_of(block)?;
        // The clock of a network may be behind the start that the scenario asks for, and never the other way round.
        if chain.now() < self.begun_at() {
            chain.set_now(self.begun_at())?;
        }
        Ok(chain)
    }

    /// Everybody has what he has at first, in a block that anybody can look at.
    fn begin_at_start(&mut self, chain: &mut Chain) -> Result<()> {
        let first = self.looks == 0 && self.sender.journal().book().looks().is_empty();
        match self.clockwork {
            Clockwork::Ours => {
                if first {
                    desk::set_coinbase(self.sender.client(), chain.coinbase())?;
                    chain.set_now(self.begun_at().max(chain.now()))?;
                }
                self.mine_now(chain)?;
            }
            Clockwork::Theirs => self.await_time(chain, self.begun_at())?,
        }
        self.tape.push(Moment::Begun(chain.now()));
        Ok(())
    }

    /// Makes a block at the clock's time, and looks at it; in a later run, at the one that was made then.
    fn mine_now(&mut self, chain: &mut Chain) -> Result<()> {
        if let Some(look) = self.next_look(chain.now())? {
            return self.look(chain, look);
        }
        let client = self.sender.client();
        desk::set_base_fee(client, self.base_fee)?;
        desk::set_time(client, chain.now())?;
        desk::mine(client)?;
        let look = self.settled_head()?;
        self.note_look(chain, look)
    }

    fn send_once(&mut self, chain: &mut Chain, parcel: &Parcel<'_>) -> Result<Sent> {
        let position = Position(self.next);
        let (name, described) = named(&self.names, parcel);
        self.described.insert(position, described);
        let id = StepId { position, name, identity: identity(parcel) };
        if self.search.is_some() {
            self.seek_step(&id, parcel)?;
        }
        self.give_up(&id)?;
        let state = self.sender.journal().book().step(position).map(|step| step.state());
        if state == Some(StepState::Forgotten(Forgetting::LeaveOut)) {
            self.next += 1;
            // Whoever sets the scene needs what he asked for.
            let set = matches!(parcel.transaction.kind, TxKind::Create);
            return if set {
                Err(LiveError::LeftOut { step: position })
            } else {
                Ok(Sent { given_up: self.given_up(position), ..unsent(Unsent::LeftOut) })
            };
        }
        if parcel.answer == Answer::Needed && !self.traces {
            let message = format!(
                "`{}` returns something that the scenario uses, and the node does not trace transactions",
                parcel.text
            );
            return Err(LiveError::SimulationOnly(message));
        }
        let fresh = matches!(state, None | Some(StepState::Forgotten(Forgetting::Redo)));
        let gas_limit = if fresh {
            match self.foresee(chain, parcel)? {
                Ok(limit) => limit,
                Err(held) => return Ok(unsent(held)),
            }
        } else {
            None
        };
        if self.search.is_some() {
            self.next += 1;
            return self.read_back(chain, parcel, position);
        }
        if self.clockwork == Clockwork::Ours && !self.has_landed(position) {
            desk::set_base_fee(self.sender.client(), self.base_fee)?;
            desk::set_time(self.sender.client(), chain.now())?;
        }
        let step = step(id, parcel, gas_limit);
        // What this run brought to its end already is only looked at.
        if !(self.sender.is_settled(&step)? && self.is_tended) {
            chain.save_fork()?;
            let steps = self.with_what_follows(step, parcel)?;
            if let Some(held) = self.bring(steps)? {
                return Ok(unsent(held));
            }
            self.is_tended = self.clockwork == Clockwork::Theirs;
        }
        self.next += 1;
        self.read_back(chain, parcel, position)
    }

    /// A step with those that may be in flight beside it.
    fn with_what_follows(&mut self, step: Step, parcel: &Parcel<'_>) -> Result<Vec<Step>> {
        if self.ahead.is_none() || self.has_landed(step.id.position) || !is_plain(parcel) {
            return Ok(vec![step]);
        }
        let head = self.sender.client().head()?;
        let block = BlockRef { number: head.number.to(), hash: head.hash };
        let (here, start) = (self.state_after(block)?, self.begun_at());
        let ahead = self.ahead.as_ref().expect("it was just there");
        let mut foreseen = ahead.foresee(start, here, step.id.position, &self.names).into_iter();
        let mut steps = vec![step];
        if foreseen.next().is_none_or(|first| first.step.id != steps[0].id) {
            return Ok(steps);
        }
        for Foreseen { step, described, gas } in foreseen {
            let position = step.id.position;
            if !self.may_be_beside(position) {
                break;
            }
            self.described.insert(position, described);
            if let Some(gas) = gas {
                self.sender.simulated(position, head.hash, gas);
            }
            steps.push(step);
        }
        Ok(steps)
    }

    /// Whether a step may be in flight beside others: it was not signed yet, or it was, together with them.
    fn may_be_beside(&self, position: Position) -> bool {
        let Some(step) = self.sender.journal().book().step(position) else { return true };
        let slot = step.slot.as_ref();
        slot.is_some_and(|slot| slot.landing.is_none() && !slot.is_cancelled())
    }

    /// Gives a step up that could not be given up before those that were signed earlier had landed.
    fn give_up(&mut self, id: &StepId) -> Result<()> {
        let wanted = self.release.iter().position(|(position, _)| *position == id.position);
        let Some(at) = wanted else { return Ok(()) };
        let (position, why) = self.release.remove(at);
        match self.sender.release(position, why)? {
            true => Ok(()),
            false => Err(LiveError::NotYet { step: Box::new(id.clone()) }),
        }
    }

    /// Brings steps to their end, or as many of them as can be; why the first of them was not sent, if it was not.
    fn bring(&mut self, mut steps: Vec<Step>) -> Result<Option<Unsent>> {
        loop {
            let error = match self.sender.run(&steps) {
                Ok(_) | Err(SendError::Unexpected { .. }) => return Ok(None),
                Err(error) => error,
            };
            // What cannot go yet is asked for by the runner when it comes to that, and refused then if it must be.
            let later = |step: &Step| error.unsigned() == Some(&step.id);
            match steps.iter().position(later).filter(|place| *place > 0) {
                Some(place) => steps.truncate(place),
                None => return held_back(error).map(Some),
            }
        }
    }

    /// What would come of a transaction: how much gas it may use (`None` leaves that to the node), or why it is not sent.
    fn foresee(
        &mut self,
        chain: &Chain,
        parcel: &Parcel<'_>,
    ) -> Result<Result<Option<u64>, Unsent>> {
        let asked = parcel.transaction.gas_limit;
        if self.clockwork == Clockwork::Theirs && parcel.ending == Ending::Success {
            return Ok(Ok(asked));
        }
        let mut here = chain.clone();
        if self.clockwork == Clockwork::Theirs {
            let look = self.settled_head()?;
            here.restore(&self.state_after(look.block)?);
        }
        let before = here.snapshot();
        let outcome = match here.send(parcel.transaction) {
            Ok(receipt) => receipt,
            Err(ChainError::Rejected(rejection)) => return Ok(Err(Unsent::Rejected(rejection))),
            Err(error) => return Err(error.into()),
        };
        let wanted = parcel.ending == Ending::Success;
        if outcome.outcome.is_success() != wanted {
            return Ok(Err(Unsent::HeldBack(outcome.outcome)));
        }
        if asked.is_some() {
            return Ok(Ok(asked));
        }
        here.restore(&before);
        Ok(Ok(Some(gas::limit(&here, parcel.transaction, &outcome)?)))
    }

    fn has_landed(&self, position: Position) -> bool {
        let book = self.sender.journal().book();
        let slot = book.step(position).and_then(|step| step.slot.as_ref());
        slot.is_some_and(|slot| slot.landing.is_some())
    }
}

/// What would have become of a step, if that is why it was not sent.
fn held_back(error: SendError) -> Result<Unsent> {
    let outcome = match &error {
        SendError::WouldFail { refusal, .. } => refused(refusal),
        _ => None,
    };
    outcome.map(Unsent::HeldBack).ok_or_else(|| error.into())
}

/// The latest block that is so deep; 1 is the latest one.
pub(super) fn settled_head(client: &mut Client, depth: u64) -> Result<Look> {
    let head = client.head()?;
    let number = head.number.to::<u64>().saturating_sub(depth.saturating_sub(1));
    let block =
        if number == head.number.to::<u64>() { Some(head) } else { client.block(number)? };
    let block = block.ok_or(LiveError::Moved { number })?;
    let at = Timestamp(block.timestamp.to());
    Ok(Look { block: BlockRef { number, hash: block.hash }, at })
}

/// The base fee of a scenario.
pub(super) const fn base_fee(plan: &Plan) -> u128 {
    match plan.chain.fees {
        Fees::Off => 0,
        Fees::On { base } => base,
    }
}

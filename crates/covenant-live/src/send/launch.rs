//! Signing, and offering what was signed.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, Bytes, TxKind, U128, U256};
use covenant_chain::Timestamp;
use covenant_scenario::expr::is_forcing;

use super::{
    error::SendError,
    fees::FeeQuote,
    sender::{Oddity, Sender},
    signer::{self, SigningRequest},
    step::{OnForeign, Order, Step},
    words::{Meaning, meaning},
};
use crate::{
    journal::{Attempt, Forgetting, Position, Purpose, Record, Signed, Slot, StepId, StepState},
    rpc::{Block, CallRequest, RpcError},
};

/// Gas of a transaction that does nothing.
const NOTHING_GAS: u64 = 21_000;

/// Everything that a signature covers, and what it is for.
struct Draft {
    id: StepId,
    purpose: Purpose,
    sender: Address,
    nonce: u64,
    to: TxKind,
    value: U256,
    input: Bytes,
    gas_limit: u64,
    creates: Option<Address>,
    fees: FeeQuote,
    by: Option<Timestamp>,
}

impl Draft {
    /// What it costs at worst.
    fn cost(&self) -> U256 {
        self.fees.cost(self.gas_limit) + self.value
    }
}

impl Sender {
    /// Signs every step that may go, writes all of them down at once, and offers them. An account's nonces follow the
    /// order of its steps, so that contracts get the addresses that were planned: nobody overtakes a step that has to wait.
    pub(super) fn launch_all(
        &mut self,
        steps: &[Step],
        plan: &BTreeMap<Position, &Step>,
        head: &Block,
    ) -> Result<(), SendError> {
        let mut drafts = Vec::new();
        // What comes before a step that cannot go, goes.
        let drafted = self.draft_all(steps, plan, head, &mut drafts);
        // What was found out would be about another chain if it was reorganised meanwhile.
        if !drafts.is_empty() && self.is_latest(head)? {
            self.sign_and_offer(drafts, head)?;
        }
        drafted
    }

    /// Whether the chain still has this block.
    fn is_latest(&mut self, head: &Block) -> Result<bool, SendError> {
        let same = self.client.block(head.number.to())?;
        Ok(same.is_some_and(|same| same.hash == head.hash))
    }

    /// Drafts what may go, up to the first step that is wrong.
    fn draft_all(
        &mut self,
        steps: &[Step],
        plan: &BTreeMap<Position, &Step>,
        head: &Block,
        drafts: &mut Vec<Draft>,
    ) -> Result<(), SendError> {
        let mut held = BTreeSet::new();
        for step in steps {
            let state = self.journal.book().step(step.id.position).map(|book| book.state());
            let fresh = matches!(state, None | Some(StepState::Forgotten(Forgetting::Redo)));
            if !fresh || held.contains(&step.sender) {
                continue;
            }
            let drafted = if self.is_ready(step, plan) && self.has_room(step, drafts) {
                self.draft(step, plan, drafts, head)?
            } else {
                None
            };
            match drafted {
                Some(draft) => drafts.push(draft),
                None => drop(held.insert(step.sender)),
            }
        }
        Ok(())
    }

    /// Whether what a step needs is done.
    pub(super) fn is_ready(&self, step: &Step, plan: &BTreeMap<Position, &Step>) -> bool {
        let needs = step.after.iter().filter_map(|position| plan.get(position));
        needs.into_iter().all(|needed| self.is_over(needed))
    }

    /// What comes before a step, is none of those that go together with it, and is open: somebody saw it confirmed, or the
    /// step would not be there, so a reorganisation took it away.
    fn undone_before(&self, step: &Step, plan: &BTreeMap<Position, &Step>) -> Option<Position> {
        let open = self.open_positions().into_iter();
        let mut before = open.filter(|open| *open < step.id.position && !plan.contains_key(open));
        before.next().filter(|_| self.options.order == Order::Positions)
    }

    /// Whether one more transaction of the account may wait.
    fn has_room(&self, step: &Step, drafts: &[Draft]) -> bool {
        let open = self.journal.book().steps().filter_map(|other| other.slot.as_ref());
        let waiting = open.filter(|slot| slot.sender == step.sender && slot.landing.is_none());
        let drafted = drafts.iter().filter(|draft| draft.sender == step.sender);
        waiting.count() + drafted.count() < self.options.window.max(1)
    }

    /// What is to be signed for a step, behind what is drafted already; `None` if it cannot be signed yet.
    fn draft(
        &mut self,
        step: &Step,
        plan: &BTreeMap<Position, &Step>,
        drafts: &[Draft],
        head: &Block,
    ) -> Result<Option<Draft>, SendError> {
        if let Some(by) = step.by.filter(|by| head.timestamp.to::<u64>() >= by.0) {
            return Err(SendError::Expired { step: Box::new(step.id.clone()), by });
        }
        if let Some(needs) = self.undone_before(step, plan) {
            return Err(SendError::Undone { step: Box::new(step.id.clone()), needs });
        }
        if drafts.is_empty() {
            self.client.check_chain()?;
        }
        let Some(nonce) = self.next_nonce(step, drafts, head)? else { return Ok(None) };
        let Some(fees) = self.quote(head)? else {
            self.memory.waiting = format!("the base fee is over {} wei", self.options.max_fee);
            return Ok(None);
        };
        let creates = match step.to {
            None if is_forcing(&step.input) => None,
            None => Some(step.sender.create(nonce)),
            Some(_) => step.creates,
        };
        if let Some(address) = step.creates {
            self.check_free(step, address, head)?;
        }
        let gas_limit = self.gas_limit(step, head)?;
        let draft = Draft {
            id: step.id.clone(),
            purpose: Purpose::Step,
            sender: step.sender,
            nonce,
            to: step.to.map_or(TxKind::Create, TxKind::Call),
            value: step.value,
            input: step.input.clone(),
            gas_limit,
            creates,
            fees,
            by: step.by,
        };
        self.check_means(&draft, drafts, head)?;
        Ok(Some(draft))
    }

    /// The nonce that comes next; `None` if that is not clear yet.
    fn next_nonce(
        &mut self,
        step: &Step,
        drafts: &[Draft],
        head: &Block,
    ) -> Result<Option<u64>, SendError> {
        let sender = step.sender;
        if let Some(before) = drafts.iter().rev().find(|draft| draft.sender == sender) {
            return Ok(Some(before.nonce + 1));
        }
        let on_chain = self.nonce_at(sender, head)?;
        let Some(planned) = self.journal.book().next_nonce(sender) else {
            // Whoever sent what waits there is not us, and what we sign must neither replace it nor depend on it.
            let pending = self.client.pending_nonce(sender)?;
            if pending == on_chain {
                self.passes(Oddity::Pending(sender));
                return Ok(Some(on_chain));
            }
            self.memory.waiting =
                format!("{sender} has transactions that wait, sent by something else");
            return Ok(None);
        };
        if on_chain <= planned {
            self.passes(Oddity::Nonce(sender, planned));
            return Ok(Some(planned));
        }
        if !self.persists(Oddity::Nonce(sender, planned)) {
            return Ok(None);
        }
        match self.options.foreign {
            OnForeign::Replan => Ok(Some(on_chain)),
            OnForeign::Refuse => Err(SendError::Foreign { sender, nonce: planned, step: None }),
        }
    }

    fn quote(&mut self, head: &Block) -> Result<Option<FeeQuote>, SendError> {
        let base_fee = head.base_fee_per_gas.unwrap_or_default().to();
        Ok(FeeQuote::at(base_fee, self.tip()?, self.options.max_fee))
    }

    fn gas_limit(&mut self, step: &Step, head: &Block) -> Result<u64, SendError> {
        if let Some(limit) = step.gas_limit {
            return Ok(limit);
        }
        let simulated = self.memory.simulated.get(&step.id.position);
        if let Some((_, limit)) = simulated.filter(|(block, _)| *block == head.hash) {
            return Ok(*limit);
        }
        let Step { sender: from, to, value, input: data, .. } = step.clone();
        match self.client.estimate_gas(&CallRequest { from, to, value, data }, head.number.to()) {
            Ok(gas) => Ok(gas.saturating_add(gas / 4)),
            Err(RpcError::Refused { refusal, .. }) => {
                Err(SendError::WouldFail { step: Box::new(step.id.clone()), refusal })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Refuses to create what is there already.
    fn check_free(&mut self, step: &Step, address: Address, head: &Block) -> Result<(), SendError> {
        let code = self.client.code(address, head.number.to())?;
        if code.is_empty() {
            return Ok(());
        }
        let same = step.code.as_ref().is_some_and(|check| check.accepts(&code));
        Err(SendError::Occupied { step: Box::new(step.id.clone()), address, same })
    }

    /// Refuses what the account cannot pay for, or what is over the bound.
    fn check_means(
        &mut self,
        draft: &Draft,
        drafts: &[Draft],
        head: &Block,
    ) -> Result<(), SendError> {
        let worst = |slot: &Slot| {
            let costs = slot.attempts.iter().map(|attempt| {
                let Signed { value, gas_limit, max_fee, .. } = &attempt.signed;
                *value + U256::from(*gas_limit) * U256::from(*max_fee)
            });
            costs.max().unwrap_or_default()
        };
        let book = self.journal.book();
        let all = book.steps().flat_map(|it| it.slot.iter().chain(&it.past));
        let signed: U256 = all.map(worst).sum();
        let open = book.steps().filter_map(|it| it.slot.as_ref());
        let open = open.filter(|slot| slot.sender == draft.sender && slot.landing.is_none());
        let drafted = drafts.iter().filter(|it| it.sender == draft.sender).map(Draft::cost);
        let waiting: U256 = open.map(worst).chain(drafted).sum();
        let (id, sender) = (Box::new(draft.id.clone()), draft.sender);
        let want = signed + drafts.iter().map(Draft::cost).sum::<U256>() + draft.cost();
        if let Some(limit) = self.options.max_spend.filter(|limit| want > *limit) {
            return Err(SendError::MaxSpend { step: id, want, limit });
        }
        let have = self.balance_at(sender, head)?;
        let want = waiting + draft.cost();
        if have < want {
            return Err(SendError::Funds { step: id, sender, have, want });
        }
        Ok(())
    }

    /// Signs, writes down, offers; in this order, and all of each before the first of the next.
    fn sign_and_offer(&mut self, drafts: Vec<Draft>, head: &Block) -> Result<(), SendError> {
        let positions: Vec<Position> = drafts.iter().map(|draft| draft.id.position).collect();
        let mut drafts = drafts.into_iter();
        let signed = drafts.try_for_each(|draft| self.sign(draft, head));
        self.settle()?;
        let slots = positions.iter().filter_map(|position| self.slot(*position));
        let attempts: Vec<Attempt> = slots.map(|slot| slot.latest().clone()).collect();
        let offered = attempts.iter().try_for_each(|attempt| self.offer(attempt));
        self.settle()?;
        signed.and(offered)
    }

    fn sign(&mut self, draft: Draft, head: &Block) -> Result<(), SendError> {
        let Draft { id, purpose, sender, nonce, to, value, input, gas_limit, creates, fees, by } =
            draft;
        let FeeQuote { max_fee, priority } = fees;
        let request = SigningRequest {
            chain_id: self.client.chain_id(),
            nonce,
            gas_limit,
            max_fee_per_gas: max_fee,
            max_priority_fee_per_gas: priority,
            to,
            value,
            access_list: Default::default(),
            input,
        };
        let Some(signer) = self.signers.get(&sender) else {
            return Err(SendError::NoSigner { step: Box::new(id), sender });
        };
        let (raw, hash) = signer::sign(&**signer, &request)
            .map_err(|source| SendError::Signer { step: Box::new(id.clone()), source })?;
        self.note(&Record::Signed(Signed {
            step: id,
            purpose,
            sender,
            nonce,
            hash,
            raw,
            creates,
            value,
            gas_limit,
            max_fee: U128::from(max_fee),
            priority_fee: U128::from(priority),
            at: Timestamp(head.timestamp.to()),
            by,
        }))
    }

    /// Sends what was signed and written down, for the first time or again.
    pub(super) fn offer(&mut self, attempt: &Attempt) -> Result<(), SendError> {
        let Signed { hash, raw, step, .. } = &attempt.signed;
        let now = self.clock.now();
        self.memory.offered.entry(*hash).or_insert(now);
        self.memory.waiting = format!("{step} waits to be put into a block");
        self.hear(*hash);
        let refusal = match self.client.send_raw(raw) {
            Ok(found) if found == *hash => return self.note_sent(attempt),
            Ok(_) => {
                // A node that names another transaction did something else with it, or nothing.
                self.client.leave_endpoint();
                return Ok(());
            }
            Err(RpcError::Refused { refusal, .. }) => refusal,
            Err(error) => return Err(error.into()),
        };
        match meaning(&refusal.message) {
            Meaning::Known => self.note_sent(attempt),
            // The next look finds what used the nonce, or offers what comes before.
            Meaning::NonceTooLow | Meaning::NonceTooHigh | Meaning::Full => Ok(()),
            Meaning::Underbids | Meaning::PaysTooLittle => {
                // The next look raises it, without waiting for long.
                self.memory.underpaid.insert(*hash);
                Ok(())
            }
            Meaning::Funds | Meaning::Other => match self.client.known(*hash)? {
                Some(_) => self.note_sent(attempt),
                None if self.client.receipt(*hash)?.is_some() => Ok(()),
                None => Err(SendError::Rejected { step: Box::new(step.clone()), refusal }),
            },
        }
    }

    fn note_sent(&mut self, attempt: &Attempt) -> Result<(), SendError> {
        if attempt.sent {
            return Ok(());
        }
        self.note(&Record::Sent { hash: attempt.signed.hash })
    }

    /// A node is asked whether it has a transaction; says whether that was not done since the latest block.
    fn hear(&mut self, hash: B256) -> bool {
        let Some(head) = self.memory.last.as_ref().map(|head| head.hash) else { return true };
        self.memory.heard.insert(hash, head) != Some(head)
    }

    /// What to do with a nonce of which nothing is in a block.
    pub(super) fn push(
        &mut self,
        position: Position,
        step: Option<&Step>,
        ready: bool,
        head: &Block,
    ) -> Result<(), SendError> {
        let slot = &self.slot(position).expect("it is open");
        let latest = slot.latest().clone();
        let hash = latest.signed.hash;
        self.memory.waiting = format!("{} waits to be put into a block", latest.signed.step);
        let next = self.nonce_at(slot.sender, head)?;
        let oddity = Oddity::Nonce(slot.sender, slot.nonce);
        if next > slot.nonce {
            return if self.persists(oddity) { self.overtaken(slot, head) } else { Ok(()) };
        }
        self.passes(oddity);
        // Before anything is sent again: what is too late must not be.
        if is_late(slot, step, head) && !slot.is_cancelled() {
            return self.cancel(slot, head);
        }
        // After a reorganisation, what it needs may have to land again first.
        // Only the one that comes next can change without a new block.
        let ask = self.hear(hash) || next == slot.nonce;
        if ask {
            self.memory.unheard.remove(&position);
        }
        // What nobody knows to be wanted is not waited for either, though something else has to come first.
        if ask && (ready || !self.is_meant(slot)) && self.client.known(hash)?.is_none() {
            if self.is_unheard(slot)? {
                self.memory.unheard.insert(position);
            } else if ready {
                self.offer(&latest)?;
            }
        }
        if self.memory.unheard.contains(&position) {
            return Ok(());
        }
        if !ready {
            return Ok(());
        }
        let now = self.clock.now();
        let offered = *self.memory.offered.entry(hash).or_insert(now);
        let slot = self.slot(position).expect("it is open");
        let stuck = now.saturating_sub(offered) >= self.options.stuck_after;
        if stuck || self.memory.underpaid.remove(&hash) {
            return self.replace(&slot, head);
        }
        Ok(())
    }

    /// A nonce was used, and not by what was signed for it.
    fn overtaken(&mut self, slot: &Slot, head: &Block) -> Result<(), SendError> {
        let (sender, nonce) = (slot.sender, slot.nonce);
        let step = Box::new(slot.latest().signed.step.clone());
        if self.options.foreign == OnForeign::Refuse {
            return Err(SendError::Foreign { sender, nonce, step: Some(step) });
        }
        // What was signed can land no more once that is as deep as was asked for.
        let settled =
            (head.number.to::<u64>() + 1).saturating_sub(self.options.confirmations.max(1));
        if self.client.nonce(sender, settled)? > nonce {
            return self.note(&Record::Overtaken { step: step.position });
        }
        Ok(())
    }

    /// Offers more, if it may and if that may help.
    fn replace(&mut self, slot: &Slot, head: &Block) -> Result<(), SendError> {
        let done = slot.attempts.iter().filter(|it| it.signed.purpose == Purpose::Replacement);
        if done.count() >= self.options.replacements as usize {
            self.memory.waiting = format!("nonce {} was replaced often enough", slot.nonce);
            return Ok(());
        }
        // A cancellation is not counted, but stays one.
        let purpose =
            if slot.is_cancelled() { Purpose::Cancellation } else { Purpose::Replacement };
        self.sign_again(slot, head, purpose)
    }

    /// Signs a transaction that does nothing for the nonce, so that the step never lands.
    pub(super) fn cancel(&mut self, slot: &Slot, head: &Block) -> Result<(), SendError> {
        self.sign_again(slot, head, Purpose::Cancellation)
    }

    fn sign_again(&mut self, slot: &Slot, head: &Block, purpose: Purpose) -> Result<(), SendError> {
        self.client.check_chain()?;
        let first = &slot.attempts[0].signed;
        let before = slot.latest().signed.clone();
        let old = FeeQuote { max_fee: before.max_fee.to(), priority: before.priority_fee.to() };
        let fresh = self.quote(head)?.unwrap_or(old);
        let Some(fees) = old.raised_to(fresh, self.options.max_fee) else {
            self.memory.waiting =
                format!("nonce {} cannot pay more than {} wei", slot.nonce, self.options.max_fee);
            return Ok(());
        };
        let request = signer::request_of(&first.raw);
        let nothing = purpose == Purpose::Cancellation;
        let (sender, nonce, id, by) = (slot.sender, slot.nonce, first.step.clone(), slot.by());
        let draft = if nothing {
            let (to, input) = (TxKind::Call(sender), Bytes::new());
            let (value, gas_limit, creates) = (U256::ZERO, NOTHING_GAS, None);
            Draft { id, purpose, sender, nonce, to, value, input, gas_limit, creates, fees, by }
        } else {
            let SigningRequest { to, value, input, gas_limit, .. } = request;
            let creates = first.creates;
            Draft { id, purpose, sender, nonce, to, value, input, gas_limit, creates, fees, by }
        };
        self.sign_and_offer(vec![draft], head)
    }
}

/// Whether a step must not land any more, by what is wanted now or by what was when it was signed.
pub(super) fn is_late(slot: &Slot, step: Option<&Step>, head: &Block) -> bool {
    let by = step.and_then(|step| step.by);
    by.into_iter().chain(slot.by()).any(|by| head.timestamp.to::<u64>() >= by.0)
}

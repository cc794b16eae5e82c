//! One milestone plan as a state machine, after contracts/docs/milestones.md. What is held, and how many milestones are
//! over, is not kept but follows from where each milestone stands.

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Event, Fault, Value, event, require},
        books::{Books, share},
        cast::Who,
        signature::Signature,
    },
    EVIDENCE,
    act::{Amendment, Call, Consents, Draft, Settlement},
    checks::{a_share, before},
    figures::total,
    stage::{Mark, Stage, Status},
    terms::{Head, Milestone, Terms},
};

use Status::{Active, Amended, Cancelled, Closed, Funded, None as Absent, Proposed};

/// A plan with what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) terms: Terms,
    pub(super) id: B256,
    pub(super) status: Status,
    pub(super) payee_accepted: bool,
    pub(super) arbiter_accepted: bool,
    /// How many milestones are funded.
    pub(super) funded: usize,
    pub(super) round: u64,
    pub(super) nonce: u64,
    /// One for each milestone of the terms.
    pub(super) marks: Vec<Mark>,
    /// For I-1: all that was paid in or carried over, and all that was paid out, credited or carried on.
    pub(super) came: u128,
    pub(super) went: u128,
}

/// A call in its circumstances.
pub(super) struct Scene<'a> {
    pub(super) books: &'a mut Books,
    pub(super) caller: Who,
    pub(super) value: u128,
    /// The ids of the plans that a settlement or an amendment names: as it is, and as it is to be.
    pub(super) named: [B256; 2],
    /// What was approved on chain, and by whom.
    pub(super) approvals: &'a mut Vec<(Who, Draft)>,
    /// The terms as an argument, and those that take their place.
    pub(super) terms: [Value; 2],
    /// The digest of what is approved.
    pub(super) digest: B256,
}

impl Scene<'_> {
    fn tell(&mut self, event: Event) {
        self.books.events.push(event);
    }
}

/// What a call pays.
#[derive(Default)]
struct Payout {
    to_payee: u128,
    fee: u128,
    to_payer: u128,
    to_arbiter: u128,
}

impl Plan {
    pub(super) fn new(terms: Terms, id: B256) -> Self {
        let marks = vec![Mark { stage: Stage::Open, since: 0 }; terms.milestones.len()];
        Self {
            terms,
            id,
            status: Absent,
            payee_accepted: false,
            arbiter_accepted: false,
            funded: 0,
            round: 0,
            nonce: 0,
            marks,
            came: 0,
            went: 0,
        }
    }

    /// Does what is called for; true if the function returns the id.
    pub(super) fn act(&mut self, call: &Call, mut scene: Scene<'_>) -> Result<bool, Fault> {
        if !matches!(call, Call::Fund(_)) && scene.value > 0 {
            return Err(Fault::SILENT);
        }
        let scene = &mut scene;
        match call {
            Call::Propose => self.propose(scene)?,
            Call::Accept => self.accept(scene.caller, scene)?,
            Call::AcceptFor(party, signature) => self.accept_for(*party, *signature, scene)?,
            Call::Fund(up_to) => self.fund((*up_to).into(), scene)?,
            Call::Cancel => self.cancel(scene)?,
            Call::Submit(index) => self.submit((*index).into(), scene)?,
            Call::Release(index) => self.release((*index).into(), scene)?,
            Call::ReleaseUpTo(last) => self.release_up_to((*last).into(), scene)?,
            Call::Refund(index) => self.refund((*index).into(), scene)?,
            Call::Dispute(index) => self.dispute((*index).into(), scene)?,
            Call::Rule(index, payee_bps) => self.rule((*index).into(), *payee_bps, scene)?,
            Call::Divide(settlement, consents) => self.divide(settlement, *consents, scene)?,
            Call::Amend(..) => unreachable!("that takes two plans"),
            Call::Approve(draft) => {
                self.is_party(scene.caller)?;
                scene.approvals.push((scene.caller, *draft));
                scene.tell(event!("Approved", self.id, scene.caller, scene.digest));
            }
            Call::Revoke => {
                self.is_party(scene.caller)?;
                self.nonce += 1;
                scene.tell(event!("Revoked", self.id, scene.caller, self.nonce));
            }
            Call::Settle => self.settle(scene)?,
        }
        Ok(matches!(call, Call::Propose | Call::Accept | Call::AcceptFor(..) | Call::Fund(_)))
    }

    fn propose(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        self.is_exactly(Absent)?;
        before(scene.books.now, self.terms.head.accept_by)?;
        self.put_on_record(scene)?;
        if scene.caller == self.terms.head.payee {
            self.payee_accepted = true;
            scene.tell(event!("Accepted", self.id, scene.caller));
        }
        Ok(())
    }

    fn put_on_record(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.terms.check()?;
        self.status = Proposed;
        let [terms, _] = scene.terms.clone();
        scene.tell(event!("Proposed", self.id, scene.caller, terms));
        Ok(())
    }

    fn accept(&mut self, party: Who, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Head { payee, arbiter, accept_by, .. } = self.terms.head;
        require!(party == payee || party == arbiter, "Milestones_NotAParty", party);
        self.is_on_record()?;
        if self.status != Funded {
            self.is_exactly(Proposed)?;
        }
        before(scene.books.now, accept_by)?;
        let accepted =
            if party == payee { &mut self.payee_accepted } else { &mut self.arbiter_accepted };
        require!(!*accepted, "Milestones_AlreadyAccepted", party);
        *accepted = true;
        scene.tell(event!("Accepted", self.id, party));
        self.activate(scene);
        Ok(())
    }

    fn accept_for(
        &mut self,
        party: Who,
        signature: Signature,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        self.accept(party, scene)?;
        require!(signature.is_by(party), "Milestones_InvalidSignature", party);
        Ok(())
    }

    fn fund(&mut self, up_to: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        if self.status == Absent {
            self.put_on_record(scene)?;
        }
        let (actual, last) = (self.status as u8, Active as u8);
        require!(!self.status.is_final(), "Milestones_WrongState", actual, last);
        let (count, least) = (self.marks.len(), usize::from(self.terms.up_front));
        require!(up_to <= count, "Milestones_InvalidCount", up_to, count);
        require!(up_to > self.funded, "Milestones_InvalidCount", up_to, self.funded + 1);
        require!(up_to >= least, "Milestones_InvalidCount", up_to, least);
        let by = match self.status {
            Active => self.terms.milestones[self.funded].fund_by,
            _ => self.terms.head.accept_by,
        };
        before(scene.books.now, by)?;
        let amount = total(&self.terms.milestones[self.funded..up_to]);
        self.funded = up_to;
        self.came += amount;
        self.round += 1;
        scene.tell(event!("Funded", self.id, scene.caller, up_to, amount));
        if self.status != Active {
            self.status = Funded;
            self.activate(scene);
        }
        scene.books.take(self.terms.head.asset, scene.caller, scene.value, amount)
    }

    fn cancel(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Head { payer, payee, arbiter, .. } = self.terms.head;
        let named = [payer, payee, arbiter].contains(&scene.caller);
        require!(named, "Milestones_NotAParty", scene.caller);
        let free = matches!(self.status, Absent | Proposed | Funded);
        require!(free, "Milestones_WrongState", self.status as u8, Funded as u8);
        scene.tell(event!("Cancelled", self.id, scene.caller));
        self.call_off(scene);
        Ok(())
    }

    fn submit(&mut self, index: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_called_by(self.terms.head.payee, scene)?;
        let stage = self.pending(index)?;
        let open = stage == Stage::Open;
        require!(open, "Milestones_WrongStage", stage as u8, Stage::Open as u8);
        before(scene.books.now, self.terms.milestones[index].perform_by)?;
        self.enter(index, Stage::Submitted, scene.books.now);
        scene.tell(event!("Submitted", self.id, index, EVIDENCE, self.silence(index)));
        Ok(())
    }

    fn release(&mut self, index: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_called_by(self.terms.head.payer, scene)?;
        self.pending(index)?;
        self.decide(&[(index, 10_000)], 0, scene);
        Ok(())
    }

    fn release_up_to(&mut self, last: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_called_by(self.terms.head.payer, scene)?;
        self.is_funded(last)?;
        let due: Vec<_> =
            self.pending_ones().filter(|it| *it <= last).map(|it| (it, 10_000)).collect();
        require!(!due.is_empty(), "Milestones_NothingToRelease", last);
        self.decide(&due, 0, scene);
        Ok(())
    }

    fn refund(&mut self, index: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_called_by(self.terms.head.payee, scene)?;
        self.pending(index)?;
        self.decide(&[(index, 0)], 0, scene);
        Ok(())
    }

    fn dispute(&mut self, index: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        let stage = self.pending(index)?;
        let disputable = stage != Stage::Disputed;
        require!(disputable, "Milestones_WrongStage", stage as u8, Stage::Open as u8);
        before(scene.books.now, self.silence(index))?;
        self.enter(index, Stage::Disputed, scene.books.now);
        let (party, until) = (scene.caller, self.silence(index));
        scene.tell(event!("Disputed", self.id, index, party, EVIDENCE, until));
        Ok(())
    }

    fn rule(&mut self, index: usize, payee_bps: u16, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_called_by(self.terms.head.arbiter, scene)?;
        let stage = self.pending(index)?;
        let disputed = stage == Stage::Disputed;
        require!(disputed, "Milestones_WrongStage", stage as u8, Stage::Disputed as u8);
        before(scene.books.now, self.silence(index))?;
        a_share(payee_bps)?;
        let fee_bps = self.terms.head.arbiter_fee_bps;
        let fee = share(self.terms.milestones[index].amount, fee_bps);
        scene.tell(event!("Ruled", self.id, index, payee_bps, fee));
        self.decide(&[(index, payee_bps)], fee_bps, scene);
        Ok(())
    }

    fn divide(
        &mut self,
        settlement: &Settlement,
        consents: Consents,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let index = settlement.milestone.into();
        self.pending(index)?;
        self.is_current(settlement.leave, scene)?;
        a_share(settlement.payee_bps)?;
        self.both_consent(Draft::Settlement(*settlement), consents, scene)?;
        scene.tell(event!("SettlementAgreed", self.id, index, settlement.payee_bps));
        self.decide(&[(index, settlement.payee_bps)], 0, scene);
        Ok(())
    }

    /// Goes on as `next`.
    pub(super) fn amend(
        &mut self,
        next: &mut Self,
        amendment: &Amendment,
        consents: Consents,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        if scene.value > 0 {
            return Err(Fault::SILENT);
        }
        self.is_on_record()?;
        self.is_exactly(Active)?;
        self.is_current(amendment.leave, scene)?;
        let to_be = scene.named[1];
        require!(to_be == next.id, "Milestones_WrongAgreement", to_be, next.id);
        self.both_consent(Draft::Amendment(*amendment), consents, scene)?;
        require!(self.terms.head == next.terms.head, "Milestones_DifferentHead");
        next.is_exactly(Absent)?;
        next.terms.check()?;
        let (funded, count) = (usize::from(amendment.funded), next.marks.len());
        require!(funded <= count, "Milestones_InvalidCount", funded, count);
        for (index, mark) in self.marks.iter().enumerate() {
            let same = |it: &Milestone| *it == self.terms.milestones[index];
            let kept = index < funded && next.terms.milestones.get(index).is_some_and(same);
            require!(mark.stage == Stage::Open || kept, "Milestones_Kept", index);
        }
        for (mark, old) in next.marks.iter_mut().zip(&self.marks) {
            *mark = *old;
        }
        let held = self.held();
        next.status = Active;
        next.funded = funded;
        let needed = next.held();
        require!(needed <= held, "Milestones_NotCovered", held, needed);
        next.payee_accepted = true;
        next.arbiter_accepted = self.arbiter_accepted;
        next.round = self.round + 1;
        next.came += needed;
        self.went += held;
        let [_, terms] = scene.terms.clone();
        scene.tell(event!("Amended", self.id, next.id, needed, held - needed, terms));
        self.close(Amended, scene);
        next.close_if_over(scene);
        let Head { asset, payer, .. } = self.terms.head;
        scene.books.release_some(asset, payer, held - needed);
        Ok(())
    }

    fn settle(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_on_record()?;
        let (actual, last) = (self.status as u8, Active as u8);
        require!(!self.status.is_final(), "Milestones_WrongState", actual, last);
        let (now, deadline) = (scene.books.now, self.deadline());
        require!(now >= deadline, "Milestones_TooEarly", now, deadline);
        if self.status != Active {
            self.call_off(scene);
            return Ok(());
        }
        let lapsed: Vec<_> =
            self.pending_ones().filter(|index| now >= self.silence(*index)).collect();
        self.lapse(&lapsed, scene);
        Ok(())
    }

    fn activate(&mut self, scene: &mut Scene<'_>) {
        let arbiter = self.terms.head.arbiter == Who::NOBODY || self.arbiter_accepted;
        if self.status == Funded && self.payee_accepted && arbiter {
            self.status = Active;
            scene.tell(event!("Activated", self.id));
        }
    }

    fn enter(&mut self, index: usize, stage: Stage, now: u64) {
        self.marks[index] = Mark { stage, since: now };
        self.round += 1;
    }

    fn call_off(&mut self, scene: &mut Scene<'_>) {
        let held = self.held();
        self.went += held;
        for (index, milestone) in self.terms.milestones[..self.funded].iter().enumerate() {
            scene.tell(event!("Refunded", self.id, index, milestone.amount));
        }
        self.close(Cancelled, scene);
        let Head { asset, payer, .. } = self.terms.head;
        scene.books.release_some(asset, payer, held);
    }

    /// Ends these milestones, so much of each to the payee once the arbiter has its fee.
    fn decide(&mut self, shares: &[(usize, u16)], arbiter_fee_bps: u16, scene: &mut Scene<'_>) {
        let mut payout = Payout::default();
        for (index, payee_bps) in shares {
            self.end(*index, *payee_bps, arbiter_fee_bps, &mut payout, scene);
        }
        self.pay(&payout, scene);
    }

    /// Ends these milestones as silence does.
    fn lapse(&mut self, lapsed: &[usize], scene: &mut Scene<'_>) {
        let mut payout = Payout::default();
        for index in lapsed {
            let (stage, bps) = (self.marks[*index].stage as u8, self.silent_bps(*index));
            scene.tell(event!("TimedOut", self.id, *index, stage, bps));
            self.end(*index, bps, 0, &mut payout, scene);
        }
        self.pay(&payout, scene);
    }

    fn end(
        &mut self,
        index: usize,
        payee_bps: u16,
        arbiter_fee_bps: u16,
        payout: &mut Payout,
        scene: &mut Scene<'_>,
    ) {
        let amount = self.terms.milestones[index].amount;
        let to_arbiter = share(amount, arbiter_fee_bps);
        let to_payee = share(amount - to_arbiter, payee_bps);
        let to_payer = amount - to_arbiter - to_payee;
        self.marks[index].stage = match (to_payee, to_payer) {
            (1.., 0) => Stage::Released,
            (0, 1..) => Stage::Refunded,
            _ => Stage::Split,
        };
        let fee = share(to_payee, self.terms.head.fee_bps);
        if to_payee > 0 {
            scene.tell(event!("Released", self.id, index, to_payee - fee, fee));
        }
        if to_payer > 0 {
            scene.tell(event!("Refunded", self.id, index, to_payer));
        }
        payout.to_payee += to_payee;
        payout.fee += fee;
        payout.to_payer += to_payer;
        payout.to_arbiter += to_arbiter;
        self.went += amount;
    }

    fn pay(&mut self, payout: &Payout, scene: &mut Scene<'_>) {
        let Head { payer, payee, arbiter, fee_receiver, asset, .. } = self.terms.head;
        self.round += 1;
        self.close_if_over(scene);
        let books = &mut *scene.books;
        books.release_some(asset, payee, payout.to_payee - payout.fee);
        books.release_some(asset, fee_receiver, payout.fee);
        books.release_some(asset, payer, payout.to_payer);
        books.release_some(asset, arbiter, payout.to_arbiter);
    }

    /// Closed once nothing is pending and nothing can be funded any more.
    fn close_if_over(&mut self, scene: &mut Scene<'_>) {
        let next = self.terms.milestones.get(self.funded);
        let funded = next.is_none_or(|it| scene.books.now >= it.fund_by);
        if self.pending_ones().next().is_none() && funded {
            self.close(Closed, scene);
        }
    }

    fn close(&mut self, status: Status, scene: &mut Scene<'_>) {
        self.status = status;
        scene.tell(event!("Closed", self.id, status as u8));
    }
}

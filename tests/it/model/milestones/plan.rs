//! One milestone plan as a state machine, after contracts/docs/milestones.md. What is held, and how many milestones are
//! over, is not kept but follows from where each milestone stands.

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Fault, require},
        books::{Books, share},
        cast::Who,
        signature::Signature,
    },
    act::{Amendment, Call, Consents, Draft, Leave, Settlement},
    terms::{Head, Milestone, Terms},
};

/// `IMilestones.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Proposed,
    Funded,
    Active,
    Closed,
    Cancelled,
    Amended,
}

use Status::{Active, Amended, Cancelled, Closed, Funded, None as Absent, Proposed};

/// `IMilestones.Stage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Open,
    Submitted,
    Disputed,
    Released,
    Refunded,
    Split,
}

/// Where a milestone stands, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) stage: Stage,
    pub(super) since: u64,
}

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
}

/// What a call pays.
#[derive(Default)]
struct Payout {
    to_payee: u128,
    fee: u128,
    to_payer: u128,
    to_arbiter: u128,
}

impl Status {
    pub(super) const fn is_final(self) -> bool {
        matches!(self, Closed | Cancelled | Amended)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Absent => "None",
            Proposed => "Proposed",
            Funded => "Funded",
            Active => "Active",
            Closed => "Closed",
            Cancelled => "Cancelled",
            Amended => "Amended",
        }
    }
}

impl Stage {
    pub(super) const fn is_pending(self) -> bool {
        matches!(self, Self::Open | Self::Submitted | Self::Disputed)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Open => "milestone Open",
            Self::Submitted => "milestone Submitted",
            Self::Disputed => "milestone Disputed",
            Self::Released => "milestone Released",
            Self::Refunded => "milestone Refunded",
            Self::Split => "milestone Split",
        }
    }
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
            Call::Accept => self.accept(scene.caller, scene.books.now)?,
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
            }
            Call::Revoke => {
                self.is_party(scene.caller)?;
                self.nonce += 1;
            }
            Call::Settle => self.settle(scene)?,
        }
        Ok(matches!(call, Call::Propose | Call::Accept | Call::AcceptFor(..) | Call::Fund(_)))
    }

    fn propose(&mut self, scene: &Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        self.is_exactly(Absent)?;
        before(scene.books.now, self.terms.head.accept_by)?;
        self.terms.check()?;
        self.status = Proposed;
        self.payee_accepted = scene.caller == self.terms.head.payee;
        Ok(())
    }

    fn accept(&mut self, party: Who, now: u64) -> Result<(), Fault> {
        let Head { payee, arbiter, accept_by, .. } = self.terms.head;
        require!(party == payee || party == arbiter, "Milestones_NotAParty", party);
        self.is_on_record()?;
        if self.status != Funded {
            self.is_exactly(Proposed)?;
        }
        before(now, accept_by)?;
        let accepted =
            if party == payee { &mut self.payee_accepted } else { &mut self.arbiter_accepted };
        require!(!*accepted, "Milestones_AlreadyAccepted", party);
        *accepted = true;
        self.activate();
        Ok(())
    }

    fn accept_for(
        &mut self,
        party: Who,
        signature: Signature,
        scene: &Scene<'_>,
    ) -> Result<(), Fault> {
        self.accept(party, scene.books.now)?;
        require!(signature.is_by(party), "Milestones_InvalidSignature", party);
        Ok(())
    }

    fn fund(&mut self, up_to: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        if self.status == Absent {
            self.terms.check()?;
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
        if self.status != Active {
            self.status = Funded;
            self.activate();
        }
        scene.books.take(self.terms.head.asset, scene.caller, scene.value, amount)
    }

    fn cancel(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Head { payer, payee, arbiter, .. } = self.terms.head;
        let named = [payer, payee, arbiter].contains(&scene.caller);
        require!(named, "Milestones_NotAParty", scene.caller);
        let free = matches!(self.status, Absent | Proposed | Funded);
        require!(free, "Milestones_WrongState", self.status as u8, Funded as u8);
        self.call_off(scene);
        Ok(())
    }

    fn submit(&mut self, index: usize, scene: &Scene<'_>) -> Result<(), Fault> {
        self.is_called_by(self.terms.head.payee, scene)?;
        let stage = self.pending(index)?;
        let open = stage == Stage::Open;
        require!(open, "Milestones_WrongStage", stage as u8, Stage::Open as u8);
        before(scene.books.now, self.terms.milestones[index].perform_by)?;
        self.enter(index, Stage::Submitted, scene.books.now);
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

    fn dispute(&mut self, index: usize, scene: &Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        let stage = self.pending(index)?;
        let disputable = stage != Stage::Disputed;
        require!(disputable, "Milestones_WrongStage", stage as u8, Stage::Open as u8);
        before(scene.books.now, self.silence(index))?;
        self.enter(index, Stage::Disputed, scene.books.now);
        Ok(())
    }

    fn rule(&mut self, index: usize, payee_bps: u16, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_called_by(self.terms.head.arbiter, scene)?;
        let stage = self.pending(index)?;
        let disputed = stage == Stage::Disputed;
        require!(disputed, "Milestones_WrongStage", stage as u8, Stage::Disputed as u8);
        before(scene.books.now, self.silence(index))?;
        a_share(payee_bps)?;
        self.decide(&[(index, payee_bps)], self.terms.head.arbiter_fee_bps, scene);
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
        self.status = Amended;
        next.close_if_over(scene.books.now);
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
        let lapsed: Vec<_> = self
            .pending_ones()
            .filter(|index| now >= self.silence(*index))
            .map(|index| (index, self.silent_bps(index)))
            .collect();
        self.decide(&lapsed, 0, scene);
        Ok(())
    }

    /// What is held.
    pub(super) fn held(&self) -> u128 {
        match self.status {
            Proposed | Funded => total(&self.terms.milestones[..self.funded]),
            Active => self.pending_ones().map(|it| self.terms.milestones[it].amount).sum(),
            Absent | Closed | Cancelled | Amended => 0,
        }
    }

    /// How many of the funded milestones are over.
    pub(super) fn over(&self) -> usize {
        self.funded - self.pending_ones().count()
    }

    /// From when on silence decides; zero when it never will.
    pub(super) fn deadline(&self) -> u64 {
        match self.status {
            Absent | Closed | Cancelled | Amended => 0,
            Proposed | Funded => self.terms.head.accept_by,
            Active => self
                .pending_ones()
                .map(|index| self.silence(index))
                .min()
                .unwrap_or_else(|| self.terms.milestones[self.funded].fund_by),
        }
    }

    /// By when everything is over if nobody does anything any more, whatever happened before.
    pub(super) fn latest_end(&self) -> u64 {
        let ends = self.terms.milestones.iter().map(|it| it.perform_by + it.review_window);
        ends.max().unwrap_or_default().max(self.terms.head.accept_by)
            + self.terms.head.ruling_window
    }

    /// From when on silence decides about a funded milestone; zero when it is over.
    pub(super) fn silence(&self, index: usize) -> u64 {
        let Mark { stage, since } = self.marks[index];
        match stage {
            Stage::Open => self.terms.milestones[index].perform_by,
            Stage::Submitted => since + self.terms.milestones[index].review_window,
            Stage::Disputed => since + self.terms.head.ruling_window,
            Stage::Released | Stage::Refunded | Stage::Split => 0,
        }
    }

    /// What somebody gets if nobody does anything any more.
    pub(super) fn claim(&self, who: Who) -> u128 {
        if self.held() == 0 {
            return 0;
        }
        let Head { payer, payee, fee_receiver, fee_bps, .. } = self.terms.head;
        let due = |party: Who, amount: u128| if who == party { amount } else { 0 };
        self.pending_ones()
            .map(|index| {
                let amount = self.terms.milestones[index].amount;
                let to_payee = share(amount, self.silent_bps(index));
                let fee = share(to_payee, fee_bps);
                due(payer, amount - to_payee) + due(payee, to_payee - fee) + due(fee_receiver, fee)
            })
            .sum()
    }

    /// The funded milestones that are not over.
    pub(super) fn pending_ones(&self) -> impl Iterator<Item = usize> {
        (0..self.funded).filter(|index| self.marks[*index].stage.is_pending())
    }

    /// Who may hold something of it.
    pub(super) fn named(&self) -> Vec<Who> {
        let Head { payer, payee, arbiter, fee_receiver, .. } = self.terms.head;
        let mut named = vec![payer, payee, arbiter, fee_receiver];
        named.retain(|who| *who != Who::NOBODY);
        named.sort_unstable();
        named.dedup();
        named
    }

    fn silent_bps(&self, index: usize) -> u16 {
        match self.marks[index].stage {
            Stage::Submitted => 10_000,
            Stage::Disputed => self.terms.head.timeout_bps,
            _ => 0,
        }
    }

    fn is_party(&self, who: Who) -> Result<(), Fault> {
        let party = who == self.terms.head.payer || who == self.terms.head.payee;
        require!(party, "Milestones_NotAParty", who);
        Ok(())
    }

    fn is_called_by(&self, expected: Who, scene: &Scene<'_>) -> Result<(), Fault> {
        let caller = scene.caller;
        require!(caller == expected, "Milestones_WrongCaller", caller, expected);
        Ok(())
    }

    fn is_on_record(&self) -> Result<(), Fault> {
        require!(self.status != Absent, "Milestones_UnknownAgreement", self.id);
        Ok(())
    }

    fn is_exactly(&self, expected: Status) -> Result<(), Fault> {
        let (actual, wanted) = (self.status as u8, expected as u8);
        require!(self.status == expected, "Milestones_WrongState", actual, wanted);
        Ok(())
    }

    /// The plan binds, and this milestone is funded.
    fn is_funded(&self, index: usize) -> Result<(), Fault> {
        self.is_on_record()?;
        self.is_exactly(Active)?;
        require!(index < self.funded, "Milestones_UnknownMilestone", index, self.funded);
        Ok(())
    }

    /// The plan binds, and this milestone is funded and not over.
    fn pending(&self, index: usize) -> Result<Stage, Fault> {
        self.is_funded(index)?;
        let stage = self.marks[index].stage;
        let pending = stage.is_pending();
        require!(pending, "Milestones_WrongStage", stage as u8, Stage::Open as u8);
        Ok(stage)
    }

    /// What is consented to is about this plan as it stands.
    fn is_current(&self, leave: Leave, scene: &Scene<'_>) -> Result<(), Fault> {
        let named = scene.named[0];
        require!(named == self.id, "Milestones_WrongAgreement", named, self.id);
        before(scene.books.now, leave.deadline)?;
        let Leave { round, nonce, .. } = leave;
        require!(round == self.round, "Milestones_StaleRound", round, self.round);
        require!(nonce == self.nonce, "Milestones_WrongNonce", nonce, self.nonce);
        Ok(())
    }

    fn both_consent(
        &self,
        draft: Draft,
        consents: Consents,
        scene: &Scene<'_>,
    ) -> Result<(), Fault> {
        let Head { payer, payee, .. } = self.terms.head;
        for (party, signature) in [(payer, consents.payer), (payee, consents.payee)] {
            let consents = scene.caller == party
                || scene.approvals.contains(&(party, draft))
                || consents.is_by(party, signature);
            require!(consents, "Milestones_InvalidSignature", party);
        }
        Ok(())
    }

    fn activate(&mut self) {
        let arbiter = self.terms.head.arbiter == Who::NOBODY || self.arbiter_accepted;
        if self.status == Funded && self.payee_accepted && arbiter {
            self.status = Active;
        }
    }

    fn enter(&mut self, index: usize, stage: Stage, now: u64) {
        self.marks[index] = Mark { stage, since: now };
        self.round += 1;
    }

    fn call_off(&mut self, scene: &mut Scene<'_>) {
        let held = self.held();
        self.went += held;
        self.status = Cancelled;
        let Head { asset, payer, .. } = self.terms.head;
        scene.books.release_some(asset, payer, held);
    }

    /// Ends these milestones, so much of each to the payee once the arbiter has its fee.
    fn decide(&mut self, shares: &[(usize, u16)], arbiter_fee_bps: u16, scene: &mut Scene<'_>) {
        let Head { payer, payee, arbiter, fee_receiver, asset, fee_bps, .. } = self.terms.head;
        let mut payout = Payout::default();
        for (index, payee_bps) in shares {
            let amount = self.terms.milestones[*index].amount;
            let to_arbiter = share(amount, arbiter_fee_bps);
            let to_payee = share(amount - to_arbiter, *payee_bps);
            let to_payer = amount - to_arbiter - to_payee;
            self.marks[*index].stage = match (to_payee, to_payer) {
                (1.., 0) => Stage::Released,
                (0, 1..) => Stage::Refunded,
                _ => Stage::Split,
            };
            payout.to_payee += to_payee;
            payout.fee += share(to_payee, fee_bps);
            payout.to_payer += to_payer;
            payout.to_arbiter += to_arbiter;
            self.went += amount;
        }
        self.round += 1;
        self.close_if_over(scene.books.now);
        let books = &mut *scene.books;
        books.release_some(asset, payee, payout.to_payee - payout.fee);
        books.release_some(asset, fee_receiver, payout.fee);
        books.release_some(asset, payer, payout.to_payer);
        books.release_some(asset, arbiter, payout.to_arbiter);
    }

    /// Closed once nothing is pending and nothing can be funded any more.
    fn close_if_over(&mut self, now: u64) {
        let next = self.terms.milestones.get(self.funded);
        if self.pending_ones().next().is_none() && next.is_none_or(|it| now >= it.fund_by) {
            self.status = Closed;
        }
    }
}

fn total(milestones: &[Milestone]) -> u128 {
    milestones.iter().map(|it| it.amount).sum()
}

fn before(now: u64, deadline: u64) -> Result<(), Fault> {
    require!(now < deadline, "Milestones_TooLate", now, deadline);
    Ok(())
}

fn a_share(bps: u16) -> Result<(), Fault> {
    require!(bps <= 10_000, "Milestones_InvalidShare", bps, 10_000_u16);
    Ok(())
}

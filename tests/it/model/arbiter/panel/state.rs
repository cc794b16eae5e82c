//! What a panel does, after contracts/docs/arbiters.md.

use std::collections::BTreeMap;

use alloy_primitives::{B256, U256};

use super::{
    super::{
        super::{
            abi::{Fault, event, fault, require},
            books::Books,
            cast::Who,
        },
        consent::{before, from, is_about, is_between},
        holder::{Holder, accept, rule},
    },
    Panel,
    act::{Ballot, Call},
    terms::Terms,
};

/// `IPanel.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Proposed,
    Appointed,
    Closed,
}

use Status::{Appointed, Closed, None as Absent, Proposed};

/// What a member has voted on a bench.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stance {
    pub(super) payee_bps: Option<u16>,
    pub(super) nonce: u64,
}

/// The benches of an agreement, with what they did.
#[derive(Clone, Debug)]
pub(super) struct Appointment {
    pub(super) terms: Terms,
    pub(super) id: B256,
    pub(super) stage: Status,
    pub(super) stances: BTreeMap<(u8, Who), Stance>,
    /// Who has carried the ruling, on which bench, for what.
    pub(super) carried: Option<(u8, u16, Vec<Who>)>,
    /// What the ruling has earned and the token did not pay yet.
    pub(super) outstanding: U256,
}

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Absent => "None",
            Proposed => "Proposed",
            Appointed => "Appointed",
            Closed => "Closed",
        }
    }
}

impl Appointment {
    pub(super) const fn new(terms: Terms, id: B256) -> Self {
        Self {
            terms,
            id,
            stage: Absent,
            stances: BTreeMap::new(),
            carried: None,
            outstanding: U256::ZERO,
        }
    }

    /// What a member has voted.
    pub(super) fn stance(&self, bench: u8, member: Who) -> Stance {
        self.stances.get(&(bench, member)).copied().unwrap_or_default()
    }

    /// When silence decides; zero where it never does.
    pub(super) const fn deadline(&self) -> u64 {
        match self.stage {
            Proposed => self.terms.agree_by,
            Absent | Appointed | Closed => 0,
        }
    }

    fn is_in(&self, expected: Status) -> Result<(), Fault> {
        require!(self.stage != Absent, "Appointment_UnknownAgreement", self.id);
        let (actual, expected) = (self.stage as u8, expected as u8);
        require!(actual == expected, "Panel_WrongState", actual, expected);
        Ok(())
    }

    fn is_named(&self, who: Who) -> Result<(), Fault> {
        require!(self.terms.named().contains(&who), "Appointment_NotAParty", who);
        Ok(())
    }

    fn is_member(&self, bench: u8, who: Who) -> Result<(), Fault> {
        let benches = &self.terms.benches;
        let Some(found) = benches.get(usize::from(bench)) else {
            return Err(fault!("Panel_UnknownBench", bench, benches.len()));
        };
        require!(found.members.contains(&who), "Panel_NotAMember", who);
        Ok(())
    }

    fn close(&mut self, books: &mut Books) {
        self.stage = Closed;
        books.events.push(event!("Closed", self.id));
    }

    fn cancel(&mut self, caller: Who, books: &mut Books) -> Result<(), Fault> {
        self.is_named(caller)?;
        let (actual, expected) = (self.stage as u8, Proposed as u8);
        require!(self.stage <= Proposed, "Panel_WrongState", actual, expected);
        books.events.push(event!("Cancelled", self.id, caller));
        self.close(books);
        Ok(())
    }

    /// A member's vote and all that it has signed for a bench are void.
    fn revoke(&mut self, bench: u8, caller: Who, books: &mut Books) -> Result<(), Fault> {
        self.is_member(bench, caller)?;
        let stance = self.stances.entry((bench, caller)).or_default();
        stance.payee_bps = None;
        stance.nonce += 1;
        books.events.push(event!("VotesRevoked", self.id, caller, bench, stance.nonce));
        Ok(())
    }

    fn settle(&mut self, books: &mut Books) -> Result<(), Fault> {
        self.is_in(Proposed)?;
        from(books.now, self.terms.agree_by)?;
        self.close(books);
        Ok(())
    }

    /// A member of the bench that sits now, in a dispute opened then, votes. Who has carried the ruling, if that is one.
    fn count(
        &mut self,
        (member, bench, payee_bps): (Who, u8, u16),
        opened: u64,
        books: &mut Books,
    ) -> Result<Option<Vec<Who>>, Fault> {
        self.is_in(Appointed)?;
        self.is_member(bench, member)?;
        let (since, until) = self.terms.sitting(bench.into(), opened);
        from(books.now, since)?;
        before(books.now, until)?;
        require!(payee_bps <= 10_000, "Panel_InvalidShare", payee_bps, 10_000_u64);
        let stance = self.stances.entry((bench, member)).or_default();
        *stance = Stance { payee_bps: Some(payee_bps), nonce: stance.nonce + 1 };
        books.events.push(event!("Voted", self.id, member, bench, payee_bps));

        let sitting = &self.terms.benches[usize::from(bench)];
        let agree = |who: &Who| self.stance(bench, *who).payee_bps == Some(payee_bps);
        let carriers: Vec<Who> = sitting.members.iter().copied().filter(agree).collect();
        if carriers.len() < usize::from(sitting.quorum) {
            return Ok(None);
        }
        self.carried = Some((bench, payee_bps, carriers.clone()));
        books.events.push(event!("Ruled", self.id, bench, payee_bps));
        self.close(books);
        Ok(Some(carriers))
    }

    /// Members are paid in equal parts, the first of them the odd units too.
    fn pay(&self, carriers: &[Who], asset: Who, amount: U256, books: &mut Books) {
        let part = amount / U256::from(carriers.len());
        let odd = amount % U256::from(carriers.len());
        for (place, member) in carriers.iter().enumerate() {
            let due = if place == 0 { part + odd } else { part };
            let due = u128::try_from(due).expect("it is a part of an agreement");
            books.events.push(event!("MemberPaid", self.id, *member, asset, due));
            books.part_with(asset, due);
            books.forward(asset, *member, due);
        }
    }
}

impl<H: Holder> Panel<H> {
    /// A function on the terms with this number; true if it returns the id.
    pub(super) fn on(&mut self, index: usize, call: Call, caller: Who) -> Result<bool, Fault> {
        match call {
            Call::Agree => self.agree(index, caller, caller)?,
            Call::AgreeFor(party, signature) => {
                self.agree(index, party, caller)?;
                require!(signature.is_by(party), "Appointment_InvalidSignature", party);
            }
            Call::Cancel => self.panels[index].cancel(caller, &mut self.books)?,
            Call::Appoint(agreement) => self.appoint(index, agreement)?,
            Call::Vote(agreement, bench, bps) => {
                self.vote(index, agreement, (caller, bench, bps))?;
            }
            Call::VoteFor(agreement, member, ballot, signature) => {
                self.is_valid(index, member, ballot)?;
                require!(signature.is_by(member), "Appointment_InvalidSignature", member);
                self.vote(index, agreement, (member, ballot.bench, ballot.payee_bps))?;
            }
            Call::RevokeVotes(bench) => {
                self.panels[index].revoke(bench, caller, &mut self.books)?;
            }
            Call::Collect(agreement) => self.collect(index, agreement)?,
            Call::Settle => self.panels[index].settle(&mut self.books)?,
        }
        Ok(matches!(call, Call::Agree | Call::AgreeFor(..)))
    }

    fn agree(&mut self, index: usize, party: Who, caller: Who) -> Result<(), Fault> {
        let panel = &mut self.panels[index];
        panel.is_named(party)?;
        before(self.books.now, panel.terms.agree_by)?;
        if panel.stage == Absent {
            panel.terms.check(H::PLACE)?;
            panel.stage = Proposed;
            let terms = panel.terms.argument(&self.facts);
            self.books.events.push(event!("Proposed", panel.id, caller, terms));
        }
        panel.is_in(Proposed)?;
        self.consent.agree(panel.id, party, &mut self.books)
    }

    fn appoint(&mut self, index: usize, agreement: usize) -> Result<(), Fault> {
        let panel = &mut self.panels[index];
        let terms = &panel.terms;
        let holder = &self.holder.model;
        is_about(holder.id(agreement), terms.agreement)?;
        is_between(holder.parties(agreement), (terms.payer, terms.payee))?;
        if let Some(member) = holder.refuses(agreement, true) {
            return Err(fault!("Appointment_InvalidTerms", member));
        }
        panel.is_in(Proposed)?;
        before(self.books.now, terms.agree_by)?;
        self.consent.is_complete(panel.id, terms.named())?;
        let (all, window) = (terms.terms_of(terms.benches.len()), holder.ruling_window(agreement));
        require!(all <= window, "Appointment_TooLate", all, window);
        panel.stage = Appointed;
        self.consent.appoint(panel.id, terms.agreement, &mut self.books)?;
        accept(&mut self.holder, agreement, &mut self.books)
    }

    /// A vote that was handed in can be used now.
    fn is_valid(&self, index: usize, member: Who, ballot: Ballot) -> Result<(), Fault> {
        is_about(self.panels[ballot.panel].id, self.panels[index].id)?;
        before(self.books.now, ballot.deadline)?;
        let nonce = self.panels[index].stance(ballot.bench, member).nonce;
        require!(ballot.nonce == nonce, "Panel_WrongNonce", ballot.nonce, nonce);
        Ok(())
    }

    fn vote(&mut self, index: usize, agreement: usize, vote: (Who, u8, u16)) -> Result<(), Fault> {
        let panel = &mut self.panels[index];
        let holder = &self.holder.model;
        is_about(holder.id(agreement), panel.terms.agreement)?;
        let disputed = holder.is_disputed(agreement);
        require!(disputed, "Appointment_NotDisputed", panel.terms.agreement);
        let opened = holder.deadline(agreement) - holder.ruling_window(agreement);
        let Some(carriers) = panel.count(vote, opened, &mut self.books)? else { return Ok(()) };
        self.carry_out(index, agreement, vote.2, &carriers)
    }

    /// The holder divides what is in dispute; what reaches the panel meanwhile is the members'.
    fn carry_out(
        &mut self,
        index: usize,
        agreement: usize,
        payee_bps: u16,
        carriers: &[Who],
    ) -> Result<(), Fault> {
        let asset = self.holder.model.asset(agreement).seen_from(H::PLACE);
        let owed = self.holder.credit_of(asset, Who::CONTRACT);
        let had = self.books.balance(asset, Who::CONTRACT);
        rule(&mut self.holder, agreement, payee_bps, &mut self.books)?;
        let panel = &mut self.panels[index];
        if !H::PAYS_ARBITER {
            return Ok(());
        }
        let outstanding = self.holder.credit_of(asset, Who::CONTRACT) - owed;
        if !outstanding.is_zero() {
            panel.outstanding = outstanding;
            self.books.events.push(event!("FeeOutstanding", panel.id, asset, outstanding));
        }
        let arrived = self.books.balance(asset, Who::CONTRACT) - had;
        if !arrived.is_zero() {
            self.books.come_by(asset, arrived);
            panel.pay(carriers, asset, arrived, &mut self.books);
        }
        Ok(())
    }

    /// The members of a ruling whose fee the token refused get it.
    fn collect(&mut self, index: usize, agreement: usize) -> Result<(), Fault> {
        let panel = &mut self.panels[index];
        is_about(self.holder.model.id(agreement), panel.terms.agreement)?;
        let amount = panel.outstanding;
        require!(!amount.is_zero(), "EscrowPanel_NothingOutstanding", panel.id);
        let asset = self.holder.model.asset(agreement).seen_from(H::PLACE);
        let had = self.books.balance(asset, Who::CONTRACT);
        self.holder.withdraw(asset, Who::CONTRACT, &mut self.books)?;
        let held = self.books.balance(asset, Who::CONTRACT);
        self.books.come_by(asset, held - had);
        let expected = self.books.owed(asset) + amount;
        require!(held >= expected, "EscrowPanel_NotPaidYet", held, expected);
        panel.outstanding = U256::ZERO;
        let (_, _, carriers) = panel.carried.clone().expect("somebody has earned it");
        panel.pay(&carriers, asset, amount, &mut self.books);
        Ok(())
    }
}

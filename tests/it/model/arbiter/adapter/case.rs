//! One case of an adapter: where it stands, who has paid what, and who gets what back.

use alloy_primitives::B256;

use super::{
    super::{
        super::{
            abi::{Fault, Value, event, fault, require},
            books::{Books, share},
            cast::Who,
            facts::Facts,
            harness::{View, view},
        },
        consent::{before, from},
    },
    terms::Terms,
};

/// `IArbitratorAdapter.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Proposed,
    Appointed,
    Called,
    Paid,
    Raised,
    Ruled,
    Closed,
}

use Status::{Appointed, Called, Closed, None as Absent, Paid, Proposed, Raised, Ruled};

/// The two sides of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Payer,
    Payee,
}

/// A case with what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) terms: Terms,
    pub(super) id: B256,
    pub(super) stage: Status,
    /// Who has the payee's place.
    pub(super) payee: Who,
    /// What the arbitrator has ruled.
    pub(super) ruling: Option<u64>,
    /// Whether there was a dispute.
    pub(super) raised: bool,
    pub(super) pay_by: u64,
    pub(super) rule_by: u64,
    /// Since when the appeal can be made that the pot is for, and what there is for it.
    pub(super) appeal_start: u64,
    pub(super) pot: u128,
    /// What each side has paid in, and what of it the arbitrator got.
    pub(super) from_payer: u128,
    pub(super) from_payee: u128,
    pub(super) spent: u128,
    pub(super) dispute: u64,
    /// For: what went back to the sides, and what the arbitrator got for the dispute.
    pub(super) returned: u128,
    pub(super) first_cost: u128,
}

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Absent => "None",
            Proposed => "Proposed",
            Appointed => "Appointed",
            Called => "Called",
            Paid => "Paid",
            Raised => "Raised",
            Ruled => "Ruled",
            Closed => "Closed",
        }
    }

    /// Whether there is a dispute under way, with money of the sides.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Called | Paid | Raised | Ruled)
    }
}

impl Case {
    pub(super) const fn new(terms: Terms, id: B256) -> Self {
        let payee = terms.payee;
        Self {
            terms,
            id,
            stage: Absent,
            payee,
            ruling: None,
            raised: false,
            pay_by: 0,
            rule_by: 0,
            appeal_start: 0,
            pot: 0,
            from_payer: 0,
            from_payee: 0,
            spent: 0,
            dispute: 0,
            returned: 0,
            first_cost: 0,
        }
    }

    /// The side that somebody is on.
    pub(super) fn side(&self, who: Who) -> Result<Side, Fault> {
        if who == self.terms.payer {
            return Ok(Side::Payer);
        }
        require!(who == self.payee, "Appointment_NotAParty", who);
        Ok(Side::Payee)
    }

    /// Who is on a side.
    pub(super) const fn on(&self, side: Side) -> Who {
        match side {
            Side::Payer => self.terms.payer,
            Side::Payee => self.payee,
        }
    }

    /// What a side has paid in.
    pub(super) const fn paid_in(&mut self, side: Side) -> &mut u128 {
        match side {
            Side::Payer => &mut self.from_payer,
            Side::Payee => &mut self.from_payee,
        }
    }

    /// The case is in this state.
    pub(super) fn is_in(&self, expected: Status) -> Result<(), Fault> {
        require!(
            self.stage != Absent || expected == Absent,
            "Appointment_UnknownAgreement",
            self.id
        );
        let (actual, expected) = (self.stage as u8, expected as u8);
        require!(actual == expected, "ArbitratorAdapter_WrongState", actual, expected);
        Ok(())
    }

    /// When silence decides; zero where it never does.
    pub(super) const fn deadline(&self) -> u64 {
        match self.stage {
            Proposed => self.terms.agree_by,
            Called | Paid | Raised | Ruled => self.rule_by,
            Absent | Appointed | Closed => 0,
        }
    }

    /// The payee's share, once that is decided.
    pub(super) fn decided(&self, now: u64) -> Option<u16> {
        match self.stage {
            Ruled => self.ruling.map(|ruling| self.terms.outcome(ruling)),
            Called if now >= self.pay_by => Some(if self.from_payee > 0 { 10_000 } else { 0 }),
            _ => Option::None,
        }
    }

    /// By which share the costs are borne if nothing more is decided.
    pub(super) fn silent_bps(&self) -> u16 {
        match self.ruling {
            Some(ruling) if self.stage == Ruled => self.terms.outcome(ruling),
            _ => 5_000,
        }
    }

    /// What the payer and the payee get back if this is the payee's share.
    pub(super) fn back(&self, payee_bps: u16) -> (u128, u128) {
        // Each bears the costs for what it lost; what one side has not paid in the other bears.
        let payee_bears = share(self.spent, 10_000 - payee_bps);
        let payer_bears = self.spent - payee_bears;
        let payer_lacks = payer_bears.saturating_sub(self.from_payer);
        let payee_lacks = payee_bears.saturating_sub(self.from_payee);
        let payer_bears = payer_bears - payer_lacks + payee_lacks;
        let payee_bears = payee_bears - payee_lacks + payer_lacks;
        (self.from_payer - payer_bears, self.from_payee - payee_bears)
    }

    /// What is held of what the sides have paid in.
    pub(super) const fn held(&self) -> u128 {
        match self.stage {
            Closed => 0,
            _ => self.from_payer + self.from_payee - self.spent,
        }
    }

    /// What somebody gets back if nobody does anything any more.
    pub(super) fn claim(&self, who: Who) -> u128 {
        let (to_payer, to_payee) = match self.stage {
            Closed => (0, 0),
            _ => self.back(self.silent_bps()),
        };
        match self.side(who) {
            Ok(Side::Payer) => to_payer,
            Ok(Side::Payee) => to_payee,
            Err(_) => 0,
        }
    }

    pub(super) fn close(&mut self, books: &mut Books) {
        self.stage = Closed;
        books.events.push(event!("Closed", self.id));
    }

    /// What is left of what both sides have paid in goes back to them.
    pub(super) fn give_back(&mut self, payee_bps: u16, books: &mut Books) {
        let (to_payer, to_payee) = self.back(payee_bps);
        if to_payer + to_payee == 0 {
            return;
        }
        books.events.push(event!("FeesReturned", self.id, to_payer, to_payee));
        self.returned += to_payer + to_payee;
        books.discharge(Who::NOBODY, to_payer + to_payee);
        books.forward(Who::NOBODY, self.terms.payer, to_payer);
        books.forward(Who::NOBODY, self.payee, to_payee);
    }

    /// The side's deposit, while the agreement is in dispute until `rule_by`.
    pub(super) fn pay_fee(
        &mut self,
        caller: Who,
        value: u128,
        rule_by: u64,
        books: &mut Books,
    ) -> Result<(), Fault> {
        let now = books.now;
        let side = self.side(caller)?;
        if self.stage == Called {
            let paid = *self.paid_in(side) > 0;
            require!(!paid, "ArbitratorAdapter_AlreadyPaid", caller);
            before(now, self.pay_by)?;
            self.stage = Paid;
        } else {
            self.is_in(Appointed)?;
            before(now, rule_by - self.terms.reserved())?;
            self.stage = Called;
            (self.pay_by, self.rule_by) = (now + self.terms.fee_window, rule_by);
        }
        let deposit = self.terms.fee_deposit;
        *self.paid_in(side) = deposit;
        books.events.push(event!("FeePaid", self.id, caller, deposit, self.pay_by));
        books.take(Who::NOBODY, caller, value, deposit)
    }

    /// What is decided, where it is, in time; then the case is over.
    pub(super) fn decide(&mut self, books: &mut Books) -> Result<u16, Fault> {
        let now = books.now;
        if self.stage == Called {
            from(now, self.pay_by)?;
            let winner = if self.from_payee > 0 { Side::Payee } else { Side::Payer };
            books.events.push(event!("WonByDefault", self.id, self.on(winner)));
        } else {
            self.is_in(Ruled)?;
        }
        before(now, self.rule_by)?;
        let payee_bps = self.decided(now).expect("it is decided now");
        self.close(books);
        Ok(payee_bps)
    }

    /// Silence decides.
    pub(super) fn settle(&mut self, books: &mut Books) -> Result<(), Fault> {
        require!(self.stage != Absent, "Appointment_UnknownAgreement", self.id);
        let deadline = self.deadline();
        if deadline == 0 {
            let (actual, expected) = (self.stage as u8, Called as u8);
            return Err(fault!("ArbitratorAdapter_WrongState", actual, expected));
        }
        from(books.now, deadline)?;
        books.events.push(event!("TimedOut", self.id, self.stage as u8));
        let payee_bps = self.silent_bps();
        self.close(books);
        self.give_back(payee_bps, books);
        Ok(())
    }

    /// The arbitrator's final ruling, which has an effect only while the case waits for it.
    pub(super) fn record(&mut self, ruling: u64, books: &mut Books) -> Result<(), Fault> {
        require!(self.ruling.is_none(), "ArbitratorAdapter_AlreadyRuled", self.dispute);
        let choices = self.terms.choices();
        require!(ruling <= choices, "ArbitratorAdapter_InvalidRuling", ruling, choices);
        self.ruling = Some(ruling);
        books.events.push(event!("Ruling", self.terms.arbitrator, self.dispute, ruling));
        if self.stage == Raised && books.now < self.rule_by {
            self.stage = Ruled;
            books.events.push(event!("Ruled", self.id, ruling));
        }
        Ok(())
    }

    /// What the views must answer, those that follow from others only if all is asked for.
    pub(super) fn views(&self, facts: &Facts, now: u64, in_full: bool, views: &mut Vec<View>) {
        let terms = self.terms.argument(facts);
        let mut look = |name: &str, party: Option<Who>, answer: &[Value]| {
            let mut arguments = vec![terms.clone()];
            arguments.extend(party.map(Value::from));
            views.push(view(facts, name, &arguments, answer));
        };
        if in_full {
            look("idOf", Option::None, &[self.id.into()]);
            look("statusOf", Option::None, &[(self.stage as u8).into()]);
            look("deadlineOf", Option::None, &[self.deadline().into()]);
            look("payeeOf", Option::None, &[self.payee.into()]);
            look("claimOf", Some(Who::STRANGER), &[self.claim(Who::STRANGER).into()]);
        }
        let decided = self.decided(now);
        let outcome = [decided.is_some().into(), decided.unwrap_or(0).into()];
        look("outcomeOf", Option::None, &outcome);
        if self.terms.payer != self.payee {
            let mut named = vec![self.terms.payer, self.payee, self.terms.payee];
            named.dedup();
            for who in named {
                look("claimOf", Some(who), &[self.claim(who).into()]);
            }
        }
        let choices = if self.raised { self.terms.choices() } else { 0 };
        let stored = [
            (self.stage as u8).into(),
            self.ruling.is_some().into(),
            choices.into(),
            self.ruling.unwrap_or(0).into(),
            self.pay_by.into(),
            self.rule_by.into(),
            self.appeal_start.into(),
            self.from_payer.into(),
            self.from_payee.into(),
            self.spent.into(),
            self.pot.into(),
            Value::from(self.dispute),
        ];
        look("caseOf", Option::None, &stored);
    }
}

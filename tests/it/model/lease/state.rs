//! One lease as a state machine, after contracts/docs/lease.md.

use std::sync::Arc;

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Event, Fault, Value, event, fault, require},
        books::Books,
        cast::Who,
        signature::Signature,
    },
    account::Payment,
    act::Call,
    figures::before,
    schedule::Schedule,
    terms::Terms,
};

/// `ILease.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Draft,
    Active,
    InDefault,
    Ended,
    Claimed,
    Disputed,
    Closed,
}

use Status::{Active, Claimed, Closed, Disputed, Draft, Ended, InDefault, None as Absent};

/// A lease with what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    pub(super) terms: Arc<Terms>,
    pub(super) schedule: Arc<Schedule>,
    /// Why the terms are not acceptable, if they are not.
    pub(super) flaw: Option<Fault>,
    pub(super) id: B256,
    /// What was written down last; what follows from the clock is in [`Lease::status`].
    pub(super) stage: Status,
    pub(super) landlord_signed: bool,
    pub(super) tenant_signed: bool,
    pub(super) landlord: Who,
    pub(super) succeeded: bool,
    pub(super) offered: Who,
    pub(super) unchanged: bool,
    /// Parts of the deposit that are in, and what they come to less what went out.
    pub(super) parts: usize,
    pub(super) held: u128,
    pub(super) ends_at: u64,
    pub(super) cure_by: u64,
    pub(super) since: u64,
    pub(super) payments: Vec<Payment>,
    pub(super) fees_paid: u128,
    /// The late fees that were told.
    pub(super) fees_told: u128,
    pub(super) claimed: u128,
    /// Reports of landlord and tenant, at move-in and at move-out.
    pub(super) reports: [[u64; 2]; 2],
    /// For I-1.
    pub(super) came: u128,
    pub(super) went: u128,
}

/// A call in its circumstances.
pub(super) struct Scene<'a> {
    pub(super) books: &'a mut Books,
    pub(super) caller: Who,
    pub(super) value: u128,
    /// The terms as an argument.
    pub(super) terms: &'a Value,
}

impl Scene<'_> {
    /// The contract tells this.
    pub(super) fn tell(&mut self, event: Event) {
        self.books.events.push(event);
    }
}

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Absent => "None",
            Draft => "Draft",
            Active => "Active",
            InDefault => "InDefault",
            Ended => "Ended",
            Claimed => "Claimed",
            Disputed => "Disputed",
            Closed => "Closed",
        }
    }
}

impl Lease {
    pub(super) fn new(
        terms: Arc<Terms>,
        schedule: Arc<Schedule>,
        flaw: Option<Fault>,
        id: B256,
    ) -> Self {
        let landlord = terms.landlord;
        Self {
            terms,
            schedule,
            flaw,
            id,
            stage: Absent,
            landlord_signed: false,
            tenant_signed: false,
            landlord,
            succeeded: false,
            offered: Who::NOBODY,
            unchanged: false,
            parts: 0,
            held: 0,
            ends_at: 0,
            cure_by: 0,
            since: 0,
            payments: Vec::new(),
            fees_paid: 0,
            fees_told: 0,
            claimed: 0,
            reports: [[0; 2]; 2],
            came: 0,
            went: 0,
        }
    }

    /// Does what is called for; true if the function returns the id.
    pub(super) fn act(&mut self, call: &Call, mut scene: Scene<'_>) -> Result<bool, Fault> {
        if !call.is_payable() && scene.value > 0 {
            return Err(Fault::SILENT);
        }
        let scene = &mut scene;
        match call {
            Call::Sign => self.sign(scene)?,
            Call::SignFor(party, signature) => self.sign_for(*party, *signature, scene)?,
            Call::PayDeposit => self.pay_deposit(scene)?,
            Call::Cancel => self.cancel(scene)?,
            Call::PayDue => self.pay_due(scene)?,
            Call::Pay(amount) => self.pay(*amount, scene)?,
            Call::GiveNotice => self.give_notice(scene)?,
            Call::Break => self.break_early(scene)?,
            Call::DeclareDefault => self.declare_default(scene)?,
            Call::AttestEnd(end) => self.attest_end(*end, scene)?,
            Call::ServeNotice => {
                self.is_party(scene.caller)?;
                self.runs(scene, &[Active, Draft, InDefault, Ended, Claimed, Disputed])?;
                let served_at = scene.books.now + self.terms.service_delay;
                let (party, hash) = (scene.caller, super::HASH);
                scene.tell(event!("NoticeServed", self.id, party, hash, hash, served_at));
            }
            Call::OfferSuccession(successor) => self.offer_succession(*successor, scene)?,
            Call::AcceptSuccession => self.accept_succession(scene)?,
            Call::RecordInspection(out, report) => self.record(*out, *report, scene)?,
            Call::Claim(amount) => self.claim(*amount, None, scene)?,
            Call::ClaimItems(items) => self.claim(items.iter().sum(), Some(items), scene)?,
            Call::ReduceClaim(amount) => self.reduce_claim(*amount, scene)?,
            Call::AcceptClaim => self.accept_claim(scene)?,
            Call::ObjectToClaim => self.object(scene)?,
            Call::Rule(award) => self.rule(*award, scene)?,
            Call::Settle => self.settle(scene)?,
        }
        Ok(matches!(call, Call::Sign | Call::SignFor(..)))
    }

    // ----------------------------------------------------------------------------------------------------- signing

    fn sign(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let caller = scene.caller;
        self.signed_by(caller, scene)?;
        if caller == self.terms.tenant && self.parts == 0 && self.terms.deposit > 0 {
            self.take_part(scene)?;
        } else {
            require!(scene.value == 0, "Ledger_WrongValue", scene.value, 0_u64);
        }
        self.activate(scene);
        Ok(())
    }

    fn sign_for(
        &mut self,
        party: Who,
        signature: Signature,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        self.signed_by(party, scene)?;
        require!(signature.is_by(party), "Lease_InvalidSignature", party);
        self.activate(scene);
        Ok(())
    }

    fn signed_by(&mut self, party: Who, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let now = scene.books.now;
        self.is_party(party)?;
        before(now, self.terms.sign_by)?;
        if self.stage == Absent {
            if let Some(flaw) = &self.flaw {
                return Err(flaw.clone());
            }
            self.stage = Draft;
            scene.tell(event!("Proposed", self.id, party, scene.terms.clone()));
        }
        self.is_in(self.status(now), &[Draft])?;
        let signed = if party == self.terms.landlord {
            &mut self.landlord_signed
        } else {
            &mut self.tenant_signed
        };
        require!(!*signed, "Lease_AlreadySigned", party);
        *signed = true;
        scene.tell(event!("Signed", self.id, party));
        Ok(())
    }

    fn pay_deposit(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let status = self.status(scene.books.now);
        if self.parts < self.all_parts() && self.terms.deposit > 0 {
            self.is_in(status, &[Draft, Active, InDefault])?;
        } else {
            self.is_in(status, &[Draft])?;
        }
        if status == Draft {
            before(scene.books.now, self.terms.sign_by)?;
        }
        require!(self.terms.deposit > 0, "Lease_InvalidAmount", 0_u64, 0_u64);
        require!(self.parts < self.all_parts(), "Lease_DepositAlreadyPaid", self.id);
        self.take_part(scene)?;
        self.activate(scene);
        self.cure(scene);
        Ok(())
    }

    fn take_part(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let amount = self.part(self.parts);
        scene.books.take(self.terms.asset, scene.caller, scene.value, amount)?;
        self.parts += 1;
        self.held += amount;
        self.came += amount;
        scene.tell(event!("DepositPaid", self.id, scene.caller, amount));
        Ok(())
    }

    fn activate(&mut self, scene: &mut Scene<'_>) {
        let funded = self.parts > 0 || self.terms.deposit == 0;
        if self.stage == Draft && self.landlord_signed && self.tenant_signed && funded {
            self.stage = Active;
            self.ends_at = self.schedule.end();
            scene.tell(event!("Activated", self.id, self.ends_at));
        }
    }

    fn cancel(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        if self.stage != Absent {
            self.runs(scene, &[Draft])?;
        }
        scene.tell(event!("Cancelled", self.id, scene.caller));
        self.divide(0, scene);
        Ok(())
    }

    // ----------------------------------------------------------------------------------------------------- running

    fn pay_due(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.runs(scene, &[Active, InDefault, Ended, Claimed, Disputed])?;
        let offered = if self.terms.asset == Who::NOBODY {
            scene.value
        } else {
            self.arrears(scene.books.now)
        };
        self.pay_up_to(offered, scene)
    }

    fn pay(&mut self, amount: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.runs(scene, &[Active, InDefault, Ended, Claimed, Disputed])?;
        self.pay_up_to(amount, scene)
    }

    fn pay_up_to(&mut self, offered: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let now = scene.books.now;
        let due = self.arrears(now);
        // What may be paid ahead is asked for only if more is offered than is due.
        let ahead = scene.caller == self.terms.tenant && offered > due;
        let most = if ahead { self.payable(now) } else { due };
        let taken = offered.min(most);
        require!(taken > 0, "Lease_InvalidAmount", offered, most);
        let (rent, fees) = self.allocated(taken, now);
        self.tell_fees(scene);
        self.payments.push(Payment { at: now, rent });
        self.fees_paid += fees;
        let covered = self.covered();
        scene.tell(event!("RentPaid", self.id, scene.caller, rent, fees, covered));
        self.cure(scene);
        let (asset, landlord) = (self.terms.asset, self.landlord);
        scene.books.relay(asset, scene.caller, landlord, taken, offered, scene.value)
    }

    /// A default is over once nothing is in arrears, before it ends the lease.
    fn cure(&mut self, scene: &mut Scene<'_>) {
        let now = scene.books.now;
        let owes = self.arrears(now) > 0 || self.parts < self.parts_due(now);
        if self.status(now) == InDefault && !owes {
            self.cure_by = 0;
            scene.tell(event!("Cured", self.id));
        }
    }

    /// Says which late fees have arisen since this was said last.
    fn tell_fees(&mut self, scene: &mut Scene<'_>) {
        let account = self.account(scene.books.now);
        let fees = account.fees_due - self.fees_told;
        if fees > 0 {
            self.fees_told = account.fees_due;
            scene.tell(event!("LateFeesAssessed", self.id, fees, account.assessed));
        }
    }

    fn give_notice(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        self.runs(scene, &[Active, InDefault])?;
        let length = self.notice_length(scene.caller);
        require!(length > 0, "Lease_NoticeNotAgreed", scene.caller);
        let end = self.notice_end(length, self.terms.min_periods, scene.books.now);
        self.end_earlier(end.1)?;
        scene.tell(event!("NoticeGiven", self.id, scene.caller, end.1));
        Ok(())
    }

    fn break_early(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        self.runs(scene, &[Active])?;
        let now = scene.books.now;
        let length = self.break_length(scene.caller);
        require!(length > 0, "Lease_NoticeNotAgreed", scene.caller);
        let (periods, end) = self.notice_end(length, self.terms.break_from, now);
        let missing: u128 = (self.parts..self.parts_due(now)).map(|part| self.part(part)).sum();
        let arrears = self.arrears(now) + missing;
        self.end_earlier(end)?;
        if scene.caller == self.terms.tenant {
            require!(arrears == 0, "Lease_InArrears", arrears);
        }
        let fee = self.break_fee(periods);
        scene.tell(event!("BreakExercised", self.id, scene.caller, end, fee));
        let to = if scene.caller == self.terms.tenant { self.landlord } else { self.terms.tenant };
        scene.books.pull(self.terms.asset, scene.caller, scene.value, fee)?;
        scene.books.forward(self.terms.asset, to, fee);
        Ok(())
    }

    fn end_earlier(&mut self, end: u64) -> Result<(), Fault> {
        // A default may be cured, so its end does not count.
        let present = self.ends_at;
        if end >= present {
            // How far past the end it would be is not said.
            let fault = fault!("Lease_NoticeWithoutEffect", end, present);
            return Err(Fault { unspoken: Some(0), ..fault });
        }
        self.ends_at = end;
        Ok(())
    }

    fn declare_default(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_landlord(scene.caller)?;
        self.runs(scene, &[Active])?;
        let now = scene.books.now;
        let (count, amount, rent) = self.late(now);
        let needed = u64::from(self.terms.default_after);
        require!(needed > 0 && count >= needed, "Lease_NotInDefault", count, needed);
        let least = rent.saturating_mul(self.terms.default_rents.into());
        require!(amount >= least, "Lease_ArrearsTooLow", amount, least);
        self.tell_fees(scene);
        self.cure_by = now + self.terms.service_delay + self.terms.cure_window;
        scene.tell(event!("DefaultDeclared", self.id, count, self.cure_by));
        Ok(())
    }

    fn attest_end(&mut self, end: u64, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let attester = self.terms.attester;
        require!(scene.caller == attester, "Lease_WrongCaller", scene.caller, attester);
        self.runs(scene, &[Active, InDefault])?;
        before(scene.books.now, end)?;
        // A default may still be cured: it is no end that an order would have to come before.
        self.end_earlier(end)?;
        scene.tell(event!("EndAttested", self.id, attester, end, super::HASH));
        Ok(())
    }

    fn offer_succession(&mut self, successor: Who, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_landlord(scene.caller)?;
        self.runs(scene, &[Active, InDefault, Ended, Claimed, Disputed])?;
        let Terms { tenant, arbiter, attester, .. } = *self.terms;
        let taken = [tenant, arbiter, attester, self.landlord, Who::CONTRACT];
        let possible = successor == Who::NOBODY || !taken.contains(&successor);
        require!(possible, "Lease_InvalidSuccessor", successor);
        self.offered = successor;
        scene.tell(event!("SuccessionOffered", self.id, successor));
        Ok(())
    }

    fn accept_succession(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        require!(scene.caller == self.offered, "Lease_WrongCaller", scene.caller, self.offered);
        self.runs(scene, &[Active, InDefault, Ended, Claimed, Disputed])?;
        scene.tell(event!("LandlordChanged", self.id, self.landlord, self.offered));
        self.landlord = self.offered;
        self.offered = Who::NOBODY;
        self.succeeded = true;
        Ok(())
    }

    fn record(&mut self, out: bool, report: u64, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        if out {
            self.runs(scene, &[Ended])?;
            before(scene.books.now, self.end() + self.window())?;
        } else {
            self.runs(scene, &[Active, InDefault])?;
        }
        let reports = &mut self.reports[usize::from(out)];
        let agreed = reports[0] == reports[1] && reports[0] != 0;
        require!(!agreed, "Lease_InspectionAgreed", reports[0]);
        reports[usize::from(scene.caller == self.terms.tenant)] = report;
        scene.tell(event!("InspectionRecorded", self.id, scene.caller, out, report));
        let [before, after] = self.reports;
        let all_equal = before[0] == before[1] && after[0] == after[1] && before[0] == after[0];
        if out && all_equal && before[0] != 0 {
            self.unchanged = true;
            scene.tell(event!("HomeUnchanged", self.id, report));
        }
        Ok(())
    }
}

//! What follows from a lease and the clock, and what must hold before something is done.

use super::{
    super::{
        abi::{Fault, require},
        books::share,
        cast::Who,
    },
    state::{
        Lease, Scene,
        Status::{self, Active, Claimed, Disputed, Draft, Ended, InDefault, None as Absent},
    },
};

const DAY: u64 = 86_400;

impl Lease {
    /// Where the lease stands.
    pub(super) fn status(&self, now: u64) -> Status {
        match self.stage {
            Active if now >= self.end() => Ended,
            Active if self.cure_by > 0 => InDefault,
            other => other,
        }
    }

    /// When the lease ends or ended, as things stand.
    pub(super) fn end(&self) -> u64 {
        if self.cure_by > 0 { self.ends_at.min(self.cure_by) } else { self.ends_at }
    }

    /// From when on silence decides, as things stand; zero when it never will.
    pub(super) fn deadline(&self) -> u64 {
        match self.stage {
            Draft => self.terms.sign_by,
            Active => self.end() + self.window(),
            Claimed => self.since + self.terms.service_delay + self.terms.objection_window,
            Disputed => self.since + self.terms.ruling_window,
            _ => 0,
        }
    }

    /// What somebody gets of the deposit if nobody does anything any more.
    pub(super) fn claim_of(&self, who: Who) -> u128 {
        let award = self.silent_award();
        let due = |party: Who, amount: u128| if who == party { amount } else { 0 };
        due(self.landlord, award) + due(self.terms.tenant, self.held - award)
    }

    /// What the landlord gets of what is held if nobody does anything any more.
    pub(super) fn silent_award(&self) -> u128 {
        match self.stage {
            Claimed => self.claimed,
            Disputed => share(self.claimed, self.terms.timeout_bps),
            _ => 0,
        }
    }

    /// How long after the end the landlord may claim.
    pub(super) fn window(&self) -> u64 {
        if self.unchanged { self.terms.return_window } else { self.terms.claim_window }
    }

    /// The most that the landlord may claim.
    pub(super) fn claimable(&self, now: u64) -> u128 {
        if self.unchanged { self.held.min(self.arrears(now)) } else { self.held }
    }

    pub(super) fn notice_length(&self, who: Who) -> u16 {
        if who == self.terms.tenant { self.terms.tenant_notice } else { self.terms.landlord_notice }
    }

    pub(super) fn break_length(&self, who: Who) -> u16 {
        if who == self.terms.tenant { self.terms.tenant_break } else { self.terms.landlord_break }
    }

    /// The first end of a full period that respects a notice of this length, given now: after how many periods, and
    /// when. It may come after the end of the schedule.
    pub(super) fn notice_end(&self, length: u16, least: u16, now: u64) -> (usize, u64) {
        let served = now + self.terms.service_delay;
        let length = usize::from(length);
        let paid = self.rent_paid();
        let respects = |period: usize, end: u64| {
            let in_time = if self.terms.notice_in_periods {
                period >= length && served <= self.schedule.boundary(period - length)
            } else {
                served + length as u64 * DAY <= end
            };
            in_time && paid <= self.schedule.sums[self.due_before(end)]
        };
        let mut period = usize::from(least).max(1);
        loop {
            let end = self.schedule.boundary(period);
            if respects(period, end) {
                return (period, end);
            }
            period += 1;
        }
    }

    /// The price of breaking the lease so that it ends after so many periods.
    pub(super) fn break_fee(&self, periods: usize) -> u128 {
        let rent = super::schedule::rent_of(&self.terms, periods - 1);
        let rents = rent.saturating_mul(self.terms.break_rents.into());
        self.terms.break_fee.saturating_add(rents)
    }

    /// How many parts the deposit is paid in.
    pub(super) fn all_parts(&self) -> usize {
        usize::from(self.terms.deposit_parts).max(1)
    }

    /// What part `index` of the deposit comes to.
    pub(super) fn part(&self, index: usize) -> u128 {
        let count = self.all_parts() as u128;
        let each = self.terms.deposit / count;
        if index == 0 { self.terms.deposit - each * (count - 1) } else { each }
    }

    /// Landlord or tenant.
    pub(super) fn is_party(&self, who: Who) -> Result<(), Fault> {
        let party = who == self.landlord || who == self.terms.tenant;
        require!(party, "Lease_NotAParty", who);
        Ok(())
    }

    /// Who lets now.
    pub(super) fn is_landlord(&self, who: Who) -> Result<(), Fault> {
        require!(who == self.landlord, "Lease_WrongCaller", who, self.landlord);
        Ok(())
    }

    /// The lease is in one of these states now.
    pub(super) fn runs(&self, scene: &Scene<'_>, possible: &[Status]) -> Result<(), Fault> {
        self.is_in(self.status(scene.books.now), possible)
    }

    /// This is one of these states; the first is named if it is not.
    pub(super) fn is_in(&self, status: Status, possible: &[Status]) -> Result<(), Fault> {
        require!(status != Absent, "Lease_UnknownAgreement", self.id);
        let (actual, first) = (status as u8, possible[0] as u8);
        require!(possible.contains(&status), "Lease_WrongState", actual, first);
        Ok(())
    }
}

/// An act is strictly before its deadline.
pub(super) fn before(now: u64, deadline: u64) -> Result<(), Fault> {
    require!(now < deadline, "Lease_TooLate", now, deadline);
    Ok(())
}

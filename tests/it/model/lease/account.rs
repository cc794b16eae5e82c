//! What the tenant owes. Nothing is carried forward: every figure follows from the terms, the clock, and the payments.

use super::{
    super::books::share,
    state::{Lease, Status},
};

/// Rent that was paid, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payment {
    pub(super) at: u64,
    pub(super) rent: u128,
}

/// `ILease.Account`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) due: usize,
    pub(super) rent_due: u128,
    pub(super) rent_paid: u128,
    pub(super) assessed: usize,
    pub(super) late: usize,
    pub(super) unpaid: usize,
    pub(super) fees_due: u128,
    pub(super) fees_paid: u128,
}

impl Lease {
    /// The account now; of a closed lease, when it was closed.
    pub(super) fn account(&self, now: u64) -> Account {
        if self.ends_at == 0 {
            return Account::default();
        }
        let now = if self.stage == Status::Closed { self.since } else { now };
        let sums = &self.schedule.sums;
        let due = self.due_before(self.end().min(now + 1));
        let assessed = self.assessed(now);
        let rent_paid = self.rent_paid();
        let open = |count: usize| (0..count).filter(|k| sums[k + 1] > rent_paid).count();
        Account {
            due,
            rent_due: sums[due],
            rent_paid,
            assessed,
            late: open(assessed),
            unpaid: open(due),
            fees_due: self.fees(assessed),
            fees_paid: self.fees_paid,
        }
    }

    /// Rent and fees that are due and not paid.
    pub(super) fn arrears(&self, now: u64) -> u128 {
        let account = self.account(now);
        account.rent_due.saturating_sub(account.rent_paid) + account.fees_due - account.fees_paid
    }

    /// The most that the tenant may pay.
    pub(super) fn payable(&self, now: u64) -> u128 {
        if !matches!(self.stage, Status::Active | Status::Claimed | Status::Disputed) {
            return 0;
        }
        let account = self.account(now);
        let ahead = account.due + usize::from(self.terms.max_prepaid);
        let most = ahead.min(self.due_before(self.end())).max(account.due);
        self.schedule.sums[most].saturating_sub(account.rent_paid) + account.fees_due
            - account.fees_paid
    }

    /// How a payment is divided into rent and fees.
    pub(super) fn allocated(&self, taken: u128, now: u64) -> (u128, u128) {
        let account = self.account(now);
        let rent = account.rent_due.saturating_sub(account.rent_paid);
        let fees = account.fees_due - account.fees_paid;
        let to_fees = if self.terms.fees_first {
            taken.min(fees)
        } else {
            taken.saturating_sub(rent).min(fees)
        };
        (taken - to_fees, to_fees)
    }

    /// How many instalments and parts of the deposit are late, what they come to, and the rent of
    /// the last full period whose instalment is due.
    pub(super) fn late(&self, now: u64) -> (u64, u128, u128) {
        let assessed = self.assessed(now);
        let (sums, paid) = (&self.schedule.sums, self.rent_paid());
        let late = (0..assessed).filter(|k| sums[k + 1] > paid).count() as u64;
        let parts = self.parts..self.parts_late(now).max(self.parts);
        let amount = sums[assessed].saturating_sub(paid)
            + parts.clone().map(|part| self.part(part)).sum::<u128>();
        // Of the last that is due, in grace or not.
        let last = self.due_before(self.end().min(now + 1)).saturating_sub(1);
        let rent = if last < self.schedule.stub {
            self.terms.rent
        } else {
            super::schedule::rent_of(&self.terms, last - self.schedule.stub)
        };
        (late + parts.len() as u64, amount, rent)
    }

    /// How many parts of the deposit are due; none once the lease has ended that were not due before.
    pub(super) fn parts_due(&self, now: u64) -> usize {
        self.parts_by(self.due_before(self.end().min(now + 1)))
    }

    fn parts_late(&self, now: u64) -> usize {
        // The first is in when the lease begins.
        self.parts_by(self.assessed(now))
    }

    fn parts_by(&self, instalments: usize) -> usize {
        if self.terms.deposit == 0 { 0 } else { instalments.max(1).min(self.all_parts()) }
    }

    /// What of the deposit is due, and what is paid.
    pub(super) fn deposit(&self, now: u64) -> (u128, u128) {
        let sum = |count: usize| (0..count).map(|part| self.part(part)).sum::<u128>();
        let due = match self.stage {
            _ if self.ends_at == 0 => sum(1),
            Status::Closed => sum(self.parts_due(self.since)),
            _ => sum(self.parts_due(now)),
        };
        // What is paid ahead counts as due.
        (due.max(sum(self.parts)), sum(self.parts))
    }

    /// For how many whole days an instalment has been due and is not paid.
    pub(super) fn days_late(&self, index: usize, now: u64) -> u64 {
        let account = self.account(now);
        let now = if self.stage == Status::Closed { self.since } else { now };
        let open = index < account.due && self.schedule.sums[index + 1] > account.rent_paid;
        if open { (now - self.schedule.dues[index]) / 86_400 } else { 0 }
    }

    /// The number of instalments that fall due before this.
    pub(super) fn due_before(&self, end: u64) -> usize {
        self.schedule.dues.iter().take_while(|due| **due < end).count()
    }

    /// How many instalments are paid in full.
    pub(super) fn covered(&self) -> usize {
        let paid = self.rent_paid();
        self.schedule.sums.iter().skip(1).filter(|sum| **sum <= paid).count()
    }

    pub(super) fn rent_paid(&self) -> u128 {
        self.payments.iter().map(|payment| payment.rent).sum()
    }

    /// The number of instalments whose grace is over.
    fn assessed(&self, now: u64) -> usize {
        let (end, grace) = (self.end(), self.terms.grace);
        let over = |due: u64| due < end && due + grace <= now;
        self.schedule.dues.iter().take_while(|due| over(**due)).count()
    }

    /// The late fees of the first so many instalments.
    fn fees(&self, assessed: usize) -> u128 {
        let mut fees = 0;
        for k in 0..assessed {
            let late_at = self.schedule.dues[k] + self.terms.grace;
            let in_time = self.payments.iter().filter(|payment| payment.at < late_at);
            let covered: u128 = in_time.map(|payment| payment.rent).sum();
            if covered < self.schedule.sums[k + 1] {
                let share = share(self.schedule.amounts[k], self.terms.late_fee_bps);
                fees = (fees + self.terms.late_fee_flat.min(share)).min(self.terms.late_fee_cap);
            }
        }
        fees
    }
}

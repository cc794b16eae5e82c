//! What the contracts beside the lease have in common (`ILeaseExtension`).

use alloy_primitives::B256;

use super::{
    abi::{Fault, fault, require},
    books::Books,
    cast::Who,
    lease::Beside,
};

/// The longest window.
pub(super) const WINDOW: u64 = 3_650 * 86_400;

/// Nobody but this one may call.
pub(super) fn is_called_by(expected: Who, caller: Who) -> Result<(), Fault> {
    require!(caller == expected, "Extension_WrongCaller", caller, expected);
    Ok(())
}

/// An act is strictly before its deadline.
pub(super) fn before(now: u64, deadline: u64) -> Result<(), Fault> {
    require!(now < deadline, "Extension_TooLate", now, deadline);
    Ok(())
}

/// Silence decides from the deadline on.
pub(super) fn from(now: u64, deadline: u64) -> Result<(), Fault> {
    require!(now >= deadline, "Extension_TooEarly", now, deadline);
    Ok(())
}

/// The lease with this number is the one that is meant.
pub(super) fn is_about(beside: &Beside, lease: usize, expected: B256) -> Result<(), Fault> {
    let actual = beside.id(lease);
    require!(actual == expected, "Extension_WrongLease", actual, expected);
    Ok(())
}

/// Names the first member of the terms that is not acceptable.
pub(super) fn acceptable(demands: &[(bool, &'static str)]) -> Result<(), Fault> {
    match demands.iter().find(|(holds, _)| !holds) {
        None => Ok(()),
        Some((_, member)) => Err(fault!("Extension_InvalidTerms", *member)),
    }
}

/// Whether somebody can be paid: not the contract, nor that of the leases.
pub(super) fn can_be_paid(who: Who) -> bool {
    ![Who::NOBODY, Who::CONTRACT, Who::LEASE].contains(&who)
}

/// Whether a window ends, and some day.
pub(super) const fn is_window(window: u64) -> bool {
    window > 0 && window <= WINDOW
}

/// Rent that somebody offers, with the wei that are sent along.
#[derive(Clone, Copy)]
pub(super) struct Rent {
    /// The number of the lease.
    pub(super) lease: usize,
    pub(super) payer: Who,
    pub(super) offered: u128,
    pub(super) value: u128,
}

impl Rent {
    /// How much of it the lease takes: up to its arrears.
    pub(super) fn taken(self, beside: &Beside) -> Result<u128, Fault> {
        let owed = beside.arrears(self.lease);
        let taken = self.offered.min(owed);
        require!(taken > 0, "Extension_InvalidAmount", self.offered, owed);
        Ok(taken)
    }

    /// Pays what the lease takes. Ether beyond that goes back.
    pub(super) fn pay(self, beside: &mut Beside, books: &mut Books) -> Result<(), Fault> {
        let taken = self.taken(beside)?;
        let asset = beside.asset(self.lease);
        let rest = if asset == Who::NOBODY { self.offered - taken } else { 0 };
        books.pull(asset, self.payer, self.value, taken + rest)?;
        beside.pay(self.lease, taken, books)?;
        books.forward(asset, self.payer, rest);
        Ok(())
    }
}

//! How a contract comes to be an arbiter (`IAppointment`): who has agreed, and which terms apply to which agreement.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::B256;

use super::super::{
    abi::{Fault, Value, event, fault, require},
    books::Books,
    cast::Who,
    facts::Facts,
    harness::{View, view},
};

/// Who has agreed to what, and the terms that apply, by agreement.
#[derive(Clone, Debug, Default)]
pub(super) struct Consent {
    agreed: BTreeSet<(B256, Who)>,
    appointments: BTreeMap<B256, B256>,
}

/// The beginning of what a contract answers that accepts a signature (ERC-1271).
const ACCEPTS: [u8; 4] = [0x16, 0x26, 0xba, 0x7e];

impl Consent {
    /// `party` agrees to the terms `id`, once.
    pub(super) fn agree(&mut self, id: B256, party: Who, books: &mut Books) -> Result<(), Fault> {
        require!(self.agreed.insert((id, party)), "Appointment_AlreadyAgreed", party);
        books.events.push(event!("Agreed", id, party));
        Ok(())
    }

    /// The terms `id` apply to `agreement` from now on, and no others ever.
    pub(super) fn appoint(
        &mut self,
        id: B256,
        agreement: B256,
        books: &mut Books,
    ) -> Result<(), Fault> {
        let appointed = self.appointments.contains_key(&agreement);
        require!(!appointed, "Appointment_AlreadyAppointed", agreement);
        self.appointments.insert(agreement, id);
        books.events.push(event!("Appointed", id, agreement));
        Ok(())
    }

    /// Everybody of these has agreed.
    pub(super) fn is_complete(
        &self,
        id: B256,
        parties: impl IntoIterator<Item = Who>,
    ) -> Result<(), Fault> {
        for party in parties {
            require!(self.has_agreed(id, party), "Appointment_NotAgreed", party);
        }
        Ok(())
    }

    /// Whether `party` has agreed to the terms `id`.
    pub(super) fn has_agreed(&self, id: B256, party: Who) -> bool {
        self.agreed.contains(&(id, party))
    }

    /// The terms that apply to an agreement; zero if none do.
    pub(super) fn appointment(&self, agreement: B256) -> B256 {
        self.appointments.get(&agreement).copied().unwrap_or_default()
    }

    /// What the views must answer about the terms `id` of `agreement`, and whether these have agreed to them.
    pub(super) fn views(
        &self,
        facts: &Facts,
        (id, agreement): (B256, B256),
        parties: impl IntoIterator<Item = Who>,
        views: &mut Vec<View>,
    ) {
        let appointment = self.appointment(agreement);
        views.push(view(facts, "appointmentOf", &[agreement.into()], &[appointment.into()]));
        for party in parties {
            let agreed = self.has_agreed(id, party);
            views.push(view(facts, "hasAgreed", &[id.into(), party.into()], &[agreed.into()]));
        }
        for digest in [agreement, id] {
            let mut answer = [0; 32];
            if !self.appointment(digest).is_zero() {
                answer[..4].copy_from_slice(&ACCEPTS);
            }
            let question = [digest.into(), Value::bytes(&[])];
            views.push(view(facts, "isValidSignature", &question, &[Value::Word(answer)]));
        }
    }
}

/// An act is strictly before its deadline.
pub(super) fn before(now: u64, deadline: u64) -> Result<(), Fault> {
    require!(now < deadline, "Appointment_TooLate", now, deadline);
    Ok(())
}

/// Silence decides from the deadline on.
pub(super) fn from(now: u64, deadline: u64) -> Result<(), Fault> {
    require!(now >= deadline, "Appointment_TooEarly", now, deadline);
    Ok(())
}

/// The agreement is the one that the terms name.
pub(super) fn is_about(actual: B256, expected: B256) -> Result<(), Fault> {
    require!(actual == expected, "Appointment_WrongAgreement", actual, expected);
    Ok(())
}

/// The agreement is between the same two.
pub(super) fn is_between(actual: (Who, Who), expected: (Who, Who)) -> Result<(), Fault> {
    require!(actual.0 == expected.0, "Appointment_NotAParty", expected.0);
    require!(actual.1 == expected.1, "Appointment_NotAParty", expected.1);
    Ok(())
}

/// Names the first member of the terms that is not acceptable.
pub(super) fn acceptable(demands: &[(bool, &'static str)]) -> Result<(), Fault> {
    match demands.iter().find(|(holds, _)| !holds) {
        None => Ok(()),
        Some((_, member)) => Err(fault!("Appointment_InvalidTerms", *member)),
    }
}

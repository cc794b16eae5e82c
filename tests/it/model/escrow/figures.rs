//! What follows from an agreement and the clock, and what must hold before something is done.

use super::{
    super::{
        abi::{Fault, require},
        books::share,
        cast::Who,
    },
    state::{
        Agreement,
        Status::{self, Active, Disputed, Funded, None as Absent, Proposed, Submitted},
    },
    terms::Terms,
};

impl Agreement {
    /// From when on silence decides; zero when it never will.
    pub(super) const fn deadline(&self) -> u64 {
        match self.status {
            Proposed | Funded => self.terms.accept_by,
            Active => self.terms.expires_at,
            Submitted => self.since + self.terms.review_window,
            Disputed => self.since + self.terms.ruling_window,
            _ => 0,
        }
    }

    /// What somebody gets if nobody does anything any more.
    pub(super) fn claim(&self, who: Who) -> u128 {
        let to_payee = share(self.held, self.silent_bps());
        let fee = share(to_payee, self.terms.fee_bps);
        let due = |party: Who, amount: u128| if who == party { amount } else { 0 };
        let (shared, rest) = self.shared(to_payee - fee);
        due(self.terms.payer, self.held - to_payee)
            + due(self.terms.payee, rest)
            + due(self.terms.fee_receiver, fee)
            + shared.into_iter().map(|(party, part)| due(party, part)).sum::<u128>()
    }

    /// What each share gets of the payee's side, and what is left for the payee.
    pub(super) fn shared(&self, amount: u128) -> (Vec<(Who, u128)>, u128) {
        let parts: Vec<_> =
            self.terms.shares.iter().map(|(who, bps)| (*who, share(amount, *bps))).collect();
        let sum: u128 = parts.iter().map(|(_, part)| part).sum();
        (parts, amount - sum)
    }

    /// The parties that may hold something of it.
    pub(super) fn named(&self) -> Vec<Who> {
        let Terms { payer, payee, arbiter, fee_receiver, .. } = self.terms;
        let mut named = vec![payer, payee];
        let others = self.terms.shares.iter().map(|(who, _)| *who).chain([arbiter, fee_receiver]);
        for who in others {
            if who != Who::NOBODY && !named.contains(&who) {
                named.push(who);
            }
        }
        named
    }

    /// The other of payer and payee.
    pub(super) fn other(&self, who: Who) -> Result<Who, Fault> {
        self.is_party(who)?;
        Ok(if who == self.terms.payer { self.terms.payee } else { self.terms.payer })
    }

    /// What the payee gets if nobody does anything any more.
    pub(super) const fn silent_bps(&self) -> u16 {
        match self.status {
            Active => self.terms.expiry_bps,
            Submitted => 10_000,
            Disputed => self.terms.timeout_bps,
            _ => 0,
        }
    }

    /// Payer or payee.
    pub(super) fn is_party(&self, who: Who) -> Result<(), Fault> {
        let party = who == self.terms.payer || who == self.terms.payee;
        require!(party, "Escrow_NotAParty", who);
        Ok(())
    }

    /// The agreement is in one of these states; the first is named if it is not.
    pub(super) fn is_in(&self, possible: &[Status]) -> Result<(), Fault> {
        require!(self.status != Absent, "Escrow_UnknownAgreement", self.id);
        let (actual, first) = (self.status as u8, possible[0] as u8);
        require!(possible.contains(&self.status), "Escrow_WrongState", actual, first);
        Ok(())
    }

    /// The agreement binds.
    pub(super) fn is_binding(&self) -> Result<(), Fault> {
        require!(self.status != Absent, "Escrow_UnknownAgreement", self.id);
        let binding = self.status.is_binding();
        require!(binding, "Escrow_WrongState", self.status as u8, Active as u8);
        Ok(())
    }
}

pub(super) fn before(now: u64, deadline: u64) -> Result<(), Fault> {
    require!(now < deadline, "Escrow_TooLate", now, deadline);
    Ok(())
}

pub(super) fn a_share(bps: u16) -> Result<(), Fault> {
    require!(bps <= 10_000, "Escrow_InvalidShare", bps, 10_000_u16);
    Ok(())
}

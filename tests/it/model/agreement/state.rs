//! One agreement as a state machine, after contracts/docs/agreement.md: coming into force, and the ends.

use std::sync::Arc;

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Event, Fault, event, fault, require},
        books::{Books, share},
        cast::Who,
        facts::Facts,
        signature::Signature,
    },
    act::{Call, Settlement, Subject},
    check::check,
    encode::numbers,
    leaf::Question,
    sources::Sources,
    terms::{Deed, Leg, Terms},
};

/// `IAgreementTypes.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Proposed,
    Active,
    Closed,
    Cancelled,
}

use Status::{Active, Cancelled, Closed, None as Absent, Proposed};

/// So many payouts of one call are pushed.
const MOST_PUSHES: usize = 4;

/// The whole, in basis points.
const WHOLE: u64 = 10_000;

/// What happened with a leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) paid_in: u128,
    pub(super) held: u128,
    /// For C-4: all that was paid out or credited.
    pub(super) went: u128,
}

/// An agreement with what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Agreement {
    pub(super) deed: Arc<Deed>,
    /// Its place among the agreements of the script.
    pub(super) number: usize,
    pub(super) status: Status,
    /// Which parties have accepted.
    pub(super) accepted: Vec<bool>,
    pub(super) stage: u8,
    pub(super) round: u64,
    pub(super) since: u64,
    /// The verdict on each leaf.
    pub(super) decided: Vec<Option<bool>>,
    pub(super) executed: Vec<bool>,
    pub(super) legs: Vec<Account>,
    /// How the arbiter of each leaf has divided.
    pub(super) awards: Vec<Option<Vec<u16>>>,
}

/// What was said on chain about a subject: that it is approved, or that it is revoked.
#[derive(Clone, Debug)]
pub(super) struct Consent {
    pub(super) signer: Who,
    pub(super) subject: Subject,
    pub(super) is_revoked: bool,
}

/// A call in its circumstances.
pub(super) struct Scene<'a> {
    pub(super) facts: &'a Facts,
    pub(super) books: &'a mut Books,
    pub(super) sources: &'a Sources,
    pub(super) consents: &'a [Consent],
    /// Of all agreements of the script, by number.
    pub(super) ids: &'a [B256],
    pub(super) caller: Who,
    pub(super) value: u128,
    /// What the call did that is worth counting.
    pub(super) marks: &'a mut Vec<&'static str>,
}

impl Status {
    pub(super) const fn is_final(self) -> bool {
        matches!(self, Closed | Cancelled)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Absent => "None",
            Proposed => "Proposed",
            Active => "Active",
            Closed => "Closed",
            Cancelled => "Cancelled",
        }
    }
}

impl Scene<'_> {
    pub(super) fn tell(&mut self, event: Event) {
        self.books.events.push(event);
    }

    /// The signer is the caller, has said so on chain, or has signed, and has not taken it back.
    ///
    /// `signatures` are all that are handed in with the call, of which the one at `place` is the signer's; they are
    /// over `said`.
    pub(super) fn consents(
        &self,
        signer: Who,
        subject: &Subject,
        said: &Subject,
        signatures: &[Signature],
        place: usize,
    ) -> Result<(), Fault> {
        let spoken = self.consents.iter().find(|it| it.signer == signer && it.subject == *subject);
        // A wallet signs by a call of its own, whatever bytes are handed in for it.
        let signed = if signer == Who::WALLET {
            signatures.contains(&Signature::By(Who::WALLET))
        } else {
            signatures[place].is_by(signer)
        };
        let agrees = signer == self.caller
            || match spoken {
                Some(consent) => !consent.is_revoked,
                None => signed && said == subject,
            };
        require!(agrees, "Agreement_InvalidSignature", signer);
        Ok(())
    }
}

impl Agreement {
    pub(super) fn new(deed: Deed, number: usize) -> Self {
        let Terms { parties, legs, leaves, clauses, .. } = &deed.terms;
        Self {
            number,
            status: Absent,
            accepted: vec![false; parties.len()],
            stage: 0,
            round: 0,
            since: 0,
            decided: vec![None; leaves.len()],
            executed: vec![false; clauses.len()],
            legs: vec![Account::default(); legs.len()],
            awards: vec![None; leaves.len()],
            deed: Arc::new(deed),
        }
    }

    pub(super) fn terms(&self) -> &Terms {
        &self.deed.terms
    }

    /// Does what is called for; true if the function returns the id.
    pub(super) fn act(&mut self, call: &Call, scene: &mut Scene<'_>) -> Result<bool, Fault> {
        if !matches!(call, Call::Fund(..)) && scene.value > 0 {
            return Err(Fault::SILENT);
        }
        match call {
            Call::Accept => self.accept(scene.caller, scene)?,
            Call::AcceptFor(party, signature, said) => {
                self.accept(*party, scene)?;
                let subject = Subject::Agreement(self.number);
                scene.consents(*party, &subject, said, &[*signature], 0)?;
            }
            Call::Fund(leg, amount) => self.fund(*leg, *amount, scene)?,
            Call::Cancel => self.cancel(scene)?,
            Call::Record(reveal, witness) => self.record(reveal, *witness, scene)?,
            Call::Attest(reveal, attest) => self.attest(reveal, attest, scene)?,
            Call::Rule(matter, choice) => self.rule(*matter, *choice, scene)?,
            Call::Award(leaf, shares) => self.award(*leaf, shares, scene)?,
            Call::Execute(clause) => self.execute(*clause, scene)?,
            Call::SettleByConsent(settlement, signatures, said) => {
                self.settle_by_consent(settlement, signatures, said, scene)?;
            }
            Call::Settle => self.settle(scene)?,
        }
        Ok(matches!(call, Call::Accept | Call::AcceptFor(..) | Call::Fund(..)))
    }

    fn accept(&mut self, party: Who, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let place = self.party(party)?;
        self.is_forming()?;
        before(scene.books.now, self.terms().fund_by)?;
        require!(!self.accepted[place], "Agreement_AlreadyAccepted", party);
        self.propose(scene)?;
        self.note_acceptance(place, scene);
        self.activate(scene);
        Ok(())
    }

    fn fund(&mut self, leg: usize, amount: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let deed = Arc::clone(&self.deed);
        let Terms { parties, legs, fund_by, ends_at, .. } = &deed.terms;
        require!(leg < legs.len(), "Agreement_UnknownLeg", leg, legs.len());
        let binds = self.status == Active;
        if !binds {
            self.is_forming()?;
        }
        before(scene.books.now, if binds { *ends_at } else { *fund_by })?;
        let Leg { asset, amount: agreed, payer, .. } = legs[leg];
        let missing = agreed - self.legs[leg].paid_in;
        let possible = amount > 0 && amount <= missing;
        require!(possible, "Agreement_InvalidAmount", amount, missing);
        self.propose(scene)?;
        self.legs[leg].paid_in += amount;
        self.legs[leg].held += amount;
        scene.tell(event!("Funded", self.deed.id, leg, scene.caller, amount));
        self.decide_paid(leg, scene);
        let payer = usize::from(payer);
        if !binds {
            if scene.caller == parties[payer] && !self.accepted[payer] {
                self.note_acceptance(payer, scene);
            }
            self.activate(scene);
        }
        scene.books.take(asset, scene.caller, scene.value, amount)
    }

    /// The payment decides the leaves that wait for so much in this leg.
    fn decide_paid(&mut self, paid: usize, scene: &mut Scene<'_>) {
        let deed = Arc::clone(&self.deed);
        for (index, leaf) in deed.terms.leaves.iter().enumerate() {
            let Question::Paid { leg, amount } = leaf.question else { continue };
            let enough = usize::from(leg) == paid && self.legs[paid].paid_in >= amount;
            if enough && self.decided[index].is_none() && !leaf.has_closed(scene.books.now) {
                self.decide(index, true, scene);
            }
        }
    }

    fn cancel(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.party(scene.caller)?;
        self.is_forming()?;
        scene.tell(event!("Cancelled", self.deed.id, scene.caller));
        let dues = self.silent_division();
        self.end(Cancelled, dues, scene);
        Ok(())
    }

    fn settle_by_consent(
        &mut self,
        settlement: &Settlement,
        signatures: &[Signature],
        said: &Subject,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let deed = Arc::clone(&self.deed);
        let Terms { parties, legs, .. } = &deed.terms;
        self.is_active()?;
        let named = scene.ids[settlement.agreement];
        require!(named == deed.id, "Agreement_WrongAgreement", named, deed.id);
        before(scene.books.now, settlement.deadline)?;
        let executed = set(&self.executed);
        let fresh = settlement.executed == executed;
        let named = u64::from(settlement.executed);
        require!(fresh, "Agreement_StaleSettlement", named, u64::from(executed));
        let (count, expected) = (signatures.len(), parties.len());
        require!(count == expected, "Agreement_TooFewVotes", count, expected);
        let subject = Subject::Settlement(settlement.clone());
        for (place, party) in parties.iter().enumerate() {
            scene.consents(*party, &subject, said, signatures, place)?;
        }
        are_whole(&settlement.shares, parties.len(), legs.len())?;
        scene.tell(event!("SettlementAgreed", deed.id, numbers(&settlement.shares)));
        let mut dues = self.nothing_due();
        for (leg, shares) in settlement.shares.chunks(parties.len()).enumerate() {
            self.divide(leg, self.legs[leg].held, shares, &mut dues);
        }
        self.end(Closed, dues, scene);
        Ok(())
    }

    fn settle(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        if self.status != Proposed {
            self.is_active()?;
        }
        let (now, deadline) = (scene.books.now, self.deadline());
        require!(now >= deadline, "Agreement_TooEarly", now, deadline);
        scene.tell(event!("TimedOut", self.deed.id, self.status as u8));
        let dues = self.silent_division();
        self.end(if self.status == Active { Closed } else { Cancelled }, dues, scene);
        Ok(())
    }

    /// From when on silence decides; zero when it never will.
    pub(super) fn deadline(&self) -> u64 {
        match self.status {
            Proposed => self.terms().fund_by,
            Active => self.terms().ends_at,
            Absent | Closed | Cancelled => 0,
        }
    }

    /// What somebody gets of each leg if nobody does anything any more.
    pub(super) fn claim(&self, who: Who) -> Vec<u128> {
        let Terms { parties, .. } = self.terms();
        let Some(place) = self.terms().party(who) else { return vec![0; self.legs.len()] };
        self.silent_division().chunks(parties.len()).map(|leg| leg[place]).collect()
    }

    /// Leg by leg what silence makes due to each party: before it binds, all goes back.
    fn silent_division(&self) -> Vec<u128> {
        let mut dues = self.nothing_due();
        let parties = self.terms().parties.len();
        for (index, leg) in self.terms().legs.iter().enumerate() {
            let held = self.legs[index].held;
            let passed = if self.status == Active { share(held, leg.default_bps) } else { 0 };
            dues[index * parties + usize::from(leg.receiver)] += passed;
            dues[index * parties + usize::from(leg.payer)] += held - passed;
        }
        dues
    }

    /// Adds to what is due the parts of `held`, each rounded down; the odd units are the payer's.
    pub(super) fn divide(&self, leg: usize, held: u128, shares: &[u16], dues: &mut [u128]) {
        let first = leg * shares.len();
        let parts: Vec<u128> = shares.iter().map(|bps| share(held, *bps)).collect();
        for (place, part) in parts.iter().enumerate() {
            dues[first + place] += part;
        }
        let payer = usize::from(self.terms().legs[leg].payer);
        dues[first + payer] += held - parts.iter().sum::<u128>();
    }

    pub(super) fn nothing_due(&self) -> Vec<u128> {
        vec![0; self.legs.len() * self.accepted.len()]
    }

    /// It is over, and everything that is held is due.
    fn end(&mut self, status: Status, dues: Vec<u128>, scene: &mut Scene<'_>) {
        self.close(status, scene);
        for account in &mut self.legs {
            account.held = 0;
        }
        self.pay_out(dues, scene);
    }

    pub(super) fn close(&mut self, status: Status, scene: &mut Scene<'_>) {
        self.status = status;
        scene.tell(event!("Closed", self.deed.id, status as u8));
    }

    /// One payout for each party and asset; four are pushed, more become credits.
    pub(super) fn pay_out(&mut self, dues: Vec<u128>, scene: &mut Scene<'_>) {
        let deed = Arc::clone(&self.deed);
        let Terms { parties, legs, .. } = &deed.terms;
        let mut payouts: Vec<(Who, Who, u128)> = Vec::new();
        for (index, due) in dues.into_iter().enumerate().filter(|(_, due)| *due > 0) {
            let (leg, party) = (index / parties.len(), parties[index % parties.len()]);
            self.legs[leg].went += due;
            scene.tell(event!("Released", deed.id, leg, party, due));
            let asset = legs[leg].asset;
            match payouts.iter_mut().find(|it| it.0 == asset && it.1 == party) {
                Some(payout) => payout.2 += due,
                None => payouts.push((asset, party, due)),
            }
        }
        if payouts.len() > MOST_PUSHES {
            scene.marks.push("more payouts than are pushed");
        }
        for (index, (asset, party, amount)) in payouts.into_iter().enumerate() {
            if index < MOST_PUSHES {
                scene.books.release(asset, party, amount);
            } else {
                scene.books.set_aside(asset, party, amount);
            }
        }
    }

    /// Whether all of a leg was paid in.
    pub(super) fn is_paid(&self, leg: usize) -> bool {
        self.legs[leg].paid_in == self.terms().legs[leg].amount
    }

    /// Once, and for good.
    pub(super) fn decide(&mut self, leaf: usize, verdict: bool, scene: &mut Scene<'_>) {
        self.decided[leaf] = Some(verdict);
        scene.tell(event!("Recorded", self.deed.id, leaf, verdict));
        scene.marks.push(match (self.terms().leaves[leaf].kind(), verdict) {
            (2, _) => "Paid",
            (3, true) => "Signed",
            (3, false) => "Signed: not so",
            (4, true) => "Attested",
            (4, false) => "Attested: not so",
            (5, true) => "Ruled",
            (5, false) => "Ruled: not so",
            (6, _) => "Awarded",
            (7, _) => "Oracle",
            (8, _) => "View",
            (9, _) => "Eas",
            (_, true) => "Custom",
            (_, false) => "Custom: not so",
        });
    }

    fn propose(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        if self.status == Absent {
            check(self.terms(), scene.facts)?;
            self.status = Proposed;
            scene.tell(event!("Proposed", self.deed.id, scene.caller, self.deed.argument.clone()));
        }
        Ok(())
    }

    fn note_acceptance(&mut self, place: usize, scene: &mut Scene<'_>) {
        self.accepted[place] = true;
        scene.tell(event!("Accepted", self.deed.id, self.terms().parties[place]));
    }

    fn activate(&mut self, scene: &mut Scene<'_>) {
        let mut legs = self.terms().legs.iter().enumerate();
        let paid = legs.all(|(index, leg)| !leg.required || self.is_paid(index));
        if paid && self.accepted.iter().all(|accepted| *accepted) {
            self.status = Active;
            self.since = scene.books.now;
            scene.tell(event!("Activated", self.deed.id));
        }
    }

    fn party(&self, who: Who) -> Result<usize, Fault> {
        self.terms().party(who).ok_or_else(|| fault!("Agreement_NotAParty", who))
    }

    /// It does not bind yet, and is not over.
    fn is_forming(&self) -> Result<(), Fault> {
        let forming = self.status <= Proposed;
        require!(forming, "Agreement_WrongState", self.status as u8, Proposed as u8);
        Ok(())
    }

    pub(super) fn is_active(&self) -> Result<(), Fault> {
        require!(self.status != Absent, "Agreement_UnknownAgreement", self.deed.id);
        let active = self.status == Active;
        require!(active, "Agreement_WrongState", self.status as u8, Active as u8);
        Ok(())
    }
}

pub(super) fn before(now: u64, deadline: u64) -> Result<(), Fault> {
    require!(now < deadline, "Agreement_TooLate", now, deadline);
    Ok(())
}

/// There are shares for each party, over and over, that are the whole each time.
pub(super) fn are_whole(shares: &[u16], parties: usize, times: usize) -> Result<(), Fault> {
    let expected = parties * times;
    require!(shares.len() == expected, "Agreement_InvalidShares", shares.len(), expected);
    for part in shares.chunks(parties) {
        let sum: u64 = part.iter().map(|share| u64::from(*share)).sum();
        require!(sum == WHOLE, "Agreement_InvalidShares", sum, WHOLE);
    }
    Ok(())
}

/// The places that are marked, as a set.
pub(super) fn set(marked: &[bool]) -> u32 {
    marked.iter().rev().fold(0, |set, marked| (set << 1) | u32::from(*marked))
}

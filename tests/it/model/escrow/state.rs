//! One escrow agreement as a state machine, after contracts/docs/escrow.md.

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Event, Fault, Value, event, fault, require},
        books::{Books, share},
        cast::Who,
        signature::Signature,
    },
    act::{Call, Settlement},
    figures::{a_share, before},
    terms::{Terms, successor_salt},
};

/// `IEscrow.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Status {
    None,
    Proposed,
    Funded,
    Active,
    Submitted,
    Disputed,
    Released,
    Refunded,
    Split,
    Cancelled,
    Novated,
}

use Status::{
    Active, Cancelled, Disputed, Funded, None as Absent, Novated, Proposed, Refunded, Released,
    Split, Submitted,
};

/// What a party offers, or offered in signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stance {
    pub(super) payee_bps: u16,
    pub(super) round: u64,
    /// Zero: there is no offer.
    pub(super) deadline: u64,
    pub(super) nonce: u64,
}

/// An agreement with what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Agreement {
    pub(super) terms: Terms,
    pub(super) id: B256,
    pub(super) status: Status,
    pub(super) payee_accepted: bool,
    pub(super) arbiter_accepted: bool,
    pub(super) payee_paid: bool,
    pub(super) payer_paid: bool,
    pub(super) round: u64,
    pub(super) since: u64,
    pub(super) held: u128,
    pub(super) payer_stance: Stance,
    pub(super) payee_stance: Stance,
    /// For I-1: all that was paid in, and all that was paid out or credited.
    pub(super) came: u128,
    pub(super) went: u128,
}

impl Status {
    pub(in super::super) const fn is_final(self) -> bool {
        matches!(self, Released | Refunded | Split | Cancelled | Novated)
    }

    pub(super) const fn is_binding(self) -> bool {
        matches!(self, Active | Submitted | Disputed)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Absent => "None",
            Proposed => "Proposed",
            Funded => "Funded",
            Active => "Active",
            Submitted => "Submitted",
            Disputed => "Disputed",
            Released => "Released",
            Refunded => "Refunded",
            Split => "Split",
            Cancelled => "Cancelled",
            Novated => "Novated",
        }
    }
}

/// A call in its circumstances.
pub(super) struct Scene<'a> {
    pub(super) books: &'a mut Books,
    pub(super) caller: Who,
    pub(super) value: u128,
    /// The id that a settlement names.
    pub(super) named: B256,
    /// The terms as an argument.
    pub(super) terms: &'a Value,
}

impl Scene<'_> {
    fn tell(&mut self, event: Event) {
        self.books.events.push(event);
    }
}

impl Agreement {
    pub(super) fn new(terms: Terms, id: B256) -> Self {
        Self {
            terms,
            id,
            status: Absent,
            payee_accepted: false,
            arbiter_accepted: false,
            payee_paid: false,
            payer_paid: false,
            round: 0,
            since: 0,
            held: 0,
            payer_stance: Stance::default(),
            payee_stance: Stance::default(),
            came: 0,
            went: 0,
        }
    }

    /// Does what is called for; true if the function returns the id.
    pub(super) fn act(&mut self, call: &Call, mut scene: Scene<'_>) -> Result<bool, Fault> {
        if !matches!(call, Call::Fund | Call::Novate(_)) && scene.value > 0 {
            return Err(Fault::SILENT);
        }
        let scene = &mut scene;
        match call {
            Call::Propose => self.propose(scene)?,
            Call::Accept => self.accept(scene.caller, scene)?,
            Call::AcceptFor(party, signature) => self.accept_for(*party, *signature, scene)?,
            Call::Fund => self.fund(scene)?,
            Call::Cancel => self.cancel(scene)?,
            Call::Submit => self.submit(scene)?,
            Call::Release(amount) => self.release(*amount, scene)?,
            Call::Refund(amount) => self.refund(*amount, scene)?,
            Call::Dispute => self.dispute(scene)?,
            Call::Rule(payee_bps) => self.rule(*payee_bps, scene)?,
            Call::Offer(payee_bps, deadline) => self.offer(*payee_bps, *deadline, scene)?,
            Call::AcceptOffer(payee_bps) => self.accept_offer(*payee_bps, scene)?,
            Call::AcceptSigned(settlement, signature) => {
                self.accept_signed(settlement, *signature, scene)?;
            }
            Call::Revoke => self.revoke(scene)?,
            Call::Settle => self.settle(scene)?,
            Call::Novate(_) => unreachable!("that takes two agreements"),
        }
        Ok(matches!(call, Call::Propose | Call::Accept | Call::AcceptFor(..) | Call::Fund))
    }

    fn propose(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        require!(self.status == Absent, "Escrow_WrongState", self.status as u8, Absent as u8);
        before(scene.books.now, self.terms.accept_by)?;
        self.terms.check()?;
        self.status = Proposed;
        scene.tell(event!("Proposed", self.id, scene.caller, scene.terms.clone()));
        if scene.caller == self.terms.payee {
            self.payee_accepted = true;
            scene.tell(event!("Accepted", self.id, scene.caller));
        }
        Ok(())
    }

    fn accept(&mut self, party: Who, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let asked = [self.terms.payee, self.terms.arbiter];
        require!(asked.contains(&party), "Escrow_NotAParty", party);
        self.is_in(&[Proposed, Funded])?;
        before(scene.books.now, self.terms.accept_by)?;
        let accepted = if party == self.terms.payee {
            &mut self.payee_accepted
        } else {
            &mut self.arbiter_accepted
        };
        require!(!*accepted, "Escrow_AlreadyAccepted", party);
        *accepted = true;
        scene.tell(event!("Accepted", self.id, party));
        self.activate(scene);
        Ok(())
    }

    fn accept_for(
        &mut self,
        party: Who,
        signature: Signature,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        self.accept(party, scene)?;
        require!(signature.is_by(party), "Escrow_InvalidSignature", party);
        Ok(())
    }

    fn fund(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { asset, amount, accept_by, .. } = self.terms;
        before(scene.books.now, accept_by)?;
        if self.status == Absent {
            self.terms.check()?;
            scene.tell(event!("Proposed", self.id, scene.caller, scene.terms.clone()));
        } else {
            self.is_in(&[Proposed])?;
        }
        self.status = Funded;
        self.held = amount;
        self.came += amount;
        scene.tell(event!("Funded", self.id, scene.caller, amount));
        self.activate(scene);
        scene.books.take(asset, scene.caller, scene.value, amount)
    }

    fn cancel(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { payer, payee, arbiter, .. } = self.terms;
        let named = [payer, payee, arbiter].contains(&scene.caller);
        require!(named, "Escrow_NotAParty", scene.caller);
        scene.tell(event!("Cancelled", self.id, scene.caller));
        match self.status {
            Funded => self.pay(0, self.held, 0, scene),
            Absent | Proposed => self.close(Cancelled, scene),
            other => return Err(fault!("Escrow_WrongState", other as u8, Funded as u8)),
        }
        Ok(())
    }

    fn submit(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { payee, perform_by, .. } = self.terms;
        require!(scene.caller == payee, "Escrow_WrongCaller", scene.caller, payee);
        self.is_in(&[Active])?;
        before(scene.books.now, perform_by)?;
        self.turn(Submitted, scene.books.now);
        scene.tell(event!("Submitted", self.id, super::EVIDENCE, self.deadline()));
        Ok(())
    }

    fn release(&mut self, amount: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let payer = self.terms.payer;
        require!(scene.caller == payer, "Escrow_WrongCaller", scene.caller, payer);
        self.is_binding()?;
        let possible = amount > 0 && amount <= self.held;
        require!(possible, "Escrow_InvalidAmount", amount, self.held);
        self.pay(amount, 0, 0, scene);
        Ok(())
    }

    fn refund(&mut self, amount: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let payee = self.terms.payee;
        require!(scene.caller == payee, "Escrow_WrongCaller", scene.caller, payee);
        self.is_binding()?;
        let possible = amount > 0 && amount <= self.held;
        require!(possible, "Escrow_InvalidAmount", amount, self.held);
        self.pay(0, amount, 0, scene);
        Ok(())
    }

    fn dispute(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        self.is_in(&[Active, Submitted])?;
        before(scene.books.now, self.deadline())?;
        self.turn(Disputed, scene.books.now);
        let (party, deadline) = (scene.caller, self.deadline());
        scene.tell(event!("Disputed", self.id, party, super::EVIDENCE, deadline));
        Ok(())
    }

    fn rule(&mut self, payee_bps: u16, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { arbiter, arbiter_fee_bps, .. } = self.terms;
        require!(scene.caller == arbiter, "Escrow_WrongCaller", scene.caller, arbiter);
        self.is_in(&[Disputed])?;
        before(scene.books.now, self.deadline())?;
        a_share(payee_bps)?;
        let fee = share(self.held, arbiter_fee_bps);
        let rest = self.held - fee;
        let to_payee = share(rest, payee_bps);
        scene.tell(event!("Ruled", self.id, arbiter, payee_bps, fee));
        self.pay(to_payee, rest - to_payee, fee, scene);
        Ok(())
    }

    fn offer(&mut self, payee_bps: u16, deadline: u64, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_party(scene.caller)?;
        self.is_binding()?;
        a_share(payee_bps)?;
        before(scene.books.now, deadline)?;
        let round = self.round;
        let stance = self.stance(scene.caller);
        *stance = Stance { payee_bps, round, deadline, nonce: stance.nonce };
        scene.tell(event!("SettlementOffered", self.id, scene.caller, payee_bps, deadline));
        Ok(())
    }

    fn accept_offer(&mut self, payee_bps: u16, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let other = self.other(scene.caller)?;
        self.is_binding()?;
        let offer = *self.stance(other);
        require!(offer.deadline > 0, "Escrow_NoOffer", other);
        before(scene.books.now, offer.deadline)?;
        require!(offer.round == self.round, "Escrow_StaleRound", offer.round, self.round);
        let same = offer.payee_bps == payee_bps;
        require!(same, "Escrow_DifferentOffer", offer.payee_bps, payee_bps);
        scene.tell(event!("SettlementAgreed", self.id, payee_bps));
        self.divide(payee_bps, scene);
        Ok(())
    }

    fn accept_signed(
        &mut self,
        settlement: &Settlement,
        signature: Signature,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let other = self.other(scene.caller)?;
        self.is_binding()?;
        before(scene.books.now, settlement.deadline)?;
        require!(scene.named == self.id, "Escrow_WrongAgreement", scene.named, self.id);
        let Settlement { payee_bps, round, nonce, .. } = *settlement;
        require!(round == self.round, "Escrow_StaleRound", round, self.round);
        let expected = self.stance(other).nonce;
        require!(nonce == expected, "Escrow_WrongNonce", nonce, expected);
        a_share(payee_bps)?;
        require!(signature.is_by(other), "Escrow_InvalidSignature", other);
        scene.tell(event!("SettlementAgreed", self.id, payee_bps));
        self.divide(payee_bps, scene);
        Ok(())
    }

    fn revoke(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let caller = scene.caller;
        self.is_party(caller)?;
        let stance = self.stance(caller);
        let nonce = stance.nonce + 1;
        *stance = Stance { nonce, deadline: 0, ..*stance };
        scene.tell(event!("SettlementsRevoked", self.id, caller, nonce));
        Ok(())
    }

    fn settle(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        require!(self.status != Absent, "Escrow_UnknownAgreement", self.id);
        if self.status.is_final() {
            return Err(fault!("Escrow_WrongState", self.status as u8, Active as u8));
        }
        let (now, deadline) = (scene.books.now, self.deadline());
        require!(now >= deadline, "Escrow_TooEarly", now, deadline);
        let payee_bps = self.silent_bps();
        scene.tell(event!("TimedOut", self.id, self.status as u8, payee_bps));
        if self.status == Proposed {
            self.close(Cancelled, scene);
        } else {
            self.divide(payee_bps, scene);
        }
        Ok(())
    }

    /// Goes on as `next`, which takes over what is held.
    pub(super) fn novate(&mut self, next: &mut Self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { payer, payee, asset, .. } = self.terms;
        require!(scene.caller == payer, "Escrow_WrongCaller", scene.caller, payer);
        self.is_binding()?;
        let follows = [
            (next.terms.payer == payer, "payer"),
            (next.terms.payee == payee, "payee"),
            (next.terms.asset == asset, "asset"),
            (next.terms.amount >= self.held, "amount"),
            (next.terms.salt == successor_salt(self.id, self.round), "salt"),
        ];
        if let Some((_, member)) = follows.into_iter().find(|(holds, _)| !holds) {
            return Err(fault!("Escrow_NotASuccessor", member));
        }
        next.is_in(&[Proposed])?;
        before(scene.books.now, next.terms.accept_by)?;
        let missing = next.terms.amount - self.held;
        scene.tell(event!("Novated", self.id, next.id, self.held));
        self.went += self.held;
        self.held = 0;
        self.close(Novated, scene);
        next.came += next.terms.amount;
        next.held = next.terms.amount;
        next.status = Funded;
        scene.tell(event!("Funded", next.id, scene.caller, next.held));
        next.activate(scene);
        let active = next.status == Active;
        require!(active, "Escrow_WrongState", next.status as u8, Active as u8);
        scene.books.take(asset, scene.caller, scene.value, missing)
    }

    fn stance(&mut self, who: Who) -> &mut Stance {
        if who == self.terms.payer { &mut self.payer_stance } else { &mut self.payee_stance }
    }

    fn activate(&mut self, scene: &mut Scene<'_>) {
        let arbiter = self.terms.arbiter == Who::NOBODY || self.arbiter_accepted;
        if self.status == Funded && self.payee_accepted && arbiter {
            self.status = Active;
            scene.tell(event!("Activated", self.id));
        }
    }

    fn turn(&mut self, status: Status, now: u64) {
        self.status = status;
        self.since = now;
        self.round += 1;
    }

    /// All that is held, so much of it to the payee.
    fn divide(&mut self, payee_bps: u16, scene: &mut Scene<'_>) {
        let to_payee = share(self.held, payee_bps);
        self.pay(to_payee, self.held - to_payee, 0, scene);
    }

    /// Pays so much, before fees, to the payee, and so much to payer and arbiter: all that is held, or a part.
    fn pay(&mut self, to_payee: u128, to_payer: u128, to_arbiter: u128, scene: &mut Scene<'_>) {
        let Terms { payer, payee, arbiter, fee_receiver, fee_bps, asset, .. } = self.terms;
        let fee = share(to_payee, fee_bps);
        if to_payee > 0 {
            self.payee_paid = true;
            scene.tell(event!("Released", self.id, to_payee - fee, fee));
        }
        if to_payer > 0 {
            self.payer_paid = true;
            scene.tell(event!("Refunded", self.id, to_payer));
        }
        self.round += 1;
        self.held -= to_payee + to_payer + to_arbiter;
        self.went += to_payee + to_payer + to_arbiter;
        if self.held == 0 {
            let outcome = match (self.payee_paid, self.payer_paid) {
                (true, false) => Released,
                (false, true) => Refunded,
                (true, true) | (false, false) => Split,
            };
            self.close(outcome, scene);
        }
        let (shared, rest) = self.shared(to_payee - fee);
        for (who, part) in shared {
            scene.books.set_aside(asset, who, part);
        }
        let payouts =
            [(payee, rest), (fee_receiver, fee), (payer, to_payer), (arbiter, to_arbiter)];
        for (who, amount) in payouts {
            scene.books.release(asset, who, amount);
        }
    }

    fn close(&mut self, status: Status, scene: &mut Scene<'_>) {
        self.status = status;
        scene.tell(event!("Closed", self.id, status as u8));
    }
}

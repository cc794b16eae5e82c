//! One agreement's last offers as a state machine, after contracts/docs/settlement-offers.md.

use alloy_primitives::{B256, U256};

use super::{
    super::{
        abi::{Fault, Value, event, fault, require},
        books::Books,
        cast::{ASSETS, CAST, Who},
        escrow::{Beside, EscrowCall, EscrowStatus},
    },
    act::Call,
    appointment::Appointment,
};

/// What the escrow owes the contract, by asset and by the inner arbiter to whom the contract owes it.
pub(super) type Pending = [[U256; CAST]; ASSETS.len()];

/// What payer and payee have proposed about the agreement with this number.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// The number of the agreement, in the escrow.
    pub(super) index: usize,
    pub(super) by_payer: Option<u16>,
    pub(super) by_payee: Option<u16>,
}

/// A call in its circumstances.
pub(super) struct Scene<'a> {
    pub(super) books: &'a mut Books,
    pub(super) beside: &'a mut Beside,
    pub(super) pending: &'a mut Pending,
    pub(super) caller: Who,
    pub(super) value: u128,
    pub(super) appointment: &'a Appointment,
    /// The appointment's id.
    pub(super) named: B256,
}

impl Case {
    pub(super) const fn new(index: usize) -> Self {
        Self { index, by_payer: None, by_payee: None }
    }

    /// Does what is called for.
    pub(super) fn act(&mut self, call: &Call, mut scene: Scene<'_>) -> Result<Vec<Value>, Fault> {
        if scene.value > 0 {
            return Err(Fault::SILENT);
        }
        self.is_appointed(scene.beside, scene.named)?;
        let scene = &mut scene;
        match call {
            Call::Accept => {
                is_called_by(scene.appointment.arbiter, scene.caller)?;
                self.accept(scene)?;
            }
            Call::AcceptFor(signature) => {
                let arbiter = scene.appointment.arbiter;
                let signed = signature.is_by(arbiter);
                require!(signed, "SettlementOffers_InvalidSignature", arbiter);
                self.accept(scene)?;
            }
            Call::Decline => {
                is_called_by(scene.appointment.arbiter, scene.caller)?;
                scene.beside.act(self.index, EscrowCall::Cancel, 0, scene.books)?;
            }
            Call::Propose(bps) => self.propose(*bps, scene)?,
            Call::AcceptProposal(bps) => self.accept_proposal(*bps, scene)?,
            Call::Choose(party) => self.choose(*party, scene)?,
            Call::Settle => self.settle(scene)?,
        }
        Ok(Vec::new())
    }

    fn accept(&self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        scene.appointment.check(scene.beside, self.index)?;
        let Appointment { arbiter, offer_window, .. } = *scene.appointment;
        let document = scene.appointment.document();
        let id = scene.beside.id(self.index);
        scene.books.events.push(event!("Appointed", id, arbiter, offer_window, document));
        scene.beside.act(self.index, EscrowCall::Accept, 0, scene.books)?;
        Ok(())
    }

    fn propose(&mut self, bps: u16, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let is_payer = self.is_payer(scene.beside, scene.caller)?;
        let (now, end) = (scene.books.now, self.offers_end(scene.beside, scene.appointment)?);
        require!(now < end, "SettlementOffers_TooLate", now, end);
        require!(bps <= 10_000, "SettlementOffers_InvalidShare", bps, 10_000_u16);
        *if is_payer { &mut self.by_payer } else { &mut self.by_payee } = Some(bps);
        let id = scene.beside.id(self.index);
        scene.books.events.push(event!("Proposed", id, scene.caller, bps));
        Ok(())
    }

    fn accept_proposal(&self, bps: u16, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let is_payer = self.is_payer(scene.beside, scene.caller)?;
        let proposed = self.proposed(!is_payer, scene.beside)?;
        require!(proposed == bps, "SettlementOffers_DifferentProposal", proposed, bps);
        let id = scene.beside.id(self.index);
        scene.books.events.push(event!("ProposalAccepted", id, scene.caller, bps));
        self.rule(bps, scene)
    }

    fn choose(&self, party: Who, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(scene.appointment.arbiter, scene.caller)?;
        let is_payer = self.is_payer(scene.beside, party)?;
        self.is_final(scene)?;
        let bps = self.proposed(is_payer, scene.beside)?;
        self.proposed(!is_payer, scene.beside)?;
        let id = scene.beside.id(self.index);
        scene.books.events.push(event!("ProposalChosen", id, party, bps));
        self.rule(bps, scene)
    }

    fn settle(&self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_final(scene)?;
        let (payer, payee) = (scene.beside.payer(self.index), scene.beside.payee(self.index));
        let (party, bps) = match (self.by_payer, self.by_payee) {
            (Some(_), Some(_)) => return Err(fault!("SettlementOffers_Contested")),
            (Some(bps), None) => (payer, bps),
            (None, Some(bps)) => (payee, bps),
            (None, None) => {
                // Which of the two is named when neither has proposed, nobody promises.
                let fault = fault!("SettlementOffers_NoProposal", payee);
                return Err(Fault { unspoken: Some(0), ..fault });
            }
        };
        let id = scene.beside.id(self.index);
        scene.books.events.push(event!("ProposalUncontested", id, party, bps));
        self.rule(bps, scene)
    }

    /// Has the escrow divide what it holds. All that the escrow pays for it is the inner arbiter's (S-4): what gets here goes
    /// on, and what waits there is pending.
    fn rule(&self, bps: u16, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let (asset, arbiter) = (scene.beside.asset(self.index), scene.appointment.arbiter);
        let held = scene.books.balance(asset, Who::CONTRACT);
        let owed = scene.beside.credit_of(asset, Who::CONTRACT);
        scene.beside.act(self.index, EscrowCall::Rule(bps), 0, scene.books)?;
        let came = scene.books.balance(asset, Who::CONTRACT) - held;
        let waits = scene.beside.credit_of(asset, Who::CONTRACT) - owed;
        if !waits.is_zero() {
            let place = asset.asset().expect("an agreement was about it");
            scene.pending[place][arbiter.index()] += waits;
            let id = scene.beside.id(self.index);
            scene.books.events.push(event!("FeePending", id, arbiter, asset, waits));
        }
        let came = u128::try_from(came).expect("an agreement is about less");
        scene.books.forward(asset, arbiter, came);
        Ok(())
    }

    /// Until when proposals can be made, once the agreement is in dispute.
    pub(super) fn offers_end(
        &self,
        beside: &Beside,
        appointment: &Appointment,
    ) -> Result<u64, Fault> {
        let (actual, expected) = (beside.status(self.index), EscrowStatus::Disputed);
        let disputed = actual == expected;
        require!(disputed, "SettlementOffers_WrongState", actual as u8, expected as u8);
        Ok(beside.since(self.index) + appointment.offer_window)
    }

    /// From when on silence decides; zero when it never will.
    pub(super) fn deadline(&self, beside: &Beside, appointment: &Appointment, now: u64) -> u64 {
        let ruling_ends = beside.deadline(self.index);
        let uncontested = self.by_payer.is_some() != self.by_payee.is_some();
        match self.offers_end(beside, appointment) {
            // When the time for rulings is over, only the escrow's own rule is left.
            Ok(offers_end) if uncontested && now < ruling_ends => offers_end,
            _ => ruling_ends,
        }
    }

    /// The agreement names this contract, and this appointment.
    pub(super) fn is_appointed(&self, beside: &Beside, named: B256) -> Result<(), Fault> {
        let (actual, expected) = (beside.arbiter(self.index), Who::CONTRACT);
        require!(actual == expected, "SettlementOffers_NotAppointed", actual, expected);
        let document = beside.document(self.index);
        require!(document == named, "SettlementOffers_OtherAppointment", document, named);
        Ok(())
    }

    fn is_final(&self, scene: &Scene<'_>) -> Result<(), Fault> {
        let (now, end) = (scene.books.now, self.offers_end(scene.beside, scene.appointment)?);
        require!(now >= end, "SettlementOffers_TooEarly", now, end);
        Ok(())
    }

    /// Whether somebody is the payer; the payee, if not.
    fn is_payer(&self, beside: &Beside, who: Who) -> Result<bool, Fault> {
        let (payer, payee) = (beside.payer(self.index), beside.payee(self.index));
        require!(who == payer || who == payee, "SettlementOffers_NotAParty", who);
        Ok(who == payer)
    }

    fn proposed(&self, by_payer: bool, beside: &Beside) -> Result<u16, Fault> {
        let (proposal, party) = if by_payer {
            (self.by_payer, beside.payer(self.index))
        } else {
            (self.by_payee, beside.payee(self.index))
        };
        proposal.ok_or_else(|| fault!("SettlementOffers_NoProposal", party))
    }
}

/// Nobody but this one may call.
fn is_called_by(expected: Who, caller: Who) -> Result<(), Fault> {
    require!(caller == expected, "SettlementOffers_WrongCaller", caller, expected);
    Ok(())
}

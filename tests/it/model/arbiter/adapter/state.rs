//! What an adapter does, after contracts/docs/arbiters.md.

use alloy_primitives::U256;

use super::{
    super::{
        super::{
            abi::{Fault, Value, event, fault, require},
            cast::Who,
        },
        consent::{before, from, is_about, is_between},
        court::{CourtAct, Courts, Creation},
        holder::{Holder, accept, rule},
    },
    Adapter,
    act::Call,
    case::Status::{Appointed, Called, None as Absent, Paid, Proposed, Raised},
};

/// What is handed in as evidence.
pub(super) const EVIDENCE: &str = "ipfs://evidence";

/// Who calls, and the wei sent along.
pub(super) type Sender = (Who, u128);

impl<H: Holder> Adapter<H> {
    /// A function on the case with this number; true if it returns the id.
    pub(super) fn on(
        &mut self,
        index: usize,
        call: Call,
        (caller, value): Sender,
    ) -> Result<bool, Fault> {
        if value > 0 && !call.is_payable() {
            return Err(Fault::SILENT);
        }
        match call {
            Call::Agree => self.agree(index, caller, caller)?,
            Call::AgreeFor(party, signature) => {
                self.agree(index, party, caller)?;
                require!(signature.is_by(party), "Appointment_InvalidSignature", party);
            }
            Call::Cancel => self.cancel(index, caller)?,
            Call::Appoint(agreement) => self.appoint(index, agreement)?,
            Call::PayFee(agreement) => self.pay_fee(index, agreement, (caller, value))?,
            Call::Raise => self.raise(index)?,
            Call::FetchRuling => self.fetch(index)?,
            Call::FundAppeal => self.fund_appeal(index, (caller, value))?,
            Call::SubmitEvidence => self.submit_evidence(index, caller)?,
            Call::Execute(agreement) => self.execute(index, agreement)?,
            Call::Settle => self.cases[index].settle(&mut self.books)?,
        }
        Ok(matches!(call, Call::Agree | Call::AgreeFor(..)))
    }

    fn is_party(&self, index: usize, who: Who) -> Result<(), Fault> {
        let terms = &self.cases[index].terms;
        require!(who == terms.payer || who == terms.payee, "Appointment_NotAParty", who);
        Ok(())
    }

    fn agree(&mut self, index: usize, party: Who, caller: Who) -> Result<(), Fault> {
        self.is_party(index, party)?;
        let case = &mut self.cases[index];
        before(self.books.now, case.terms.agree_by)?;
        if case.stage == Absent {
            case.terms.check(H::PLACE)?;
            case.stage = Proposed;
            let terms = case.terms.argument(&self.facts);
            self.books.events.push(event!("Proposed", case.id, caller, terms));
            let description = case.terms.meta_evidence;
            self.books.events.push(event!("MetaEvidence", case.id, description));
        }
        case.is_in(Proposed)?;
        self.consent.agree(case.id, party, &mut self.books)
    }

    fn cancel(&mut self, index: usize, caller: Who) -> Result<(), Fault> {
        self.is_party(index, caller)?;
        let case = &mut self.cases[index];
        let (actual, expected) = (case.stage as u8, Proposed as u8);
        require!(case.stage <= Proposed, "ArbitratorAdapter_WrongState", actual, expected);
        self.books.events.push(event!("Cancelled", case.id, caller));
        case.close(&mut self.books);
        Ok(())
    }

    fn appoint(&mut self, index: usize, agreement: usize) -> Result<(), Fault> {
        let case = &mut self.cases[index];
        let terms = &case.terms;
        is_about(self.holder.model.id(agreement), terms.agreement)?;
        is_between(self.holder.model.parties(agreement), (terms.payer, terms.payee))?;
        if let Some(member) = self.holder.model.refuses(agreement, false) {
            return Err(fault!("Appointment_InvalidTerms", member));
        }
        case.is_in(Proposed)?;
        before(self.books.now, terms.agree_by)?;
        self.consent.is_complete(case.id, [terms.payer, terms.payee])?;
        before(terms.reserved(), self.holder.model.ruling_window(agreement))?;
        case.stage = Appointed;
        self.consent.appoint(case.id, terms.agreement, &mut self.books)?;
        accept(&mut self.holder, agreement, &mut self.books)
    }

    fn pay_fee(&mut self, index: usize, agreement: usize, sender: Sender) -> Result<(), Fault> {
        let case = &mut self.cases[index];
        is_about(self.holder.model.id(agreement), case.terms.agreement)?;
        let disputed = self.holder.model.is_disputed(agreement);
        require!(disputed, "Appointment_NotDisputed", case.terms.agreement);
        // Who has the payee's place now has it in the case too, unless that side has paid in.
        let payee = self.holder.model.payee(agreement);
        if case.from_payee == 0 && case.payee != payee {
            case.payee = payee;
            self.books.events.push(event!("PayeeSucceeded", case.id, payee));
        }
        let rule_by = self.holder.model.deadline(agreement);
        case.pay_fee(sender.0, sender.1, rule_by, &mut self.books)
    }

    fn raise(&mut self, index: usize) -> Result<(), Fault> {
        let case = &mut self.cases[index];
        case.is_in(Paid)?;
        before(self.books.now, case.rule_by)?;
        let (court, deposit, id) = (case.terms.arbitrator, case.terms.fee_deposit, case.id);
        if !Courts::are_about(court) {
            // It has code, but is no arbitrator.
            return Err(Fault::SILENT);
        }
        let cost = self.courts.cost(court);
        require!(cost <= deposit, "ArbitratorAdapter_CostTooHigh", cost, deposit);
        (case.stage, case.raised) = (Raised, true);
        (case.spent, case.first_cost) = (cost, cost);
        self.books.discharge(Who::NOBODY, cost);
        self.books.hand(Who::NOBODY, court, cost)?;
        let created = self.courts.create(court, self.cases[index].terms.choices(), cost)?;
        let early = self.ruled_while_created(court, &created)?;

        let dispute = created.id;
        let known = self.disputes.insert((court, dispute), index).is_some();
        require!(!known, "ArbitratorAdapter_DisputeExists", dispute);
        let case = &mut self.cases[index];
        case.dispute = dispute;
        self.books.events.push(event!("Raised", id, dispute, cost));
        self.books.events.push(event!("Dispute", court, dispute, id, id));
        match early {
            Some((about, ruling)) => {
                let same = about == dispute;
                require!(same, "ArbitratorAdapter_UnknownDispute", court, about);
                case.record(ruling, &mut self.books)
            }
            None => Ok(()),
        }
    }

    /// The rulings that come before it is known what the dispute is called: the one that is about no other is returned.
    fn ruled_while_created(
        &mut self,
        court: Who,
        created: &Creation,
    ) -> Result<Option<(u64, u64)>, Fault> {
        let mut early = None;
        for (dispute, ruling) in &created.rulings {
            let done = match self.disputes.get(&(court, *dispute)) {
                Some(index) => self.cases[*index].record(*ruling, &mut self.books),
                None if early.is_none() => {
                    early = Some((*dispute, *ruling));
                    Ok(())
                }
                None => Err(fault!("ArbitratorAdapter_UnknownDispute", court, *dispute)),
            };
            if !created.careless {
                done?;
            }
        }
        Ok(early)
    }

    /// `rule`, by whoever calls.
    pub(super) fn rule(&mut self, caller: Who, dispute: u64, ruling: u64) -> Result<(), Fault> {
        match self.disputes.get(&(caller, dispute)) {
            Some(index) => self.cases[*index].record(ruling, &mut self.books),
            None => Err(fault!("ArbitratorAdapter_UnknownDispute", caller, dispute)),
        }
    }

    fn fetch(&mut self, index: usize) -> Result<(), Fault> {
        let case = &mut self.cases[index];
        case.is_in(Raised)?;
        before(self.books.now, case.rule_by)?;
        let court = case.terms.arbitrator;
        let solved = self.courts.is_solved(court, case.dispute, self.books.now);
        require!(solved, "ArbitratorAdapter_NotSolved", case.dispute);
        case.record(self.courts.ruling(court, case.dispute), &mut self.books)
    }

    fn fund_appeal(&mut self, index: usize, (caller, value): Sender) -> Result<(), Fault> {
        let now = self.books.now;
        let case = &mut self.cases[index];
        let (court, dispute) = (case.terms.arbitrator, case.dispute);
        let side = case.side(caller)?;
        case.is_in(Raised)?;
        before(now, case.rule_by - case.terms.appeal_time)?;
        let (start, end) = self.courts.appeal_period(court, dispute);
        from(now, start)?;
        before(now, end)?;
        if case.appeal_start != start {
            // What was paid towards the appeal of another ruling is not for this one.
            (case.appeal_start, case.pot) = (start, 0);
        }
        let cost = self.courts.cost_of_appeal(court);
        let missing = cost.saturating_sub(case.pot);
        let taken = value.min(missing);
        require!(taken > 0 || missing == 0, "ArbitratorAdapter_NothingPaid", missing);

        self.books.take(Who::NOBODY, caller, value, value)?;
        *case.paid_in(side) += taken;
        case.pot += taken;
        self.books.events.push(event!("AppealFunded", case.id, caller, taken));
        let complete = taken == missing;
        if complete {
            case.pot = 0;
            case.spent += cost;
            self.books.events.push(event!("Appealed", case.id, cost));
            self.books.discharge(Who::NOBODY, cost);
        }
        self.books.discharge(Who::NOBODY, value - taken);
        self.books.forward(Who::NOBODY, caller, value - taken);
        if complete {
            self.books.hand(Who::NOBODY, court, cost)?;
            self.courts.appeal(court, dispute, cost, now)?;
        }
        Ok(())
    }

    fn submit_evidence(&mut self, index: usize, caller: Who) -> Result<(), Fault> {
        let case = &self.cases[index];
        case.side(caller)?;
        if ![Called, Paid, Raised].contains(&case.stage) {
            case.is_in(Called)?;
        }
        let court = case.terms.arbitrator;
        self.books.events.push(event!("Evidence", court, case.id, caller, EVIDENCE));
        Ok(())
    }

    fn execute(&mut self, index: usize, agreement: usize) -> Result<(), Fault> {
        let case = &mut self.cases[index];
        is_about(self.holder.model.id(agreement), case.terms.agreement)?;
        let payee_bps = case.decide(&mut self.books)?;
        let carried = self.holder.model.is_disputed(agreement);
        self.books.events.push(event!("Executed", case.id, payee_bps, carried));
        if carried {
            rule(&mut self.holder, agreement, payee_bps, &mut self.books)?;
        }
        case.give_back(payee_bps, &mut self.books);
        Ok(())
    }

    /// Somebody does something with an arbitrator.
    pub(super) fn with_court(
        &mut self,
        court: Who,
        act: CourtAct,
        (caller, value): Sender,
    ) -> Result<Vec<Value>, Fault> {
        let payable = matches!(act, CourtAct::Create | CourtAct::Appeal(_));
        if value > 0 && !payable {
            return Err(Fault::SILENT);
        }
        let ruling = self.courts.act(court, (caller, value), act, self.books.now)?;
        if payable {
            self.books.transfer_ether(caller, court, U256::from(value));
        }
        match (act, ruling) {
            (CourtAct::Collect, _) => {
                let earned = self.books.balance(Who::NOBODY, court);
                self.books.transfer_ether(court, caller, earned);
            }
            (_, Some((dispute, ruling))) => self.rule(court, dispute, ruling)?,
            (CourtAct::Create, None) => {
                return Ok(vec![self.courts.latest(court).into()]);
            }
            (_, None) => {}
        }
        Ok(Vec::new())
    }
}

//! The arbiter that brings disputes to arbitrators (ERC-792) and their rulings back: several cases in one contract, with the
//! arbitrators, beside the contract that holds the agreements.

mod act;
mod case;
mod draw;
mod state;
mod terms;

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::U256;

use super::{
    super::{
        abi::{Fault, Value},
        beside::Beside,
        books::Books,
        cast::{ASSETS, Who},
        dice::Dice,
        facts::Facts,
        harness::{Model, Sent, View, ledger_views, listed, view},
    },
    consent::Consent,
    court::{Courts, HUNDREDTH, Progress},
    holder::Holder,
};
use act::{Act, Call};
use case::{Case, Status};
use state::EVIDENCE;
use terms::Terms;

/// An adapter with its cases, the arbitrators, and the agreements.
#[derive(Clone, Debug)]
pub(in super::super) struct Adapter<H> {
    facts: Arc<Facts>,
    books: Books,
    holder: Beside<H>,
    courts: Courts,
    consent: Consent,
    cases: Vec<Case>,
    /// The disputes of each arbitrator by their numbers there, with the case that each is about.
    disputes: BTreeMap<(Who, u64), usize>,
}

impl<H: Holder> Adapter<H> {
    /// The agreement that a case is about, or some other.
    fn about(&self, index: usize) -> usize {
        let named = self.cases[index].terms.agreement;
        (0..self.holder.model.count()).find(|it| self.holder.model.id(*it) == named).unwrap_or(0)
    }

    /// Whether both sides have agreed to a case.
    fn is_agreed(&self, case: &Case) -> bool {
        self.consent.is_complete(case.id, [case.terms.payer, case.terms.payee]).is_ok()
    }

    /// Whether it is the arbitrator's turn.
    fn is_waited_for(&self, case: &Case) -> bool {
        let progress = self.courts.status(case.terms.arbitrator, case.dispute, self.books.now);
        progress == Progress::Waiting
    }

    fn liabilities_add_up(&self) -> bool {
        ASSETS.iter().all(|asset| {
            let of_ether = self.cases.iter().filter(|_| *asset == Who::NOBODY);
            let held = of_ether.map(|it| U256::from(it.held()));
            let credits = Who::all().map(|who| self.books.credit_of(*asset, who));
            let owed = held.chain(credits).fold(U256::ZERO, |sum, amount| sum + amount);
            self.books.liabilities[asset.asset().expect("it is one")] == owed
        })
    }

    /// The first invariant that a case does not keep.
    fn broken_at(&self, index: usize, before: &Self) -> Option<&'static str> {
        let (now, then) = (&self.cases[index], &before.cases[index]);
        let is_final = |case: &Case| case.stage == Status::Closed;
        if is_final(then) && (!is_final(now) || now.returned != then.returned) {
            return Some("I-4");
        }
        let Terms { payer, payee, fee_deposit, arbitration_time, .. } = now.terms;
        let sides = [payer, now.payee];
        if payer != now.payee && sides.map(|who| now.claim(who)).iter().sum::<u128>() != now.held()
        {
            return Some("I-9");
        }
        let appointed = now.stage.is_open() || now.stage == Status::Appointed;
        let agreed = [payer, payee].iter().all(|who| self.consent.has_agreed(now.id, *who));
        let applies = self.consent.appointment(now.terms.agreement) == now.id;
        if appointed && !(agreed && applies) {
            return Some("A-1");
        }
        if now.from_payer + now.from_payee != now.spent + now.returned + now.held() {
            return Some("A-2");
        }
        if now.first_cost > fee_deposit {
            return Some("A-3");
        }
        if now.ruling != then.ruling && then.ruling.is_some() {
            return Some("A-5");
        }
        let in_full = now.pay_by + arbitration_time <= now.rule_by;
        (now.stage == Status::Called && !in_full).then_some("A-8")
    }

    /// The side that lost nothing bears nothing that the other can bear.
    fn winner_is_whole(case: &Case) -> bool {
        let (_, to_payee) = case.back(10_000);
        let (to_payer, _) = case.back(0);
        (case.spent > case.from_payer || to_payee == case.from_payee)
            && (case.spent > case.from_payee || to_payer == case.from_payer)
    }
}

impl<H: Holder> Model for Adapter<H> {
    type Act = Act<H::Act>;

    const CONTRACT: &'static str = H::ADAPTER.0;
    const DOMAIN: &'static str = H::ADAPTER.1;
    const STEPS: u64 = 48;
    /// One for each case.
    const CLOSING_STEPS: usize = 2;
    const STATUSES: &'static [&'static str] =
        &["None", "Proposed", "Appointed", "Called", "Paid", "Raised", "Ruled", "Closed"];
    /// Who refuses ether once refuses it for ever, here.
    const FUTILE: &'static [&'static str] = &["withdrawFor"];
    const UNSEEN: &'static [&'static str] = H::RARE;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let agreements = if dice.chance(20) { 2 } else { 1 };
        let holder = H::ruled(facts.of(H::PLACE), agreements, false, dice);
        let several = dice.chance(if agreements == 2 { 80 } else { 15 });
        let rivals = several && dice.chance(35);
        let cases = (0..=usize::from(several)).map(|number| {
            // Two cases of one agreement compete for it.
            let agreement = if dice.chance(90) { number % agreements } else { 0 };
            let mut terms = Terms::random(&holder, agreement, dice);
            if rivals {
                // Their disputes may be called the same.
                (terms.arbitrator, terms.fee_deposit) = (Who::HOSTILE, HUNDREDTH + 1);
            }
            let id = terms.id(facts);
            Case::new(terms, id)
        });
        let cases = cases.collect();
        Self {
            facts: Arc::clone(facts),
            books: Books::new(),
            holder: Beside { model: holder },
            courts: Courts::new(),
            consent: Consent::default(),
            cases,
            disputes: BTreeMap::new(),
        }
    }

    fn terms(&self) -> String {
        let own = listed(self.cases.iter().map(|it| &it.terms));
        format!("  the agreements:\n{}{own}", self.holder.terms())
    }

    fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    fn set_now(&mut self, now: u64) {
        self.books.turn(now);
        self.holder.set_now(now);
    }

    fn stays(&self) -> u64 {
        let waits = |index: usize| {
            let appointed = self.cases[index].stage == Status::Appointed;
            appointed && self.holder.model.waits(self.about(index))
        };
        let decides = |case: &Case| matches!(case.stage, Status::Called | Status::Raised);
        if (0..self.cases.len()).all(waits) {
            30
        } else if self.cases.iter().all(decides) {
            70
        } else {
            90
        }
    }

    fn moments(&self) -> Vec<u64> {
        let mut moments = self.holder.moments();
        for (index, case) in self.cases.iter().enumerate() {
            let Terms { agree_by, arbitrator, appeal_time, .. } = case.terms;
            match case.stage {
                Status::None | Status::Proposed => moments.push(agree_by),
                Status::Appointed | Status::Closed => {}
                Status::Called => moments.extend([case.pay_by, case.rule_by]),
                Status::Paid | Status::Ruled => moments.push(case.rule_by),
                Status::Raised => {
                    let (start, end) = self.courts.appeal_period(arbitrator, case.dispute);
                    moments.extend([start, end, case.rule_by - appeal_time, case.rule_by]);
                }
            }
            let agreement = self.about(index);
            if case.stage == Status::Appointed && self.holder.model.is_disputed(agreement) {
                let deadline = self.holder.model.deadline(agreement);
                moments.push(deadline.saturating_sub(case.terms.reserved()));
            }
        }
        moments
    }

    fn draw(&self, dice: &mut Dice) -> (Who, Self::Act) {
        draw::act(self, dice)
    }

    fn function(act: &Self::Act) -> &'static str {
        act.function()
    }

    fn calls(&self, caller: Who, act: &Self::Act) -> (Vec<Sent>, usize) {
        let facts = &*self.facts;
        let (index, call, value) = match act {
            Act::On(index, call, value) => (*index, *call, *value),
            Act::Rule(dispute, ruling) => {
                let input = facts.calldata("rule", &[(*dispute).into(), (*ruling).into()]);
                return (vec![Sent { from: caller, to: Who::CONTRACT, input, value: 0 }], 0);
            }
            Act::Court(court, act, value) => {
                return (vec![act.sent(facts, caller, *court, *value)], 0);
            }
            Act::Holder(act) => return self.holder.calls(caller, act),
            Act::Aside(act) => return (vec![act.sent(facts, caller)], 0),
        };
        let case = &self.cases[index];
        let mut arguments = vec![case.terms.argument(facts)];
        match call {
            Call::AgreeFor(party, signature) => {
                let bytes = signature.bytes(facts, case.id);
                arguments.extend([party.into(), Value::bytes(&bytes)]);
            }
            Call::Appoint(agreement) | Call::PayFee(agreement) | Call::Execute(agreement) => {
                arguments.push(self.holder.model.contract_terms(agreement));
            }
            Call::SubmitEvidence => arguments.push(EVIDENCE.into()),
            Call::Agree
            | Call::Cancel
            | Call::Raise
            | Call::FetchRuling
            | Call::FundAppeal
            | Call::Settle => {}
        }
        let input = facts.calldata(call.function(), &arguments);
        let sent = Sent { from: caller, to: Who::CONTRACT, input, value };
        match call {
            Call::AgreeFor(_, signature) => signature.around(facts, case.id, sent),
            _ => (vec![sent], 0),
        }
    }

    fn apply(&mut self, caller: Who, act: &Self::Act) -> Result<Vec<Value>, Fault> {
        match act {
            Act::On(index, call, value) => {
                let returns_id = self.on(*index, *call, (caller, *value))?;
                Ok(if returns_id { vec![self.cases[*index].id.into()] } else { Vec::new() })
            }
            Act::Rule(dispute, ruling) => self.rule(caller, *dispute, *ruling).map(|()| Vec::new()),
            Act::Court(court, act, value) => self.with_court(*court, *act, (caller, *value)),
            Act::Holder(act) => self.holder.apply(&mut self.books, caller, act),
            Act::Aside(act) => act.apply(&mut self.books, caller),
        }
    }

    fn views(&self, touched: Option<&Self::Act>) -> Vec<View> {
        let (facts, now) = (&*self.facts, self.books.now);
        let mut views = Vec::new();
        for (index, case) in self.cases.iter().enumerate() {
            let about = |act: &Self::Act| match act {
                Act::On(on, ..) => *on == index,
                Act::Court(court, ..) => case.terms.arbitrator == *court,
                _ => false,
            };
            if touched.is_some_and(|act| !about(act)) {
                continue;
            }
            case.views(facts, now, touched.is_none(), &mut views);
            let Terms { agreement, payer, payee, arbitrator, .. } = case.terms;
            if touched.is_none() || !case.stage.is_open() {
                let named = [payer, payee, Who::STRANGER];
                self.consent.views(facts, (case.id, agreement), named, &mut views);
            }
            if case.raised {
                views.extend(self.courts.views(facts, arbitrator, case.dispute, now));
            }
        }
        for ((court, dispute), index) in &self.disputes {
            let id = self.cases[*index].id;
            let about = [(*court).into(), (*dispute).into()];
            views.push(view(facts, "caseOfDispute", &about, &[id.into()]));
        }
        ledger_views(facts, &self.books, &[Who::NOBODY], &mut views);
        views
    }

    fn books(&self) -> &Books {
        &self.books
    }

    fn broken(&self, before: &Self, _: Who, _: &Self::Act) -> Option<String> {
        if !self.liabilities_add_up() {
            return Some("I-9".to_owned());
        }
        if !self.holder.clone().is_solvent(&self.books) {
            return Some("I-2 of the holder".to_owned());
        }
        if !self.cases.iter().all(Self::winner_is_whole) {
            return Some("A-4".to_owned());
        }
        let broken = (0..self.cases.len()).find_map(|index| self.broken_at(index, before));
        broken.map(str::to_owned)
    }

    fn is_over(&self) -> bool {
        let over = |index: usize| match self.cases[index].stage {
            Status::Closed => true,
            stage => !stage.is_open() && self.holder.model.is_settled(self.about(index)),
        };
        (0..self.cases.len()).all(over) && self.books.any_credit().is_none()
    }

    fn statuses(&self) -> Vec<&'static str> {
        self.cases.iter().map(|it| it.stage.name()).collect()
    }

    fn closing(&self) -> Option<(u64, Self::Act)> {
        let index = self.cases.iter().position(|it| it.deadline() > 0)?;
        let at = self.cases[index].deadline().max(self.books.now);
        Some((at, Act::On(index, Call::Settle, 0)))
    }
}

//! Settlement by last offers: the arbiter of several agreements of one escrow.

mod act;
mod appointment;
mod case;
mod draw;

use std::sync::Arc;

use alloy_primitives::{B256, U256};

use super::{
    abi::{Fault, Value, event, require},
    books::Books,
    cast::{ASSETS, CAST, Who},
    dice::Dice,
    escrow::{Beside, EscrowAct, EscrowStatus},
    facts::Facts,
    harness::{Model, Sent, View, ledger_views, listed, view},
};
use act::{Act, Along, Call};
use appointment::Appointment;
use case::{Case, Pending, Scene};

/// The contract with what was proposed, and the escrow.
#[derive(Clone, Debug)]
pub(super) struct Offers {
    facts: Arc<Facts>,
    books: Books,
    beside: Beside,
    cases: Vec<Case>,
    appointments: Vec<Appointment>,
    /// The number of the appointment of each case.
    of_case: Vec<usize>,
    pending: Pending,
    /// What the escrow paid or owes the contract for something else than a ruling, by asset.
    stray: [U256; ASSETS.len()],
}

/// Errors that no script can bring about.
const UNSEEN: &[&str] = &[
    // What is passed on has arrived already.
    "Ledger_WrongValue",
    "Ledger_NoCode",
];

impl Offers {
    /// The assets that the agreements are in.
    fn assets(&self) -> Vec<Who> {
        let mut assets: Vec<Who> =
            (0..self.cases.len()).map(|index| self.beside.asset(index)).collect();
        assets.dedup();
        assets
    }

    /// An asset of which something waits for an inner arbiter, and for whom.
    fn any_pending(&self) -> Option<(Who, Who)> {
        ASSETS.iter().enumerate().find_map(|(place, asset)| {
            Who::all()
                .find(|who| !self.pending[place][who.index()].is_zero())
                .map(|who| (*asset, who))
        })
    }

    /// What the contract has of an asset, with what the escrow owes it.
    fn within_reach(&self, asset: Who) -> U256 {
        self.books.balance(asset, Who::CONTRACT) + self.beside.credit_of(asset, Who::CONTRACT)
    }

    fn collect(&mut self, asset: Who, arbiter: Who) -> Result<Vec<Value>, Fault> {
        let place = asset.asset();
        let amount = place.map_or(U256::ZERO, |place| self.pending[place][arbiter.index()]);
        require!(!amount.is_zero(), "SettlementOffers_NothingPending", asset, arbiter);
        self.pending[place.expect("something of it is pending")][arbiter.index()] = U256::ZERO;
        self.books.events.push(event!("FeeCollected", asset, arbiter, amount));
        self.beside.withdraw(asset, Who::CONTRACT, &mut self.books)?;
        let whole = u128::try_from(amount).expect("agreements are about less");
        self.books.forward(asset, arbiter, whole);
        Ok(vec![amount.into()])
    }

    /// Somebody does something with the escrow, of which the contract may get something.
    fn on_the_escrow(&mut self, caller: Who, act: &EscrowAct) -> Result<Vec<Value>, Fault> {
        let before = ASSETS.map(|asset| self.within_reach(asset));
        let done = self.beside.apply(&mut self.books, caller, act)?;
        for (place, asset) in ASSETS.into_iter().enumerate() {
            // Where a token burns a share of a transfer from one to the other, there is less.
            self.stray[place] += self.within_reach(asset).saturating_sub(before[place]);
        }
        Ok(done)
    }

    fn case_views(&self, case: &Case, views: &mut Vec<View>) {
        let (facts, index) = (&*self.facts, case.index);
        let appointment = &self.appointments[self.of_case[index]];
        let (agreement, id) = (self.beside.argument(index), appointment.id(facts));
        let told = |proposal: Option<u16>| {
            [proposal.is_some().into(), Value::from(proposal.unwrap_or_default())]
        };
        let proposals = [told(case.by_payer), told(case.by_payee)].concat();
        let arguments = [agreement, appointment.argument(facts)];
        views.push(view(facts, "proposalsOf", &arguments[..1], &proposals));
        views.push(view(facts, "idOf", &arguments[1..], &[id.into()]));
        let answer = case
            .is_appointed(&self.beside, id)
            .map(|()| case.deadline(&self.beside, appointment, self.books.now));
        // It reverts where it makes no sense.
        let answer: Vec<Value> = answer.into_iter().map(Value::from).collect();
        views.push(view(facts, "deadlineOf", &arguments, &answer));
    }

    fn pending_views(&self, views: &mut Vec<View>) {
        for asset in self.assets() {
            let Some(place) = asset.asset() else { continue };
            let owed = self.beside.credit_of(asset, Who::CONTRACT);
            let (name, arguments) =
                ("creditOf(address,address)", [asset.into(), Who::CONTRACT.into()]);
            views.push(View::of(&self.facts, Who::ESCROW, name, &arguments, &[owed.into()]));
            for case in &self.cases {
                let arbiter = self.appointments[self.of_case[case.index]].arbiter;
                let pending = self.pending[place][arbiter.index()];
                let arguments = [asset.into(), arbiter.into()];
                views.push(view(&self.facts, "pendingOf", &arguments, &[pending.into()]));
            }
        }
    }

    /// The first invariant that a case does not keep.
    fn broken_at(&self, index: usize, before: &Self, appointment: usize) -> Option<&'static str> {
        let (now, then) = (&self.cases[index], &before.cases[index]);
        let own = &self.appointments[appointment];
        if now.is_appointed(&self.beside, own.id(&self.facts)).is_err() {
            return Some("S-1");
        }
        let ruled = self.books.events.iter().find(|event| event.name == "Ruled");
        let ruled = ruled.map(|event| event.arguments[2].clone());
        let proposed = [then.by_payer, then.by_payee].into_iter().flatten();
        if ruled.is_some_and(|bps| !proposed.map(Value::from).any(|proposal| proposal == bps)) {
            return Some("S-2");
        }
        let changed = (now.by_payer, now.by_payee) != (then.by_payer, then.by_payee);
        let end = then.offers_end(&before.beside, own);
        (changed && end.is_ok_and(|end| self.books.now >= end)).then_some("S-3")
    }
}

impl Model for Offers {
    type Act = Act;

    const CONTRACT: &'static str = "SettlementOffers";
    const DOMAIN: &'static str = "Covenant SettlementOffers";
    const STEPS: u64 = 30;
    /// The escrow's: one call ends each agreement.
    const CLOSING_STEPS: usize = 2;
    const STATUSES: &'static [&'static str] =
        &["undisputed", "no offer", "one offer", "two offers", "over"];
    const UNSEEN: &'static [&'static str] = UNSEEN;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let mut appointments: Vec<Appointment> = Vec::new();
        let beside = Beside::shaped(facts, dice, |draft, dice| {
            let appointment = Appointment::random(&draft, dice);
            let id = appointment.id(facts);
            appointments.push(appointment);
            // Not every agreement has this arbiter.
            if dice.chance(3) { draft } else { draft.ruled_by(Who::CONTRACT, id, dice) }
        });
        let ids: Vec<B256> = appointments.iter().map(|it| it.id(facts)).collect();
        let of_case = (0..beside.count())
            .map(|index| ids.iter().position(|id| *id == beside.document(index)).unwrap_or(0))
            .collect();
        Self {
            facts: Arc::clone(facts),
            books: Books::new(),
            cases: (0..beside.count()).map(Case::new).collect(),
            beside,
            appointments,
            of_case,
            pending: [[U256::ZERO; CAST]; ASSETS.len()],
            stray: [U256::ZERO; ASSETS.len()],
        }
    }

    fn terms(&self) -> String {
        format!("  the escrow:\n{}{}", self.beside.terms(), listed(&self.appointments))
    }

    fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    fn set_now(&mut self, now: u64) {
        self.books.turn(now);
        self.beside.set_now(now);
    }

    /// Nothing can be won by waiting before there are offers.
    fn stays(&self) -> u64 {
        let waits = self.cases.iter().any(|case| {
            let disputed = self.beside.status(case.index) == EscrowStatus::Disputed;
            disputed && (case.by_payer.is_some() || case.by_payee.is_some())
        });
        if waits { 60 } else { 90 }
    }

    fn moments(&self) -> Vec<u64> {
        draw::moments(self)
    }

    fn draw(&self, dice: &mut Dice) -> (Who, Act) {
        draw::act(self, dice)
    }

    fn function(act: &Act) -> &'static str {
        act.function()
    }

    fn calls(&self, caller: Who, act: &Act) -> (Vec<Sent>, usize) {
        let facts = &*self.facts;
        let sent = |input, value| Sent { from: caller, to: Who::CONTRACT, input, value };
        let (index, call, along) = match act {
            Act::On(index, call, along) => (*index, call, along),
            Act::Collect(asset, arbiter) => {
                let arguments = [(*asset).into(), (*arbiter).into()];
                return (vec![sent(facts.calldata("collect", &arguments), 0)], 0);
            }
            Act::Escrow(act) => return self.beside.calls(caller, act),
            Act::Aside(act) => return (vec![act.sent(facts, caller)], 0),
        };
        let appointment = &self.appointments[along.appointment];
        let mut arguments = vec![self.beside.argument(index), appointment.argument(facts)];
        let id = self.beside.id(index);
        match call {
            Call::AcceptFor(signature) => {
                arguments.push(Value::bytes(&signature.bytes(facts, id)));
            }
            Call::Propose(bps) | Call::AcceptProposal(bps) => arguments.push((*bps).into()),
            Call::Choose(party) => arguments.push((*party).into()),
            Call::Accept | Call::Decline | Call::Settle => {}
        }
        let sent = sent(facts.calldata(call.function(), &arguments), along.value);
        match call {
            Call::AcceptFor(signature) => signature.around(facts, id, sent),
            _ => (vec![sent], 0),
        }
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        match act {
            Act::On(index, call, Along { appointment, value }) => {
                let appointment = &self.appointments[*appointment];
                let scene = Scene {
                    books: &mut self.books,
                    beside: &mut self.beside,
                    pending: &mut self.pending,
                    caller,
                    value: *value,
                    appointment,
                    named: appointment.id(&self.facts),
                };
                self.cases[*index].act(call, scene)
            }
            Act::Collect(asset, arbiter) => self.collect(*asset, *arbiter),
            Act::Escrow(act) => self.on_the_escrow(caller, act),
            Act::Aside(act) => act.apply(&mut self.books, caller),
        }
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let mut views = Vec::new();
        for case in &self.cases {
            let about = |act: &Act| matches!(act, Act::On(on, ..) if *on == case.index);
            if touched.is_none_or(about) {
                self.case_views(case, &mut views);
            }
        }
        if touched.is_none() {
            views.push(view(&self.facts, "ESCROW", &[], &[Who::ESCROW.into()]));
        }
        self.pending_views(&mut views);
        ledger_views(&self.facts, &self.books, &self.assets(), &mut views);
        views
    }

    fn books(&self) -> &Books {
        &self.books
    }

    /// What it has, with what the escrow owes it, is what it owes and what was donated (S-4).
    fn is_solvent(&self) -> bool {
        ASSETS.into_iter().enumerate().all(|(place, asset)| {
            let pending = self.pending[place].iter().fold(U256::ZERO, |sum, it| sum + *it);
            let owed = self.books.liabilities[place] + pending;
            let reach = self.within_reach(asset);
            // A token that burns a share of each transfer takes that away, not the contract.
            asset == Who::TAXED || reach == owed + self.books.donated(asset) + self.stray[place]
        })
    }

    fn broken(&self, before: &Self, caller: Who, act: &Act) -> Option<String> {
        for (place, column) in self.books.credits.iter().enumerate() {
            let credits = column.iter().fold(U256::ZERO, |sum, credit| sum + *credit);
            if credits != self.books.liabilities[place] {
                return Some("I-9".to_owned());
            }
        }
        match act {
            Act::On(index, _, along) => {
                self.broken_at(*index, before, along.appointment).map(str::to_owned)
            }
            Act::Escrow(act) => self.beside.broken(&before.beside, &before.books, caller, act),
            Act::Collect(..) | Act::Aside(_) => None,
        }
    }

    fn is_over(&self) -> bool {
        let credit = self.books.any_credit().is_some();
        self.beside.model.is_over() && self.any_pending().is_none() && !credit
    }

    fn statuses(&self) -> Vec<&'static str> {
        let status = |case: &Case| match self.beside.status(case.index) {
            EscrowStatus::Disputed => match (case.by_payer, case.by_payee) {
                (None, None) => "no offer",
                (Some(_), Some(_)) => "two offers",
                _ => "one offer",
            },
            status if status.is_final() => "over",
            _ => "undisputed",
        };
        self.cases.iter().map(status).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        draw::closing(self)
    }
}

//! Guarantees of rent: several of them in one contract, beside the leases that they are for.

mod act;
mod draw;
mod state;
mod terms;

use std::sync::Arc;

use alloy_primitives::{B256, U256};

use super::{
    abi::{Fault, Value},
    books::Books,
    cast::{ASSETS, Who},
    dice::Dice,
    facts::Facts,
    harness::{Model, Sent, View, ledger_views, listed, view},
    lease::Beside,
};
use act::{Act, Call};
use state::{Guarantee, Scene, Status};
use terms::Terms;

/// The contract with its guarantees, and the leases.
#[derive(Clone, Debug)]
pub(super) struct Guarantees {
    facts: Arc<Facts>,
    books: Books,
    beside: Beside,
    guarantees: Vec<Guarantee>,
}

/// Errors that no script can bring about.
const UNSEEN: &[&str] = &[
    super::UNSEEN[0],
    super::UNSEEN[1],
    super::UNSEEN[2],
    super::UNSEEN[3],
    super::UNSEEN[4],
    // When it is deployed.
    "Extension_NoCode",
    // Of other contracts beside the lease.
    "Extension_NotAParty",
    // It takes a token that lets the lease have another amount and tells it otherwise.
    "Extension_BadDelta",
];

/// What is handed in as evidence.
const EVIDENCE: B256 = B256::repeat_byte(7);

impl Guarantees {
    /// The assets that the guarantees are in.
    fn assets(&self) -> Vec<Who> {
        let mut assets: Vec<Who> = self.guarantees.iter().map(|it| it.terms.asset).collect();
        assets.dedup();
        assets
    }

    fn argument(&self, guarantee: &Guarantee) -> Value {
        guarantee.terms.argument(&self.facts, self.beside.id(guarantee.terms.lease))
    }

    fn guarantee_views(&self, guarantee: &Guarantee, views: &mut Vec<View>) {
        let facts = &*self.facts;
        let terms = self.argument(guarantee);
        let mut look = |name: &str, party: Option<Who>, answer: &[Value]| {
            let mut arguments = vec![terms.clone()];
            arguments.extend(party.map(Value::from));
            views.push(view(facts, name, &arguments, answer));
        };
        look("statusOf", None, &[(guarantee.status(self.books.now) as u8).into()]);
        look("deadlineOf", None, &[guarantee.deadline().into()]);
        let stored = [
            (guarantee.stage as u8).into(),
            guarantee.since.into(),
            guarantee.held.into(),
            guarantee.called.into(),
            guarantee.directly.into(),
        ];
        look("agreementOf", None, &stored);
        let Terms { guarantor, landlord, arbiter, .. } = guarantee.terms;
        for who in [guarantor, landlord, arbiter, Who::STRANGER] {
            look("claimOf", Some(who), &[claim(guarantee, who).into()]);
        }
    }

    fn liabilities_add_up(&self) -> bool {
        ASSETS.iter().all(|asset| {
            let held = self.guarantees.iter().filter(|it| it.terms.asset == *asset);
            let held = held.map(|it| U256::from(it.held));
            let credits = Who::all().map(|who| self.books.credit_of(*asset, who));
            let owed = held.chain(credits).fold(U256::ZERO, |sum, amount| sum + amount);
            self.books.liabilities[asset.asset().expect("it is one")] == owed
        })
    }

    /// The first invariant that a guarantee does not keep.
    fn broken_at(&self, index: usize, call: &Call, before: &Self) -> Option<&'static str> {
        let (now, then) = (&self.guarantees[index], &before.guarantees[index]);
        let Terms { lease, cap, landlord, guarantor, .. } = now.terms;
        let came = if now.stage == Status::None { 0 } else { cap };
        if came != now.paid + now.returned + now.held {
            return Some("I-1");
        }
        if now.claim(landlord) + now.claim(guarantor) != now.held {
            return Some("I-9");
        }
        if then.stage == Status::Closed && now.stage != Status::Closed {
            return Some("I-4");
        }
        let paid = now.paid - then.paid;
        let owed = before.beside.arrears(lease).saturating_sub(then.directly);
        if paid > then.called || paid > owed {
            return Some("G-2");
        }
        if paid > 0 && !matches!(call, Call::Settle(_)) {
            return Some("G-3");
        }
        let on_account = paid - (now.directly - then.directly);
        let fell = before.beside.arrears(lease) - self.beside.arrears(lease);
        (on_account != fell).then_some("G-4")
    }
}

/// What somebody gets of a guarantee that is on record.
fn claim(guarantee: &Guarantee, who: Who) -> u128 {
    if guarantee.stage == Status::None { 0 } else { guarantee.claim(who) }
}

impl Model for Guarantees {
    type Act = Act;

    const CONTRACT: &'static str = "Guarantee";
    const DOMAIN: &'static str = "Covenant Guarantee";
    /// A call that is due, and the expiry; the same again where a token holds up the payment into the lease.
    const CLOSING_STEPS: usize = 8;
    const STATUSES: &'static [&'static str] =
        &["None", "Funded", "Called", "Disputed", "Due", "Closed"];
    const UNSEEN: &'static [&'static str] = UNSEEN;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let beside = Beside::new(facts, dice);
        let mut guarantees = Vec::new();
        for _ in 0..1 + dice.below(2) {
            let terms = Terms::random(&beside, dice);
            let id = terms.id(facts, beside.id(terms.lease));
            guarantees.push(Guarantee::new(terms, id));
        }
        Self { facts: Arc::clone(facts), books: Books::new(), beside, guarantees }
    }

    fn terms(&self) -> String {
        let own = listed(self.guarantees.iter().map(|it| &it.terms));
        format!("  the leases:\n{}{own}", self.beside.terms())
    }

    fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    fn set_now(&mut self, now: u64) {
        self.books.turn(now);
        self.beside.set_now(now);
    }

    fn moments(&self) -> Vec<u64> {
        let own = self.guarantees.iter().flat_map(|it| [it.terms.expires_at, it.deadline()]);
        own.chain(self.beside.moments()).collect()
    }

    fn draw(&self, dice: &mut Dice) -> (Who, Act) {
        draw::act(self, dice)
    }

    fn function(act: &Act) -> &'static str {
        act.function()
    }

    fn calls(&self, caller: Who, act: &Act) -> (Vec<Sent>, usize) {
        let (index, call, value) = match act {
            Act::On(index, call, value) => (*index, call, *value),
            Act::Lease(act) => return self.beside.calls(caller, act),
            Act::Aside(act) => return (vec![act.sent(&self.facts, caller)], 0),
        };
        let mut arguments = vec![self.argument(&self.guarantees[index])];
        match call {
            Call::Fund(lease) | Call::Settle(lease) => arguments.push(self.beside.argument(*lease)),
            Call::Call(lease, amount) => {
                let lease = self.beside.argument(*lease);
                arguments.extend([lease, (*amount).into(), EVIDENCE.into()]);
            }
            Call::Object => arguments.push(EVIDENCE.into()),
            Call::Rule(award) => arguments.push((*award).into()),
            Call::Withdraw | Call::Release => {}
        }
        let input = self.facts.calldata(call.function(), &arguments);
        (vec![Sent { from: caller, to: Who::CONTRACT, input, value }], 0)
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        match act {
            Act::On(index, call, value) => {
                let terms = &self.argument(&self.guarantees[*index]);
                let (books, beside) = (&mut self.books, &mut self.beside);
                let guarantee = &mut self.guarantees[*index];
                let scene = Scene { books, beside, caller, value: *value, terms };
                let returns_id = guarantee.act(call, scene)?;
                Ok(if returns_id { vec![guarantee.id.into()] } else { Vec::new() })
            }
            Act::Lease(act) => self.beside.apply(&mut self.books, caller, act),
            Act::Aside(act) => act.apply(&mut self.books, caller),
        }
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let mut views = Vec::new();
        for (index, guarantee) in self.guarantees.iter().enumerate() {
            if touched.is_none_or(|act| matches!(act, Act::On(on, ..) if *on == index)) {
                self.guarantee_views(guarantee, &mut views);
            }
        }
        ledger_views(&self.facts, &self.books, &self.assets(), &mut views);
        views
    }

    fn books(&self) -> &Books {
        &self.books
    }

    fn broken(&self, before: &Self, _: Who, act: &Act) -> Option<String> {
        if !self.liabilities_add_up() {
            return Some("I-9".to_owned());
        }
        if !self.beside.clone().is_solvent(&self.books) {
            return Some("I-2 of the lease".to_owned());
        }
        let Act::On(index, call, _) = act else { return None };
        self.broken_at(*index, call, before).map(str::to_owned)
    }

    fn is_over(&self) -> bool {
        let over = |it: &Guarantee| match it.stage {
            Status::None => self.books.now >= it.terms.expires_at,
            stage => stage == Status::Closed,
        };
        self.guarantees.iter().all(over) && self.books.any_credit().is_none()
    }

    fn statuses(&self) -> Vec<&'static str> {
        self.guarantees.iter().map(|it| it.status(self.books.now).name()).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        let index = self.guarantees.iter().position(|it| it.deadline() > 0)?;
        let guarantee = &self.guarantees[index];
        let act = Act::On(index, Call::Settle(guarantee.terms.lease), 0);
        let mut at = guarantee.deadline().max(self.books.now);
        let mut ahead = self.clone();
        ahead.set_now(at);
        if ahead.apply(Who::STRANGER, &act).is_err() {
            // The lease cannot be paid: it is passed by in time.
            at = at.max(guarantee.deadline() + state::PAYMENT_WINDOW);
        }
        Some((at, act))
    }
}

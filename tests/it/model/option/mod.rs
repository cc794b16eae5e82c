//! Options to buy what is let: several of them in one contract, beside the leases that they are for.

mod act;
mod draw;
mod state;
mod terms;

use std::sync::Arc;

use alloy_primitives::U256;

use super::{
    abi::{Fault, Value, fault},
    books::Books,
    cast::{ASSETS, Who},
    dice::Dice,
    facts::Facts,
    harness::{Model, Sent, View, ledger_views, listed, view},
    items::{Shelf, is_single},
    lease::Beside,
};
use act::{Act, Call};
use state::{Deal, Scene, Status};
use terms::Terms;

/// The contract with its options, the titles, and the leases.
#[derive(Clone, Debug)]
pub(super) struct Deals {
    facts: Arc<Facts>,
    books: Books,
    beside: Beside,
    shelf: Shelf,
    deals: Vec<Deal>,
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

impl Deals {
    /// The assets that prices and rents are in.
    fn assets(&self) -> Vec<Who> {
        let rents = (0..self.beside.count()).map(|lease| self.beside.asset(lease));
        let mut assets: Vec<Who> =
            self.deals.iter().map(|it| it.terms.asset).chain(rents).collect();
        assets.sort_unstable();
        assets.dedup();
        assets
    }

    fn argument(&self, deal: &Deal) -> Value {
        deal.terms.argument(&self.facts, self.beside.id(deal.terms.lease))
    }

    fn deal_views(&self, deal: &Deal, views: &mut Vec<View>) {
        let facts = &*self.facts;
        let terms = [self.argument(deal)];
        let Terms { lease, seller, title, token_id, .. } = deal.terms;
        let mut look = |name: &str, answer: &[Value]| {
            views.push(view(facts, name, &terms, answer));
        };
        look("statusOf", &[(deal.status(self.books.now) as u8).into()]);
        look("deadlineOf", &[deal.deadline().into()]);
        if deal.terms.check().is_ok() {
            look("priceOf", &[deal.price().into()]);
        }
        let claim = if deal.holds() { seller } else { Who::NOBODY };
        look("titleClaimOf", &[claim.into()]);
        let count = deal.earned.len();
        let stored = [
            (deal.stage as u8).into(),
            deal.parked.into(),
            count.into(),
            deal.credit().into(),
            self.beside.sum_of(lease, count).into(),
        ];
        look("agreementOf", &stored);
        let owner = is_single(title).then(|| self.shelf.owner(title, token_id)).flatten();
        if let Some(owner) = owner {
            let arguments = [token_id.into()];
            views.push(View::of(facts, title, "ownerOf(uint256)", &arguments, &[owner.into()]));
        }
    }

    /// What somebody has, and may withdraw.
    fn wealth(&self, asset: Who, who: Who) -> U256 {
        self.books.balance(asset, who) + self.books.credit_of(asset, who)
    }

    /// The first invariant that an option does not keep.
    fn broken_at(&self, index: usize, before: &Self) -> Option<&'static str> {
        let (now, then) = (&self.deals[index], &before.deals[index]);
        let Terms { seller, title, token_id, asset, strike, credit_cap, .. } = now.terms;
        let here = self.shelf.owner(title, token_id) == Some(Who::CONTRACT);
        if now.holds() && !here {
            return Some("O-1");
        }
        if now.stage == Status::Exercised && then.stage == Status::Active {
            let price = U256::from(now.price());
            let paid = asset == Who::TAXED
                || self.wealth(asset, seller) >= before.wealth(asset, seller) + price;
            if here || !paid {
                return Some("O-2");
            }
        }
        if now.terms.check().is_ok() {
            let (fell, least) = (now.price() <= then.price(), strike - credit_cap);
            if !fell || now.price() < least {
                return Some("O-4");
            }
        }
        let over = matches!(then.stage, Status::Exercised | Status::Closed);
        if over && (now.stage != then.stage || now.earned != then.earned) {
            return Some("I-4");
        }
        None
    }
}

impl Model for Deals {
    type Act = Act;

    const CONTRACT: &'static str = "RentToOwn";
    const DOMAIN: &'static str = "Covenant RentToOwn";
    /// One for each option.
    const CLOSING_STEPS: usize = 2;
    const STATUSES: &'static [&'static str] =
        &["None", "Offered", "Active", "Lapsed", "Exercised", "Closed", "parked"];
    const UNSEEN: &'static [&'static str] = UNSEEN;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let beside = Beside::sound(facts, dice);
        let first = Terms::random(&beside, dice);
        let mut all = vec![first];
        if dice.chance(40) {
            // Often about the same title.
            let next = Terms::random(&beside, dice);
            let same = Terms { salt: next.salt, ..all[0].clone() };
            all.push(if dice.chance(40) { same } else { next });
        }
        let deals = all.into_iter().map(|terms| {
            let id = terms.id(facts, beside.id(terms.lease));
            Deal::new(terms, id)
        });
        let deals = deals.collect();
        let facts = Arc::clone(facts);
        Self { facts, books: Books::new(), beside, shelf: Shelf::new(), deals }
    }

    fn terms(&self) -> String {
        let own = listed(self.deals.iter().map(|it| &it.terms));
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
        let mut moments = self.beside.moments();
        for deal in &self.deals {
            let Terms { lease, grace, .. } = deal.terms;
            moments.push(deal.deadline());
            let next = deal.earned.len();
            if deal.stage == Status::Active && next < self.beside.instalments(lease) {
                moments.push(self.beside.due_at(lease, next) + grace);
            }
        }
        moments
    }

    fn draw(&self, dice: &mut Dice) -> (Who, Act) {
        draw::act(self, dice)
    }

    fn function(act: &Act) -> &'static str {
        act.function()
    }

    fn calls(&self, caller: Who, act: &Act) -> (Vec<Sent>, usize) {
        let facts = &*self.facts;
        let (index, call, value) = match act {
            Act::On(index, call, value) => (*index, call, *value),
            Act::PushTitle(title, to, id) => {
                let arguments = [(*title).into(), (*to).into(), (*id).into()];
                let input = facts.calldata("pushTitle", &arguments);
                return (vec![Sent { from: caller, to: Who::CONTRACT, input, value: 0 }], 0);
            }
            Act::Lease(act) => return self.beside.calls(caller, act),
            Act::Handle(act) => {
                let (to, function, arguments) = act.call(caller);
                let input = facts.foreign(function, &arguments);
                return (vec![Sent { from: caller, to, input, value: 0 }], 0);
            }
            Act::Aside(act) => return (vec![act.sent(facts, caller)], 0),
        };
        let mut arguments = vec![self.argument(&self.deals[index])];
        match call {
            Call::Pay(lease, amount) => {
                arguments.extend([self.beside.argument(*lease), (*amount).into()]);
            }
            Call::Register(lease) => arguments.push(self.beside.argument(*lease)),
            Call::Exercise(lease, to) => {
                arguments.extend([self.beside.argument(*lease), (*to).into()]);
            }
            Call::TakeTitle(to) => arguments.push((*to).into()),
            Call::Offer | Call::Accept | Call::Cancel | Call::Settle => {}
        }
        let input = facts.calldata(call.function(), &arguments);
        (vec![Sent { from: caller, to: Who::CONTRACT, input, value }], 0)
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        match act {
            Act::On(index, call, value) => {
                let terms = &self.argument(&self.deals[*index]);
                let (books, beside) = (&mut self.books, &mut self.beside);
                let shelf = &mut self.shelf;
                let deal = &mut self.deals[*index];
                let scene = Scene { books, beside, shelf, caller, value: *value, terms };
                let returns_id = deal.act(call, scene)?;
                Ok(if returns_id { vec![deal.id.into()] } else { Vec::new() })
            }
            Act::PushTitle(..) => Err(fault!("Ledger_NotSelf", caller, Who::CONTRACT)),
            Act::Lease(act) => self.beside.apply(&mut self.books, caller, act),
            Act::Handle(act) => {
                act.switch(&mut self.shelf);
                Ok(Vec::new())
            }
            Act::Aside(act) => act.apply(&mut self.books, caller),
        }
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let mut views = Vec::new();
        for (index, deal) in self.deals.iter().enumerate() {
            if touched.is_none_or(|act| matches!(act, Act::On(on, ..) if *on == index)) {
                self.deal_views(deal, &mut views);
            }
        }
        ledger_views(&self.facts, &self.books, &self.assets(), &mut views);
        views
    }

    fn books(&self) -> &Books {
        &self.books
    }

    fn broken(&self, before: &Self, _: Who, act: &Act) -> Option<String> {
        let owes_credits_alone = ASSETS.iter().all(|asset| {
            let credits = Who::all().map(|who| self.books.credit_of(*asset, who));
            let owed = credits.fold(U256::ZERO, |sum, credit| sum + credit);
            self.books.liabilities[asset.asset().expect("it is one")] == owed
        });
        if !owes_credits_alone {
            return Some("O-5".to_owned());
        }
        let Act::On(index, ..) = act else { return None };
        self.broken_at(*index, before).map(str::to_owned)
    }

    fn is_over(&self) -> bool {
        let over = |it: &Deal| match it.stage {
            Status::None => self.books.now >= it.terms.accept_by,
            stage => matches!(stage, Status::Exercised | Status::Closed) && !it.parked,
        };
        self.deals.iter().all(over) && self.books.any_credit().is_none()
    }

    fn statuses(&self) -> Vec<&'static str> {
        let parked = self.deals.iter().filter(|it| it.parked).map(|_| "parked");
        self.deals.iter().map(|it| it.status(self.books.now).name()).chain(parked).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        let index = self.deals.iter().position(|it| it.deadline() > 0)?;
        let at = self.deals[index].deadline().max(self.books.now);
        Some((at, Act::On(index, Call::Settle, 0)))
    }
}

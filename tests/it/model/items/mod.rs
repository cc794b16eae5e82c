//! Delivery against payment: several exchanges of items in one contract.

mod act;
mod draw;
mod exchange;
mod shelf;
mod terms;

use std::sync::Arc;

use alloy_primitives::U256;

use super::{
    abi::{Fault, Value, event, fault, require},
    books::Books,
    cast::{ASSETS, Who},
    dice::Dice,
    facts::Facts,
    harness::{Model, Sent, View, ledger_views, listed, view},
};
pub(super) use act::Handling;
use act::{Act, Call};
use exchange::{Exchange, Scene, Status};
pub(super) use shelf::{BURNS_GAS, DOES_NOTHING, FREE, REFUSES, Shelf, is_single};
use terms::{Item, Terms};

/// The contract with its exchanges.
#[derive(Clone, Debug)]
pub(super) struct Exchanges {
    facts: Arc<Facts>,
    books: Books,
    shelf: Shelf,
    exchanges: Vec<Exchange>,
    /// What was moved to the contract without its being asked.
    strays: Vec<(Who, u64)>,
}

impl Exchanges {
    /// The assets that the prices are in.
    fn assets(&self) -> Vec<Who> {
        let mut assets: Vec<Who> = self.exchanges.iter().map(|it| it.terms.asset).collect();
        assets.dedup();
        assets
    }

    /// What somebody has of an asset, may withdraw, and gets back if nobody does anything any more.
    fn wealth(&self, asset: Who, who: Who) -> U256 {
        let claims = self
            .exchanges
            .iter()
            .filter(|it| it.terms.asset == asset)
            .fold(U256::ZERO, |sum, it| sum + U256::from(it.claim(who)));
        self.books.balance(asset, who) + self.books.credit_of(asset, who) + claims
    }

    fn exchange_views(&self, exchange: &Exchange, views: &mut Vec<View>) {
        let facts = &*self.facts;
        let terms = exchange.terms.argument(facts);
        let mut look = |name: &str, party: Option<Who>, answer: Value| {
            let mut arguments = vec![terms.clone()];
            arguments.extend(party.map(Value::from));
            views.push(view(facts, name, &arguments, &[answer]));
        };
        look("statusOf", None, (exchange.status as u8).into());
        look("deadlineOf", None, exchange.deadline().into());
        for who in exchange.named().into_iter().chain([Who::STRANGER]) {
            look("claimOf", Some(who), exchange.claim(who).into());
        }
        let Terms { seller, buyer, .. } = exchange.terms;
        for item in exchange.terms.items.iter().chain(&exchange.terms.in_exchange) {
            self.item_views(item, &[seller, buyer], views);
        }
    }

    /// Who has an item, and for whom it is parked.
    fn item_views(&self, item: &Item, parties: &[Who], views: &mut Vec<View>) {
        let facts = &*self.facts;
        let Item { kind, token, id, .. } = *item;
        for who in parties {
            let parked = self.shelf.parked(kind, token, id, *who);
            let arguments = [kind.into(), token.into(), id.into(), (*who).into()];
            views.push(view(facts, "parkedOf", &arguments, &[parked.into()]));
        }
        if is_single(token) {
            if let Some(owner) = self.shelf.owner(token, id) {
                let owner = [owner.into()];
                views.push(View::of(facts, token, "ownerOf(uint256)", &[id.into()], &owner));
            }
        } else if token == Who::MULTI {
            for who in parties.iter().chain(&[Who::CONTRACT, Who::STRANGER]) {
                let arguments = [(*who).into(), id.into()];
                let balance = [self.shelf.balance(id, *who).into()];
                let function = "balanceOf(address,uint256)";
                views.push(View::of(facts, token, function, &arguments, &balance));
            }
        }
    }

    /// Does something to items.
    fn handle(&mut self, caller: Who, act: Handling) -> Result<Vec<Value>, Fault> {
        match act {
            Handling::Trap(..) | Handling::Slip(_) | Handling::Lock(..) | Handling::Bind(..) => {
                act.switch(&mut self.shelf);
            }
            Handling::Move(token, id, to) => {
                let before = self.shelf.owner(token, id);
                self.shelf.move_single(caller, token, caller, to, id)?;
                let after = self.shelf.owner(token, id);
                if after == Some(Who::CONTRACT) && before != after {
                    self.strays.push((token, id));
                }
            }
            Handling::Send(id, to) => self.shelf.send_single(caller, to, id)?,
            Handling::SendMany(id, amount, to) => self.shelf.send_many(caller, to, id, amount)?,
            Handling::Account => {
                let (token, id) = Shelf::ACCOUNT_OWNER;
                let owner = self.shelf.owner(token, id).expect("it exists");
                require!(caller == owner, "TokenBoundAccount_WrongCaller", caller, owner);
                self.shelf.account_state += 1;
            }
        }
        Ok(Vec::new())
    }

    /// The first invariant that an agreement does not keep.
    fn broken_at(&self, index: usize, before: &Self, caller: Who) -> Option<&'static str> {
        let (now, then) = (&self.exchanges[index], &before.exchanges[index]);
        let held = if now.status == Status::Funded { now.terms.price } else { 0 };
        if now.came != now.went + held {
            return Some("I-1");
        }
        if then.status.is_final() && now.status != then.status {
            return Some("I-4");
        }
        let asset = now.terms.asset;
        asset.asset()?;
        let named = now.named();
        for who in Who::all().filter(|who| *who != Who::CONTRACT && *who != Who::NOBODY) {
            let (had, has) = (before.wealth(asset, who), self.wealth(asset, who));
            if has > had && !named.contains(&who) {
                return Some("I-7");
            }
            // Who pays, and who has paid: the price leaves the buyer's claim when the seller completes.
            let paid = who == caller || (who == now.terms.buyer && now.status == Status::Exchanged);
            // A token that burns a share of each transfer takes that away, not the contract.
            if has < had && !paid && asset != Who::TAXED {
                return Some("I-10");
            }
        }
        None
    }

    fn liabilities_add_up(&self) -> bool {
        ASSETS.iter().all(|asset| {
            let of = |it: &Exchange| U256::from(it.claim(it.terms.buyer));
            let claims = self.exchanges.iter().filter(|it| it.terms.asset == *asset).map(of);
            let credits = Who::all().map(|who| self.books.credit_of(*asset, who));
            let owed = claims.chain(credits).fold(U256::ZERO, |sum, amount| sum + amount);
            self.books.liabilities[asset.asset().expect("it is one")] == owed
        })
    }
}

impl Model for Exchanges {
    type Act = Act;

    const CONTRACT: &'static str = "NftEscrow";
    const DOMAIN: &'static str = "Covenant NftEscrow";
    /// One call returns what is in.
    const CLOSING_STEPS: usize = 3;
    const STATUSES: &'static [&'static str] =
        &["None", "Deposited", "Funded", "Exchanged", "Returned", "Cancelled", "parked"];
    const UNSEEN: &'static [&'static str] = super::UNSEEN;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let first = Terms::random(dice);
        let mut all = vec![first];
        for _ in 0..dice.below(3) {
            // Often about the same items: what is here already, or was, is not there for another.
            let last = all.last().expect("there is one");
            let next = Terms::random(dice);
            all.push(if dice.chance(35) {
                Terms { salt: next.salt, ..last.clone() }
            } else {
                next
            });
        }
        let exchanges = all.into_iter().map(|terms| {
            let id = terms.id(facts);
            Exchange::new(terms, id)
        });
        Self {
            facts: Arc::clone(facts),
            books: Books::new(),
            shelf: Shelf::new(),
            exchanges: exchanges.collect(),
            strays: Vec::new(),
        }
    }

    fn terms(&self) -> String {
        listed(self.exchanges.iter().map(|it| &it.terms))
    }

    fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    fn set_now(&mut self, now: u64) {
        self.books.turn(now);
    }

    fn moments(&self) -> Vec<u64> {
        self.exchanges.iter().map(|it| it.terms.expires_at).collect()
    }

    fn draw(&self, dice: &mut Dice) -> (Who, Act) {
        draw::act(self, dice)
    }

    fn function(act: &Act) -> &'static str {
        act.function()
    }

    fn calls(&self, caller: Who, act: &Act) -> (Vec<Sent>, usize) {
        let facts = &*self.facts;
        let mut sent = Sent { from: caller, to: Who::CONTRACT, input: Vec::new().into(), value: 0 };
        sent.input = match act {
            Act::On(index, call, value) => {
                sent.value = *value;
                let terms = self.exchanges[*index].terms.argument(facts);
                facts.calldata(call.function(), &[terms])
            }
            Act::Withdraw(kind, token, id, to) => {
                let arguments = [(*kind).into(), (*token).into(), (*id).into(), (*to).into()];
                facts.calldata(act.function(), &arguments)
            }
            Act::PushItem(item, to) => {
                facts.calldata(act.function(), &[item.argument(facts), (*to).into()])
            }
            Act::Handle(act) => {
                let (to, function, arguments) = act.call(caller);
                sent.to = to;
                facts.foreign(function, &arguments)
            }
            Act::Aside(act) => return (vec![act.sent(facts, caller)], 0),
        };
        (vec![sent], 0)
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        match act {
            Act::On(index, call, value) => {
                let terms = &self.exchanges[*index].terms.argument(&self.facts);
                let (books, shelf) = (&mut self.books, &mut self.shelf);
                let scene = Scene { books, shelf, caller, value: *value, terms };
                let exchange = &mut self.exchanges[*index];
                let returns_id = exchange.act(*call, scene)?;
                Ok(if returns_id { vec![exchange.id.into()] } else { Vec::new() })
            }
            Act::Withdraw(kind, token, id, to) => {
                let amount = self.shelf.withdraw((*kind, *token, *id), caller, *to)?;
                let told = event!("ItemWithdrawn", caller, *token, *id, *kind, amount, *to);
                self.books.events.push(told);
                Ok(vec![amount.into()])
            }
            Act::PushItem(..) => Err(fault!("Ledger_NotSelf", caller, Who::CONTRACT)),
            Act::Handle(act) => self.handle(caller, *act),
            Act::Aside(act) => act.apply(&mut self.books, caller),
        }
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let mut views = Vec::new();
        for (index, exchange) in self.exchanges.iter().enumerate() {
            if touched.is_none_or(|act| matches!(act, Act::On(on, ..) if *on == index)) {
                self.exchange_views(exchange, &mut views);
            }
        }
        if let Some(Act::Withdraw(kind, token, id, to)) = touched {
            let item = Item {
                kind: *kind,
                token: *token,
                id: *id,
                amount: 0,
                account: Who::NOBODY,
                state: 0,
            };
            self.item_views(&item, &[*to], &mut views);
        }
        for (kind, token, id, party) in self.shelf.parked.keys() {
            let parked = self.shelf.parked(*kind, *token, *id, *party);
            let arguments = [(*kind).into(), (*token).into(), (*id).into(), (*party).into()];
            views.push(view(&self.facts, "parkedOf", &arguments, &[parked.into()]));
        }
        ledger_views(&self.facts, &self.books, &self.assets(), &mut views);
        views
    }

    fn books(&self) -> &Books {
        &self.books
    }

    fn broken(&self, before: &Self, caller: Who, act: &Act) -> Option<String> {
        if !self.liabilities_add_up() {
            return Some("I-9".to_owned());
        }
        let held: Vec<Item> = self.exchanges.iter().flat_map(|it| it.held()).copied().collect();
        if self.shelf.unaccounted(&held, &self.strays) {
            return Some("N-2".to_owned());
        }
        // What is parked leaves only by a call of whom it is parked for.
        let left = |(key, amount): (&(u8, Who, u64, Who), &u128)| {
            key.3 != caller && self.shelf.parked(key.0, key.1, key.2, key.3) < *amount
        };
        if before.shelf.parked.iter().any(left) {
            return Some("N-4".to_owned());
        }
        let Act::On(index, ..) = act else { return None };
        self.broken_at(*index, before, caller).map(str::to_owned)
    }

    fn is_over(&self) -> bool {
        let over = |it: &Exchange| match it.status {
            Status::None => self.books.now >= it.terms.expires_at,
            status => status.is_final(),
        };
        self.exchanges.iter().all(over)
            && self.books.any_credit().is_none()
            && self.shelf.parked.is_empty()
    }

    fn statuses(&self) -> Vec<&'static str> {
        let parked = self.shelf.parked.iter().map(|_| "parked");
        self.exchanges.iter().map(|it| it.status.name()).chain(parked).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        let index = self.exchanges.iter().position(|it| it.deadline() > 0)?;
        let at = self.exchanges[index].deadline().max(self.books.now);
        Some((at, Act::On(index, Call::Settle, 0)))
    }
}

//! The funding routers: payments into several escrows and leases by one transaction and a signature.

mod act;
mod draw;
mod permission;
mod purse;

use std::{collections::BTreeSet, marker::PhantomData, sync::Arc};

use alloy_primitives::U256;

use super::{
    abi::{Fault, Value, event, require},
    books::Books,
    cast::{ASSETS, Who},
    dice::Dice,
    escrow::{self, EscrowCall},
    facts::Facts,
    harness::{Model, Sent, View, view},
    lease::{self, LeaseCall},
    world::{START, Setting},
};
use act::{Act, Pay, Target};
use permission::{Kind, Payment, cancel_arguments};
use purse::Used;

/// One of the routers.
pub(super) trait Way: Clone + Send {
    /// How it gets at the owner's tokens.
    const KIND: Kind;
    /// Its contract.
    const CONTRACT: &'static str;
    /// The tokens around it.
    const TOKENS: [(Who, &'static str, &'static str); 3] = Setting::USUAL.tokens;
    /// Errors that no script can bring about.
    const UNSEEN: &'static [&'static str] = &[
        super::UNSEEN[1],
        // A token that says that it failed has failed before.
        "SafeERC20FailedOperation",
    ];
}

/// By an ERC-2612 permit.
#[derive(Clone, Debug)]
pub(super) struct ByPermit;

/// By Permit2.
#[derive(Clone, Debug)]
pub(super) struct ByPermit2;

/// By an ERC-3009 authorization.
#[derive(Clone, Debug)]
pub(super) struct ByAuthorization;

impl Way for ByPermit {
    const KIND: Kind = Kind::Permit;
    const CONTRACT: &'static str = "PermitFunding";
}

impl Way for ByPermit2 {
    const KIND: Kind = Kind::Permit2;
    const CONTRACT: &'static str = "Permit2Funding";
}

impl Way for ByAuthorization {
    const KIND: Kind = Kind::Authorization;
    const CONTRACT: &'static str = "AuthorizationFunding";
    const TOKENS: [(Who, &'static str, &'static str); 3] = {
        let [blocking, lying, _] = Setting::USUAL.tokens;
        [blocking, lying, (Who::TAXED, "AuthorizingToken", "_balances")]
    };
    const UNSEEN: &'static [&'static str] = &[
        ByPermit::UNSEEN[0],
        ByPermit::UNSEEN[1],
        // The only token that knows authorizations here is an honest one.
        "Funding_BadDelta",
    ];
}

/// A router, with the contracts that it pays into.
#[derive(Clone, Debug)]
pub(super) struct Routers<W> {
    facts: Arc<Facts>,
    books: Books,
    escrow: escrow::Beside,
    leases: lease::Beside,
    targets: Vec<Target>,
    /// What the router has paid.
    paid: BTreeSet<Target>,
    used: Used,
    way: PhantomData<W>,
}

impl<W: Way> Routers<W> {
    /// What is to be paid for an agreement.
    fn payment(&self, target: Target) -> Payment {
        let index = target.index;
        let (id, asset, amount) = if target.on_lease {
            let leases = &self.leases;
            (leases.id(index), leases.asset(index), leases.deposit(index).0)
        } else {
            let escrow = &self.escrow;
            (escrow.id(index), escrow.asset(index), escrow.amount(index))
        };
        Payment { place: target.place(), id, asset, amount }
    }

    fn pay(&mut self, caller: Who, pay: &Pay) -> Result<(), Fault> {
        // An address that is no such contract does not know the agreement.
        if pay.value > 0 || pay.at != pay.target.place() {
            return Err(Fault::SILENT);
        }
        let payment = self.payment(pay.target);
        let Payment { place, id, asset, amount } = payment;
        let codeless = asset == Who::NOBODY || asset == Who::CODELESS;
        require!(!codeless, "Funding_NoCode", asset);
        if asset.asset().is_none() {
            // It does not know what a balance is.
            return Err(Fault::SILENT);
        }
        let mut permission = pay.permission;
        if W::KIND == Kind::Permit && permission.owner != caller {
            // The money is the caller's, and so somebody else's permit is none.
            permission.owner = caller;
            permission.slip = Some(permission::Slip::Spender);
        }
        let before = self.books.balance(asset, Who::CONTRACT);
        let purpose = payment.purpose(&self.facts);
        self.used.collect(W::KIND, &permission, &payment, purpose, &mut self.books)?;
        let received = self.books.balance(asset, Who::CONTRACT) - before;
        require!(received == U256::from(amount), "Funding_BadDelta", received, amount);
        self.books.events.push(event!("PaidIn", id, place, permission.owner, amount));
        self.books.allow(asset, Who::CONTRACT, place, U256::from(amount));
        self.pay_in(pay.target)?;
        let held = self.books.balance(asset, Who::CONTRACT);
        require!(held <= before, "Funding_NotTaken", held, before);
        self.books.allow(asset, Who::CONTRACT, place, U256::ZERO);
        self.paid.insert(pay.target);
        Ok(())
    }

    fn pay_in(&mut self, target: Target) -> Result<(), Fault> {
        let Target { on_lease, index } = target;
        if on_lease {
            self.leases.act(index, Who::CONTRACT, &LeaseCall::PayDeposit, 0, &mut self.books)
        } else {
            self.escrow.act(index, EscrowCall::Fund, 0, &mut self.books).map(drop)
        }
    }

    fn terms_of(&self, target: Target) -> Value {
        if target.on_lease {
            self.leases.argument(target.index)
        } else {
            self.escrow.argument(target.index)
        }
    }

    /// Who has moved money but the owner, to the contract of the agreement: nobody (F-1, F-2, F-4).
    fn moves_nothing_else(&self, before: &Self, target: Target, owner: Who) -> bool {
        let payment = self.payment(target);
        let amount = U256::from(payment.amount);
        ASSETS.into_iter().all(|asset| {
            Who::all().all(|who| {
                let (had, has) = (before.books.balance(asset, who), self.books.balance(asset, who));
                match who {
                    _ if asset != payment.asset => has == had,
                    _ if who == owner => had - has == amount,
                    _ if who == payment.place => has - had == amount,
                    _ => has == had,
                }
            })
        })
    }

    /// A call of somebody besides the router.
    fn foreign(&self, from: Who, to: Who, signature: &str, arguments: &[Value]) -> Sent {
        Sent { from, to, input: self.facts.foreign(signature, arguments), value: 0 }
    }
}

impl<W: Way> Model for Routers<W> {
    type Act = Act;

    const CONTRACT: &'static str = W::CONTRACT;
    /// It has none.
    const DOMAIN: &'static str = "";
    const SETTING: Setting =
        Setting { tokens: W::TOKENS, spenders: &[Who::PERMIT2, Who::LEASE, Who::ESCROW] };
    /// It holds nothing.
    const CLOSING_STEPS: usize = 0;
    const STATUSES: &'static [&'static str] = &["unpaid", "paid"];
    const UNSEEN: &'static [&'static str] = W::UNSEEN;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let tokens: &[Who] = match W::KIND {
            Kind::Authorization => &[Who::TAXED, Who::TAXED, Who::TAXED, Who::BLOCKING],
            _ => &[Who::BLOCKING, Who::BLOCKING, Who::LYING, Who::TAXED],
        };
        let escrow = escrow::Beside::shaped(facts, dice, |draft, dice| {
            if dice.chance(85) { draft.in_asset(dice.pick(tokens)) } else { draft }
        });
        let mut draft = lease::Draft::random(dice);
        if dice.chance(85) {
            draft.asset = dice.pick(tokens);
        }
        let leases = lease::Beside::of(facts, vec![draft]);
        let on_escrow = (0..escrow.count()).map(|index| Target { on_lease: false, index });
        let targets = on_escrow.chain([Target { on_lease: true, index: 0 }]).collect();
        Self {
            facts: Arc::clone(facts),
            books: Books::unlent(),
            escrow,
            leases,
            targets,
            paid: BTreeSet::new(),
            used: Used::default(),
            way: PhantomData,
        }
    }

    fn terms(&self) -> String {
        format!("  escrows:\n{}  a lease:\n{}", self.escrow.terms(), self.leases.terms())
    }

    fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    fn set_now(&mut self, now: u64) {
        self.books.turn(now);
        self.escrow.set_now(now);
        self.leases.set_now(now);
    }

    fn stays(&self) -> u64 {
        85
    }

    fn moments(&self) -> Vec<u64> {
        [self.escrow.moments(), self.leases.moments()].concat()
    }

    fn draw(&self, dice: &mut Dice) -> (Who, Act) {
        draw::act(self, dice)
    }

    fn function(act: &Act) -> &'static str {
        act.function()
    }

    fn calls(&self, caller: Who, act: &Act) -> (Vec<Sent>, usize) {
        let facts = &*self.facts;
        let sent = match act {
            Act::Pay(Pay { target, at, permission, value }) => {
                let payment = self.payment(*target);
                let permits = self.used.permits(payment.asset, permission.owner);
                let digest = permission.digest(W::KIND, facts, &payment, permits);
                let permit = permission.argument(W::KIND, facts, digest);
                let arguments = [(*at).into(), self.terms_of(*target), permit];
                let input = facts.calldata(target.function(), &arguments);
                let sent = Sent { from: caller, to: Who::CONTRACT, input, value: *value };
                return permission.signature.around(facts, digest, sent);
            }
            Act::Approve(asset, spender, amount) => {
                let arguments = [(*spender).into(), (*amount).into()];
                self.foreign(caller, *asset, "approve(address,uint256)", &arguments)
            }
            Act::HandIn(asset, permission) => {
                let permits = self.used.permits(*asset, permission.owner);
                let payment = Payment { asset: *asset, ..self.payment(self.targets[0]) };
                let digest = permission.digest(Kind::Permit, facts, &payment, permits);
                let arguments = permission.permit_arguments(facts, digest);
                let function = "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)";
                self.foreign(caller, *asset, function, &arguments)
            }
            Act::Invalidate(nonce) => {
                let arguments =
                    [(nonce >> 8).into(), Value::from(U256::ONE << ((nonce & 255) as usize))];
                let function = "invalidateUnorderedNonces(uint256,uint256)";
                self.foreign(caller, Who::PERMIT2, function, &arguments)
            }
            Act::Cancel(owner, target) => {
                let payment = self.payment(*target);
                let arguments = cancel_arguments(facts, *owner, &payment);
                let function = "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)";
                self.foreign(caller, payment.asset, function, &arguments)
            }
            Act::Escrow(act) => return self.escrow.calls(caller, act),
            Act::Lease(act) => return self.leases.calls(caller, act),
            Act::Aside(act) => act.sent(facts, caller),
        };
        (vec![sent], 0)
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        match act {
            Act::Pay(pay) => self.pay(caller, pay)?,
            Act::Approve(asset, spender, amount) => {
                self.books.allow(*asset, caller, *spender, U256::from(*amount));
                return Ok(vec![true.into()]);
            }
            Act::HandIn(asset, permission) => {
                // Only such as are good are handed in.
                self.used.permit(*asset, permission, &mut self.books);
            }
            Act::Invalidate(nonce) => self.used.invalidate(caller, *nonce),
            Act::Cancel(owner, target) => {
                let payment = self.payment(*target);
                self.used.cancel(*owner, payment.asset, payment.purpose(&self.facts))?;
            }
            Act::Escrow(act) => return self.escrow.apply(&mut self.books, caller, act),
            Act::Lease(act) => return self.leases.apply(&mut self.books, caller, act),
            Act::Aside(act) => return act.apply(&mut self.books, caller),
        }
        Ok(Vec::new())
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let facts = &*self.facts;
        let mut views = Vec::new();
        for target in &self.targets {
            let payment = self.payment(*target);
            let Payment { place, id, asset, .. } = payment;
            if touched.is_none() {
                let purpose = [payment.purpose(facts).into()];
                views.push(view(facts, "purposeHash", &[place.into(), id.into()], &purpose));
            }
            if !matches!(asset, Who::BLOCKING | Who::LYING | Who::TAXED) {
                continue;
            }
            let mut look = |owner: Who, spender: Who, answer: U256| {
                let (name, pair) = ("allowance(address,address)", [owner.into(), spender.into()]);
                views.push(View::of(facts, asset, name, &pair, &[answer.into()]));
            };
            // F-3.
            look(Who::CONTRACT, place, U256::ZERO);
            if let Some(Act::Pay(pay)) = touched {
                let owner = pay.permission.owner;
                look(owner, Who::CONTRACT, self.books.allowed(asset, owner, Who::CONTRACT));
            }
        }
        if W::KIND == Kind::Permit2 && touched.is_none() {
            views.push(view(facts, "permit2", &[], &[Who::PERMIT2.into()]));
        }
        views
    }

    fn books(&self) -> &Books {
        &self.books
    }

    fn broken(&self, before: &Self, caller: Who, act: &Act) -> Option<String> {
        match act {
            Act::Pay(pay) => {
                let by_caller = W::KIND == Kind::Permit;
                let owner = if by_caller { caller } else { pay.permission.owner };
                let sound = self.moves_nothing_else(before, pay.target, owner);
                (!sound).then(|| "F-1, F-2 or F-4".to_owned())
            }
            Act::Escrow(act) => self.escrow.broken(&before.escrow, &before.books, caller, act),
            Act::Lease(act) => self.leases.broken(&before.leases, &before.books, caller, act),
            _ => None,
        }
    }

    fn is_over(&self) -> bool {
        self.paid.len() == self.targets.len()
    }

    fn statuses(&self) -> Vec<&'static str> {
        let status = |target| if self.paid.contains(target) { "paid" } else { "unpaid" };
        self.targets.iter().map(status).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        None
    }
}

//! Direct debits: several mandates in one contract, beside the leases that they pay.

mod act;
mod mandate;

use std::sync::Arc;

use alloy_primitives::U256;

use super::{
    abi::{Fault, Value},
    aside::{Aside, anybody},
    books::Books,
    cast::{ASSETS, Who},
    dice::Dice,
    facts::Facts,
    harness::{Model, Sent, View, listed, view},
    lease::Beside,
    signature::Signature,
};
use act::{Act, Call};
use mandate::{Mandate, Scene, Standing, Status};

/// The contract with its mandates, and the leases.
#[derive(Clone, Debug)]
pub(super) struct Debits {
    facts: Arc<Facts>,
    books: Books,
    beside: Beside,
    mandates: Vec<Standing>,
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
    "Extension_TooEarly",
    // The token moves first, and says all this itself.
    "SafeERC20FailedOperation",
];

impl Debits {
    fn argument(&self, standing: &Standing) -> Value {
        let mandate = &standing.mandate;
        Value::Words(mandate.words(&self.facts, self.beside.id(mandate.lease)))
    }

    fn draw_call(&self, standing: &Standing, dice: &mut Dice) -> (Who, Call) {
        let Mandate { payer, collector, lease, .. } = standing.mandate;
        let usual: &[u64] = match standing.status(self.books.now) {
            Status::None => &[0, 1],
            Status::Authorised => &[3],
            Status::Expired | Status::Cancelled => &[0, 1, 2, 3],
        };
        let kind = if dice.chance(93) { dice.pick(usual) } else { dice.below(4) };
        match kind {
            0 => (payer, Call::Authorise),
            1 => (anybody(dice), Call::AuthoriseFor(Signature::random(dice, payer))),
            2 => (payer, Call::Cancel),
            _ => {
                let other = self.beside.count() - 1 - lease;
                let lease = if dice.chance(95) { lease } else { other };
                (dice.pick(&[collector, collector, payer]), Call::Collect(lease))
            }
        }
    }

    /// The first invariant that a mandate does not keep.
    fn broken_at(&self, index: usize, before: &Self) -> Option<&'static str> {
        let (now, then) = (&self.mandates[index], &before.mandates[index]);
        let Mandate { lease, payer, max_per_period, max_total, .. } = now.mandate;
        if then.stage == Status::Cancelled && now.stage != Status::Cancelled {
            return Some("D-4");
        }
        let drawn = now.drawn - then.drawn;
        if drawn > max_per_period || now.drawn > max_total {
            return Some("D-1");
        }
        if drawn > 0 && now.instalments <= then.instalments {
            return Some("D-2");
        }
        let asset = self.beside.asset(lease);
        let fell = before.beside.arrears(lease) - self.beside.arrears(lease);
        if drawn != fell {
            return Some("D-3");
        }
        asset.asset()?;
        let left = before.books.balance(asset, payer) != self.books.balance(asset, payer);
        // Who lets may be who pays.
        let round = payer == self.beside.landlord(lease);
        (left != (drawn > 0) && !round && asset != Who::NOBODY).then_some("D-3")
    }
}

impl Model for Debits {
    type Act = Act;

    const CONTRACT: &'static str = "DirectDebit";
    const DOMAIN: &'static str = "Covenant DirectDebit";
    /// It holds nothing.
    const CLOSING_STEPS: usize = 0;
    const STATUSES: &'static [&'static str] = &["None", "Authorised", "Expired", "Cancelled"];
    const UNSEEN: &'static [&'static str] = UNSEEN;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let mut beside = Beside::new(facts, dice);
        if beside.asset(0) == Who::NOBODY && dice.chance(85) {
            // Ether cannot be drawn.
            beside = Beside::new(facts, dice);
        }
        let mut mandates = Vec::new();
        for _ in 0..1 + dice.below(2) {
            let mandate = Mandate::random(&beside, dice);
            let id = mandate.id(facts, beside.id(mandate.lease));
            mandates.push(Standing::new(mandate, id));
        }
        Self { facts: Arc::clone(facts), books: Books::new(), beside, mandates }
    }

    fn terms(&self) -> String {
        let own = listed(self.mandates.iter().map(|it| format!("{:?}", it.mandate)));
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
        let own = self.mandates.iter().map(|it| it.mandate.expires_at);
        own.chain(self.beside.moments()).collect()
    }

    fn draw(&self, dice: &mut Dice) -> (Who, Act) {
        let index = usize::try_from(dice.below(self.mandates.len() as u64)).expect("it is small");
        let standing = &self.mandates[index];
        let lease = standing.mandate.lease;
        if dice.chance(8) {
            let assets = [self.beside.asset(lease)];
            loop {
                let (caller, act) = Aside::random(&self.books, &assets, dice);
                if matches!(act, Aside::Outside(_)) {
                    return (caller, Act::Aside(act));
                }
            }
        }
        let on_lease = match standing.stage {
            _ if self.beside.may_begin(lease) => 60,
            Status::Authorised if standing.collectable(&self.beside) > 0 => 5,
            Status::Authorised => 60,
            _ => 20,
        };
        if dice.chance(on_lease) {
            let (caller, act) = self.beside.draw(lease, dice);
            return (caller, Act::Lease(act));
        }
        let (caller, call) = self.draw_call(standing, dice);
        let caller = if dice.chance(8) { anybody(dice) } else { caller };
        (caller, Act::On(index, call, u128::from(dice.chance(1))))
    }

    fn function(act: &Act) -> &'static str {
        act.function()
    }

    fn calls(&self, caller: Who, act: &Act) -> (Vec<Sent>, usize) {
        let facts = &*self.facts;
        let (index, call, value) = match act {
            Act::On(index, call, value) => (*index, call, *value),
            Act::Lease(act) => return self.beside.calls(caller, act),
            Act::Aside(act) => return (vec![act.sent(facts, caller)], 0),
        };
        let standing = &self.mandates[index];
        let mut arguments = vec![self.argument(standing)];
        match call {
            Call::AuthoriseFor(signature) => {
                arguments.push(Value::bytes(&signature.bytes(facts, standing.id)));
            }
            Call::Collect(lease) => arguments.push(self.beside.argument(*lease)),
            Call::Authorise | Call::Cancel => {}
        }
        let input = facts.calldata(call.function(), &arguments);
        let sent = Sent { from: caller, to: Who::CONTRACT, input, value };
        match call {
            Call::AuthoriseFor(signature) => signature.around(facts, standing.id, sent),
            _ => (vec![sent], 0),
        }
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        match act {
            Act::On(index, call, value) => {
                let argument = &self.argument(&self.mandates[*index]);
                let (books, beside) = (&mut self.books, &mut self.beside);
                let scene = Scene { books, beside, caller, value: *value, argument };
                self.mandates[*index].act(call, scene)
            }
            Act::Lease(act) => self.beside.apply(&mut self.books, caller, act),
            Act::Aside(act) => act.apply(&mut self.books, caller),
        }
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let facts = &*self.facts;
        let mut views = Vec::new();
        for (index, standing) in self.mandates.iter().enumerate() {
            if !touched.is_none_or(|act| matches!(act, Act::On(on, ..) if *on == index)) {
                continue;
            }
            let mandate = [self.argument(standing)];
            let status = standing.status(self.books.now);
            let stands = status == Status::Authorised;
            let deadline = if stands { standing.mandate.expires_at } else { 0 };
            views.push(view(facts, "statusOf", &mandate, &[(status as u8).into()]));
            views.push(view(facts, "deadlineOf", &mandate, &[deadline.into()]));
            let progress =
                [(standing.stage as u8).into(), standing.instalments.into(), standing.drawn.into()];
            views.push(view(facts, "progressOf", &mandate, &progress));
            let [mandate] = mandate;
            let arguments = [mandate, self.beside.argument(standing.mandate.lease)];
            let collectable = if stands { standing.collectable(&self.beside) } else { 0 };
            views.push(view(facts, "collectable", &arguments, &[collectable.into()]));
        }
        views
    }

    fn books(&self) -> &Books {
        &self.books
    }

    fn broken(&self, before: &Self, _: Who, act: &Act) -> Option<String> {
        if ASSETS
            .iter()
            .filter_map(|it| it.asset())
            .any(|it| self.books.liabilities[it] > U256::ZERO)
        {
            return Some("I-9".to_owned());
        }
        let Act::On(index, ..) = act else { return None };
        self.broken_at(*index, before).map(str::to_owned)
    }

    fn is_over(&self) -> bool {
        self.mandates.iter().all(|it| self.books.now >= it.mandate.expires_at)
    }

    fn statuses(&self) -> Vec<&'static str> {
        self.mandates.iter().map(|it| it.status(self.books.now).name()).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        None
    }
}

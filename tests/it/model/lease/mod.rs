//! The lease: several of them in one contract.

mod account;
mod act;
mod beside;
mod calendar;
mod deposit;
mod draw;
mod figures;
mod ruled;
mod schedule;
mod state;
mod terms;

use std::sync::Arc;

use alloy_primitives::{B256, U256};

use super::{
    abi::{Fault, Value, fault, word},
    books::Books,
    cast::{ASSETS, Who},
    dice::Dice,
    facts::Facts,
    harness::{Model, Sent, View, ledger_views, listed, view},
    world::START,
};
use act::{Act, Call};
pub(super) use beside::{Beside, Draft, LeaseAct, LeaseCall};
use schedule::Schedule;
use state::{Lease, Scene, Status};
use terms::Terms;

/// What is handed in where a hash is asked for.
const HASH: B256 = B256::repeat_byte(7);

/// A lease contract with its leases.
#[derive(Clone, Debug)]
pub(super) struct Leases {
    facts: Arc<Facts>,
    books: Books,
    leases: Vec<Lease>,
}

/// Errors that no script can bring about.
const UNSEEN: &[&str] = &[
    // Only views revert with it.
    "Lease_UnknownInstalment",
];

/// The first end of a time that 40 bits cannot hold.
const NEVER: u64 = 1 << 40;

impl Lease {
    /// A lease that is not on record.
    fn fresh(facts: &Facts, terms: Terms) -> Self {
        let id = terms.id(facts);
        let mut flaw = terms.check().err();
        let mut schedule = Schedule::default();
        if flaw.is_none() && terms.start < NEVER - 1 {
            schedule = Schedule::new(&terms);
            flaw = schedule.flaw(&terms);
        }
        if terms.start == NEVER - 1 && flaw.is_none() {
            flaw = Some(fault!("Lease_InvalidTerms", "start"));
        }
        Self::new(Arc::new(terms), Arc::new(schedule), flaw, id)
    }
}

impl Lease {
    /// The terms and instalments in words.
    fn told(&self) -> String {
        let Schedule { dues, amounts, .. } = &*self.schedule;
        let instalments = dues.iter().zip(amounts);
        let instalments: Vec<String> = instalments
            .map(|(due, amount)| format!("{amount} at +{}", due.wrapping_sub(START)))
            .collect();
        format!("{}\n      instalments {instalments:?}", self.terms)
    }
}

impl Schedule {
    /// What is wrong with terms in view of their schedule.
    fn flaw(&self, terms: &Terms) -> Option<Fault> {
        let parts_fit = usize::from(terms.deposit_parts) <= self.count();
        let year = |from: u64, to: u64, periods: u16| {
            if terms.period_seconds == 0 { periods >= 12 } else { to - from >= 365 * 86_400 }
        };
        let last = usize::from(terms.periods) + usize::from(terms.holdover);
        let mut before = 0;
        let mut rises = terms.steps.len() <= 30;
        for (period, rent) in &terms.steps {
            let inside = usize::from(*period) < last && *period > before && *rent > 0;
            rises &= inside
                && year(
                    self.boundaries[usize::from(before)],
                    self.boundaries[usize::from(*period)],
                    period - before,
                );
            if !rises {
                break;
            }
            before = *period;
        }
        let demands =
            [(self.end() < NEVER, "periods"), (parts_fit, "depositParts"), (rises, "steps")];
        let flaw = demands.into_iter().find(|(holds, _)| !holds);
        flaw.map(|(_, member)| fault!("Lease_InvalidTerms", member))
    }
}

impl Leases {
    /// Leases with these terms.
    fn of(facts: &Arc<Facts>, terms: Vec<Terms>) -> Self {
        let leases = terms.into_iter().map(|terms| Lease::fresh(facts, terms));
        Self { facts: Arc::clone(facts), books: Books::new(), leases: leases.collect() }
    }

    /// The assets that the leases are in.
    fn assets(&self) -> Vec<Who> {
        let mut assets: Vec<Who> = self.leases.iter().map(|it| it.terms.asset).collect();
        assets.dedup();
        assets
    }

    /// What somebody has, may withdraw, and gets of all deposits if nobody does anything any more.
    fn wealth(&self, asset: Who, who: Who) -> U256 {
        let claims = self
            .leases
            .iter()
            .filter(|it| it.terms.asset == asset)
            .fold(U256::ZERO, |sum, it| sum + U256::from(it.claim_of(who)));
        self.books.balance(asset, who) + self.books.credit_of(asset, who) + claims
    }

    fn lease_views(&self, lease: &Lease, in_full: bool, views: &mut Vec<View>) {
        let now = self.books.now;
        let facts = &*self.facts;
        let terms = lease.terms.argument(facts);
        let mut look = |name: &str, argument: Option<Value>, answer: &[Value]| {
            let mut arguments = vec![terms.clone()];
            arguments.extend(argument);
            views.push(view(facts, name, &arguments, answer));
        };
        look("statusOf", None, &[(lease.status(now) as u8).into()]);
        look("deadlineOf", None, &[lease.deadline().into()]);
        look("endOf", None, &[lease.end().into()]);
        look("landlordOf", None, &[lease.landlord.into()]);
        look("successorOf", None, &[lease.offered.into()]);
        for who in [lease.landlord, lease.terms.tenant, Who::STRANGER] {
            look("claimOf", Some(who.into()), &[lease.claim_of(who).into()]);
        }
        let account = lease.account(now);
        let figures = [
            account.due.into(),
            account.rent_due.into(),
            account.rent_paid.into(),
            account.assessed.into(),
            account.late.into(),
            account.unpaid.into(),
            account.fees_due.into(),
            account.fees_paid.into(),
        ];
        if lease.flaw.is_none() {
            // How many were looked at for a fee is the contract's business: it skips those that are paid in grace.
            let stated = view(facts, "accountOf", std::slice::from_ref(&terms), &figures);
            views.push(View { unspoken: &[3], ..stated });
            let mut look = |name: &str, argument: Option<Value>, answer: &[Value]| {
                let mut arguments = vec![terms.clone()];
                arguments.extend(argument);
                views.push(view(facts, name, &arguments, answer));
            };
            look("arrears", None, &[lease.arrears(now).into()]);
            look("payableNow", None, &[lease.payable(now).into()]);
            let (due, paid) = lease.deposit(now);
            look("depositOf", None, &[due.into(), paid.into()]);
            look("daysLate", Some(0_u64.into()), &[lease.days_late(0, now).into()]);
            // What follows from the terms alone is the same at every step.
            let schedule = &lease.schedule;
            let mut looked = Vec::new();
            if in_full {
                look("instalments", None, &[schedule.count().into()]);
                looked.extend([0, account.due, schedule.count()]);
            }
            for k in looked {
                let due = schedule.dues.get(k).copied().unwrap_or_else(|| schedule.end());
                let amount = schedule.amounts.get(k).copied().unwrap_or_default();
                look("instalmentOf", Some(k.into()), &[due.into(), amount.into()]);
            }
        }
        let mut look = |name: &str, argument: Option<Value>, answer: &[Value]| {
            let mut arguments = vec![terms.clone()];
            arguments.extend(argument);
            views.push(view(facts, name, &arguments, answer));
        };
        for out in [0_u8, 1] {
            let [landlord, tenant] = lease.reports[usize::from(out)].map(Value::from);
            look("reportsOf", Some(out.into()), &[landlord, tenant]);
        }
        self.endings(lease, views);
        views.push(View { unspoken: &[6, 11], ..self.stored(lease, terms) });
    }

    /// What is stored. How much was written down of what the clock brings is the contract's business.
    fn stored(&self, lease: &Lease, terms: Value) -> View {
        let stored = [
            (lease.stage as u8).into(),
            lease.landlord_signed.into(),
            lease.tenant_signed.into(),
            lease.succeeded.into(),
            lease.unchanged.into(),
            u8::try_from(lease.parts).expect("there are few").into(),
            0_u64.into(),
            lease.ends_at.into(),
            lease.cure_by.into(),
            lease.since.into(),
            lease.rent_paid().into(),
            0_u64.into(),
            lease.fees_paid.into(),
            Value::from(lease.claimed),
        ];
        view(&self.facts, "agreementOf", &[terms], &stored)
    }

    /// The ends that notice and break would bring.
    fn endings(&self, lease: &Lease, views: &mut Vec<View>) {
        let facts = &*self.facts;
        let now = self.books.now;
        let status = lease.status(now);
        if !matches!(status, Status::Active | Status::InDefault) {
            return;
        }
        for who in [lease.landlord, lease.terms.tenant] {
            let terms = lease.terms.argument(facts);
            let (notice, early) = (lease.notice_length(who), lease.break_length(who));
            // An end that is not sooner has no effect; how late it would be is not said.
            let sooner = |end: u64| end < lease.ends_at;
            let end = lease.notice_end(notice, lease.terms.min_periods, now).1;
            if notice == 0 || sooner(end) {
                let end = if notice == 0 { 0 } else { end };
                views.push(view(facts, "noticeOf", &[terms.clone(), who.into()], &[end.into()]));
            }
            let (periods, end) = lease.notice_end(early, lease.terms.break_from, now);
            if status == Status::Active && (early == 0 || sooner(end)) {
                let (end, fee) = if early == 0 { (0, 0) } else { (end, lease.break_fee(periods)) };
                views.push(view(facts, "breakOf", &[terms, who.into()], &[end.into(), fee.into()]));
            }
        }
    }

    /// The first invariant that a lease does not keep.
    fn broken_at(&self, index: usize, before: &Self, actor: Who) -> Option<&'static str> {
        let (now, then) = (&self.leases[index], &before.leases[index]);
        if now.came != now.went + now.held {
            return Some("I-1");
        }
        let over = then.stage == Status::Closed;
        if over && (now.stage, now.held, now.since) != (then.stage, then.held, then.since) {
            return Some("I-4");
        }
        let clock = self.books.now;
        let runs = matches!(then.status(clock), Status::Active | Status::InDefault);
        if runs && now.held < then.held {
            return Some("L-1");
        }
        if now.end() > now.schedule.end().max(then.end()) {
            return Some("L-7");
        }
        if now.account(clock).fees_due > now.terms.late_fee_cap {
            return Some("L-5");
        }
        let parties = [then.landlord, now.landlord, now.terms.tenant];
        let named = |who: Who| parties.contains(&who) || who == now.terms.arbiter;
        let asset = now.terms.asset;
        asset.asset()?;
        for who in Who::all().filter(|who| *who != Who::CONTRACT && *who != Who::NOBODY) {
            let (had, has) = (before.wealth(asset, who), self.wealth(asset, who));
            if has > had && !named(who) {
                return Some("I-7");
            }
            // A token that burns a share of each transfer takes that away, not the contract.
            if has < had && who != actor && !named(actor) && asset != Who::TAXED {
                return Some("I-10");
            }
        }
        None
    }

    fn liabilities_add_up(&self) -> bool {
        ASSETS.iter().all(|asset| {
            let held = self
                .leases
                .iter()
                .filter(|it| it.terms.asset == *asset)
                .map(|it| {
                    U256::from(it.claim_of(it.landlord)) + U256::from(it.claim_of(it.terms.tenant))
                })
                .fold(U256::ZERO, |sum, claim| sum + claim);
            let credits =
                Who::all().fold(U256::ZERO, |sum, who| sum + self.books.credit_of(*asset, who));
            self.books.liabilities[asset.asset().expect("it is one")] == held + credits
        })
    }

    fn arguments(&self, lease: &Lease, call: &Call) -> Vec<Value> {
        let hash = Value::from(HASH);
        let mut arguments = vec![lease.terms.argument(&self.facts)];
        match call {
            Call::SignFor(party, signature) => {
                let bytes = signature.bytes(&self.facts, lease.id);
                arguments.extend([(*party).into(), Value::bytes(&bytes)]);
            }
            Call::Claim(amount) => arguments.extend([(*amount).into(), hash]),
            Call::Pay(amount) | Call::ReduceClaim(amount) | Call::Rule(amount) => {
                arguments.push((*amount).into());
            }
            Call::AttestEnd(end) => arguments.extend([(*end).into(), hash]),
            Call::ServeNotice => arguments.extend([hash.clone(), hash]),
            Call::OfferSuccession(who) => arguments.push((*who).into()),
            Call::RecordInspection(out, report) => {
                arguments.extend([(*out).into(), (*report).into()]);
            }
            Call::ClaimItems(items) => {
                arguments.push(Value::Tail(itemised(items)));
            }
            Call::ObjectToClaim => arguments.push(hash),
            Call::Sign
            | Call::PayDeposit
            | Call::Cancel
            | Call::PayDue
            | Call::GiveNotice
            | Call::Break
            | Call::DeclareDefault
            | Call::AcceptSuccession
            | Call::AcceptClaim
            | Call::Settle => {}
        }
        arguments
    }
}

/// A list of deductions with these amounts, as an argument.
fn itemised(items: &[u128]) -> Vec<u8> {
    let mut list = word(items.len() as u128).to_vec();
    for (index, item) in items.iter().enumerate() {
        list.extend([word(index as u128 % 6), word(*item), HASH.0].concat());
    }
    list
}

impl Model for Leases {
    type Act = Act;

    const CONTRACT: &'static str = "Lease";
    const DOMAIN: &'static str = "Covenant Lease";
    /// One for each lease.
    const CLOSING_STEPS: usize = 2;
    const STATUSES: &'static [&'static str] =
        &["None", "Draft", "Active", "InDefault", "Ended", "Claimed", "Disputed", "Closed"];
    const UNSEEN: &'static [&'static str] = UNSEEN;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let first = Terms::random(dice);
        let second = if dice.chance(30) {
            Terms { salt: !first.salt, ..first.clone() }
        } else {
            Terms::random(dice)
        };
        let count = if dice.chance(35) { 2 } else { 1 };
        Self::of(facts, [first, second].into_iter().take(count).collect())
    }

    fn terms(&self) -> String {
        listed(self.leases.iter().map(Lease::told))
    }

    fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    fn set_now(&mut self, now: u64) {
        self.books.turn(now);
    }

    fn moments(&self) -> Vec<u64> {
        let now = self.books.now;
        let mut moments = Vec::new();
        for lease in &self.leases {
            let Terms { sign_by, grace, service_delay, .. } = *lease.terms;
            moments.extend([sign_by, lease.end(), lease.cure_by, lease.deadline()]);
            if lease.stage == Status::Active {
                let next = lease.schedule.dues.iter().filter(|due| **due + grace >= now).take(2);
                moments.extend(next.flat_map(|due| [*due, due + grace]));
                let boundary = lease.schedule.boundaries.iter().find(|it| **it >= now);
                moments.extend(boundary.map(|it| it.saturating_sub(service_delay)));
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
            Act::Aside(act) => return (vec![act.sent(facts, caller)], 0),
        };
        let lease = &self.leases[index];
        let input = facts.calldata(call.function(), &self.arguments(lease, call));
        let sent = Sent { from: caller, to: Who::CONTRACT, input, value };
        match call {
            Call::SignFor(_, signature) => signature.around(facts, lease.id, sent),
            _ => (vec![sent], 0),
        }
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        let (index, call, value) = match act {
            Act::On(index, call, value) => (*index, call, *value),
            Act::Aside(act) => return act.apply(&mut self.books, caller),
        };
        let lease = &mut self.leases[index];
        let terms = &lease.terms.argument(&self.facts);
        let scene = Scene { books: &mut self.books, caller, value, terms };
        let returns_id = lease.act(call, scene)?;
        Ok(if returns_id { vec![lease.id.into()] } else { Vec::new() })
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let mut views = Vec::new();
        for (index, lease) in self.leases.iter().enumerate() {
            if touched.is_none_or(|act| matches!(act, Act::On(on, ..) if *on == index)) {
                self.lease_views(lease, touched.is_none(), &mut views);
            }
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
        let Act::On(index, call, _) = act else { return None };
        // Who hands in a signature acts for the signer.
        let actor = if let Call::SignFor(party, _) = call { *party } else { caller };
        self.broken_at(*index, before, actor).map(str::to_owned)
    }

    fn is_over(&self) -> bool {
        self.leases.iter().all(|it| it.stage == Status::Closed) && self.books.any_credit().is_none()
    }

    fn statuses(&self) -> Vec<&'static str> {
        self.leases.iter().map(|it| it.status(self.books.now).name()).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        let open = |it: &Lease| it.deadline() > 0;
        let index = self.leases.iter().position(open)?;
        let at = self.leases[index].deadline().max(self.books.now);
        Some((at, Act::On(index, Call::Settle, 0)))
    }
}

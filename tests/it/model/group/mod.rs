//! Several tenants of one lease: groups in one contract, beside the leases of which their agents are tenants.

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
    lease::{Beside, Draft},
};
use act::{Act, Call, Matter};
use state::{Group, Scene, Status};
use terms::Terms;

/// The contract with its groups, and the leases: of each group the one with the same number.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    facts: Arc<Facts>,
    books: Books,
    beside: Beside,
    groups: Vec<Group>,
}

/// Errors that no script can bring about.
const UNSEEN: &[&str] = &[
    super::UNSEEN[0],
    super::UNSEEN[1],
    super::UNSEEN[2],
    super::UNSEEN[3],
    super::UNSEEN[4],
    // When it is deployed, or an agent is.
    "Extension_NoCode",
    "FailedDeployment",
    "InsufficientBalance",
    // It takes a token that lets the lease have another amount and tells it otherwise.
    "Extension_BadDelta",
];

impl Groups {
    /// The assets that the leases are in.
    fn assets(&self) -> Vec<Who> {
        let mut assets: Vec<Who> = self.groups.iter().map(|it| it.terms.asset).collect();
        assets.dedup();
        assets
    }

    fn group_views(&self, group: &Group, in_full: bool, views: &mut Vec<View>) {
        let facts = &*self.facts;
        let terms = group.terms.argument(facts);
        let mut look = |name: &str, more: &[Value], answer: &[Value]| {
            let arguments = [std::slice::from_ref(&terms), more].concat();
            views.push(view(facts, name, &arguments, answer));
        };
        look("statusOf", &[], &[(group.status(self.books.now) as u8).into()]);
        look("deadlineOf", &[], &[group.deadline().into()]);
        if in_full {
            look("agentOf", &[], &[group.agent.into()]);
        }
        if group.stage == Status::None {
            // Of a group whose terms are not acceptable the parts mean nothing.
            return;
        }
        let bits =
            group.contributed.iter().rev().fold(0_u64, |bits, it| bits << 1 | u64::from(*it));
        let all: u128 = group.paid.iter().sum();
        let stored = [(group.stage as u8).into(), bits.into(), all.into(), group.lease.into()];
        look("groupOf", &[], &stored);
        let shares = group.shares();
        for (index, member) in group.terms.members.iter().enumerate().take(5) {
            let at = [Value::from(index)];
            let account = [group.paid[index].into(), group.owed[index].into()];
            look("accountOf", &at, &account);
            if !in_full {
                continue;
            }
            look("contributionOf", &at, &[group.part(index).into()]);
            look("balanceOf", &at, &[difference(group.paid[index], shares[index])]);
            look("claimOf", &[member.account.into()], &[group.claim(index).into()]);
        }
        if !in_full {
            return;
        }
        look("claimOf", &[Who::STRANGER.into()], &[stranger(group).into()]);
        let matters: Vec<Matter> = group.approvals.iter().map(|(matter, _)| *matter).collect();
        for matter in matters.into_iter().chain([(3, U256::ZERO)]) {
            let arguments = [matter.0.into(), matter.1.into()];
            look("approvalsOf", &arguments, &[group.given(matter).into()]);
        }
    }

    fn liabilities_add_up(&self) -> bool {
        ASSETS.iter().all(|asset| {
            let of = |it: &Group| {
                (0..it.owed.len()).fold(U256::ZERO, |sum, at| sum + U256::from(it.claim(at)))
            };
            let claims = self.groups.iter().filter(|it| it.terms.asset == *asset).map(of);
            let credits = Who::all().map(|who| self.books.credit_of(*asset, who));
            let owed = claims.chain(credits).fold(U256::ZERO, |sum, amount| sum + amount);
            self.books.liabilities[asset.asset().expect("it is one")] == owed
        })
    }

    /// The first invariant that a group does not keep.
    fn broken_at(&self, index: usize, call: &Call, before: &Self) -> Option<&'static str> {
        let (now, then) = (&self.groups[index], &before.groups[index]);
        if then.stage == Status::Dissolved && now.stage != Status::Dissolved {
            return Some("I-4");
        }
        let held: u128 = (0..now.owed.len()).map(|at| now.claim(at)).sum();
        if now.came != now.went + held {
            return Some("I-1 or T-7");
        }
        let (paid, shares) = (now.paid.iter().sum::<u128>(), now.shares().iter().sum::<u128>());
        if now.stage != Status::None && paid != shares {
            return Some("T-6");
        }
        if let Call::Pay(lease, amount) = call {
            let owed = before.beside.arrears(*lease);
            if self.beside.arrears(*lease) != owed - owed.min(*amount) {
                return Some("T-1");
            }
        }
        if let Call::PayOut(member) = call {
            let others = (0..now.owed.len()).filter(|at| at != member);
            if others.into_iter().any(|at| now.claim(at) != then.claim(at)) {
                return Some("T-5");
            }
        }
        None
    }
}

/// What a stranger gets, who is a member of a large group.
fn stranger(group: &Group) -> u128 {
    group.terms.number(Who::STRANGER).map_or(0, |member| group.claim(member))
}

/// The difference as a number with a sign.
fn difference(one: u128, other: u128) -> Value {
    Value::from(U256::from(one).wrapping_sub(U256::from(other)))
}

impl Model for Groups {
    type Act = Act;

    const CONTRACT: &'static str = "CoTenants";
    const DOMAIN: &'static str = "Covenant CoTenants";
    /// It takes many steps until a group has signed.
    const STEPS: u64 = 44;
    /// One for each group.
    const CLOSING_STEPS: usize = 2;
    const STATUSES: &'static [&'static str] = &["None", "Forming", "Signed", "Dissolved"];
    const UNSEEN: &'static [&'static str] = UNSEEN;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let count = if dice.chance(20) { 2 } else { 1 };
        let mut drafts: Vec<Draft> = (0..count).map(|_| Draft::random(dice)).collect();
        for draft in &mut drafts {
            draft.postpone();
            if dice.chance(95) {
                draft.deposit_parts = draft.deposit_parts.min(1);
            }
        }
        let all: Vec<Terms> = drafts.iter().map(|it| Terms::random(it, dice)).collect();
        let ids: Vec<B256> = all.iter().map(|terms| terms.id(facts)).collect();
        let facts = facts.with_agents(&ids);
        for (draft, agent) in drafts.iter_mut().zip(Who::AGENTS) {
            if dice.chance(97) {
                draft.tenant = agent;
            }
        }
        let groups = all.into_iter().zip(ids).zip(Who::AGENTS);
        let groups = groups.map(|((terms, id), agent)| Group::new(terms, id, agent)).collect();
        let beside = Beside::of(&facts, drafts);
        Self { facts, books: Books::new(), beside, groups }
    }

    fn terms(&self) -> String {
        let own = listed(self.groups.iter().map(|it| &it.terms));
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
        for group in &self.groups {
            moments.push(group.deadline());
            let limits = group.approvals.iter().filter(|((act, _), _)| *act == act::GIVE_NOTICE);
            moments.extend(limits.filter_map(|((_, limit), _)| u64::try_from(*limit).ok()));
        }
        moments
    }

    fn stays(&self) -> u64 {
        let forms = |it: &Group| it.stage == Status::Forming;
        if self.groups.iter().any(forms) { 94 } else { 70 }
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
            Act::Knock(_, knock) => return (vec![knock.sent(facts, caller)], 0),
            Act::Lease(act) => return self.beside.calls(caller, act),
            Act::Aside(act) => return (vec![act.sent(facts, caller)], 0),
        };
        let mut arguments = vec![self.groups[index].terms.argument(facts)];
        match call {
            Call::Contribute(member) | Call::PayOut(member) => arguments.push((*member).into()),
            Call::Approve((act, limit), approved) => {
                arguments.extend([(*act).into(), (*limit).into(), (*approved).into()]);
            }
            Call::OnLease(lease, call, limit) => {
                arguments.extend(self.beside.arguments(*lease, call));
                arguments.extend(Call::is_limited(call).then(|| Value::from(*limit)));
            }
            Call::Pay(lease, amount) => {
                arguments.extend([self.beside.argument(*lease), (*amount).into()]);
            }
            Call::Reimburse(member, amount) => {
                arguments.extend([(*member).into(), (*amount).into()]);
            }
            Call::Open | Call::TakeBack | Call::Settle | Call::Collect => {}
        }
        let input = facts.calldata(call.function(), &arguments);
        (vec![Sent { from: caller, to: Who::CONTRACT, input, value }], 0)
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        match act {
            Act::On(index, call, value) => {
                let terms = &self.groups[*index].terms.argument(&self.facts);
                let (books, beside) = (&mut self.books, &mut self.beside);
                let scene = Scene { books, beside, caller, value: *value, terms };
                self.groups[*index].act(call, scene)
            }
            Act::Knock(index, knock) => {
                knock.apply(caller, self.groups[*index].stage != Status::None)
            }
            Act::Lease(act) => self.beside.apply(&mut self.books, caller, act),
            Act::Aside(act) => act.apply(&mut self.books, caller),
        }
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let mut views = Vec::new();
        for (index, group) in self.groups.iter().enumerate() {
            if touched.is_none_or(|act| matches!(act, Act::On(on, ..) if *on == index)) {
                self.group_views(group, touched.is_none(), &mut views);
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
        let now = self.books.now;
        let over = |(index, it): (usize, &Group)| {
            let open =
                matches!(it.status(now), Status::None | Status::Forming) && now < it.terms.form_by;
            let held = (0..it.owed.len()).any(|at| it.claim(at) > 0);
            let binds = self.beside.may_begin(index) || self.beside.runs(index);
            !open && !held && (it.stage != Status::Signed || !binds)
        };
        self.groups.iter().enumerate().all(over) && self.books.any_credit().is_none()
    }

    fn statuses(&self) -> Vec<&'static str> {
        self.groups.iter().map(|it| it.status(self.books.now).name()).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        let index = self.groups.iter().position(|it| it.deadline() > 0)?;
        let at = self.groups[index].deadline().max(self.books.now);
        Some((at, Act::On(index, Call::Settle, 0)))
    }
}

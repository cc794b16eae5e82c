//! Rent withheld for repairs: several agreements in one contract, beside the leases of which their agents are landlords.

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
use act::{Act, Call};
use state::{Repair, Scene, Status};
use terms::Terms;

/// The contract with its agreements, and the leases: of each agreement the one with the same number.
#[derive(Clone, Debug)]
pub(super) struct Repairs {
    facts: Arc<Facts>,
    books: Books,
    beside: Beside,
    repairs: Vec<Repair>,
}

/// What is handed in as evidence.
const EVIDENCE: B256 = B256::repeat_byte(7);

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
    // Of other contracts beside the lease.
    "Extension_NotAParty",
    // It takes a token that lets the lease have another amount and tells it otherwise.
    "Extension_BadDelta",
];

impl Repairs {
    /// The assets that the leases are in.
    fn assets(&self) -> Vec<Who> {
        let mut assets: Vec<Who> = self.repairs.iter().map(|it| it.terms.asset).collect();
        assets.dedup();
        assets
    }

    fn repair_views(&self, repair: &Repair, views: &mut Vec<View>) {
        let facts = &*self.facts;
        let terms = repair.terms.argument(facts);
        let mut look = |name: &str, party: Option<Who>, answer: &[Value]| {
            let mut arguments = vec![terms.clone()];
            arguments.extend(party.map(Value::from));
            views.push(view(facts, name, &arguments, answer));
        };
        look("statusOf", None, &[(repair.stage as u8).into()]);
        look("deadlineOf", None, &[repair.deadline().into()]);
        look("agentOf", None, &[repair.agent.into()]);
        let Terms { landlord, tenant, arbiter, .. } = repair.terms;
        if landlord != tenant {
            for who in [landlord, tenant, arbiter, Who::STRANGER] {
                look("claimOf", Some(who), &[repair.claim(who).into()]);
            }
        }
        let stored = [
            (repair.stage as u8).into(),
            repair.since.into(),
            repair.withheld.into(),
            repair.lease.into(),
        ];
        // Since when nothing is open matters to nobody.
        let quiet = repair.stage == Status::Quiet;
        let stated = view(facts, "agreementOf", std::slice::from_ref(&terms), &stored);
        views.push(View { unspoken: if quiet { &[1] } else { &[] }, ..stated });
    }

    fn liabilities_add_up(&self) -> bool {
        ASSETS.iter().all(|asset| {
            let held = self.repairs.iter().filter(|it| it.terms.asset == *asset);
            let held = held.map(|it| U256::from(it.withheld));
            let credits = Who::all().map(|who| self.books.credit_of(*asset, who));
            let owed = held.chain(credits).fold(U256::ZERO, |sum, amount| sum + amount);
            self.books.liabilities[asset.asset().expect("it is one")] == owed
        })
    }

    /// The first invariant that an agreement does not keep.
    fn broken_at(&self, index: usize, call: &Call, before: &Self, caller: Who) -> Option<&str> {
        let (now, then) = (&self.repairs[index], &before.repairs[index]);
        let Terms { landlord, tenant, cap, .. } = now.terms;
        if now.kept != now.divided + now.withheld {
            return Some("I-1");
        }
        if now.claim(landlord) + now.claim(tenant) != now.withheld {
            return Some("I-9");
        }
        if let Call::Pay(lease, amount) = call {
            let owed = before.beside.arrears(*lease);
            if self.beside.arrears(*lease) != owed - owed.min(*amount) {
                return Some("R-1");
            }
        }
        if now.withheld > then.withheld && matches!(then.stage, Status::None | Status::Quiet) {
            return Some("R-2");
        }
        if now.withheld > cap {
            return Some("R-3");
        }
        let fell = now.withheld < then.withheld;
        let alone = caller == landlord && !matches!(call, Call::Settle);
        (fell && alone).then_some("R-4")
    }
}

impl Model for Repairs {
    type Act = Act;

    const CONTRACT: &'static str = "RepairEscrow";
    const DOMAIN: &'static str = "Covenant RepairEscrow";
    /// One for each agreement.
    const CLOSING_STEPS: usize = 2;
    const STATUSES: &'static [&'static str] =
        &["None", "Quiet", "Notified", "Reported", "Disputed"];
    const UNSEEN: &'static [&'static str] = UNSEEN;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let count = if dice.chance(30) { 2 } else { 1 };
        let mut drafts: Vec<Draft> = (0..count).map(|_| Draft::random(dice)).collect();
        let all: Vec<Terms> = drafts.iter().map(|it| Terms::random(it, dice)).collect();
        let ids: Vec<B256> = all.iter().map(|terms| terms.id(facts)).collect();
        let facts = facts.with_agents(&ids);
        for (draft, agent) in drafts.iter_mut().zip(Who::AGENTS) {
            if dice.chance(97) {
                draft.landlord = agent;
            }
        }
        let repairs = all.into_iter().zip(ids).zip(Who::AGENTS);
        let repairs = repairs.map(|((terms, id), agent)| Repair::new(terms, id, agent)).collect();
        let beside = Beside::of(&facts, drafts);
        Self { facts, books: Books::new(), beside, repairs }
    }

    fn terms(&self) -> String {
        let own = listed(self.repairs.iter().map(|it| &it.terms));
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
        self.repairs.iter().map(Repair::deadline).chain(self.beside.moments()).collect()
    }

    fn stays(&self) -> u64 {
        let waits = |index: usize| self.beside.may_begin(index);
        if (0..self.repairs.len()).any(waits) { 88 } else { 70 }
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
        let mut arguments = vec![self.repairs[index].terms.argument(facts)];
        match call {
            Call::OnLease(lease, call) => arguments.extend(self.beside.arguments(*lease, call)),
            Call::Pay(lease, amount) => {
                arguments.extend([self.beside.argument(*lease), (*amount).into()]);
            }
            Call::Forward(lease) => arguments.push(self.beside.argument(*lease)),
            Call::Notify(lease) => {
                arguments.extend([self.beside.argument(*lease), EVIDENCE.into()]);
            }
            Call::Report | Call::Object => arguments.push(EVIDENCE.into()),
            Call::Rule(bps) => arguments.push((*bps).into()),
            Call::Open | Call::Confirm | Call::Settle => {}
        }
        let input = facts.calldata(call.function(), &arguments);
        (vec![Sent { from: caller, to: Who::CONTRACT, input, value }], 0)
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        match act {
            Act::On(index, call, value) => {
                let terms = &self.repairs[*index].terms.argument(&self.facts);
                let (books, beside) = (&mut self.books, &mut self.beside);
                let repair = &mut self.repairs[*index];
                let scene = Scene { books, beside, caller, value: *value, terms };
                let returns_id = repair.act(call, scene)?;
                Ok(if returns_id { vec![repair.id.into()] } else { Vec::new() })
            }
            Act::Knock(index, knock) => {
                knock.apply(caller, self.repairs[*index].stage != Status::None)
            }
            Act::Lease(act) => self.beside.apply(&mut self.books, caller, act),
            Act::Aside(act) => act.apply(&mut self.books, caller),
        }
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let mut views = Vec::new();
        for (index, repair) in self.repairs.iter().enumerate() {
            if touched.is_none_or(|act| matches!(act, Act::On(on, ..) if *on == index)) {
                self.repair_views(repair, &mut views);
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
        if !self.beside.clone().is_solvent(&self.books) {
            return Some("I-2 of the lease".to_owned());
        }
        let Act::On(index, call, _) = act else { return None };
        self.broken_at(*index, call, before, caller).map(str::to_owned)
    }

    /// There can always be another defect, but not without a lease.
    fn is_over(&self) -> bool {
        let over = |(index, it): (usize, &Repair)| {
            it.deadline() == 0 && !self.beside.may_begin(index) && !self.beside.runs(index)
        };
        self.repairs.iter().enumerate().all(over) && self.books.any_credit().is_none()
    }

    fn statuses(&self) -> Vec<&'static str> {
        self.repairs.iter().map(|it| it.stage.name()).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        let index = self.repairs.iter().position(|it| it.deadline() > 0)?;
        let at = self.repairs[index].deadline().max(self.books.now);
        Some((at, Act::On(index, Call::Settle, 0)))
    }
}

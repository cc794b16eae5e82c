//! Milestone plans: several of them in one contract.

mod act;
mod checks;
mod draw;
mod figures;
mod plan;
mod stage;
mod terms;

use std::sync::Arc;

use alloy_primitives::{B256, U256, keccak256};

use super::{
    abi::{Fault, Value},
    books::Books,
    cast::{ASSETS, Who},
    dice::Dice,
    facts::Facts,
    harness::{Model, Sent, View, ledger_views, listed, view},
    signature::Signature,
};
use act::{Act, Amendment, Call, Draft, Settlement};
use plan::{Plan, Scene};
use stage::Status;
use terms::{Head, Terms};

/// The types of what both parties consent to.
const SETTLEMENT: &str = "Settlement(bytes32 id,uint8 milestone,uint16 payeeBps,uint32 round,uint32 nonce,uint40 deadline)";
const AMENDMENT: &str =
    "Amendment(bytes32 id,bytes32 newId,uint8 funded,uint32 round,uint32 nonce,uint40 deadline)";

/// What is handed in as evidence.
const EVIDENCE: B256 = B256::repeat_byte(7);

/// The contract with its plans.
#[derive(Clone, Debug)]
pub(super) struct Plans {
    facts: Arc<Facts>,
    books: Books,
    plans: Vec<Plan>,
    /// What was approved on chain, and by whom.
    approvals: Vec<(Who, Draft)>,
}

impl Plans {
    fn settlement(&self, settlement: &Settlement) -> Vec<u8> {
        let leave = settlement.leave;
        self.facts.encode(&[
            self.plans[settlement.plan].id.into(),
            settlement.milestone.into(),
            settlement.payee_bps.into(),
            leave.round.into(),
            leave.nonce.into(),
            leave.deadline.into(),
        ])
    }

    fn amendment(&self, amendment: &Amendment) -> Vec<u8> {
        let leave = amendment.leave;
        self.facts.encode(&[
            self.plans[amendment.plan].id.into(),
            self.plans[amendment.next].id.into(),
            amendment.funded.into(),
            leave.round.into(),
            leave.nonce.into(),
            leave.deadline.into(),
        ])
    }

    fn digest(&self, draft: &Draft) -> B256 {
        let (kind, words) = match draft {
            Draft::Settlement(it) => (SETTLEMENT, self.settlement(it)),
            Draft::Amendment(it) => (AMENDMENT, self.amendment(it)),
        };
        self.facts.digest(keccak256([keccak256(kind).as_slice(), &words].concat()))
    }

    /// The assets that the plans are in.
    fn assets(&self) -> Vec<Who> {
        let mut assets: Vec<Who> = self.plans.iter().map(|it| it.terms.head.asset).collect();
        assets.dedup();
        assets
    }

    /// What somebody has, may withdraw, and gets of all plans if nobody does anything any more.
    fn wealth(&self, asset: Who, who: Who) -> U256 {
        let claims = self
            .plans
            .iter()
            .filter(|it| it.terms.head.asset == asset)
            .fold(U256::ZERO, |sum, it| sum + U256::from(it.claim(who)));
        self.books.balance(asset, who) + self.books.credit_of(asset, who) + claims
    }

    fn plan_views(&self, plan: &Plan, views: &mut Vec<View>) {
        let facts = &*self.facts;
        let terms = plan.terms.argument(facts);
        let mut look = |name: &str, about: Option<Value>, answer: &[Value]| {
            let mut arguments = vec![terms.clone()];
            arguments.extend(about);
            views.push(view(facts, name, &arguments, answer));
        };
        let status = Value::from(plan.status as u8);
        look("statusOf", None, std::slice::from_ref(&status));
        let stages = plan.marks.iter().rev().fold(0, |word, mark| (word << 4) | mark.stage as u128);
        let stored = [
            status,
            plan.payee_accepted.into(),
            plan.arbiter_accepted.into(),
            plan.funded.into(),
            plan.over().into(),
            plan.round.into(),
            plan.nonce.into(),
            plan.held().into(),
            stages.into(),
        ];
        look("planOf", None, &stored);
        look("deadlineOf", None, &[plan.deadline().into()]);
        for who in plan.named().into_iter().chain([Who::STRANGER]) {
            look("claimOf", Some(who.into()), &[plan.claim(who).into()]);
        }
        for (index, mark) in plan.marks.iter().enumerate().take(5) {
            let funded = index < plan.funded;
            let deadline =
                if funded { plan.silence(index) } else { plan.terms.milestones[index].fund_by };
            look("milestoneOf", Some(index.into()), &[(mark.stage as u8).into(), deadline.into()]);
        }
    }

    /// The first invariant that a plan does not keep.
    fn broken_at(
        &self,
        index: usize,
        call: &Call,
        before: &Self,
        caller: Who,
    ) -> Option<&'static str> {
        let (now, then) = (&self.plans[index], &before.plans[index]);
        if self.plans.iter().any(|it| it.came != it.went + it.held()) {
            return Some("I-1");
        }
        let same = now.status == then.status && now.marks == then.marks && now.round == then.round;
        if then.status.is_final() && !same {
            return Some("I-4");
        }
        if self.moved_another(index, call, before) {
            return Some("M-2");
        }
        if now.deadline() > now.latest_end() {
            return Some("M-8");
        }
        let Head { payer, payee, fee_receiver, asset, .. } = now.terms.head;
        asset.asset()?;
        let named = now.named();
        for who in Who::all().filter(|who| *who != Who::CONTRACT && *who != Who::NOBODY) {
            let (had, has) = (before.wealth(asset, who), self.wealth(asset, who));
            if has > had && !named.contains(&who) {
                return Some("I-7");
            }
            let may_fall = match call {
                // Both consent, or the arbiter has its say.
                Call::Divide(..) | Call::Amend(..) | Call::Rule(..) => named.contains(&who),
                // What silence brings changes, and nothing moves.
                Call::Submit(_) | Call::Dispute(_) => {
                    who == payer || who == payee || who == fee_receiver
                }
                // A fee is part of a release, so there is none without one.
                Call::Refund(_) => who == caller || who == fee_receiver,
                _ => who == caller,
            };
            // A token that burns a share of each transfer takes that away, not the contract.
            if has < had && !may_fall && asset != Who::TAXED {
                return Some("I-10 or M-6");
            }
        }
        None
    }

    /// Whether a call about one milestone changed where another stands.
    fn moved_another(&self, index: usize, call: &Call, before: &Self) -> bool {
        let about = match call {
            Call::Submit(it)
            | Call::Release(it)
            | Call::Refund(it)
            | Call::Dispute(it)
            | Call::Rule(it, _) => *it,
            Call::Divide(settlement, _) => settlement.milestone,
            _ => return false,
        };
        let about = usize::from(about);
        let (now, then) = (&self.plans[index].marks, &before.plans[index].marks);
        now.iter().zip(then).enumerate().any(|(at, (now, then))| at != about && now != then)
    }

    fn liabilities_add_up(&self) -> bool {
        ASSETS.iter().all(|asset| {
            let claims = self
                .plans
                .iter()
                .filter(|it| it.terms.head.asset == *asset)
                .flat_map(|it| it.named().into_iter().map(|who| U256::from(it.claim(who))))
                .fold(U256::ZERO, |sum, claim| sum + claim);
            let credits =
                Who::all().fold(U256::ZERO, |sum, who| sum + self.books.credit_of(*asset, who));
            self.books.liabilities[asset.asset().expect("it is one")] == claims + credits
        })
    }
}

impl Model for Plans {
    type Act = Act;

    const CONTRACT: &'static str = "Milestones";
    const DOMAIN: &'static str = "Covenant Milestones";
    /// Three plans with 32 milestones, each with a deadline of its own, and the end of funding.
    const CLOSING_STEPS: usize = 3 * 33;
    const STATUSES: &'static [&'static str] = &[
        "None",
        "Proposed",
        "Funded",
        "Active",
        "Closed",
        "Cancelled",
        "Amended",
        "milestone Open",
        "milestone Submitted",
        "milestone Disputed",
        "milestone Released",
        "milestone Refunded",
        "milestone Split",
    ];
    const UNSEEN: &'static [&'static str] = super::UNSEEN;

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let first = Terms::random(dice);
        let mut all = vec![first];
        for _ in 0..dice.below(3) {
            // What takes the place of the last, or has nothing to do with it.
            let last = all.last().expect("there is one");
            let next = if last.check().is_ok() && dice.chance(85) {
                last.amended(dice)
            } else {
                Terms::random(dice)
            };
            all.push(next);
        }
        let plans = all.into_iter().map(|terms| {
            let id = terms.id(facts);
            Plan::new(terms, id)
        });
        Self {
            facts: Arc::clone(facts),
            books: Books::new(),
            plans: plans.collect(),
            approvals: Vec::new(),
        }
    }

    fn terms(&self) -> String {
        listed(self.plans.iter().map(|it| &it.terms))
    }

    fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    fn set_now(&mut self, now: u64) {
        self.books.turn(now);
    }

    fn moments(&self) -> Vec<u64> {
        let mut moments = Vec::new();
        for plan in self.plans.iter().filter(|it| !it.status.is_final()) {
            moments.push(plan.terms.head.accept_by);
            if plan.status != Status::Active {
                continue;
            }
            moments.extend(plan.pending_ones().map(|index| plan.silence(index)));
            moments.extend(plan.terms.milestones.get(plan.funded).map(|it| it.fund_by));
        }
        moments.extend(self.approvals.iter().map(|(_, draft)| draft.about().1.deadline));
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
        let plan = &self.plans[index];
        let mut arguments = vec![plan.terms.argument(facts)];
        let mut signed = None;
        match call {
            Call::AcceptFor(party, signature) => {
                let bytes = signature.bytes(facts, plan.id);
                arguments.extend([(*party).into(), Value::bytes(&bytes)]);
                signed = Some((*signature, plan.id));
            }
            Call::Fund(number)
            | Call::Release(number)
            | Call::ReleaseUpTo(number)
            | Call::Refund(number) => arguments.push((*number).into()),
            Call::Submit(number) | Call::Dispute(number) => {
                arguments.extend([(*number).into(), EVIDENCE.into()]);
            }
            Call::Rule(number, bps) => arguments.extend([(*number).into(), (*bps).into()]),
            Call::Divide(_, consents) | Call::Amend(_, _, consents) => {
                let (words, draft) = match call {
                    Call::Divide(it, _) => (self.settlement(it), Draft::Settlement(*it)),
                    Call::Amend(next, it, _) => {
                        arguments.push(self.plans[*next].terms.argument(facts));
                        (self.amendment(it), Draft::Amendment(*it))
                    }
                    _ => unreachable!("one of the two is called"),
                };
                let digest = self.digest(&draft);
                arguments.push(Value::Words(words));
                for signature in [consents.payer, consents.payee] {
                    arguments.push(Value::bytes(&signature.bytes(facts, digest)));
                }
                let by_wallet = if consents.has_the_wallet() { Who::WALLET } else { Who::STRANGER };
                signed = Some((Signature::By(by_wallet), digest));
            }
            Call::Approve(draft) => arguments.push(self.digest(draft).into()),
            Call::Propose | Call::Accept | Call::Cancel | Call::Revoke | Call::Settle => {}
        }
        let input = facts.calldata(call.function(), &arguments);
        let sent = Sent { from: caller, to: Who::CONTRACT, input, value };
        match signed {
            Some((signature, digest)) => signature.around(facts, digest, sent),
            None => (vec![sent], 0),
        }
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        let (index, call, value) = match act {
            Act::On(index, call, value) => (*index, call, *value),
            Act::Aside(act) => return act.apply(&mut self.books, caller),
        };
        let named = match call {
            Call::Divide(it, _) => [self.plans[it.plan].id, B256::ZERO],
            Call::Amend(_, it, _) => [self.plans[it.plan].id, self.plans[it.next].id],
            _ => [B256::ZERO; 2],
        };
        let terms = |plan: usize| self.plans[plan].terms.argument(&self.facts);
        let next = if let Call::Amend(next, ..) = call { *next } else { index };
        let terms = [terms(index), terms(next)];
        let digest = if let Call::Approve(draft) = call { self.digest(draft) } else { B256::ZERO };
        let (books, approvals) = (&mut self.books, &mut self.approvals);
        let mut scene = Scene { books, caller, value, named, approvals, terms, digest };
        if let Call::Amend(next, amendment, consents) = call {
            let mut successor = self.plans[*next].clone();
            self.plans[index].amend(&mut successor, amendment, *consents, &mut scene)?;
            let id = successor.id;
            self.plans[*next] = successor;
            return Ok(vec![id.into()]);
        }
        let plan = &mut self.plans[index];
        let returns_id = plan.act(call, scene)?;
        Ok(if returns_id { vec![plan.id.into()] } else { Vec::new() })
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let mut views = Vec::new();
        for (index, plan) in self.plans.iter().enumerate() {
            let about = |act: &Act| match act {
                Act::On(_, Call::Amend(next, ..), _) if *next == index => true,
                Act::On(on, ..) => *on == index,
                Act::Aside(_) => false,
            };
            if touched.is_none_or(about) {
                self.plan_views(plan, &mut views);
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
        self.broken_at(*index, call, before, caller).map(str::to_owned)
    }

    fn is_over(&self) -> bool {
        let over = |it: &Plan| match it.status {
            Status::None => self.books.now >= it.terms.head.accept_by,
            status => status.is_final(),
        };
        self.plans.iter().all(over) && self.books.any_credit().is_none()
    }

    fn statuses(&self) -> Vec<&'static str> {
        let binding = self.plans.iter().filter(|it| it.status == Status::Active);
        let stages = binding.flat_map(|it| it.marks.iter().map(|mark| mark.stage.name()));
        self.plans.iter().map(|it| it.status.name()).chain(stages).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        let index = self.plans.iter().position(|it| it.deadline() > 0)?;
        let at = self.plans[index].deadline().max(self.books.now);
        Some((at, Act::On(index, Call::Settle, 0)))
    }
}

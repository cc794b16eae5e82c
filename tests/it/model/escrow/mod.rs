//! The escrow: several agreements in one contract.

mod act;
mod beside;
mod draw;
mod figures;
mod ruled;
mod state;
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
    world::START,
};
use act::{Act, Call, Settlement};
pub(super) use beside::{Beside, Draft, EscrowAct, EscrowCall, EscrowStatus};
use state::{Agreement, Scene};
use terms::{Terms, successor_salt};

/// The type of a signed settlement.
const SETTLEMENT: &str =
    "Settlement(bytes32 id,uint16 payeeBps,uint32 round,uint64 nonce,uint40 deadline)";

/// What is handed in as evidence.
const EVIDENCE: B256 = B256::repeat_byte(7);

/// An escrow with its agreements.
#[derive(Clone, Debug)]
pub(super) struct Escrow {
    facts: Arc<Facts>,
    books: Books,
    agreements: Vec<Agreement>,
}

impl Escrow {
    /// A fresh model with random agreements, whose terms are changed so.
    fn shaped(
        facts: &Arc<Facts>,
        dice: &mut Dice,
        mut shape: impl FnMut(Terms, &mut Dice) -> Terms,
    ) -> Self {
        let first = shape(Terms::random(dice), dice);
        let second = if dice.chance(30) {
            Terms { salt: !first.salt, ..first.clone() }
        } else {
            shape(Terms::random(dice), dice)
        };
        let first = Agreement::new(first.clone(), first.id(facts));
        let second = if dice.chance(25) {
            let round = dice.pick(&[0, 0, 0, 1]);
            shape(first.terms.successor(dice, first.id, round), dice)
        } else {
            second
        };
        let second = Agreement::new(second.clone(), second.id(facts));
        let count = if dice.chance(70) { 2 } else { 1 };
        let agreements = [first, second].into_iter().take(count).collect();
        Self { facts: Arc::clone(facts), books: Books::new(), agreements }
    }

    /// The words of a settlement.
    fn settlement(&self, settlement: &Settlement) -> Vec<u8> {
        self.facts.encode(&[
            self.agreements[settlement.agreement].id.into(),
            settlement.payee_bps.into(),
            settlement.round.into(),
            settlement.nonce.into(),
            settlement.deadline.into(),
        ])
    }

    fn settlement_digest(&self, settlement: &Settlement) -> B256 {
        let content = [keccak256(SETTLEMENT).as_slice(), &self.settlement(settlement)].concat();
        self.facts.digest(keccak256(content))
    }

    /// The assets that the agreements are in.
    fn assets(&self) -> Vec<Who> {
        let mut assets: Vec<Who> = self.agreements.iter().map(|it| it.terms.asset).collect();
        assets.dedup();
        assets
    }

    /// What somebody has, may withdraw, and gets of all agreements if nobody does anything any more.
    fn wealth(&self, asset: Who, who: Who) -> U256 {
        let claims = self
            .agreements
            .iter()
            .filter(|it| it.terms.asset == asset)
            .fold(U256::ZERO, |sum, it| sum + U256::from(it.claim(who)));
        self.books.balance(asset, who) + self.books.credit_of(asset, who) + claims
    }

    fn agreement_views(&self, agreement: &Agreement, views: &mut Vec<View>) {
        let facts = &*self.facts;
        let terms = agreement.terms.argument(facts);
        let mut look = |name: &str, party: Option<Who>, answer: &[Value]| {
            let mut arguments = vec![terms.clone()];
            arguments.extend(party.map(Value::from));
            views.push(view(facts, name, &arguments, answer));
        };
        let status = Value::from(agreement.status as u8);
        look("statusOf", None, std::slice::from_ref(&status));
        let paid = u8::from(agreement.payee_paid) | (u8::from(agreement.payer_paid) << 1);
        let stored = [
            status,
            agreement.payee_accepted.into(),
            agreement.arbiter_accepted.into(),
            paid.into(),
            agreement.round.into(),
            agreement.since.into(),
            agreement.held.into(),
        ];
        look("agreementOf", None, &stored);
        look("successorSalt", None, &[successor_salt(agreement.id, agreement.round).into()]);
        look("deadlineOf", None, &[agreement.deadline().into()]);
        for who in agreement.named().into_iter().chain([Who::STRANGER]) {
            look("claimOf", Some(who), &[agreement.claim(who).into()]);
        }
        let Terms { payer, payee, .. } = agreement.terms;
        for (who, stance) in [(payer, agreement.payer_stance), (payee, agreement.payee_stance)] {
            if who == payer && stance != agreement.payer_stance {
                // Terms that name one for both never come into force.
                continue;
            }
            let offer =
                [stance.payee_bps.into(), stance.round.into(), Value::from(stance.deadline)];
            look("offerOf", Some(who), &offer);
            look("settlementNonce", Some(who), &[stance.nonce.into()]);
        }
    }

    /// The first invariant that an agreement does not keep.
    fn broken_at(
        &self,
        index: usize,
        next: Option<usize>,
        before: &Self,
        actor: Who,
    ) -> Option<&'static str> {
        let (now, then) = (&self.agreements[index], &before.agreements[index]);
        if now.came != now.went + now.held {
            return Some("I-1");
        }
        let same = now.status == then.status && now.held == then.held && now.round == then.round;
        if then.status.is_final() && !same {
            return Some("I-4");
        }
        let asset = now.terms.asset;
        asset.asset()?;
        let mut named = now.named();
        // Who is a party only of what follows gets its claim by a novation.
        named.extend(next.iter().flat_map(|next| self.agreements[*next].named()));
        for who in Who::all().filter(|who| *who != Who::CONTRACT && *who != Who::NOBODY) {
            let (had, has) = (before.wealth(asset, who), self.wealth(asset, who));
            if has > had && !named.contains(&who) {
                return Some("I-7");
            }
            // A token that burns a share of each transfer takes that away, not the contract.
            if has < had && who != actor && !named.contains(&actor) && asset != Who::TAXED {
                return Some("I-10");
            }
        }
        None
    }

    fn liabilities_add_up(&self) -> bool {
        ASSETS.iter().all(|asset| {
            let held = self
                .agreements
                .iter()
                .filter(|it| it.terms.asset == *asset)
                .flat_map(|it| it.named().into_iter().map(|who| U256::from(it.claim(who))))
                .fold(U256::ZERO, |sum, claim| sum + claim);
            let credits =
                Who::all().fold(U256::ZERO, |sum, who| sum + self.books.credit_of(*asset, who));
            self.books.liabilities[asset.asset().expect("it is one")] == held + credits
        })
    }
}

impl Model for Escrow {
    type Act = Act;

    const CONTRACT: &'static str = "Escrow";
    const DOMAIN: &'static str = "Covenant Escrow";
    /// Each agreement is submitted or disputed or neither: one call ends it.
    const CLOSING_STEPS: usize = 2;
    const STATUSES: &'static [&'static str] = &[
        "None",
        "Proposed",
        "Funded",
        "Active",
        "Submitted",
        "Disputed",
        "Released",
        "Refunded",
        "Split",
        "Cancelled",
        "Novated",
    ];
    const UNSEEN: &'static [&'static str] = &[];

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        Self::shaped(facts, dice, |terms, _| terms)
    }

    fn terms(&self) -> String {
        listed(self.agreements.iter().map(|it| &it.terms))
    }

    fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    fn set_now(&mut self, now: u64) {
        self.books.turn(now);
    }

    fn moments(&self) -> Vec<u64> {
        let mut moments = Vec::new();
        for agreement in &self.agreements {
            let Terms { accept_by, perform_by, expires_at, .. } = agreement.terms;
            let offers = [agreement.payer_stance.deadline, agreement.payee_stance.deadline];
            moments.extend([accept_by, perform_by, expires_at, agreement.deadline()]);
            moments.extend(offers);
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
        let to_contract = |input, value| Sent { from: caller, to: Who::CONTRACT, input, value };
        let (index, call, value) = match act {
            Act::On(index, call, value) => (*index, call, *value),
            Act::Aside(act) => return (vec![act.sent(facts, caller)], 0),
        };
        let agreement = &self.agreements[index];
        let mut arguments = vec![agreement.terms.argument(facts)];
        let mut signed = None;
        match call {
            Call::AcceptFor(party, signature) => {
                let bytes = signature.bytes(facts, agreement.id);
                arguments.extend([(*party).into(), Value::bytes(&bytes)]);
                signed = Some((*signature, agreement.id));
            }
            Call::AcceptSigned(settlement, signature) => {
                let digest = self.settlement_digest(settlement);
                let bytes = signature.bytes(facts, digest);
                arguments.push(Value::Words(self.settlement(settlement)));
                arguments.push(Value::bytes(&bytes));
                signed = Some((*signature, digest));
            }
            Call::Submit | Call::Dispute => arguments.push(EVIDENCE.into()),
            Call::Release(amount) | Call::Refund(amount) => arguments.push((*amount).into()),
            Call::Rule(bps) | Call::AcceptOffer(bps) => arguments.push((*bps).into()),
            Call::Offer(bps, deadline) => arguments.extend([(*bps).into(), (*deadline).into()]),
            Call::Novate(next) => {
                arguments.push(self.agreements[*next].terms.argument(facts));
            }
            Call::Propose
            | Call::Accept
            | Call::Fund
            | Call::Cancel
            | Call::Revoke
            | Call::Settle => {}
        }
        let call = to_contract(facts.calldata(call.function(), &arguments), value);
        match signed {
            Some((signature, digest)) => signature.around(facts, digest, call),
            None => (vec![call], 0),
        }
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        let (index, call, value) = match act {
            Act::On(index, call, value) => (*index, call, *value),
            Act::Aside(act) => return act.apply(&mut self.books, caller),
        };
        let named = match call {
            Call::AcceptSigned(settlement, _) => self.agreements[settlement.agreement].id,
            _ => B256::ZERO,
        };
        let terms = &self.agreements[index].terms.argument(&self.facts);
        let mut scene = Scene { books: &mut self.books, caller, value, named, terms };
        if let Call::Novate(next) = call {
            let mut successor = self.agreements[*next].clone();
            self.agreements[index].novate(&mut successor, &mut scene)?;
            let id = successor.id;
            self.agreements[*next] = successor;
            return Ok(vec![id.into()]);
        }
        let agreement = &mut self.agreements[index];
        let returns_id = agreement.act(call, scene)?;
        Ok(if returns_id { vec![agreement.id.into()] } else { Vec::new() })
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let mut views = Vec::new();
        for (index, agreement) in self.agreements.iter().enumerate() {
            let about = |act: &Act| match act {
                Act::On(_, Call::Novate(next), _) if *next == index => true,
                Act::On(on, ..) => *on == index,
                _ => false,
            };
            if touched.is_none_or(about) {
                self.agreement_views(agreement, &mut views);
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
        let actor = if let Call::AcceptFor(party, _) = call { *party } else { caller };
        let next = if let Call::Novate(next) = call { Some(*next) } else { None };
        self.broken_at(*index, next, before, actor).map(str::to_owned)
    }

    fn is_over(&self) -> bool {
        self.agreements.iter().all(|it| it.status.is_final()) && self.books.any_credit().is_none()
    }

    fn statuses(&self) -> Vec<&'static str> {
        self.agreements.iter().map(|it| it.status.name()).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        let open = |it: &Agreement| it.deadline() > 0;
        let index = self.agreements.iter().position(open)?;
        let at = self.agreements[index].deadline().max(self.books.now);
        Some((at, Act::On(index, Call::Settle, 0)))
    }
}

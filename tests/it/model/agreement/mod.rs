//! Agreements: several in one contract, and those whom their leaves ask.

mod act;
mod ask;
mod check;
mod decide;
mod draw;
mod encode;
mod invariants;
mod leaf;
mod make;
mod sources;
mod spoil;
mod state;
mod terms;
mod tune;
mod views;

use std::sync::Arc;

use alloy_primitives::{B256, keccak256};

use super::{
    abi::{Fault, Value, event, require},
    books::Books,
    cast::Who,
    dice::Dice,
    facts::Facts,
    harness::{Model, Sent, View, ledger_views, listed},
    signature::Signature,
    world::START,
};
use act::{Act, Attest, Attestation, Call, Reveal, Settlement, Subject};
use check::check;
use encode::{list, numbers, packed};
use sources::Sources;
use state::{Agreement, Consent, Scene, Status};
use terms::{Deed, Terms};

/// The types of what is signed, beside the terms.
const ATTESTATION: &str = "Attestation(bytes32 id,uint8 leaf,bytes32 statement,bool verdict,uint32 round,uint40 validUntil)";
const SETTLEMENT: &str = "Settlement(bytes32 id,uint16[] shares,uint32 executed,uint40 deadline)";

/// Agreements with those whom they ask.
#[derive(Clone, Debug)]
pub(super) struct Agreements {
    facts: Arc<Facts>,
    books: Books,
    sources: Sources,
    agreements: Vec<Agreement>,
    /// The ids of the agreements, and one that is nobody's.
    ids: Vec<B256>,
    /// Whether the terms of each are acceptable.
    sound: Vec<bool>,
    consents: Vec<Consent>,
    /// What the last call did that is worth counting.
    marks: Vec<&'static str>,
}

impl Agreements {
    /// The assets that the agreements are in.
    fn assets(&self) -> Vec<Who> {
        let legs = self.agreements.iter().flat_map(|it| &it.terms().legs);
        // Ether is always looked at: terms may lack legs.
        let mut assets: Vec<Who> = legs.map(|leg| leg.asset).chain([Who::NOBODY]).collect();
        assets.sort_unstable();
        assets.dedup();
        assets
    }

    /// What somebody has said on chain about a subject.
    fn consent(&self, signer: Who, subject: &Subject) -> Option<&Consent> {
        self.consents.iter().find(|it| it.signer == signer && it.subject == *subject)
    }

    /// Says it on chain; what was taken back stays so.
    fn say(
        &mut self,
        signer: Who,
        subject: &Subject,
        is_revoked: bool,
    ) -> Result<Vec<Value>, Fault> {
        let revoked = self.consent(signer, subject).is_some_and(|it| it.is_revoked);
        require!(is_revoked || !revoked, "Agreement_InvalidSignature", signer);
        let digest = self.digest(subject);
        let number = if is_revoked { 2_u64 } else { 1 };
        self.books.events.push(event!("ConsentGiven", signer, digest, number));
        self.consents.retain(|it| it.signer != signer || it.subject != *subject);
        self.consents.push(Consent { signer, subject: subject.clone(), is_revoked });
        Ok(Vec::new())
    }

    /// What is signed to agree to a subject.
    fn digest(&self, subject: &Subject) -> B256 {
        match subject {
            Subject::Agreement(index) => self.ids[*index],
            Subject::Attestation(attestation) => {
                let name = keccak256(ATTESTATION);
                let content = self.facts.encode(&self.attestation(attestation));
                self.facts.digest(keccak256([name.as_slice(), &content].concat()))
            }
            Subject::Settlement(settlement) => {
                let Settlement { agreement, shares, executed, deadline } = settlement;
                self.facts.digest(keccak256(self.facts.encode(&[
                    keccak256(SETTLEMENT).into(),
                    self.ids[*agreement].into(),
                    packed(shares).into(),
                    u64::from(*executed).into(),
                    (*deadline).into(),
                ])))
            }
        }
    }

    /// `IAgreementTypes.Attestation`.
    fn attestation(&self, attestation: &Attestation) -> [Value; 6] {
        let Attestation { agreement, leaf, verdict, round, valid_until } = *attestation;
        let of = self.agreements.get(agreement);
        let statement =
            of.and_then(|it| it.terms().leaves.get(leaf)).map_or(0, |it| it.statement());
        [
            self.ids[agreement].into(),
            leaf.into(),
            statement.into(),
            verdict.into(),
            round.into(),
            valid_until.into(),
        ]
    }

    /// `IAgreementTypes.Settlement`.
    fn settlement(&self, settlement: &Settlement) -> Value {
        let Settlement { agreement, shares, executed, deadline } = settlement;
        Value::Tail(self.facts.encode(&[
            self.ids[*agreement].into(),
            numbers(shares),
            u64::from(*executed).into(),
            (*deadline).into(),
        ]))
    }

    /// `IAgreementTypes.Reveal`.
    fn reveal(&self, agreement: &Agreement, reveal: &Reveal) -> Value {
        let facts = &*self.facts;
        let Deed { terms, deal_hash, leaf_hashes, clauses_hash, .. } = &*agreement.deed;
        let Reveal { index, leaf, is_touched, is_of_others } = *reveal;
        let hashes: Vec<Value> = leaf_hashes.iter().map(|hash| (*hash).into()).collect();
        let mut leaf = terms.leaves[leaf].clone();
        leaf.opens_at += u64::from(is_touched);
        Value::Tail(facts.encode(&[
            (if is_of_others { !*deal_hash } else { *deal_hash }).into(),
            (*clauses_hash).into(),
            list(facts, &hashes),
            index.into(),
            leaf.argument(facts),
        ]))
    }

    /// The arguments of a call, and what is signed for it.
    fn arguments<'a>(
        &self,
        agreement: &Agreement,
        call: &'a Call,
    ) -> (Vec<Value>, Option<(&'a Subject, Vec<Signature>)>) {
        let facts = &*self.facts;
        let mut arguments = vec![agreement.deed.argument.clone()];
        let bytes = |signature: &Signature, said: &Subject| {
            Value::bytes(&signature.bytes(facts, self.digest(said)))
        };
        match call {
            Call::Accept | Call::Cancel | Call::Settle => {}
            Call::AcceptFor(party, signature, said) => {
                arguments.extend([(*party).into(), bytes(signature, said)]);
                return (arguments, Some((said, vec![*signature])));
            }
            Call::Fund(leg, amount) => arguments.extend([(*leg).into(), (*amount).into()]),
            Call::Record(reveal, witness) => {
                let witness = Value::bytes(&witness.bytes(&self.sources));
                arguments = vec![self.reveal(agreement, reveal), witness];
            }
            Call::Attest(reveal, Attest { verdict, valid_until, votes, said }) => {
                let votes_of: Vec<Value> = votes
                    .iter()
                    .map(|(signer, signature)| {
                        Value::Tail(facts.encode(&[(*signer).into(), bytes(signature, said)]))
                    })
                    .collect();
                arguments = vec![
                    self.reveal(agreement, reveal),
                    (*verdict).into(),
                    (*valid_until).into(),
                    list(facts, &votes_of),
                ];
                let signatures = votes.iter().map(|(_, signature)| *signature).collect();
                return (arguments, Some((said, signatures)));
            }
            Call::Rule(matter, choice) => arguments.extend([(*matter).into(), (*choice).into()]),
            Call::Award(leaf, shares) => arguments.extend([(*leaf).into(), numbers(shares)]),
            Call::Execute(clause) => arguments.push((*clause).into()),
            Call::SettleByConsent(settlement, signatures, said) => {
                let all: Vec<Value> = signatures.iter().map(|it| bytes(it, said)).collect();
                arguments.extend([self.settlement(settlement), list(facts, &all)]);
                return (arguments, Some((said, signatures.clone())));
            }
        }
        (arguments, None)
    }
}

impl Model for Agreements {
    type Act = Act;

    const CONTRACT: &'static str = "Agreement";
    const DOMAIN: &'static str = "Covenant Agreement";
    /// Silence ends each with one call.
    const CLOSING_STEPS: usize = 2;
    /// The states, the actions that are done, and the ways in which leaves are decided.
    const STATUSES: &'static [&'static str] = &[
        "None",
        "Proposed",
        "Active",
        "Closed",
        "Cancelled",
        "Release",
        "Refund",
        "Split",
        "Award",
        "Transition",
        "Attest",
        "Paid",
        "Signed",
        "Signed: not so",
        "Attested",
        "Attested: not so",
        "Ruled",
        "Ruled: not so",
        "Awarded",
        "Oracle",
        "View",
        "Eas",
        "Custom",
        "Custom: not so",
        "more payouts than are pushed",
    ];
    const UNSEEN: &'static [&'static str] = &[];

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let count = if dice.chance(35) { 2 } else { 1 };
        let mut agreements: Vec<Agreement> = Vec::new();
        for number in 0..count {
            // Often the same but for the salt: what is signed for one is worth nothing for the other.
            let same = agreements.first().filter(|_| dice.chance(40));
            let terms = if let Some(first) = same {
                Terms { salt: dice.next(), ..first.terms().clone() }
            } else {
                let mut terms = Terms::random(dice, facts);
                if dice.chance(8) {
                    terms.spoil(dice);
                }
                terms
            };
            agreements.push(Agreement::new(Deed::new(terms, facts), number));
        }
        let mut ids: Vec<B256> = agreements.iter().map(|it| it.deed.id).collect();
        ids.push(B256::repeat_byte(3));
        let sound = agreements.iter().map(|it| check(it.terms(), facts).is_ok()).collect();
        Self {
            facts: Arc::clone(facts),
            books: Books::new(),
            sources: Sources::default(),
            agreements,
            ids,
            sound,
            consents: Vec::new(),
            marks: Vec::new(),
        }
    }

    fn terms(&self) -> String {
        listed(self.agreements.iter().map(Agreement::terms))
    }

    fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    fn set_now(&mut self, now: u64) {
        self.books.turn(now);
        self.marks.clear();
    }

    fn moments(&self) -> Vec<u64> {
        let mut moments = Vec::new();
        for agreement in &self.agreements {
            let Terms { fund_by, ends_at, leaves, salt, .. } = agreement.terms();
            // In most scripts nobody waits for what silence brings: there is more to be seen before.
            let waits = salt % 3 == 0;
            let binds = agreement.status == Status::Active;
            if binds || waits {
                moments.extend(leaves.iter().flat_map(|leaf| [leaf.opens_at, leaf.closes_at]));
            }
            if waits {
                moments.extend([*fund_by, *ends_at]);
            }
        }
        for consent in &self.consents {
            match &consent.subject {
                Subject::Agreement(_) => {}
                Subject::Attestation(it) => moments.push(it.valid_until),
                Subject::Settlement(it) => moments.push(it.deadline),
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
        let to_contract = |function: &str, arguments: &[Value], value: u128| {
            let input = facts.calldata(function, arguments);
            Sent { from: caller, to: Who::CONTRACT, input, value }
        };
        let (index, call, value) = match act {
            Act::On(index, call, value) => (*index, call, *value),
            Act::Approve(subject, value) | Act::Revoke(subject, value) => {
                let digest = self.digest(subject);
                return (vec![to_contract(act.function(), &[digest.into()], *value)], 0);
            }
            Act::Aside(act) => return (vec![act.sent(facts, caller)], 0),
            Act::Turn(turn) => return (vec![self.sources.sent(turn, caller, facts)], 0),
        };
        let (arguments, signed) = self.arguments(&self.agreements[index], call);
        let sent = to_contract(call.function(), &arguments, value);
        match signed {
            Some((said, signatures)) if signatures.contains(&Signature::By(Who::WALLET)) => {
                Signature::By(Who::WALLET).around(facts, self.digest(said), sent)
            }
            _ => (vec![sent], 0),
        }
    }

    fn apply(&mut self, caller: Who, act: &Act) -> Result<Vec<Value>, Fault> {
        let (index, call, value) = match act {
            Act::On(index, call, value) => (*index, call, *value),
            Act::Approve(_, 1..) | Act::Revoke(_, 1..) => return Err(Fault::SILENT),
            Act::Approve(subject, 0) => return self.say(caller, subject, false),
            Act::Revoke(subject, 0) => return self.say(caller, subject, true),
            Act::Aside(act) => return act.apply(&mut self.books, caller),
            Act::Turn(turn) => {
                return self.sources.apply(turn, caller, self.books.now, &self.facts);
            }
        };
        let mut scene = Scene {
            facts: &self.facts,
            books: &mut self.books,
            sources: &self.sources,
            consents: &self.consents,
            ids: &self.ids,
            caller,
            value,
            marks: &mut self.marks,
        };
        let agreement = &mut self.agreements[index];
        let returns_id = agreement.act(call, &mut scene)?;
        Ok(if returns_id { vec![agreement.deed.id.into()] } else { Vec::new() })
    }

    fn views(&self, touched: Option<&Act>) -> Vec<View> {
        let mut views = Vec::new();
        for agreement in &self.agreements {
            let about = |act: &Act| matches!(act, Act::On(on, ..) if *on == agreement.number);
            if touched.is_none_or(about) {
                self.agreement_views(agreement, touched.is_none(), &mut views);
            }
        }
        if !matches!(touched, Some(Act::On(..) | Act::Aside(_))) {
            self.consent_views(&mut views);
        }
        ledger_views(&self.facts, &self.books, &self.assets(), &mut views);
        views
    }

    fn is_over(&self) -> bool {
        self.agreements.iter().all(|it| it.status.is_final()) && self.books.any_credit().is_none()
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
        let actor = if let Call::AcceptFor(party, ..) = call { *party } else { caller };
        self.broken_at(*index, before, call, actor).map(str::to_owned)
    }

    fn statuses(&self) -> Vec<&'static str> {
        let states = self.agreements.iter().map(|it| it.status.name());
        states.chain(self.marks.iter().copied()).collect()
    }

    fn closing(&self) -> Option<(u64, Act)> {
        let open = |it: &Agreement| it.deadline() > 0;
        let index = self.agreements.iter().position(open)?;
        let at = self.agreements[index].deadline().max(self.books.now);
        Some((at, Act::On(index, Call::Settle, 0)))
    }
}

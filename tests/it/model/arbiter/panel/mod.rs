//! Several people as one arbiter, and others after them: several panels in one contract, beside the contract that holds the
//! agreements.

mod act;
mod draw;
mod state;
mod terms;

use std::sync::Arc;

use alloy_primitives::{B256, Bytes, U256, keccak256};

use super::{
    super::{
        abi::{Fault, Value, fault},
        beside::Beside,
        books::Books,
        cast::{ASSETS, Who},
        dice::Dice,
        facts::Facts,
        harness::{Model, Sent, View, ledger_views, listed, view},
    },
    consent::Consent,
    holder::Holder,
};
use act::{Act, Ballot, Call};
use state::{Appointment, Status};
use terms::Terms;

/// A contract with its panels, and the agreements.
#[derive(Clone, Debug)]
pub(in super::super) struct Panel<H> {
    facts: Arc<Facts>,
    books: Books,
    holder: Beside<H>,
    consent: Consent,
    panels: Vec<Appointment>,
}

/// The type of a signed vote.
const VOTE: &str = "Vote(bytes32 id,uint8 bench,uint16 payeeBps,uint64 nonce,uint40 deadline)";

/// What nobody can bring about where a panel takes nothing from its callers.
const UNSEEN: &[&str] = &["Ledger_NoCode", "Ledger_WrongValue"];

/// The same where it is paid nothing either.
const UNPAID: &[&str] = &[
    UNSEEN[0],
    UNSEEN[1],
    "Ledger_BadDelta",
    "Ledger_Refused",
    "SafeERC20FailedOperation",
    "Credited",
    "Withdrawn",
    "MemberPaid",
];

impl<H: Holder> Panel<H> {
    /// The agreement that terms are about, or some other.
    fn about(&self, index: usize) -> usize {
        let named = self.panels[index].terms.agreement;
        let holder = &self.holder.model;
        (0..holder.count()).find(|it| holder.id(*it) == named).unwrap_or(0)
    }

    /// Whether everybody has agreed to the terms.
    fn is_agreed(&self, panel: &Appointment) -> bool {
        self.consent.is_complete(panel.id, panel.terms.named()).is_ok()
    }

    /// The words of a vote.
    fn ballot(&self, ballot: Ballot) -> Vec<u8> {
        self.facts.encode(&[
            self.panels[ballot.panel].id.into(),
            ballot.bench.into(),
            ballot.payee_bps.into(),
            ballot.nonce.into(),
            ballot.deadline.into(),
        ])
    }

    fn ballot_digest(&self, ballot: Ballot) -> B256 {
        let content = [keccak256(VOTE).as_slice(), &self.ballot(ballot)].concat();
        self.facts.digest(keccak256(content))
    }

    fn panel_views(&self, index: usize, in_full: bool, views: &mut Vec<View>) {
        let facts = &*self.facts;
        let panel = &self.panels[index];
        let terms = panel.terms.argument(facts);
        let mut look = |name: &str, rest: &[Value], answer: &[Value]| {
            let arguments = [std::slice::from_ref(&terms), rest].concat();
            views.push(view(facts, name, &arguments, answer));
        };
        look("statusOf", &[], &[(panel.stage as u8).into()]);
        look("deadlineOf", &[], &[panel.deadline().into()]);
        if H::PAYS_ARBITER {
            look("outstandingOf", &[], &[panel.outstanding.into()]);
        }
        if in_full {
            look("idOf", &[], &[panel.id.into()]);
        }
        let (opened, asked) = (self.books.now, if in_full { panel.terms.benches.len() } else { 0 });
        for (number, bench) in panel.terms.benches.iter().enumerate().take(asked) {
            let (from, until) = panel.terms.sitting(number, opened);
            let question = [number.into(), opened.into()];
            look("sittingOf", &question, &[from.into(), until.into()]);
            let number = u8::try_from(number).expect("there are few");
            for member in bench.members.iter().copied().chain([Who::STRANGER]) {
                let nonce = panel.stance(number, member).nonce;
                look("voteNonce", &[number.into(), member.into()], &[nonce.into()]);
            }
        }
        for ((bench, member), stance) in &panel.stances {
            let bps = stance.payee_bps;
            let stored = [bps.is_some().into(), bps.unwrap_or(0).into(), stance.nonce.into()];
            let question = [terms.clone(), (*bench).into(), (*member).into()];
            let stated = view(facts, "ballotOf", &question, &stored);
            // What was voted matters to nobody once it is taken back.
            views.push(View { unspoken: if bps.is_some() { &[] } else { &[1] }, ..stated });
        }
        if in_full || panel.stage == Status::Proposed || panel.carried.is_some() {
            let named = panel.terms.named().into_iter().chain([Who::STRANGER]);
            self.consent.views(facts, (panel.id, panel.terms.agreement), named, views);
        }
    }

    fn liabilities_add_up(&self) -> bool {
        ASSETS.iter().all(|asset| {
            let credits = Who::all().map(|who| self.books.credit_of(*asset, who));
            credits.fold(U256::ZERO, |sum, amount| sum + amount) == self.books.owed(*asset)
        })
    }

    /// The first invariant that a panel does not keep.
    fn broken_at(&self, index: usize, before: &Self) -> Option<&'static str> {
        let (now, then) = (&self.panels[index], &before.panels[index]);
        if then.stage == Status::Closed && now.stage != Status::Closed {
            return Some("I-4");
        }
        let applies = self.consent.appointment(now.terms.agreement) == now.id;
        if now.stage == Status::Appointed && !applies {
            return Some("A-1");
        }
        if now.stage == Status::Appointed && !self.is_agreed(now) {
            return Some("P-3");
        }
        if let (Some((bench, payee_bps, carriers)), None) = (&now.carried, &then.carried) {
            let sitting = &now.terms.benches[usize::from(*bench)];
            let quorum = carriers.len() == usize::from(sitting.quorum);
            let voted = |who: &Who| now.stance(*bench, *who).payee_bps == Some(*payee_bps);
            if !quorum || !carriers.iter().all(voted) || then.stage != Status::Appointed {
                return Some("P-1");
            }
        }
        let used = |(seat, stance): (&(u8, Who), &state::Stance)| {
            let earlier = then.stance(seat.0, seat.1);
            stance.nonce == earlier.nonce && *stance != earlier
        };
        now.stances.iter().any(used).then_some("P-2")
    }
}

impl<H: Holder> Model for Panel<H> {
    type Act = Act<H::Act>;

    const CONTRACT: &'static str = H::PANEL.0;
    const DOMAIN: &'static str = H::PANEL.1;
    const STEPS: u64 = 48;
    /// One for each.
    const CLOSING_STEPS: usize = 2;
    const STATUSES: &'static [&'static str] = &["None", "Proposed", "Appointed", "Closed"];
    const FUTILE: &'static [&'static str] =
        if H::PAYS_ARBITER { &[] } else { &["withdraw", "withdrawFor"] };
    const UNSEEN: &'static [&'static str] = if H::PAYS_ARBITER { UNSEEN } else { UNPAID };

    fn new(facts: &Arc<Facts>, dice: &mut Dice) -> Self {
        let agreements = if dice.chance(20) { 2 } else { 1 };
        let holder = H::ruled(facts.of(H::PLACE), agreements, true, dice);
        let several = dice.chance(if agreements == 2 { 80 } else { 20 });
        let panels = (0..=usize::from(several)).map(|number| {
            // Two of one agreement compete for it.
            let agreement = if dice.chance(90) { number % agreements } else { 0 };
            let terms = Terms::random(&holder, agreement, dice);
            let id = terms.id(facts);
            Appointment::new(terms, id)
        });
        let panels = panels.collect();
        Self {
            facts: Arc::clone(facts),
            books: Books::new(),
            holder: Beside { model: holder },
            consent: Consent::default(),
            panels,
        }
    }

    fn terms(&self) -> String {
        let own = listed(self.panels.iter().map(|it| &it.terms));
        format!("  the agreements:\n{}{own}", self.holder.terms())
    }

    fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    fn set_now(&mut self, now: u64) {
        self.books.turn(now);
        self.holder.set_now(now);
    }

    fn stays(&self) -> u64 {
        let waits = |index: usize| {
            let appointed = self.panels[index].stage == Status::Appointed;
            appointed && self.holder.model.waits(self.about(index))
        };
        if (0..self.panels.len()).all(waits) { 30 } else { 91 }
    }

    fn moments(&self) -> Vec<u64> {
        let mut moments = self.holder.moments();
        let holder = &self.holder.model;
        for (index, panel) in self.panels.iter().enumerate() {
            moments.push(panel.deadline());
            let agreement = self.about(index);
            if panel.stage == Status::Appointed && holder.is_disputed(agreement) {
                let opened = holder.deadline(agreement) - holder.ruling_window(agreement);
                let benches = 0..panel.terms.benches.len();
                moments.extend(benches.map(|bench| panel.terms.sitting(bench, opened).1));
            }
        }
        moments
    }

    fn draw(&self, dice: &mut Dice) -> (Who, Self::Act) {
        draw::act(self, dice)
    }

    fn function(act: &Self::Act) -> &'static str {
        act.function()
    }

    fn calls(&self, caller: Who, act: &Self::Act) -> (Vec<Sent>, usize) {
        let facts = &*self.facts;
        let to_contract = |input, value| Sent { from: caller, to: Who::CONTRACT, input, value };
        let (index, call) = match act {
            Act::On(index, call) => (*index, *call),
            Act::Send(value) => return (vec![to_contract(Bytes::new(), *value)], 0),
            Act::Holder(act) => return self.holder.calls(caller, act),
            Act::Aside(act) => return (vec![act.sent(facts, caller)], 0),
        };
        let panel = &self.panels[index];
        let mut arguments = vec![panel.terms.argument(facts)];
        let of_agreement = |agreement: usize| self.holder.model.contract_terms(agreement);
        let mut signed = None;
        match call {
            Call::AgreeFor(party, signature) => {
                let bytes = signature.bytes(facts, panel.id);
                arguments.extend([party.into(), Value::bytes(&bytes)]);
                signed = Some((signature, panel.id));
            }
            Call::Appoint(agreement) | Call::Collect(agreement) => {
                arguments.push(of_agreement(agreement));
            }
            Call::Vote(agreement, bench, bps) => {
                arguments.extend([of_agreement(agreement), bench.into(), bps.into()]);
            }
            Call::VoteFor(agreement, member, ballot, signature) => {
                let digest = self.ballot_digest(ballot);
                let bytes = signature.bytes(facts, digest);
                arguments.extend([
                    of_agreement(agreement),
                    member.into(),
                    Value::Words(self.ballot(ballot)),
                    Value::bytes(&bytes),
                ]);
                signed = Some((signature, digest));
            }
            Call::RevokeVotes(bench) => arguments.push(bench.into()),
            Call::Agree | Call::Cancel | Call::Settle => {}
        }
        let sent = to_contract(facts.calldata(call.function(), &arguments), 0);
        match signed {
            Some((signature, digest)) => signature.around(facts, digest, sent),
            None => (vec![sent], 0),
        }
    }

    fn apply(&mut self, caller: Who, act: &Self::Act) -> Result<Vec<Value>, Fault> {
        match act {
            Act::On(index, call) => {
                let returns_id = self.on(*index, *call, caller)?;
                Ok(if returns_id { vec![self.panels[*index].id.into()] } else { Vec::new() })
            }
            Act::Send(_) if H::PAYS_ARBITER => Err(fault!("Appointment_NotAParty", caller)),
            Act::Send(_) => Err(Fault::SILENT),
            Act::Holder(act) => {
                let had = ASSETS.map(|asset| self.books.balance(asset, Who::CONTRACT));
                let result = self.holder.apply(&mut self.books, caller, act)?;
                for (asset, had) in ASSETS.into_iter().zip(had) {
                    let has = self.books.balance(asset, Who::CONTRACT);
                    self.books.come_by(asset, has - had);
                }
                Ok(result)
            }
            Act::Aside(act) => act.apply(&mut self.books, caller),
        }
    }

    fn views(&self, touched: Option<&Self::Act>) -> Vec<View> {
        let mut views = Vec::new();
        for index in 0..self.panels.len() {
            if touched.is_none_or(|act| matches!(act, Act::On(on, _) if *on == index)) {
                self.panel_views(index, touched.is_none(), &mut views);
            }
        }
        let mut assets = vec![Who::NOBODY];
        let holder = &self.holder.model;
        assets.extend((0..holder.count()).map(|it| holder.asset(it).seen_from(H::PLACE)));
        assets.dedup();
        ledger_views(&self.facts, &self.books, &assets, &mut views);
        views
    }

    fn books(&self) -> &Books {
        &self.books
    }

    fn broken(&self, before: &Self, _: Who, _: &Self::Act) -> Option<String> {
        if !self.liabilities_add_up() {
            return Some("I-9".to_owned());
        }
        if !self.holder.clone().is_solvent(&self.books) {
            return Some("I-2 of the holder".to_owned());
        }
        let broken = (0..self.panels.len()).find_map(|index| self.broken_at(index, before));
        broken.map(str::to_owned)
    }

    fn is_over(&self) -> bool {
        let over = |index: usize| {
            let panel = &self.panels[index];
            let settled = self.holder.model.is_settled(self.about(index));
            (panel.stage == Status::Closed || settled) && panel.outstanding.is_zero()
        };
        (0..self.panels.len()).all(over) && self.books.any_credit().is_none()
    }

    fn statuses(&self) -> Vec<&'static str> {
        self.panels.iter().map(|it| it.stage.name()).collect()
    }

    fn closing(&self) -> Option<(u64, Self::Act)> {
        let index = self.panels.iter().position(|it| it.deadline() > 0)?;
        let at = self.panels[index].deadline().max(self.books.now);
        Some((at, Act::On(index, Call::Settle)))
    }
}

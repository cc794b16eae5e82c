//! Escrows whose arbiter is the contract under test.

use std::sync::Arc;

use alloy_primitives::B256;

use super::{
    super::{
        abi::Value,
        arbiter::Holder,
        aside::{Aside, anybody},
        books::Books,
        cast::Who,
        dice::Dice,
        facts::Facts,
        harness::Model,
        world::START,
    },
    Escrow,
    act::{Act, Call},
    state::{Agreement, Status},
    terms::Terms,
};

impl Holder for Escrow {
    const ADAPTER: (&'static str, &'static str) =
        ("EscrowArbitratorAdapter", "Covenant Escrow Arbitration");
    const PANEL: (&'static str, &'static str) = ("EscrowPanel", "Covenant Escrow Panel");
    const RARE: &'static [&'static str] = &[
        "Ledger_NoCode",
        "Ledger_BadDelta",
        "SafeERC20FailedOperation",
        // Nobody takes a party's place in an escrow.
        "PayeeSucceeded",
    ];
    const PAYS_ARBITER: bool = true;

    fn ruled(facts: &Arc<Facts>, count: usize, paid: bool, dice: &mut Dice) -> Self {
        let agreements = (0..count).map(|_| {
            let terms = draft(paid, dice);
            let id = terms.id(facts);
            Agreement::new(terms, id)
        });
        let agreements = agreements.collect();
        Self { facts: Arc::clone(facts), books: Books::new(), agreements }
    }

    fn count(&self) -> usize {
        self.agreements.len()
    }

    fn toward(&self, index: usize, dice: &mut Dice) -> (Who, Act) {
        let agreement = &self.agreements[index];
        if agreement.status.is_final() || dice.chance(8) {
            return self.draw(dice);
        }
        let Terms { payer, payee, asset, amount, .. } = agreement.terms;
        let either = dice.pick(&[payer, payee]);
        let (caller, call) = match (agreement.status, dice.below(20)) {
            (Status::None, 0..8) => (either, Call::Propose),
            (Status::Proposed, 0..10) | (Status::Funded, _) => (payee, Call::Accept),
            (Status::None | Status::Proposed, _) => (anybody(dice), Call::Fund),
            (Status::Active, 0..3) => (payee, Call::Submit),
            (Status::Disputed, 0..4) => (payer, Call::Release(1 + dice.below_u128(amount))),
            (Status::Disputed, 4..8) => (payee, Call::Refund(1 + dice.below_u128(amount))),
            (Status::Disputed, _) => (either, Call::Offer(dice.whole_bps(), START + 10_000)),
            _ => (either, Call::Dispute),
        };
        let ether = matches!(call, Call::Fund) && asset == Who::NOBODY;
        (caller, Act::On(index, call, if ether { amount } else { 0 }))
    }

    fn awaits_arbiter(&self, index: usize) -> bool {
        matches!(self.agreements[index].status, Status::Proposed | Status::Funded)
    }

    fn waits(&self, _: usize) -> bool {
        false
    }

    fn id(&self, index: usize) -> B256 {
        self.agreements[index].id
    }

    fn contract_terms(&self, index: usize) -> Value {
        self.agreements[index].terms.argument(&self.facts)
    }

    fn named(&self, index: usize) -> (Who, Who) {
        let Terms { payer, payee, .. } = self.agreements[index].terms;
        (payer, payee)
    }

    fn payee_now(&self, index: usize) -> Who {
        self.agreements[index].terms.payee
    }

    fn asset(&self, index: usize) -> Who {
        self.agreements[index].terms.asset
    }

    fn ruling_window(&self, index: usize) -> u64 {
        self.agreements[index].terms.ruling_window
    }

    fn is_disputed(&self, index: usize) -> bool {
        self.agreements[index].status == Status::Disputed
    }

    fn is_settled(&self, index: usize) -> bool {
        let Agreement { status, terms, .. } = &self.agreements[index];
        status.is_final() || (!status.is_binding() && self.books.now >= terms.accept_by)
    }

    fn deadline(&self, index: usize) -> u64 {
        self.agreements[index].deadline()
    }

    fn refuses(&self, index: usize, paid: bool) -> Option<&'static str> {
        let is_paid = self.agreements[index].terms.arbiter_fee_bps > 0;
        (is_paid && !paid).then_some("arbiterFeeBps")
    }

    fn besides(act: Aside) -> Act {
        Act::Aside(act)
    }

    fn acceptance(&self, index: usize) -> Option<Act> {
        Some(Act::On(index, Call::Accept, 0))
    }

    fn ruling(&self, index: usize, payee_bps: u16) -> Act {
        Act::On(index, Call::Rule(payee_bps), 0)
    }
}

/// Terms with time for everything that an arbiter does.
fn draft(paid: bool, dice: &mut Dice) -> Terms {
    let mut terms = Terms::random(dice);
    terms.arbiter = Who::ESCROW;
    if dice.chance(3) {
        terms.arbiter = dice.pick(&[Who::NOBODY, Who::CAROL]);
    }
    terms.arbiter_fee_bps = match dice.chance(if paid { 80 } else { 4 }) {
        true if terms.arbiter != Who::NOBODY => dice.whole_bps(),
        _ => 0,
    };
    terms.ruling_window = if dice.chance(5) { 1 } else { 60 + dice.below(300) };
    terms.accept_by = START + 200 + dice.below(300);
    terms.perform_by = terms.accept_by + dice.below(200);
    terms.expires_at = terms.perform_by + 50 + dice.below(200);
    if paid && dice.chance(15) {
        // It may be paid for something else, too.
        terms.shares = vec![(Who::ESCROW, 1 + dice.whole_bps() / 2)];
        terms.asset = dice.pick(&[Who::TAXED, terms.asset]);
    } else if dice.chance(50) {
        (terms.fee_bps, terms.fee_receiver) = (0, Who::NOBODY);
        terms.shares.clear();
    }
    terms
}

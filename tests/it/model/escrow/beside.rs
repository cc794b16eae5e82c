//! Escrows beside the contract under test, which decides about them or pays into them.

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Fault, Value},
        beside::{self, Neighbour},
        books::Books,
        cast::Who,
        dice::Dice,
        facts::Facts,
        harness::Model,
    },
    Escrow,
    act::{Act, Call},
    state::{Agreement, Status},
    terms::Terms,
};

/// What somebody does with the escrows.
pub(in super::super) type EscrowAct = Act;
/// A function of the escrow that takes the terms of an agreement.
pub(in super::super) type EscrowCall = Call;
/// The terms of an agreement, to be changed before it is made.
pub(in super::super) type Draft = Terms;
/// `IEscrow.Status`.
pub(in super::super) type EscrowStatus = Status;

/// The escrow, in which the contract under test is [`Who::ESCROW`].
pub(in super::super) type Beside = beside::Beside<Escrow>;

impl Neighbour for Escrow {
    const PLACE: Who = Who::ESCROW;

    fn books_mut(&mut self) -> &mut Books {
        &mut self.books
    }
}

impl Beside {
    /// Fresh agreements, whose terms are changed so.
    pub(in super::super) fn shaped(
        facts: &Facts,
        dice: &mut Dice,
        shape: impl FnMut(Draft, &mut Dice) -> Draft,
    ) -> Self {
        Self { model: Escrow::shaped(facts.of(Who::ESCROW), dice, shape) }
    }

    /// How many there are.
    pub(in super::super) const fn count(&self) -> usize {
        self.model.agreements.len()
    }

    /// What somebody might do with them now.
    pub(in super::super) fn draw(&self, dice: &mut Dice) -> (Who, EscrowAct) {
        let (caller, act) = self.model.draw(dice);
        (caller.seen_from(Who::ESCROW), act)
    }

    /// The contract under test calls a function about the agreement with this number.
    pub(in super::super) fn act(
        &mut self,
        index: usize,
        call: Call,
        value: u128,
        books: &mut Books,
    ) -> Result<Vec<Value>, Fault> {
        self.apply(books, Who::CONTRACT, &Act::On(index, call, value))
    }

    /// Its id.
    pub(in super::super) fn id(&self, index: usize) -> B256 {
        self.at(index).id
    }

    /// Its terms as an argument.
    pub(in super::super) fn argument(&self, index: usize) -> Value {
        self.at(index).terms.argument(&self.model.facts)
    }

    /// Where it stands.
    pub(in super::super) fn status(&self, index: usize) -> EscrowStatus {
        self.at(index).status
    }

    /// When it came to stand there, where time runs from that.
    pub(in super::super) fn since(&self, index: usize) -> u64 {
        self.at(index).since
    }

    /// From when on silence decides; zero when it never will.
    pub(in super::super) fn deadline(&self, index: usize) -> u64 {
        self.at(index).deadline()
    }

    /// How long its arbiter has.
    pub(in super::super) fn ruling_window(&self, index: usize) -> u64 {
        self.at(index).terms.ruling_window
    }

    /// Who pays.
    pub(in super::super) fn payer(&self, index: usize) -> Who {
        self.at(index).terms.payer.seen_from(Who::ESCROW)
    }

    /// Who is paid.
    pub(in super::super) fn payee(&self, index: usize) -> Who {
        self.at(index).terms.payee.seen_from(Who::ESCROW)
    }

    /// Who rules.
    pub(in super::super) fn arbiter(&self, index: usize) -> Who {
        self.at(index).terms.arbiter.seen_from(Who::ESCROW)
    }

    /// What it is about.
    pub(in super::super) fn asset(&self, index: usize) -> Who {
        self.at(index).terms.asset.seen_from(Who::ESCROW)
    }

    /// The wei that go along with paying it in.
    pub(in super::super) fn price(&self, index: usize) -> u128 {
        let terms = &self.at(index).terms;
        if terms.asset == Who::NOBODY { terms.amount } else { 0 }
    }

    /// The document that it names.
    pub(in super::super) fn document(&self, index: usize) -> B256 {
        self.at(index).terms.document
    }

    fn at(&self, index: usize) -> &Agreement {
        &self.model.agreements[index]
    }
}

impl Draft {
    /// The same where this one is the arbiter, in its own view of the world, and that the document.
    pub(in super::super) fn ruled_by(self, arbiter: Who, document: B256, dice: &mut Dice) -> Self {
        let asset = if dice.chance(15) { Who::BLOCKING } else { self.asset };
        let arbiter_fee_bps = 1 + dice.whole_bps() / 2;
        let ruling_window =
            if self.ruling_window == 1 { 2 + dice.below(60) } else { self.ruling_window };
        let mut terms = Self {
            arbiter: arbiter.seen_from(Who::ESCROW),
            arbiter_fee_bps,
            document,
            ruling_window,
            asset,
            ..self
        };
        // It may be paid for something else, too.
        match dice.below(25) {
            0 if terms.fee_bps > 0 => terms.fee_receiver = terms.arbiter,
            1 if !terms.shares.is_empty() => terms.shares[0].0 = terms.arbiter,
            _ => {}
        }
        terms
    }

    /// Payer and payee.
    pub(in super::super) const fn parties(&self) -> [Who; 2] {
        [self.payer, self.payee]
    }

    /// How long the arbiter has.
    pub(in super::super) const fn window(&self) -> u64 {
        self.ruling_window
    }
}

//! Leases beside the contract under test, which pays into them. They are in a contract of their own, which has books of its
//! own; whoever has what is the same in both.

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
    Leases,
    act::{Act, Call},
    state::{Scene, Status},
    terms::Terms,
};

/// What somebody does with the leases.
pub(in super::super) type LeaseAct = Act;
/// A function of the leases' contract that takes the terms of one.
pub(in super::super) type LeaseCall = Call;
/// The terms of a lease, to be changed before it is made.
pub(in super::super) type Draft = Terms;

/// The contract of leases, in which the contract under test is [`Who::LEASE`].
pub(in super::super) type Beside = beside::Beside<Leases>;

impl Neighbour for Leases {
    const PLACE: Who = Who::LEASE;

    fn books_mut(&mut self) -> &mut Books {
        &mut self.books
    }
}

impl Beside {
    /// Fresh leases.
    pub(in super::super) fn new(facts: &Facts, dice: &mut Dice) -> Self {
        Self { model: Leases::new(facts.of(Who::LEASE), dice) }
    }

    /// Leases with these terms.
    pub(in super::super) fn of(facts: &Facts, drafts: Vec<Draft>) -> Self {
        Self { model: Leases::of(facts.of(Who::LEASE), drafts) }
    }

    /// Fresh leases, whose terms are all acceptable: of others the figures mean nothing.
    pub(in super::super) fn sound(facts: &Facts, dice: &mut Dice) -> Self {
        loop {
            let fresh = Self::new(facts, dice);
            if fresh.model.leases.iter().all(|lease| lease.flaw.is_none()) {
                return fresh;
            }
        }
    }

    /// How many there are.
    pub(in super::super) const fn count(&self) -> usize {
        self.model.leases.len()
    }

    /// What somebody might do with them now; something that lets the lease with this number begin, if it has not.
    pub(in super::super) fn draw(&self, index: usize, dice: &mut Dice) -> (Who, LeaseAct) {
        let mut drawn = self.model.draw(dice);
        if !self.may_begin(index) {
            return drawn;
        }
        for _ in 0..12 {
            if matches!(drawn.1, Act::On(on, Call::Sign | Call::PayDeposit, _) if on == index) {
                break;
            }
            drawn = self.model.draw(dice);
        }
        drawn
    }

    /// Whether the lease with this number does not bind yet, but may.
    pub(in super::super) fn may_begin(&self, index: usize) -> bool {
        let lease = &self.model.leases[index];
        let open = matches!(lease.stage, Status::None | Status::Draft);
        open && self.model.books.now < lease.terms.sign_by
    }

    /// The contract under test pays rent.
    pub(in super::super) fn pay(
        &mut self,
        index: usize,
        amount: u128,
        books: &mut Books,
    ) -> Result<(), Fault> {
        let value = if self.asset(index) == Who::NOBODY { amount } else { 0 };
        self.act(index, Who::CONTRACT, &Call::Pay(amount), value, books)
    }

    /// Somebody calls a function about the lease with this number, with wei sent along.
    pub(in super::super) fn act(
        &mut self,
        index: usize,
        caller: Who,
        call: &Call,
        value: u128,
        books: &mut Books,
    ) -> Result<(), Fault> {
        let terms = self.argument(index);
        let caller = caller.seen_from(Who::LEASE);
        let done = self.within(books, |leases| {
            let scene = Scene { books: &mut leases.books, caller, value, terms: &terms };
            leases.leases[index].act(call, scene)
        });
        done.map(drop)
    }

    /// The arguments of such a call, the terms first.
    pub(in super::super) fn arguments(&self, index: usize, call: &Call) -> Vec<Value> {
        self.model.arguments(&self.model.leases[index], call)
    }

    /// What it would cost somebody to break the lease now; nothing if it is not said.
    pub(in super::super) fn break_fee(&self, index: usize, who: Who) -> Option<u128> {
        let lease = &self.model.leases[index];
        let length = lease.break_length(who);
        if lease.ends_at == 0 || length == 0 {
            return Some(0);
        }
        let now = self.model.books.now;
        let (periods, end) = lease.notice_end(length, lease.terms.break_from, now);
        let said = lease.status(now) == Status::Active && end < lease.ends_at;
        said.then(|| lease.break_fee(periods))
    }

    /// What somebody gets of the deposit if nobody does anything any more.
    pub(in super::super) fn claim_of(&self, index: usize, who: Who) -> u128 {
        self.model.leases[index].claim_of(who)
    }

    /// What the landlord claims of the deposit.
    pub(in super::super) fn claimed(&self, index: usize) -> u128 {
        self.model.leases[index].claimed
    }

    /// The deposit, and in how many parts it is paid.
    pub(in super::super) fn deposit(&self, index: usize) -> (u128, u8) {
        let terms = &self.model.leases[index].terms;
        (terms.deposit, terms.deposit_parts)
    }

    /// Who was to let at first.
    pub(in super::super) fn first_landlord(&self, index: usize) -> Who {
        self.model.leases[index].terms.landlord.seen_from(Who::LEASE)
    }

    /// What the lease is in arrears.
    pub(in super::super) fn arrears(&self, index: usize) -> u128 {
        self.model.leases[index].arrears(self.model.books.now)
    }

    /// How many instalments are due.
    pub(in super::super) fn due(&self, index: usize) -> usize {
        self.model.leases[index].account(self.model.books.now).due
    }

    /// What an instalment comes to.
    pub(in super::super) fn instalment(&self, index: usize, number: usize) -> u128 {
        self.model.leases[index].schedule.amounts[number]
    }

    /// When an instalment is due.
    pub(in super::super) fn due_at(&self, index: usize, number: usize) -> u64 {
        self.model.leases[index].schedule.dues[number]
    }

    /// How many instalments there are.
    pub(in super::super) fn instalments(&self, index: usize) -> usize {
        self.model.leases[index].schedule.count()
    }

    /// What the first so many instalments come to.
    pub(in super::super) fn sum_of(&self, index: usize, count: usize) -> u128 {
        self.model.leases[index].schedule.sums[count]
    }

    /// The rent that was paid.
    pub(in super::super) fn rent_paid(&self, index: usize) -> u128 {
        self.model.leases[index].rent_paid()
    }

    /// How many instalments are late and not fully paid.
    pub(in super::super) fn late(&self, index: usize) -> usize {
        self.model.leases[index].account(self.model.books.now).late
    }

    /// What its tenant might do now that matters.
    pub(in super::super) fn matters(&self, index: usize) -> &'static [Call] {
        match self.model.leases[index].status(self.model.books.now) {
            Status::Draft => &[Call::Cancel],
            Status::Active => &[Call::GiveNotice, Call::Break, Call::RecordInspection(false, 1)],
            Status::InDefault => &[Call::GiveNotice],
            Status::Ended => &[Call::RecordInspection(true, 1)],
            Status::Claimed => &[Call::AcceptClaim, Call::ObjectToClaim],
            Status::Disputed => &[Call::AcceptClaim],
            Status::None | Status::Closed => &[],
        }
    }

    /// Whether it binds and is not closed.
    pub(in super::super) fn runs(&self, index: usize) -> bool {
        !matches!(self.model.leases[index].stage, Status::None | Status::Draft | Status::Closed)
    }

    /// Whether it is closed, and takes no payments.
    pub(in super::super) fn is_closed(&self, index: usize) -> bool {
        self.model.leases[index].stage == Status::Closed
    }

    /// Its id.
    pub(in super::super) fn id(&self, index: usize) -> B256 {
        self.model.leases[index].id
    }

    /// Its terms as an argument.
    pub(in super::super) fn argument(&self, index: usize) -> Value {
        let lease = &self.model.leases[index];
        lease.terms.argument(&self.model.facts)
    }

    /// Who lets now.
    pub(in super::super) fn landlord(&self, index: usize) -> Who {
        self.model.leases[index].landlord.seen_from(Who::LEASE)
    }

    /// Who rents.
    pub(in super::super) fn tenant(&self, index: usize) -> Who {
        self.model.leases[index].terms.tenant.seen_from(Who::LEASE)
    }

    /// What the rent is paid in.
    pub(in super::super) fn asset(&self, index: usize) -> Who {
        self.model.leases[index].terms.asset.seen_from(Who::LEASE)
    }

    /// One instalment.
    pub(in super::super) fn rent(&self, index: usize) -> u128 {
        self.model.leases[index].terms.rent
    }
}

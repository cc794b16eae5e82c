//! Leases beside the contract under test, which pays into them. They are in a contract of their own, which has books of its
//! own; whoever has what is the same in both.

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Event, Fault, Value},
        books::Books,
        cast::Who,
        dice::Dice,
        facts::Facts,
        harness::{Model, Sent},
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

/// The contract of leases as the model of it sees the world: it is [`Who::CONTRACT`] there, and the contract under test is
/// [`Who::LEASE`].
#[derive(Clone, Debug)]
pub(in super::super) struct Beside {
    leases: Leases,
}

impl Beside {
    /// Fresh leases.
    pub(in super::super) fn new(facts: &Facts, dice: &mut Dice) -> Self {
        let theirs = facts.lease.as_ref().expect("the contract is bound to one of leases");
        Self { leases: Leases::new(theirs, dice) }
    }

    /// Leases with these terms.
    pub(in super::super) fn of(facts: &Facts, drafts: Vec<Draft>) -> Self {
        let theirs = facts.lease.as_ref().expect("the contract is bound to one of leases");
        Self { leases: Leases::of(theirs, drafts) }
    }

    /// Fresh leases, whose terms are all acceptable: of others the figures mean nothing.
    pub(in super::super) fn sound(facts: &Facts, dice: &mut Dice) -> Self {
        loop {
            let fresh = Self::new(facts, dice);
            if fresh.leases.leases.iter().all(|lease| lease.flaw.is_none()) {
                return fresh;
            }
        }
    }

    /// How many there are.
    pub(in super::super) const fn count(&self) -> usize {
        self.leases.leases.len()
    }

    /// The leases in words.
    pub(in super::super) fn terms(&self) -> String {
        self.leases.terms()
    }

    /// Moves the clock.
    pub(in super::super) fn set_now(&mut self, now: u64) {
        self.leases.set_now(now);
    }

    /// The moments around which something changes.
    pub(in super::super) fn moments(&self) -> Vec<u64> {
        self.leases.moments()
    }

    /// What somebody might do with them now; something that lets the lease with this number begin, if it has not.
    pub(in super::super) fn draw(&self, index: usize, dice: &mut Dice) -> (Who, LeaseAct) {
        let mut drawn = self.leases.draw(dice);
        if !self.may_begin(index) {
            return drawn;
        }
        for _ in 0..12 {
            if matches!(drawn.1, Act::On(on, Call::Sign | Call::PayDeposit, _) if on == index) {
                break;
            }
            drawn = self.leases.draw(dice);
        }
        drawn
    }

    /// Whether the lease with this number does not bind yet, but may.
    pub(in super::super) fn may_begin(&self, index: usize) -> bool {
        let lease = &self.leases.leases[index];
        let open = matches!(lease.stage, Status::None | Status::Draft);
        open && self.leases.books.now < lease.terms.sign_by
    }

    /// The calls that make up an act, and the place of the one that is compared.
    pub(in super::super) fn calls(&self, caller: Who, act: &LeaseAct) -> (Vec<Sent>, usize) {
        let (mut calls, main) = self.leases.calls(caller, act);
        for call in &mut calls {
            call.to = call.to.mirrored();
        }
        (calls, main)
    }

    /// Somebody does something with them.
    pub(in super::super) fn apply(
        &mut self,
        books: &mut Books,
        caller: Who,
        act: &LeaseAct,
    ) -> Result<Vec<Value>, Fault> {
        self.leases.books.mirror(books);
        let result = self.leases.apply(caller, act).map_err(Fault::mirrored);
        self.heard(books);
        result
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
        self.leases.books.mirror(books);
        let terms = self.argument(index);
        let caller = caller.mirrored();
        let scene = Scene { books: &mut self.leases.books, caller, value, terms: &terms };
        let done = self.leases.leases[index].act(call, scene);
        self.heard(books);
        done.map(drop).map_err(Fault::mirrored)
    }

    /// Somebody takes out what is his there, if anything is.
    pub(in super::super) fn withdraw(
        &mut self,
        asset: Who,
        party: Who,
        books: &mut Books,
    ) -> Result<(), Fault> {
        if self.leases.books.credit_of(asset, party).is_zero() {
            return Ok(());
        }
        self.leases.books.mirror(books);
        let done = self.leases.books.withdraw(asset, party, party);
        self.heard(books);
        done.map(drop).map_err(Fault::mirrored)
    }

    /// The arguments of such a call, the terms first.
    pub(in super::super) fn arguments(&self, index: usize, call: &Call) -> Vec<Value> {
        self.leases.arguments(&self.leases.leases[index], call)
    }

    /// What it would cost somebody to break the lease now; nothing if it is not said.
    pub(in super::super) fn break_fee(&self, index: usize, who: Who) -> Option<u128> {
        let lease = &self.leases.leases[index];
        let length = lease.break_length(who);
        if lease.ends_at == 0 || length == 0 {
            return Some(0);
        }
        let now = self.leases.books.now;
        let (periods, end) = lease.notice_end(length, lease.terms.break_from, now);
        let said = lease.status(now) == Status::Active && end < lease.ends_at;
        said.then(|| lease.break_fee(periods))
    }

    /// What somebody gets of the deposit if nobody does anything any more.
    pub(in super::super) fn claim_of(&self, index: usize, who: Who) -> u128 {
        self.leases.leases[index].claim_of(who)
    }

    /// What the landlord claims of the deposit.
    pub(in super::super) fn claimed(&self, index: usize) -> u128 {
        self.leases.leases[index].claimed
    }

    /// The deposit, and in how many parts it is paid.
    pub(in super::super) fn deposit(&self, index: usize) -> (u128, u8) {
        let terms = &self.leases.leases[index].terms;
        (terms.deposit, terms.deposit_parts)
    }

    /// Who was to let at first.
    pub(in super::super) fn first_landlord(&self, index: usize) -> Who {
        self.leases.leases[index].terms.landlord.mirrored()
    }

    /// Takes over what came of a call there, and what was told.
    fn heard(&mut self, books: &mut Books) {
        books.mirror(&self.leases.books);
        let told = self.leases.books.events.drain(..);
        books.events.extend(told.map(|event| Event { by: Who::LEASE, ..event }));
    }

    /// Whether the contract of leases has what it owes.
    pub(in super::super) fn is_solvent(&mut self, books: &Books) -> bool {
        self.leases.books.mirror(books);
        self.leases.books.is_solvent_to_the_unit()
    }

    /// What the lease is in arrears.
    pub(in super::super) fn arrears(&self, index: usize) -> u128 {
        self.leases.leases[index].arrears(self.leases.books.now)
    }

    /// How many instalments are due.
    pub(in super::super) fn due(&self, index: usize) -> usize {
        self.leases.leases[index].account(self.leases.books.now).due
    }

    /// What an instalment comes to.
    pub(in super::super) fn instalment(&self, index: usize, number: usize) -> u128 {
        self.leases.leases[index].schedule.amounts[number]
    }

    /// When an instalment is due.
    pub(in super::super) fn due_at(&self, index: usize, number: usize) -> u64 {
        self.leases.leases[index].schedule.dues[number]
    }

    /// How many instalments there are.
    pub(in super::super) fn instalments(&self, index: usize) -> usize {
        self.leases.leases[index].schedule.count()
    }

    /// What the first so many instalments come to.
    pub(in super::super) fn sum_of(&self, index: usize, count: usize) -> u128 {
        self.leases.leases[index].schedule.sums[count]
    }

    /// The rent that was paid.
    pub(in super::super) fn rent_paid(&self, index: usize) -> u128 {
        self.leases.leases[index].rent_paid()
    }

    /// How many instalments are late and not fully paid.
    pub(in super::super) fn late(&self, index: usize) -> usize {
        self.leases.leases[index].account(self.leases.books.now).late
    }

    /// What its tenant might do now that matters.
    pub(in super::super) fn matters(&self, index: usize) -> &'static [Call] {
        match self.leases.leases[index].status(self.leases.books.now) {
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
        !matches!(self.leases.leases[index].stage, Status::None | Status::Draft | Status::Closed)
    }

    /// Whether it is closed, and takes no payments.
    pub(in super::super) fn is_closed(&self, index: usize) -> bool {
        self.leases.leases[index].stage == Status::Closed
    }

    /// Its id.
    pub(in super::super) fn id(&self, index: usize) -> B256 {
        self.leases.leases[index].id
    }

    /// Its terms as an argument.
    pub(in super::super) fn argument(&self, index: usize) -> Value {
        let lease = &self.leases.leases[index];
        lease.terms.argument(&self.leases.facts)
    }

    /// Who lets now.
    pub(in super::super) fn landlord(&self, index: usize) -> Who {
        self.leases.leases[index].landlord.mirrored()
    }

    /// Who rents.
    pub(in super::super) fn tenant(&self, index: usize) -> Who {
        self.leases.leases[index].terms.tenant.mirrored()
    }

    /// What the rent is paid in.
    pub(in super::super) fn asset(&self, index: usize) -> Who {
        self.leases.leases[index].terms.asset.mirrored()
    }

    /// One instalment.
    pub(in super::super) fn rent(&self, index: usize) -> u128 {
        self.leases.leases[index].terms.rent
    }
}

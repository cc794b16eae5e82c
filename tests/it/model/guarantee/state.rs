//! One guarantee as a state machine, after contracts/docs/guarantee.md.

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Event, Fault, Value, event, fault, require},
        books::{Books, share},
        cast::Who,
        extension::{before, from, is_about, is_called_by},
        lease::Beside,
    },
    EVIDENCE,
    act::Call,
    terms::Terms,
};

/// `IGuarantee.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Funded,
    Called,
    Disputed,
    Due,
    Closed,
}

use Status::{Called, Closed, Disputed, Due, Funded, None as Absent};

/// A guarantee with what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Guarantee {
    pub(super) terms: Terms,
    pub(super) id: B256,
    pub(super) stage: Status,
    pub(super) since: u64,
    pub(super) held: u128,
    pub(super) called: u128,
    pub(super) directly: u128,
    /// For G-1: what left to the landlord's side, and to the guarantor's.
    pub(super) paid: u128,
    pub(super) returned: u128,
}

/// A call in its circumstances.
pub(super) struct Scene<'a> {
    pub(super) books: &'a mut Books,
    pub(super) beside: &'a mut Beside,
    pub(super) caller: Who,
    pub(super) value: u128,
    /// The terms as an argument.
    pub(super) terms: &'a Value,
}

impl Scene<'_> {
    fn tell(&mut self, event: Event) {
        self.books.events.push(event);
    }
}

/// How long a call that is due is tried on the lease.
pub(super) const PAYMENT_WINDOW: u64 = 30 * 86_400;

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Absent => "None",
            Funded => "Funded",
            Called => "Called",
            Disputed => "Disputed",
            Due => "Due",
            Closed => "Closed",
        }
    }
}

impl Guarantee {
    pub(super) const fn new(terms: Terms, id: B256) -> Self {
        Self {
            terms,
            id,
            stage: Absent,
            since: 0,
            held: 0,
            called: 0,
            directly: 0,
            paid: 0,
            returned: 0,
        }
    }

    /// Does what is called for; true if the function returns the id.
    pub(super) fn act(&mut self, call: &Call, mut scene: Scene<'_>) -> Result<bool, Fault> {
        if !matches!(call, Call::Fund(_)) && scene.value > 0 {
            return Err(Fault::SILENT);
        }
        let scene = &mut scene;
        if let Call::Fund(lease) = call {
            self.fund(*lease, scene)?;
            return Ok(true);
        }
        require!(self.stage != Absent, "Extension_UnknownAgreement", self.id);
        match call {
            Call::Fund(_) => unreachable!("it was done"),
            Call::Call(lease, amount) => self.call(*lease, *amount, scene)?,
            Call::Withdraw => self.withdraw(scene)?,
            Call::Object => self.object(scene)?,
            Call::Rule(award) => self.rule(*award, scene)?,
            Call::Release => self.release(scene)?,
            Call::Settle(lease) => self.settle(*lease, scene)?,
        }
        Ok(false)
    }

    fn fund(&mut self, lease: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let status = self.status(scene.books.now) as u8;
        require!(self.stage == Absent, "Guarantee_WrongState", status, Absent as u8);
        before(scene.books.now, self.terms.expires_at)?;
        self.terms.check()?;
        is_about(scene.beside, lease, scene.beside.id(self.terms.lease))?;
        let asset = self.terms.asset;
        require!(asset == scene.beside.asset(lease), "Extension_InvalidTerms", "asset");
        if asset.asset().is_none() {
            // It has code, but does not know what a balance is.
            require!(scene.value == 0, "Ledger_WrongValue", scene.value, 0_u64);
            return Err(Fault::SILENT);
        }
        self.stage = Funded;
        self.held = self.terms.cap;
        scene.tell(event!("Guaranteed", self.id, scene.caller, scene.terms.clone()));
        scene.books.take(asset, scene.caller, scene.value, self.terms.cap)
    }

    fn call(&mut self, lease: usize, amount: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.landlord, scene.caller)?;
        self.is_exactly(Funded)?;
        before(scene.books.now, self.terms.expires_at)?;
        is_about(scene.beside, lease, scene.beside.id(self.terms.lease))?;
        let (late, needed) = (scene.beside.late(lease), usize::from(self.terms.call_after));
        require!(late >= needed, "Guarantee_NotLate", late, needed);
        let most = self.callable(scene);
        require!(amount > 0 && amount <= most, "Extension_InvalidAmount", amount, most);
        self.enter(Called, amount, scene);
        scene.tell(event!("Called", self.id, amount, EVIDENCE, self.deadline()));
        Ok(())
    }

    fn withdraw(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.landlord, scene.caller)?;
        if self.stage != Disputed && self.stage != Due {
            self.is_exactly(Called)?;
        }
        self.enter(Funded, 0, scene);
        scene.tell(event!("CallWithdrawn", self.id));
        Ok(())
    }

    fn object(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.guarantor, scene.caller)?;
        require!(self.terms.arbiter != Who::NOBODY, "Guarantee_NoArbiter", self.id);
        self.is_exactly(Called)?;
        before(scene.books.now, self.deadline())?;
        self.enter(Disputed, self.called, scene);
        scene.tell(event!("Disputed", self.id, EVIDENCE, self.deadline()));
        Ok(())
    }

    fn rule(&mut self, award: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.arbiter, scene.caller)?;
        self.is_exactly(Disputed)?;
        before(scene.books.now, self.deadline())?;
        require!(award <= self.called, "Extension_InvalidAmount", award, self.called);
        self.enter(if award == 0 { Funded } else { Due }, award, scene);
        scene.tell(event!("Ruled", self.id, scene.caller, award));
        Ok(())
    }

    fn release(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.landlord, scene.caller)?;
        let open = self.stage != Closed;
        require!(open, "Guarantee_WrongState", Closed as u8, Funded as u8);
        self.close(scene);
        Ok(())
    }

    fn settle(&mut self, lease: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let (now, due_at) = (scene.books.now, self.deadline());
        if self.stage == Closed {
            return Err(fault!("Guarantee_WrongState", Closed as u8, Funded as u8));
        }
        from(now, due_at)?;
        if self.stage == Funded {
            self.close(scene);
            return Ok(());
        }
        is_about(scene.beside, lease, scene.beside.id(self.terms.lease))?;
        let amount = self.silent_award().min(self.callable(scene));
        let directly = now >= due_at + PAYMENT_WINDOW || scene.beside.is_closed(lease);
        self.enter(Funded, 0, scene);
        self.held -= amount;
        self.paid += amount;
        let asset = self.terms.asset;
        if directly {
            self.directly += amount;
        }
        let parts = if directly { [0, amount] } else { [amount, 0] };
        scene.tell(event!("CallSettled", self.id, parts[0], parts[1]));
        if self.held == 0 {
            self.close(scene);
        }
        if amount == 0 {
            return Ok(());
        }
        if directly {
            scene.books.release(asset, self.terms.landlord, amount);
            return Ok(());
        }
        scene.books.discharge(asset, amount);
        scene.beside.pay(lease, amount, scene.books)
    }

    /// Where the guarantee stands.
    pub(super) fn status(&self, now: u64) -> Status {
        match self.stage {
            Called | Disputed if now >= self.deadline() => Due,
            other => other,
        }
    }

    /// From when on silence decides; zero when it never will.
    pub(super) fn deadline(&self) -> u64 {
        match self.stage {
            Absent | Closed => 0,
            Funded => self.terms.expires_at,
            Called => self.since + self.terms.notice_period,
            Disputed => self.since + self.terms.ruling_window,
            Due => self.since,
        }
    }

    /// What somebody gets if nobody does anything any more and the lease stays in arrears.
    pub(super) fn claim(&self, who: Who) -> u128 {
        let award = self.silent_award();
        let due = |party: Who, amount: u128| if who == party { amount } else { 0 };
        due(self.terms.landlord, award) + due(self.terms.guarantor, self.held - award)
    }

    fn silent_award(&self) -> u128 {
        if self.stage == Disputed {
            share(self.called, self.terms.timeout_bps)
        } else {
            self.called
        }
    }

    /// No more than is held, nor than is owed and was not paid beside the lease.
    fn callable(&self, scene: &Scene<'_>) -> u128 {
        let owed = scene.beside.arrears(self.terms.lease).saturating_sub(self.directly);
        self.held.min(owed)
    }

    fn is_exactly(&self, expected: Status) -> Result<(), Fault> {
        let (actual, wanted) = (self.stage as u8, expected as u8);
        require!(self.stage == expected, "Guarantee_WrongState", actual, wanted);
        Ok(())
    }

    const fn enter(&mut self, stage: Status, called: u128, scene: &Scene<'_>) {
        self.stage = stage;
        self.called = called;
        self.since = scene.books.now;
    }

    fn close(&mut self, scene: &mut Scene<'_>) {
        let held = std::mem::take(&mut self.held);
        self.returned += held;
        self.enter(Closed, 0, scene);
        scene.tell(event!("Closed", self.id, held));
        scene.books.release_some(self.terms.asset, self.terms.guarantor, held);
    }
}

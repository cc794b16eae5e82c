//! One repair escrow as a state machine, after contracts/docs/repairs.md.

use alloy_primitives::B256;

use super::{
    super::{
        abi::{Event, Fault, Value, event, require},
        agent,
        books::{Books, share},
        cast::Who,
        extension::{Rent, acceptable, before, from, is_about, is_called_by},
        lease::{Beside, LeaseCall},
    },
    EVIDENCE,
    act::Call,
    terms::Terms,
};

/// `IRepairEscrow.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Quiet,
    Notified,
    Reported,
    Disputed,
}

use Status::{Disputed, None as Absent, Notified, Quiet, Reported};

/// An agreement with what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Repair {
    pub(super) terms: Terms,
    pub(super) id: B256,
    /// The landlord of the lease.
    pub(super) agent: Who,
    pub(super) stage: Status,
    pub(super) since: u64,
    pub(super) withheld: u128,
    /// The id of the lease that was signed; zero before.
    pub(super) lease: B256,
    /// For I-1: what came in and was kept, and what of that was divided.
    pub(super) kept: u128,
    pub(super) divided: u128,
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

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Absent => "None",
            Quiet => "Quiet",
            Notified => "Notified",
            Reported => "Reported",
            Disputed => "Disputed",
        }
    }
}

impl Repair {
    pub(super) const fn new(terms: Terms, id: B256, agent: Who) -> Self {
        let (stage, lease) = (Absent, B256::ZERO);
        Self { terms, id, agent, stage, since: 0, withheld: 0, lease, kept: 0, divided: 0 }
    }

    /// Does what is called for; true if the function returns the id.
    pub(super) fn act(&mut self, call: &Call, mut scene: Scene<'_>) -> Result<bool, Fault> {
        if !call.is_payable() && scene.value > 0 {
            return Err(Fault::SILENT);
        }
        let scene = &mut scene;
        if matches!(call, Call::Open) {
            self.open(scene)?;
            return Ok(true);
        }
        require!(self.stage != Absent, "Extension_UnknownAgreement", self.id);
        match call {
            Call::Open => unreachable!("it was done"),
            Call::OnLease(lease, call) => self.on_lease(*lease, call, scene)?,
            Call::Pay(lease, amount) => self.pay(*lease, *amount, scene)?,
            Call::Forward(lease) => {
                is_about(scene.beside, *lease, self.lease)?;
                self.receive(*lease, scene)?;
            }
            Call::Notify(lease) => self.notify(*lease, scene)?,
            Call::Report => self.report(scene)?,
            Call::Confirm => self.confirm(scene)?,
            Call::Object => self.object(scene)?,
            Call::Rule(bps) => self.rule(*bps, scene)?,
            Call::Settle => self.settle(scene)?,
        }
        Ok(false)
    }

    fn open(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_exactly(Absent)?;
        self.terms.check()?;
        self.stage = Quiet;
        scene.tell(event!("Opened", self.id, self.agent, scene.terms.clone()));
        Ok(())
    }

    fn on_lease(
        &mut self,
        lease: usize,
        call: &LeaseCall,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let Terms { landlord, asset, .. } = self.terms;
        is_called_by(landlord, scene.caller)?;
        let mut amount = 0;
        if matches!(call, LeaseCall::Sign) {
            require!(self.lease.is_zero(), "RepairEscrow_WrongLeaseState", self.lease);
            acceptable(&[
                (scene.beside.first_landlord(lease) == self.agent, "landlord"),
                (scene.beside.asset(lease) == asset, "asset"),
            ])?;
            self.lease = scene.beside.id(lease);
            scene.tell(event!("LeaseSigned", self.id, self.lease));
        } else {
            is_about(scene.beside, lease, self.lease)?;
        }
        if matches!(call, LeaseCall::Break) {
            amount = scene.beside.break_fee(lease, self.agent).unwrap_or_default();
            scene.books.pull(asset, landlord, scene.value, amount)?;
        }
        agent::act(self.agent, (lease, call), (asset, amount), scene.beside, scene.books)
    }

    fn pay(&mut self, lease: usize, amount: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_about(scene.beside, lease, self.lease)?;
        let rent = Rent { lease, payer: scene.caller, offered: amount, value: scene.value };
        rent.pay(scene.beside, scene.books)?;
        self.receive(lease, scene)
    }

    fn notify(&mut self, lease: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.tenant, scene.caller)?;
        self.is_exactly(Quiet)?;
        is_about(scene.beside, lease, self.lease)?;
        self.receive(lease, scene)?;
        self.enter(Notified, scene);
        scene.tell(event!("DefectNotified", self.id, EVIDENCE, self.deadline()));
        Ok(())
    }

    fn report(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.landlord, scene.caller)?;
        self.is_exactly(Notified)?;
        before(scene.books.now, self.deadline())?;
        self.enter(Reported, scene);
        scene.tell(event!("RepairReported", self.id, EVIDENCE, self.deadline()));
        Ok(())
    }

    fn confirm(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.tenant, scene.caller)?;
        let open = self.stage != Quiet;
        require!(open, "RepairEscrow_WrongState", Quiet as u8, Notified as u8);
        scene.tell(event!("RepairConfirmed", self.id));
        self.divide(0, scene);
        Ok(())
    }

    fn object(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.tenant, scene.caller)?;
        self.is_exactly(Reported)?;
        before(scene.books.now, self.deadline())?;
        self.enter(Disputed, scene);
        scene.tell(event!("Disputed", self.id, EVIDENCE, self.deadline()));
        Ok(())
    }

    fn rule(&mut self, tenant_bps: u16, scene: &mut Scene<'_>) -> Result<(), Fault> {
        is_called_by(self.terms.arbiter, scene.caller)?;
        self.is_exactly(Disputed)?;
        before(scene.books.now, self.deadline())?;
        require!(tenant_bps <= 10_000, "Extension_InvalidAmount", tenant_bps, 10_000_u16);
        scene.tell(event!("Ruled", self.id, scene.caller, tenant_bps));
        self.divide(tenant_bps, scene);
        Ok(())
    }

    fn settle(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let deadline = self.deadline();
        require!(deadline > 0, "RepairEscrow_WrongState", Quiet as u8, Notified as u8);
        from(scene.books.now, deadline)?;
        scene.tell(event!("TimedOut", self.id, self.stage as u8));
        self.divide(self.silent_bps(), scene);
        Ok(())
    }

    /// Takes in what the agent has, keeps the agreed share of it while a defect is open, and passes the rest on.
    fn receive(&mut self, lease: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { landlord, asset, withhold_bps, cap, .. } = self.terms;
        let amount = agent::hand_in(self.agent, asset, scene.beside, scene.books)?;
        if amount == 0 {
            return Ok(());
        }
        let withholds = self.stage != Quiet && !scene.beside.is_closed(lease);
        let most = if withholds { cap - self.withheld } else { 0 };
        let kept = share(amount, withhold_bps).min(most);
        self.withheld += kept;
        self.kept += kept;
        scene.tell(event!("Received", self.id, amount - kept, kept));
        scene.books.release_some(asset, landlord, amount - kept);
        Ok(())
    }

    /// So much of what is withheld to the tenant, the rest to the landlord.
    fn divide(&mut self, tenant_bps: u16, scene: &mut Scene<'_>) {
        let Terms { landlord, tenant, asset, .. } = self.terms;
        let withheld = std::mem::take(&mut self.withheld);
        let to_tenant = share(withheld, tenant_bps);
        self.divided += withheld;
        self.enter(Quiet, scene);
        scene.tell(event!("Divided", self.id, withheld - to_tenant, to_tenant));
        scene.books.release_some(asset, landlord, withheld - to_tenant);
        scene.books.release_some(asset, tenant, to_tenant);
    }

    /// From when on silence decides; zero while nothing is open.
    pub(super) const fn deadline(&self) -> u64 {
        match self.stage {
            Absent | Quiet => 0,
            Notified => self.since + self.terms.repair_window,
            Reported => self.since + self.terms.confirm_window,
            Disputed => self.since + self.terms.ruling_window,
        }
    }

    /// What somebody gets of what is withheld if nobody does anything any more.
    pub(super) fn claim(&self, who: Who) -> u128 {
        let to_tenant = share(self.withheld, self.silent_bps());
        if who == self.terms.tenant {
            to_tenant
        } else if who == self.terms.landlord {
            self.withheld - to_tenant
        } else {
            0
        }
    }

    const fn silent_bps(&self) -> u16 {
        match self.stage {
            Notified => self.terms.silence_bps,
            Disputed => self.terms.timeout_bps,
            Absent | Quiet | Reported => 0,
        }
    }

    fn is_exactly(&self, expected: Status) -> Result<(), Fault> {
        let (actual, wanted) = (self.stage as u8, expected as u8);
        require!(self.stage == expected, "RepairEscrow_WrongState", actual, wanted);
        Ok(())
    }

    const fn enter(&mut self, stage: Status, scene: &Scene<'_>) {
        self.stage = stage;
        self.since = scene.books.now;
    }
}

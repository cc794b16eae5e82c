//! One group of tenants as a state machine, after contracts/docs/co-tenants.md.

use std::collections::BTreeSet;

use alloy_primitives::{B256, U256};

use super::{
    super::{
        abi::{Event, Fault, Value, event, fault, require},
        agent,
        books::Books,
        cast::Who,
        extension::{Rent, acceptable, before, from, is_about},
        lease::{Beside, LeaseCall},
    },
    act::{Call, Matter},
    terms::Terms,
};

/// `ICoTenants.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Forming,
    Signed,
    Dissolved,
}

use Status::{Dissolved, Forming, None as Absent, Signed};

/// A group with what happened to it. What is said of members is in their order.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) terms: Terms,
    pub(super) id: B256,
    /// The tenant of the lease.
    pub(super) agent: Who,
    /// What was written down last; what follows from the clock is in [`Group::status`].
    pub(super) stage: Status,
    /// Whose part of the deposit is here.
    pub(super) contributed: Vec<bool>,
    /// What each has paid for all.
    pub(super) paid: Vec<u128>,
    /// What is each one's of what came back.
    pub(super) owed: Vec<u128>,
    /// What the members approve, each by its number.
    pub(super) approvals: BTreeSet<(Matter, usize)>,
    /// The id of the lease that was signed; zero before.
    pub(super) lease: B256,
    /// For I-1: what came in, and what went out.
    pub(super) came: u128,
    pub(super) went: u128,
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
            Forming => "Forming",
            Signed => "Signed",
            Dissolved => "Dissolved",
        }
    }
}

impl Group {
    pub(super) fn new(terms: Terms, id: B256, agent: Who) -> Self {
        let count = terms.members.len();
        Self {
            terms,
            id,
            agent,
            stage: Absent,
            contributed: vec![false; count],
            paid: vec![0; count],
            owed: vec![0; count],
            approvals: BTreeSet::new(),
            lease: B256::ZERO,
            came: 0,
            went: 0,
        }
    }

    /// Does what is called for, and says what the function returns.
    pub(super) fn act(&mut self, call: &Call, mut scene: Scene<'_>) -> Result<Vec<Value>, Fault> {
        if !call.is_payable() && scene.value > 0 {
            return Err(Fault::SILENT);
        }
        let scene = &mut scene;
        if matches!(call, Call::Open) {
            self.open(scene)?;
            return Ok(vec![self.id.into()]);
        }
        require!(self.stage != Absent, "Extension_UnknownAgreement", self.id);
        match call {
            Call::Open => unreachable!("it was done"),
            Call::Contribute(member) => self.contribute(*member, scene)?,
            Call::TakeBack => self.take_back(scene)?,
            Call::Approve(matter, approved) => self.approve(*matter, *approved, scene)?,
            Call::OnLease(lease, LeaseCall::Sign, _) => self.sign(*lease, scene)?,
            Call::OnLease(lease, call, limit) => self.on_lease(*lease, call, *limit, scene)?,
            Call::Pay(lease, amount) => self.pay(*lease, *amount, scene)?,
            Call::Reimburse(member, amount) => self.reimburse(*member, *amount, scene)?,
            Call::Settle => self.settle(scene)?,
            Call::Collect => return Ok(vec![self.collect(scene)?.into()]),
            Call::PayOut(member) => self.pay_out(*member, scene)?,
        }
        Ok(Vec::new())
    }

    fn open(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_exactly(Absent, scene)?;
        before(scene.books.now, self.terms.form_by)?;
        self.terms.check()?;
        self.stage = Forming;
        scene.tell(event!("Opened", self.id, self.agent, scene.terms.clone()));
        Ok(())
    }

    fn contribute(&mut self, member: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_forming(scene)?;
        let account = self.terms.members[member].account;
        require!(!self.contributed[member], "CoTenants_AlreadyContributed", account);
        let amount = self.part(member);
        self.contributed[member] = true;
        self.came += amount;
        scene.tell(event!("Contributed", self.id, account, scene.caller, amount));
        scene.books.take(self.terms.asset, scene.caller, scene.value, amount)
    }

    fn take_back(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        self.is_forming(scene)?;
        let member = self.member(scene)?;
        require!(self.contributed[member], "CoTenants_NotContributed", scene.caller);
        self.contributed[member] = false;
        self.give(member, self.part(member), scene);
        Ok(())
    }

    fn approve(
        &mut self,
        matter: Matter,
        approved: bool,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let member = self.member(scene)?;
        if approved {
            self.approvals.insert((matter, member));
        } else {
            self.approvals.remove(&(matter, member));
        }
        let (act, limit) = matter;
        scene.tell(event!("Approved", self.id, scene.caller, act, limit, approved));
        Ok(())
    }

    fn sign(&mut self, lease: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let Terms { asset, deposit, .. } = self.terms;
        self.is_forming(scene)?;
        self.member(scene)?;
        let agreed = scene.beside.deposit(lease);
        acceptable(&[
            (scene.beside.tenant(lease) == self.agent, "tenant"),
            (scene.beside.asset(lease) == asset, "asset"),
            (agreed.0 == deposit, "deposit"),
            (agreed.1 <= 1, "depositParts"),
        ])?;
        let id = scene.beside.id(lease);
        let everybody = self.terms.members.len();
        self.use_up(Call::matter(&LeaseCall::Sign, id, U256::ZERO), everybody)?;
        let missing = self.contributed.iter().position(|contributed| !contributed);
        if let Some(missing) = missing.filter(|_| deposit > 0) {
            let account = self.terms.members[missing].account;
            return Err(fault!("CoTenants_NotContributed", account));
        }
        let paid_by_others = scene.beside.claim_of(lease, self.agent) > 0;
        self.stage = Signed;
        self.contributed.fill(false);
        self.lease = id;
        scene.tell(event!("LeaseSigned", self.id, id));
        if paid_by_others {
            self.divide(deposit, scene);
        } else {
            self.went += deposit;
            scene.books.discharge(asset, deposit);
        }
        let passed_on = if paid_by_others { 0 } else { deposit };
        let signing = (lease, &LeaseCall::Sign);
        agent::act(self.agent, signing, (asset, passed_on), scene.beside, scene.books)
    }

    fn on_lease(
        &mut self,
        lease: usize,
        call: &LeaseCall,
        limit: U256,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let member = self.member(scene)?;
        is_about(scene.beside, lease, self.lease)?;
        if let Some(matter) = Call::matter(call, self.lease, limit) {
            self.use_up(Some(matter), self.terms.quorum.into())?;
            scene.tell(event!("Acted", self.id, matter.0, scene.caller));
        }
        let asset = self.terms.asset;
        let mut amount = 0;
        match call {
            LeaseCall::GiveNotice => {
                let now = U256::from(scene.books.now);
                require!(now < limit, "Extension_TooLate", now, limit);
            }
            LeaseCall::AcceptClaim => {
                let claimed = U256::from(scene.beside.claimed(lease));
                require!(claimed <= limit, "Extension_InvalidAmount", claimed, limit);
            }
            LeaseCall::Break => {
                amount = scene.beside.break_fee(lease, self.agent).unwrap_or_default();
                let fee = U256::from(amount);
                require!(fee <= limit, "Extension_InvalidAmount", fee, limit);
                self.count(member, amount, scene);
                scene.books.pull(asset, scene.caller, scene.value, amount)?;
            }
            LeaseCall::ObjectToClaim => {
                scene.tell(event!("ObjectedFor", self.id, scene.caller));
            }
            _ => {}
        }
        agent::act(self.agent, (lease, call), (asset, amount), scene.beside, scene.books)
    }

    fn pay(&mut self, lease: usize, amount: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let member = self.member(scene)?;
        is_about(scene.beside, lease, self.lease)?;
        let rent = Rent { lease, payer: scene.caller, offered: amount, value: scene.value };
        self.count(member, rent.taken(scene.beside)?, scene);
        rent.pay(scene.beside, scene.books)
    }

    fn reimburse(
        &mut self,
        member: usize,
        amount: u128,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        let Terms { asset, .. } = self.terms;
        let from = self.member(scene)?;
        let shares = self.shares();
        let owes = shares[from].saturating_sub(self.paid[from]);
        let most = owes.min(self.paid[member].saturating_sub(shares[member]));
        let paid = amount.min(most);
        require!(paid > 0, "Extension_InvalidAmount", amount, most);
        self.paid[from] += paid;
        self.paid[member] -= paid;
        let to = self.terms.members[member].account;
        scene.tell(event!("Reimbursed", self.id, scene.caller, to, paid));
        let rest = if asset == Who::NOBODY { amount - paid } else { 0 };
        scene.books.pull(asset, scene.caller, scene.value, paid + rest)?;
        scene.books.forward(asset, to, paid);
        scene.books.forward(asset, scene.caller, rest);
        Ok(())
    }

    fn settle(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let (stage, forming) = (self.stage as u8, Forming as u8);
        require!(self.stage == Forming, "CoTenants_WrongState", stage, forming);
        from(scene.books.now, self.terms.form_by)?;
        self.stage = Dissolved;
        scene.tell(event!("GroupDissolved", self.id));
        Ok(())
    }

    fn collect(&mut self, scene: &mut Scene<'_>) -> Result<u128, Fault> {
        let amount = agent::hand_in(self.agent, self.terms.asset, scene.beside, scene.books)?;
        if amount > 0 {
            self.came += amount;
            self.divide(amount, scene);
        }
        Ok(amount)
    }

    fn pay_out(&mut self, member: usize, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let dissolved = self.status(scene.books.now) == Dissolved;
        let returns = dissolved && self.contributed[member];
        let owed = std::mem::take(&mut self.owed[member]);
        let account = self.terms.members[member].account;
        require!(owed > 0 || returns, "CoTenants_NothingToPay", account);
        let part = if returns { self.part(member) } else { 0 };
        if returns {
            self.contributed[member] = false;
        }
        self.give(member, owed + part, scene);
        Ok(())
    }

    /// What came back is the members', each his part.
    fn divide(&mut self, amount: u128, scene: &mut Scene<'_>) {
        scene.tell(event!("Returned", self.id, amount));
        for (owed, part) in self.owed.iter_mut().zip(self.terms.deposit_parts(amount)) {
            *owed += part;
        }
    }

    fn give(&mut self, member: usize, amount: u128, scene: &mut Scene<'_>) {
        let account = self.terms.members[member].account;
        self.went += amount;
        scene.tell(event!("PaidOut", self.id, account, amount));
        scene.books.release_some(self.terms.asset, account, amount);
    }

    /// A member has paid so much for all.
    fn count(&mut self, member: usize, amount: u128, scene: &mut Scene<'_>) {
        self.paid[member] += amount;
        scene.tell(event!("RentPaid", self.id, scene.caller, amount));
    }

    /// So many have approved this; it counts once.
    fn use_up(&mut self, matter: Option<Matter>, needed: usize) -> Result<(), Fault> {
        let Some(matter) = matter else { return Ok(()) };
        let given = self.given(matter);
        require!(given >= needed, "CoTenants_NotApproved", given, needed);
        self.approvals.retain(|(approved, _)| *approved != matter);
        Ok(())
    }

    /// How many approve this.
    pub(super) fn given(&self, matter: Matter) -> usize {
        self.approvals.iter().filter(|(approved, _)| *approved == matter).count()
    }

    /// Where the group stands.
    pub(super) fn status(&self, now: u64) -> Status {
        let late = self.stage == Forming && now >= self.terms.form_by;
        if late { Dissolved } else { self.stage }
    }

    /// From when on silence decides; zero when it never will.
    pub(super) fn deadline(&self) -> u64 {
        if self.stage == Forming { self.terms.form_by } else { 0 }
    }

    /// A member's part of the deposit.
    pub(super) fn part(&self, member: usize) -> u128 {
        self.terms.deposit_parts(self.terms.deposit)[member]
    }

    /// What each should have paid of all that was.
    pub(super) fn shares(&self) -> Vec<u128> {
        self.terms.rent_parts(self.paid.iter().sum())
    }

    /// What is here that is a member's.
    pub(super) fn claim(&self, member: usize) -> u128 {
        let part = if self.contributed[member] { self.part(member) } else { 0 };
        self.owed[member] + part
    }

    fn member(&self, scene: &Scene<'_>) -> Result<usize, Fault> {
        let number = self.terms.number(scene.caller);
        number.ok_or_else(|| fault!("Extension_NotAParty", scene.caller))
    }

    fn is_forming(&self, scene: &Scene<'_>) -> Result<(), Fault> {
        self.is_exactly(Forming, scene)?;
        before(scene.books.now, self.terms.form_by)
    }

    fn is_exactly(&self, expected: Status, scene: &Scene<'_>) -> Result<(), Fault> {
        if self.stage == expected {
            return Ok(());
        }
        let status = self.status(scene.books.now);
        Err(fault!("CoTenants_WrongState", status as u8, expected as u8))
    }
}

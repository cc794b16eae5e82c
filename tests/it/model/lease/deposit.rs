//! What becomes of a deposit once the lease has ended.

use alloy_primitives::keccak256;

use super::{
    super::abi::{Fault, Value, event, fault, require, word},
    figures::before,
    state::{
        Lease, Scene,
        Status::{Claimed, Closed, Disputed, Ended, None as Absent},
    },
};

impl Lease {
    /// The landlord claims so much of the deposit, for these items if it lists any.
    pub(super) fn claim(
        &mut self,
        amount: u128,
        items: Option<&[u128]>,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        // A list that is too long is not even read.
        let count = items.map_or(0, <[u128]>::len);
        require!(count <= 32, "Lease_TooManyItems", count, 32_u64);
        self.is_landlord(scene.caller)?;
        self.runs(scene, &[Ended])?;
        let now = scene.books.now;
        before(now, self.end() + self.window())?;
        let most = self.claimable(now);
        require!(amount <= most, "Lease_InvalidAmount", amount, most);
        if let Some(items) = items
            && items.contains(&0)
        {
            // Every item is of something; the most that one may be is not said.
            let fault = fault!("Lease_InvalidAmount", 0_u64, u128::MAX);
            return Err(Fault { unspoken: Some(1), ..fault });
        }
        let itemised = !self.terms.itemised || amount == 0 || items.is_some();
        require!(itemised, "Lease_NotItemised", amount);
        self.claimed = amount;
        self.stage = Claimed;
        self.since = now;
        let mut evidence = super::HASH;
        if let Some(items) = items {
            let list = super::itemised(items);
            evidence = keccak256([word(32).as_slice(), &list].concat());
            scene.tell(event!("DepositItemised", self.id, Value::Tail(list)));
        }
        scene.tell(event!("DepositClaimed", self.id, amount, evidence, self.deadline()));
        self.give_back(self.held, amount, scene);
        Ok(())
    }

    /// The landlord claims less.
    pub(super) fn reduce_claim(
        &mut self,
        amount: u128,
        scene: &mut Scene<'_>,
    ) -> Result<(), Fault> {
        self.is_landlord(scene.caller)?;
        self.runs(scene, &[Claimed, Disputed])?;
        require!(amount < self.claimed, "Lease_InvalidAmount", amount, self.claimed);
        let held = std::mem::replace(&mut self.claimed, amount);
        scene.tell(event!("ClaimReduced", self.id, amount));
        self.give_back(held, amount, scene);
        Ok(())
    }

    /// The tenant accepts what is claimed.
    pub(super) fn accept_claim(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let tenant = self.terms.tenant;
        require!(scene.caller == tenant, "Lease_WrongCaller", scene.caller, tenant);
        self.runs(scene, &[Claimed, Disputed])?;
        scene.tell(event!("ClaimAccepted", self.id));
        self.divide(self.claimed, scene);
        Ok(())
    }

    /// The tenant objects.
    pub(super) fn object(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let tenant = self.terms.tenant;
        require!(scene.caller == tenant, "Lease_WrongCaller", scene.caller, tenant);
        self.runs(scene, &[Claimed])?;
        before(scene.books.now, self.deadline())?;
        self.stage = Disputed;
        self.since = scene.books.now;
        scene.tell(event!("Disputed", self.id, super::HASH, self.deadline()));
        Ok(())
    }

    /// The arbiter awards so much.
    pub(super) fn rule(&mut self, award: u128, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let arbiter = self.terms.arbiter;
        require!(scene.caller == arbiter, "Lease_WrongCaller", scene.caller, arbiter);
        self.runs(scene, &[Disputed])?;
        before(scene.books.now, self.deadline())?;
        require!(award <= self.claimed, "Lease_InvalidAmount", award, self.claimed);
        scene.tell(event!("Ruled", self.id, arbiter, award));
        self.divide(award, scene);
        Ok(())
    }

    /// Silence decides.
    pub(super) fn settle(&mut self, scene: &mut Scene<'_>) -> Result<(), Fault> {
        let now = scene.books.now;
        require!(self.stage != Absent, "Lease_UnknownAgreement", self.id);
        if self.stage == Closed {
            return Err(fault!("Lease_WrongState", Closed as u8, Ended as u8));
        }
        let deadline = self.deadline();
        require!(now >= deadline, "Lease_TooEarly", now, deadline);
        scene.tell(event!("TimedOut", self.id, self.status(now) as u8));
        self.divide(self.silent_award(), scene);
        Ok(())
    }

    /// So much of what is held to the landlord, the rest to the tenant; then it is over.
    pub(super) fn divide(&mut self, award: u128, scene: &mut Scene<'_>) {
        let rest = self.held - award;
        if self.held > 0 {
            scene.tell(event!("DepositDivided", self.id, award, rest));
        }
        scene.tell(event!("Closed", self.id));
        self.held -= award;
        self.went += award;
        scene.books.release_some(self.terms.asset, self.landlord, award);
        self.give_tenant(rest, scene);
        self.stage = Closed;
        self.since = scene.books.now;
    }

    /// What is held and not claimed goes back to the tenant; if nothing is claimed, it is over.
    fn give_back(&mut self, held: u128, claimed: u128, scene: &mut Scene<'_>) {
        if claimed == 0 {
            self.divide(0, scene);
        } else if claimed < held {
            scene.tell(event!("DepositDivided", self.id, 0_u64, held - claimed));
            self.give_tenant(held - claimed, scene);
        }
    }

    fn give_tenant(&mut self, amount: u128, scene: &mut Scene<'_>) {
        self.held -= amount;
        self.went += amount;
        scene.books.release_some(self.terms.asset, self.terms.tenant, amount);
    }
}

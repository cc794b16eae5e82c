//! What must hold before something is done with a plan.

use super::{
    super::{
        abi::{Fault, require},
        cast::Who,
    },
    act::{Consents, Draft, Leave},
    plan::{Plan, Scene},
    stage::{Stage, Status},
    terms::Head,
};

impl Plan {
    /// One of the two parties.
    pub(super) fn is_party(&self, who: Who) -> Result<(), Fault> {
        let party = who == self.terms.head.payer || who == self.terms.head.payee;
        require!(party, "Milestones_NotAParty", who);
        Ok(())
    }

    /// Nobody but this one may call.
    pub(super) fn is_called_by(&self, expected: Who, scene: &Scene<'_>) -> Result<(), Fault> {
        let caller = scene.caller;
        require!(caller == expected, "Milestones_WrongCaller", caller, expected);
        Ok(())
    }

    /// Somebody has proposed it.
    pub(super) fn is_on_record(&self) -> Result<(), Fault> {
        require!(self.status != Status::None, "Milestones_UnknownAgreement", self.id);
        Ok(())
    }

    /// The plan stands there.
    pub(super) fn is_exactly(&self, expected: Status) -> Result<(), Fault> {
        let (actual, wanted) = (self.status as u8, expected as u8);
        require!(self.status == expected, "Milestones_WrongState", actual, wanted);
        Ok(())
    }

    /// The plan binds, and this milestone is funded.
    pub(super) fn is_funded(&self, index: usize) -> Result<(), Fault> {
        self.is_on_record()?;
        self.is_exactly(Status::Active)?;
        require!(index < self.funded, "Milestones_UnknownMilestone", index, self.funded);
        Ok(())
    }

    /// The plan binds, and this milestone is funded and not over.
    pub(super) fn pending(&self, index: usize) -> Result<Stage, Fault> {
        self.is_funded(index)?;
        let stage = self.marks[index].stage;
        let pending = stage.is_pending();
        require!(pending, "Milestones_WrongStage", stage as u8, Stage::Open as u8);
        Ok(stage)
    }

    /// What is consented to is about this plan as it stands.
    pub(super) fn is_current(&self, leave: Leave, scene: &Scene<'_>) -> Result<(), Fault> {
        let named = scene.named[0];
        require!(named == self.id, "Milestones_WrongAgreement", named, self.id);
        before(scene.books.now, leave.deadline)?;
        let Leave { round, nonce, .. } = leave;
        require!(round == self.round, "Milestones_StaleRound", round, self.round);
        require!(nonce == self.nonce, "Milestones_WrongNonce", nonce, self.nonce);
        Ok(())
    }

    /// Each has called, approved or signed.
    pub(super) fn both_consent(
        &self,
        draft: Draft,
        consents: Consents,
        scene: &Scene<'_>,
    ) -> Result<(), Fault> {
        let Head { payer, payee, .. } = self.terms.head;
        for (party, signature) in [(payer, consents.payer), (payee, consents.payee)] {
            let consents = scene.caller == party
                || scene.approvals.contains(&(party, draft))
                || consents.is_by(party, signature);
            require!(consents, "Milestones_InvalidSignature", party);
        }
        Ok(())
    }
}

/// An act is strictly before its deadline.
pub(super) fn before(now: u64, deadline: u64) -> Result<(), Fault> {
    require!(now < deadline, "Milestones_TooLate", now, deadline);
    Ok(())
}

/// At most the whole.
pub(super) fn a_share(bps: u16) -> Result<(), Fault> {
    require!(bps <= 10_000, "Milestones_InvalidShare", bps, 10_000_u16);
    Ok(())
}

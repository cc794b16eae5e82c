//! What is held and due in a plan, and until when: all of it follows from where the milestones stand.

use super::{
    super::{books::share, cast::Who},
    plan::Plan,
    stage::{
        Mark, Stage,
        Status::{Active, Amended, Cancelled, Closed, Funded, None as Absent, Proposed},
    },
    terms::{Head, Milestone},
};

impl Plan {
    /// What is held.
    pub(super) fn held(&self) -> u128 {
        match self.status {
            Proposed | Funded => total(&self.terms.milestones[..self.funded]),
            Active => self.pending_ones().map(|it| self.terms.milestones[it].amount).sum(),
            Absent | Closed | Cancelled | Amended => 0,
        }
    }

    /// How many of the funded milestones are over.
    pub(super) fn over(&self) -> usize {
        self.funded - self.pending_ones().count()
    }

    /// From when on silence decides; zero when it never will.
    pub(super) fn deadline(&self) -> u64 {
        match self.status {
            Absent | Closed | Cancelled | Amended => 0,
            Proposed | Funded => self.terms.head.accept_by,
            Active => self
                .pending_ones()
                .map(|index| self.silence(index))
                .min()
                .unwrap_or_else(|| self.terms.milestones[self.funded].fund_by),
        }
    }

    /// By when everything is over if nobody does anything any more, whatever happened before.
    pub(super) fn latest_end(&self) -> u64 {
        let ends = self.terms.milestones.iter().map(|it| it.perform_by + it.review_window);
        ends.max().unwrap_or_default().max(self.terms.head.accept_by)
            + self.terms.head.ruling_window
    }

    /// From when on silence decides about a funded milestone; zero when it is over.
    pub(super) fn silence(&self, index: usize) -> u64 {
        let Mark { stage, since } = self.marks[index];
        match stage {
            Stage::Open => self.terms.milestones[index].perform_by,
            Stage::Submitted => since + self.terms.milestones[index].review_window,
            Stage::Disputed => since + self.terms.head.ruling_window,
            Stage::Released | Stage::Refunded | Stage::Split => 0,
        }
    }

    /// What somebody gets if nobody does anything any more.
    pub(super) fn claim(&self, who: Who) -> u128 {
        if self.held() == 0 {
            return 0;
        }
        let Head { payer, payee, fee_receiver, fee_bps, .. } = self.terms.head;
        let due = |party: Who, amount: u128| if who == party { amount } else { 0 };
        self.pending_ones()
            .map(|index| {
                let amount = self.terms.milestones[index].amount;
                let to_payee = share(amount, self.silent_bps(index));
                let fee = share(to_payee, fee_bps);
                due(payer, amount - to_payee) + due(payee, to_payee - fee) + due(fee_receiver, fee)
            })
            .sum()
    }

    /// The funded milestones that are not over.
    pub(super) fn pending_ones(&self) -> impl Iterator<Item = usize> {
        (0..self.funded).filter(|index| self.marks[*index].stage.is_pending())
    }

    /// Who may hold something of it.
    pub(super) fn named(&self) -> Vec<Who> {
        let Head { payer, payee, arbiter, fee_receiver, .. } = self.terms.head;
        let mut named = vec![payer, payee, arbiter, fee_receiver];
        named.retain(|who| *who != Who::NOBODY);
        named.sort_unstable();
        named.dedup();
        named
    }

    /// What the payee gets of a milestone if nobody does anything any more.
    pub(super) fn silent_bps(&self, index: usize) -> u16 {
        match self.marks[index].stage {
            Stage::Submitted => 10_000,
            Stage::Disputed => self.terms.head.timeout_bps,
            _ => 0,
        }
    }
}

/// The sum of what these milestones are about.
pub(super) fn total(milestones: &[Milestone]) -> u128 {
    milestones.iter().map(|it| it.amount).sum()
}

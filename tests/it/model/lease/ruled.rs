//! Leases whose arbiter is the contract under test.

use std::sync::Arc;

use alloy_primitives::B256;

use super::{
    super::{
        abi::Value, arbiter::Holder, aside::Aside, books::share, cast::Who, dice::Dice,
        facts::Facts, harness::Model, world::START,
    },
    Leases,
    act::{Act, Call},
    state::Status,
    terms::Terms,
};

impl Holder for Leases {
    const ADAPTER: (&'static str, &'static str) =
        ("LeaseArbitratorAdapter", "Covenant Lease Arbitration");
    const PANEL: (&'static str, &'static str) = ("LeasePanel", "Covenant Lease Panel");
    const RARE: &'static [&'static str] = &[
        "Ledger_NoCode",
        "Ledger_BadDelta",
        "SafeERC20FailedOperation",
        // Fewer leases than escrows come to be disputed.
        "ArbitratorAdapter_AlreadyRuled",
        "ArbitratorAdapter_DisputeExists",
    ];
    const PAYS_ARBITER: bool = false;

    fn ruled(facts: &Arc<Facts>, count: usize, _: bool, dice: &mut Dice) -> Self {
        Self::of(facts, (0..count).map(|_| draft(dice)).collect())
    }

    fn count(&self) -> usize {
        self.leases.len()
    }

    fn toward(&self, index: usize, dice: &mut Dice) -> (Who, Act) {
        let lease = &self.leases[index];
        let status = lease.status(self.books.now);
        let (landlord, tenant) = (lease.landlord, lease.terms.tenant);
        if dice.chance(8) || matches!(status, Status::Closed | Status::InDefault) {
            return self.draw(dice);
        }
        let succession = |dice: &mut Dice| match lease.offered {
            Who::NOBODY => (landlord, Call::OfferSuccession(dice.pick(&Who::PARTIES))),
            offered => (offered, Call::AcceptSuccession),
        };
        let (caller, call) = match (status, dice.below(10)) {
            (Status::None | Status::Draft, _) if lease.landlord_signed => (tenant, Call::Sign),
            (Status::None | Status::Draft, _) => (landlord, Call::Sign),
            (Status::Disputed, 0..5) | (_, 0) => succession(dice),
            (Status::Disputed, _) => {
                let less = dice.below_u128(lease.claimed.max(1));
                (landlord, Call::ReduceClaim(less))
            }
            (Status::Claimed, _) => (tenant, Call::ObjectToClaim),
            (Status::Ended, _) => {
                let most = lease.claimable(self.books.now).max(1);
                let amount = if dice.chance(30) { most } else { 1 + dice.below_u128(most) };
                (landlord, Call::Claim(amount))
            }
            _ => (tenant, Call::PayDeposit),
        };
        let takes = matches!(call, Call::Sign | Call::PayDeposit) && caller == tenant;
        let value = match lease.terms.asset {
            Who::NOBODY if takes && lease.parts < lease.all_parts() => lease.part(lease.parts),
            _ => 0,
        };
        (caller, Act::On(index, call, value))
    }

    fn awaits_arbiter(&self, _: usize) -> bool {
        true
    }

    fn waits(&self, index: usize) -> bool {
        self.leases[index].status(self.books.now) == Status::Active
    }

    fn id(&self, index: usize) -> B256 {
        self.leases[index].id
    }

    fn contract_terms(&self, index: usize) -> Value {
        self.leases[index].terms.argument(&self.facts)
    }

    fn named(&self, index: usize) -> (Who, Who) {
        let Terms { landlord, tenant, .. } = *self.leases[index].terms;
        (tenant, landlord)
    }

    fn payee_now(&self, index: usize) -> Who {
        self.leases[index].landlord
    }

    fn asset(&self, index: usize) -> Who {
        self.leases[index].terms.asset
    }

    fn ruling_window(&self, index: usize) -> u64 {
        self.leases[index].terms.ruling_window
    }

    fn is_disputed(&self, index: usize) -> bool {
        self.leases[index].status(self.books.now) == Status::Disputed
    }

    fn is_settled(&self, index: usize) -> bool {
        let lease = &self.leases[index];
        let open = matches!(lease.stage, Status::None | Status::Draft);
        lease.stage == Status::Closed || (open && self.books.now >= lease.terms.sign_by)
    }

    fn deadline(&self, index: usize) -> u64 {
        self.leases[index].deadline()
    }

    fn refuses(&self, index: usize, _: bool) -> Option<&'static str> {
        // What is in its place is the contract under test.
        (self.leases[index].terms.arbiter != Who::LEASE).then_some("arbiter")
    }

    fn besides(act: Aside) -> Act {
        Act::Aside(act)
    }

    /// A lease asks for none.
    fn acceptance(&self, _: usize) -> Option<Act> {
        None
    }

    fn ruling(&self, index: usize, payee_bps: u16) -> Act {
        let award = share(self.leases[index].claimed, payee_bps);
        Act::On(index, Call::Rule(award), 0)
    }
}

/// The terms of a short lease with a deposit, and with time for everything that an arbiter does.
fn draft(dice: &mut Dice) -> Terms {
    let mut terms = Terms::random(dice);
    terms.arbiter = Who::LEASE;
    if dice.chance(3) {
        terms.arbiter = dice.pick(&[Who::NOBODY, Who::CAROL]);
    }
    terms.attester = Who::NOBODY;
    terms.deposit = terms.deposit.max(1 + dice.below_u128(20_000));
    terms.deposit_parts = 1;
    terms.max_deposit_bps = 0;
    terms.steps.clear();
    (terms.period_seconds, terms.due_day, terms.periods, terms.holdover) = (100, 0, 1, 0);
    terms.grace = 60;
    terms.start = START + 250 + dice.below(200);
    terms.sign_by = terms.start + dice.below(61);
    terms.default_after = 0;
    terms.ruling_window = if dice.chance(5) { 1 } else { 60 + dice.below(300) };
    terms.claim_window = 60 + dice.below(200);
    terms.return_window = terms.claim_window;
    terms.objection_window = 40 + dice.below(100);
    terms
}

//! The terms of a repair escrow, and its EIP-712 id.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    abi::{Fault, Value, word},
    cast::Who,
    dice::Dice,
    extension::{WINDOW, acceptable, can_be_paid, is_window},
    facts::Facts,
    lease::Draft,
};

/// `IRepairEscrow.Terms`, in its order.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) landlord: Who,
    pub(super) tenant: Who,
    pub(super) arbiter: Who,
    pub(super) asset: Who,
    pub(super) withhold_bps: u16,
    pub(super) cap: u128,
    pub(super) repair_window: u64,
    pub(super) confirm_window: u64,
    pub(super) ruling_window: u64,
    pub(super) silence_bps: u16,
    pub(super) timeout_bps: u16,
    pub(super) document: u64,
    pub(super) salt: u64,
}

/// The EIP-712 type, as the interface lists the members.
const TYPE: &str = "Terms(address landlord,address tenant,address arbiter,address asset,uint16 withholdBps,uint128 cap,\
    uint40 repairWindow,uint40 confirmWindow,uint40 rulingWindow,uint16 silenceBps,uint16 timeoutBps,\
    bytes32 documentHash,bytes32 salt)";

const DAY: u64 = 86_400;

impl Terms {
    /// Random terms beside a lease, mostly acceptable ones.
    pub(super) fn random(lease: &Draft, dice: &mut Dice) -> Self {
        let tenant = if dice.chance(92) { lease.tenant } else { dice.pick(&Who::PARTIES) };
        let landlord = other_than(&[tenant], dice);
        let arbiter =
            if dice.chance(20) { Who::NOBODY } else { other_than(&[tenant, landlord], dice) };
        let mut terms = Self {
            landlord,
            tenant,
            arbiter,
            asset: lease.asset,
            withhold_bps: dice.whole_bps().max(1),
            cap: match dice.below(5) {
                0 => dice.below_u128(20),
                1 => u128::MAX,
                _ => 1 + dice.below_u128(lease.rent.saturating_mul(3).clamp(1, 1 << 127)),
            },
            repair_window: window(dice),
            confirm_window: window(dice),
            ruling_window: window(dice),
            silence_bps: dice.whole_bps(),
            timeout_bps: dice.whole_bps(),
            document: dice.below(3),
            salt: dice.next(),
        };
        if dice.chance(8) {
            terms.spoil(dice);
        }
        terms
    }

    /// Changes a member, mostly for the worse.
    fn spoil(&mut self, dice: &mut Dice) {
        let odd = [Who::NOBODY, Who::CONTRACT, Who::LEASE, self.landlord, self.tenant];
        let long = dice.pick(&[0, WINDOW, WINDOW + 1]);
        match dice.below(11) {
            0 => self.landlord = dice.pick(&odd),
            1 => self.tenant = dice.pick(&odd),
            2 => self.arbiter = dice.pick(&odd),
            3 => self.asset = dice.pick(&[Who::CONTRACT, Who::NOBODY, Who::TAXED]),
            4 => self.withhold_bps = dice.pick(&[0, 1, 10_000, 10_001]),
            5 => self.cap = 0,
            6 => self.repair_window = long,
            7 => self.confirm_window = long,
            8 => self.ruling_window = long,
            9 => self.silence_bps = dice.bps(),
            _ => self.timeout_bps = dice.bps(),
        }
    }

    /// The first member that is not acceptable, as the document says.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let involved = [self.landlord, self.tenant, Who::CONTRACT];
        acceptable(&[
            (can_be_paid(self.landlord), "landlord"),
            (can_be_paid(self.tenant) && self.tenant != self.landlord, "tenant"),
            (!involved.contains(&self.arbiter), "arbiter"),
            (self.asset != Who::CONTRACT, "asset"),
            (self.withhold_bps > 0 && self.withhold_bps <= 10_000, "withholdBps"),
            (is_window(self.repair_window), "repairWindow"),
            (is_window(self.confirm_window), "confirmWindow"),
            (is_window(self.ruling_window), "rulingWindow"),
            (self.silence_bps <= 10_000, "silenceBps"),
            (self.timeout_bps <= 10_000, "timeoutBps"),
        ])
    }

    fn words(&self, facts: &Facts) -> Vec<u8> {
        let people = [self.landlord, self.tenant, self.arbiter, self.asset];
        let numbers = [
            self.withhold_bps.into(),
            self.cap,
            self.repair_window.into(),
            self.confirm_window.into(),
            self.ruling_window.into(),
            self.silence_bps.into(),
            self.timeout_bps.into(),
            self.document.into(),
            self.salt.into(),
        ];
        let people = people.iter().flat_map(|who| facts.word(*who));
        people.chain(numbers.iter().flat_map(|number| word(*number))).collect()
    }

    /// The terms as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        Value::Words(self.words(facts))
    }

    /// The id: the EIP-712 digest of the terms.
    pub(super) fn id(&self, facts: &Facts) -> B256 {
        let content = [keccak256(TYPE).as_slice(), &self.words(facts)].concat();
        facts.digest(keccak256(content))
    }
}

fn other_than(taken: &[Who], dice: &mut Dice) -> Who {
    loop {
        let who = dice.pick(&Who::PARTIES);
        if !taken.contains(&who) {
            return who;
        }
    }
}

fn window(dice: &mut Dice) -> u64 {
    dice.pick(&[1, 50, DAY, 40 * DAY]) + dice.below(50)
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { landlord, tenant, arbiter, asset, withhold_bps, cap, .. } = self;
        write!(
            f,
            "landlord {landlord} tenant {tenant} arbiter {arbiter} asset {asset} withholdBps {withhold_bps} cap {cap} \
             repairWindow {} confirmWindow {} rulingWindow {} silenceBps {} timeoutBps {}",
            self.repair_window,
            self.confirm_window,
            self.ruling_window,
            self.silence_bps,
            self.timeout_bps,
        )
    }
}

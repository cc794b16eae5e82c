//! The terms of a guarantee, and its EIP-712 id.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    abi::{Fault, Value, word},
    cast::Who,
    dice::Dice,
    extension::{WINDOW, acceptable, can_be_paid, is_window},
    facts::Facts,
    lease::Beside,
    world::START,
};

/// `IGuarantee.Terms`, in its order.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// The number of the lease.
    pub(super) lease: usize,
    pub(super) guarantor: Who,
    pub(super) landlord: Who,
    pub(super) arbiter: Who,
    pub(super) asset: Who,
    pub(super) cap: u128,
    pub(super) call_after: u16,
    pub(super) notice_period: u64,
    pub(super) ruling_window: u64,
    pub(super) timeout_bps: u16,
    pub(super) expires_at: u64,
    pub(super) document: u64,
    pub(super) salt: u64,
}

/// The EIP-712 type, as the interface lists the members.
const TYPE: &str = "Terms(bytes32 leaseId,address guarantor,address landlord,address arbiter,address asset,uint128 cap,\
    uint16 callAfter,uint40 noticePeriod,uint40 rulingWindow,uint16 timeoutBps,uint40 expiresAt,\
    bytes32 documentHash,bytes32 salt)";

const DAY: u64 = 86_400;

/// The largest time that the terms can hold.
const LAST: u64 = (1 << 40) - 1;

impl Terms {
    /// Random terms, mostly acceptable ones.
    pub(super) fn random(beside: &Beside, dice: &mut Dice) -> Self {
        let lease = usize::try_from(dice.below(beside.count() as u64)).expect("it is an index");
        let own = beside.landlord(lease);
        let landlord = if dice.chance(85) { own } else { dice.pick(&Who::PARTIES) };
        let guarantor = other_than(dice, &[landlord]);
        let arbiter =
            if dice.chance(25) { Who::NOBODY } else { other_than(dice, &[landlord, guarantor]) };
        let rent = beside.rent(lease);
        let mut terms = Self {
            lease,
            guarantor,
            landlord,
            arbiter,
            asset: beside.asset(lease),
            cap: match dice.below(4) {
                0 => 1 + dice.below_u128(50),
                1 => rent.max(1),
                _ => 1 + dice.below_u128(rent.saturating_mul(3).clamp(1, 1 << 127)),
            },
            call_after: if dice.chance(85) { 1 } else { 2 },
            notice_period: window(dice),
            ruling_window: window(dice),
            timeout_bps: dice.whole_bps(),
            expires_at: START
                + 1
                + dice.pick(&[10, 40 * DAY, 400 * DAY, 800 * DAY])
                + dice.below(100),
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
        let odd =
            [Who::NOBODY, Who::CONTRACT, Who::LEASE, self.guarantor, self.landlord, Who::CODELESS];
        match dice.below(11) {
            0 => self.guarantor = dice.pick(&odd),
            1 => self.landlord = dice.pick(&odd),
            2 => self.arbiter = dice.pick(&odd),
            3 => self.asset = dice.pick(&[Who::CONTRACT, Who::NOBODY, Who::TAXED]),
            4 => self.cap = 0,
            5 => self.cap = u128::MAX,
            6 => self.call_after = 0,
            7 => self.notice_period = dice.pick(&[0, WINDOW, WINDOW + 1]),
            8 => self.ruling_window = dice.pick(&[0, WINDOW, WINDOW + 1]),
            9 => self.timeout_bps = dice.bps(),
            _ => self.expires_at = dice.pick(&[0, START, LAST]),
        }
    }

    /// The first member that is not acceptable, as the document says; that of the asset is compared by itself.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let independent = ![self.landlord, self.guarantor, Who::CONTRACT].contains(&self.arbiter);
        acceptable(&[
            (can_be_paid(self.guarantor), "guarantor"),
            (can_be_paid(self.landlord) && self.landlord != self.guarantor, "landlord"),
            (independent, "arbiter"),
            (self.asset != Who::CONTRACT, "asset"),
            (self.cap > 0, "cap"),
            (self.call_after > 0, "callAfter"),
            (is_window(self.notice_period), "noticePeriod"),
            (self.arbiter == Who::NOBODY || is_window(self.ruling_window), "rulingWindow"),
            (self.timeout_bps <= 10_000, "timeoutBps"),
        ])
    }

    /// The members as words, for the lease with this id.
    fn words(&self, facts: &Facts, lease: B256) -> Vec<u8> {
        let people = [self.guarantor, self.landlord, self.arbiter, self.asset];
        let numbers = [
            self.cap,
            self.call_after.into(),
            self.notice_period.into(),
            self.ruling_window.into(),
            self.timeout_bps.into(),
            self.expires_at.into(),
            self.document.into(),
            self.salt.into(),
        ];
        let mut words = lease.to_vec();
        words.extend(people.iter().flat_map(|who| facts.word(*who)));
        words.extend(numbers.iter().flat_map(|number| word(*number)));
        words
    }

    /// The terms as an argument.
    pub(super) fn argument(&self, facts: &Facts, lease: B256) -> Value {
        Value::Words(self.words(facts, lease))
    }

    /// The guarantee's id: the EIP-712 digest of the terms.
    pub(super) fn id(&self, facts: &Facts, lease: B256) -> B256 {
        let content = [keccak256(TYPE).as_slice(), &self.words(facts, lease)].concat();
        facts.digest(keccak256(content))
    }
}

fn other_than(dice: &mut Dice, taken: &[Who]) -> Who {
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
        let Self { lease, guarantor, landlord, arbiter, asset, cap, call_after, .. } = self;
        write!(
            f,
            "lease #{lease} guarantor {guarantor} landlord {landlord} arbiter {arbiter} asset {asset} cap {cap} \
             callAfter {call_after} noticePeriod {} rulingWindow {} timeoutBps {} expiresAt +{}",
            self.notice_period,
            self.ruling_window,
            self.timeout_bps,
            self.expires_at.saturating_sub(START),
        )
    }
}

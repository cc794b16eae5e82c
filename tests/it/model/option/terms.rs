//! The terms of an option, and its EIP-712 id.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    abi::{Fault, Value, word},
    cast::Who,
    dice::Dice,
    extension::{acceptable, can_be_paid},
    facts::Facts,
    items::Shelf,
    lease::Beside,
    world::START,
};

/// `IRentToOwn.Terms`, in its order.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// The number of the lease.
    pub(super) lease: usize,
    pub(super) seller: Who,
    pub(super) buyer: Who,
    pub(super) title: Who,
    pub(super) token_id: u64,
    pub(super) asset: Who,
    pub(super) fee: u128,
    pub(super) strike: u128,
    pub(super) credit_bps: u16,
    pub(super) credit_cap: u128,
    pub(super) grace: u64,
    pub(super) accept_by: u64,
    pub(super) expires_at: u64,
    pub(super) document: u64,
    pub(super) salt: u64,
}

/// The EIP-712 type, as the interface lists the members.
const TYPE: &str = "Terms(bytes32 leaseId,address seller,address buyer,address title,uint256 tokenId,address asset,\
    uint128 optionFee,uint128 strike,uint16 creditBps,uint128 creditCap,uint32 grace,uint40 acceptBy,\
    uint40 expiresAt,bytes32 documentHash,bytes32 salt)";

const DAY: u64 = 86_400;

/// The largest time that the terms can hold.
const LAST: u64 = (1 << 40) - 1;

impl Terms {
    /// Random terms, mostly acceptable ones.
    pub(super) fn random(beside: &Beside, dice: &mut Dice) -> Self {
        let lease = usize::try_from(dice.below(beside.count() as u64)).expect("it is an index");
        let usual = |who: Who, dice: &mut Dice| {
            if dice.chance(80) { who } else { dice.pick(&Who::PARTIES) }
        };
        let seller = usual(beside.landlord(lease), dice);
        let mut buyer = usual(beside.tenant(lease), dice);
        while buyer == seller {
            buyer = dice.pick(&Who::PARTIES);
        }
        let title = if dice.chance(70) { Who::ITEMS } else { Who::BOUND };
        let rent = beside.rent(lease);
        let strike = match dice.below(6) {
            0 => dice.below_u128(3),
            1 => 1 + dice.below_u128(1 << 100),
            _ => 1 + dice.below_u128(rent.saturating_mul(8).clamp(1, 1 << 127)),
        };
        let asset = if dice.chance(75) {
            beside.asset(lease)
        } else {
            dice.pick(&[Who::NOBODY, Who::BLOCKING, Who::LYING, Who::TAXED])
        };
        let accept_by = START + 1 + dice.pick(&[10, 400, 20 * DAY]) + dice.below(100);
        let mut terms = Self {
            lease,
            seller,
            buyer,
            title,
            token_id: Shelf::some_id(title, seller, dice),
            asset,
            fee: if dice.chance(20) { 0 } else { dice.below_u128(1_000) },
            strike,
            credit_bps: dice.whole_bps(),
            credit_cap: if dice.chance(30) { strike } else { dice.below_u128(strike + 1) },
            grace: dice.pick(&[0, 1, 50, DAY, 20 * DAY]),
            accept_by,
            expires_at: accept_by + 1 + dice.pick(&[10, 40 * DAY, 200 * DAY, 800 * DAY]),
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
        let odd = [Who::NOBODY, Who::CONTRACT, Who::LEASE, self.seller, self.buyer, Who::CODELESS];
        match dice.below(11) {
            0 => self.seller = dice.pick(&odd),
            1 => self.buyer = dice.pick(&odd),
            2 => self.title = dice.pick(&[Who::NOBODY, Who::CONTRACT, Who::LEASE, self.asset]),
            3 => self.title = dice.pick(&[Who::MULTI, Who::CODELESS, Who::CAROL]),
            4 => self.token_id = dice.pick(&[1_000, 3]),
            5 => self.asset = dice.pick(&[Who::CONTRACT, Who::CODELESS]),
            6 => self.credit_bps = dice.pick(&[10_000, 10_001, u16::MAX]),
            7 => self.credit_cap = self.strike + u128::from(dice.chance(50)),
            8 => self.grace = u64::from(u32::MAX),
            9 => self.accept_by = dice.pick(&[0, START, LAST - 1, LAST]),
            _ => self.expires_at = self.accept_by - u64::from(dice.chance(50)),
        }
    }

    /// The first member that is not acceptable, as the document says.
    pub(super) fn check(&self) -> Result<(), Fault> {
        acceptable(&[
            (can_be_paid(self.seller), "seller"),
            (can_be_paid(self.buyer) && self.buyer != self.seller, "buyer"),
            (can_be_paid(self.title) && self.title != self.asset, "title"),
            (self.asset != Who::CONTRACT, "asset"),
            (self.credit_bps <= 10_000, "creditBps"),
            (self.credit_cap <= self.strike, "creditCap"),
            (self.expires_at > self.accept_by, "expiresAt"),
        ])
    }

    /// The members as words, for the lease with this id.
    fn words(&self, facts: &Facts, lease: B256) -> Vec<u8> {
        let people = [self.seller, self.buyer, self.title];
        let numbers = [
            self.fee,
            self.strike,
            self.credit_bps.into(),
            self.credit_cap,
            self.grace.into(),
            self.accept_by.into(),
            self.expires_at.into(),
            self.document.into(),
            self.salt.into(),
        ];
        let mut words = lease.to_vec();
        words.extend(people.iter().flat_map(|who| facts.word(*who)));
        words.extend(word(self.token_id.into()));
        words.extend(facts.word(self.asset));
        words.extend(numbers.iter().flat_map(|number| word(*number)));
        words
    }

    /// The terms as an argument.
    pub(super) fn argument(&self, facts: &Facts, lease: B256) -> Value {
        Value::Words(self.words(facts, lease))
    }

    /// The option's id: the EIP-712 digest of the terms.
    pub(super) fn id(&self, facts: &Facts, lease: B256) -> B256 {
        let content = [keccak256(TYPE).as_slice(), &self.words(facts, lease)].concat();
        facts.digest(keccak256(content))
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lease, seller, buyer, title, token_id, asset, fee, strike, .. } = self;
        write!(
            f,
            "lease #{lease} seller {seller} buyer {buyer} title {title} {token_id} asset {asset} fee {fee} \
             strike {strike} creditBps {} creditCap {} grace {} acceptBy +{} expiresAt +{}",
            self.credit_bps,
            self.credit_cap,
            self.grace,
            self.accept_by.saturating_sub(START),
            self.expires_at.saturating_sub(START),
        )
    }
}

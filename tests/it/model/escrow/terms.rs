//! The terms of an escrow agreement, and its EIP-712 id.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    abi::{Fault, Value, fault, word},
    cast::Who,
    dice::Dice,
    facts::Facts,
    world::START,
};

/// `IEscrow.Terms`, in its order.
#[derive(Clone, Debug)]
pub(in super::super) struct Terms {
    pub(super) payer: Who,
    pub(super) payee: Who,
    pub(super) arbiter: Who,
    pub(super) fee_receiver: Who,
    pub(super) asset: Who,
    pub(super) amount: u128,
    pub(super) fee_bps: u16,
    pub(super) arbiter_fee_bps: u16,
    pub(super) accept_by: u64,
    pub(super) perform_by: u64,
    pub(super) expires_at: u64,
    pub(super) review_window: u64,
    pub(super) ruling_window: u64,
    pub(super) expiry_bps: u16,
    pub(super) timeout_bps: u16,
    pub(super) document: B256,
    pub(super) salt: B256,
    /// Who gets a part of the payee's side, and how much of it.
    pub(super) shares: Vec<(Who, u16)>,
}

/// The EIP-712 type, as the interface lists the members.
const TYPE: &str = "Terms(address payer,address payee,address arbiter,address feeReceiver,address asset,\
    uint128 amount,uint16 feeBps,uint16 arbiterFeeBps,uint40 acceptBy,uint40 performBy,uint40 expiresAt,\
    uint40 reviewWindow,uint40 rulingWindow,uint16 expiryBps,uint16 timeoutBps,bytes32 documentHash,bytes32 salt,\
    Share[] shares)Share(address receiver,uint16 bps)";

/// The EIP-712 type of a share.
const SHARE_TYPE: &str = "Share(address receiver,uint16 bps)";

/// The most shares that there may be.
const MOST_SHARES: usize = 8;

/// The largest time that the terms can hold.
const LAST: u64 = (1 << 40) - 1;

impl Terms {
    /// Random terms, mostly acceptable ones.
    pub(super) fn random(dice: &mut Dice) -> Self {
        let payer = dice.pick(&Who::PARTIES);
        let payee = other_than(dice, &[payer]);
        let arbiter = if dice.chance(30) { Who::NOBODY } else { other_than(dice, &[payer, payee]) };
        let fee_bps = if dice.chance(40) { 0 } else { dice.whole_bps() };
        let fee_receiver = if fee_bps == 0 { Who::NOBODY } else { dice.pick(&Who::PARTIES) };
        let asset = dice.pick(&[
            Who::NOBODY,
            Who::NOBODY,
            Who::NOBODY,
            Who::BLOCKING,
            Who::BLOCKING,
            Who::LYING,
            Who::TAXED,
        ]);
        let accept_by = START + 1 + dice.below(200);
        let perform_by = accept_by + dice.pick(&[0, 1, 50, 200]) * dice.below(3);
        let expires_at = perform_by + dice.pick(&[0, 1, 50, 200]) * dice.below(3);
        let mut terms = Self {
            payer,
            payee,
            arbiter,
            fee_receiver,
            asset,
            amount: amount(dice),
            fee_bps,
            arbiter_fee_bps: if arbiter == Who::NOBODY { 0 } else { dice.whole_bps() },
            accept_by,
            perform_by,
            expires_at,
            review_window: window(dice),
            ruling_window: window(dice),
            expiry_bps: dice.whole_bps(),
            timeout_bps: dice.whole_bps(),
            document: B256::from(word(dice.below(3).into())),
            salt: B256::from(word(dice.next().into())),
            shares: if dice.chance(25) { shares(dice) } else { Vec::new() },
        };
        if dice.chance(7) {
            terms.spoil(dice);
        }
        terms
    }

    /// Changes a member, mostly for the worse.
    fn spoil(&mut self, dice: &mut Dice) {
        let odd = [Who::NOBODY, Who::CONTRACT, self.payer, self.payee, self.arbiter, Who::CODELESS];
        match dice.below(21) {
            0 => self.payer = dice.pick(&odd),
            1 => self.payee = dice.pick(&odd),
            2 => self.arbiter = dice.pick(&odd),
            3 => self.fee_receiver = dice.pick(&odd),
            4 => self.asset = Who::CONTRACT,
            5 => self.asset = Who::CODELESS,
            6 => self.amount = 0,
            7 => self.fee_bps = dice.bps(),
            8 => self.arbiter_fee_bps = dice.bps(),
            9 => self.accept_by = START - dice.below(2),
            10 => self.perform_by = self.accept_by - 1,
            11 => self.expires_at = self.perform_by - 1,
            12 => self.review_window = dice.pick(&[0, LAST]),
            13 => self.ruling_window = dice.pick(&[0, LAST]),
            14 => self.expiry_bps = dice.bps(),
            15 => self.timeout_bps = dice.bps(),
            16 => self.amount = u128::MAX,
            17 => self.shares.push((dice.pick(&[Who::NOBODY, Who::CONTRACT]), 1)),
            18 => self.shares.push((Who::ALICE, dice.pick(&[0, 1, 10_000, u16::MAX]))),
            19 => self.shares = vec![(Who::BOB, 1); MOST_SHARES + 1],
            _ => self.expires_at = LAST,
        }
    }

    /// The first member that is not acceptable, as the document says.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let payable = |who: Who| who != Who::NOBODY && who != Who::CONTRACT;
        let parties = [self.payer, self.payee];
        let demands = [
            (payable(self.payer), "payer"),
            (payable(self.payee) && self.payee != self.payer, "payee"),
            (!parties.contains(&self.arbiter) && self.arbiter != Who::CONTRACT, "arbiter"),
            (self.arbiter != Who::NOBODY || self.arbiter_fee_bps == 0, "arbiterFeeBps"),
            (self.fee_bps <= 10_000, "feeBps"),
            ((self.fee_receiver == Who::NOBODY) == (self.fee_bps == 0), "feeReceiver"),
            (self.fee_receiver != Who::CONTRACT, "feeReceiver"),
            (self.asset != Who::CONTRACT, "asset"),
            (self.amount > 0, "amount"),
            (self.arbiter_fee_bps <= 10_000, "arbiterFeeBps"),
            (self.expiry_bps <= 10_000, "expiryBps"),
            (self.timeout_bps <= 10_000, "timeoutBps"),
            (self.accept_by <= self.perform_by, "performBy"),
            (self.perform_by <= self.expires_at, "expiresAt"),
            (self.review_window > 0, "reviewWindow"),
            (self.ruling_window > 0, "rulingWindow"),
        ];
        let sum: u32 = self.shares.iter().map(|(_, bps)| u32::from(*bps)).sum();
        let sound = self.shares.iter().all(|(who, bps)| payable(*who) && *bps > 0);
        let shares = self.shares.len() <= MOST_SHARES && sound && sum <= 10_000;
        match demands.into_iter().chain([(shares, "shares")]).find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, member)) => Err(fault!("Escrow_InvalidTerms", member)),
        }
    }

    /// The members before the shares as words.
    fn words(&self, facts: &Facts) -> Vec<u8> {
        let people = [self.payer, self.payee, self.arbiter, self.fee_receiver, self.asset];
        let numbers = [
            self.amount,
            self.fee_bps.into(),
            self.arbiter_fee_bps.into(),
            self.accept_by.into(),
            self.perform_by.into(),
            self.expires_at.into(),
            self.review_window.into(),
            self.ruling_window.into(),
            self.expiry_bps.into(),
            self.timeout_bps.into(),
        ];
        let mut words: Vec<u8> = people.iter().flat_map(|who| facts.word(*who)).collect();
        words.extend(numbers.iter().flat_map(|number| word(*number)));
        words.extend([self.document, self.salt].iter().flat_map(|word| word.0));
        words
    }

    /// The terms as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        let mut tail = self.words(facts);
        tail.extend(word(18 * 32));
        tail.extend(word(self.shares.len().try_into().expect("there are few")));
        for (who, bps) in &self.shares {
            tail.extend(facts.word(*who));
            tail.extend(word((*bps).into()));
        }
        Value::Tail(tail)
    }

    /// The agreement's id: the EIP-712 digest of the terms.
    pub(super) fn id(&self, facts: &Facts) -> B256 {
        let share_type = keccak256(SHARE_TYPE);
        let mut shares = Vec::new();
        for (who, bps) in &self.shares {
            let content = [share_type.0, facts.word(*who), word((*bps).into())].concat();
            shares.extend(keccak256(content).0);
        }
        let content =
            [keccak256(TYPE).as_slice(), &self.words(facts), keccak256(shares).as_slice()].concat();
        facts.digest(keccak256(content))
    }

    /// The terms that might take the place of these, once the agreement with this id is in that round.
    pub(super) fn successor(&self, dice: &mut Dice, id: B256, round: u64) -> Self {
        let salt = successor_salt(id, round);
        let mut next = Self { salt, ..Self::random(dice) };
        if next.arbiter == self.payer || next.arbiter == self.payee {
            next.arbiter = Who::NOBODY;
            next.arbiter_fee_bps = 0;
        }
        (next.payer, next.payee, next.asset) = (self.payer, self.payee, self.asset);
        for time in [&mut next.accept_by, &mut next.perform_by, &mut next.expires_at] {
            *time = (*time + 150).min(LAST);
        }
        next.amount = match dice.below(10) {
            0 => self.amount.saturating_sub(1).max(1),
            1..5 => self.amount,
            _ => self.amount.saturating_add(dice.below_u128(100)),
        };
        match dice.below(20) {
            0 => next.payer = Who::DAVE,
            1 => next.payee = Who::DAVE,
            2 => next.asset = dice.pick(&[Who::NOBODY, Who::TAXED]),
            _ => {}
        }
        next
    }
}

/// The salt that a successor's terms have.
pub(super) fn successor_salt(id: B256, round: u64) -> B256 {
    keccak256([id.0, word(round.into())].concat())
}

fn shares(dice: &mut Dice) -> Vec<(Who, u16)> {
    let most = if dice.chance(10) { 8 } else { 3 };
    let count = 1 + dice.below(most);
    let most = 10_000 / count;
    (0..count)
        .map(|_| {
            let bps = if dice.chance(30) { most } else { 1 + dice.below(most) };
            (dice.pick(&Who::PARTIES), u16::try_from(bps).expect("it is below the whole"))
        })
        .collect()
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
    if dice.chance(20) { 1 } else { 1 + dice.below(100) }
}

fn amount(dice: &mut Dice) -> u128 {
    match dice.below(10) {
        0 => 1,
        1 => 2 + dice.below_u128(3),
        2..5 => 1 + dice.below_u128(50),
        5 => dice.pick(&[9_999, 10_000, 10_001]),
        6 => 1 + dice.below_u128(1 << 127),
        _ => 1 + dice.below_u128(1_000_000_007),
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: u64| {
            if time >= START { format!("+{}", time - START) } else { format!("-{}", START - time) }
        };
        write!(
            f,
            "payer {} payee {} arbiter {} feeReceiver {} asset {} amount {} feeBps {} arbiterFeeBps {} \
             acceptBy {} performBy {} expiresAt {} reviewWindow {} rulingWindow {} expiryBps {} timeoutBps {} shares {:?}",
            self.payer,
            self.payee,
            self.arbiter,
            self.fee_receiver,
            self.asset,
            self.amount,
            self.fee_bps,
            self.arbiter_fee_bps,
            time(self.accept_by),
            time(self.perform_by),
            time(self.expires_at),
            self.review_window,
            self.ruling_window,
            self.expiry_bps,
            self.timeout_bps,
            self.shares.iter().map(|(who, bps)| format!("{who} {bps}")).collect::<Vec<_>>(),
        )
    }
}

//! The terms of a milestone plan, and its EIP-712 id.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    abi::{Fault, Value, fault, word},
    cast::Who,
    dice::Dice,
    facts::Facts,
    world::START,
};

/// `IMilestones.Milestone`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Milestone {
    pub(super) amount: u128,
    pub(super) fund_by: u64,
    pub(super) perform_by: u64,
    pub(super) review_window: u64,
}

/// What an amendment cannot change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) payer: Who,
    pub(super) payee: Who,
    pub(super) arbiter: Who,
    pub(super) fee_receiver: Who,
    pub(super) asset: Who,
    pub(super) fee_bps: u16,
    pub(super) arbiter_fee_bps: u16,
    pub(super) timeout_bps: u16,
    pub(super) accept_by: u64,
    pub(super) ruling_window: u64,
}

/// `IMilestones.Terms`, in its order.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) head: Head,
    pub(super) up_front: u8,
    pub(super) document: u64,
    pub(super) salt: B256,
    pub(super) milestones: Vec<Milestone>,
}

/// The EIP-712 type, as the interface lists the members.
const TYPE: &str = "Terms(address payer,address payee,address arbiter,address feeReceiver,address asset,\
    uint16 feeBps,uint16 arbiterFeeBps,uint16 timeoutBps,uint40 acceptBy,uint40 rulingWindow,uint8 upFront,\
    bytes32 documentHash,bytes32 salt,Milestone[] milestones)\
    Milestone(uint128 amount,uint40 fundBy,uint40 performBy,uint40 reviewWindow)";

/// The EIP-712 type of a milestone.
const MILESTONE_TYPE: &str =
    "Milestone(uint128 amount,uint40 fundBy,uint40 performBy,uint40 reviewWindow)";

/// The most milestones that there may be.
const MOST: usize = 32;

/// The largest time that the terms can hold.
const LAST: u64 = (1 << 40) - 1;

impl Milestone {
    fn random(dice: &mut Dice, earliest: u64) -> Self {
        let later = |from: u64, by: u64| (from + by).min(LAST);
        let fund_by = later(earliest, dice.pick(&[0, 1, 20, 100]) * dice.below(3));
        Self {
            amount: amount(dice),
            fund_by,
            perform_by: later(fund_by, dice.pick(&[0, 1, 50, 100, 200]) * dice.below(3)),
            review_window: window(dice),
        }
    }

    fn words(&self) -> [[u8; 32]; 4] {
        let times = [self.fund_by, self.perform_by, self.review_window].map(u128::from);
        [self.amount, times[0], times[1], times[2]].map(word)
    }
}

impl Head {
    fn random(dice: &mut Dice) -> Self {
        let payer = dice.pick(&Who::PARTIES);
        let payee = other_than(dice, &[payer]);
        let arbiter = if dice.chance(20) { Who::NOBODY } else { other_than(dice, &[payer, payee]) };
        let fee_bps = if dice.chance(40) { 0 } else { dice.whole_bps() };
        let assets =
            [Who::NOBODY, Who::NOBODY, Who::BLOCKING, Who::BLOCKING, Who::LYING, Who::TAXED];
        Self {
            payer,
            payee,
            arbiter,
            fee_receiver: if fee_bps == 0 { Who::NOBODY } else { dice.pick(&Who::PARTIES) },
            asset: dice.pick(&assets),
            fee_bps,
            arbiter_fee_bps: if arbiter == Who::NOBODY { 0 } else { dice.whole_bps() },
            timeout_bps: dice.whole_bps(),
            accept_by: START + dice.pick(&[1, 30, 200]) + dice.below(200),
            ruling_window: window(dice),
        }
    }

    /// Changes a member.
    fn spoil(&mut self, dice: &mut Dice) {
        let odd = [Who::NOBODY, Who::CONTRACT, self.payer, self.payee, self.arbiter, Who::CODELESS];
        match dice.below(11) {
            0 => self.payer = dice.pick(&odd),
            1 => self.payee = dice.pick(&odd),
            2 => self.arbiter = dice.pick(&odd),
            3 => self.fee_receiver = dice.pick(&odd),
            4 => self.asset = Who::CONTRACT,
            5 => self.asset = Who::CODELESS,
            6 => self.fee_bps = dice.bps(),
            7 => self.arbiter_fee_bps = dice.bps(),
            8 => self.timeout_bps = dice.bps(),
            9 => self.accept_by = dice.pick(&[START - 1, START, self.accept_by + 200, LAST]),
            _ => self.ruling_window = dice.pick(&[0, LAST]),
        }
    }
}

impl Terms {
    /// Random terms, mostly acceptable ones.
    pub(super) fn random(dice: &mut Dice) -> Self {
        let head = Head::random(dice);
        let count = match dice.below(100) {
            0 => MOST as u64,
            1..25 => 1,
            _ => 2 + dice.below(3),
        };
        let mut terms = Self {
            head,
            up_front: small(1 + dice.below(count)),
            document: dice.below(3),
            salt: B256::from(word(dice.next().into())),
            milestones: Vec::new(),
        };
        terms.add(count, dice);
        if dice.chance(7) {
            terms.spoil(dice);
        }
        terms
    }

    /// Terms that might take the place of these: the first milestones mostly stay, what comes after them does not.
    pub(super) fn amended(&self, dice: &mut Dice) -> Self {
        let mut next = self.clone();
        next.salt = B256::from(word(dice.next().into()));
        let whole = next.milestones.len() as u64;
        let kept = if dice.chance(60) { dice.below(whole + 1) } else { whole };
        next.milestones.truncate(kept.try_into().expect("it is a length"));
        let most = u64::from(kept == 0);
        next.add(most.max(dice.below(3)), dice);
        let mut dearer = |milestone: &mut Milestone| match dice.below(6) {
            0 => milestone.amount = milestone.amount.saturating_sub(1).max(1),
            1 => milestone.amount = milestone.amount.saturating_add(dice.below_u128(30)),
            _ => {}
        };
        next.milestones.iter_mut().rev().take(2).for_each(&mut dearer);
        next.up_front = small(1 + dice.below(next.milestones.len() as u64));
        match dice.below(20) {
            0 => next.head.spoil(dice),
            1 => next.spoil(dice),
            _ => {}
        }
        next
    }

    fn add(&mut self, count: u64, dice: &mut Dice) {
        for _ in 0..count {
            let earliest = self.milestones.last().map_or(self.head.accept_by, |it| it.fund_by);
            self.milestones.push(Milestone::random(dice, earliest));
        }
    }

    /// Changes a member, mostly for the worse.
    fn spoil(&mut self, dice: &mut Dice) {
        let count = self.milestones.len();
        let accept_by = self.head.accept_by;
        let milestone = &mut self.milestones
            [usize::try_from(dice.below(count as u64)).expect("it is an index")];
        match dice.below(20) {
            0 => self.up_front = 0,
            1 => self.up_front = small(count as u64 + 1),
            2 => self.milestones.clear(),
            3 => {
                let last = self.milestones[count - 1];
                self.milestones.resize(MOST + 1, last);
            }
            4 => milestone.amount = 0,
            5 => milestone.amount = u128::MAX,
            6 => milestone.fund_by = dice.pick(&[0, accept_by - 1, accept_by, LAST]),
            7 => milestone.perform_by = dice.pick(&[0, milestone.fund_by - 1, LAST]),
            8 | 9 => milestone.review_window = dice.pick(&[0, LAST]),
            _ => self.head.spoil(dice),
        }
    }

    /// The first member that is not acceptable, as the document says.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let payable = |who: Who| who != Who::NOBODY && who != Who::CONTRACT;
        let Head { payer, payee, arbiter, fee_receiver, asset, .. } = self.head;
        let Head { fee_bps, arbiter_fee_bps, timeout_bps, ruling_window, .. } = self.head;
        let count = self.milestones.len();
        let independent = ![payer, payee, Who::CONTRACT].contains(&arbiter);
        let mut demands = vec![
            (payable(payer), "payer"),
            (payable(payee) && payee != payer, "payee"),
            (independent, "arbiter"),
            (arbiter != Who::NOBODY || arbiter_fee_bps == 0, "arbiterFeeBps"),
            ((fee_receiver == Who::NOBODY) == (fee_bps == 0), "feeReceiver"),
            (fee_receiver != Who::CONTRACT, "feeReceiver"),
            (asset != Who::CONTRACT, "asset"),
            (fee_bps <= 10_000, "feeBps"),
            (arbiter_fee_bps <= 10_000, "arbiterFeeBps"),
            (timeout_bps <= 10_000, "timeoutBps"),
            (ruling_window > 0, "rulingWindow"),
            ((1..=MOST).contains(&count), "milestones"),
            ((1..=count).contains(&usize::from(self.up_front)), "upFront"),
        ];
        let mut earliest = self.head.accept_by;
        for milestone in &self.milestones {
            demands.extend([
                (milestone.amount > 0, "amount"),
                (milestone.fund_by >= earliest, "fundBy"),
                (milestone.perform_by >= milestone.fund_by, "performBy"),
                (milestone.review_window > 0, "reviewWindow"),
            ]);
            earliest = milestone.fund_by;
        }
        let sum = self.milestones.iter().try_fold(0_u128, |sum, it| sum.checked_add(it.amount));
        demands.push((sum.is_some(), "amount"));
        match demands.into_iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, member)) => Err(fault!("Milestones_InvalidTerms", member)),
        }
    }

    /// The members before the milestones as words.
    fn words(&self, facts: &Facts) -> Vec<u8> {
        let Head { payer, payee, arbiter, fee_receiver, asset, .. } = self.head;
        let numbers = [
            self.head.fee_bps.into(),
            self.head.arbiter_fee_bps.into(),
            self.head.timeout_bps.into(),
            self.head.accept_by.into(),
            self.head.ruling_window.into(),
            self.up_front.into(),
            self.document.into(),
        ];
        let people = [payer, payee, arbiter, fee_receiver, asset];
        let mut words: Vec<u8> = people.iter().flat_map(|who| facts.word(*who)).collect();
        words.extend(numbers.iter().flat_map(|number: &u128| word(*number)));
        words.extend(self.salt.0);
        words
    }

    /// The terms as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        let mut tail = self.words(facts);
        tail.extend(word(14 * 32));
        tail.extend(word(self.milestones.len() as u128));
        tail.extend(self.milestones.iter().flat_map(Milestone::words).flatten());
        Value::Tail(tail)
    }

    /// The plan's id: the EIP-712 digest of the terms.
    pub(super) fn id(&self, facts: &Facts) -> B256 {
        let hash = |milestone: &Milestone| {
            let content = [&[keccak256(MILESTONE_TYPE).0], milestone.words().as_slice()].concat();
            keccak256(content.concat()).0
        };
        let milestones: Vec<u8> = self.milestones.iter().flat_map(hash).collect();
        let hashes = [keccak256(TYPE), keccak256(milestones)];
        let content = [hashes[0].as_slice(), &self.words(facts), hashes[1].as_slice()];
        facts.digest(keccak256(content.concat()))
    }
}

/// A number that fits a byte.
pub(super) fn small(number: u64) -> u8 {
    number.try_into().expect("it is small")
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
        2..6 => 1 + dice.below_u128(50),
        6 => dice.pick(&[9_999, 10_000, 10_001]),
        7 => 1 + dice.below_u128(1 << 120),
        _ => 1 + dice.below_u128(1_000_000_007),
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: u64| {
            if time >= START { format!("+{}", time - START) } else { format!("-{}", START - time) }
        };
        let Head { payer, payee, arbiter, fee_receiver, asset, .. } = self.head;
        let Head { fee_bps, arbiter_fee_bps, timeout_bps, accept_by, ruling_window, .. } =
            self.head;
        write!(
            f,
            "payer {payer} payee {payee} arbiter {arbiter} feeReceiver {fee_receiver} asset {asset} feeBps {fee_bps} \
             arbiterFeeBps {arbiter_fee_bps} timeoutBps {timeout_bps} acceptBy {} rulingWindow {ruling_window} \
             upFront {} document {}",
            time(accept_by),
            self.up_front,
            self.document,
        )?;
        for (index, milestone) in self.milestones.iter().enumerate() {
            let Milestone { amount, fund_by, perform_by, review_window } = *milestone;
            let (fund_by, perform_by) = (time(fund_by), time(perform_by));
            write!(f, "\n      {index}: amount {amount} fundBy {fund_by} performBy {perform_by}")?;
            write!(f, " reviewWindow {review_window}")?;
        }
        Ok(())
    }
}

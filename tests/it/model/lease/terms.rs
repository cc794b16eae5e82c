//! The terms of a lease, and its EIP-712 id.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    abi::{Fault, Value, fault, word},
    cast::Who,
    dice::Dice,
    facts::Facts,
    world::START,
};

/// `ILease.Terms`, in its order. Enums are their numbers.
#[derive(Clone, Debug)]
pub(in super::super) struct Terms {
    pub(in super::super) landlord: Who,
    pub(in super::super) tenant: Who,
    pub(in super::super) arbiter: Who,
    pub(in super::super) attester: Who,
    pub(in super::super) asset: Who,
    pub(in super::super) rent: u128,
    pub(in super::super) deposit: u128,
    pub(super) max_deposit_bps: u32,
    pub(in super::super) deposit_parts: u8,
    pub(super) sign_by: u64,
    pub(super) start: u64,
    pub(super) period_seconds: u64,
    pub(super) due_day: u8,
    pub(super) utc_offset: i64,
    pub(super) periods: u16,
    pub(super) holdover: u16,
    pub(super) proration: u8,
    pub(super) grace: u64,
    pub(super) late_fee_flat: u128,
    pub(super) late_fee_bps: u16,
    pub(super) late_fee_cap: u128,
    pub(super) fees_first: bool,
    pub(super) max_prepaid: u16,
    pub(super) notice_in_periods: bool,
    pub(super) min_periods: u16,
    pub(super) tenant_notice: u16,
    pub(super) landlord_notice: u16,
    pub(super) tenant_break: u16,
    pub(super) landlord_break: u16,
    pub(super) break_from: u16,
    pub(super) break_fee: u128,
    pub(super) break_rents: u16,
    pub(super) service_delay: u64,
    pub(super) default_after: u16,
    pub(super) default_rents: u16,
    pub(super) cure_window: u64,
    pub(super) itemised: bool,
    pub(super) return_window: u64,
    pub(super) claim_window: u64,
    pub(super) objection_window: u64,
    pub(super) ruling_window: u64,
    pub(super) timeout_bps: u16,
    pub(super) document: u64,
    pub(super) salt: u64,
    /// From which full period on, how much.
    pub(super) steps: Vec<(u16, u128)>,
}

/// The EIP-712 type, as the document lists the members.
const TYPE: &str = "Terms(address landlord,address tenant,address arbiter,address attester,address asset,uint128 rent,\
    uint128 deposit,uint32 maxDepositBps,uint8 depositParts,uint40 signBy,uint40 start,uint32 periodSeconds,\
    uint8 dueDay,int32 utcOffset,uint16 periods,uint16 holdover,uint8 proration,uint32 grace,uint128 lateFeeFlat,\
    uint16 lateFeeBps,uint128 lateFeeCap,uint8 waterfall,uint16 maxPrepaid,uint8 noticeUnit,uint16 minPeriods,\
    uint16 tenantNotice,uint16 landlordNotice,uint16 tenantBreak,uint16 landlordBreak,uint16 breakFrom,\
    uint128 breakFee,uint16 breakRents,uint40 serviceDelay,uint16 defaultAfter,uint16 defaultRents,\
    uint40 cureWindow,bool itemised,uint40 returnWindow,uint40 claimWindow,uint40 objectionWindow,\
    uint40 rulingWindow,uint16 timeoutBps,bytes32 documentHash,bytes32 salt,RentStep[] steps)\
    RentStep(uint16 period,uint128 rent)";

const STEP_TYPE: &str = "RentStep(uint16 period,uint128 rent)";

const DAY: u64 = 86_400;

/// The longest window.
const WINDOW: u64 = 3_650 * DAY;

/// The largest time that the terms can hold.
const LAST: u64 = (1 << 40) - 1;

/// The most periods, holdover included.
const MOST_PERIODS: u32 = 360;

impl Terms {
    /// Random terms, mostly acceptable ones.
    pub(in super::super) fn random(dice: &mut Dice) -> Self {
        let landlord = dice.pick(&Who::PARTIES);
        let tenant = other_than(dice, &[landlord]);
        let arbiter =
            if dice.chance(20) { Who::NOBODY } else { other_than(dice, &[landlord, tenant]) };
        let attester =
            if dice.chance(50) { Who::NOBODY } else { other_than(dice, &[landlord, tenant]) };
        let period_seconds = dice.pick(&[0, 0, 0, 100, DAY, 30 * DAY, 365 * DAY]);
        let length = if period_seconds == 0 { 30 * DAY } else { period_seconds };
        let start = START + dice.below(3) * dice.below(length.min(40 * DAY));
        let grace = dice.pick(&[0, 1, length / 20, length / 2, length + 1]);
        let rent = money(dice);
        let periods = u16::try_from(1 + dice.below(6)).expect("it is small");
        let holdover = if dice.chance(25) { few(dice, 4) } else { 0 };
        let instalments = u64::from(periods + holdover);
        let parts = if dice.chance(40) { 2 + dice.below(4) } else { dice.below(2) };
        let deposit = if dice.chance(10) { 0 } else { money(dice) };
        let claim_window = window(dice, length);
        let mut terms = Self {
            landlord,
            tenant,
            arbiter,
            attester,
            asset: dice.pick(&[
                Who::NOBODY,
                Who::NOBODY,
                Who::NOBODY,
                Who::BLOCKING,
                Who::BLOCKING,
                Who::LYING,
                Who::TAXED,
            ]),
            rent,
            deposit,
            max_deposit_bps: if dice.chance(80) { 0 } else { u32::MAX },
            deposit_parts: if deposit == 0 {
                u8::from(dice.chance(50))
            } else {
                u8::try_from(u128::from(parts.min(instalments)).min(deposit)).expect("it is small")
            },
            sign_by: START
                + 1
                + dice.below(start + grace + 1 - START).min(start + grace - START).min(400),
            start,
            period_seconds,
            due_day: if period_seconds == 0 && dice.chance(70) { day(dice) } else { 0 },
            utc_offset: if dice.chance(50) { 0 } else { zone(dice) },
            periods,
            holdover,
            proration: u8::try_from(dice.below(4)).expect("it is small"),
            grace,
            late_fee_flat: money(dice) * u128::from(dice.chance(70)),
            late_fee_bps: dice.whole_bps(),
            late_fee_cap: money(dice).saturating_mul(3),
            fees_first: dice.chance(40),
            max_prepaid: few(dice, 4),
            notice_in_periods: dice.chance(60),
            min_periods: few(dice, 3),
            tenant_notice: few(dice, 3),
            landlord_notice: few(dice, 3),
            tenant_break: few(dice, 3),
            landlord_break: few(dice, 3),
            break_from: few(dice, 3),
            break_fee: if dice.chance(30) { 0 } else { money(dice) },
            break_rents: few(dice, 3),
            service_delay: dice.pick(&[0, 0, 1, length / 10]),
            default_after: few(dice, 3),
            default_rents: if dice.chance(70) { 0 } else { few(dice, 3) },
            cure_window: window(dice, length),
            itemised: dice.chance(30),
            return_window: if dice.chance(50) {
                claim_window
            } else {
                1 + dice.below(claim_window)
            },
            claim_window,
            objection_window: window(dice, length),
            ruling_window: window(dice, length),
            timeout_bps: dice.whole_bps(),
            document: dice.below(3),
            salt: dice.next(),
            steps: Vec::new(),
        };
        if terms.holdover > 0 && terms.tenant_notice == 0 {
            terms.tenant_notice = 1;
        }
        terms.sign_by = terms.sign_by.min(start + grace);
        if period_seconds == 365 * DAY || (period_seconds == 0 && dice.chance(20)) {
            terms.rise(dice);
        }
        if !terms.deposit_is_within_cap() {
            terms.max_deposit_bps = 0;
        }
        if dice.chance(6) {
            terms.spoil(dice);
        }
        terms
    }

    /// Leaves more time to sign.
    pub(in super::super) const fn postpone(&mut self) {
        if self.start < LAST - 1_000 {
            self.start += 1_000;
            self.sign_by += 900;
        }
    }

    /// Steps that are as early as they may be, or later.
    fn rise(&mut self, dice: &mut Dice) {
        let year = if self.period_seconds == 0 { 12 } else { 1 };
        if year == 12 {
            self.periods += 12 + few(dice, 14);
        }
        let mut period = year + few(dice, 2);
        while period < self.periods && self.steps.len() < 4 {
            self.steps.push((period, 1 + dice.below_u128(self.rent.saturating_mul(2))));
            period += year + few(dice, 2);
        }
    }

    /// Changes a member, mostly for the worse.
    fn spoil(&mut self, dice: &mut Dice) {
        let odd = [Who::NOBODY, Who::CONTRACT, self.landlord, self.tenant, Who::CODELESS];
        let long = dice.pick(&[0, WINDOW, WINDOW + 1]);
        match dice.below(34) {
            0 => self.landlord = dice.pick(&odd),
            1 => self.tenant = dice.pick(&odd),
            2 => self.arbiter = dice.pick(&odd),
            3 => self.attester = dice.pick(&odd),
            4 => self.asset = Who::CONTRACT,
            5 => self.asset = Who::CODELESS,
            6 => self.rent = 0,
            7 => self.rent = u128::MAX / u128::from(self.periods + self.holdover + 1),
            8 => self.rent = u128::MAX / u128::from(self.periods + self.holdover + 1) + 1,
            9 => self.periods = 0,
            10 => self.periods = dice.pick(&[360, 361, u16::MAX]),
            11 => self.holdover = 361 - self.periods,
            12 => self.holdover = 360 - self.periods,
            13 => self.start = 100 * DAY - dice.below(2),
            14 => self.start = (1 << 40) - 1,
            15 => self.sign_by = self.start + self.grace + dice.below(2),
            16 => self.due_day = dice.pick(&[31, 32, u8::MAX]),
            17 => self.utc_offset = dice.pick(&[-50_400, 50_400, -50_401, 50_401]),
            18 => self.late_fee_bps = dice.pick(&[10_000, 10_001]),
            19 => self.timeout_bps = dice.pick(&[10_000, 10_001]),
            20 => self.max_deposit_bps = dice.pick(&[1, 9_999, 10_000, 20_000]),
            21 => self.deposit_parts = dice.pick(&[12, 13]),
            22 => self.deposit_parts = u8::try_from(self.periods + 1).unwrap_or(13),
            23 => self.deposit = 0,
            24 => self.tenant_notice = 0,
            25 => self.break_rents = dice.pick(&[360, 361]),
            26 => self.steps = vec![(dice.pick(&[0, 1, 12]), dice.pick(&[0, 1]))],
            27 => self.claim_window = long,
            28 => self.objection_window = long,
            29 => self.ruling_window = long,
            30 => self.cure_window = long,
            31 => self.return_window = dice.pick(&[0, self.claim_window, self.claim_window + 1]),
            32 => self.service_delay = long,
            _ => self.rent = u128::MAX,
        }
        if self.rent > u128::MAX >> 16 {
            // So many rents would be more than 128 bits hold.
            (self.break_rents, self.default_rents) = (0, 0);
        }
    }

    /// The first member that is not acceptable, as the document says. The steps are for the schedule to judge.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let payable = |who: Who| who != Who::NOBODY && who != Who::CONTRACT;
        let parties = [self.landlord, self.tenant, Who::CONTRACT];
        let highest = self.steps.iter().map(|step| step.1).fold(self.rent, u128::max);
        let all = u128::from(self.periods) + u128::from(self.holdover) + 1;
        let span = |window: u64| window > 0 && window <= WINDOW;
        let periods = u32::from(self.periods) + u32::from(self.holdover);
        let demands = [
            (payable(self.landlord), "landlord"),
            (payable(self.tenant) && self.tenant != self.landlord, "tenant"),
            (!parties.contains(&self.arbiter), "arbiter"),
            (!parties.contains(&self.attester), "attester"),
            (self.asset != Who::CONTRACT, "asset"),
            (self.rent > 0, "rent"),
            (self.periods > 0, "periods"),
            (u32::from(self.periods) <= MOST_PERIODS, "periods"),
            (periods <= MOST_PERIODS, "holdover"),
            (self.start >= 100 * DAY, "start"),
            (self.sign_by <= self.start + self.grace, "signBy"),
            (self.due_day <= 31 && (self.due_day == 0 || self.period_seconds == 0), "dueDay"),
            (self.utc_offset.abs() <= 14 * 3_600, "utcOffset"),
            (self.late_fee_bps <= 10_000, "lateFeeBps"),
            (self.timeout_bps <= 10_000, "timeoutBps"),
            (self.holdover == 0 || self.tenant_notice > 0, "tenantNotice"),
            (self.break_rents <= 360, "breakRents"),
            (highest.checked_mul(all).is_some(), "rent"),
            (self.deposit_is_within_cap(), "deposit"),
            (
                self.deposit_parts <= 12
                    && (self.deposit_parts <= 1 || self.deposit >= self.deposit_parts.into()),
                "depositParts",
            ),
            (self.return_window > 0 && self.return_window <= self.claim_window, "returnWindow"),
            (span(self.claim_window), "claimWindow"),
            (span(self.objection_window), "objectionWindow"),
            (span(self.ruling_window), "rulingWindow"),
            (self.default_after == 0 || span(self.cure_window), "cureWindow"),
            (self.service_delay <= WINDOW, "serviceDelay"),
        ];
        match demands.into_iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, member)) => Err(fault!("Lease_InvalidTerms", member)),
        }
    }

    fn deposit_is_within_cap(&self) -> bool {
        let cap = self.rent.checked_mul(self.max_deposit_bps.into());
        self.max_deposit_bps == 0
            || cap.is_none_or(|cap| self.deposit.checked_mul(10_000).is_some_and(|it| it <= cap))
    }

    /// The members before the steps as words.
    fn words(&self, facts: &Facts) -> Vec<u8> {
        let people = [self.landlord, self.tenant, self.arbiter, self.attester, self.asset];
        let mut words: Vec<u8> = people.iter().flat_map(|who| facts.word(*who)).collect();
        let before_offset = [
            self.rent,
            self.deposit,
            self.max_deposit_bps.into(),
            self.deposit_parts.into(),
            self.sign_by.into(),
            self.start.into(),
            self.period_seconds.into(),
            self.due_day.into(),
        ];
        words.extend(before_offset.iter().flat_map(|number| word(*number)));
        let mut offset = [if self.utc_offset < 0 { 0xff } else { 0 }; 32];
        offset[24..].copy_from_slice(&self.utc_offset.to_be_bytes());
        words.extend(offset);
        let after_offset = [
            self.periods.into(),
            self.holdover.into(),
            self.proration.into(),
            self.grace.into(),
            self.late_fee_flat,
            self.late_fee_bps.into(),
            self.late_fee_cap,
            self.fees_first.into(),
            self.max_prepaid.into(),
            self.notice_in_periods.into(),
            self.min_periods.into(),
            self.tenant_notice.into(),
            self.landlord_notice.into(),
            self.tenant_break.into(),
            self.landlord_break.into(),
            self.break_from.into(),
            self.break_fee,
            self.break_rents.into(),
            self.service_delay.into(),
            self.default_after.into(),
            self.default_rents.into(),
            self.cure_window.into(),
            self.itemised.into(),
            self.return_window.into(),
            self.claim_window.into(),
            self.objection_window.into(),
            self.ruling_window.into(),
            self.timeout_bps.into(),
            self.document.into(),
            self.salt.into(),
        ];
        words.extend(after_offset.iter().flat_map(|number| word(*number)));
        words
    }

    /// The terms as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        let mut tail = self.words(facts);
        let offset = u128::try_from(tail.len() + 32).expect("it is short");
        tail.extend(word(offset));
        tail.extend(word(self.steps.len().try_into().expect("there are few")));
        for (period, rent) in &self.steps {
            tail.extend(word((*period).into()));
            tail.extend(word(*rent));
        }
        Value::Tail(tail)
    }

    /// The lease's id: the EIP-712 digest of the terms.
    pub(super) fn id(&self, facts: &Facts) -> B256 {
        let step_type = keccak256(STEP_TYPE);
        let mut steps = Vec::new();
        for (period, rent) in &self.steps {
            steps.extend(keccak256([step_type.0, word((*period).into()), word(*rent)].concat()).0);
        }
        let content =
            [keccak256(TYPE).as_slice(), &self.words(facts), keccak256(steps).as_slice()].concat();
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

fn few(dice: &mut Dice, limit: u64) -> u16 {
    u16::try_from(dice.below(limit)).expect("it is small")
}

fn window(dice: &mut Dice, length: u64) -> u64 {
    1 + dice.pick(&[0, length / 3, length, 2 * length]).min(WINDOW - 1)
}

fn money(dice: &mut Dice) -> u128 {
    match dice.below(10) {
        0 => 1,
        1 => 2 + dice.below_u128(3),
        2..5 => 1 + dice.below_u128(50),
        5 => dice.pick(&[9_999, 10_000, 10_001]),
        6 => 1 + dice.below_u128(1 << 110),
        _ => 1 + dice.below_u128(1_000_007),
    }
}

fn day(dice: &mut Dice) -> u8 {
    if dice.chance(40) {
        dice.pick(&[1, 28, 29, 30, 31])
    } else {
        u8::try_from(1 + dice.below(31)).expect("it is a day")
    }
}

fn zone(dice: &mut Dice) -> i64 {
    let seconds = i64::try_from(dice.below(14 * 3_600 + 1)).expect("it is small");
    if dice.chance(50) { seconds } else { -seconds }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{self:?}");
        f.write_str(&text.replace("Terms ", ""))
    }
}

//! The terms of a case, and its EIP-712 id.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    super::{
        abi::{Fault, Value, encode, word},
        cast::Who,
        dice::Dice,
        facts::Facts,
        world::START,
    },
    consent::acceptable,
    court::{HUNDREDTH, PLAIN},
    holder::Holder,
};

/// `IArbitratorAdapter.Terms`, in its order.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) agreement: B256,
    pub(super) payer: Who,
    pub(super) payee: Who,
    pub(super) arbitrator: Who,
    pub(super) extra_data: &'static str,
    pub(super) meta_evidence: &'static str,
    pub(super) outcomes: Vec<u16>,
    pub(super) fee_deposit: u128,
    pub(super) agree_by: u64,
    pub(super) fee_window: u64,
    pub(super) arbitration_time: u64,
    pub(super) appeal_time: u64,
    pub(super) salt: B256,
}

/// The EIP-712 type, as the interface lists the members.
const TYPE: &str = "Terms(bytes32 agreement,address payer,address payee,address arbitrator,bytes extraData,\
    string metaEvidence,uint16[] outcomes,uint128 feeDeposit,uint40 agreeBy,uint40 feeWindow,uint40 arbitrationTime,\
    uint40 appealTime,bytes32 salt)";

/// The largest time that the terms can hold.
const LAST: u64 = (1 << 40) - 1;

impl Terms {
    /// Random terms for this agreement, mostly acceptable ones.
    pub(super) fn random<H: Holder>(holder: &H, agreement: usize, dice: &mut Dice) -> Self {
        let (payer, payee) = holder.parties(agreement);
        let arbitrator = dice.pick(&[
            Who::COURT,
            Who::COURT,
            Who::COURT,
            Who::COURT,
            Who::COURT,
            Who::COURT,
            Who::HASTY,
            Who::SILENT,
            Who::HOSTILE,
            Who::HOSTILE,
        ]);
        let cost =
            if [Who::SILENT, Who::HOSTILE].contains(&arbitrator) { HUNDREDTH } else { PLAIN.0 };
        let window = holder.ruling_window(agreement);
        let arbitration_time = 1 + dice.below(window.div_ceil(2));
        let room = window.saturating_sub(arbitration_time).max(2) - 1;
        let fee_window = 1 + dice.below(room.div_ceil(2));
        let choices = 2 + dice.below(3);
        let mut terms = Self {
            agreement: holder.id(agreement),
            payer,
            payee,
            arbitrator,
            extra_data: dice.pick(&["", "court 1", "a court of more than thirty-two characters"]),
            meta_evidence: dice.pick(&["", "ipfs://description"]),
            outcomes: (0..=choices).map(|_| dice.whole_bps()).collect(),
            fee_deposit: match dice.below(10) {
                0 => cost - 1,
                1..4 => cost,
                4 => cost + 1,
                _ => cost + dice.below_u128(3 * cost),
            },
            agree_by: START + 200 + dice.below(400),
            fee_window,
            arbitration_time,
            appeal_time: 1 + dice.below(arbitration_time.min(20)),
            salt: B256::from(word(dice.next().into())),
        };
        if dice.chance(7) {
            terms.spoil::<H>(dice);
        }
        terms
    }

    /// Changes a member, mostly for the worse.
    fn spoil<H: Holder>(&mut self, dice: &mut Dice) {
        let odd = [Who::NOBODY, Who::CONTRACT, H::PLACE, self.payer, self.payee, Who::DAVE];
        match dice.below(14) {
            0 => self.payer = dice.pick(&odd),
            1 => self.payee = dice.pick(&odd),
            2 => self.arbitrator = dice.pick(&odd),
            3 => self.arbitrator = dice.pick(&[Who::BURNER, Who::FEED]),
            4 => self.outcomes.truncate(2),
            5 => self.outcomes = vec![1; dice.pick(&[102, 103])],
            6 => self.outcomes[1] = dice.bps(),
            7 => self.fee_deposit = dice.pick(&[0, 1]),
            8 => self.agree_by = START - dice.below(2),
            9 => self.fee_window = dice.pick(&[0, LAST]),
            10 => self.arbitration_time = dice.pick(&[0, LAST]),
            11 => self.appeal_time = dice.pick(&[0, self.arbitration_time + 1]),
            12 => self.agreement = !self.agreement,
            _ => self.agree_by = LAST,
        }
    }

    /// The first member that is not acceptable, as the document says.
    pub(super) fn check(&self, holder: Who) -> Result<(), Fault> {
        let somebody = |who: Who| who != Who::NOBODY && who != Who::CONTRACT;
        let involved = [self.payer, self.payee, holder, Who::CONTRACT];
        let outcomes = 3..=102;
        acceptable(&[
            (somebody(self.payer), "payer"),
            (somebody(self.payee) && self.payee != self.payer, "payee"),
            (!involved.contains(&self.arbitrator) && has_code(self.arbitrator), "arbitrator"),
            (outcomes.contains(&self.outcomes.len()), "outcomes"),
            (self.outcomes.iter().all(|bps| *bps <= 10_000), "outcomes"),
            (self.fee_deposit > 0, "feeDeposit"),
            (self.fee_window > 0, "feeWindow"),
            (self.arbitration_time > 0, "arbitrationTime"),
            (self.appeal_time > 0 && self.appeal_time <= self.arbitration_time, "appealTime"),
        ])
    }

    /// What must be left of the time for a ruling when the first side pays in.
    pub(super) const fn reserved(&self) -> u64 {
        self.fee_window + self.arbitration_time
    }

    /// The highest ruling.
    pub(super) const fn choices(&self) -> u64 {
        self.outcomes.len() as u64 - 1
    }

    /// The payee's share by a ruling.
    pub(super) fn outcome(&self, ruling: u64) -> u16 {
        self.outcomes[usize::try_from(ruling).expect("it is one of the outcomes")]
    }

    fn numbers(&self) -> [Value; 6] {
        [
            self.fee_deposit.into(),
            self.agree_by.into(),
            self.fee_window.into(),
            self.arbitration_time.into(),
            self.appeal_time.into(),
            self.salt.into(),
        ]
    }

    fn outcome_words(&self) -> Vec<u8> {
        self.outcomes.iter().flat_map(|bps| word((*bps).into())).collect()
    }

    /// The terms as an argument.
    pub(super) fn argument(&self, facts: &Facts) -> Value {
        let mut outcomes = word(self.outcomes.len() as u128).to_vec();
        outcomes.extend(self.outcome_words());
        let mut members = vec![
            self.agreement.into(),
            self.payer.into(),
            self.payee.into(),
            self.arbitrator.into(),
            self.extra_data.into(),
            self.meta_evidence.into(),
            Value::Tail(outcomes),
        ];
        members.extend(self.numbers());
        Value::Tail(encode(&members, |who| facts.word(who)))
    }

    /// The case's id: the EIP-712 digest of the terms.
    pub(super) fn id(&self, facts: &Facts) -> B256 {
        let mut members = vec![
            keccak256(TYPE).into(),
            self.agreement.into(),
            self.payer.into(),
            self.payee.into(),
            self.arbitrator.into(),
            keccak256(self.extra_data).into(),
            keccak256(self.meta_evidence).into(),
            keccak256(self.outcome_words()).into(),
        ];
        members.extend(self.numbers());
        facts.digest(keccak256(facts.encode(&members)))
    }
}

/// Whether there is code at an address: an account that has delegated its code has some.
fn has_code(who: Who) -> bool {
    let people = [Who::NOBODY, Who::CODELESS, Who::STRANGER];
    let delegated = [Who::REFUSER, Who::WALLET, Who::BURNER];
    !people.contains(&who) && (delegated.contains(&who) || !Who::PARTIES.contains(&who))
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let agree_by = i128::from(self.agree_by) - i128::from(START);
        write!(
            f,
            "agreement {} payer {} payee {} arbitrator {} outcomes {:?} feeDeposit {} agreeBy {agree_by:+} \
             feeWindow {} arbitrationTime {} appealTime {}",
            self.agreement,
            self.payer,
            self.payee,
            self.arbitrator,
            self.outcomes,
            self.fee_deposit,
            self.fee_window,
            self.arbitration_time,
            self.appeal_time,
        )
    }
}

//! What can be wrong with terms.

use alloy_primitives::U256;

use super::{
    super::{cast::Who, dice::Dice, world::START},
    leaf::{Asked, Leaf, Question},
    terms::{Action, ActionKind, Clause, Terms},
};

/// The largest time that the terms can hold.
const LAST: u64 = (1 << 40) - 1;

impl Terms {
    /// Changes something, mostly for the worse.
    pub(super) fn spoil(&mut self, dice: &mut Dice) {
        match dice.below(4) {
            0 => self.spoil_deal(dice),
            1 => self.spoil_a_leaf(dice),
            2 => self.spoil_a_program(dice),
            _ => self.spoil_an_action(dice),
        }
    }

    fn spoil_deal(&mut self, dice: &mut Dice) {
        let odd = dice.pick(&[Who::NOBODY, Who::CONTRACT, self.parties[0]]);
        let leg = self.legs.last_mut().expect("there is one");
        let count = u8::try_from(self.parties.len()).expect("there are few");
        match dice.below(20) {
            0 => self.parties.push(odd),
            1 => {
                self.parties = Who::PARTIES.to_vec();
                if dice.chance(50) {
                    self.parties.push(Who::STRANGER);
                }
            }
            2 => self.legs = vec![leg.clone(); 8 + usize::from(dice.chance(50))],
            3 => self.legs.clear(),
            4 => leg.asset = Who::CONTRACT,
            5..8 => leg.asset = Who::CODELESS,
            8 => leg.amount = 0,
            9 => leg.payer = count,
            10 => leg.receiver = count,
            11 => leg.default_bps = dice.pick(&[10_001, u16::MAX]),
            12 => self.ends_at = self.fund_by,
            13 => self.fund_by = START - dice.below(2),
            14 => self.ends_at = LAST,
            15 => self.leaves = vec![self.leaves[0].clone(); 32 + usize::from(dice.chance(50))],
            16 => self.clauses.clear(),
            17 => self.clauses = vec![self.clauses[0].clone(); 16 + usize::from(dice.chance(50))],
            18 => self.clauses[0].actions.clear(),
            _ => {
                let Clause { actions, .. } = &mut self.clauses[0];
                *actions = vec![actions[0].clone(); 16 + usize::from(dice.chance(50))];
            }
        }
    }

    fn spoil_a_leaf(&mut self, dice: &mut Dice) {
        let party = self.parties[0];
        let legs = u8::try_from(self.legs.len()).expect("there are few");
        let odd = dice.pick(&[Who::NOBODY, Who::CONTRACT, party]);
        let Leaf { opens_at, closes_at, question, is_misshapen } =
            self.leaves.last_mut().expect("there is one");
        match dice.below(10) {
            0 => *is_misshapen = true,
            1 => *opens_at = dice.pick(&[0, START + 3, self.ends_at, self.ends_at - 1]),
            2 => *closes_at = dice.pick(&[0, self.ends_at + 1, *opens_at, *opens_at + 1]),
            _ => match question {
                Question::After | Question::Before => *is_misshapen = true,
                Question::Paid { leg, amount } => match dice.below(3) {
                    0 => *leg = legs,
                    1 => *amount = 0,
                    _ => *amount += 1 << 125,
                },
                Question::Signed { signer, .. } => *signer = odd,
                Question::Attested { threshold, signers, .. } => match dice.below(6) {
                    0 => *threshold = 0,
                    1 => *threshold = u8::try_from(signers.len()).expect("there are few") + 1,
                    2 => signers.reverse(),
                    3 => signers[0] = odd,
                    4 => signers.clear(),
                    _ => *signers = vec![signers[0]; 17],
                },
                Question::Ruled { arbiter, choices, choice, .. } => match dice.below(3) {
                    0 => *arbiter = odd,
                    1 => *choices = 0,
                    _ => *choice = *choices + 1,
                },
                Question::Awarded { arbiter } => *arbiter = odd,
                Question::Oracle(oracle) => match dice.below(7) {
                    0 => oracle.feed = Who::NOBODY,
                    1 => oracle.min_answer = -1,
                    2 => oracle.max_answer = oracle.min_answer,
                    3 => oracle.max_age = 0,
                    4 => oracle.min_rounds = dice.pick(&[0, 8, 9]),
                    5 => oracle.sequencer = Who::NOBODY,
                    _ => oracle.grace = 5,
                },
                Question::View(view) => match dice.below(3) {
                    0 => view.target = odd,
                    1 => view.code_hash.0 = [0; 32],
                    _ => view.asked = Asked::Bytes(dice.pick(&[0, 3, 4, 1024, 1025])),
                },
                Question::Eas(eas) => {
                    if dice.chance(50) {
                        eas.service = odd;
                    } else {
                        eas.attester = odd;
                    }
                }
                Question::Custom(custom) => {
                    if dice.chance(50) {
                        custom.condition = odd;
                    } else {
                        custom.code_hash.0 = [0; 32];
                    }
                }
            },
        }
    }

    fn spoil_a_program(&mut self, dice: &mut Dice) {
        let Clause { program, .. } = self.clauses.last_mut().expect("there is one");
        let index = usize::try_from(dice.below(program.len() as u64)).expect("it is small");
        match dice.below(10) {
            0 => program.clear(),
            1 => *program = vec![program[0]; 32 + usize::from(dice.chance(70))],
            2 => program.push(program[index]),
            3 => drop(program.remove(index)),
            4 => {
                let last = program.len() - 1;
                program.swap(index, last);
            }
            _ => {
                let bit = usize::try_from(dice.below(50)).expect("it is small");
                program[index] ^= U256::ONE << bit;
            }
        }
    }

    fn spoil_an_action(&mut self, dice: &mut Dice) {
        let legs = u8::try_from(self.legs.len()).expect("there are few");
        let Clause { actions, .. } = self.clauses.last_mut().expect("there is one");
        let Action { kind, leg, target, bps, shares, data } =
            actions.last_mut().expect("there is one");
        match dice.below(9) {
            0 => *leg = legs,
            1 => *leg ^= 1,
            2 => *target = dice.pick(&[31, 32]),
            3 => *target ^= 1,
            4 => *bps = dice.bps(),
            5 => shares.push(dice.pick(&[0, 1, 10_000])),
            6 => drop(shares.pop()),
            7 => *data += 1,
            _ => {
                *kind = dice.pick(&[
                    ActionKind::Release,
                    ActionKind::Refund,
                    ActionKind::Split,
                    ActionKind::Award,
                    ActionKind::Transition,
                    ActionKind::Attest,
                ]);
            }
        }
    }
}

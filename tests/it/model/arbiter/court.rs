//! The arbitrators (ERC-792) that rule: one in a person's hands, one that rules at once, one that never does, and one that
//! breaks every rule.

use std::fmt;

use super::super::{
    abi::{Fault, Value, fault, require},
    cast::Who,
    facts::Facts,
    harness::{Sent, View},
};

/// What a dispute costs with those that do not say otherwise, and what an appeal, and how long that can be made.
pub(in super::super) const PLAIN: (u128, u128, u64) = (101, 61, 50);
/// What everything costs with those that were not made for money.
pub(super) const HUNDREDTH: u128 = 10_000_000_000_000_000;
/// How the hasty one rules.
pub(in super::super) const HASTY_RULING: u64 = 2;

/// `DisputeStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Progress {
    Waiting,
    Appealable,
    Solved,
}

/// How the hostile one misbehaves when a dispute is created, in the order of its `Mischief`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Mischief {
    None,
    Reverts,
    BurnsGas,
    ReturnBomb,
    SameNumber,
    RulesOnAnother,
    RulesTwice,
    RulesOutside,
    Reenters,
}

/// What the hostile one calls when it re-enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Errand {
    /// A function that is guarded.
    Withdraw,
    /// Its ruling on the dispute with this number.
    Rule(u64, u64),
}

/// What somebody does with an arbitrator.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum CourtAct {
    Set(u128, u128, u64),
    Give(u64, u64),
    Execute(u64),
    SolveInSecret(u64),
    Collect,
    /// A dispute that the contract has nothing to do with.
    Create,
    /// An appeal past the contract.
    Appeal(u64),
    Mischief(Mischief),
    Cost(u128),
    /// What it says of every dispute: status, ruling, start and end of the time to appeal.
    Answers(Progress, u64, u64, u64),
    Arm(Errand),
    Force(u64, u64),
}

/// A dispute with a plain arbitrator.
#[derive(Clone, Debug)]
pub(super) struct Dispute {
    /// Whether it is the contract's.
    pub(super) ours: bool,
    pub(super) choices: u64,
    pub(super) ruling: u64,
    pub(super) ruled_at: u64,
    pub(super) solved: bool,
}

/// An arbitrator in one person's hands.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    pub(super) cost: u128,
    pub(super) cost_of_appeal: u128,
    pub(super) window: u64,
    /// How it rules as soon as it is asked.
    hasty: Option<u64>,
    pub(super) disputes: Vec<Dispute>,
}

/// The arbitrator that breaks every rule.
#[derive(Clone, Debug)]
pub(super) struct Hostile {
    pub(super) cost: u128,
    pub(super) mischief: Mischief,
    pub(super) answers: (Progress, u64, u64, u64),
    pub(super) errand: Option<Errand>,
    pub(super) disputes: u64,
}

/// All of them.
#[derive(Clone, Debug)]
pub(super) struct Courts {
    pub(super) plain: Plain,
    pub(super) hasty: Plain,
    pub(super) silent: u64,
    pub(super) hostile: Hostile,
}

/// A ruling that an arbitrator hands in.
pub(super) type Ruling = (u64, u64);

/// What comes of creating a dispute.
#[derive(Debug)]
pub(super) struct Creation {
    /// The dispute's number.
    pub(super) id: u64,
    /// The rulings that are handed in before the number is told.
    pub(super) rulings: Vec<Ruling>,
    /// Whether the arbitrator does not care if they are refused.
    pub(super) careless: bool,
}

impl Plain {
    const fn new(hasty: Option<u64>) -> Self {
        let (cost, cost_of_appeal, window) = match hasty {
            None => PLAIN,
            Some(_) => (PLAIN.0, 0, 0),
        };
        Self { cost, cost_of_appeal, window, hasty, disputes: Vec::new() }
    }

    fn status(&self, id: u64, now: u64) -> Progress {
        let dispute = self.dispute(id);
        if dispute.solved {
            Progress::Solved
        } else if dispute.ruled_at != 0 && now < dispute.ruled_at + self.window {
            Progress::Appealable
        } else {
            Progress::Waiting
        }
    }

    fn is_in(&self, id: u64, expected: Progress, now: u64) -> Result<(), Fault> {
        let actual = self.status(id, now);
        require!(actual == expected, "PlainArbitrator_WrongStatus", actual as u8, expected as u8);
        Ok(())
    }

    fn create(&mut self, ours: bool, choices: u64, value: u128) -> Result<Creation, Fault> {
        require!(value >= self.cost, "PlainArbitrator_PaidTooLittle", value, self.cost);
        let (ruling, solved) = (self.hasty.unwrap_or(0), self.hasty.is_some());
        self.disputes.push(Dispute { ours, choices, ruling, ruled_at: 0, solved });
        let id = self.disputes.len() as u64 - 1;
        let rulings = self.hasty.map(|ruling| (id, ruling)).into_iter().collect();
        Ok(Creation { id, rulings, careless: false })
    }

    /// There is a dispute with this number; else the list of disputes is read beyond its end.
    fn knows(&self, id: u64) -> Result<(), Fault> {
        require!(id < self.disputes.len() as u64, "Panic", 0x32_u64);
        Ok(())
    }

    fn appeal(&mut self, id: u64, value: u128, now: u64) -> Result<(), Fault> {
        self.knows(id)?;
        self.is_in(id, Progress::Appealable, now)?;
        let cost = self.cost_of_appeal;
        require!(value >= cost, "PlainArbitrator_PaidTooLittle", value, cost);
        self.dispute_mut(id).ruled_at = 0;
        Ok(())
    }

    /// What somebody does with it, and the ruling that it then hands in.
    fn act(&mut self, caller: Who, act: CourtAct, now: u64) -> Result<Option<Ruling>, Fault> {
        let owned = matches!(
            act,
            CourtAct::Set(..) | CourtAct::Give(..) | CourtAct::SolveInSecret(_) | CourtAct::Collect
        );
        let owner = Who::STRANGER;
        require!(!owned || caller == owner, "PlainArbitrator_WrongCaller", caller, owner);
        if let CourtAct::Give(id, _) | CourtAct::Execute(id) | CourtAct::SolveInSecret(id) = act {
            self.knows(id)?;
        }
        match act {
            CourtAct::Set(cost, cost_of_appeal, window) => {
                (self.cost, self.cost_of_appeal, self.window) = (cost, cost_of_appeal, window);
            }
            CourtAct::SolveInSecret(id) => self.dispute_mut(id).solved = true,
            CourtAct::Give(id, ruling) => {
                self.is_in(id, Progress::Waiting, now)?;
                let choices = self.dispute(id).choices;
                require!(ruling <= choices, "PlainArbitrator_InvalidRuling", ruling, choices);
                let dispute = self.dispute_mut(id);
                (dispute.ruling, dispute.ruled_at) = (ruling, now);
                if self.window == 0 {
                    return self.hand_in(id).map(Some);
                }
            }
            CourtAct::Execute(id) => {
                let Dispute { ruled_at, solved, .. } = *self.dispute(id);
                if ruled_at == 0 || solved || now < ruled_at + self.window {
                    let (actual, expected) = (self.status(id, now) as u8, Progress::Solved as u8);
                    return Err(fault!("PlainArbitrator_WrongStatus", actual, expected));
                }
                return self.hand_in(id).map(Some);
            }
            _ => {}
        }
        Ok(None)
    }

    fn hand_in(&mut self, id: u64) -> Result<Ruling, Fault> {
        let dispute = self.dispute_mut(id);
        dispute.solved = true;
        // Who is no contract cannot be told a ruling.
        if dispute.ours { Ok((id, dispute.ruling)) } else { Err(Fault::SILENT) }
    }

    /// Whether it rules as soon as it is asked.
    pub(super) const fn rules_at_once(&self) -> bool {
        self.hasty.is_some()
    }

    /// Where a dispute stands, and whether there is a ruling.
    pub(super) fn progress(&self, id: u64, now: u64) -> (Progress, bool) {
        (self.status(id, now), self.dispute(id).ruled_at != 0)
    }

    /// The highest ruling in a dispute.
    pub(super) fn choices(&self, id: u64) -> u64 {
        self.dispute(id).choices
    }

    fn dispute(&self, id: u64) -> &Dispute {
        &self.disputes[usize::try_from(id).expect("there are few")]
    }

    fn dispute_mut(&mut self, id: u64) -> &mut Dispute {
        &mut self.disputes[usize::try_from(id).expect("there are few")]
    }
}

impl Hostile {
    fn create(&mut self, choices: u64) -> Result<Creation, Fault> {
        let id = self.disputes;
        let mut creation = Creation { id, rulings: Vec::new(), careless: false };
        if self.mischief != Mischief::SameNumber {
            self.disputes += 1;
        }
        match self.mischief {
            Mischief::None | Mischief::SameNumber => {}
            Mischief::Reverts => return Err(fault!("HostileArbitrator_Refused")),
            Mischief::BurnsGas => return Err(Fault::SILENT),
            Mischief::ReturnBomb => {
                return Err(fault!("Error", Value::bytes(&[0; 120_000])));
            }
            Mischief::RulesOnAnother => creation.rulings.push((id + 1, 1)),
            Mischief::RulesTwice => creation.rulings.extend([(id, 1), (id, 2)]),
            Mischief::RulesOutside => creation.rulings.push((id, choices + 1)),
            Mischief::Reenters => {
                creation.careless = true;
                if let Some(Errand::Rule(id, ruling)) = self.errand {
                    creation.rulings.push((id, ruling));
                }
            }
        }
        Ok(creation)
    }
}

impl Courts {
    pub(super) fn new() -> Self {
        let hostile = Hostile {
            cost: HUNDREDTH,
            mischief: Mischief::None,
            answers: (Progress::Waiting, 0, 0, 0),
            errand: None,
            disputes: 0,
        };
        let (plain, hasty) = (Plain::new(None), Plain::new(Some(HASTY_RULING)));
        Self { plain, hasty, silent: 0, hostile }
    }

    /// Whether somebody is one of them.
    pub(super) const fn are_about(who: Who) -> bool {
        matches!(who, Who::COURT | Who::HASTY | Who::SILENT | Who::HOSTILE)
    }

    /// `arbitrationCost`.
    pub(super) const fn cost(&self, court: Who) -> u128 {
        match court {
            Who::HASTY => self.hasty.cost,
            Who::SILENT => HUNDREDTH,
            Who::HOSTILE => self.hostile.cost,
            _ => self.plain.cost,
        }
    }

    /// `appealCost`.
    pub(super) const fn cost_of_appeal(&self, court: Who) -> u128 {
        match court {
            Who::HASTY => self.hasty.cost_of_appeal,
            Who::SILENT => HUNDREDTH,
            Who::HOSTILE => self.hostile.cost,
            _ => self.plain.cost_of_appeal,
        }
    }

    /// `appealPeriod`.
    pub(super) fn appeal_period(&self, court: Who, id: u64) -> (u64, u64) {
        let of_plain = |plain: &Plain| match plain.dispute(id).ruled_at {
            0 => (0, 0),
            ruled_at => (ruled_at, ruled_at + plain.window),
        };
        match court {
            Who::HASTY => of_plain(&self.hasty),
            Who::SILENT => (0, 0),
            Who::HOSTILE => (self.hostile.answers.2, self.hostile.answers.3),
            _ => of_plain(&self.plain),
        }
    }

    /// `disputeStatus`.
    pub(super) fn status(&self, court: Who, id: u64, now: u64) -> Progress {
        match court {
            Who::HASTY => self.hasty.status(id, now),
            Who::SILENT => Progress::Waiting,
            Who::HOSTILE => self.hostile.answers.0,
            _ => self.plain.status(id, now),
        }
    }

    /// Whether it says that a dispute is solved.
    pub(super) fn is_solved(&self, court: Who, id: u64, now: u64) -> bool {
        self.status(court, id, now) == Progress::Solved
    }

    /// The number of the dispute that was created last.
    pub(super) const fn latest(&self, court: Who) -> u64 {
        let count = match court {
            Who::HASTY => self.hasty.disputes.len() as u64,
            Who::SILENT => self.silent,
            Who::HOSTILE => self.hostile.disputes,
            _ => self.plain.disputes.len() as u64,
        };
        count - 1
    }

    /// `currentRuling`.
    pub(super) fn ruling(&self, court: Who, id: u64) -> u64 {
        match court {
            Who::HASTY => self.hasty.dispute(id).ruling,
            Who::SILENT => 0,
            Who::HOSTILE => self.hostile.answers.1,
            _ => self.plain.dispute(id).ruling,
        }
    }

    /// `createDispute`, by the contract.
    pub(super) fn create(
        &mut self,
        court: Who,
        choices: u64,
        value: u128,
    ) -> Result<Creation, Fault> {
        match court {
            Who::HASTY => self.hasty.create(true, choices, value),
            Who::SILENT => {
                self.silent += 1;
                Ok(Creation { id: self.silent - 1, rulings: Vec::new(), careless: false })
            }
            Who::HOSTILE => self.hostile.create(choices),
            _ => self.plain.create(true, choices, value),
        }
    }

    /// `appeal`.
    pub(super) fn appeal(
        &mut self,
        court: Who,
        id: u64,
        value: u128,
        now: u64,
    ) -> Result<(), Fault> {
        match court {
            Who::HASTY => self.hasty.appeal(id, value, now),
            Who::SILENT | Who::HOSTILE => Ok(()),
            _ => self.plain.appeal(id, value, now),
        }
    }

    /// What somebody does with one, who sends wei along, and the ruling that it then hands in.
    pub(super) fn act(
        &mut self,
        court: Who,
        (caller, value): (Who, u128),
        act: CourtAct,
        now: u64,
    ) -> Result<Option<Ruling>, Fault> {
        match act {
            CourtAct::Mischief(mischief) => self.hostile.mischief = mischief,
            CourtAct::Cost(cost) => self.hostile.cost = cost,
            CourtAct::Answers(status, ruling, start, end) => {
                self.hostile.answers = (status, ruling, start, end);
            }
            CourtAct::Arm(errand) => self.hostile.errand = Some(errand),
            CourtAct::Force(id, ruling) => return Ok(Some((id, ruling))),
            CourtAct::Appeal(id) => self.appeal(court, id, value, now)?,
            CourtAct::Create if court == Who::SILENT => self.silent += 1,
            CourtAct::Create => drop(self.plain.create(false, 2, value)?),
            _ if court == Who::HASTY => return self.hasty.act(caller, act, now),
            _ => return self.plain.act(caller, act, now),
        }
        Ok(None)
    }

    /// What the arbitrator's views must answer about a dispute.
    pub(super) fn views(&self, facts: &Facts, court: Who, id: u64, now: u64) -> [View; 2] {
        let status = self.status(court, id, now) as u8;
        let ruling = self.ruling(court, id);
        [
            View::of(facts, court, "disputeStatus(uint256)", &[id.into()], &[status.into()]),
            View::of(facts, court, "currentRuling(uint256)", &[id.into()], &[ruling.into()]),
        ]
    }
}

impl CourtAct {
    /// The call.
    pub(super) fn sent(self, facts: &Facts, caller: Who, court: Who, value: u128) -> Sent {
        let none = || Value::bytes(&[]);
        let (function, arguments): (&str, Vec<Value>) = match self {
            Self::Set(cost, appeal, window) => {
                ("set(uint256,uint256,uint256)", vec![cost.into(), appeal.into(), window.into()])
            }
            Self::Give(id, ruling) => {
                ("giveRuling(uint256,uint256)", vec![id.into(), ruling.into()])
            }
            Self::Execute(id) => ("executeRuling(uint256)", vec![id.into()]),
            Self::SolveInSecret(id) => ("solveInSecret(uint256)", vec![id.into()]),
            Self::Collect => ("collect()", Vec::new()),
            Self::Create => ("createDispute(uint256,bytes)", vec![2_u64.into(), none()]),
            Self::Appeal(id) => ("appeal(uint256,bytes)", vec![id.into(), none()]),
            Self::Mischief(mischief) => ("setMischief(uint8)", vec![(mischief as u8).into()]),
            Self::Cost(cost) => ("setCost(uint256)", vec![cost.into()]),
            Self::Answers(status, ruling, start, end) => (
                "setAnswers(uint8,uint256,uint256,uint256)",
                vec![(status as u8).into(), ruling.into(), start.into(), end.into()],
            ),
            Self::Arm(errand) => {
                let input = match errand {
                    Errand::Withdraw => {
                        facts.calldata("withdraw", &[Who::NOBODY.into(), Who::ALICE.into()])
                    }
                    Errand::Rule(id, ruling) => facts.calldata("rule", &[id.into(), ruling.into()]),
                };
                ("arm(address,bytes)", vec![Who::CONTRACT.into(), Value::bytes(&input)])
            }
            Self::Force(id, ruling) => (
                "forceRuling(address,uint256,uint256)",
                vec![Who::CONTRACT.into(), id.into(), ruling.into()],
            ),
        };
        Sent { from: caller, to: court, input: facts.foreign(function, &arguments), value }
    }
}

impl fmt::Display for CourtAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

//! What somebody might do with an adapter, with its arbitrators, and with its holder's agreements.

use super::{
    super::{
        super::{
            aside::{Aside, anybody},
            cast::Who,
            dice::Dice,
            signature::Signature,
        },
        court::{CourtAct, Errand, Mischief, Plain, Progress},
        holder::Holder,
    },
    Adapter,
    act::{Act, Call},
    case::{Case, Status},
};

/// The functions that take the terms.
const CALLS: u64 = 11;

pub(super) fn act<H: Holder>(all: &Adapter<H>, dice: &mut Dice) -> (Who, Act<H::Act>) {
    let mut index = usize::try_from(dice.below(all.cases.len() as u64)).expect("it is an index");
    if all.cases[index].stage == Status::Closed && dice.chance(80) {
        index = all.cases.len() - 1 - index;
    }
    let case = &all.cases[index];
    let agreement = all.about(index);
    match dice.below(100) {
        0..4 => {
            let assets = [Who::NOBODY, all.holder.model.asset(agreement)];
            let (caller, act) = Aside::random(&all.books, &assets, dice);
            return (caller, Act::Aside(act));
        }
        4 => return (anybody(dice), Act::Rule(dice.below(2), dice.below(4))),
        _ => {}
    }
    let with_court = match case.stage {
        Status::None | Status::Proposed | Status::Appointed => 4,
        Status::Called | Status::Paid => 10,
        Status::Raised if all.is_waited_for(case) => 85,
        Status::Raised => 30,
        Status::Ruled | Status::Closed => 12,
    };
    if dice.chance(with_court) {
        return court(all, case, dice);
    }
    let disputed = all.holder.model.is_disputed(agreement);
    let with_holder = match case.stage {
        Status::None => 20,
        Status::Proposed if !all.holder.model.awaits_arbiter(agreement) => 60,
        Status::Proposed => 8,
        Status::Appointed if !disputed => 93,
        Status::Closed => 30,
        _ => 4,
    };
    if dice.chance(with_holder) {
        let (caller, act) = all.holder.model.toward(agreement, dice);
        return (caller.seen_from(H::PLACE), Act::Holder(act));
    }
    let kind = if dice.chance(90) { dice.pick(usual(all, case)) } else { dice.below(CALLS) };
    let (caller, call) = call(all, index, agreement, kind, dice);
    let caller = if dice.chance(8) { anybody(dice) } else { caller };
    (caller, Act::On(index, call, value(all, case, call, dice)))
}

/// The calls that make sense in a state, by their numbers in [`call`].
fn usual<H: Holder>(all: &Adapter<H>, case: &Case) -> &'static [u64] {
    let now = all.books.now;
    let (court, dispute) = (case.terms.arbitrator, case.dispute);
    match case.stage {
        Status::None => &[0, 0, 0, 1, 1],
        Status::Proposed if now >= case.terms.agree_by => &[10, 10, 10, 3, 0],
        Status::Proposed if all.is_agreed(case) => &[3, 3, 3, 3, 3, 0],
        Status::Proposed => &[0, 0, 0, 1, 1, 3],
        Status::Appointed => &[4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 10],
        Status::Called if now >= case.pay_by => &[9, 9, 9, 9, 4, 10],
        Status::Called => &[4, 4, 4, 4, 4, 4, 8, 9],
        Status::Paid => &[5, 5, 5, 5, 5, 5, 8, 10],
        Status::Raised if now >= case.rule_by => &[10, 10, 6, 7],
        Status::Raised if all.courts.is_solved(court, dispute, now) => &[6, 6, 6, 7, 8],
        Status::Raised => &[7, 7, 7, 7, 7, 7, 8, 6, 10, 9],
        Status::Ruled => &[9, 9, 9, 9, 10, 10],
        Status::Closed => &[0, 3, 4, 9, 10],
    }
}

/// The call with this number, by who would usually make it.
fn call<H: Holder>(
    all: &Adapter<H>,
    index: usize,
    agreement: usize,
    kind: u64,
    dice: &mut Dice,
) -> (Who, Call) {
    let case = &all.cases[index];
    let sides = [case.terms.payer, case.payee];
    // Who has not done his part yet.
    let lacking = match case.stage {
        Status::None | Status::Proposed => {
            sides.into_iter().find(|who| !all.consent.has_agreed(case.id, *who))
        }
        Status::Called => Some(if case.from_payer == 0 { sides[0] } else { sides[1] }),
        _ => None,
    };
    let either = lacking.filter(|_| dice.chance(60)).unwrap_or_else(|| dice.pick(&sides));
    let stranger = Who::STRANGER;
    let missed = dice.chance(4);
    let agreement = if missed { all.holder.model.count() - 1 - agreement } else { agreement };
    match kind {
        0 => (either, Call::Agree),
        1 => {
            let party = dice.pick(&[either, either, either, stranger]);
            (stranger, Call::AgreeFor(party, Signature::random(dice, party)))
        }
        // What nearly always works would come up too often.
        2 if dice.chance(60) => (either, Call::Agree),
        2 => (either, Call::Cancel),
        3 => (stranger, Call::Appoint(agreement)),
        4 => (either, Call::PayFee(agreement)),
        5 => (stranger, Call::Raise),
        6 => (stranger, Call::FetchRuling),
        7 => (either, Call::FundAppeal),
        8 => (either, Call::SubmitEvidence),
        9 => (stranger, Call::Execute(agreement)),
        _ => (stranger, Call::Settle),
    }
}

/// The wei to send along: mostly what is wanted.
fn value<H: Holder>(all: &Adapter<H>, case: &Case, call: Call, dice: &mut Dice) -> u128 {
    let wanted = match call {
        Call::PayFee(_) => case.terms.fee_deposit,
        Call::FundAppeal => {
            let missing = all.courts.cost_of_appeal(case.terms.arbitrator).saturating_sub(case.pot);
            return match dice.below(10) {
                0 => 0,
                1 | 2 => missing.saturating_add(1 + dice.below_u128(50)),
                3..6 => 1 + dice.below_u128(missing.max(1)),
                _ => missing,
            };
        }
        _ => 0,
    };
    match dice.below(50) {
        0 => wanted + 1,
        1 => wanted.saturating_sub(1),
        _ => wanted,
    }
}

/// Something with the arbitrator of this case.
fn court<H: Holder>(all: &Adapter<H>, case: &Case, dice: &mut Dice) -> (Who, Act<H::Act>) {
    let court = case.terms.arbitrator;
    let dispute = case.raised.then_some(case.dispute);
    let owner = if dice.chance(94) { Who::STRANGER } else { anybody(dice) };
    let (act, value) = match court {
        Who::HOSTILE => (hostile(all, case, dice), 0),
        Who::SILENT => (CourtAct::Create, 5),
        Who::HASTY => (plain(&all.courts.hasty, dispute, all.books.now, dice), 0),
        Who::COURT => {
            let act = plain(&all.courts.plain, dispute, all.books.now, dice);
            let value = match act {
                CourtAct::Create => all.courts.plain.cost,
                CourtAct::Appeal(_) => all.courts.plain.cost_of_appeal,
                _ => 0,
            };
            (act, if dice.chance(96) { value } else { value.saturating_sub(1) })
        }
        // Terms that are not acceptable name somebody who is none.
        _ => return (owner, Act::Court(Who::COURT, CourtAct::Collect, 0)),
    };
    (owner, Act::Court(court, act, value))
}

/// Something with an arbitrator in one person's hands.
fn plain(court: &Plain, dispute: Option<u64>, now: u64, dice: &mut Dice) -> CourtAct {
    let set = |dice: &mut Dice| {
        let cost = court.cost.saturating_sub(20) + dice.below_u128(60);
        let appeal = dice.pick(&[0, 1, 61, 61, 80, 500]);
        CourtAct::Set(cost, appeal, dice.pick(&[0, 1, 10, 50, 50]))
    };
    let Some(id) = dispute else {
        return match dice.below(4) {
            0 if !court.rules_at_once() => CourtAct::Create,
            1 => CourtAct::Collect,
            _ => set(dice),
        };
    };
    let (status, ruled) = court.progress(id, now);
    match (dice.below(20), status) {
        (0, _) => set(dice),
        (1, _) if !court.rules_at_once() => CourtAct::Create,
        (2, _) => CourtAct::Collect,
        (3, _) => CourtAct::SolveInSecret(id),
        (4, _) => CourtAct::Execute(id),
        (5, _) => CourtAct::Give(id, dice.below(6)),
        (6..9, Progress::Appealable) => CourtAct::Appeal(id),
        (_, Progress::Waiting) if ruled => CourtAct::Execute(id),
        (_, Progress::Waiting) => CourtAct::Give(id, dice.below(court.choices(id) + 1)),
        _ => CourtAct::Execute(id),
    }
}

/// Some mischief.
fn hostile<H: Holder>(all: &Adapter<H>, case: &Case, dice: &mut Dice) -> CourtAct {
    let now = all.books.now;
    let id = if case.raised { case.dispute } else { all.courts.hostile.disputes };
    let id = if dice.chance(10) { id + 1 } else { id };
    let ruling = dice.below(case.terms.choices() + 2);
    match dice.below(if case.raised { 12 } else { 8 }) {
        // These take long.
        0..4 if dice.chance(1) => CourtAct::Mischief(Mischief::BurnsGas),
        0..4 if dice.chance(2) => CourtAct::Mischief(Mischief::ReturnBomb),
        0..4 if all.cases.len() > 1 && dice.chance(50) => CourtAct::Mischief(Mischief::SameNumber),
        0..4 => CourtAct::Mischief(dice.pick(&[
            Mischief::None,
            Mischief::Reverts,
            Mischief::SameNumber,
            Mischief::SameNumber,
            Mischief::RulesOnAnother,
            Mischief::RulesTwice,
            Mischief::RulesOutside,
            Mischief::Reenters,
            Mischief::Reenters,
            Mischief::Reenters,
        ])),
        4 => CourtAct::Cost(dice.pick(&[0, 1, 7, case.terms.fee_deposit])),
        5 | 6 => CourtAct::Arm(dice.pick(&[Errand::Withdraw, Errand::Rule(id, ruling)])),
        7 | 8 => CourtAct::Force(id, ruling),
        _ => {
            let status = dice.pick(&[Progress::Waiting, Progress::Solved, Progress::Solved]);
            let start = now.saturating_sub(dice.below(10)) + dice.below(10);
            CourtAct::Answers(status, ruling, start, start + dice.below(60))
        }
    }
}

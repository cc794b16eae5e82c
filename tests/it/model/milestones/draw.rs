//! What somebody might do with milestone plans.

use super::{
    super::{
        aside::{Aside, anybody},
        cast::Who,
        dice::Dice,
        signature::Signature,
    },
    Plans,
    act::{Act, Amendment, Call, Consents, Draft, Leave, Settlement},
    plan::Plan,
    stage::{Stage, Status},
    terms::{Head, small},
};

/// The functions that take the terms.
const CALLS: u64 = 16;

pub(super) fn act(plans: &Plans, dice: &mut Dice) -> (Who, Act) {
    if dice.chance(8) {
        let (caller, act) = Aside::random(&plans.books, &plans.assets(), dice);
        return (caller, Act::Aside(act));
    }
    let index = which(plans, dice);
    let plan = &plans.plans[index];
    let amendable = plan.status == Status::Active && !fit_successors(plans, index).is_empty();
    let kind = if amendable && dice.chance(15) {
        12
    } else if dice.chance(88) {
        dice.pick(usual(plan.status))
    } else {
        dice.below(CALLS)
    };
    // What always works would come up too often.
    let always = matches!(kind, 4 | 13 | 14);
    let kind = if always && dice.chance(85) { dice.pick(usual(plan.status)) } else { kind };
    let kind = if dice.chance(90) { instead(plans, index, kind) } else { kind };
    let (caller, call) = call(plans, index, kind, dice);
    let caller = if dice.chance(8) { someone(plan, dice) } else { caller };
    let value = match call {
        Call::Fund(up_to) if plan.terms.head.asset == Who::NOBODY => {
            let price = price(plan, up_to.into());
            match dice.below(20) {
                0 => 0,
                1 => price.saturating_add(1),
                2 => price.saturating_sub(1),
                _ => price,
            }
        }
        _ => u128::from(dice.chance(1)),
    };
    (caller, Act::On(index, call, value))
}

/// The number of a plan, mostly of one that is not over, and rarely of one that is to take another's place.
fn which(plans: &Plans, dice: &mut Dice) -> usize {
    let count = plans.plans.len();
    let any = |dice: &mut Dice| usize::try_from(dice.below(count as u64)).expect("it is an index");
    if dice.chance(15) {
        return any(dice);
    }
    let stands = |it: &Plan| match it.status {
        Status::Active => 3,
        Status::Proposed | Status::Funded => 2,
        Status::None if plans.books.now < it.terms.head.accept_by => 1,
        _ => 0,
    };
    let first_best = (0..count).rev().max_by_key(|index| stands(&plans.plans[*index]));
    first_best.expect("there is a plan")
}

/// The calls that make sense in the present state, by their numbers in [`call`].
const fn usual(status: Status) -> &'static [u64] {
    match status {
        Status::None => &[0, 0, 3, 3, 3],
        Status::Proposed => &[1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 15],
        Status::Funded => &[1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 4, 15],
        Status::Active => &[
            3, 3, 3, 5, 5, 5, 5, 5, 6, 7, 8, 8, 9, 9, 9, 10, 10, 10, 10, 10, 11, 11, 11, 12, 12,
            12, 13, 13, 14, 15, 15, 15,
        ],
        Status::Closed | Status::Cancelled | Status::Amended => {
            &[0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
        }
    }
}

/// A call that can work where the one with this number cannot.
fn instead(plans: &Plans, index: usize, kind: u64) -> u64 {
    let plan = &plans.plans[index];
    let has = |stage| plan.pending_ones().any(|it| plan.marks[it].stage == stage);
    let accepted = plan.arbiter_accepted || plan.terms.head.arbiter == Who::NOBODY;
    match kind {
        1 | 2 if plan.payee_accepted && accepted => 3,
        10 if !has(Stage::Disputed) || plan.terms.head.arbiter == Who::NOBODY => 9,
        12 if fit_successors(plans, index).is_empty() => 11,
        3 if plan.funded == plan.marks.len() => 5,
        _ => kind,
    }
}

/// The call with this number, by who would usually make it.
fn call(plans: &Plans, index: usize, kind: u64, dice: &mut Dice) -> (Who, Call) {
    let plan = &plans.plans[index];
    let Head { payer, payee, arbiter, .. } = plan.terms.head;
    let either = dice.pick(&[payer, payee]);
    match kind {
        0 => (either, Call::Propose),
        1 => (missing(plan, dice), Call::Accept),
        2 => {
            let party = missing(plan, dice);
            (Who::STRANGER, Call::AcceptFor(party, Signature::random(dice, party)))
        }
        3 => {
            let least = usize::from(plan.terms.up_front).max(plan.funded + 1);
            let up_to = match dice.below(10) {
                0 => dice.below(plan.marks.len() as u64 + 2),
                1..3 => plan.marks.len() as u64,
                _ => least as u64,
            };
            (if dice.chance(80) { payer } else { anybody(dice) }, Call::Fund(small(up_to)))
        }
        4 => (dice.pick(&[payer, payee, arbiter]), Call::Cancel),
        5 => (payee, Call::Submit(milestone(plan, &[Stage::Open], dice))),
        6 => (payer, Call::Release(milestone(plan, &PENDING, dice))),
        7 => (payer, Call::ReleaseUpTo(milestone(plan, &PENDING, dice))),
        8 => (payee, Call::Refund(milestone(plan, &PENDING, dice))),
        9 => (either, Call::Dispute(milestone(plan, &[Stage::Open, Stage::Submitted], dice))),
        10 => (arbiter, Call::Rule(milestone(plan, &[Stage::Disputed], dice), dice.bps())),
        11 => {
            let draft = approved(plans, index, dice, |it| matches!(it, Draft::Settlement(_)));
            let draft = draft.unwrap_or_else(|| settlement(plans, index, dice));
            let (caller, consents) = consents(plans, plan, draft, dice);
            let Draft::Settlement(settlement) = draft else { unreachable!("it was chosen so") };
            (caller, Call::Divide(settlement, consents))
        }
        12 => {
            let draft = approved(plans, index, dice, |it| matches!(it, Draft::Amendment(_)));
            let draft = draft.unwrap_or_else(|| amendment(plans, index, dice));
            let (caller, consents) = consents(plans, plan, draft, dice);
            let Draft::Amendment(amendment) = draft else { unreachable!("it was chosen so") };
            let next = if dice.chance(97) { amendment.next } else { successor(plans, index, dice) };
            (caller, Call::Amend(next, amendment, consents))
        }
        13 => {
            let fresh = if dice.chance(50) {
                settlement(plans, index, dice)
            } else {
                amendment(plans, index, dice)
            };
            let draft = approved(plans, index, dice, |_| true).unwrap_or(fresh);
            (either, Call::Approve(draft))
        }
        14 => (either, Call::Revoke),
        _ => (dice.pick(&[payer, payee, Who::STRANGER]), Call::Settle),
    }
}

/// One who has not accepted yet, mostly.
fn missing(plan: &Plan, dice: &mut Dice) -> Who {
    let Head { payer, payee, arbiter, .. } = plan.terms.head;
    match (plan.payee_accepted, plan.arbiter_accepted) {
        _ if dice.chance(10) => dice.pick(&[payer, payee, arbiter, Who::STRANGER]),
        (false, _) => payee,
        _ => arbiter,
    }
}

/// The stages that are not final.
const PENDING: [Stage; 3] = [Stage::Open, Stage::Submitted, Stage::Disputed];

/// A milestone, mostly a funded one in one of these stages.
fn milestone(plan: &Plan, stages: &[Stage], dice: &mut Dice) -> u8 {
    let fit: Vec<usize> =
        plan.pending_ones().filter(|it| stages.contains(&plan.marks[*it].stage)).collect();
    if fit.is_empty() || dice.chance(10) {
        return small(dice.below(plan.marks.len() as u64 + 1));
    }
    small(dice.pick(&fit) as u64)
}

/// What milestones up to this one cost that are not funded.
fn price(plan: &Plan, up_to: usize) -> u128 {
    let end = up_to.min(plan.marks.len()).max(plan.funded);
    let costs = plan.terms.milestones[plan.funded..end].iter().map(|it| it.amount);
    costs.fold(0, u128::saturating_add)
}

/// A draft of this kind that was approved and might still count.
fn approved(
    plans: &Plans,
    index: usize,
    dice: &mut Dice,
    kind: impl Fn(&Draft) -> bool,
) -> Option<Draft> {
    let plan = &plans.plans[index];
    let counts = |draft: &Draft| {
        let (about, leave) = draft.about();
        about == index && leave.round == plan.round && leave.nonce == plan.nonce
    };
    let drafts: Vec<Draft> = plans
        .approvals
        .iter()
        .map(|(_, draft)| *draft)
        .filter(|draft| kind(draft) && counts(draft))
        .collect();
    if drafts.is_empty() || dice.chance(25) { None } else { Some(dice.pick(&drafts)) }
}

fn settlement(plans: &Plans, index: usize, dice: &mut Dice) -> Draft {
    let plan = &plans.plans[index];
    Draft::Settlement(Settlement {
        plan: named(plans, index, dice),
        milestone: milestone(plan, &PENDING, dice),
        payee_bps: if dice.chance(93) { dice.whole_bps() } else { dice.bps() },
        leave: leave(plans, plan, dice),
    })
}

fn amendment(plans: &Plans, index: usize, dice: &mut Dice) -> Draft {
    let plan = &plans.plans[index];
    let next = successor(plans, index, dice);
    let begun = plan.marks.iter().rposition(|it| it.stage != Stage::Open).map_or(0, |it| it + 1);
    let count = plans.plans[next].marks.len();
    let funded = match dice.below(10) {
        0 => dice.below(count as u64 + 2),
        1..4 => begun as u64,
        4..7 => plan.funded.min(count) as u64,
        _ => count.min(begun + 1) as u64,
    };
    Draft::Amendment(Amendment {
        plan: named(plans, index, dice),
        next: if dice.chance(97) { next } else { index },
        funded: small(funded),
        leave: leave(plans, plan, dice),
    })
}

/// The plan with this number, rarely another.
fn named(plans: &Plans, index: usize, dice: &mut Dice) -> usize {
    if dice.chance(96) { index } else { successor(plans, index, dice) }
}

/// Another plan, if there is one; mostly one that is not on record.
fn successor(plans: &Plans, index: usize, dice: &mut Dice) -> usize {
    let mut fit = fit_successors(plans, index);
    if fit.is_empty() || dice.chance(8) {
        fit = (0..plans.plans.len()).filter(|it| *it != index).collect();
    }
    if fit.is_empty() { index } else { dice.pick(&fit) }
}

/// The plans that might take the place of this one.
fn fit_successors(plans: &Plans, index: usize) -> Vec<usize> {
    let head = &plans.plans[index].terms.head;
    let fits = |it: &Plan| it.status == Status::None && it.terms.head == *head;
    (0..plans.plans.len()).filter(|it| *it != index && fits(&plans.plans[*it])).collect()
}

fn leave(plans: &Plans, plan: &Plan, dice: &mut Dice) -> Leave {
    let mut leave = Leave {
        round: plan.round,
        nonce: plan.nonce,
        deadline: plans.books.now + 1 + dice.below(80),
    };
    match dice.below(30) {
        0 => leave.round = leave.round.saturating_sub(1),
        1 => leave.round += 1,
        2 => leave.nonce = leave.nonce.saturating_sub(1),
        3 => leave.nonce += 1,
        4 => leave.deadline = plans.books.now,
        _ => {}
    }
    leave
}

/// Who hands a draft in, with the signatures that are needed then, mostly good ones.
fn consents(plans: &Plans, plan: &Plan, draft: Draft, dice: &mut Dice) -> (Who, Consents) {
    let Head { payer, payee, .. } = plan.terms.head;
    let caller = dice.pick(&[payer, payee, Who::STRANGER]);
    let mut by = |party: Who| {
        let needed = caller != party && !plans.approvals.contains(&(party, draft));
        match (needed, dice.below(10)) {
            (true, 0..8) => Signature::By(party),
            (false, 0..8) => Signature::Empty,
            _ => Signature::random(dice, party),
        }
    };
    let (payer, payee) = (by(payer), by(payee));
    (caller, Consents { payer, payee })
}

fn someone(plan: &Plan, dice: &mut Dice) -> Who {
    let Head { payer, payee, arbiter, fee_receiver, .. } = plan.terms.head;
    dice.pick(&[payer, payee, arbiter, fee_receiver, Who::STRANGER, Who::STRANGER])
}

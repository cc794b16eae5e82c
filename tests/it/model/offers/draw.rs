//! What somebody might do with last offers.

use super::{
    super::{
        aside::{Aside, anybody},
        books::Outside,
        cast::{ASSETS, Who},
        dice::Dice,
        escrow::{EscrowAct, EscrowCall, EscrowStatus},
        harness::Model,
        signature::Signature,
    },
    Offers,
    act::{Act, Along, Call},
    case::Case,
};

pub(super) fn act(offers: &Offers, dice: &mut Dice) -> (Who, Act) {
    if dice.chance(if offers.books.any_credit().is_some() { 40 } else { 5 }) {
        let (caller, act) = Aside::random(&offers.books, &offers.assets(), dice);
        return (caller, Act::Aside(act));
    }
    if dice.chance(if offers.any_pending().is_some() { 30 } else { 1 }) {
        return collect(offers, dice);
    }
    let count = offers.cases.len() as u64;
    let index = usize::try_from(dice.below(count)).expect("it is small");
    let status = offers.beside.status(index);
    if status == EscrowStatus::Disputed && dice.chance(8) {
        return (Who::STRANGER, Act::Aside(Aside::Outside(obstacle(offers, index, dice))));
    }
    let on_escrow = match status {
        EscrowStatus::None => 80,
        EscrowStatus::Proposed | EscrowStatus::Funded => 45,
        EscrowStatus::Active | EscrowStatus::Submitted => 85,
        EscrowStatus::Disputed => 10,
        _ => 40,
    };
    if dice.chance(on_escrow) {
        let (caller, act) = on_the_escrow(offers, index, dice);
        return (caller, Act::Escrow(act));
    }
    let case = &offers.cases[index];
    let kind = if dice.chance(95) { dice.pick(usual(offers, case)) } else { dice.below(7) };
    let appointment = if dice.chance(97) {
        offers.of_case[index]
    } else {
        usize::try_from(dice.below(offers.appointments.len() as u64)).expect("it is small")
    };
    let (caller, call) = call(offers, case, kind, dice);
    let caller = if dice.chance(8) { anybody(dice) } else { caller };
    let along = Along { appointment, value: u128::from(dice.chance(1)) };
    (caller, Act::On(index, call, along))
}

/// The calls that make sense now, by their numbers in [`call`].
fn usual(offers: &Offers, case: &Case) -> &'static [u64] {
    let appointment = &offers.appointments[offers.of_case[case.index]];
    let now = offers.books.now;
    match offers.beside.status(case.index) {
        EscrowStatus::None => &[0, 1, 2],
        EscrowStatus::Proposed | EscrowStatus::Funded => {
            &[0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2]
        }
        EscrowStatus::Disputed => match case.offers_end(&offers.beside, appointment) {
            Ok(end) if now < end => &[3, 3, 3, 3, 3, 3, 3, 4],
            _ if case.by_payer.is_some() && case.by_payee.is_some() => &[4, 5, 5, 5],
            _ => &[4, 6, 6, 6],
        },
        _ => &[0, 1, 2, 3, 4, 5, 6],
    }
}

/// Something with the escrow; often what leads to a dispute.
fn on_the_escrow(offers: &Offers, index: usize, dice: &mut Dice) -> (Who, EscrowAct) {
    let beside = &offers.beside;
    let either = dice.pick(&[beside.payer(index), beside.payee(index)]);
    let (caller, call, value) = match beside.status(index) {
        EscrowStatus::None => (beside.payer(index), EscrowCall::Fund, beside.price(index)),
        EscrowStatus::Proposed if dice.chance(50) => {
            (beside.payer(index), EscrowCall::Fund, beside.price(index))
        }
        EscrowStatus::Proposed | EscrowStatus::Funded => {
            (beside.payee(index), EscrowCall::Accept, 0)
        }
        EscrowStatus::Active | EscrowStatus::Submitted => (either, EscrowCall::Dispute, 0),
        _ => return beside.draw(dice),
    };
    if dice.chance(75) {
        return (caller, EscrowAct::On(index, call, value));
    }
    beside.draw(dice)
}

/// The call with this number, by who would usually make it.
fn call(offers: &Offers, case: &Case, kind: u64, dice: &mut Dice) -> (Who, Call) {
    let arbiter = offers.appointments[offers.of_case[case.index]].arbiter;
    let (payer, payee) = (offers.beside.payer(case.index), offers.beside.payee(case.index));
    let either = dice.pick(&[payer, payee]);
    match kind {
        0 => (arbiter, Call::Accept),
        1 => (anybody(dice), Call::AcceptFor(Signature::random(dice, arbiter))),
        2 => (arbiter, Call::Decline),
        3 => (either, Call::Propose(dice.bps())),
        4 => {
            let of_other = if either == payer { case.by_payee } else { case.by_payer };
            let usual = of_other.filter(|_| dice.chance(90));
            (either, Call::AcceptProposal(usual.unwrap_or_else(|| dice.bps())))
        }
        5 => (arbiter, Call::Choose(if dice.chance(95) { either } else { anybody(dice) })),
        _ => (anybody(dice), Call::Settle),
    }
}

fn collect(offers: &Offers, dice: &mut Dice) -> (Who, Act) {
    let (asset, arbiter) = match offers.any_pending() {
        Some((asset, arbiter)) if dice.chance(90) => {
            // Whatever kept it back does so no more.
            let lifted = match asset {
                Who::BLOCKING if offers.books.is_blocked(Who::CONTRACT) => {
                    Some(Outside::Block(Who::CONTRACT, false))
                }
                Who::LYING => Some(Outside::Lie(0)),
                _ => None,
            };
            if let Some(act) = lifted.filter(|_| dice.chance(40)) {
                return (Who::STRANGER, Act::Aside(Aside::Outside(act)));
            }
            (asset, arbiter)
        }
        _ => (dice.pick(&ASSETS), anybody(dice)),
    };
    (anybody(dice), Act::Collect(asset, arbiter))
}

/// What keeps the fee from the contract, or from the inner arbiter.
fn obstacle(offers: &Offers, index: usize, dice: &mut Dice) -> Outside {
    if offers.beside.asset(index) == Who::LYING {
        return Outside::Lie(dice.pick(&[1, 2]));
    }
    let arbiter = offers.appointments[offers.of_case[index]].arbiter;
    Outside::Block(dice.pick(&[Who::CONTRACT, arbiter]), true)
}

/// The moments around which something changes.
pub(super) fn moments(offers: &Offers) -> Vec<u64> {
    let mut moments = offers.beside.moments();
    for case in &offers.cases {
        let appointment = &offers.appointments[offers.of_case[case.index]];
        moments.extend(case.offers_end(&offers.beside, appointment));
    }
    moments
}

/// When and how a stranger ends an agreement that is not over: by the escrow's own time-outs (S-5).
pub(super) fn closing(offers: &Offers) -> Option<(u64, Act)> {
    let (at, act) = offers.beside.model.closing()?;
    Some((at, Act::Escrow(act)))
}

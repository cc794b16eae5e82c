//! What somebody might do with guarantees, and with the leases that they are for.

use super::{
    super::{
        aside::{Aside, anybody},
        cast::Who,
        dice::Dice,
    },
    Guarantees,
    act::{Act, Call},
    state::{Guarantee, Status},
    terms::Terms,
};

/// The functions that take the terms.
const CALLS: u64 = 7;

pub(super) fn act(all: &Guarantees, dice: &mut Dice) -> (Who, Act) {
    if dice.chance(7) {
        let (caller, act) = Aside::random(&all.books, &all.assets(), dice);
        return (caller, Act::Aside(act));
    }
    let any = usize::try_from(dice.below(all.guarantees.len() as u64)).expect("it is an index");
    let open = |it: &Guarantee| it.stage != Status::Closed;
    let index = match all.guarantees.iter().position(open) {
        Some(index) if dice.chance(70) => index,
        _ => any,
    };
    let guarantee = &all.guarantees[index];
    let lease = guarantee.terms.lease;
    let late = all.beside.late(lease) >= usize::from(guarantee.terms.call_after);
    let on_lease = match guarantee.stage {
        Status::None => 20,
        // Nothing can be called yet: the lease begins, and the rent is not paid.
        Status::Funded if all.beside.may_begin(lease) => 85,
        Status::Funded if !late => 50,
        _ => 12,
    };
    if dice.chance(on_lease) {
        let (caller, act) = all.beside.draw(lease, dice);
        return (caller, Act::Lease(act));
    }
    let usual: &[u64] = match guarantee.status(all.books.now) {
        Status::None => &[0],
        Status::Funded if late => &[1, 1, 1, 1, 1, 1, 6],
        Status::Funded => &[1, 6],
        Status::Called => &[2, 3, 3, 3, 3, 6],
        Status::Disputed => &[2, 4, 4, 4, 4, 6],
        Status::Due => &[6, 6, 6, 6, 2, 4],
        Status::Closed => &[0, 1, 2, 3, 4, 5, 6],
    };
    let kind = if dice.chance(90) { dice.pick(usual) } else { dice.below(CALLS) };
    let (caller, call) = call(all, guarantee, kind, dice);
    let caller = if dice.chance(8) { anybody(dice) } else { caller };
    let Terms { asset, cap, .. } = guarantee.terms;
    let value = match call {
        Call::Fund(_) if asset == Who::NOBODY => match dice.below(20) {
            0 => 0,
            1 => cap.saturating_add(1),
            2 => cap.saturating_sub(1),
            _ => cap,
        },
        _ => u128::from(dice.chance(1)),
    };
    (caller, Act::On(index, call, value))
}

/// The call with this number, by who would usually make it.
fn call(all: &Guarantees, guarantee: &Guarantee, kind: u64, dice: &mut Dice) -> (Who, Call) {
    let Terms { guarantor, landlord, arbiter, lease, .. } = guarantee.terms;
    let lease = if dice.chance(95) { lease } else { all.beside.count() - 1 - lease };
    match kind {
        0 => (if dice.chance(80) { guarantor } else { anybody(dice) }, Call::Fund(lease)),
        1 => {
            let most = guarantee.held.min(all.beside.arrears(lease));
            (landlord, Call::Call(lease, part(most, dice)))
        }
        2 => (landlord, Call::Withdraw),
        3 => (guarantor, Call::Object),
        4 => {
            let award = if dice.chance(15) { 0 } else { part(guarantee.called, dice) };
            (arbiter, Call::Rule(award))
        }
        5 => (landlord, Call::Release),
        _ => (dice.pick(&[guarantor, landlord, Who::STRANGER]), Call::Settle(lease)),
    }
}

fn part(most: u128, dice: &mut Dice) -> u128 {
    match dice.below(12) {
        0 => 0,
        1 => most.saturating_add(1),
        2 => 1,
        3..7 => most,
        _ => 1 + dice.below_u128(most.max(1)),
    }
}

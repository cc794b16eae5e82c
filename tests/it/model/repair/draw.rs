//! What somebody might do with repair escrows, and with their leases.

use super::{
    super::{
        agent::{self, Knock},
        aside::{Aside, anybody},
        cast::Who,
        dice::Dice,
        lease::{LeaseAct, LeaseCall},
    },
    Repairs,
    act::{Act, Call},
    state::{Repair, Status},
    terms::Terms,
};

/// The functions that are not the landlord's on the lease.
const CALLS: u64 = 9;

pub(super) fn act(all: &Repairs, dice: &mut Dice) -> (Who, Act) {
    let index = usize::try_from(dice.below(all.repairs.len() as u64)).expect("it is an index");
    let repair = &all.repairs[index];
    let asset = repair.terms.asset;
    match dice.below(100) {
        0..5 => {
            let (caller, act) = Aside::random(&all.books, &all.assets(), dice);
            return (caller, Act::Aside(act));
        }
        5..10 if asset.asset().is_some() => {
            let act = agent::outside(repair.agent, asset, &all.books, dice);
            return (Who::STRANGER, Act::Aside(Aside::Outside(act)));
        }
        10 => return (anybody(dice), Act::Knock(index, Knock::random(repair.agent, dice))),
        _ => {}
    }
    let on_lease = match repair.stage {
        Status::None => 15,
        Status::Quiet if all.beside.may_begin(index) => 94,
        Status::Quiet => 40,
        _ => 25,
    };
    if dice.chance(on_lease) {
        return with_lease(all, index, dice);
    }
    let owes = all.beside.arrears(index) > 0;
    let usual: &[u64] = match repair.stage {
        Status::None => &[0],
        Status::Quiet if repair.lease.is_zero() => &[2, 3],
        Status::Quiet if owes => &[1, 1, 2, 3, 3],
        Status::Quiet => &[2, 3],
        Status::Notified if owes => &[1, 1, 1, 2, 4, 5, 8],
        Status::Notified => &[2, 4, 4, 5, 8],
        Status::Reported => &[1, 2, 5, 6, 6, 6, 8],
        Status::Disputed => &[1, 2, 5, 7, 7, 7, 8],
    };
    let kind = if dice.chance(90) { dice.pick(usual) } else { dice.below(CALLS) };
    let (caller, call) = call(all, index, kind, dice);
    let caller = if dice.chance(8) { anybody(dice) } else { caller };
    let wanted = match call {
        Call::Pay(_, amount) if asset == Who::NOBODY => amount,
        _ => 0,
    };
    let value = match dice.below(40) {
        0 => wanted.saturating_add(1),
        1 => wanted.saturating_sub(1),
        _ => wanted,
    };
    (caller, Act::On(index, call, value))
}

/// Something on the lease of this agreement: what the agent would do, its landlord does.
fn with_lease(all: &Repairs, index: usize, dice: &mut Dice) -> (Who, Act) {
    let Repair { agent, terms: Terms { landlord, .. }, .. } = all.repairs[index];
    for _ in 0..12 {
        let (caller, act) = all.beside.draw(index, dice);
        let LeaseAct::On(lease, call, value) = &act else { continue };
        if caller != agent {
            return (caller, Act::Lease(act));
        }
        let lease = if dice.chance(97) { *lease } else { all.beside.count() - 1 - *lease };
        // What a break costs that has no effect is not said.
        let unsaid =
            matches!(call, LeaseCall::Break) && all.beside.break_fee(lease, agent).is_none();
        if !Call::is_offered(call) || unsaid {
            continue;
        }
        let caller = if dice.chance(94) { landlord } else { anybody(dice) };
        let value = if matches!(call, LeaseCall::Break) { *value } else { 0 };
        return (caller, Act::On(index, Call::OnLease(lease, call.clone()), value));
    }
    (landlord, Act::On(index, Call::OnLease(index, LeaseCall::Sign), 0))
}

/// The call with this number, by who would usually make it.
fn call(all: &Repairs, index: usize, kind: u64, dice: &mut Dice) -> (Who, Call) {
    let Terms { landlord, tenant, arbiter, .. } = all.repairs[index].terms;
    let lease = if dice.chance(96) { index } else { all.beside.count() - 1 - index };
    match kind {
        0 => (anybody(dice), Call::Open),
        1 => {
            let owed = all.beside.arrears(lease);
            let amount = match dice.below(12) {
                0 => 0,
                1 => 1,
                2..5 => 1 + dice.below_u128(owed.max(1)),
                5 | 6 => owed.saturating_add(dice.below_u128(20)),
                _ => owed,
            };
            (dice.pick(&[tenant, tenant, Who::STRANGER, landlord]), Call::Pay(lease, amount))
        }
        2 => (anybody(dice), Call::Forward(lease)),
        3 => (tenant, Call::Notify(lease)),
        4 => (landlord, Call::Report),
        5 => (tenant, Call::Confirm),
        6 => (tenant, Call::Object),
        7 => (arbiter, Call::Rule(dice.bps())),
        _ => (dice.pick(&[tenant, landlord, Who::STRANGER]), Call::Settle),
    }
}

//! What somebody might do with options, with the leases that they are beside, and with titles.

use super::{
    super::{
        aside::{Aside, anybody},
        cast::Who,
        dice::Dice,
        items::{BURNS_GAS, DOES_NOTHING, FREE, Handling, REFUSES},
    },
    Deals,
    act::{Act, Call},
    state::{Deal, Status},
    terms::Terms,
};

/// The functions that take the terms.
const CALLS: u64 = 8;

pub(super) fn act(all: &Deals, dice: &mut Dice) -> (Who, Act) {
    let any = usize::try_from(dice.below(all.deals.len() as u64)).expect("it is an index");
    let open = |it: &Deal| !matches!(it.stage, Status::Exercised | Status::Closed) || it.parked;
    let index = match all.deals.iter().position(open) {
        Some(index) if dice.chance(70) => index,
        _ => any,
    };
    let deal = &all.deals[index];
    let Terms { lease, title, token_id, .. } = deal.terms;
    match dice.below(100) {
        0..6 => {
            let (caller, act) = Aside::random(&all.books, &all.assets(), dice);
            return (caller, Act::Aside(act));
        }
        6..16 => return (Who::STRANGER, Act::Handle(handling(all, deal, dice))),
        16 => return (anybody(dice), Act::PushTitle(title, anybody(dice), token_id)),
        _ => {}
    }
    let on_lease = match deal.stage {
        Status::Offered => 20,
        // Nothing can be earned yet: the lease begins, and rent falls due.
        Status::Active if all.beside.may_begin(lease) => 85,
        _ => 15,
    };
    if dice.chance(on_lease) {
        let (caller, act) = all.beside.draw(lease, dice);
        return (caller, Act::Lease(act));
    }
    let usual: &[u64] = match deal.status(all.books.now) {
        Status::None => &[0],
        Status::Offered => &[1, 1, 1, 1, 1, 2, 6],
        Status::Active if all.beside.arrears(lease) > 0 => &[3, 3, 3, 3, 4, 5],
        Status::Active => &[4, 4, 5, 5, 2, 6],
        Status::Lapsed => &[6, 6, 6, 2, 1, 5],
        Status::Closed if deal.parked => &[7, 7, 7, 6],
        Status::Exercised | Status::Closed => &[0, 1, 2, 3, 4, 5, 6, 7],
    };
    let kind = if dice.chance(92) { dice.pick(usual) } else { dice.below(CALLS) };
    let (caller, call) = call(all, deal, kind, dice);
    let caller = if dice.chance(8) { anybody(dice) } else { caller };
    let value = value(all, deal, &call, dice);
    (caller, Act::On(index, call, value))
}

/// The call with this number, by who would usually make it.
fn call(all: &Deals, deal: &Deal, kind: u64, dice: &mut Dice) -> (Who, Call) {
    let Terms { seller, buyer, lease, .. } = deal.terms;
    let lease = if dice.chance(96) { lease } else { all.beside.count() - 1 - lease };
    match kind {
        0 => (seller, Call::Offer),
        1 => (buyer, Call::Accept),
        2 => (dice.pick(&[seller, buyer]), Call::Cancel),
        3 => {
            let owed = all.beside.arrears(lease);
            let amount = match dice.below(12) {
                0 => 0,
                1 => 1,
                2 => 1 + dice.below_u128(owed.max(1)),
                3 => owed.saturating_add(dice.below_u128(20)),
                _ => owed,
            };
            (dice.pick(&[buyer, buyer, seller, Who::STRANGER]), Call::Pay(lease, amount))
        }
        4 => (anybody(dice), Call::Register(lease)),
        5 => (buyer, Call::Exercise(lease, receiver(dice))),
        6 => (dice.pick(&[seller, buyer, Who::STRANGER]), Call::Settle),
        _ => (seller, Call::TakeTitle(receiver(dice))),
    }
}

/// The wei to send along: mostly what is wanted.
fn value(all: &Deals, deal: &Deal, call: &Call, dice: &mut Dice) -> u128 {
    let Terms { asset, fee, .. } = deal.terms;
    let (asset, wanted) = match call {
        Call::Accept => (asset, fee),
        Call::Exercise(..) => (asset, deal.price()),
        Call::Pay(lease, amount) => (all.beside.asset(*lease), *amount),
        _ => return u128::from(dice.chance(1)),
    };
    let wanted = if asset == Who::NOBODY { wanted } else { 0 };
    match dice.below(20) {
        0 => wanted.saturating_add(1 + dice.below_u128(9)),
        1 => wanted.saturating_sub(1),
        _ => wanted,
    }
}

/// What happens to titles.
fn handling(all: &Deals, deal: &Deal, dice: &mut Dice) -> Handling {
    let Terms { seller, title, token_id, .. } = deal.terms;
    let bound = title == Who::BOUND && all.shelf.owner(title, token_id).is_some();
    if bound {
        return match dice.below(4) {
            0 => Handling::Bind(token_id, dice.chance(50)),
            1 => Handling::Lock(token_id, true),
            _ => Handling::Lock(token_id, false),
        };
    }
    let who = if dice.chance(75) { Who::CONTRACT } else { seller };
    let trap = dice.pick(&[FREE, FREE, FREE, REFUSES, REFUSES, DOES_NOTHING]);
    let burns = trap == REFUSES && dice.chance(5);
    Handling::Trap(who, if burns { BURNS_GAS } else { trap })
}

fn receiver(dice: &mut Dice) -> Who {
    if dice.chance(10) {
        return dice.pick(&[Who::NOBODY, Who::CONTRACT, Who::LEASE]);
    }
    anybody(dice)
}

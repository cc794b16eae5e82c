//! What somebody might do with exchanges and with items.

use super::{
    super::{
        aside::{Aside, anybody},
        cast::Who,
        dice::Dice,
    },
    Exchanges,
    act::{Act, Call, Handling},
    exchange::{Exchange, Status},
    shelf::{BURNS_GAS, DOES_NOTHING, FREE, REFUSES, Shelf, is_single},
    terms::{FEW, MANY, SINGLE, Terms},
};

pub(super) fn act(all: &Exchanges, dice: &mut Dice) -> (Who, Act) {
    match dice.below(100) {
        0..8 => {
            let (caller, act) = Aside::random(&all.books, &all.assets(), dice);
            return (caller, Act::Aside(act));
        }
        8..24 => return handling(all, dice),
        24..40 if !all.shelf.parked.is_empty() => return withdraw(all, dice),
        40..42 => return withdraw(all, dice),
        42 => {
            let item = all.exchanges[0].terms.items.first();
            if let Some(item) = item {
                return (anybody(dice), Act::PushItem(*item, anybody(dice)));
            }
        }
        _ => {}
    }
    let index = which(all, dice);
    let exchange = &all.exchanges[index];
    let Terms { seller, buyer, asset, price, .. } = exchange.terms;
    let usual: &[Call] = match exchange.status {
        Status::None => &[Call::Deposit, Call::Deposit, Call::Fund, Call::Fund],
        Status::Deposited => &[Call::Fund, Call::Fund, Call::Fund, Call::Fund, Call::Settle],
        Status::Funded => {
            &[Call::Deposit, Call::Deposit, Call::Deposit, Call::Deposit, Call::Settle]
        }
        _ => &ALL,
    };
    let call = if dice.chance(88) { dice.pick(usual) } else { dice.pick(&ALL) };
    let caller = match call {
        Call::Deposit => seller,
        Call::Fund if exchange.terms.in_exchange.is_empty() && dice.chance(20) => anybody(dice),
        Call::Fund => buyer,
        Call::Cancel => dice.pick(&[seller, buyer]),
        Call::Settle => dice.pick(&[seller, buyer, Who::STRANGER]),
    };
    let caller = if dice.chance(8) { anybody(dice) } else { caller };
    let value = match call {
        Call::Fund if asset == Who::NOBODY => match dice.below(20) {
            0 => 0,
            1 => price.saturating_add(1),
            2 => price.saturating_sub(1),
            _ => price,
        },
        _ => u128::from(dice.chance(1)),
    };
    (caller, Act::On(index, call, value))
}

/// The functions that take the terms.
const ALL: [Call; 4] = [Call::Deposit, Call::Fund, Call::Cancel, Call::Settle];

/// The number of an agreement, mostly of one that something can still become of.
fn which(all: &Exchanges, dice: &mut Dice) -> usize {
    let now = all.books.now;
    let open = |it: &Exchange| match it.status {
        Status::None => now < it.terms.expires_at,
        status => !status.is_final(),
    };
    let count = all.exchanges.len() as u64;
    let any = usize::try_from(dice.below(count)).expect("it is an index");
    if dice.chance(20) {
        return any;
    }
    all.exchanges.iter().position(open).unwrap_or(any)
}

fn withdraw(all: &Exchanges, dice: &mut Dice) -> (Who, Act) {
    let keys: Vec<_> = all.shelf.parked.keys().copied().collect();
    let (kind, token, id, party) = if keys.is_empty() || dice.chance(10) {
        let token = dice.pick(&[Who::ITEMS, Who::BOUND, Who::MULTI]);
        let party = anybody(dice);
        let kind = if token == Who::MULTI { MANY } else { SINGLE };
        (kind, token, Shelf::some_id(token, party, dice), party)
    } else {
        dice.pick(&keys)
    };
    let caller = if dice.chance(90) { party } else { anybody(dice) };
    let to = match dice.below(12) {
        0 => dice.pick(&[Who::NOBODY, Who::CONTRACT, Who::LYING]),
        1 => party,
        _ => anybody(dice),
    };
    (caller, Act::Withdraw(kind, token, id, to))
}

/// Somebody does something to items, mostly to those that the agreements are about.
fn handling(all: &Exchanges, dice: &mut Dice) -> (Who, Act) {
    let items: Vec<_> = all
        .exchanges
        .iter()
        .flat_map(|it| it.terms.items.iter().chain(&it.terms.in_exchange))
        .copied()
        .collect();
    let item = if items.is_empty() { None } else { Some(dice.pick(&items)) };
    let few =
        all.exchanges.iter().all(|it| it.terms.items.len() + it.terms.in_exchange.len() <= FEW);
    let stranger = dice.pick(&[Who::STRANGER, Who::ALICE]);
    let trapped = if dice.chance(75) { Who::CONTRACT } else { anybody(dice) };
    let token = item.map_or(Who::ITEMS, |it| it.token);
    let id = match item {
        Some(item) if dice.chance(85) => item.id,
        _ => Shelf::bound_id(dice),
    };
    let bound_id = if token == Who::BOUND && id < 16 { id } else { Shelf::bound_id(dice) };
    let (caller, act) = match dice.below(20) {
        0 | 1 if token == Who::ITEMS => (stranger, Handling::Trap(trapped, FREE)),
        2 | 3 if token == Who::ITEMS => {
            let burns = if few && trapped == Who::CONTRACT { BURNS_GAS } else { REFUSES };
            let trap = dice.pick(&[REFUSES, DOES_NOTHING, burns]);
            (stranger, Handling::Trap(trapped, trap))
        }
        4..6 if token == Who::MULTI => (stranger, Handling::Slip(dice.pick(&[0, 1, -1]))),
        6 | 7 if token == Who::BOUND => (stranger, Handling::Lock(bound_id, dice.chance(60))),
        8 if token == Who::BOUND => (stranger, Handling::Bind(bound_id, dice.chance(60))),
        9 => (anybody(dice), Handling::SendMany(id, 1 + dice.below_u128(5), receiver(dice))),
        10 | 11 => {
            let owner = all.shelf.owner(Who::ITEMS, Shelf::ACCOUNT_OWNER.1);
            (owner.unwrap_or(Who::STRANGER), Handling::Account)
        }
        12 => {
            let owner = all.shelf.owner(Who::ITEMS, id).unwrap_or(Who::STRANGER);
            (owner, Handling::Send(id, receiver(dice)))
        }
        13 => {
            let token = if is_single(token) { token } else { Who::ITEMS };
            let owner = all.shelf.owner(token, id).unwrap_or(Who::STRANGER);
            (owner, Handling::Move(token, id, receiver(dice)))
        }
        _ => return switched_back(all, stranger, dice),
    };
    (caller, Act::Handle(act))
}

/// What was switched is mostly switched back sometime.
fn switched_back(all: &Exchanges, caller: Who, dice: &mut Dice) -> (Who, Act) {
    let locked = all.shelf.parked.keys().find(|it| all.shelf.is_locked(it.1, it.2));
    let act = match locked {
        Some((_, _, id, _)) => Handling::Lock(*id, false),
        None if dice.chance(50) => Handling::Slip(0),
        None => Handling::Trap(Who::CONTRACT, FREE),
    };
    (caller, Act::Handle(act))
}

fn receiver(dice: &mut Dice) -> Who {
    if dice.chance(30) { Who::CONTRACT } else { anybody(dice) }
}

//! What somebody might do with a router.

use super::{
    super::{
        aside::{Aside, anybody},
        books::Outside,
        cast::Who,
        dice::Dice,
        escrow::{EscrowAct, EscrowStatus},
        lease::LeaseAct,
        signature::Signature,
    },
    Routers, Way,
    act::{Act, Pay, Target},
    permission::{Kind, Permission, Slip},
};

/// The nonces that are tried at Permit2: of two words of its table.
const NONCES: [u64; 5] = [0, 1, 2, 255, 256];

pub(super) fn act<W: Way>(routers: &Routers<W>, dice: &mut Dice) -> (Who, Act) {
    let target = routers.targets
        [usize::try_from(dice.below(routers.targets.len() as u64)).expect("there are few")];
    match dice.below(100) {
        0..6 => outside(routers, dice),
        6..14 => beside(routers, target, dice),
        14..39 => on_the_agreement(routers, target, dice),
        _ => pay(routers, target, dice),
    }
}

/// A payment, mostly one that can be made.
fn pay<W: Way>(routers: &Routers<W>, target: Target, dice: &mut Dice) -> (Who, Act) {
    let owner = owner(routers, target, dice);
    let permission = permission(routers, target, owner, dice);
    let caller = if W::KIND == Kind::Permit && dice.chance(90) { owner } else { anybody(dice) };
    let at = if dice.chance(98) {
        target.place()
    } else {
        dice.pick(&[Who::LEASE, Who::ESCROW, Who::WALLET, Who::STRANGER, Who::NOBODY])
    };
    let value = u128::from(dice.chance(1));
    (caller, Act::Pay(Pay { target, at, permission, value }))
}

/// Somebody who may have the money: who is to pay it, or a friend.
fn owner<W: Way>(routers: &Routers<W>, target: Target, dice: &mut Dice) -> Who {
    let party = if target.on_lease {
        routers.leases.tenant(target.index)
    } else {
        routers.escrow.payer(target.index)
    };
    if dice.chance(60) && Who::PARTIES.contains(&party) { party } else { dice.pick(&Who::PARTIES) }
}

fn permission<W: Way>(
    routers: &Routers<W>,
    target: Target,
    owner: Who,
    dice: &mut Dice,
) -> Permission {
    let (now, amount) = (routers.books.now, routers.payment(target).amount);
    let nonce = dice.pick(&NONCES);
    // One that was not used yet, mostly.
    let fresh = NONCES.iter().find(|nonce| !routers.used.is_used(owner, **nonce));
    Permission {
        owner,
        signature: Signature::random(dice, owner),
        slip: dice.chance(6).then(|| dice.pick(Slip::of(W::KIND))),
        value: match dice.below(8) {
            0 => amount.saturating_sub(1),
            1 => u128::MAX,
            2 => amount.saturating_mul(2),
            _ => amount,
        },
        nonce: if dice.chance(80) { fresh.copied().unwrap_or(nonce) } else { nonce },
        until: match dice.below(10) {
            0 => now - 1,
            1 => now,
            2 => now + 1,
            _ => now + 1 + dice.below(1_000),
        },
        after: match dice.below(10) {
            0 => now,
            1 => now + 1,
            2 => now - 1,
            _ => 0,
        },
    }
}

/// What owners do to let money go, or to keep it.
fn beside<W: Way>(routers: &Routers<W>, target: Target, dice: &mut Dice) -> (Who, Act) {
    let owner = owner(routers, target, dice);
    let payment = routers.payment(target);
    let is_token = matches!(payment.asset, Who::BLOCKING | Who::LYING | Who::TAXED);
    match W::KIND {
        Kind::Permit if matches!(payment.asset, Who::BLOCKING | Who::TAXED) && dice.chance(50) => {
            let fresh = permission(routers, target, owner, dice);
            let permission = Permission { signature: Signature::By(owner), slip: None, ..fresh };
            if owner.has_key() && permission.until >= routers.books.now {
                return (anybody(dice), Act::HandIn(payment.asset, permission));
            }
        }
        Kind::Permit2 if dice.chance(50) => return (owner, Act::Invalidate(dice.pick(&NONCES))),
        Kind::Authorization
            if payment.asset == Who::TAXED && owner.has_key() && dice.chance(50) =>
        {
            return (anybody(dice), Act::Cancel(owner, target));
        }
        _ => {}
    }
    if !is_token {
        return outside(routers, dice);
    }
    let spender = if W::KIND == Kind::Permit2 { Who::PERMIT2 } else { Who::CONTRACT };
    let amount = dice.pick(&[0, payment.amount, payment.amount, u128::MAX]);
    (owner, Act::Approve(payment.asset, spender, amount))
}

/// Something with the contract of the agreement, so that it can be paid.
fn on_the_agreement<W: Way>(routers: &Routers<W>, target: Target, dice: &mut Dice) -> (Who, Act) {
    if target.on_lease {
        for _ in 0..20 {
            let (caller, act) = routers.leases.draw(target.index, dice);
            if !matches!(act, LeaseAct::Aside(_)) {
                return (caller, Act::Lease(act));
            }
        }
    }
    // Escrows are mostly left for the router to pay.
    let waits = matches!(
        routers.escrow.status(target.index.min(routers.escrow.count() - 1)),
        EscrowStatus::None | EscrowStatus::Proposed
    );
    for _ in 0..20 {
        let (caller, act) = routers.escrow.draw(dice);
        if !matches!(act, EscrowAct::Aside(_)) && (!waits || dice.chance(40)) {
            return (caller, Act::Escrow(act));
        }
    }
    outside(routers, dice)
}

/// Something with tokens.
fn outside<W: Way>(routers: &Routers<W>, dice: &mut Dice) -> (Who, Act) {
    let assets: Vec<Who> = routers.targets.iter().map(|it| routers.payment(*it).asset).collect();
    loop {
        let (caller, act) = Aside::random(&routers.books, &assets, dice);
        match act {
            // There is no such token here.
            Aside::Outside(Outside::Tax(_)) if W::KIND == Kind::Authorization => {}
            Aside::Outside(_) => return (caller, Act::Aside(act)),
            _ => {}
        }
    }
}

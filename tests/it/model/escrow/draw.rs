//! What somebody might do with an escrow.

use super::{
    super::{
        aside::{Aside, anybody},
        cast::Who,
        dice::Dice,
        signature::Signature,
    },
    Escrow,
    act::{Act, Call, Settlement},
    state::{Agreement, Status},
    terms::{Terms, successor_salt},
};

/// The functions that take the terms.
const CALLS: u64 = 16;

pub(super) fn act(escrow: &Escrow, dice: &mut Dice) -> (Who, Act) {
    if dice.chance(8) {
        let (caller, act) = Aside::random(&escrow.books, &escrow.assets(), dice);
        return (caller, Act::Aside(act));
    }
    let mut index = usize::try_from(dice.below(2)).expect("it is small") % escrow.agreements.len();
    if escrow.agreements[index].status.is_final() && dice.chance(80) {
        index = escrow.agreements.len() - 1 - index;
    }
    let agreement = &escrow.agreements[index];
    let usual: &[u64] = match (index, agreement.status) {
        (1, Status::None) if is_succession(escrow) => &[0, 0, 0, 3],
        (1, Status::Proposed) if is_succession(escrow) => &[1, 1, 2, 2, 2, 2, 2, 4],
        (0, status) if status.is_binding() && is_succession(escrow) && dice.chance(40) => &[15],
        (_, status) => usual(status),
    };
    let kind = if dice.chance(85) { dice.pick(usual) } else { dice.below(CALLS) };
    // What always works would come up too often.
    let kind = if matches!(kind, 4 | 13) && dice.chance(70) { dice.pick(usual) } else { kind };
    let (caller, call) = call(escrow, index, kind, dice);
    let caller = if dice.chance(10) { someone(agreement, dice) } else { caller };
    let value = match call {
        Call::Novate(next) if agreement.terms.asset == Who::NOBODY && dice.chance(90) => {
            escrow.agreements[next].terms.amount.saturating_sub(agreement.held)
        }
        Call::Fund if agreement.terms.asset == Who::NOBODY => match dice.below(20) {
            0 => 0,
            1 => agreement.terms.amount.saturating_add(1),
            2 => agreement.terms.amount.saturating_sub(1),
            _ => agreement.terms.amount,
        },
        _ => u128::from(dice.chance(1)),
    };
    (caller, Act::On(index, call, value))
}

/// Whether the second agreement may take the place of the first, as that stands.
fn is_succession(escrow: &Escrow) -> bool {
    let [first, second] = escrow.agreements.as_slice() else { return false };
    !first.status.is_final() && second.terms.salt == successor_salt(first.id, first.round)
}

/// The calls that make sense in the present state, by their numbers in [`call`].
const fn usual(status: Status) -> &'static [u64] {
    match status {
        Status::None => &[0, 0, 3, 3, 3, 4],
        Status::Proposed => &[1, 1, 2, 2, 3, 3, 3, 3, 4, 14],
        Status::Funded => &[1, 1, 1, 2, 2, 2, 4, 14],
        Status::Active => {
            &[5, 5, 5, 5, 6, 6, 7, 7, 8, 8, 8, 10, 10, 11, 11, 12, 12, 13, 14, 14, 15, 15, 15]
        }
        Status::Submitted => &[6, 6, 7, 7, 8, 8, 8, 10, 10, 11, 11, 12, 12, 13, 14, 14, 15, 15],
        Status::Disputed => &[6, 6, 7, 7, 9, 9, 9, 9, 10, 10, 11, 11, 12, 12, 13, 14, 14, 15],
        Status::Released
        | Status::Refunded
        | Status::Split
        | Status::Cancelled
        | Status::Novated => &[0, 1, 3, 4, 6, 7, 8, 9, 10, 11, 12, 14, 14, 14],
    }
}

/// The call with this number, by who would usually make it.
fn call(escrow: &Escrow, index: usize, kind: u64, dice: &mut Dice) -> (Who, Call) {
    let agreement = &escrow.agreements[index];
    let Terms { payer, payee, arbiter, .. } = agreement.terms;
    let either = dice.pick(&[payer, payee]);
    let now = escrow.books.now;
    match kind {
        0 => (either, Call::Propose),
        1 => (dice.pick(&[payee, arbiter]), Call::Accept),
        2 => {
            let party = dice.pick(&[payee, payee, arbiter, arbiter, arbiter, payer, Who::STRANGER]);
            (Who::STRANGER, Call::AcceptFor(party, Signature::random(dice, party)))
        }
        3 => (if dice.chance(80) { payer } else { anybody(dice) }, Call::Fund),
        4 => (dice.pick(&[payer, payee, arbiter]), Call::Cancel),
        5 => (payee, Call::Submit),
        6 => (payer, Call::Release(part(agreement.held, dice))),
        7 => (payee, Call::Refund(part(agreement.held, dice))),
        8 => (either, Call::Dispute),
        9 => (arbiter, Call::Rule(dice.bps())),
        10 => (either, Call::Offer(dice.bps(), now + dice.below(3) * dice.below(60))),
        11 => {
            let standing = [agreement.payer_stance, agreement.payee_stance];
            let (caller, offer) = match dice.pick(&[0, 1]) {
                0 => (payee, standing[0]),
                _ => (payer, standing[1]),
            };
            let bps = if dice.chance(90) { offer.payee_bps } else { dice.bps() };
            (caller, Call::AcceptOffer(bps))
        }
        12 => signed(escrow, index, either, dice),
        13 => (either, Call::Revoke),
        15 => (payer, Call::Novate(escrow.agreements.len() - 1)),
        _ => (dice.pick(&[payer, payee, Who::STRANGER]), Call::Settle),
    }
}

/// A signed settlement, mostly a good one.
fn signed(escrow: &Escrow, index: usize, caller: Who, dice: &mut Dice) -> (Who, Call) {
    let agreement = &escrow.agreements[index];
    let signer = agreement.other(caller).unwrap_or(Who::STRANGER);
    let stance = if signer == agreement.terms.payer {
        agreement.payer_stance
    } else {
        agreement.payee_stance
    };
    let mut settlement = Settlement {
        agreement: index,
        payee_bps: dice.whole_bps(),
        round: agreement.round,
        nonce: stance.nonce,
        deadline: escrow.books.now + 1 + dice.below(60),
    };
    match dice.below(12) {
        0 => settlement.agreement = escrow.agreements.len() - 1,
        1 => settlement.payee_bps = dice.bps(),
        2 => settlement.round = settlement.round.wrapping_sub(1) & 0xffff_ffff,
        3 => settlement.nonce = settlement.nonce.saturating_sub(1),
        4 => settlement.nonce += 1,
        5 => settlement.deadline = escrow.books.now,
        _ => {}
    }
    (caller, Call::AcceptSigned(settlement, Signature::random(dice, signer)))
}

fn part(held: u128, dice: &mut Dice) -> u128 {
    match dice.below(12) {
        0 => 0,
        1 => held.saturating_add(1),
        2 => 1,
        3..6 => held,
        _ => 1 + dice.below_u128(held.max(1)),
    }
}

fn someone(agreement: &Agreement, dice: &mut Dice) -> Who {
    let Terms { payer, payee, arbiter, fee_receiver, .. } = agreement.terms;
    dice.pick(&[payer, payee, arbiter, fee_receiver, Who::STRANGER, Who::STRANGER])
}

//! What somebody might do with a lease.

use super::{
    super::{
        aside::{Aside, anybody},
        cast::Who,
        dice::Dice,
        signature::Signature,
    },
    Leases,
    act::{Act, Call},
    state::{Lease, Status},
};

/// The functions that take the terms.
const CALLS: u64 = 21;

pub(super) fn act(leases: &Leases, dice: &mut Dice) -> (Who, Act) {
    if dice.chance(8) {
        let (caller, act) = Aside::random(&leases.books, &leases.assets(), dice);
        return (caller, Act::Aside(act));
    }
    let mut index = usize::try_from(dice.below(2)).expect("it is small") % leases.leases.len();
    if leases.leases[index].stage == Status::Closed && dice.chance(80) {
        index = leases.leases.len() - 1 - index;
    }
    let lease = &leases.leases[index];
    let now = leases.books.now;
    let usual = usual(lease.status(now));
    let mut kind = if dice.chance(85) { dice.pick(usual) } else { dice.below(CALLS) };
    // What always works would come up too often.
    if matches!(kind, 3 | 10 | 13) && dice.chance(60) {
        kind = dice.pick(usual);
    }
    // Of two reports that agree the second is as good as the first, and few other things make one follow.
    let [before, after] = lease.reports;
    let agree = |reports: [u64; 2]| reports[0] == reports[1] && reports[0] != 0;
    let follows = match lease.status(now) {
        Status::Active => before != [0, 0] && !agree(before) && dice.chance(20),
        Status::Ended => agree(before) && !agree(after) && dice.chance(60),
        _ => false,
    };
    let kind = if follows { 13 } else { kind };
    let (caller, call) = call(lease, kind, now, dice);
    let caller = if dice.chance(10) { someone(lease, dice) } else { caller };
    let value = value(lease, &call, caller, now, dice);
    (caller, Act::On(index, call, value))
}

/// The calls that make sense in a state, by their numbers in [`call`].
const fn usual(status: Status) -> &'static [u64] {
    match status {
        Status::None => &[0, 0, 0, 0, 1, 1, 3],
        Status::Draft => &[0, 0, 0, 0, 1, 1, 2, 2, 3, 10, 20],
        Status::Active => &[2, 4, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8, 8, 9, 10, 11, 12, 12, 13, 13],
        Status::InDefault => &[2, 4, 4, 4, 5, 5, 6, 9, 11, 12, 13, 20],
        Status::Ended => &[4, 5, 11, 12, 13, 13, 13, 14, 14, 14, 15, 15, 20],
        Status::Claimed => &[4, 5, 11, 12, 16, 17, 18, 18, 18, 18, 20],
        Status::Disputed => &[4, 5, 11, 12, 16, 17, 19, 19, 19, 20],
        Status::Closed => &[0, 2, 4, 5, 6, 9, 14, 16, 17, 18, 19, 20, 20],
    }
}

/// The call with this number, by who would usually make it.
fn call(lease: &Lease, kind: u64, now: u64, dice: &mut Dice) -> (Who, Call) {
    let (landlord, tenant) = (lease.landlord, lease.terms.tenant);
    let either = dice.pick(&[landlord, tenant]);
    let payer = dice.pick(&[tenant, tenant, tenant, Who::STRANGER, landlord]);
    match kind {
        0 => (either, Call::Sign),
        1 => {
            let party = if dice.chance(90) { either } else { anybody(dice) };
            (Who::STRANGER, Call::SignFor(party, Signature::random(dice, party)))
        }
        2 => (payer, Call::PayDeposit),
        3 => (either, Call::Cancel),
        4 => (payer, Call::PayDue),
        5 => (payer, Call::Pay(payment(lease, now, dice))),
        6 => (either, Call::GiveNotice),
        7 => (either, Call::Break),
        8 => (landlord, Call::DeclareDefault),
        9 => (lease.terms.attester, Call::AttestEnd(attested(lease, now, dice))),
        10 => (either, Call::ServeNotice),
        11 => {
            let successor = match dice.below(10) {
                0 => Who::NOBODY,
                1 => tenant,
                2 => lease.terms.arbiter,
                3 => lease.terms.attester,
                4 => dice.pick(&[Who::CONTRACT, landlord]),
                _ => anybody(dice),
            };
            (landlord, Call::OfferSuccession(successor))
        }
        12 => (lease.offered, Call::AcceptSuccession),
        13 => {
            let out = dice.chance(if lease.status(now) == Status::Ended { 95 } else { 10 });
            let mut reports = lease.reports[usize::from(out)];
            if reports == [0, 0] && out {
                reports = lease.reports[0];
            }
            let known = reports[0].max(reports[1]);
            if known > 0 && dice.chance(75) {
                let first = lease.reports[usize::from(out)][0] == known;
                return (if first { tenant } else { landlord }, Call::RecordInspection(out, known));
            }
            (either, Call::RecordInspection(out, dice.pick(&[0, 1, 1, 1, 1, 1, 2])))
        }
        14 => (landlord, Call::Claim(part(lease.claimable(now), dice))),
        15 => (landlord, Call::ClaimItems(items(lease.claimable(now), dice))),
        16 => (landlord, Call::ReduceClaim(part(lease.claimed, dice))),
        17 => (tenant, Call::AcceptClaim),
        18 => (tenant, Call::ObjectToClaim),
        19 => (lease.terms.arbiter, Call::Rule(part(lease.claimed, dice))),
        _ => (dice.pick(&[landlord, tenant, Who::STRANGER]), Call::Settle),
    }
}

/// The wei to send along: mostly what is wanted.
fn value(lease: &Lease, call: &Call, caller: Who, now: u64, dice: &mut Dice) -> u128 {
    let wanted = match call {
        Call::Sign if caller == lease.terms.tenant && lease.parts == 0 => lease.part(0),
        Call::PayDeposit => lease.part(lease.parts),
        Call::PayDue => payment(lease, now, dice),
        Call::Pay(amount) => *amount,
        Call::Break if lease.stage == Status::Active => {
            let length = lease.break_length(caller);
            lease.break_fee(lease.notice_end(length, lease.terms.break_from, now).0)
        }
        _ => 0,
    };
    let wanted = if lease.terms.asset == Who::NOBODY { wanted } else { 0 };
    match dice.below(25) {
        0 => wanted.saturating_add(1),
        1 => wanted.saturating_sub(1),
        _ => wanted,
    }
}

/// What somebody might pay.
fn payment(lease: &Lease, now: u64, dice: &mut Dice) -> u128 {
    if lease.flaw.is_some() {
        return dice.below_u128(3);
    }
    let (arrears, most) = (lease.arrears(now), lease.payable(now));
    match dice.below(20) {
        0 => 0,
        1 => 1,
        2 => most.saturating_add(1),
        3..8 => most,
        8..12 => arrears,
        12 => arrears.saturating_add(1),
        13 => arrears.saturating_sub(1),
        14 => lease.terms.rent,
        _ => 1 + dice.below_u128(most.max(1)),
    }
}

fn attested(lease: &Lease, now: u64, dice: &mut Dice) -> u64 {
    match dice.below(6) {
        0 => now,
        1 => now + 1,
        2 => lease.end(),
        3 => lease.end().saturating_sub(1),
        _ => now + dice.below(lease.end().saturating_sub(now).max(1)),
    }
}

fn part(most: u128, dice: &mut Dice) -> u128 {
    match dice.below(12) {
        0 => 0,
        1 => most.saturating_add(1),
        2 => 1,
        3..6 => most,
        _ => 1 + dice.below_u128(most.max(1)),
    }
}

fn items(most: u128, dice: &mut Dice) -> Vec<u128> {
    match dice.below(12) {
        0 => Vec::new(),
        1 => vec![0],
        2 => vec![1; 33],
        3 => vec![1; 32],
        4 => vec![most, 1],
        _ => {
            let first = 1 + dice.below_u128(most.max(1));
            let rest = most.saturating_sub(first);
            if rest > 0 && dice.chance(60) {
                vec![first, 1 + dice.below_u128(rest)]
            } else {
                vec![first]
            }
        }
    }
}

fn someone(lease: &Lease, dice: &mut Dice) -> Who {
    let parties = [
        lease.landlord,
        lease.terms.landlord,
        lease.terms.tenant,
        lease.terms.arbiter,
        lease.terms.attester,
        Who::STRANGER,
    ];
    dice.pick(&parties)
}

//! What somebody might do with groups of tenants, and with their leases.

use alloy_primitives::U256;

use super::{
    super::{
        agent::{self, Knock},
        aside::{Aside, anybody},
        cast::Who,
        dice::Dice,
        lease::{LeaseAct, LeaseCall},
        world::START,
    },
    Groups,
    act::{ACCEPT_CLAIM, Act, BREAK, Call, GIVE_NOTICE, Matter},
    state::{Group, Status},
};

/// The functions that are not the agent's on the lease.
const CALLS: u64 = 9;

pub(super) fn act(all: &Groups, dice: &mut Dice) -> (Who, Act) {
    let (caller, act) = any(all, dice);
    // Some members of large groups are nobody who would do anything.
    let acts = Who::PARTIES.contains(&caller);
    (if acts { caller } else { Who::STRANGER }, act)
}

fn any(all: &Groups, dice: &mut Dice) -> (Who, Act) {
    let index = usize::try_from(dice.below(all.groups.len() as u64)).expect("it is an index");
    let group = &all.groups[index];
    let asset = group.terms.asset;
    match dice.below(100) {
        0..5 => {
            let (caller, act) = Aside::random(&all.books, &all.assets(), dice);
            return (caller, Act::Aside(act));
        }
        5..9 if asset.asset().is_some() => {
            let act = agent::outside(group.agent, asset, &all.books, dice);
            return (Who::STRANGER, Act::Aside(Aside::Outside(act)));
        }
        9 => return (anybody(dice), Act::Knock(index, Knock::random(group.agent, dice))),
        _ => {}
    }
    if group.status(all.books.now) == Status::Forming {
        let missing = group.terms.deposit > 0 && group.contributed.contains(&false);
        match dice.below(100) {
            0..55 if missing => return own(all, index, 1, dice),
            0..80 => {
                let (caller, call) = through(all, index, (index, &LeaseCall::Sign), dice);
                return (caller, Act::On(index, call, 0));
            }
            _ => {}
        }
    }
    let matters = all.beside.matters(index);
    if group.stage == Status::Signed && !matters.is_empty() && dice.chance(25) {
        let at = usize::try_from(dice.below(matters.len() as u64)).expect("it is an index");
        let matter = &matters[at];
        let fee = all.beside.break_fee(index, group.agent);
        if !matches!(matter, LeaseCall::Break) || fee.is_some() {
            let (caller, call) = through(all, index, (index, matter), dice);
            let breaks = matches!(call, Call::OnLease(_, LeaseCall::Break, _));
            let value = if breaks && asset == Who::NOBODY { fee.unwrap_or_default() } else { 0 };
            return (caller, Act::On(index, call, value));
        }
    }
    let on_lease = match group.status(all.books.now) {
        Status::None => 10,
        Status::Forming => 30,
        Status::Signed if all.beside.may_begin(index) => 90,
        Status::Signed => 60,
        Status::Dissolved => 15,
    };
    if dice.chance(on_lease) {
        return with_lease(all, index, dice);
    }
    let usual: &[u64] = match group.status(all.books.now) {
        Status::None => &[0],
        Status::Forming => &[1, 1, 2, 5, 6, 7, 8],
        Status::Signed => &[3, 3, 4, 4, 6, 6, 7, 8],
        Status::Dissolved => &[5, 6, 7, 7, 7],
    };
    let kind = if dice.chance(93) { dice.pick(usual) } else { dice.below(CALLS) };
    own(all, index, kind, dice)
}

/// The call with this number, mostly by who would make it, with what is wanted.
fn own(all: &Groups, index: usize, kind: u64, dice: &mut Dice) -> (Who, Act) {
    let group = &all.groups[index];
    let (caller, call) = call(all, index, kind, dice);
    let caller = if dice.chance(7) { anybody(dice) } else { caller };
    let wanted = match call {
        Call::Contribute(member) => group.part(member),
        Call::Pay(_, amount) | Call::Reimburse(_, amount) => amount,
        _ => 0,
    };
    let wanted = if group.terms.asset == Who::NOBODY { wanted } else { 0 };
    let value = match dice.below(40) {
        0 => wanted.saturating_add(1),
        1 => wanted.saturating_sub(1),
        _ => wanted,
    };
    (caller, Act::On(index, call, value))
}

/// The call with this number, by who would usually make it.
fn call(all: &Groups, index: usize, kind: u64, dice: &mut Dice) -> (Who, Call) {
    let group = &all.groups[index];
    let (member, account) = member(group, dice);
    match kind {
        0 => (anybody(dice), Call::Open),
        1 => {
            let open = group.contributed.iter().position(|contributed| !contributed);
            let of = if dice.chance(85) { open.unwrap_or(member) } else { member };
            (
                if dice.chance(60) { group.terms.members[of].account } else { account },
                Call::Contribute(of),
            )
        }
        2 => (account, Call::TakeBack),
        3 => (account, pay(all, index, dice)),
        4 => {
            let shares = group.shares();
            let place = |test: &dyn Fn(usize) -> bool| (0..shares.len()).find(|at| test(*at));
            let from = place(&|at| group.paid[at] < shares[at]).unwrap_or(member);
            let to = place(&|at| group.paid[at] > shares[at]).unwrap_or(member);
            let owed = shares[from].saturating_sub(group.paid[from]);
            let amount = part(owed.min(group.paid[to].saturating_sub(shares[to])), dice);
            (group.terms.members[from].account, Call::Reimburse(to, amount))
        }
        5 => (anybody(dice), Call::Settle),
        6 => (anybody(dice), Call::Collect),
        7 => {
            let held = (0..group.owed.len()).find(|at| group.claim(*at) > 0);
            let of = if dice.chance(80) { held.unwrap_or(member) } else { member };
            (anybody(dice), Call::PayOut(of))
        }
        _ => match group.approvals.iter().next() {
            Some((matter, by)) => (group.terms.members[*by].account, Call::Approve(*matter, false)),
            None => (account, Call::Approve((dice.pick(&[0, 1, 3]), U256::ZERO), dice.chance(50))),
        },
    }
}

/// Something on the lease of this group: what the agent would do, its members do.
fn with_lease(all: &Groups, index: usize, dice: &mut Dice) -> (Who, Act) {
    let group = &all.groups[index];
    for _ in 0..12 {
        let (caller, act) = all.beside.draw(index, dice);
        let LeaseAct::On(lease, call, value) = &act else { continue };
        if caller != group.agent {
            return (caller, Act::Lease(act));
        }
        let lease = if dice.chance(97) { *lease } else { all.beside.count() - 1 - *lease };
        if matches!(call, LeaseCall::Pay(_) | LeaseCall::PayDue) {
            break;
        }
        // What a break costs that has no effect is not said.
        let unsaid =
            matches!(call, LeaseCall::Break) && all.beside.break_fee(lease, group.agent).is_none();
        if Call::is_offered(call) && !unsaid {
            let value = if matches!(call, LeaseCall::Break) { *value } else { 0 };
            let (caller, call) = through(all, index, (lease, call), dice);
            let value = if matches!(call, Call::OnLease(..)) { value } else { 0 };
            return (caller, Act::On(index, call, value));
        }
    }
    let call = pay(all, index, dice);
    let Call::Pay(_, amount) = call else { unreachable!("that is what it is") };
    let value = if all.beside.asset(index) == Who::NOBODY { amount } else { 0 };
    (member(group, dice).1, Act::On(index, call, value))
}

/// Something that the agent does on the lease; mostly it is approved before.
fn through(
    all: &Groups,
    index: usize,
    (lease, call): (usize, &LeaseCall),
    dice: &mut Dice,
) -> (Who, Call) {
    let group = &all.groups[index];
    let members = &group.terms.members;
    let limit = limit(all, index, (lease, call), dice);
    let needed = match call {
        LeaseCall::Sign => members.len(),
        _ => group.terms.quorum.into(),
    };
    let matter = Call::matter(call, all.beside.id(lease), limit);
    if let Some(matter) = matter.filter(|it| group.given(*it) < needed)
        && dice.chance(88)
    {
        let open = |at: &usize| !group.approvals.contains(&(matter, *at));
        let first = (0..members.len()).find(open).unwrap_or_default();
        return (members[first].account, Call::Approve(matter, true));
    }
    let caller = if dice.chance(94) { member(group, dice).1 } else { anybody(dice) };
    (caller, Call::OnLease(lease, call.clone(), limit))
}

/// A limit: mostly the one that somebody has approved.
fn limit(all: &Groups, index: usize, (lease, call): (usize, &LeaseCall), dice: &mut Dice) -> U256 {
    let group = &all.groups[index];
    let act = match call {
        LeaseCall::GiveNotice => GIVE_NOTICE,
        LeaseCall::AcceptClaim => ACCEPT_CLAIM,
        LeaseCall::Break => BREAK,
        _ => return U256::ZERO,
    };
    let known = |(matter, _): &&(Matter, usize)| matter.0 == act;
    if let Some(((_, limit), _)) = group.approvals.iter().find(known)
        && dice.chance(90)
    {
        return *limit;
    }
    let exact = match act {
        GIVE_NOTICE => U256::from(all.books.now + 1),
        ACCEPT_CLAIM => U256::from(all.beside.claimed(lease)),
        _ => U256::from(all.beside.break_fee(lease, group.agent).unwrap_or_default()),
    };
    match dice.below(6) {
        0 => U256::MAX,
        1 => exact.saturating_sub(U256::ONE),
        2 | 3 if act == GIVE_NOTICE => U256::from(START + (1 << 36)),
        _ => exact,
    }
}

fn pay(all: &Groups, index: usize, dice: &mut Dice) -> Call {
    let lease = if dice.chance(97) { index } else { all.beside.count() - 1 - index };
    let owed = all.beside.arrears(lease);
    let amount = if dice.chance(15) { owed.saturating_add(9) } else { part(owed, dice) };
    Call::Pay(lease, amount)
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

/// One of the members.
fn member(group: &Group, dice: &mut Dice) -> (usize, Who) {
    let members = &group.terms.members;
    let at = usize::try_from(dice.below(members.len() as u64)).expect("it is an index");
    (at, members[at].account)
}

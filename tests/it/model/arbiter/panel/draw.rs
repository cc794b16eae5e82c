//! What somebody might do with a panel, and with its holder's agreements.

use super::{
    super::{
        super::{
            aside::{Aside, anybody},
            books::Outside,
            cast::Who,
            dice::Dice,
            signature::Signature,
        },
        holder::Holder,
    },
    Panel,
    act::{Act, Ballot, Call},
    state::{Appointment, Status},
};

/// The functions that take the terms; the last is not one of every panel.
const CALLS: u64 = 9;

pub(super) fn act<H: Holder>(all: &Panel<H>, dice: &mut Dice) -> (Who, Act<H::Act>) {
    let mut index = usize::try_from(dice.below(all.panels.len() as u64)).expect("it is an index");
    if all.panels[index].stage == Status::Closed && dice.chance(70) {
        index = all.panels.len() - 1 - index;
    }
    let panel = &all.panels[index];
    let agreement = all.about(index);
    if let Some(act) = around(all, panel, agreement, dice) {
        return act;
    }
    let disputed = all.holder.model.is_disputed(agreement);
    let with_holder = match panel.stage {
        Status::None => 15,
        Status::Proposed => 25,
        Status::Appointed if !disputed => 93,
        Status::Appointed => 6,
        Status::Closed => 30,
    };
    if dice.chance(with_holder) {
        let (caller, act) = all.holder.model.toward(agreement, dice);
        return (caller.seen_from(H::PLACE), Act::Holder(act));
    }
    let usual: &[u64] = match panel.stage {
        Status::None => &[0, 0, 0, 1, 1, 1, 5],
        Status::Proposed if all.is_agreed(panel) => &[2, 2, 2, 2, 0],
        Status::Proposed => &[0, 0, 0, 1, 1, 1, 1, 2, 7],
        Status::Appointed if disputed => &[3, 3, 3, 3, 3, 4, 4, 4, 4, 5],
        Status::Appointed => &[3, 5, 7],
        Status::Closed if !panel.outstanding.is_zero() => &[8],
        Status::Closed => &[0, 2, 3, 4, 5, 7, 8],
    };
    let kind = if dice.chance(92) { dice.pick(usual) } else { dice.below(CALLS) };
    let kind = if kind == 8 && !H::PAYS_ARBITER { 7 } else { kind };
    let (caller, call) = call(all, index, agreement, kind, dice);
    let caller = if dice.chance(7) { anybody(dice) } else { caller };
    (caller, Act::On(index, call))
}

/// Something besides, in scripts about this asset.
fn around<H: Holder>(
    all: &Panel<H>,
    panel: &Appointment,
    agreement: usize,
    dice: &mut Dice,
) -> Option<(Who, Act<H::Act>)> {
    let asset = all.holder.model.asset(agreement).seen_from(H::PLACE);
    let outside = |act| Some((Who::STRANGER, Act::Aside(Aside::Outside(act))));
    let earns = H::PAYS_ARBITER && panel.stage == Status::Appointed && dice.chance(6);
    let waits = !panel.outstanding.is_zero() && dice.chance(55);
    match asset {
        // The token refuses to pay the panel, or does no more.
        Who::BLOCKING if earns => return outside(Outside::Block(Who::CONTRACT, true)),
        Who::LYING if earns => return outside(Outside::Lie(dice.pick(&[1, 2]))),
        Who::BLOCKING if waits && all.books.is_blocked(Who::CONTRACT) => {
            return outside(Outside::Block(Who::CONTRACT, false));
        }
        Who::LYING if waits && dice.chance(50) => return outside(Outside::Lie(0)),
        Who::TAXED if waits && dice.chance(40) => {
            return outside(Outside::Tax(dice.pick(&[0, 5_000, 5_000])));
        }
        _ if waits && dice.chance(40) => {
            // From the holder, to the panel.
            let act = H::besides(Aside::WithdrawFor(asset.seen_from(H::PLACE), H::PLACE));
            return Some((Who::STRANGER, Act::Holder(act)));
        }
        _ => {}
    }
    let credited = all.books.any_credit().is_some() && dice.chance(40);
    match dice.below(100) {
        _ if credited => {
            let (caller, act) = Aside::random(&all.books, &[asset], dice);
            Some((caller, Act::Aside(act)))
        }
        0..3 => {
            let (caller, act) = Aside::random(&all.books, &[Who::NOBODY, asset], dice);
            Some((caller, Act::Aside(act)))
        }
        3 => Some((anybody(dice), Act::Send(dice.below_u128(3)))),
        _ => None,
    }
}

/// The call with this number, by who would usually make it.
fn call<H: Holder>(
    all: &Panel<H>,
    index: usize,
    agreement: usize,
    kind: u64,
    dice: &mut Dice,
) -> (Who, Call) {
    let panel = &all.panels[index];
    let named = panel.terms.named();
    let lacking: Vec<Who> =
        named.iter().copied().filter(|who| !all.consent.has_agreed(panel.id, *who)).collect();
    let asked = if lacking.is_empty() || dice.chance(8) { &named } else { &lacking };
    let party = dice.pick(asked);
    let missed = dice.chance(3);
    let agreement = if missed { all.holder.model.count() - 1 - agreement } else { agreement };
    match kind {
        0 => (party, Call::Agree),
        1 => {
            let party = if dice.chance(95) { party } else { anybody(dice) };
            (Who::STRANGER, Call::AgreeFor(party, Signature::random(dice, party)))
        }
        2 => (Who::STRANGER, Call::Appoint(agreement)),
        3 => {
            let (bench, member, payee_bps) = vote(all, panel, agreement, dice);
            (member, Call::Vote(agreement, bench, payee_bps))
        }
        4 => {
            let (bench, member, payee_bps) = vote(all, panel, agreement, dice);
            let ballot = ballot(all, index, (bench, member, payee_bps), dice);
            let signature = Signature::random(dice, member);
            (Who::STRANGER, Call::VoteFor(agreement, member, ballot, signature))
        }
        5 => {
            let (bench, member, _) = vote(all, panel, agreement, dice);
            (member, Call::RevokeVotes(bench))
        }
        6 if dice.chance(60) => (party, Call::Agree),
        6 => (dice.pick(&named), Call::Cancel),
        8 => (Who::STRANGER, Call::Collect(agreement)),
        _ => (Who::STRANGER, Call::Settle),
    }
}

/// A bench, mostly the one that sits, a member of it, and a share, mostly one that others have voted for.
fn vote<H: Holder>(
    all: &Panel<H>,
    panel: &Appointment,
    agreement: usize,
    dice: &mut Dice,
) -> (u8, Who, u16) {
    let holder = &all.holder.model;
    let count = panel.terms.benches.len();
    let opened = holder.deadline(agreement).saturating_sub(holder.ruling_window(agreement));
    let sits = (0..count).find(|bench| all.books.now < panel.terms.sitting(*bench, opened).1);
    let any = usize::try_from(dice.below(count as u64 + 1)).expect("there are few");
    let bench = sits.filter(|_| dice.chance(92)).unwrap_or(any);
    let number = u8::try_from(bench).expect("there are few");
    let members = panel.terms.benches.get(bench).map_or(&[][..], |it| &it.members);
    let member = if members.is_empty() { anybody(dice) } else { dice.pick(members) };
    let voted = panel.stances.iter().filter(|((on, _), _)| *on == number);
    let voted: Vec<u16> = voted.filter_map(|(_, stance)| stance.payee_bps).collect();
    let bps = if voted.is_empty() || dice.chance(25) { dice.bps() } else { dice.pick(&voted) };
    (number, member, bps)
}

/// A vote to be signed, mostly a good one.
fn ballot<H: Holder>(
    all: &Panel<H>,
    index: usize,
    (bench, member, payee_bps): (u8, Who, u16),
    dice: &mut Dice,
) -> Ballot {
    let nonce = all.panels[index].stance(bench, member).nonce;
    let deadline = all.books.now + 1 + dice.below(60);
    let mut ballot = Ballot { panel: index, bench, payee_bps, nonce, deadline };
    match dice.below(14) {
        0 => ballot.panel = all.panels.len() - 1 - index,
        1 => ballot.nonce += 1,
        2 => ballot.nonce = nonce.saturating_sub(1),
        3 => ballot.deadline = all.books.now,
        4 => ballot.bench = bench.wrapping_add(1),
        _ => {}
    }
    ballot
}

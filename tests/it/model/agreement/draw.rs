//! What somebody might do with agreements.

use super::{
    super::{
        aside::{Aside, anybody},
        cast::Who,
        dice::Dice,
        signature::Signature,
    },
    Agreements,
    act::{Act, Attest, Attestation, Call, Reveal, Settlement, Subject},
    leaf::Question,
    make::shares,
    state::{Agreement, Status, set},
    terms::{Leg, Terms},
    tune,
};
use crate::programs::Truth;

pub(super) fn act(model: &Agreements, dice: &mut Dice) -> (Who, Act) {
    let owed = model.books.any_credit().is_some();
    if dice.chance(if owed { 18 } else { 6 }) {
        let (caller, act) = Aside::random(&model.books, &model.assets(), dice);
        return (caller, Act::Aside(act));
    }
    let count = model.agreements.len();
    let mut index = usize::try_from(dice.below(2)).expect("it is small") % count;
    if model.agreements[index].status.is_final() && dice.chance(80) {
        index = count - 1 - index;
    }
    let agreement = &model.agreements[index];
    if dice.chance(4) {
        return consent(model, index, dice);
    }
    let asks = agreement.terms().leaves.iter().any(|leaf| leaf.asks_the_world());
    let open = agreement.status == Status::Active;
    if dice.chance(if asks && open { 15 } else { 1 }) {
        let (caller, turn) = tune::turn(model, index, dice);
        return (caller, Act::Turn(turn));
    }
    let (caller, call) = call(model, index, dice);
    let caller = if dice.chance(7) { someone(agreement, dice) } else { caller };
    let value = value(agreement, &call, dice);
    (caller, Act::On(index, call, value))
}

/// The wei that go along.
fn value(agreement: &Agreement, call: &Call, dice: &mut Dice) -> u128 {
    let Call::Fund(leg, amount) = call else { return u128::from(dice.chance(1)) };
    let asset = agreement.terms().legs.get(*leg).map_or(Who::NOBODY, |leg| leg.asset);
    match dice.below(30) {
        0 => amount.saturating_add(1).min(1 << 127),
        1 => 0,
        _ if asset == Who::NOBODY => (*amount).min(1 << 127),
        _ => 0,
    }
}

/// A function that makes sense in the present state, by who would usually call it.
fn call(model: &Agreements, index: usize, dice: &mut Dice) -> (Who, Call) {
    let agreement = &model.agreements[index];
    let now = model.books.now;
    let kind = if dice.chance(92) { dice.pick(usual(agreement, now)) } else { dice.below(11) };
    // What always works before it binds would come up too often.
    let kind = if kind == 3 && dice.chance(70) { 2 } else { kind };
    let party = dice.pick(&agreement.terms().parties);
    match kind {
        0 => (acceptor(agreement, dice), Call::Accept),
        1 => {
            let party = acceptor(agreement, dice);
            let signature = Signature::random(dice, party);
            (Who::STRANGER, Call::AcceptFor(party, signature, said(model, index, dice)))
        }
        2 => fund(agreement, dice),
        3 if !has_stray_payer(agreement.terms()) => (party, Call::Cancel),
        4..8 => decide(model, index, dice),
        8 => execute(model, index, dice),
        9 => settlement(model, index, dice),
        _ => (dice.pick(&[party, Who::STRANGER]), Call::Settle),
    }
}

/// The calls that make sense in the present state, by their numbers in [`call`].
fn usual(agreement: &Agreement, now: u64) -> &'static [u64] {
    let mut legs = agreement.terms().legs.iter().enumerate();
    let is_paid = legs.all(|(index, leg)| !leg.required || agreement.is_paid(index));
    match agreement.status {
        Status::None | Status::Proposed if now >= agreement.terms().fund_by => {
            &[0, 1, 2, 3, 10, 10, 10, 10, 10]
        }
        Status::None | Status::Proposed if is_paid => &[0, 0, 0, 1, 1, 1, 1, 2, 2, 3],
        Status::None | Status::Proposed => &[0, 1, 2, 2, 2, 2, 2, 2, 2, 3, 10],
        Status::Active if now >= agreement.terms().ends_at => &[2, 4, 5, 8, 10, 10, 10],
        Status::Active => &[4, 4, 4, 4, 4, 4, 4, 4, 8, 8, 8, 8, 8, 8, 8, 8, 2, 2, 9, 10],
        Status::Closed | Status::Cancelled => &[0, 2, 3, 4, 8, 9, 10],
    }
}

/// Terms that name a payer or receiver whom nobody knows are of no use, and say nothing about who gets what.
pub(super) fn has_stray_payer(terms: &Terms) -> bool {
    let count = terms.parties.len();
    terms.legs.iter().any(|leg| usize::from(leg.payer.max(leg.receiver)) >= count)
}

fn below(count: usize, dice: &mut Dice) -> usize {
    usize::try_from(dice.below(count.max(1) as u64)).expect("it is small")
}

/// A party, mostly one that has not accepted yet.
fn acceptor(agreement: &Agreement, dice: &mut Dice) -> Who {
    let parties = &agreement.terms().parties;
    let missing = parties.iter().zip(&agreement.accepted).find(|(_, accepted)| !**accepted);
    match missing {
        Some((party, _)) if dice.chance(80) => *party,
        _ => dice.pick(parties),
    }
}

/// A subject of the agreement's acceptance, mostly the right one.
fn said(model: &Agreements, index: usize, dice: &mut Dice) -> Subject {
    match dice.below(20) {
        0 => Subject::Agreement(1 - index),
        1 => model.consents.first().map_or(Subject::Agreement(index), |it| it.subject.clone()),
        _ => Subject::Agreement(index),
    }
}

fn fund(agreement: &Agreement, dice: &mut Dice) -> (Who, Call) {
    let Terms { legs, parties, .. } = agreement.terms();
    let open: Vec<usize> = (0..legs.len()).filter(|leg| !agreement.is_paid(*leg)).collect();
    let wanted = open.iter().copied().find(|leg| legs[*leg].required);
    let leg = match wanted {
        Some(leg) if dice.chance(70) => leg,
        _ if !open.is_empty() && dice.chance(90) => dice.pick(&open),
        _ => below(legs.len() + usize::from(dice.chance(20)), dice),
    };
    let Some(Leg { amount, payer, .. }) = legs.get(leg) else {
        return (anybody(dice), Call::Fund(leg, 1));
    };
    let missing = amount - agreement.legs[leg].paid_in;
    let amount = match dice.below(20) {
        0 => 0,
        1 => missing + 1,
        2..6 => 1 + dice.below_u128(missing.max(1)),
        _ => missing,
    };
    let payer = parties.get(usize::from(*payer)).copied().unwrap_or(Who::STRANGER);
    (if dice.chance(85) { payer } else { anybody(dice) }, Call::Fund(leg, amount))
}

/// A clause, mostly one that can be executed.
fn execute(model: &Agreements, index: usize, dice: &mut Dice) -> (Who, Call) {
    let agreement = &model.agreements[index];
    let count = agreement.terms().clauses.len();
    let binds = agreement.status == Status::Active;
    let ready: Vec<usize> = (0..count)
        .filter(|clause| binds && !agreement.executed[*clause])
        .filter(|clause| agreement.truth(*clause, model.books.now).0 == Truth::True)
        .collect();
    if ready.is_empty() && binds && dice.chance(70) {
        return decide(model, index, dice);
    }
    let any = ready.is_empty() || dice.chance(15);
    let clause =
        if any { below(count + usize::from(dice.chance(10)), dice) } else { dice.pick(&ready) };
    (anybody(dice), Call::Execute(clause))
}

/// What would decide a leaf, mostly one that is open.
fn decide(model: &Agreements, index: usize, dice: &mut Dice) -> (Who, Call) {
    let agreement = &model.agreements[index];
    let leaves = &agreement.terms().leaves;
    let open: Vec<usize> = (0..leaves.len())
        .filter(|leaf| leaves[*leaf].kind() > 1)
        .filter(|leaf| agreement.truth_of_leaf(*leaf, model.books.now) == Truth::Pending)
        .filter(|leaf| leaves[*leaf].has_opened(model.books.now))
        .collect();
    let told: Vec<usize> =
        open.iter().copied().filter(|leaf| tune::is_known(model, index, *leaf)).collect();
    let leaf = if open.is_empty() || dice.chance(10) {
        below(leaves.len(), dice)
    } else if !told.is_empty() && dice.chance(50) {
        dice.pick(&told)
    } else {
        dice.pick(&open)
    };
    let Some(asked) = leaves.get(leaf) else { return (anybody(dice), Call::Rule(0, 0)) };
    let other = dice.chance(4);
    match &asked.question {
        Question::Paid { leg, .. } if !other => {
            let Some(Leg { amount, .. }) = agreement.terms().legs.get(usize::from(*leg)) else {
                return fund(agreement, dice);
            };
            let missing = amount - agreement.legs[usize::from(*leg)].paid_in;
            (anybody(dice), Call::Fund(usize::from(*leg), missing))
        }
        Question::Ruled { arbiter, matter, choices, .. } if !other => {
            let choice = below(usize::from(*choices) + 2, dice);
            let choice = u8::try_from(choice).expect("there are few");
            let matter = if dice.chance(5) { 2 } else { *matter };
            (*arbiter, Call::Rule(matter, choice))
        }
        Question::Awarded { arbiter } if !other => {
            let mut shares = shares(agreement.terms().parties.len(), dice);
            match dice.below(12) {
                0 => shares.push(0),
                1 => shares[0] ^= 1,
                _ => {}
            }
            let leaf = if dice.chance(4) { leaves.len() } else { leaf };
            (*arbiter, Call::Award(leaf, shares))
        }
        Question::Signed { signer, .. } if !other => {
            attest(model, index, leaf, &[*signer], 1, dice)
        }
        Question::Attested { signers, threshold, .. } if !other => {
            attest(model, index, leaf, signers, usize::from(*threshold), dice)
        }
        _ => match dice.below(30) {
            0 => (anybody(dice), Call::Award(leaf, vec![10_000])),
            1 => attest(model, index, leaf, &[Who::ALICE], 1, dice),
            _ => {
                let witness = tune::witness(model, asked, dice);
                (anybody(dice), Call::Record(reveal(agreement, leaf, dice), witness))
            }
        },
    }
}

fn reveal(agreement: &Agreement, leaf: usize, dice: &mut Dice) -> Reveal {
    let mut reveal = Reveal { index: leaf, leaf, is_touched: false, is_of_others: false };
    match dice.below(60) {
        0 => reveal.is_touched = true,
        1 => reveal.is_of_others = true,
        2 => reveal.index = below(agreement.terms().leaves.len() + 1, dice),
        3 => reveal.leaf = below(agreement.terms().leaves.len(), dice),
        _ => {}
    }
    reveal
}

/// Votes of enough of the signers, mostly good ones.
fn attest(
    model: &Agreements,
    index: usize,
    leaf: usize,
    signers: &[Who],
    threshold: usize,
    dice: &mut Dice,
) -> (Who, Call) {
    let agreement = &model.agreements[index];
    let mut subject = Attestation {
        agreement: index,
        leaf,
        verdict: dice.chance(70),
        round: agreement.round,
        valid_until: model.books.now + 1 + dice.below(60),
    };
    // Often what somebody has approved.
    let approved = model.consents.iter().find_map(|it| match &it.subject {
        Subject::Attestation(it) if it.agreement == index && it.leaf == leaf => Some(*it),
        _ => None,
    });
    if let Some(approved) = approved.filter(|_| dice.chance(60)) {
        subject = approved;
    }
    let mut said = subject;
    match dice.below(40) {
        0 => said.round = said.round.wrapping_sub(1) & 0xffff_ffff,
        1 => said.verdict = !said.verdict,
        2 => said.leaf ^= 1,
        3 => said.agreement = 1 - index,
        4 => said.valid_until += 1,
        5 => subject.valid_until = model.books.now,
        _ => {}
    }
    let mut places: Vec<u8> = (0..signers.len()).filter_map(|it| u8::try_from(it).ok()).collect();
    while places.len() > threshold && dice.chance(70) {
        places.remove(below(places.len(), dice));
    }
    match dice.below(40) {
        0 => drop(places.pop()),
        1 => places.push(places.last().copied().unwrap_or(0)),
        2 => places.push(u8::try_from(signers.len()).expect("there are few")),
        3 => places.reverse(),
        _ => {}
    }
    let votes: Vec<(u8, Signature)> = places
        .iter()
        .map(|place| {
            let signer = signers.get(usize::from(*place)).copied().unwrap_or(Who::ALICE);
            let good = if dice.chance(80) {
                Signature::By(signer)
            } else {
                Signature::random(dice, signer)
            };
            (*place, good)
        })
        .collect();
    let own = !signers.is_empty() && dice.chance(50);
    let caller = if own { dice.pick(signers) } else { anybody(dice) };
    let attest = Attest {
        verdict: subject.verdict,
        valid_until: subject.valid_until,
        votes,
        said: Subject::Attestation(said),
    };
    (caller, Call::Attest(reveal(agreement, leaf, dice), attest))
}

/// A division that all parties might agree to.
fn division(model: &Agreements, index: usize, dice: &mut Dice) -> Settlement {
    let agreement = &model.agreements[index];
    let Terms { parties, legs, .. } = agreement.terms();
    let mut shares: Vec<u16> = (0..legs.len()).flat_map(|_| shares(parties.len(), dice)).collect();
    match dice.below(24) {
        0 => shares.push(0),
        1 if !shares.is_empty() => shares[0] ^= 1,
        _ => {}
    }
    Settlement {
        agreement: if dice.chance(4) { 1 - index } else { index },
        shares,
        executed: set(&agreement.executed) ^ u32::from(dice.chance(4)),
        deadline: model.books.now + u64::from(!dice.chance(3)) * (1 + dice.below(60)),
    }
}

fn settlement(model: &Agreements, index: usize, dice: &mut Dice) -> (Who, Call) {
    let agreement = &model.agreements[index];
    let parties = &agreement.terms().parties;
    let approved = model.consents.iter().find_map(|it| match &it.subject {
        Subject::Settlement(it) if it.agreement == index => Some(it.clone()),
        _ => None,
    });
    let settlement = match approved {
        Some(approved) if dice.chance(60) => approved,
        _ => division(model, index, dice),
    };
    let mut said = settlement.clone();
    match dice.below(30) {
        0 => said.executed ^= 2,
        1 => said.agreement = 1 - said.agreement,
        2 => said.deadline += 1,
        _ => {}
    }
    let mut signatures: Vec<Signature> =
        parties
            .iter()
            .map(|party| {
                if dice.chance(85) {
                    Signature::By(*party)
                } else {
                    Signature::random(dice, *party)
                }
            })
            .collect();
    match dice.below(30) {
        0 => drop(signatures.pop()),
        1 => signatures.push(Signature::Empty),
        _ => {}
    }
    let caller = if dice.chance(60) { dice.pick(parties) } else { anybody(dice) };
    (caller, Call::SettleByConsent(settlement, signatures, Subject::Settlement(said)))
}

/// Something that somebody approves or revokes, often what was said already.
fn consent(model: &Agreements, index: usize, dice: &mut Dice) -> (Who, Act) {
    let agreement = &model.agreements[index];
    let party = dice.pick(&agreement.terms().parties);
    let value = u128::from(dice.chance(8));
    let known = model.consents.last().filter(|_| dice.chance(30));
    if let Some(known) = known {
        let subject = known.subject.clone();
        let act = if dice.chance(50) {
            Act::Revoke(subject, value)
        } else {
            Act::Approve(subject, value)
        };
        return (if dice.chance(70) { known.signer } else { party }, act);
    }
    let leaf = below(agreement.terms().leaves.len(), dice);
    let signer = match agreement.terms().leaves.get(leaf).map(|leaf| &leaf.question) {
        Some(Question::Signed { signer, .. }) => *signer,
        Some(Question::Attested { signers, .. }) if !signers.is_empty() => dice.pick(signers),
        _ => Who::NOBODY,
    };
    let (signer, subject) = if signer != Who::NOBODY && dice.chance(60) {
        let attestation = Attestation {
            agreement: index,
            leaf,
            verdict: dice.chance(70),
            round: agreement.round,
            valid_until: model.books.now + 1 + dice.below(100),
        };
        (signer, Subject::Attestation(attestation))
    } else if agreement.status < Status::Active || dice.chance(20) {
        (acceptor(agreement, dice), Subject::Agreement(index))
    } else {
        (party, Subject::Settlement(division(model, index, dice)))
    };
    (
        signer,
        if dice.chance(80) { Act::Approve(subject, value) } else { Act::Revoke(subject, value) },
    )
}

fn someone(agreement: &Agreement, dice: &mut Dice) -> Who {
    if dice.chance(50) { dice.pick(&agreement.terms().parties) } else { anybody(dice) }
}

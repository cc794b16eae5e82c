//! Random terms, mostly acceptable ones.

use alloy_primitives::U256;

use super::{
    super::{abi::word, books::share, cast::Who, dice::Dice, facts::Facts, world::START},
    leaf::{Asked, Comparison, Custom, Eas, Leaf, Oracle, Question, View},
    terms::{Action, ActionKind, Clause, Leg, Terms},
};
use crate::programs::node;

/// The kinds of leaves; those that need most luck to come true are there twice.
const KINDS: u64 = 13;

impl Terms {
    /// Random terms without flaw.
    pub(super) fn random(dice: &mut Dice, facts: &Facts) -> Self {
        let count = dice.pick(&[1, 2, 2, 2, 2, 2, 3, 3, 4, 7]);
        let mut parties = Vec::new();
        while parties.len() < count {
            let who = dice.pick(&Who::PARTIES);
            if !parties.contains(&who) {
                parties.push(who);
            }
        }
        let fund_by = START + 60 + dice.below(300);
        let ends_at = fund_by + 1 + dice.below(400);
        let count = dice.pick(&[1, 1, 1, 1, 2, 2, 2, 3, 4]);
        let mut terms = Self {
            legs: (0..count).map(|_| leg(parties.len(), dice)).collect(),
            parties,
            fund_by,
            ends_at,
            document: dice.below(3),
            salt: dice.next(),
            leaves: Vec::new(),
            clauses: Vec::new(),
        };
        let count = dice.pick(&[1, 1, 2, 2, 2, 3, 3, 4, 6]);
        terms.leaves = (0..count).map(|_| leaf(&terms, dice, facts)).collect();
        let count = dice.pick(&[1, 2, 2, 2, 3, 3, 4]);
        terms.clauses = (0..count).map(|_| clause(&terms, dice)).collect();
        terms
    }
}

fn place(count: usize, dice: &mut Dice) -> u8 {
    u8::try_from(dice.below(count as u64)).expect("there are few")
}

fn leg(parties: usize, dice: &mut Dice) -> Leg {
    Leg {
        asset: dice.pick(&[
            Who::NOBODY,
            Who::NOBODY,
            Who::NOBODY,
            Who::BLOCKING,
            Who::BLOCKING,
            Who::LYING,
            Who::TAXED,
        ]),
        amount: match dice.below(10) {
            0 => 1,
            1 => 2 + dice.below_u128(3),
            2..5 => 1 + dice.below_u128(50),
            5 => dice.pick(&[9_999, 10_000, 10_001]),
            6 => 1 + dice.below_u128(1 << 124),
            _ => 1 + dice.below_u128(1_000_000_007),
        },
        payer: place(parties, dice),
        receiver: place(parties, dice),
        default_bps: dice.whole_bps(),
        required: dice.chance(60),
    }
}

fn leaf(terms: &Terms, dice: &mut Dice, facts: &Facts) -> Leaf {
    let question = question(terms, dice, facts);
    let opens_at = match question {
        Question::After => START + 1 + dice.below(terms.ends_at - START - 1),
        Question::Before | Question::Paid { .. } => 0,
        _ if dice.chance(75) => 0,
        _ => START + dice.below(terms.ends_at - START),
    };
    let first = opens_at.max(START + 1);
    let closes = match question {
        Question::After => false,
        Question::Before => true,
        _ => dice.chance(35),
    };
    // Mostly late, so that there is time.
    let closes_at = terms.ends_at - dice.below(terms.ends_at - first) * dice.below(3) / 3;
    Leaf { opens_at, closes_at: if closes { closes_at } else { 0 }, question, is_misshapen: false }
}

fn question(terms: &Terms, dice: &mut Dice, facts: &Facts) -> Question {
    match dice.below(KINDS) {
        0 => Question::After,
        1 => Question::Before,
        2 => {
            let leg = place(terms.legs.len(), dice);
            let most = terms.legs[usize::from(leg)].amount;
            let amount = if dice.chance(40) { most } else { 1 + dice.below_u128(most) };
            Question::Paid { leg, amount }
        }
        3 => Question::Signed { signer: signer(dice), statement: dice.below(3) },
        4 => attested(dice, facts),
        5 => {
            let choices = 1 + place(3, dice);
            let choice = place(usize::from(choices) + 1, dice);
            Question::Ruled {
                arbiter: arbiter(terms, dice),
                matter: place(2, dice),
                choices,
                choice,
            }
        }
        6 => Question::Awarded { arbiter: arbiter(terms, dice) },
        7 | 11 => Question::Oracle(oracle(dice)),
        8 => Question::View(view(dice, facts)),
        9 | 12 => Question::Eas(Eas {
            service: if dice.chance(90) { Who::BOOK } else { Who::SETTABLE },
            schema: dice.below(2),
            attester: signer(dice),
            recipient: dice.pick(&Who::PARTIES),
            content: dice.below(2),
        }),
        _ => {
            let condition = if dice.chance(85) { Who::SETTABLE } else { odd_target(dice) };
            let code_hash = code_hash(condition, dice, facts);
            Question::Custom(Custom { condition, code_hash, parameters: dice.below(3) })
        }
    }
}

/// Somebody who may say something: whoever is asked for a signature.
fn signer(dice: &mut Dice) -> Who {
    if dice.chance(10) { Who::STRANGER } else { dice.pick(&Who::PARTIES) }
}

fn attested(dice: &mut Dice, facts: &Facts) -> Question {
    let mut signers: Vec<Who> = (0..1 + dice.below(4)).map(|_| signer(dice)).collect();
    signers.sort_by_key(|who| facts.word(*who));
    signers.dedup();
    let threshold = 1 + place(signers.len(), dice);
    Question::Attested { threshold, signers, statement: dice.below(3) }
}

/// Somebody who is no party, often the same one.
fn arbiter(terms: &Terms, dice: &mut Dice) -> Who {
    let others = Who::PARTIES.into_iter().filter(|who| !terms.parties.contains(who));
    let others: Vec<Who> = others.collect();
    let first = others.first().copied().unwrap_or(Who::STRANGER);
    if others.is_empty() || dice.chance(70) { first } else { dice.pick(&others) }
}

fn oracle(dice: &mut Dice) -> Oracle {
    let sequencer = dice.pick(&[Who::NOBODY, Who::NOBODY, Who::NOBODY, Who::SEQUENCER]);
    Oracle {
        feed: if dice.chance(93) { Who::FEED } else { odd_target(dice) },
        decimals: if dice.chance(95) { 8 } else { 6 },
        comparison: dice.pick(&Comparison::ALL),
        value: price(dice),
        min_answer: dice.pick(&[0, 0, 0, 10]),
        max_answer: dice.pick(&[1000, 1000, 1000, 100]),
        max_age: dice.pick(&[1, 20, 100, 1000, 0xffff_ffff]),
        min_rounds: dice.pick(&[1, 1, 1, 2, 3]),
        grace: if sequencer == Who::NOBODY { 0 } else { dice.pick(&[0, 1, 20]) },
        sequencer,
    }
}

/// Also what is at a bound, and beyond.
pub(super) fn price(dice: &mut Dice) -> i64 {
    dice.pick(&[-5, 0, 1, 9, 10, 11, 50, 51, 99, 100, 101, 999, 1000, 1001])
}

fn view(dice: &mut Dice, facts: &Facts) -> View {
    let (target, asked) = match dice.below(20) {
        0..9 => (Who::SETTABLE, Asked::Value),
        9..12 => (Who::SETTABLE, Asked::SignedValue),
        12 => (Who::SETTABLE, Asked::TwoWords),
        13 => (Who::SETTABLE, Asked::Bytes(4)),
        14..18 => {
            let token = dice.pick(&[Who::BLOCKING, Who::LYING, Who::TAXED]);
            (token, Asked::BalanceOf(dice.pick(&[Who::CONTRACT, Who::ALICE, Who::POOR])))
        }
        _ => (odd_target(dice), Asked::Value),
    };
    let value = if matches!(asked, Asked::BalanceOf(_)) {
        dice.pick(&[U256::ZERO, U256::from(40), U256::ONE << 132])
    } else {
        word_value(dice)
    };
    View {
        target,
        code_hash: code_hash(target, dice, facts),
        asked,
        comparison: dice.pick(&Comparison::ALL),
        is_signed: dice.chance(40),
        value,
    }
}

/// A small number, or one that is negative if it has a sign.
pub(super) fn word_value(dice: &mut Dice) -> U256 {
    let highest = U256::ONE << 255;
    let one = U256::ONE;
    dice.pick(&[
        U256::ZERO,
        one,
        one,
        U256::from(2),
        U256::from(3),
        U256::MAX,
        highest,
        highest - one,
    ])
}

/// Something that answers nothing: it refuses, uses up its gas, or has no code.
fn odd_target(dice: &mut Dice) -> Who {
    dice.pick(&[Who::REFUSER, Who::BURNER, Who::ALICE, Who::CODELESS, Who::WALLET, Who::BOOK])
}

fn code_hash(of: Who, dice: &mut Dice, facts: &Facts) -> alloy_primitives::B256 {
    let hash = facts.code_hash(of);
    if dice.chance(95) && !hash.is_zero() { hash } else { word(7).into() }
}

fn clause(terms: &Terms, dice: &mut Dice) -> Clause {
    let stages = match dice.below(10) {
        0..7 => 0,
        7 => 1,
        _ => 1 + u32::try_from(dice.below(15)).expect("it is small"),
    };
    let count = dice.pick(&[1, 1, 1, 2, 2, 3, 4]);
    Clause {
        stages,
        program: program(terms, dice),
        actions: (0..count).map(|_| action(terms, dice)).collect(),
    }
}

/// A program of one to four leaves, each at most once.
fn program(terms: &Terms, dice: &mut Dice) -> Vec<U256> {
    let mut free: Vec<usize> = (0..terms.leaves.len()).collect();
    let count = dice.pick(&[1, 1, 1, 1, 2, 2, 3, 4]).min(free.len());
    let mut words = Vec::new();
    // What has no parent yet, and whether its truth lasts.
    let mut roots: Vec<(usize, bool)> = Vec::new();
    for _ in 0..count {
        let leaf = free.swap_remove(usize::from(place(free.len(), dice)));
        roots.push((words.len(), !terms.leaves[leaf].is_unstable()));
        words.push(node(1, leaf, &[]));
        turn_round(&mut words, &mut roots, dice, 20);
        if roots.len() > 1 && dice.chance(30) {
            join(&mut words, &mut roots, dice);
            turn_round(&mut words, &mut roots, dice, 20);
        }
    }
    if roots.len() > 1 {
        join(&mut words, &mut roots, dice);
        turn_round(&mut words, &mut roots, dice, 5);
    }
    words
}

/// Puts a "not" upon the last root, if that may be.
fn turn_round(words: &mut Vec<U256>, roots: &mut [(usize, bool)], dice: &mut Dice, percent: u64) {
    let last = roots.last_mut().expect("there is one");
    if last.1 && dice.chance(percent) {
        words.push(node(3, 0, &[last.0]));
        last.0 = words.len() - 1;
    }
}

/// Puts an "at least" upon all roots.
fn join(words: &mut Vec<U256>, roots: &mut Vec<(usize, bool)>, dice: &mut Dice) {
    let children: Vec<usize> = roots.iter().map(|root| root.0).collect();
    let lasts = roots.iter().all(|root| root.1);
    let threshold = 1 + usize::from(place(children.len(), dice));
    words.push(node(2, threshold, &children));
    *roots = vec![(words.len() - 1, lasts)];
}

fn action(terms: &Terms, dice: &mut Dice) -> Action {
    use ActionKind::{Attest, Award, Refund, Release, Split, Transition};

    let awarded = |leaf: &Leaf| matches!(leaf.question, Question::Awarded { .. });
    let award = terms.leaves.iter().position(awarded);
    let mut action = Action {
        kind: dice.pick(&[Release, Release, Release, Refund, Split, Award, Transition, Attest]),
        leg: 0,
        target: 0,
        bps: 0,
        shares: Vec::new(),
        data: 0,
    };
    let leg = place(terms.legs.len(), dice);
    match action.kind {
        Release => {
            let bps = dice.whole_bps();
            let pays = share(terms.legs[usize::from(leg)].amount, bps) > 0;
            action.bps = if pays { bps } else { 10_000 };
            (action.leg, action.target) = (leg, place(terms.parties.len(), dice));
        }
        Refund => action.leg = leg,
        Split => (action.leg, action.shares) = (leg, shares(terms.parties.len(), dice)),
        Award => match award {
            Some(leaf) => {
                let target = u8::try_from(leaf).expect("there are few");
                (action.leg, action.target) = (leg, target);
            }
            None => (action.kind, action.target) = (Transition, place(4, dice)),
        },
        Transition => action.target = place(4, dice),
        Attest => action.data = dice.below(3),
    }
    action
}

/// Shares for so many, which are the whole together.
pub(super) fn shares(count: usize, dice: &mut Dice) -> Vec<u16> {
    let mut rest = 10_000;
    let mut shares = vec![0; count];
    while rest > 0 {
        let part = if dice.chance(50) { rest } else { dice.whole_bps().min(rest) };
        shares[usize::from(place(count, dice))] += part;
        rest -= part;
    }
    shares
}

//! Random computations, done once with shadows and then again at other times that satisfy what was asked: all
//! comparisons come out the same, and every word is what its shadow says.

use alloy_primitives::U256;
use proptest::prelude::*;

use super::{Asked, InstantId, Shadow, Term};

/// The instants that computations know: the present, and two that were written down.
const INSTANTS: usize = 3;

#[derive(Clone, Debug)]
enum Op {
    Instant(usize),
    Constant(U256),
    Dup(usize),
    Swap(usize),
    Add,
    Sub,
    And,
    Or,
    Shl(u32),
    Shr(u32),
    SignExtend(u16),
    Less,
    SignedLess,
    Equal,
    IsZero,
}

fn constant() -> impl Strategy<Value = U256> {
    let bits = prop::sample::select(vec![8_usize, 40, 64, 128, 160, 255, 256]);
    prop_oneof![
        (0_u64..2000).prop_map(U256::from),
        (1_u64..2000).prop_map(|n| U256::ZERO.wrapping_sub(U256::from(n))),
        bits.clone().prop_map(|bits| U256::MAX >> (256 - bits)),
        (bits.clone(), 0_usize..200).prop_map(|(bits, low)| (U256::MAX >> (256 - bits)) << low),
        (bits, 0_usize..200).prop_map(|(bits, low)| !((U256::MAX >> (256 - bits)) << low)),
        (0_u64..2000, 0_usize..200).prop_map(|(n, low)| U256::from(n) << low),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let shift = || prop::sample::select(vec![0_u32, 8, 40, 64, 96, 104, 216, 248, 256]);
    prop_oneof![
        3 => (0..INSTANTS).prop_map(Op::Instant),
        3 => constant().prop_map(Op::Constant),
        2 => (0_usize..4).prop_map(Op::Dup),
        2 => (1_usize..4).prop_map(Op::Swap),
        3 => Just(Op::Add),
        3 => Just(Op::Sub),
        3 => Just(Op::And),
        3 => Just(Op::Or),
        2 => shift().prop_map(Op::Shl),
        2 => shift().prop_map(Op::Shr),
        1 => prop::sample::select(vec![8_u16, 40, 48, 256]).prop_map(Op::SignExtend),
        2 => Just(Op::Less),
        1 => Just(Op::SignedLess),
        2 => Just(Op::Equal),
        1 => Just(Op::IsZero),
    ]
}

/// What was computed: the answers to comparisons in order, and the words that are left.
#[derive(Default)]
struct Done {
    answers: Vec<bool>,
    stack: Vec<(U256, Shadow)>,
    asked: Asked,
    /// After how many instructions it had to stop, because an answer depends on time in a way that is not known.
    stopped: usize,
}

fn sign_extended(word: U256, bits: u16) -> U256 {
    if bits >= 256 {
        return word;
    }
    let low = U256::MAX >> usize::from(256 - bits);
    if word.bit(usize::from(bits - 1)) { word | !low } else { word & low }
}

fn as_signed(word: U256) -> (bool, U256) {
    (!word.bit(255), word)
}

fn compute(program: &[Op], times: [u64; INSTANTS], limit: usize) -> Done {
    let mut done = Done::default();
    let bool_word = |answer: bool| (U256::from(answer), Shadow::none());
    for (count, op) in program.iter().enumerate().take(limit) {
        done.stopped = count + 1;
        let Done { answers, stack, asked, .. } = &mut done;
        let needed = match op {
            Op::Instant(_) | Op::Constant(_) => 0,
            Op::Dup(n) | Op::Swap(n) => n + 1,
            Op::Shl(_) | Op::Shr(_) | Op::SignExtend(_) | Op::IsZero => 1,
            _ => 2,
        };
        if stack.len() < needed {
            continue;
        }
        let instant = |n: usize| Term::instant(InstantId(u32::try_from(n).expect("few")));
        let mut one = || stack.pop().expect("there are enough");
        let result = match op {
            Op::Instant(n) => (U256::from(times[*n]), Shadow::of(instant(*n))),
            Op::Constant(word) => (*word, Shadow::none()),
            Op::Dup(n) => stack[stack.len() - 1 - n].clone(),
            Op::Swap(n) => {
                let top = stack.len() - 1;
                stack.swap(top, top - n);
                continue;
            }
            Op::Add | Op::Sub => {
                let subtract = matches!(op, Op::Sub);
                let (a, b) = (one(), one());
                let word = if subtract { a.0.wrapping_sub(b.0) } else { a.0.wrapping_add(b.0) };
                (word, asked.sum((a.0, &a.1), (b.0, &b.1), subtract, word))
            }
            Op::And => {
                let (a, b) = (one(), one());
                (a.0 & b.0, asked.and((a.0, &a.1), (b.0, &b.1)))
            }
            Op::Or => {
                let (a, b) = (one(), one());
                (a.0 | b.0, asked.join((a.0, &a.1), (b.0, &b.1)))
            }
            Op::Shl(bits) => {
                let a = one();
                (a.0.wrapping_shl(*bits as usize), asked.shifted_left((a.0, &a.1), *bits))
            }
            Op::Shr(bits) => {
                let a = one();
                (a.0.wrapping_shr(*bits as usize), asked.shifted_right((a.0, &a.1), *bits))
            }
            Op::SignExtend(bits) => {
                let a = one();
                (sign_extended(a.0, *bits), asked.sign_extended((a.0, &a.1), *bits))
            }
            Op::Less | Op::SignedLess | Op::Equal | Op::IsZero => {
                let a = one();
                let b = if matches!(op, Op::IsZero) { bool_word(false) } else { one() };
                let (first, second) = ((a.0, &a.1), (b.0, &b.1));
                let (answer, known) = match op {
                    Op::Less => (a.0 < b.0, asked.less(first, second)),
                    Op::SignedLess => {
                        (as_signed(a.0) < as_signed(b.0), asked.signed_less(first, second))
                    }
                    _ => (a.0 == b.0, asked.equal(first, second)),
                };
                if known.is_err() {
                    done.stopped = count;
                    return done;
                }
                answers.push(answer);
                bool_word(answer)
            }
        };
        stack.push(result);
    }
    done
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn other_times_that_satisfy_what_was_asked_give_the_same(
        program in prop::collection::vec(op(), 1..40),
        times in prop::array::uniform3(900_u64..1100),
        others in prop::collection::vec(prop::array::uniform3(850_u64..1150), 40),
    ) {
        let first = compute(&program, times, program.len());
        for other in others.into_iter().chain([times]) {
            let time = |instant: InstantId| i128::from(other[instant.0 as usize]);
            if !first.asked.constraints().iter().all(|constraint| constraint.holds(time)) {
                continue;
            }
            let again = compute(&program, other, first.stopped);
            prop_assert_eq!(&again.answers, &first.answers, "at {:?}", other);
            for ((word, shadow), (actual, _)) in first.stack.iter().zip(&again.stack) {
                if let Some(expected) = shadow.at(*word, |term| term.value(time)) {
                    prop_assert_eq!(expected, *actual, "at {:?}: {:?} {:?}", other, word, shadow);
                }
            }
        }
    }
}

/// What solc does to pack a time beside other data, and to get it back.
#[test]
fn a_packed_time_is_followed_through_storage_and_back() {
    let now = Term::instant(InstantId(0));
    let mut asked = Asked::default();
    let word = U256::from(1_800_000_000_u64);
    let forty: U256 = U256::MAX >> 216_usize;
    let cast = asked.mask((word, &Shadow::of(now)), forty);
    let shifted = asked.shifted_left((word, &cast), 64);
    let slot = U256::from(7) | (U256::from(9) << 128);
    let cleared = asked.mask((slot, &Shadow::none()), !(forty << 64_usize));
    let packed = asked.join((word << 64, &shifted), (slot, &cleared));
    let stored = (word << 64) | slot;
    assert_eq!(packed.fields().len(), 1);
    let back = asked.shifted_right((stored, &packed), 64);
    let read = asked.mask((stored >> 64, &back), forty);
    asked.less((word, &read), (word + U256::ONE, &Shadow::none())).expect("it is known");
    let most = |constraint: &super::Constraint| constraint.most;
    // It fits into forty bits, and is before what it was compared with.
    assert_eq!(
        asked.constraints().iter().map(most).collect::<Vec<_>>(),
        [(1 << 40) - 1, 1_800_000_000]
    );
}

/// Checked subtraction as solc writes it: subtract, then look whether the result is more than what it began with.
#[test]
fn an_underflow_is_seen_in_the_constraint() {
    let (now, then) = (Term::instant(InstantId(0)), Term::instant(InstantId(1)));
    let mut asked = Asked::default();
    let (a, b) = (U256::from(5), U256::from(9));
    let word = a.wrapping_sub(b);
    let difference = asked.sum((a, &Shadow::of(now)), (b, &Shadow::of(then)), true, word);
    asked.less((a, &Shadow::of(now)), (word, &difference)).expect("it is known");
    let constraint = asked.constraints().to_vec();
    assert_eq!(constraint.len(), 1, "{constraint:?}");
    assert_eq!((constraint[0].plus, constraint[0].minus), (Some(InstantId(0)), Some(InstantId(1))));
    assert_eq!(constraint[0].most, -1);
}

//! What is known about a word that comes from inputs.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::U256;

use super::Asked;

/// An input of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// A word of its calldata, counted from behind the selector. Those from [`Input::LAST`] on are one.
    Word(u8),
    /// The wei sent along.
    Value,
}

impl Input {
    /// The last word that is told from others.
    pub const LAST: u8 = 120;
    const VALUE: u8 = 121;
    const CLOCK: u8 = 122;

    const fn bit(self) -> u8 {
        match self {
            Self::Word(word) => word,
            Self::Value => Self::VALUE,
        }
    }

    const fn of(bit: u8) -> Self {
        match bit {
            Self::VALUE => Self::Value,
            word => Self::Word(word),
        }
    }
}

/// What became of the inputs of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// By input, the values at which a comparison changes its outcome: it is another one for the value than for the one
    /// before it.
    pub steps: BTreeMap<Input, BTreeSet<U256>>,
    /// Of these those at which it matters that the value is less than something, rather than that it is something.
    pub orders: BTreeMap<Input, BTreeSet<U256>>,
    /// Inputs of which something else became.
    pub escaped: BTreeSet<Input>,
    /// Inputs that were compared with a clock, or with one another: their steps are elsewhere at other times, and for
    /// other inputs.
    pub related: BTreeSet<Input>,
    /// Whether the call succeeded.
    pub succeeded: bool,
    /// How often one of the counted accounts was called.
    pub calls: u32,
    /// Signatures that were asked about.
    pub asked: BTreeSet<Asked>,
}

/// From which inputs a word comes, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    from: u128,
    exact: Option<Exact>,
    /// It is only in the bits below those of a selector.
    below_selector: bool,
}

/// The word is `offset + input`, or with `minus` `offset - input`, modulo 2^256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Exact {
    minus: bool,
    offset: U256,
}

const CLOCK: u128 = 1 << Input::CLOCK;

impl Mark {
    /// The input itself.
    pub(super) const fn of(input: Input) -> Self {
        let exact = Some(Exact { minus: false, offset: U256::ZERO });
        Self { from: 1 << input.bit(), exact, below_selector: false }
    }

    /// What comes from a clock.
    pub(super) const CLOCK: Self = Self { from: CLOCK, exact: None, below_selector: false };

    /// What was computed from it.
    pub(super) const fn blurred(self) -> Self {
        Self { exact: None, below_selector: false, ..self }
    }

    /// What it is in a word that begins with a selector.
    pub(super) const fn below_selector(self) -> Self {
        Self { exact: None, below_selector: true, ..self }
    }

    /// Whether nothing is left of it when all but the bits of a selector are shifted out, or masked.
    pub(super) const fn is_below_selector(self) -> bool {
        self.below_selector
    }

    /// What was computed from several words.
    pub(super) fn of_all(marks: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        let all = marks.into_iter().flatten();
        all.map(Self::blurred).reduce(|one, other| Self { from: one.from | other.from, ..one })
    }

    pub(super) fn inputs(self) -> impl Iterator<Item = Input> {
        (0..=Input::VALUE).filter(move |bit| self.from & (1 << bit) != 0).map(Input::of)
    }

    /// A constant more.
    fn plus(self, constant: U256) -> Self {
        let exact = self.exact.map(|it| Exact { offset: it.offset.wrapping_add(constant), ..it });
        Self { exact, below_selector: false, ..self }
    }

    /// Taken off nothing.
    fn negated(self) -> Self {
        let exact =
            self.exact.map(|it| Exact { minus: !it.minus, offset: it.offset.wrapping_neg() });
        Self { exact, below_selector: false, ..self }
    }
}

/// A word and its mark.
pub(super) type Marked = (U256, Option<Mark>);

/// `ADD`, and with `subtract` `SUB`.
pub(super) fn sum((a, one): Marked, (b, other): Marked, subtract: bool) -> Option<Mark> {
    match (one, other) {
        (Some(mark), None) => Some(mark.plus(if subtract { b.wrapping_neg() } else { b })),
        (None, Some(mark)) if subtract => Some(mark.negated().plus(a)),
        (None, Some(mark)) => Some(mark.plus(a)),
        _ => Mark::of_all([one, other]),
    }
}

/// `NOT`: the word taken off the greatest.
pub(super) fn complement(mark: Option<Mark>) -> Option<Mark> {
    mark.map(|mark| mark.negated().plus(U256::MAX))
}

impl Looked {
    /// Whether it says the same, but for where clocks and other inputs move the steps.
    pub fn is_like(&self, other: &Self) -> bool {
        let fixed = |looked: &Self| -> BTreeMap<Input, BTreeSet<U256>> {
            let steps = looked.steps.iter().filter(|(input, _)| !looked.related.contains(input));
            steps.map(|(input, steps)| (*input, steps.clone())).collect()
        };
        let rest = |looked: &Self| (looked.succeeded, looked.calls);
        self.escaped == other.escaped
            && self.related == other.related
            && rest(self) == rest(other)
            && self.asked == other.asked
            && fixed(self) == fixed(other)
    }

    /// Something becomes of a word that is no comparison.
    pub(super) fn escapes(&mut self, mark: Option<Mark>) {
        self.escaped.extend(mark.into_iter().flat_map(Mark::inputs));
    }

    /// A word is less than another.
    pub(super) fn less(&mut self, one: Marked, other: Marked) {
        if self.same(one.1, other.1) {
            return;
        }
        if self.is_alike(one.1, other.1) {
            return;
        }
        self.order(one, other.0, false, U256::ZERO);
        self.order(other, one.0, true, U256::ZERO);
        self.related(one.1, other.1);
    }

    /// The same, of words with a sign: as if both were half of all numbers further up.
    pub(super) fn signed_less(&mut self, one: Marked, other: Marked) {
        if one.1.is_some() && one.1 == other.1 || self.is_alike(one.1, other.1) {
            return;
        }
        let half = U256::ONE << 255;
        self.order(one, other.0.wrapping_add(half), false, half);
        self.order(other, one.0.wrapping_add(half), true, half);
        self.related(one.1, other.1);
    }

    /// A word equals another.
    pub(super) fn equal(&mut self, one: Marked, other: Marked) {
        if self.same(one.1, other.1) {
            return;
        }
        if self.is_alike(one.1, other.1) {
            return;
        }
        for ((_, mark), partner) in [(one, other.0), (other, one.0)] {
            let Some(mark) = mark else { continue };
            let Some(Exact { minus, offset }) = mark.exact else {
                self.escapes(Some(mark));
                continue;
            };
            let at =
                if minus { offset.wrapping_sub(partner) } else { partner.wrapping_sub(offset) };
            self.step(mark, at);
            self.step(mark, at.wrapping_add(U256::ONE));
        }
        self.related(one.1, other.1);
    }

    /// A word is cut down to these bits, and is what it was: up to them it always is.
    pub(super) fn fits(&mut self, mark: Mark, most: U256) {
        self.order((U256::ZERO, Some(mark)), most, true, U256::ZERO);
    }

    /// Where `word + shift < partner` changes, or with `greater` `word + shift > partner`.
    fn order(&mut self, (_, mark): Marked, partner: U256, greater: bool, shift: U256) {
        let Some(mark) = mark else { return };
        let Some(Exact { minus, offset }) = mark.exact else { return self.escapes(Some(mark)) };
        let offset = offset.wrapping_add(shift);
        // The least value of the word that is on the upper side.
        let upper = if greater { partner.wrapping_add(U256::ONE) } else { partner };
        if minus {
            self.order_step(mark, offset.wrapping_sub(upper).wrapping_add(U256::ONE));
            // Beyond it the word begins again from above.
            self.order_step(mark, offset.wrapping_add(U256::ONE));
        } else {
            self.order_step(mark, upper.wrapping_sub(offset));
            self.order_step(mark, offset.wrapping_neg());
        }
    }

    /// Where what an input is compared with comes from another input or a clock, the place of the step moves.
    fn related(&mut self, one: Option<Mark>, other: Option<Mark>) {
        if let (Some(one), Some(other)) = (one, other) {
            self.related.extend(one.inputs().chain(other.inputs()));
        }
    }

    /// Whether both words are one input and a constant: which is less changes only where one of them begins again.
    fn same(&mut self, one: Option<Mark>, other: Option<Mark>) -> bool {
        let (Some(one), Some(other)) = (one, other) else { return false };
        let (Some(a), Some(b)) = (one.exact, other.exact) else { return false };
        if one.from != other.from || a.minus != b.minus {
            return false;
        }
        for (mark, Exact { minus, offset }) in [(one, a), (other, b)] {
            let again = if minus { offset.wrapping_add(U256::ONE) } else { offset.wrapping_neg() };
            self.order_step(mark, again);
        }
        true
    }

    /// Whether an input is compared with something that was computed from it: where the step is, is not known then.
    fn is_alike(&mut self, one: Option<Mark>, other: Option<Mark>) -> bool {
        let (Some(a), Some(b)) = (one, other) else { return false };
        let is_alike = a.from & b.from & !CLOCK != 0;
        if is_alike {
            self.related(one, other);
        }
        is_alike
    }

    /// A word is cut down to these bits and their sign, and is what it was: it is so for all that are as small.
    pub(super) fn fits_with_sign(&mut self, mark: Mark, most: U256) {
        let half = U256::ONE << 255;
        // In order of their signs: from the least below zero on, and up to the greatest above it.
        self.order((U256::ZERO, Some(mark)), most.wrapping_add(half), true, half);
        self.order((U256::ZERO, Some(mark)), (!most).wrapping_add(half), false, half);
    }

    fn order_step(&mut self, mark: Mark, at: U256) {
        self.step(mark, at);
        if at != U256::ZERO {
            for input in mark.inputs() {
                self.orders.entry(input).or_default().insert(at);
            }
        }
    }

    fn step(&mut self, mark: Mark, at: U256) {
        // Below nothing there is no other side.
        if at != U256::ZERO {
            for input in mark.inputs() {
                self.steps.entry(input).or_default().insert(at);
            }
        }
    }
}

impl Mark {
    /// Whether it is nothing but a clock's.
    pub(super) const fn is_clock(self) -> bool {
        self.from == CLOCK
    }
}

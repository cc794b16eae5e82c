//! What a mutant is.

use std::ops::Range;

use alloy_primitives::keccak256;

/// A change of one place in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The function that is changed, the kind of change, and its number among these: `Escrow.fund/boundary/1`.
    pub id: String,
    /// The source.
    pub file: String,
    /// The line that the change begins on.
    pub line: u32,
    /// The kind of change.
    pub kind: Kind,
    /// The bytes that are replaced.
    pub place: Range<usize>,
    /// What replaces them.
    pub after: String,
    /// The statement or declaration that is changed: who does not execute it cannot notice.
    pub scope: Range<usize>,
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `<` becomes `<=`, or the other way round.
    Boundary,
    /// A comparison becomes its opposite.
    Comparison,
    /// `+` becomes `-`, `*` becomes `/`.
    Arithmetic,
    /// A quotient is rounded up.
    Rounding,
    /// `&&` becomes `||`.
    Logic,
    /// A condition or a truth value is turned round.
    Negation,
    /// The two values of `? :` are exchanged.
    Choice,
    /// An address becomes another one.
    Recipient,
    /// A number becomes another one: 0, one more, or another of its type.
    Amount,
    /// A number that is written down is one more.
    Constant,
    /// A member of an enumeration becomes the next one.
    State,
    /// A check is left out.
    MissingCheck,
    /// An assignment or a call is left out.
    MissingEffect,
}

impl Kind {
    /// Its name in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Boundary => "boundary",
            Self::Comparison => "comparison",
            Self::Arithmetic => "arithmetic",
            Self::Rounding => "rounding",
            Self::Logic => "logic",
            Self::Negation => "negation",
            Self::Choice => "choice",
            Self::Recipient => "recipient",
            Self::Amount => "amount",
            Self::Constant => "constant",
            Self::State => "state",
            Self::MissingCheck => "missing-check",
            Self::MissingEffect => "missing-effect",
        }
    }
}

impl Mutant {
    /// The changed source.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        [&text[..self.place.start], &self.after, &text[self.place.end..]].concat()
    }

    /// A number that looks random and follows from seed and id, so that a choice survives changes elsewhere.
    #[must_use]
    pub fn rank(&self, seed: u64) -> [u8; 32] {
        keccak256(format!("{seed} {} {}", self.file, self.id)).0
    }
}

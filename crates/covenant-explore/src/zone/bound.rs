//! How far apart two instants can be.

use std::{fmt, ops::Add};

/// Further apart than two instants can be.
const LIMIT: i64 = 1 << 60;

/// The greatest difference that is possible between two instants in seconds, or that there is none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bound(i64);

impl Bound {
    /// No greatest difference.
    pub const NONE: Self = Self(i64::MAX);

    /// Nothing between them.
    pub const ZERO: Self = Self(0);

    /// At most so many seconds; a negative number says at least how many seconds the other way round.
    ///
    /// # Panics
    /// If it is further than any two instants can be apart: times have at most 60 bits here.
    pub const fn at_most(seconds: i64) -> Self {
        assert!(seconds >= -LIMIT && seconds <= LIMIT, "no two instants are so far apart");
        Self(seconds)
    }

    /// The seconds, where there is a bound.
    pub const fn seconds(self) -> Option<i64> {
        if self.0 == i64::MAX { None } else { Some(self.0) }
    }

    /// What holds of the opposite difference exactly where this does not: not `x - y <= c` is `y - x <= -c - 1`.
    /// `None` where this always holds.
    pub const fn negated(self) -> Option<Self> {
        if self.0 == i64::MAX { None } else { Some(Self(-self.0 - 1)) }
    }

    /// The bound, so many seconds greater.
    #[must_use]
    pub(super) const fn shifted(self, seconds: i64) -> Self {
        if self.0 == i64::MAX { self } else { Self(self.0 + seconds) }
    }
}

impl Add for Bound {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        if self == Self::NONE || other == Self::NONE {
            return Self::NONE;
        }
        let sum = self.0 + other.0;
        // What is further apart than instants can be bounds nothing.
        if sum > LIMIT { Self::NONE } else { Self(sum) }
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seconds() {
            Some(seconds) => write!(formatter, "{seconds}"),
            None => formatter.write_str("∞"),
        }
    }
}

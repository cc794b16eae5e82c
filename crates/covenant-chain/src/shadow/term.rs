//! Instants, differences between them, and what can be asked about them.

use std::fmt;

/// The number of an instant that is followed. Which instant it is, is up to who follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstantId(pub u32);

/// What the clocks of a chain are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The time of the block that comes next.
    pub now: InstantId,
    /// By how much its number is more than its time, where a block is taken to come every second. Without it numbers of
    /// blocks are not followed.
    pub blocks: Option<i128>,
}

impl From<InstantId> for Clock {
    fn from(now: InstantId) -> Self {
        Self { now, blocks: None }
    }
}

/// `plus - minus + offset`, where either instant may be missing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// The instant that is counted.
    pub plus: Option<InstantId>,
    /// The instant that is taken off.
    pub minus: Option<InstantId>,
    /// Seconds to be added.
    pub offset: i128,
}

/// Constants further from zero than this are no times, and no sums with times.
pub(super) const FAR: i128 = 1 << 100;

impl Term {
    /// An instant itself.
    pub const fn instant(instant: InstantId) -> Self {
        Self { plus: Some(instant), minus: None, offset: 0 }
    }

    /// Its value for given times of the instants.
    pub fn value(self, times: impl Fn(InstantId) -> i128) -> i128 {
        self.plus.map_or(0, &times) - self.minus.map_or(0, &times) + self.offset
    }

    /// The term with seconds added; `None` where that is no time any more.
    pub fn plus_seconds(self, seconds: i128) -> Option<Self> {
        let offset = self.offset.checked_add(seconds)?;
        (offset.abs() < FAR).then_some(Self { offset, ..self })
    }

    /// The sum, or with `subtract` the difference, where it is a term: at most one instant is left on each side.
    pub fn combined(self, other: Self, subtract: bool) -> Option<Sum> {
        let (plus, minus) =
            if subtract { (other.minus, other.plus) } else { (other.plus, other.minus) };
        let offset = if subtract { -other.offset } else { other.offset };
        let mut up = [self.plus, plus];
        let mut down = [self.minus, minus];
        for one in &mut up {
            for other in &mut down {
                if one.is_some() && one == other {
                    (*one, *other) = (None, None);
                }
            }
        }
        let single = |pair: [Option<InstantId>; 2]| match pair {
            [Some(_), Some(_)] => None,
            [one, other] => Some(one.or(other)),
        };
        let offset = self.offset.checked_add(offset).filter(|offset| offset.abs() < FAR)?;
        let (plus, minus) = (single(up)?, single(down)?);
        if plus.is_none() && minus.is_none() {
            return Some(Sum::Constant(offset));
        }
        Some(Sum::Term(Self { plus, minus, offset }))
    }

    /// That it is at most so much.
    pub const fn at_most(self, most: i128) -> Constraint {
        Constraint { plus: self.plus, minus: self.minus, most: most - self.offset }
    }

    /// That it is at least so much.
    pub const fn at_least(self, least: i128) -> Constraint {
        Constraint { plus: self.minus, minus: self.plus, most: self.offset - least }
    }
}

/// What two terms add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// One of them is left on a side at most.
    Term(Term),
    /// The instants cancel each other out.
    Constant(i128),
}

impl fmt::Debug for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(InstantId(plus)) = self.plus {
            write!(formatter, "t{plus}")?;
        }
        if let Some(InstantId(minus)) = self.minus {
            write!(formatter, " - t{minus}")?;
        }
        write!(formatter, " {:+}", self.offset)
    }
}

/// `plus - minus` is at most so many seconds; a missing instant is the beginning of all time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Constraint {
    /// The instant that is counted.
    pub plus: Option<InstantId>,
    /// The instant that is taken off.
    pub minus: Option<InstantId>,
    /// The greatest difference.
    pub most: i128,
}

impl Constraint {
    /// Whether given times of the instants satisfy it.
    pub fn holds(&self, times: impl Fn(InstantId) -> i128) -> bool {
        self.plus.map_or(0, &times) - self.minus.map_or(0, &times) <= self.most
    }
}

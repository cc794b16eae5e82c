//! What can be said about a property.

use std::fmt;

/// How sure an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It holds: every state was seen, at every time, with every input.
    Proved,
    /// It holds for all that was seen, and what was not seen is listed.
    ProvedOnDomain,
    /// Exploration ended before everything was seen, and nothing was found that refutes it.
    Bounded,
    /// It does not hold: there is a way to where it does not.
    Refuted,
    /// It does not hold for all that was seen; something that was not might have saved it.
    RefutedOnDomain,
}

impl Verdict {
    /// Whether it holds.
    pub const fn holds(self) -> bool {
        matches!(self, Self::Proved | Self::ProvedOnDomain)
    }

    /// Whether it was refuted.
    pub const fn is_refuted(self) -> bool {
        matches!(self, Self::Refuted | Self::RefutedOnDomain)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Proved => "PROVED",
            Self::ProvedOnDomain => "PROVED ON DOMAIN",
            Self::Bounded => "BOUNDED",
            Self::Refuted => "REFUTED",
            Self::RefutedOnDomain => "REFUTED ON DOMAIN",
        })
    }
}

/// What an analysis of the graph found, before it is known how sure that is.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Nothing was found that speaks against it.
    Holds {
        /// What can be said beyond that, such as an instant.
        detail: Option<String>,
    },
    /// There is a way to where it does not hold.
    Broken {
        /// Where that is.
        at: crate::analysis::Sets,
        /// The move that makes it so there; without one it is so already.
        then: Option<crate::graph::MoveId>,
        /// What is wrong there.
        what: String,
        /// Whether a move that was not tried could have saved it.
        can_be_saved: bool,
    },
    /// There is no way to where it would hold.
    Missing,
    /// There is a way to where it holds.
    Found {
        /// Where that is.
        at: crate::analysis::Sets,
    },
}

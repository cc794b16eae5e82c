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
        /// How many seconds it takes at most, where it is about time.
        seconds: Option<i64>,
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
    /// There is a way to where somebody does not get out any more.
    Caught {
        /// Where that is.
        at: crate::analysis::Sets,
        /// Who.
        actor: covenant_scenario::expr::ActorId,
        /// Where something is his, and he can still get out.
        could: crate::analysis::Sets,
        /// Within how many seconds, and how many a move may take, if it is about getting out whatever the others do; else
        /// nobody else moves.
        against: Option<(i64, i64)>,
        /// What is wrong.
        what: String,
    },
    /// There is a way to where acts that are no moves of the graph show that it does not hold.
    Clash {
        /// Where that is.
        at: crate::analysis::Sets,
        /// The acts, in order; only the last can be in vain.
        acts: Vec<crate::graph::Move>,
        /// What is wrong.
        what: String,
        /// Whether a move that was not tried could have saved it.
        can_be_saved: bool,
    },
    /// This way shows that it does not hold.
    Strayed {
        /// The way.
        path: crate::analysis::Path,
        /// Who has more at its end than he would have by honest play, of what, and how much that would be.
        most:
            (covenant_scenario::expr::ActorId, covenant_scenario::world::Asset, num_bigint::BigInt),
        /// What is wrong at its end.
        what: String,
    },
    /// Nothing can be said, for a reason that may need words.
    Open(Option<String>),
    /// There is no way to where it would hold, for a reason in words.
    Missing(String),
    /// There is a way to where it holds.
    Found {
        /// Where that is.
        at: crate::analysis::Sets,
    },
}

impl Answer {
    /// It holds, and this is all that can be said.
    pub(crate) const fn holds(detail: Option<String>) -> Self {
        Self::Holds { detail, seconds: None }
    }
}

//! Where plans and milestones stand.

/// `IMilestones.Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    None,
    Proposed,
    Funded,
    Active,
    Closed,
    Cancelled,
    Amended,
}

/// `IMilestones.Stage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Open,
    Submitted,
    Disputed,
    Released,
    Refunded,
    Split,
}

/// Where a milestone stands, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) stage: Stage,
    pub(super) since: u64,
}

impl Status {
    pub(super) const fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled | Self::Amended)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Proposed => "Proposed",
            Self::Funded => "Funded",
            Self::Active => "Active",
            Self::Closed => "Closed",
            Self::Cancelled => "Cancelled",
            Self::Amended => "Amended",
        }
    }
}

impl Stage {
    pub(super) const fn is_pending(self) -> bool {
        matches!(self, Self::Open | Self::Submitted | Self::Disputed)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Open => "milestone Open",
            Self::Submitted => "milestone Submitted",
            Self::Disputed => "milestone Disputed",
            Self::Released => "milestone Released",
            Self::Refunded => "milestone Refunded",
            Self::Split => "milestone Split",
        }
    }
}

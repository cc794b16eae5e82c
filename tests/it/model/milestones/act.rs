//! What can be done with milestone plans.

use std::fmt;

use super::super::{aside::Aside, cast::Who, signature::Signature, world::START};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the contract on the plan with this number, with wei sent along.
    On(usize, Call, u128),
    /// Something besides.
    Aside(Aside),
}

/// A function of the contract that takes the terms. Milestones are named by their index.
#[derive(Clone, Debug)]
pub(in super::super) enum Call {
    Propose,
    Accept,
    AcceptFor(Who, Signature),
    Fund(u8),
    Cancel,
    Submit(u8),
    Release(u8),
    ReleaseUpTo(u8),
    Refund(u8),
    Dispute(u8),
    Rule(u8, u16),
    Divide(Settlement, Consents),
    /// To the terms of the plan with this number.
    Amend(usize, Amendment, Consents),
    Approve(Draft),
    Revoke,
    Settle,
}

/// `IMilestones.Settlement`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Settlement {
    /// The number of the plan.
    pub(super) plan: usize,
    pub(super) milestone: u8,
    pub(super) payee_bps: u16,
    pub(super) leave: Leave,
}

/// `IMilestones.Amendment`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Amendment {
    /// The numbers of the plans.
    pub(super) plan: usize,
    pub(super) next: usize,
    pub(super) funded: u8,
    pub(super) leave: Leave,
}

/// As the plan must stand, and until when, for a consent to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Leave {
    pub(super) round: u64,
    pub(super) nonce: u64,
    pub(super) deadline: u64,
}

/// What both parties consent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Draft {
    Settlement(Settlement),
    Amendment(Amendment),
}

/// What is handed in as the signatures of both.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Consents {
    pub(super) payer: Signature,
    pub(super) payee: Signature,
}

impl Draft {
    /// The number of the plan that it is about, and when it counts.
    pub(super) const fn about(&self) -> (usize, Leave) {
        match self {
            Self::Settlement(it) => (it.plan, it.leave),
            Self::Amendment(it) => (it.plan, it.leave),
        }
    }
}

impl Consents {
    /// Whether a signature by `party` is among them, handed in as `signature`. A wallet that signs by a call of its own
    /// has signed, whatever is handed in.
    pub(super) fn is_by(self, party: Who, signature: Signature) -> bool {
        if party == Who::WALLET { self.has_the_wallet() } else { signature.is_by(party) }
    }

    /// Whether the wallet has signed.
    pub(super) fn has_the_wallet(self) -> bool {
        let by_wallet = Signature::By(Who::WALLET);
        self.payer == by_wallet || self.payee == by_wallet
    }
}

impl Act {
    /// The function.
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::On(_, call, _) => call.function(),
            Self::Aside(act) => act.function(),
        }
    }
}

impl Call {
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::Propose => "propose",
            Self::Accept => "accept",
            Self::AcceptFor(..) => "acceptFor",
            Self::Fund(_) => "fund",
            Self::Cancel => "cancel",
            Self::Submit(_) => "submit",
            Self::Release(_) => "release",
            Self::ReleaseUpTo(_) => "releaseUpTo",
            Self::Refund(_) => "refund",
            Self::Dispute(_) => "dispute",
            Self::Rule(..) => "rule",
            Self::Divide(..) => "divide",
            Self::Amend(..) => "amend",
            Self::Approve(_) => "approve",
            Self::Revoke => "revoke",
            Self::Settle => "settle",
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call, value) => {
                write!(f, "{}(#{index}", call.function())?;
                match call {
                    Call::AcceptFor(who, signature) => write!(f, ", {who}, {signature}")?,
                    Call::Fund(number)
                    | Call::Submit(number)
                    | Call::Release(number)
                    | Call::ReleaseUpTo(number)
                    | Call::Refund(number)
                    | Call::Dispute(number) => write!(f, ", {number}")?,
                    Call::Rule(number, bps) => write!(f, ", {number}, {bps}")?,
                    Call::Divide(settlement, consents) => write!(f, ", {settlement}, {consents}")?,
                    Call::Amend(next, amendment, consents) => {
                        write!(f, ", #{next}, {amendment}, {consents}")?;
                    }
                    Call::Approve(draft) => write!(f, ", {draft}")?,
                    Call::Propose | Call::Accept | Call::Cancel | Call::Revoke | Call::Settle => {}
                }
                f.write_str(")")?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settlement(it) => write!(f, "{it}"),
            Self::Amendment(it) => write!(f, "{it}"),
        }
    }
}

impl fmt::Display for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, milestone, payee_bps, leave } = self;
        write!(f, "milestone {milestone} of #{plan} {payee_bps} bps {leave}")
    }
}

impl fmt::Display for Amendment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, next, funded, leave } = self;
        write!(f, "#{plan} becomes #{next} with {funded} funded {leave}")
    }
}

impl fmt::Display for Leave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { round, nonce, deadline } = self;
        write!(f, "round {round} nonce {nonce} until +{}", deadline.saturating_sub(START))
    }
}

impl fmt::Display for Consents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.payer, self.payee)
    }
}

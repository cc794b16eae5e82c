//! What can be done with an escrow.

use std::fmt;

use super::super::{aside::Aside, cast::Who, signature::Signature};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the escrow on the agreement with this number, with wei sent along.
    On(usize, Call, u128),
    /// Something besides.
    Aside(Aside),
}

/// A function of the escrow that takes the terms.
#[derive(Clone, Debug)]
pub(in super::super) enum Call {
    Propose,
    Accept,
    AcceptFor(Who, Signature),
    Fund,
    Cancel,
    Submit,
    Release(u128),
    Refund(u128),
    Dispute,
    Rule(u16),
    Offer(u16, u64),
    AcceptOffer(u16),
    AcceptSigned(Settlement, Signature),
    Revoke,
    Settle,
    /// The agreement with this number takes its place.
    Novate(usize),
}

/// `IEscrow.Settlement`.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Settlement {
    /// The number of the agreement.
    pub(in super::super) agreement: usize,
    pub(in super::super) payee_bps: u16,
    pub(in super::super) round: u64,
    pub(in super::super) nonce: u64,
    pub(in super::super) deadline: u64,
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
            Self::Fund => "fund",
            Self::Cancel => "cancel",
            Self::Submit => "submit",
            Self::Release(_) => "release",
            Self::Refund(_) => "refund",
            Self::Dispute => "dispute",
            Self::Rule(_) => "rule",
            Self::Offer(..) => "offerSettlement",
            Self::AcceptOffer(_) => "acceptSettlement",
            Self::AcceptSigned(..) => "acceptSignedSettlement",
            Self::Revoke => "revokeSettlements",
            Self::Settle => "settle",
            Self::Novate(_) => "novate",
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
                    Call::Release(amount) | Call::Refund(amount) => write!(f, ", {amount}")?,
                    Call::Rule(bps) | Call::AcceptOffer(bps) => write!(f, ", {bps}")?,
                    Call::Offer(bps, deadline) => {
                        write!(f, ", {bps}, +{}", deadline.saturating_sub(super::START))?;
                    }
                    Call::AcceptSigned(settlement, signature) => {
                        write!(f, ", {settlement}, {signature}")?;
                    }
                    Call::Novate(next) => write!(f, ", #{next}")?,
                    _ => {}
                }
                f.write_str(")")?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}

impl fmt::Display for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { agreement, payee_bps, round, nonce, deadline } = self;
        let deadline = deadline.saturating_sub(super::START);
        write!(f, "#{agreement} {payee_bps} bps round {round} nonce {nonce} until +{deadline}")
    }
}

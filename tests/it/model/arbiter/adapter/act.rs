//! What can be done with an adapter.

use std::fmt;

use super::super::{
    super::{aside::Aside, cast::Who, signature::Signature},
    court::CourtAct,
};

/// A call by somebody. `B` is what can be done with the holder.
#[derive(Clone, Debug)]
pub(in super::super::super) enum Act<B> {
    /// A function of the adapter on the case with this number, with wei sent along.
    On(usize, Call, u128),
    /// `rule`, by whoever calls: no arbitrator.
    Rule(u64, u64),
    /// Something with an arbitrator, with wei sent along.
    Court(Who, CourtAct, u128),
    /// Something with the holder's agreements.
    Holder(B),
    /// Something besides.
    Aside(Aside),
}

/// A function of the adapter that takes the terms; some take those of the agreement with this number as well.
#[derive(Clone, Copy, Debug)]
pub(in super::super::super) enum Call {
    Agree,
    AgreeFor(Who, Signature),
    Cancel,
    Appoint(usize),
    PayFee(usize),
    Raise,
    FetchRuling,
    FundAppeal,
    SubmitEvidence,
    Execute(usize),
    Settle,
}

impl<B> Act<B> {
    /// The function.
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::On(_, call, _) => call.function(),
            // What an arbitrator says of its own accord is a call of the same function.
            Self::Rule(..) | Self::Court(_, CourtAct::Force(..), _) => "rule",
            Self::Court(..) => "(arbitrator)",
            Self::Holder(_) => "(holder)",
            Self::Aside(act) => act.function(),
        }
    }
}

impl Call {
    pub(super) const fn function(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::AgreeFor(..) => "agreeFor",
            Self::Cancel => "cancel",
            Self::Appoint(_) => "appoint",
            Self::PayFee(_) => "payFee",
            Self::Raise => "raise",
            Self::FetchRuling => "fetchRuling",
            Self::FundAppeal => "fundAppeal",
            Self::SubmitEvidence => "submitEvidence",
            Self::Execute(_) => "execute",
            Self::Settle => "settle",
        }
    }

    pub(super) const fn is_payable(self) -> bool {
        matches!(self, Self::PayFee(_) | Self::FundAppeal)
    }
}

impl<B: fmt::Display> fmt::Display for Act<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = match self {
            Self::On(index, call, value) => {
                write!(f, "{}(#{index}", call.function())?;
                match call {
                    Call::AgreeFor(who, signature) => write!(f, ", {who}, {signature}")?,
                    Call::Appoint(agreement)
                    | Call::PayFee(agreement)
                    | Call::Execute(agreement) => {
                        write!(f, ", agreement #{agreement}")?;
                    }
                    _ => {}
                }
                f.write_str(")")?;
                *value
            }
            Self::Rule(dispute, ruling) => {
                write!(f, "rule({dispute}, {ruling})")?;
                0
            }
            Self::Court(court, act, value) => {
                write!(f, "{court}: {act}")?;
                *value
            }
            Self::Holder(act) => {
                write!(f, "on the agreements: {act}")?;
                0
            }
            Self::Aside(act) => {
                write!(f, "{act}")?;
                0
            }
        };
        if sent > 0 { write!(f, " with {sent} wei") } else { Ok(()) }
    }
}

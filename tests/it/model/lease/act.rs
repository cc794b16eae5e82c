//! What can be done with a lease.

use std::fmt;

use super::super::{aside::Aside, cast::Who, signature::Signature, world::START};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the contract on the lease with this number, with wei sent along.
    On(usize, Call, u128),
    /// Something besides.
    Aside(Aside),
}

/// A function of the contract that takes the terms.
#[derive(Clone, Debug)]
pub(in super::super) enum Call {
    Sign,
    SignFor(Who, Signature),
    PayDeposit,
    Cancel,
    PayDue,
    Pay(u128),
    GiveNotice,
    Break,
    DeclareDefault,
    AttestEnd(u64),
    ServeNotice,
    OfferSuccession(Who),
    AcceptSuccession,
    /// At move-out or else at move-in; the report's hash.
    RecordInspection(bool, u64),
    Claim(u128),
    ClaimItems(Vec<u128>),
    ReduceClaim(u128),
    AcceptClaim,
    ObjectToClaim,
    Rule(u128),
    Settle,
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
    pub(in super::super) const fn function(&self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::SignFor(..) => "signFor",
            Self::PayDeposit => "payDeposit",
            Self::Cancel => "cancel",
            Self::PayDue => "pay/1",
            Self::Pay(_) => "pay/2",
            Self::GiveNotice => "giveNotice",
            Self::Break => "breakLease",
            Self::DeclareDefault => "declareDefault",
            Self::AttestEnd(_) => "attestEnd",
            Self::ServeNotice => "serveNotice",
            Self::OfferSuccession(_) => "offerSuccession",
            Self::AcceptSuccession => "acceptSuccession",
            Self::RecordInspection(..) => "recordInspection",
            Self::Claim(_) => "claimDeposit/3",
            Self::ClaimItems(_) => "claimDeposit/2",
            Self::ReduceClaim(_) => "reduceClaim",
            Self::AcceptClaim => "acceptClaim",
            Self::ObjectToClaim => "objectToClaim",
            Self::Rule(_) => "rule",
            Self::Settle => "settle",
        }
    }

    pub(super) const fn is_payable(&self) -> bool {
        matches!(self, Self::Sign | Self::PayDeposit | Self::PayDue | Self::Pay(_) | Self::Break)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call, value) => {
                write!(f, "{}(#{index}", call.function())?;
                match call {
                    Call::SignFor(who, signature) => write!(f, ", {who}, {signature}")?,
                    Call::Pay(amount)
                    | Call::Claim(amount)
                    | Call::ReduceClaim(amount)
                    | Call::Rule(amount) => write!(f, ", {amount}")?,
                    Call::AttestEnd(end) => write!(f, ", +{}", end.saturating_sub(START))?,
                    Call::OfferSuccession(who) => write!(f, ", {who}")?,
                    Call::RecordInspection(out, report) => {
                        write!(
                            f,
                            ", {}, report {report}",
                            if *out { "MoveOut" } else { "MoveIn" }
                        )?;
                    }
                    Call::ClaimItems(items) => write!(f, ", {items:?}")?,
                    _ => {}
                }
                f.write_str(")")?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}

//! What can be done with repair escrows.

use std::fmt;

use super::super::{
    agent::Knock,
    aside::Aside,
    lease::{LeaseAct, LeaseCall},
};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the contract on the agreement with this number, with wei sent along.
    On(usize, Call, u128),
    /// At the agent of the agreement with this number.
    Knock(usize, Knock),
    /// Something with the leases.
    Lease(LeaseAct),
    /// Something besides.
    Aside(Aside),
}

/// A function of the contract that takes the terms; some take those of the lease with this number as well.
#[derive(Clone, Debug)]
pub(in super::super) enum Call {
    Open,
    /// What the landlord does on the lease.
    OnLease(usize, LeaseCall),
    Pay(usize, u128),
    Forward(usize),
    Notify(usize),
    Report,
    Confirm,
    Object,
    Rule(u16),
    Settle,
}

impl Act {
    /// The function.
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::On(_, call, _) => call.function(),
            Self::Knock(_, knock) => knock.function(),
            Self::Lease(_) => "(lease)",
            Self::Aside(act) => act.function(),
        }
    }
}

impl Call {
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::Open => "open",
            // It takes the terms as well.
            Self::OnLease(_, LeaseCall::Claim(_)) => "claimDeposit/4",
            Self::OnLease(_, LeaseCall::ClaimItems(_)) => "claimDeposit/3",
            Self::OnLease(_, call) => call.function(),
            Self::Pay(..) => "pay",
            Self::Forward(_) => "forward",
            Self::Notify(_) => "notify",
            Self::Report => "report",
            Self::Confirm => "confirm",
            Self::Object => "object",
            Self::Rule(_) => "rule",
            Self::Settle => "settle",
        }
    }

    pub(super) const fn is_payable(&self) -> bool {
        matches!(self, Self::Pay(..) | Self::OnLease(_, LeaseCall::Break))
    }

    /// Whether the landlord can do this on the lease.
    pub(super) const fn is_offered(call: &LeaseCall) -> bool {
        matches!(
            call,
            LeaseCall::Sign
                | LeaseCall::Cancel
                | LeaseCall::GiveNotice
                | LeaseCall::Break
                | LeaseCall::ServeNotice
                | LeaseCall::DeclareDefault
                | LeaseCall::RecordInspection(..)
                | LeaseCall::Claim(_)
                | LeaseCall::ClaimItems(_)
                | LeaseCall::ReduceClaim(_)
        )
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call, value) => {
                write!(f, "{}(#{index}", call.function())?;
                match call {
                    Call::OnLease(lease, call) => write!(f, ", lease #{lease}, {call:?}")?,
                    Call::Pay(lease, amount) => write!(f, ", lease #{lease}, {amount}")?,
                    Call::Forward(lease) | Call::Notify(lease) => write!(f, ", lease #{lease}")?,
                    Call::Rule(bps) => write!(f, ", {bps}")?,
                    Call::Open | Call::Report | Call::Confirm | Call::Object | Call::Settle => {}
                }
                f.write_str(")")?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::Knock(index, knock) => write!(f, "{knock}, of #{index}"),
            Self::Lease(act) => write!(f, "on the lease: {act}"),
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}

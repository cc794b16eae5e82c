//! What can be done with groups of tenants.

use std::fmt;

use alloy_primitives::{B256, U256};

use super::super::{
    agent::Knock,
    aside::Aside,
    lease::{LeaseAct, LeaseCall},
};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the contract on the group with this number, with wei sent along.
    On(usize, Call, u128),
    /// At the agent of the group with this number.
    Knock(usize, Knock),
    /// Something with the leases.
    Lease(LeaseAct),
    /// Something besides.
    Aside(Aside),
}

/// What is approved: `ICoTenants.Act`, and the limit.
pub(super) type Matter = (u8, U256);

/// `ICoTenants.Act`.
pub(super) const SIGN: u8 = 0;
pub(super) const GIVE_NOTICE: u8 = 1;
pub(super) const ACCEPT_CLAIM: u8 = 2;
pub(super) const CANCEL: u8 = 3;
pub(super) const BREAK: u8 = 4;
pub(super) const RECORD_MOVE_IN: u8 = 5;
pub(super) const RECORD_MOVE_OUT: u8 = 6;

/// A function of the contract that takes the terms; some take those of the lease with this number as well. Members are
/// named by their number.
#[derive(Clone, Debug)]
pub(in super::super) enum Call {
    Open,
    Contribute(usize),
    TakeBack,
    Approve(Matter, bool),
    /// What the agent does on the lease, within a limit.
    OnLease(usize, LeaseCall, U256),
    Pay(usize, u128),
    Reimburse(usize, u128),
    Settle,
    Collect,
    PayOut(usize),
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
            Self::Contribute(_) => "contribute",
            Self::TakeBack => "takeBack",
            Self::Approve(..) => "approve",
            Self::OnLease(_, call, _) => call.function(),
            Self::Pay(..) => "pay",
            Self::Reimburse(..) => "reimburse",
            Self::Settle => "settle",
            Self::Collect => "collect",
            Self::PayOut(_) => "payOut",
        }
    }

    pub(super) const fn is_payable(&self) -> bool {
        matches!(
            self,
            Self::Contribute(_)
                | Self::Pay(..)
                | Self::Reimburse(..)
                | Self::OnLease(_, LeaseCall::Break, _)
        )
    }

    /// Whether the agent can do this on the lease.
    pub(super) const fn is_offered(call: &LeaseCall) -> bool {
        matches!(
            call,
            LeaseCall::Sign
                | LeaseCall::Cancel
                | LeaseCall::GiveNotice
                | LeaseCall::Break
                | LeaseCall::AcceptClaim
                | LeaseCall::ServeNotice
                | LeaseCall::ObjectToClaim
                | LeaseCall::RecordInspection(..)
        )
    }

    /// What must have been approved; nothing for what one member may do alone.
    pub(super) fn matter(call: &LeaseCall, lease: B256, limit: U256) -> Option<Matter> {
        Some(match call {
            LeaseCall::Sign => (SIGN, lease.into()),
            LeaseCall::GiveNotice => (GIVE_NOTICE, limit),
            LeaseCall::AcceptClaim => (ACCEPT_CLAIM, limit),
            LeaseCall::Cancel => (CANCEL, U256::ZERO),
            LeaseCall::Break => (BREAK, limit),
            LeaseCall::RecordInspection(false, report) => (RECORD_MOVE_IN, U256::from(*report)),
            LeaseCall::RecordInspection(true, report) => (RECORD_MOVE_OUT, U256::from(*report)),
            _ => return None,
        })
    }

    /// Whether the limit is an argument.
    pub(super) const fn is_limited(call: &LeaseCall) -> bool {
        matches!(call, LeaseCall::GiveNotice | LeaseCall::AcceptClaim | LeaseCall::Break)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call, value) => {
                write!(f, "{}(#{index}", call.function())?;
                match call {
                    Call::Contribute(member) | Call::PayOut(member) => write!(f, ", {member}")?,
                    Call::Approve((act, limit), approved) => {
                        write!(f, ", act {act}, {limit}, {approved}")?;
                    }
                    Call::OnLease(lease, call, limit) => {
                        write!(f, ", lease #{lease}, {call:?}, {limit}")?;
                    }
                    Call::Pay(lease, amount) => write!(f, ", lease #{lease}, {amount}")?,
                    Call::Reimburse(member, amount) => write!(f, ", {member}, {amount}")?,
                    Call::Open | Call::TakeBack | Call::Settle | Call::Collect => {}
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

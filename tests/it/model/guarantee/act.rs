//! What can be done with guarantees.

use std::fmt;

use super::super::{aside::Aside, lease::LeaseAct};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the contract on the guarantee with this number, with wei sent along.
    On(usize, Call, u128),
    /// Something with the leases.
    Lease(LeaseAct),
    /// Something besides.
    Aside(Aside),
}

/// A function of the contract that takes the terms; some take those of the lease with this number as well.
#[derive(Clone, Debug)]
#[expect(clippy::enum_variant_names, reason = "a function of the contract is called so")]
pub(in super::super) enum Call {
    Fund(usize),
    Call(usize, u128),
    Withdraw,
    Object,
    Rule(u128),
    Release,
    Settle(usize),
}

impl Act {
    /// The function.
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::On(_, call, _) => call.function(),
            Self::Lease(_) => "(lease)",
            Self::Aside(act) => act.function(),
        }
    }
}

impl Call {
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::Fund(_) => "fund",
            Self::Call(..) => "call",
            Self::Withdraw => "withdrawCall",
            Self::Object => "object",
            Self::Rule(_) => "rule",
            Self::Release => "release",
            Self::Settle(_) => "settle",
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call, value) => {
                write!(f, "{}(#{index}", call.function())?;
                match call {
                    Call::Fund(lease) | Call::Settle(lease) => write!(f, ", lease #{lease}")?,
                    Call::Call(lease, amount) => write!(f, ", lease #{lease}, {amount}")?,
                    Call::Rule(award) => write!(f, ", {award}")?,
                    Call::Withdraw | Call::Object | Call::Release => {}
                }
                f.write_str(")")?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::Lease(act) => write!(f, "on the lease: {act}"),
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}

//! What can be done with mandates.

use std::fmt;

use super::super::{aside::Aside, lease::LeaseAct, signature::Signature};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the contract on the mandate with this number, with wei sent along.
    On(usize, Call, u128),
    /// Something with the leases.
    Lease(LeaseAct),
    /// Something besides.
    Aside(Aside),
}

/// A function of the contract that takes a mandate.
#[derive(Clone, Debug)]
pub(in super::super) enum Call {
    Authorise,
    AuthoriseFor(Signature),
    Cancel,
    /// For the lease with this number.
    Collect(usize),
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
            Self::Authorise => "authorise",
            Self::AuthoriseFor(_) => "authoriseFor",
            Self::Cancel => "cancel",
            Self::Collect(_) => "collect",
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call, value) => {
                write!(f, "{}(#{index}", call.function())?;
                match call {
                    Call::AuthoriseFor(signature) => write!(f, ", {signature}")?,
                    Call::Collect(lease) => write!(f, ", lease #{lease}")?,
                    Call::Authorise | Call::Cancel => {}
                }
                f.write_str(")")?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::Lease(act) => write!(f, "on the lease: {act}"),
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}

//! What can be done with options, and with titles besides.

use std::fmt;

use super::super::{aside::Aside, cast::Who, items::Handling, lease::LeaseAct};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the contract on the option with this number, with wei sent along.
    On(usize, Call, u128),
    /// `pushTitle(title, to, tokenId)`, which only the contract itself may call.
    PushTitle(Who, Who, u64),
    /// Something with the leases.
    Lease(LeaseAct),
    /// Something that is done to titles.
    Handle(Handling),
    /// Something besides.
    Aside(Aside),
}

/// A function of the contract that takes the terms; some take those of the lease with this number as well.
#[derive(Clone, Debug)]
pub(in super::super) enum Call {
    Offer,
    Accept,
    Cancel,
    Pay(usize, u128),
    Register(usize),
    Exercise(usize, Who),
    Settle,
    TakeTitle(Who),
}

impl Act {
    /// The function.
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::On(_, call, _) => call.function(),
            Self::PushTitle(..) => "pushTitle",
            Self::Lease(_) => "(lease)",
            Self::Handle(_) => "(items)",
            Self::Aside(act) => act.function(),
        }
    }
}

impl Call {
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Accept => "accept",
            Self::Cancel => "cancel",
            Self::Pay(..) => "pay",
            Self::Register(_) => "register",
            Self::Exercise(..) => "exercise",
            Self::Settle => "settle",
            Self::TakeTitle(_) => "takeTitle",
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call, value) => {
                write!(f, "{}(#{index}", call.function())?;
                match call {
                    Call::Pay(lease, amount) => write!(f, ", lease #{lease}, {amount}")?,
                    Call::Register(lease) => write!(f, ", lease #{lease}")?,
                    Call::Exercise(lease, to) => write!(f, ", lease #{lease}, {to}")?,
                    Call::TakeTitle(to) => write!(f, ", {to}")?,
                    Call::Offer | Call::Accept | Call::Cancel | Call::Settle => {}
                }
                f.write_str(")")?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::PushTitle(title, to, id) => write!(f, "pushTitle({title}, {to}, {id})"),
            Self::Lease(act) => write!(f, "on the lease: {act}"),
            Self::Handle(act) => write!(f, "{act}"),
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}

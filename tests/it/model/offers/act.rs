//! What can be done with last offers.

use std::fmt;

use super::super::{aside::Aside, cast::Who, escrow::EscrowAct, signature::Signature};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the contract on the escrow agreement with this number.
    On(usize, Call, Along),
    /// `collect(asset, arbiter)`.
    Collect(Who, Who),
    /// Something with the escrow.
    Escrow(EscrowAct),
    /// Something besides.
    Aside(Aside),
}

/// What goes along with every call on an agreement.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Along {
    /// The number of the appointment.
    pub(super) appointment: usize,
    /// The wei that are sent.
    pub(super) value: u128,
}

/// A function of the contract that takes an agreement and an appointment.
#[derive(Clone, Debug)]
pub(in super::super) enum Call {
    Accept,
    AcceptFor(Signature),
    Decline,
    Propose(u16),
    AcceptProposal(u16),
    Choose(Who),
    Settle,
}

impl Act {
    /// The function.
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::On(_, call, _) => call.function(),
            Self::Collect(..) => "collect",
            Self::Escrow(_) => "(escrow)",
            Self::Aside(act) => act.function(),
        }
    }
}

impl Call {
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::AcceptFor(_) => "acceptFor",
            Self::Decline => "decline",
            Self::Propose(_) => "propose",
            Self::AcceptProposal(_) => "acceptProposal",
            Self::Choose(_) => "choose",
            Self::Settle => "settle",
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call, Along { appointment, value }) => {
                write!(f, "{}(#{index}, appointment #{appointment}", call.function())?;
                match call {
                    Call::AcceptFor(signature) => write!(f, ", {signature}")?,
                    Call::Propose(bps) | Call::AcceptProposal(bps) => write!(f, ", {bps}")?,
                    Call::Choose(party) => write!(f, ", {party}")?,
                    Call::Accept | Call::Decline | Call::Settle => {}
                }
                f.write_str(")")?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::Collect(asset, arbiter) => write!(f, "collect({asset}, {arbiter})"),
            Self::Escrow(act) => write!(f, "on the escrow: {act}"),
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}

//! What can be done with a router, and with what it asks for money.

use std::fmt;

use super::{
    super::{aside::Aside, cast::Who, escrow::EscrowAct, lease::LeaseAct},
    permission::Permission,
};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the router.
    Pay(Pay),
    /// The caller lets somebody take so much of an asset.
    Approve(Who, Who, u128),
    /// Somebody hands a permit of this owner to the token itself.
    HandIn(Who, Permission),
    /// The caller uses up one of its nonces at Permit2.
    Invalidate(u64),
    /// Somebody hands in that this owner takes back its authorization for this payment.
    Cancel(Who, Target),
    /// Something with the escrow.
    Escrow(EscrowAct),
    /// Something with the leases.
    Lease(LeaseAct),
    /// Something besides.
    Aside(Aside),
}

/// An agreement: its contract, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Target {
    pub(super) on_lease: bool,
    pub(super) index: usize,
}

/// `fundEscrow` or `payDeposit`.
#[derive(Clone, Debug)]
pub(in super::super) struct Pay {
    pub(super) target: Target,
    /// The address that is named as the contract of the agreement.
    pub(super) at: Who,
    pub(super) permission: Permission,
    /// The wei that are sent along.
    pub(super) value: u128,
}

impl Target {
    /// The contract.
    pub(super) const fn place(self) -> Who {
        if self.on_lease { Who::LEASE } else { Who::ESCROW }
    }

    /// The router's function for it.
    pub(super) const fn function(self) -> &'static str {
        if self.on_lease { "payDeposit" } else { "fundEscrow" }
    }
}

impl Act {
    /// The function.
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::Pay(pay) => pay.target.function(),
            Self::Approve(..) => "(approve)",
            Self::HandIn(..) => "(permit)",
            Self::Invalidate(_) => "(invalidate)",
            Self::Cancel(..) => "(cancel)",
            Self::Escrow(_) => "(escrow)",
            Self::Lease(_) => "(lease)",
            Self::Aside(act) => act.function(),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.place(), self.index)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pay(Pay { target, at, permission, value }) => {
                write!(f, "{}({target} at {at}, {permission})", target.function())?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::Approve(asset, spender, amount) => {
                write!(f, "approve {spender} for {amount} of {asset}")
            }
            Self::HandIn(asset, permission) => write!(f, "permit of {asset}: {permission}"),
            Self::Invalidate(nonce) => write!(f, "invalidate nonce {nonce}"),
            Self::Cancel(owner, target) => write!(f, "cancel {owner}'s authorization for {target}"),
            Self::Escrow(act) => write!(f, "on the escrow: {act}"),
            Self::Lease(act) => write!(f, "on the lease: {act}"),
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}

//! What happens to tokens and accounts without the contract.

use super::{abi::Value, cast::Who};

/// What somebody does to the world around the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outside {
    /// The blocking token blocks somebody or lets go.
    Block(Who, bool),
    /// The lying token lies so.
    Lie(u8),
    /// The taxed token burns this share.
    Tax(u16),
    /// Somebody sends an asset to the contract, unasked; ether is forced upon it.
    Donate(Who, u128),
    /// Somebody sends somebody else so much of an asset, unasked.
    Gift(Who, Who, u128),
}

impl Outside {
    /// Whom it calls, the function, the arguments, and the wei sent along.
    pub(super) fn call(self) -> (Who, &'static str, Vec<Value>, u128) {
        match self {
            Self::Block(who, blocked) => {
                (Who::BLOCKING, "setBlocked(address,bool)", vec![who.into(), blocked.into()], 0)
            }
            Self::Lie(lie) => (Who::LYING, "setLie(uint8)", vec![lie.into()], 0),
            Self::Tax(bps) => (Who::TAXED, "setFeeBps(uint256)", vec![bps.into()], 0),
            Self::Gift(to, Who::NOBODY, amount) => {
                (Who::FORCER, "force(address)", vec![to.into()], amount)
            }
            Self::Gift(to, asset, amount) => {
                (asset, "transfer(address,uint256)", vec![to.into(), amount.into()], 0)
            }
            Self::Donate(Who::NOBODY, amount) => {
                (Who::FORCER, "force(address)", vec![Who::CONTRACT.into()], amount)
            }
            Self::Donate(asset, amount) => {
                (asset, "transfer(address,uint256)", vec![Who::CONTRACT.into(), amount.into()], 0)
            }
        }
    }
}

impl std::fmt::Display for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Block(who, true) => write!(f, "block {who}"),
            Self::Block(who, false) => write!(f, "unblock {who}"),
            Self::Lie(lie) => write!(f, "let the lying token lie {lie}"),
            Self::Tax(bps) => write!(f, "tax transfers {bps} bps"),
            Self::Gift(to, asset, amount) => write!(f, "give {to} {amount} of {asset}"),
            Self::Donate(asset, amount) => write!(f, "donate {amount} of {asset}"),
        }
    }
}

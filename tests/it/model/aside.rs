//! What can be done besides the agreements: with the ledger, with tokens, and to the contract's balance.

use std::fmt;

use super::{
    abi::{Fault, Value, fault},
    books::{Books, Outside},
    cast::{ASSETS, Who},
    dice::Dice,
    facts::Facts,
    harness::Sent,
};

/// A call that names no agreement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Aside {
    /// `withdraw(asset, to)`.
    Withdraw(Who, Who),
    /// `withdrawFor(asset, party)`.
    WithdrawFor(Who, Who),
    /// A function that only the contract itself may call: of `push`, `pushPair` and `relay` the one with this number.
    Internal(u8, Who, Who),
    /// A call of something else.
    Outside(Outside),
}

impl Aside {
    /// Something that somebody might do, in scripts about these assets.
    pub(super) fn random(books: &Books, assets: &[Who], dice: &mut Dice) -> (Who, Self) {
        // A credit that its party could be paid again.
        if let Some((asset, party)) = books.any_credit() {
            let lifted = match asset {
                Who::BLOCKING => Some(Outside::Block(party, false)),
                Who::LYING => Some(Outside::Lie(0)),
                _ => None,
            };
            match lifted {
                Some(act) if dice.chance(30) => return (Who::STRANGER, Self::Outside(act)),
                Some(_) if dice.chance(50) => {
                    return (anybody(dice), Self::WithdrawFor(asset, party));
                }
                _ => {}
            }
        }
        match dice.below(20) {
            0..9 => outside(assets, dice),
            9 => {
                let which = dice.pick(&[0, 1, 2]);
                (anybody(dice), Self::Internal(which, Who::NOBODY, anybody(dice)))
            }
            _ => withdraw(books, dice),
        }
    }

    /// The function.
    pub(super) const fn function(self) -> &'static str {
        match self {
            Self::Withdraw(..) => "withdraw",
            Self::WithdrawFor(..) => "withdrawFor",
            Self::Internal(which, ..) => ["push", "pushPair", "relay"][which as usize],
            Self::Outside(_) => "(outside)",
        }
    }

    /// The call.
    pub(super) fn sent(self, facts: &Facts, caller: Who) -> Sent {
        let arguments: Vec<Value> = match self {
            Self::Withdraw(asset, to) => vec![asset.into(), to.into()],
            Self::WithdrawFor(asset, party) => vec![asset.into(), party.into()],
            Self::Internal(which, asset, to) => {
                let (asset, to, one) = (Value::from(asset), Value::from(to), Value::from(1_u64));
                match which {
                    0 => vec![asset, to, one],
                    1 => vec![asset, to.clone(), one.clone(), to, one],
                    _ => vec![asset, to.clone(), to, one],
                }
            }
            Self::Outside(act) => {
                let (to, function, arguments, value) = act.call();
                let input = facts.foreign(function, &arguments);
                return Sent { from: caller, to, input, value };
            }
        };
        let input = facts.calldata(self.function(), &arguments);
        Sent { from: caller, to: Who::CONTRACT, input, value: 0 }
    }

    /// Does it.
    pub(super) fn apply(self, books: &mut Books, caller: Who) -> Result<Vec<Value>, Fault> {
        match self {
            Self::Withdraw(asset, to) => Ok(vec![books.withdraw(asset, caller, to)?.into()]),
            Self::WithdrawFor(asset, party) => {
                Ok(vec![books.pay_credit(asset, party, party)?.into()])
            }
            Self::Internal(..) => Err(fault!("Ledger_NotSelf", caller, Who::CONTRACT)),
            Self::Outside(act) => books.outside(caller, act),
        }
    }
}

/// Somebody, rarely a stranger.
pub(super) fn anybody(dice: &mut Dice) -> Who {
    if dice.chance(20) { Who::STRANGER } else { dice.pick(&Who::PARTIES) }
}

fn withdraw(books: &Books, dice: &mut Dice) -> (Who, Aside) {
    let to = match dice.below(10) {
        0 => dice.pick(&[Who::NOBODY, Who::CONTRACT, Who::LYING]),
        _ => anybody(dice),
    };
    match books.any_credit() {
        Some((asset, party)) if dice.chance(30) => {
            (anybody(dice), Aside::WithdrawFor(asset, party))
        }
        Some((asset, party)) if dice.chance(80) => (party, Aside::Withdraw(asset, to)),
        _ if dice.chance(30) => {
            (anybody(dice), Aside::WithdrawFor(dice.pick(&ASSETS), anybody(dice)))
        }
        _ => (anybody(dice), Aside::Withdraw(dice.pick(&ASSETS), to)),
    }
}

fn outside(assets: &[Who], dice: &mut Dice) -> (Who, Aside) {
    let asset = dice.pick(assets);
    let act = match (dice.below(4), asset) {
        (0, Who::NOBODY | Who::BLOCKING | Who::LYING | Who::TAXED) => {
            Outside::Donate(asset, 1 + dice.below_u128(1000))
        }
        (_, Who::BLOCKING) => {
            let who = if dice.chance(10) { Who::CONTRACT } else { anybody(dice) };
            Outside::Block(who, dice.chance(65))
        }
        (_, Who::LYING) => Outside::Lie(dice.pick(&[0, 1, 1, 2, 2])),
        (_, Who::TAXED) => Outside::Tax(dice.whole_bps()),
        _ => Outside::Block(anybody(dice), dice.chance(65)),
    };
    (dice.pick(&[Who::STRANGER, Who::ALICE, Who::BOB]), Aside::Outside(act))
}

impl fmt::Display for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Withdraw(asset, to) => write!(f, "withdraw({asset}, {to})"),
            Self::WithdrawFor(asset, party) => write!(f, "withdrawFor({asset}, {party})"),
            Self::Internal(_, asset, to) => write!(f, "{}({asset}, … {to} …)", self.function()),
            Self::Outside(act) => write!(f, "{act}"),
        }
    }
}

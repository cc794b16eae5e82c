//! Agents: an address for each agreement, which is a party to its lease (`IAgentPrincipal`).

use std::fmt;

use super::{
    abi::{Fault, Value, fault},
    books::{Books, Outside},
    cast::Who,
    dice::Dice,
    facts::Facts,
    harness::Sent,
    lease::{Beside, LeaseCall},
};

/// Takes in all that an agent has, or that waits for it with the leases: so much, which is owed from now on.
pub(super) fn hand_in(
    agent: Who,
    asset: Who,
    beside: &mut Beside,
    books: &mut Books,
) -> Result<u128, Fault> {
    if asset.asset().is_none() || asset == Who::CODELESS {
        // It does not know what a balance is.
        return Err(Fault::SILENT);
    }
    beside.withdraw(asset, agent, books)?;
    let amount = u128::try_from(books.balance(asset, agent)).expect("it came from leases");
    if amount > 0 {
        books.take(asset, agent, if asset == Who::NOBODY { amount } else { 0 }, amount)?;
    }
    Ok(amount)
}

/// Has an agent call the lease with this number, with `amount`, which is on hand and owed to nobody.
pub(super) fn act(
    agent: Who,
    (lease, call): (usize, &LeaseCall),
    (asset, amount): (Who, u128),
    beside: &mut Beside,
    books: &mut Books,
) -> Result<(), Fault> {
    if amount > 0 {
        books.hand(asset, agent, amount)?;
    }
    let value = if asset == Who::NOBODY { amount } else { 0 };
    beside.act(lease, agent, call, value, books)
}

/// What nobody may call: functions of an agent, and the one by which it hands in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Knock {
    Act(Who),
    ActWithToken(Who),
    HandIn(Who),
    Take,
}

impl Knock {
    /// One of them.
    pub(super) fn random(agent: Who, dice: &mut Dice) -> Self {
        dice.pick(&[Self::Act(agent), Self::ActWithToken(agent), Self::HandIn(agent), Self::Take])
    }

    /// The function.
    pub(super) const fn function(self) -> &'static str {
        if matches!(self, Self::Take) { "take" } else { "(agent)" }
    }

    /// The call.
    pub(super) fn sent(self, facts: &Facts, caller: Who) -> Sent {
        let nothing = || Value::bytes(&[]);
        let (to, input) = match self {
            Self::Act(agent) => (agent, facts.foreign("act(bytes)", &[nothing()])),
            Self::ActWithToken(agent) => {
                let arguments = [Who::BLOCKING.into(), 1_u64.into(), nothing()];
                (agent, facts.foreign("actWithToken(address,uint256,bytes)", &arguments))
            }
            Self::HandIn(agent) => (agent, facts.foreign("handIn(address)", &[caller.into()])),
            Self::Take => {
                let arguments = [Who::NOBODY.into(), 0_u64.into()];
                (Who::CONTRACT, facts.calldata("take", &arguments))
            }
        };
        Sent { from: caller, to, input, value: 0 }
    }

    /// What comes of it, where the agent exists or does not.
    pub(super) fn apply(self, caller: Who, exists: bool) -> Result<Vec<Value>, Fault> {
        match self {
            Self::Take => Err(fault!("Extension_WrongCaller", caller, Who::NOBODY)),
            _ if exists => Err(fault!("LeaseAgent_WrongCaller", caller, Who::CONTRACT)),
            _ => Ok(Vec::new()),
        }
    }
}

/// What might happen to an agent in the world around.
pub(super) fn outside(agent: Who, asset: Who, books: &Books, dice: &mut Dice) -> Outside {
    match dice.below(3) {
        0 if asset != Who::CODELESS => Outside::Gift(agent, asset, 1 + dice.below_u128(1_000)),
        1 if asset == Who::BLOCKING && !books.is_blocked(agent) => Outside::Block(agent, true),
        _ if asset == Who::LYING => Outside::Lie(dice.pick(&[0, 0, 1, 2])),
        _ => Outside::Block(agent, false),
    }
}

impl fmt::Display for Knock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act(agent) => write!(f, "act of {agent}"),
            Self::ActWithToken(agent) => write!(f, "actWithToken of {agent}"),
            Self::HandIn(agent) => write!(f, "handIn of {agent}"),
            Self::Take => f.write_str("take"),
        }
    }
}

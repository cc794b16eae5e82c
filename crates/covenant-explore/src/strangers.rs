//! Strangers: what they are called, and what they have.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256, keccak256};
use covenant_chain::{Key, Transaction};
use covenant_scenario::{
    expr::{ActorId, TokenId, eval},
    plan::{Outsiders, Plan},
    run::mint,
    world::{ActorState, Asset, World},
};

use crate::graph::{ExploreError, Puppet};

/// What the stranger that is a person is called; he signs too.
pub(crate) const PERSON: &str = "stranger";

/// What the stranger that is a contract is called.
const CONTRACT: &str = "stranger_contract";

/// Two strangers, of which one is a contract.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strangers {
    /// The person comes first.
    pub(crate) all: Vec<ActorId>,
    /// The one that is a contract.
    pub(crate) puppet: Option<Puppet>,
    /// What each of them has at first, in the smallest unit.
    pub(crate) purse: BTreeMap<Asset, U256>,
}

impl Strangers {
    /// Puts them on the chain, each with a purse. Every contract of the scenario may take what tokens they have, so that
    /// they can do with tokens what others do.
    pub(crate) fn settle(
        plan: &Plan,
        outsiders: &Outsiders,
        world: &mut World,
    ) -> Result<Self, ExploreError> {
        let mut purse = BTreeMap::new();
        for (asset, amount) in &outsiders.purse {
            let amount = eval(amount, world).map_err(ExploreError::Eval)?;
            purse.insert(*asset, amount.as_amount().unwrap_or_default());
        }
        let person = stranger(world, PERSON);
        let contract = stranger(world, CONTRACT);
        let strangers = Self {
            all: vec![person, contract],
            puppet: Some(Puppet::settle(world, contract)?),
            purse,
        };
        let ether = strangers.purse.get(&Asset::Ether).copied().unwrap_or_default();
        for one in &strangers.all {
            world.chain.set_balance(world.actor(*one).address, ether)?;
            for (asset, amount) in &strangers.purse {
                if let Asset::Token(token) = asset {
                    endow(plan, world, (*one, *token), *amount)?;
                }
            }
        }
        Ok(strangers)
    }

    /// The tokens of which they have some.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = TokenId> + '_ {
        let has = self.purse.iter().filter(|(_, amount)| !amount.is_zero());
        has.filter_map(|(asset, _)| match asset {
            Asset::Token(token) => Some(*token),
            Asset::Ether => None,
        })
    }
}

/// Gives somebody tokens, and lets every contract take them.
fn endow(
    plan: &Plan,
    world: &mut World,
    (whom, token): (ActorId, TokenId),
    amount: U256,
) -> Result<(), ExploreError> {
    let name = plan.tokens[token.0].name.to_string();
    let lacks = || ExploreError::Purse { token: name.clone() };
    let token = world.token_address(token).map_err(|_| lacks())?;
    let somebody = world.actor(whom).clone();
    let mut all = vec![mint(plan.stage_hand, token, somebody.address, amount)];
    for spender in world.instances().iter().filter_map(|instance| instance.address) {
        let words = [spender.into_word().0, U256::MAX.to_be_bytes()];
        let input = [&APPROVE[..], words.as_flattened()].concat();
        all.push(somebody.call(token, U256::ZERO, input.into()));
    }
    all.iter().try_for_each(|transaction| sent(world, transaction, lacks))
}

/// Sends it where exploration begins: no block is made for it.
fn sent(
    world: &mut World,
    transaction: &Transaction,
    failed: impl Fn() -> ExploreError,
) -> Result<(), ExploreError> {
    let receipt = world.chain.send_behind(transaction, 0)?;
    if receipt.outcome.is_success() { Ok(()) } else { Err(failed()) }
}

/// Somebody whom nobody in the scenario knows.
pub(crate) fn stranger(world: &mut World, name: &str) -> ActorId {
    let name = untaken(world, name);
    if name.starts_with(CONTRACT) {
        let address = Address::from_word(keccak256(format!("@explore/{name}")));
        let owner = Address::from_word(keccak256(format!("@explore/owner of {name}")));
        return world.add_actor(ActorState { name, address, key: None, via: Some(owner) });
    }
    // The key that he has too where a scenario names him.
    let key = Key::derive(&name);
    world.add_actor(ActorState { name, address: key.address(), key: Some(key), via: None })
}

/// A name that nobody in the scenario has.
pub(crate) fn untaken(world: &World, name: &str) -> String {
    let taken = |name: &str| world.actors().iter().any(|actor| actor.name == name);
    let mut name = name.to_owned();
    while taken(&name) {
        name.push('\'');
    }
    name
}

/// The selector of `approve(address,uint256)`.
const APPROVE: [u8; 4] = [0x09, 0x5e, 0xa7, 0xb3];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn approve_has_the_selector_of_its_signature() {
        assert_eq!(keccak256("approve(address,uint256)")[..4], APPROVE);
    }
}

//! Who has what.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, Bytes, U256};
use num_bigint::BigInt;

use super::state::World;
use crate::expr::{
    ActorId, CallSite, EvalErrorKind, InstanceId, IntSize, TokenId, Type,
    abi::{DecodeError, decode_output},
    from_u256, read,
};

/// The selector of `balanceOf(address)`.
const BALANCE_OF: [u8; 4] = [0x70, 0xa0, 0x82, 0x31];

/// Someone who can have something. Ordered as reports list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// An actor.
    Actor(ActorId),
    /// A declared contract.
    Instance(InstanceId),
    /// A declared token: what was sent to the token itself.
    Token(TokenId),
}

/// Something one can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asset {
    /// ETH.
    Ether,
    /// A declared token.
    Token(TokenId),
}

/// What every party had at one moment, of ETH and of every token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances {
    amounts: BTreeMap<(Asset, Party), U256>,
}

/// How much more, or less, a party has than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Of what.
    pub asset: Asset,
    /// Who.
    pub party: Party,
    /// The difference, never zero.
    pub by: BigInt,
}

impl Balances {
    /// What a party had.
    pub fn get(&self, asset: Asset, party: Party) -> U256 {
        self.amounts.get(&(asset, party)).copied().unwrap_or_default()
    }

    /// Every amount, by asset and then by party.
    pub fn iter(&self) -> impl Iterator<Item = (Asset, Party, U256)> {
        self.amounts.iter().map(|((asset, party), amount)| (*asset, *party, *amount))
    }

    /// What is different later, by asset and then by party. Who or what was not there yet had nothing.
    pub fn changes_to(&self, later: &Self) -> Vec<Change> {
        let keys: BTreeSet<_> = self.amounts.keys().chain(later.amounts.keys()).copied().collect();
        keys.into_iter()
            .filter_map(|(asset, party)| {
                let (before, after) = (self.get(asset, party), later.get(asset, party));
                (before != after).then(|| Change {
                    asset,
                    party,
                    by: from_u256(after) - from_u256(before),
                })
            })
            .collect()
    }
}

impl World {
    /// The balance of an account: of a token, or of ETH.
    ///
    /// # Errors
    /// When the token does not answer `balanceOf`, or the engine fails.
    pub fn balance(&self, token: Option<Address>, account: Address) -> Result<U256, EvalErrorKind> {
        let Some(token) = token else {
            return Ok(self.chain.balance(account)?);
        };
        let mut input = BALANCE_OF.to_vec();
        input.extend_from_slice(account.into_word().as_slice());
        let site = || CallSite::boxed(token, None, "balanceOf");
        let output = read(self, token, Bytes::from(input), site)?;
        let uint256 = Type::Int(Some(IntSize { signed: false, bits: 256 }));
        let bad = |error: DecodeError| EvalErrorKind::BadReturnData { call: site(), error };
        let value = decode_output(&uint256, &output).map_err(bad)?;
        value.as_amount().ok_or_else(|| EvalErrorKind::Mismatch {
            value: value.to_string(),
            wanted: "a balance",
        })
    }

    /// Records what an account has now as what it entered the scenario with: of a token, or of ETH. Only the first time
    /// counts.
    ///
    /// # Errors
    /// As [`balance`](Self::balance).
    pub fn record_baseline(
        &mut self,
        token: Option<Address>,
        account: Address,
    ) -> Result<(), EvalErrorKind> {
        if self.baseline(token, account).is_none() {
            let amount = self.balance(token, account)?;
            self.baselines().insert((token, account), amount);
        }
        Ok(())
    }

    /// Records the baselines that are missing: of every party that is there, in ETH and in every token that is there.
    ///
    /// To be called when someone or something has entered the scenario, after what it was given to begin with.
    ///
    /// # Errors
    /// As [`balance`](Self::balance).
    pub fn record_baselines(&mut self) -> Result<(), EvalErrorKind> {
        let assets: Vec<_> = self.assets().into_iter().map(|(_, token)| token).collect();
        for (_, account) in self.parties() {
            for token in &assets {
                self.record_baseline(*token, account)?;
            }
        }
        Ok(())
    }

    /// What an account entered the scenario with, and what it has now.
    ///
    /// # Errors
    /// [`EvalErrorKind::NoBaseline`] if it has not entered; otherwise as [`balance`](Self::balance).
    pub fn gain(
        &self,
        token: Option<Address>,
        account: Address,
    ) -> Result<(U256, U256), EvalErrorKind> {
        let unknown = || EvalErrorKind::NoBaseline { account: self.names().label(account) };
        let before = self.baseline(token, account).ok_or_else(unknown)?;
        let now = self.balance(token, account)?;
        let forgiven = if token.is_none() { self.forgiven(account) } else { U256::ZERO };
        Ok((before, now.saturating_add(forgiven)))
    }

    /// Everyone who is on the chain, with the address; in order.
    pub fn parties(&self) -> Vec<(Party, Address)> {
        let actors = self
            .actors()
            .iter()
            .enumerate()
            .map(|(id, actor)| (Party::Actor(ActorId(id)), actor.address));
        let at = |(id, address): (usize, Option<Address>), party: fn(usize) -> Party| {
            Some((party(id), address?))
        };
        let instances = self.instances().iter().map(|instance| instance.address).enumerate();
        let tokens = self.tokens().iter().map(|token| token.address).enumerate();
        actors
            .chain(instances.filter_map(|found| at(found, |id| Party::Instance(InstanceId(id)))))
            .chain(tokens.filter_map(|found| at(found, |id| Party::Token(TokenId(id)))))
            .collect()
    }

    /// ETH and every token that is on the chain, with its address; in order.
    pub fn assets(&self) -> Vec<(Asset, Option<Address>)> {
        let tokens = self.tokens().iter().enumerate();
        let tokens = tokens
            .filter_map(|(id, token)| Some((Asset::Token(TokenId(id)), Some(token.address?))));
        std::iter::once((Asset::Ether, None)).chain(tokens).collect()
    }

    /// What everyone has now: one look at the chain for each party and asset.
    ///
    /// # Errors
    /// As [`balance`](Self::balance).
    pub fn balances(&self) -> Result<Balances, EvalErrorKind> {
        let parties = self.parties();
        let mut amounts = BTreeMap::new();
        for (asset, token) in self.assets() {
            for (party, account) in &parties {
                amounts.insert((asset, *party), self.balance(token, *account)?);
            }
        }
        Ok(Balances { amounts })
    }
}

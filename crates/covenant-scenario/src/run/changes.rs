//! Who has how much more, or less.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::U256;
use covenant_chain::{Receipt, Snapshot};
use num_bigint::BigInt;
use num_traits::Zero;

use super::{
    carrier::Carrier,
    options::RunError,
    runner::{Flow, Runner, Stop},
};
use crate::{
    event::{Asset, Change, Failure, FailureKind, Site},
    expr::{EvalErrorKind, Prepared, Value, decimal, ether, from_u256},
    plan::{Act, Changes},
    source::Span,
    world::{self, Balances, Party},
};

impl<C: Carrier> Runner<'_, C> {
    /// What everybody has now.
    pub(super) fn balances(&mut self, act: &Act) -> Flow<Balances> {
        self.world.balances().map_err(|kind| self.cannot_evaluate(kind.at(act.span), &act.site))
    }

    /// How balances changed in a transaction, fees left out; up to now, unless it is known what they were just after it.
    pub(super) fn changes_since(
        &mut self,
        (before, after): (&Balances, Option<&Snapshot>),
        act: &Act,
        prepared: &Prepared,
        result: &Result<Receipt, String>,
    ) -> Flow<Vec<world::Change>> {
        let after = match after {
            Some(after) => self.balances_at(after, act)?,
            None => self.balances(act)?,
        };
        let mut changes = before.changes_to(&after);
        let fee = result.as_ref().map_or(U256::ZERO, |receipt| receipt.fee);
        let payer = Party::Actor(act.actor);
        if !fee.is_zero() && self.world.actor(act.actor).address == prepared.transaction.from {
            give_back(&mut changes, payer, &from_u256(fee));
        }
        Ok(changes)
    }

    /// Changes with names in the place of numbers.
    pub(super) fn named(&self, changes: &[world::Change]) -> Vec<Change> {
        let named = |change: &world::Change| Change {
            party: self.party_name(change.party),
            asset: self.asset(change.asset),
            amount: change.by.clone(),
        };
        changes.iter().map(named).collect()
    }

    /// What everybody gained from when he entered the scenario.
    ///
    /// # Errors
    /// When the engine fails. A token that does not answer is left out.
    pub(super) fn gains(&self) -> Result<Vec<Change>, RunError> {
        let mut gains = Vec::new();
        for (party, account) in self.world.parties() {
            for (asset, token) in self.world.assets() {
                match self.world.gain(token, account) {
                    Ok((before, now)) if before != now => gains.push(Change {
                        party: self.party_name(party),
                        asset: self.asset(asset),
                        amount: from_u256(now) - from_u256(before),
                    }),
                    Err(EvalErrorKind::Engine(error)) => return Err(error.into()),
                    Ok(_) | Err(_) => {}
                }
            }
        }
        Ok(gains)
    }

    /// Compares balance changes with what was expected: whoever is not named must not change.
    pub(super) fn changes_meet(
        &mut self,
        act: &Act,
        expected: &Changes,
        actual: &[world::Change],
    ) -> Flow {
        let wanted = self.wanted(expected, &act.site)?;
        let seen: BTreeMap<(Party, world::Asset), &BigInt> =
            actual.iter().map(|change| ((change.party, change.asset), &change.by)).collect();
        let mut wrong = Vec::new();
        for (key, (amount, span)) in &wanted {
            let by = seen.get(key).map_or_else(BigInt::zero, |by| (*by).clone());
            if by != *amount {
                wrong.push(Wrong { key: *key, expected: Some(amount.clone()), by, span: *span });
            }
        }
        for (key, by) in &seen {
            // A token's own contract is neither an actor nor a declared contract: it counts only where it is named.
            if !wanted.contains_key(key) && !matches!(key.0, Party::Token(_)) {
                wrong.push(Wrong {
                    key: *key,
                    expected: None,
                    by: (*by).clone(),
                    span: expected.span,
                });
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(self.wrong_changes(act, &wrong)) }
    }

    fn wanted(
        &mut self,
        expected: &Changes,
        site: &Arc<Site>,
    ) -> Flow<BTreeMap<(Party, world::Asset), (BigInt, Span)>> {
        let mut wanted = BTreeMap::new();
        for entry in &expected.entries {
            let amount = match self.value(&entry.amount, site)? {
                Value::Int(amount) => amount,
                other => unreachable!("the checker made sure that {other:?} is a number"),
            };
            wanted.insert((entry.party, entry.asset), (amount, entry.span));
        }
        Ok(wanted)
    }

    fn wrong_changes(&mut self, act: &Act, wrong: &[Wrong]) -> Stop {
        let first = &wrong[0];
        let name = self.party_name(first.key.0);
        let message = match first.expected {
            Some(_) => format!("the balance of `{name}` changed differently"),
            None => format!("`{name}` is not named, so its balance must not change, but it did"),
        };
        let mut failure: Failure =
            self.failure(&act.site, first.span, FailureKind::Changes, message);
        failure.expected = Some(self.expected_text(first));
        failure.actual = Some(self.amount(&first.by, first.key.1));
        // One alone says nothing that was not said already.
        let told = if wrong.len() > 1 { wrong } else { &[] };
        failure.notes = told
            .iter()
            .map(|one| {
                let name = self.party_name(one.key.0);
                let (expected, by) = (self.expected_text(one), self.amount(&one.by, one.key.1));
                format!("{name}: expected {expected}, changed by {by}")
            })
            .collect();
        self.fail(failure)
    }

    fn expected_text(&self, wrong: &Wrong) -> String {
        wrong
            .expected
            .as_ref()
            .map_or_else(|| "no change".to_owned(), |amount| self.amount(amount, wrong.key.1))
    }

    /// An amount as one would write it.
    pub(super) fn amount(&self, amount: &BigInt, asset: world::Asset) -> String {
        match asset {
            world::Asset::Ether => ether(amount),
            world::Asset::Token(id) => {
                let token = &self.plan.tokens[id.0];
                format!("{} {}", decimal(amount, token.decimals), token.name)
            }
        }
    }

    /// The name of a party.
    pub(super) fn party_name(&self, party: Party) -> Arc<str> {
        match party {
            Party::Actor(id) => Arc::clone(&self.plan.actors[id.0].name),
            Party::Instance(id) => Arc::clone(&self.plan.instances[id.0].name),
            Party::Token(id) => Arc::clone(&self.plan.tokens[id.0].name),
        }
    }

    fn asset(&self, asset: world::Asset) -> Asset {
        match asset {
            world::Asset::Ether => Asset::Eth,
            world::Asset::Token(id) => {
                let token = &self.plan.tokens[id.0];
                Asset::Token { name: Arc::clone(&token.name), decimals: token.decimals }
            }
        }
    }
}

/// A balance that changed otherwise than expected.
struct Wrong {
    key: (Party, world::Asset),
    expected: Option<BigInt>,
    by: BigInt,
    span: Span,
}

/// Gives a fee back to whoever paid it, as if there had been none.
fn give_back(changes: &mut Vec<world::Change>, payer: Party, fee: &BigInt) {
    let asset = world::Asset::Ether;
    match changes.iter_mut().find(|change| change.party == payer && change.asset == asset) {
        Some(change) => change.by += fee,
        None => changes.insert(0, world::Change { asset, party: payer, by: fee.clone() }),
    }
    changes.retain(|change| !change.by.is_zero());
}

//! What must hold whatever happened, by its number in INVARIANTS.md.

use alloy_primitives::U256;

use super::{
    super::cast::{ASSETS, Who},
    Agreements,
    act::Call,
    state::Status,
    terms::Terms,
};

impl Agreements {
    /// What somebody has and may withdraw of an asset.
    pub(super) fn purse(&self, asset: Who, who: Who) -> U256 {
        self.books.balance(asset, who) + self.books.credit_of(asset, who)
    }

    /// The same with what all agreements pay if nobody does anything any more.
    pub(super) fn wealth(&self, asset: Who, who: Who) -> U256 {
        let mut wealth = self.purse(asset, who);
        for (agreement, _) in self.agreements.iter().zip(&self.sound).filter(|(_, sound)| **sound) {
            let claims = agreement.claim(who).into_iter().zip(&agreement.terms().legs);
            let claims = claims.filter(|(_, leg)| leg.asset == asset);
            wealth += claims.fold(U256::ZERO, |sum, (claim, _)| sum + U256::from(claim));
        }
        wealth
    }

    /// The first invariant that an agreement does not keep after a call.
    pub(super) fn broken_at(
        &self,
        index: usize,
        before: &Self,
        call: &Call,
        caller: Who,
    ) -> Option<&'static str> {
        let (now, then) = (&self.agreements[index], &before.agreements[index]);
        if now.legs.iter().any(|leg| leg.paid_in != leg.went + leg.held) {
            return Some("C-4");
        }
        let stays = |(then, now): (&Option<bool>, &Option<bool>)| then.is_none() || then == now;
        if !then.decided.iter().zip(&now.decided).all(stays) {
            return Some("C-2");
        }
        if then.status.is_final() && (now.status != then.status || now.legs != then.legs) {
            return Some("I-4");
        }
        let Terms { parties, legs, .. } = now.terms();
        let binds = then.status == Status::Active;
        // A call by consent, and a clause that is met, take from one and give to another.
        let divides = matches!(call, Call::Execute(_) | Call::SettleByConsent(..));
        for asset in self.assets().into_iter().filter(|asset| asset.asset().is_some()) {
            for who in Who::all().filter(|who| ![Who::CONTRACT, Who::NOBODY].contains(who)) {
                let pays = legs.iter().any(|leg| parties.get(usize::from(leg.payer)) == Some(&who));
                if !binds && !pays && self.purse(asset, who) > before.purse(asset, who) {
                    return Some("C-9");
                }
                let (had, has) = (before.wealth(asset, who), self.wealth(asset, who));
                if has > had && !parties.contains(&who) {
                    return Some("I-7");
                }
                // What is lost on the way to a party, a token took. Once it binds, the payer's claim is the receiver's.
                let begins = !binds && now.status == Status::Active;
                let kept = divides || begins || asset == Who::TAXED || who == caller;
                if has < had && !kept && !parties.contains(&caller) {
                    return Some("I-10");
                }
            }
        }
        None
    }

    /// What is owed is what is held for agreements, and credits.
    pub(super) fn liabilities_add_up(&self) -> bool {
        ASSETS.iter().all(|asset| {
            let sound = self.agreements.iter().zip(&self.sound).filter(|(_, sound)| **sound);
            let mut owed = U256::ZERO;
            for (agreement, _) in sound {
                for party in &agreement.terms().parties {
                    let claims = agreement.claim(*party).into_iter().zip(&agreement.terms().legs);
                    for (claim, _) in claims.filter(|(_, leg)| leg.asset == *asset) {
                        owed += U256::from(claim);
                    }
                }
            }
            let credits =
                Who::all().fold(U256::ZERO, |sum, who| sum + self.books.credit_of(*asset, who));
            self.books.liabilities[asset.asset().expect("it is one")] == owed + credits
        })
    }
}

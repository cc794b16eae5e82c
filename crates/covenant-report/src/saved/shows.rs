//! What a scenario can say at the end of a counterexample that is then not so.

use std::collections::BTreeSet;

use alloy_primitives::U256;
use covenant_explore::{Graph, Story};
use covenant_scenario::{
    expr::{ActorId, eval, from_u256},
    plan::{Claim, ExplorePlan, Plan, PropertyKind},
    world::{Asset, Balances, Party, World},
};
use num_bigint::BigInt;

/// What fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failing {
    /// A condition after everything that is done.
    Check(String),
    /// The last call, which was expected to succeed.
    Succeeds,
    /// The last call was expected to revert.
    Reverts,
    /// The last call was expected to use no more gas.
    Gas(u64),
}

/// Tells what fails at the end of a story.
pub(super) struct Shows<'a> {
    pub(super) plan: &'a Plan,
    pub(super) explore: &'a ExplorePlan,
    pub(super) graph: &'a Graph,
    pub(super) story: &'a Story,
}

impl Shows<'_> {
    /// What fails; `None` where a scenario cannot say it.
    pub(super) fn failing(&self, kind: &PropertyKind) -> Option<Failing> {
        match kind {
            PropertyKind::Always(condition) => Some(Failing::Check(one_line(&condition.text))),
            PropertyKind::Never(condition) => {
                Some(Failing::Check(format!("!({})", one_line(&condition.text))))
            }
            PropertyKind::Conservation => {
                self.too_little().or_else(|| self.out_of_nothing()).map(Failing::Check)
            }
            PropertyKind::Rules => {
                (!self.story.acts.last()?.succeeded).then_some(Failing::Succeeds)
            }
            PropertyKind::Incentives => {
                let (actor, asset, most) = self.story.most.clone()?;
                let text = self.balance(asset, Party::Actor(actor));
                Some(Failing::Check(format!("{text} <= {most}")))
            }
            PropertyKind::NoTrappedFunds => {
                self.open(|_| true).or_else(|| self.left_behind()).map(Failing::Check)
            }
            PropertyKind::Ends => self.open(|_| true).map(Failing::Check),
            PropertyKind::ExitAlone(actor) | PropertyKind::ExitWithin(actor, _) => {
                let of_actor = |claim: &Claim| claim.actor == *actor;
                self.open(of_actor).or_else(|| self.poorer(*actor)).map(Failing::Check)
            }
            PropertyKind::NoUnattributedLoss => self.fallen().map(Failing::Check),
            PropertyKind::Only { .. } => Some(Failing::Reverts),
            PropertyKind::ExitGas { cap } => Some(Failing::Gas(*cap)),
            PropertyKind::After { then, .. } => {
                self.after(&one_line(&then.text)).map(Failing::Check)
            }
            _ => None,
        }
    }

    fn start(&self) -> &World {
        self.graph.world()
    }

    fn end(&self) -> &Balances {
        self.story.acts.last().map_or(&self.story.before, |act| &act.after)
    }

    /// A claim that is not settled.
    fn open(&self, which: impl Fn(&Claim) -> bool) -> Option<String> {
        let open = |claim: &&Claim| {
            which(claim) && amount(claim, &self.story.end).is_some_and(|left| !left.is_zero())
        };
        self.explore.claims.iter().find(open).map(|claim| format!("{} == 0", summand(&claim.text)))
    }

    /// A claim that has become less.
    fn fallen(&self) -> Option<String> {
        self.explore.claims.iter().find_map(|claim| {
            let (before, after) = (amount(claim, self.start())?, amount(claim, &self.story.end)?);
            (after < before).then(|| format!("{} >= {before}", summand(&claim.text)))
        })
    }

    /// Somebody has less than he had and was owed.
    fn poorer(&self, actor: ActorId) -> Option<String> {
        let party = Party::Actor(actor);
        self.explore.claims.iter().filter(|claim| claim.actor == actor).find_map(|claim| {
            let had = self.story.before.get(claim.asset, party);
            let due = had.checked_add(amount(claim, self.start())?)?;
            let has = self.end().get(claim.asset, party);
            (has < due).then(|| format!("{} >= {due}", self.balance(claim.asset, party)))
        })
    }

    /// Contracts hold less than what is claimed.
    fn too_little(&self) -> Option<String> {
        self.assets().into_iter().find_map(|asset| {
            let claims: Vec<&Claim> =
                self.explore.claims.iter().filter(|claim| claim.asset == asset).collect();
            let claimed = total(claims.iter().map(|claim| amount(claim, &self.story.end)))?;
            let (held, text) = self.held(asset, self.end());
            let all: Vec<String> = claims.iter().map(|claim| summand(&claim.text)).collect();
            (from_u256(held) < claimed).then(|| format!("{text} >= {}", all.join(" + ")))
        })
    }

    /// Contracts hold more than they did beyond all claims when it began.
    fn left_behind(&self) -> Option<String> {
        self.assets().into_iter().find_map(|asset| {
            let of_asset = self.explore.claims.iter().filter(|claim| claim.asset == asset);
            let claimed = total(of_asset.map(|claim| amount(claim, self.start())))?;
            let (before, _) = self.held(asset, &self.story.before);
            let (after, text) = self.held(asset, self.end());
            let dust = self.explore.dust.iter().find(|dust| dust.asset == asset);
            let dust = dust.map_or(U256::ZERO, |dust| dust.amount);
            let most = (from_u256(before) - claimed).max(BigInt::from(0)) + from_u256(dust);
            (from_u256(after) > most).then(|| format!("{text} <= {most}"))
        })
    }

    /// All parties have more or less together than before the last act.
    fn out_of_nothing(&self) -> Option<String> {
        let before = match self.story.acts.len() {
            0 => return None,
            1 => &self.story.before,
            acts => &self.story.acts[acts - 2].after,
        };
        let after = self.end();
        let assets: BTreeSet<Asset> = after.iter().map(|(asset, ..)| asset).collect();
        assets.into_iter().find_map(|asset| {
            let all = |balances: &Balances| -> BigInt {
                let of_asset = balances.iter().filter(|(other, ..)| *other == asset);
                of_asset.map(|(.., amount)| from_u256(amount)).sum()
            };
            let known = after.iter().filter(|(other, ..)| *other == asset);
            let texts: Vec<String> =
                known.map(|(_, party, _)| self.balance(asset, party)).collect();
            let (was, is) = (all(before), all(after));
            (was != is).then(|| format!("{} == {was}", texts.join(" + ")))
        })
    }

    fn assets(&self) -> Vec<Asset> {
        let mut all: Vec<Asset> = self.explore.claims.iter().map(|claim| claim.asset).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What all contracts of the scenario have, and how a scenario asks for it.
    fn held(&self, asset: Asset, balances: &Balances) -> (U256, String) {
        let instances = (0..self.plan.instances.len())
            .map(|index| Party::Instance(covenant_scenario::expr::InstanceId(index)));
        let mut sum = U256::ZERO;
        let mut texts = Vec::new();
        for party in instances {
            sum = sum.saturating_add(balances.get(asset, party));
            texts.push(self.balance(asset, party));
        }
        (sum, texts.join(" + "))
    }

    /// `balance(usd, escrow)`
    fn balance(&self, asset: Asset, party: Party) -> String {
        let name = match party {
            Party::Actor(id) => self.start().actor(id).name.clone(),
            Party::Instance(id) => self.plan.instances[id.0].name.to_string(),
            Party::Token(id) => self.plan.tokens[id.0].name.to_string(),
        };
        match asset {
            Asset::Ether => format!("balance({name})"),
            Asset::Token(id) => format!("balance({}, {name})", self.plan.tokens[id.0].name),
        }
    }

    /// A condition on a transition, with what everybody had before it written out.
    fn after(&self, text: &str) -> Option<String> {
        let before = match self.story.acts.len() {
            0 => return None,
            1 => &self.story.before,
            acts => &self.story.acts[acts - 2].after,
        };
        let mut out = String::new();
        let mut rest = text;
        while let Some((head, tail)) = rest.split_once("change(") {
            let (args, tail) = tail.split_once(')')?;
            let asked = args.split(',').map(str::trim).collect::<Vec<_>>().join(", ");
            let known = before.iter().find(|(asset, party, _)| {
                self.balance(*asset, *party) == format!("balance({asked})")
            });
            let had = known.map_or(U256::ZERO, |(_, _, had)| had);
            out.extend([format!("{head}(balance({asked}) - {had})")]);
            rest = tail;
        }
        let succeeded = self.story.acts.last().is_none_or(|act| act.succeeded);
        Some((out + rest).replace("succeeded", if succeeded { "true" } else { "false" }))
    }
}

fn total(amounts: impl Iterator<Item = Option<U256>>) -> Option<BigInt> {
    amounts.map(|amount| amount.map(from_u256)).sum()
}

fn amount(claim: &Claim, world: &World) -> Option<U256> {
    eval(&claim.amount, world).ok()?.as_amount()
}

/// An expression that something may be added to.
fn summand(text: &str) -> String {
    let text = one_line(text);
    let is_one = text.chars().all(|one| one.is_alphanumeric() || "._(), ".contains(one));
    if is_one { text } else { format!("({text})") }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

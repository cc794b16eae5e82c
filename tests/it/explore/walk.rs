//! Walks at random through an agreement: another oracle, for agreements that are too large for the one by brute force.
//!
//! It knows nothing of zones either, and nothing of graphs. Somebody acts or time goes by, whatever chance says, and what
//! is asked of states and of calls is asked of the chain as it is then. After some walks it is very late: then whoever can
//! still act tries everything, and what is not paid out by that is trapped. It proves nothing; what it refutes is refuted.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, U256};
use covenant_chain::Timestamp;
use covenant_scenario::{
    RunOptions, Stage,
    expr::ActorId,
    plan::{ExplorePlan, Plan, PropertyKind},
    world::{Attempt, World, WorldSnapshot},
};

use super::brute::{Deed, Unanswered, amount, deeds, sent, token, truth};
use crate::model::dice::Dice;

/// What walks have shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Walked {
    /// How many walks there were.
    pub(super) walks: u64,
    /// How many moves were tried, and how often time went by.
    pub(super) steps: u64,
    /// How many moves succeeded.
    pub(super) made: u64,
    /// Properties that do not hold, and the way to where they do not.
    pub(super) broken: BTreeMap<String, String>,
}

/// No walk has more waits and acts than this.
const LONGEST: u64 = 16;

/// So many moves are tried before nobody acts: most fail in most states.
const TRIES: u64 = 12;

/// One walk in so many is followed to the end of all time.
const LATE: u64 = 16;

/// Very late: ten years after all that is written in any agreement here.
const TEN_YEARS: u64 = 3_650 * 86_400;

/// From very late on, no more than this many states are tried.
const MOST_LATE: usize = 400;

/// Walks through an agreement until so many steps were made.
pub(super) fn walk(plan: &Arc<Plan>, seed: u64, steps: u64) -> Result<Walked, Unanswered> {
    let explore = plan.explore.as_ref().expect("the scenario says what is explored");
    let options = RunOptions::default();
    let stage = Stage::after(plan, &options, plan.steps.len()).map_err(|why| why.to_string())?;
    let world = stage.world().clone();
    let start = world.snapshot();
    let began = world.chain.now().0;
    let deeds = deeds(explore);
    let (dice, walked) = (Dice::new(seed), Walked::default());
    let (way, most) = (Vec::new(), Vec::new());
    let mut walker = Walker { explore, deeds, world, start, began, dice, walked, way, most };
    walker.most = walker.surplus()?;
    while walker.walked.steps < steps {
        walker.once()?;
    }
    Ok(walker.walked)
}

struct Walker<'a> {
    explore: &'a ExplorePlan,
    deeds: Vec<Deed<'a>>,
    world: World,
    start: WorldSnapshot,
    began: u64,
    dice: Dice,
    walked: Walked,
    /// What was done since the walk began.
    way: Vec<String>,
    /// For each claim, what contracts may keep of its asset: what they had at first beyond all claims, and dust.
    most: Vec<U256>,
}

impl Walker<'_> {
    fn once(&mut self) -> Result<(), Unanswered> {
        self.world.restore(&self.start);
        self.way.clear();
        self.walked.walks += 1;
        self.look()?;
        for _ in 0..=self.dice.below(LONGEST) {
            if self.dice.chance(25) {
                self.walked.steps += 1;
                self.wait();
                self.look()?;
            } else if self.somebody_acts()? {
                self.look()?;
            }
        }
        if self.walked.walks.is_multiple_of(LATE) {
            self.late()?;
        }
        Ok(())
    }

    /// Time goes by: a little, or up to about the end of some day, where deadlines like to be.
    fn wait(&mut self) {
        let now = self.world.chain.now().0;
        let day = 86_400;
        let then = match self.dice.below(4) {
            0 => now + self.dice.below(10),
            1 => now + self.dice.below(6 * day),
            2 => now + day * self.dice.below(16) + self.dice.below(3),
            _ => self.began + day * self.dice.below(150) + self.dice.below(3) - 1,
        };
        let then = then.max(now);
        self.world.chain.set_now(Timestamp(then)).expect("time goes forward");
        self.way.push(format!("+{} s", then - now));
    }

    /// Moves are tried until one succeeds. Says whether one did.
    fn somebody_acts(&mut self) -> Result<bool, Unanswered> {
        let count = u64::try_from(self.deeds.len()).expect("moves are few");
        for _ in 0..TRIES {
            self.walked.steps += 1;
            let deed = usize::try_from(self.dice.below(count)).expect("it is a move");
            if self.act(deed)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Somebody does something. Says whether it succeeded.
    fn act(&mut self, index: usize) -> Result<bool, Unanswered> {
        let deed = &self.deeds[index];
        let Some(transaction) = deed.transaction(&self.world)? else { return Ok(false) };
        let before = self.world.snapshot();
        let about = self.about(index)?;
        let succeeded = sent(&mut self.world, &transaction).is_some();
        if succeeded {
            self.walked.made += 1;
            let deed = &self.deeds[index];
            let who = self.world.actor(deed.actor).name.clone();
            self.way.push(format!("{who}: {}", deed.one.text));
        }
        for property in about {
            if !self.agrees(property, &before, succeeded)? {
                self.broken(property);
            }
        }
        Ok(succeeded)
    }

    /// The properties that are about a move, made here.
    fn about(&self, index: usize) -> Result<Vec<usize>, Unanswered> {
        let deed = &self.deeds[index];
        let mut about = Vec::new();
        for (number, property) in self.explore.properties.iter().enumerate() {
            let is_about = match &property.kind {
                PropertyKind::Only { actors, target, functions } => {
                    !actors.contains(&deed.actor) && deed.calls(target, functions, &self.world)?
                }
                PropertyKind::After { call, .. } => deed.is_like(call, &self.world)?,
                _ => false,
            };
            if is_about && !self.is_broken(number) {
                about.push(number);
            }
        }
        Ok(about)
    }

    fn agrees(
        &mut self,
        property: usize,
        before: &WorldSnapshot,
        succeeded: bool,
    ) -> Result<bool, Unanswered> {
        match &self.explore.properties[property].kind {
            PropertyKind::Only { .. } => Ok(!succeeded),
            PropertyKind::After { then, attempts, .. } if succeeded || *attempts => {
                let attempt = if succeeded { Attempt::Succeeded } else { Attempt::Failed };
                self.world.since(before, attempt);
                truth(&then.typed, &self.world)
            }
            _ => Ok(true),
        }
    }

    /// Asks all that can be asked of a state.
    fn look(&mut self) -> Result<(), Unanswered> {
        let explore = self.explore;
        for (number, property) in explore.properties.iter().enumerate() {
            if self.is_broken(number) {
                continue;
            }
            let holds = match &property.kind {
                PropertyKind::Always(condition) => truth(&condition.typed, &self.world)?,
                PropertyKind::Never(condition) => !truth(&condition.typed, &self.world)?,
                PropertyKind::Conservation => self.is_conserved()?,
                _ => true,
            };
            if !holds {
                self.broken(number);
            }
        }
        Ok(())
    }

    fn is_broken(&self, property: usize) -> bool {
        self.walked.broken.contains_key(&*self.explore.properties[property].text)
    }

    fn broken(&mut self, property: usize) {
        let text = self.explore.properties[property].text.to_string();
        self.walked.broken.entry(text).or_insert_with(|| self.way.join("; "));
    }

    /// What everybody claims, in the order of the plan.
    fn claims(&self) -> Result<Vec<U256>, Unanswered> {
        self.explore.claims.iter().map(|claim| amount(&claim.amount, &self.world)).collect()
    }

    fn has(&self, index: usize, address: Address) -> U256 {
        let asset = token(self.explore.claims[index].asset, &self.world);
        self.world.balance(asset, address).expect("it has a balance")
    }

    /// What contracts have of a claim's asset.
    fn held(&self, index: usize) -> U256 {
        let contracts = self.world.instances().iter().filter_map(|it| it.address);
        contracts.map(|address| self.has(index, address)).sum()
    }

    /// What is claimed of a claim's asset by all.
    fn claimed(&self, claims: &[U256], index: usize) -> U256 {
        let asset = self.explore.claims[index].asset;
        let same = self.explore.claims.iter().zip(claims).filter(|(it, _)| it.asset == asset);
        same.fold(U256::ZERO, |sum, (_, claim)| sum.saturating_add(*claim))
    }

    /// What contracts have beyond all claims, and dust, for each claim of its asset.
    fn surplus(&self) -> Result<Vec<U256>, Unanswered> {
        let claims = self.claims()?;
        let beyond = |index: usize| {
            let asset = self.explore.claims[index].asset;
            let dust = self.explore.dust.iter().find(|dust| dust.asset == asset);
            let dust = dust.map_or(U256::ZERO, |dust| dust.amount);
            self.held(index).saturating_sub(self.claimed(&claims, index)).saturating_add(dust)
        };
        Ok((0..claims.len()).map(beyond).collect())
    }

    /// That contracts have what is claimed, of every asset.
    fn is_conserved(&self) -> Result<bool, Unanswered> {
        let claims = self.claims()?;
        Ok((0..claims.len()).all(|index| self.held(index) >= self.claimed(&claims, index)))
    }

    /// Goes to where no deadline is ahead any more, and looks at which claims can still be paid.
    fn late(&mut self) -> Result<(), Unanswered> {
        let late = self.world.chain.now().0 + TEN_YEARS;
        self.world.chain.set_now(Timestamp(late)).expect("time goes forward");
        let moment = self.world.snapshot();
        let settled = |walker: &Self, claims: &[U256]| {
            let kept = || walker.most.iter().enumerate();
            claims.iter().all(U256::is_zero)
                && kept().all(|(index, most)| walker.held(index) <= *most)
        };
        let explore = self.explore;
        for (number, property) in explore.properties.iter().enumerate() {
            if self.is_broken(number) {
                continue;
            }
            let finds = match &property.kind {
                PropertyKind::NoTrappedFunds => self.finds(&moment, None, settled)?,
                PropertyKind::ExitAlone(actor) => self.gets_out(&moment, *actor)?,
                _ => true,
            };
            if !finds {
                self.broken(number);
            }
        }
        Ok(())
    }

    /// Whether an actor alone can get what is his, in full.
    fn gets_out(&mut self, moment: &WorldSnapshot, actor: ActorId) -> Result<bool, Unanswered> {
        self.world.restore(moment);
        let claims = self.claims()?;
        let address = self.world.actor(actor).address;
        let of = self.explore.claims.iter().enumerate();
        let his: Vec<usize> =
            of.filter(|(_, claim)| claim.actor == actor).map(|(index, _)| index).collect();
        let least: BTreeMap<usize, U256> = his
            .iter()
            .map(|index| (*index, self.has(*index, address).saturating_add(claims[*index])))
            .collect();
        self.finds(moment, Some(actor), |walker, claims| {
            let paid = |(index, least): (&usize, &U256)| {
                claims[*index].is_zero() && walker.has(*index, address) >= *least
            };
            least.iter().all(paid)
        })
    }

    /// Whether there is a way to what is wanted from a moment on, by moves of one actor or of all, without time.
    fn finds(
        &mut self,
        moment: &WorldSnapshot,
        by: Option<ActorId>,
        is_wanted: impl Fn(&Self, &[U256]) -> bool,
    ) -> Result<bool, Unanswered> {
        let mut waiting = vec![moment.clone()];
        let mut seen = BTreeSet::new();
        while let Some(moment) = waiting.pop() {
            self.world.restore(&moment);
            if !seen.insert(self.key()) {
                continue;
            }
            let claims = self.claims()?;
            // Where there is so much to try, nothing is said.
            if is_wanted(self, &claims) || seen.len() > MOST_LATE {
                return Ok(true);
            }
            for index in 0..self.deeds.len() {
                if by.is_some_and(|actor| self.deeds[index].actor != actor) {
                    continue;
                }
                self.world.restore(&moment);
                let Some(transaction) = self.deeds[index].transaction(&self.world)? else {
                    continue;
                };
                if sent(&mut self.world, &transaction).is_some() {
                    waiting.push(self.world.snapshot());
                }
            }
        }
        Ok(false)
    }

    /// All that is on the chain, but for how much was sent by whom.
    fn key(&self) -> String {
        let accounts = self.world.chain.accounts().expect("the chain answers").into_iter();
        let of =
            accounts.map(|(address, it)| (address, it.state.balance, it.state.code, it.storage));
        format!("{:?}", of.collect::<Vec<_>>())
    }
}

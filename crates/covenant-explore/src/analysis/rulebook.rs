//! The rules of a scenario: that each can fire, and that no two of them exclude each other.
//!
//! A rule is no move of the graph: it is looked at where the parties have come by their own moves. There its condition is
//! asked, and its steps are made on the chain, one after the other and at that instant, with times followed through all
//! of them: what is seen is so at all times of a zone.

use std::sync::Arc;

use alloy_primitives::U256;
use covenant_chain::shadow::StorageShadows;
use covenant_scenario::{
    expr::{ActorId, Instants, Typed, from_u256},
    plan::{Act, Claim, Rule, StepKind},
    world::World,
};
use num_bigint::BigInt;

use super::{
    Observer, Sets,
    observe::{asked, unanswered},
};
use crate::{
    graph::{ExploreError, Graph, Made, Move, Questions, Role, State, send_on},
    verdict::Answer,
};

/// One thing that a rule does.
#[derive(Clone, Debug)]
enum Deed {
    /// A call; whether it is to revert.
    Act(Box<Move>, bool),
    /// Something that has to hold.
    Check(Typed),
}

/// A rule that can be looked at.
#[derive(Clone, Debug)]
struct Followed {
    name: Arc<str>,
    when: Typed,
    deeds: Vec<Deed>,
}

/// How rules end that fire one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    /// The condition of the first does not hold.
    Idle,
    /// Everything goes as it should; what everybody has and is owed then.
    Done(Vec<Option<BigInt>>),
    /// Of the rule with this place in the order, the step with this number does not.
    Fails(usize, usize),
}

/// What is wrong with two rules.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Clash {
    /// After the first (its place among the two), a step of the other fails, though its condition still holds.
    Excludes(usize, usize),
    /// Somebody has something else in the end, by which of them comes first.
    Matters(ActorId),
}

/// That every rule can fire, and that no two of them exclude each other.
pub(crate) fn rules(
    graph: &Graph,
    observer: &mut Observer<'_>,
    rules: &[Rule],
    claims: &[Claim],
) -> Result<Answer, ExploreError> {
    let mut book = Vec::new();
    let mut unfollowed = None;
    for rule in rules {
        match followed(rule, &graph.world)? {
            Some(rule) => book.push(rule),
            None => unfollowed = unfollowed.or(Some(&rule.name)),
        }
    }
    let rulebook = Rulebook { graph, claims };
    for (index, one) in book.iter().enumerate() {
        for other in &book[index + 1..] {
            if let Some(answer) = rulebook.clash(observer, [one, other])? {
                return Ok(answer);
            }
        }
    }
    for rule in &book {
        if let Some(answer) = rulebook.idle(observer, rule)? {
            return Ok(answer);
        }
    }
    Ok(match unfollowed {
        Some(name) => Answer::Open(Some(format!(
            "rule `{name}` does more than to act and to check, which is not followed"
        ))),
        None => Answer::holds(Some(match book.len() {
            1 => "it can fire".to_owned(),
            count => format!("each of {count} can fire, and no two exclude each other"),
        })),
    })
}

/// A rule, if all that it does is to act and to check.
fn followed(rule: &Rule, world: &World) -> Result<Option<Followed>, ExploreError> {
    let mut deeds = Vec::new();
    for step in &rule.then {
        match &step.kind {
            StepKind::Act(act) if can_be_made(act) => deeds.push(deed(act, world)?),
            StepKind::Together(acts) if acts.iter().all(can_be_made) => {
                for act in acts {
                    deeds.push(deed(act, world)?);
                }
            }
            StepKind::Check(conditions) if conditions.iter().all(|it| !asks_last(&it.typed)) => {
                deeds.extend(conditions.iter().map(|it| Deed::Check(it.typed.clone())));
            }
            _ => return Ok(None),
        }
    }
    let (name, when) = (Arc::clone(&rule.name), rule.when.typed.clone());
    Ok(Some(Followed { name, when, deeds }))
}

/// What is kept for later steps, or comes from earlier ones, is not followed.
fn can_be_made(act: &Act) -> bool {
    let parts = act.action.parts().into_iter().chain(&act.value).chain(&act.gas_limit);
    act.bind.is_none() && !parts.into_iter().any(asks_last)
}

fn asks_last(typed: &Typed) -> bool {
    use covenant_scenario::expr::Kind;
    matches!(typed.kind, Kind::Last) || typed.parts().into_iter().any(asks_last)
}

fn deed(act: &Act, world: &World) -> Result<Deed, ExploreError> {
    let made = Made {
        action: act.action.clone(),
        value: act.value.clone(),
        gas_limit: act.gas_limit.clone(),
        text: Arc::clone(&act.text),
    };
    let one = Move::new((act.actor, Role::Actor), made, world).map_err(ExploreError::Eval)?;
    Ok(Deed::Act(Box::new(one), act.expect.reverts.is_some()))
}

impl Followed {
    /// Its acts, up to one of its steps.
    fn acts(&self, most: usize) -> impl Iterator<Item = Move> + '_ {
        self.deeds.iter().take(most).filter_map(|deed| match deed {
            Deed::Act(one, _) => Some((**one).clone()),
            Deed::Check(_) => None,
        })
    }

    /// A step, as a scenario writes it.
    fn step(&self, index: usize) -> String {
        match &self.deeds[index] {
            Deed::Act(one, false) => format!("`{}` fails", one.text),
            Deed::Act(one, true) => format!("`{}` does not revert", one.text),
            Deed::Check(_) => "a condition that it checks does not hold".to_owned(),
        }
    }
}

struct Rulebook<'a> {
    graph: &'a Graph,
    claims: &'a [Claim],
}

impl Rulebook<'_> {
    /// What is wrong with two rules, where both can fire at one instant.
    fn clash(
        &self,
        observer: &mut Observer<'_>,
        pair: [&Followed; 2],
    ) -> Result<Option<Answer>, ExploreError> {
        let mut worst: Option<(Clash, Sets)> = None;
        for id in self.graph.ids() {
            let zones = self.graph.node(id).reach.zones().to_vec();
            let seen = observer.look(id, zones, |world, state, solution| {
                let mut questions = Questions::default();
                let clash = self.clash_at(pair, world, (state, solution), &mut questions)?;
                Ok((clash, questions))
            })?;
            for (zone, clash) in seen {
                let Some(clash) = clash else { continue };
                let (known, at) =
                    worst.get_or_insert_with(|| (clash.clone(), Sets::none(self.graph)));
                if *known == clash {
                    at.add(id, &zone);
                }
            }
        }
        Ok(worst.map(|(clash, at)| self.told(pair, &clash, at)))
    }

    fn told(&self, pair: [&Followed; 2], clash: &Clash, at: Sets) -> Answer {
        let can_be_saved = false;
        match *clash {
            Clash::Excludes(first, step) => {
                let (one, other) = (pair[first], pair[1 - first]);
                let what = format!(
                    "rules `{}` and `{}` exclude each other: after the first, {}, though the \
                     condition of the second still holds",
                    one.name,
                    other.name,
                    other.step(step)
                );
                let acts = one.acts(usize::MAX).chain(other.acts(step + 1)).collect();
                Answer::Clash { at, acts, what, can_be_saved }
            }
            Clash::Matters(who) => {
                let [one, other] = pair.map(|rule| &rule.name);
                let name = &self.graph.world.actor(who).name;
                let what =
                    format!("whether rule `{one}` or rule `{other}` fires first matters to {name}");
                let acts = pair[0].acts(usize::MAX).collect();
                Answer::Clash { at, acts, what, can_be_saved }
            }
        }
    }

    /// What is wrong with two rules in one state at one time.
    fn clash_at(
        &self,
        [one, other]: [&Followed; 2],
        world: &mut World,
        at: (&State, &[i64]),
        questions: &mut Questions,
    ) -> Result<Option<Clash>, ExploreError> {
        for alone in [one, other] {
            if !matches!(self.fired(&[alone], world, at, questions)?, End::Done(_)) {
                return Ok(None);
            }
        }
        let mut ends = Vec::new();
        for (first, order) in [[one, other], [other, one]].iter().enumerate() {
            match self.fired(order, world, at, questions)? {
                End::Done(worth) => ends.push(worth),
                End::Fails(1, step) => return Ok(Some(Clash::Excludes(first, step))),
                End::Idle | End::Fails(..) => {
                    let what = format!("rule `{}` does not end as it did before", order[0].name);
                    return Err(ExploreError::Broken { what });
                }
            }
        }
        let assets = self.graph.world.assets().len();
        let differs = ends[0].iter().zip(&ends[1]).position(|(one, other)| one != other);
        Ok(differs.map(|place| Clash::Matters(ActorId(place / assets))))
    }

    /// How it ends if these rules fire, each if its condition still holds.
    fn fired(
        &self,
        order: &[&Followed],
        world: &mut World,
        (state, solution): (&State, &[i64]),
        questions: &mut Questions,
    ) -> Result<End, ExploreError> {
        let pace = self.graph.pace;
        state.enter(world, pace, solution)?;
        let mut storage = state.shadows();
        for (place, rule) in order.iter().enumerate() {
            if !self.holds(&rule.when, world, &storage, questions)? {
                if place == 0 {
                    return Ok(End::Idle);
                }
                continue;
            }
            for (step, deed) in rule.deeds.iter().enumerate() {
                let went = match deed {
                    Deed::Check(condition) => self.holds(condition, world, &storage, questions)?,
                    Deed::Act(one, reverts) => {
                        let sent = send_on(world, pace, storage, (one, self.graph.eyes()))?;
                        questions.constraints.extend(sent.questions.constraints);
                        questions.blind.extend(sent.questions.blind);
                        storage = sent.storage;
                        // Everything of one instant is in one block here.
                        let moment = world.chain.snapshot();
                        world.chain.restore_at(&moment, pace.at(solution[1]), &[])?;
                        let made = sent.receipt.is_ok_and(|(it, _)| it.outcome.is_success());
                        made != *reverts
                    }
                };
                if !went {
                    return Ok(End::Fails(place, step));
                }
            }
        }
        Ok(End::Done(self.worth(world, &storage, questions)?))
    }

    fn holds(
        &self,
        condition: &Typed,
        world: &World,
        storage: &StorageShadows,
        questions: &mut Questions,
    ) -> Result<bool, ExploreError> {
        let instants = Instants { clock: self.graph.pace.clock(), storage: storage.clone() };
        let value = asked(condition, world, &instants, questions)?;
        Ok(value.and_then(|value| value.as_bool()).unwrap_or(false))
    }

    /// What everybody has and is owed, actor by actor and asset by asset.
    fn worth(
        &self,
        world: &World,
        storage: &StorageShadows,
        questions: &mut Questions,
    ) -> Result<Vec<Option<BigInt>>, ExploreError> {
        let instants = Instants { clock: self.graph.pace.clock(), storage: storage.clone() };
        let mut worth = Vec::new();
        for (id, actor) in world.actors().iter().enumerate() {
            for (asset, token) in world.assets() {
                let has: U256 =
                    world.balance(token, actor.address).map_err(unanswered("a balance"))?;
                let mut has = Some(from_u256(has));
                let is_his = |claim: &&Claim| claim.actor == ActorId(id) && claim.asset == asset;
                for claim in self.claims.iter().filter(is_his) {
                    let owed = asked(&claim.amount, world, &instants, questions)?;
                    let owed = owed.and_then(|owed| owed.as_amount()).map(from_u256);
                    has = has.zip(owed).map(|(has, owed)| has + owed);
                }
                worth.push(has);
            }
        }
        Ok(worth)
    }

    /// What keeps a rule from ever firing.
    fn idle(
        &self,
        observer: &mut Observer<'_>,
        rule: &Followed,
    ) -> Result<Option<Answer>, ExploreError> {
        let mut fails: Option<(usize, Sets)> = None;
        for id in self.graph.ids() {
            let zones = self.graph.node(id).reach.zones().to_vec();
            let seen = observer.look(id, zones, |world, state, solution| {
                let mut questions = Questions::default();
                let end = self.fired(&[rule], world, (state, solution), &mut questions)?;
                // It does not matter here what they have.
                let end = if matches!(end, End::Done(_)) { End::Done(Vec::new()) } else { end };
                Ok((end, questions))
            })?;
            for (zone, end) in seen {
                match end {
                    End::Done(_) => return Ok(None),
                    End::Idle => {}
                    End::Fails(_, step) => {
                        let (_, at) = fails.get_or_insert_with(|| (step, Sets::none(self.graph)));
                        at.add(id, &zone);
                    }
                }
            }
        }
        let name = &rule.name;
        Ok(Some(match fails {
            None => Answer::Missing(format!("the condition of rule `{name}` never holds")),
            Some((step, at)) => Answer::Clash {
                at,
                acts: rule.acts(step + 1).collect(),
                what: format!(
                    "rule `{name}` can never fire: wherever its condition holds, one of its steps \
                     fails; here {}",
                    rule.step(step)
                ),
                can_be_saved: true,
            },
        }))
    }
}

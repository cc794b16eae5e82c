//! What the oracle says of rules, and of honest play: each state by itself, and payoffs by backward induction.

use std::collections::BTreeSet;

use covenant_scenario::{
    expr::{ActorId, eval, from_u256},
    plan::{Act, Move, Rule, StepKind},
    world::{Asset, World},
};
use num_bigint::BigInt;

use super::brute::{Deed, Edge, Graph, sent, truth};

/// What is wrong with rules.
pub(super) struct Rulings {
    /// Two of them exclude each other.
    pub(super) clash: bool,
    /// One of them can never fire.
    pub(super) idle: bool,
}

/// Looks at the rules in every state.
pub(super) fn rules(graph: &Graph<'_>) -> Rulings {
    let rules = &graph.plan.rules;
    let mut world = graph.world.clone();
    let mut fired = vec![false; rules.len()];
    let mut clash = false;
    for node in &graph.nodes[..graph.reached] {
        let mut can = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            world.restore(&node.moment);
            if holds(rule, &world) && goes(rule, &mut world) {
                fired[index] = true;
                can.push(rule);
            }
        }
        for (index, one) in can.iter().enumerate() {
            for other in &can[index + 1..] {
                let ends = [[one, other], [other, one]].map(|[first, second]| {
                    world.restore(&node.moment);
                    assert!(goes(first, &mut world), "it did before");
                    let went = !holds(second, &world) || goes(second, &mut world);
                    went.then(|| worth(graph, &world))
                });
                clash |= ends[0].is_none() || ends[0] != ends[1];
            }
        }
    }
    Rulings { clash, idle: fired.contains(&false) }
}

fn holds(rule: &Rule, world: &World) -> bool {
    truth(&rule.when.typed, world).unwrap_or(false)
}

/// Takes the steps of a rule, and says whether all of them go as they should.
fn goes(rule: &Rule, world: &mut World) -> bool {
    rule.then.iter().all(|step| match &step.kind {
        StepKind::Act(act) => made(act, world),
        StepKind::Check(conditions) => {
            conditions.iter().all(|condition| truth(&condition.typed, world).unwrap_or(false))
        }
        other => panic!("rules of the family do not {other:?}"),
    })
}

fn made(act: &Act, world: &mut World) -> bool {
    let one = Move {
        action: act.action.clone(),
        value: act.value.clone(),
        gas_limit: act.gas_limit.clone(),
        text: act.text.clone(),
        site: act.site.clone(),
    };
    let transaction = Deed { actor: act.actor, one: &one }.transaction(world);
    let transaction = transaction.expect("arguments have values");
    let succeeded = transaction.is_some_and(|transaction| sent(world, &transaction).is_some());
    succeeded != act.expect.reverts.is_some()
}

/// What everybody has of everything, and is owed.
fn worth(graph: &Graph<'_>, world: &World) -> Vec<BigInt> {
    let mut worth = Vec::new();
    for (id, actor) in world.actors().iter().enumerate() {
        for (asset, token) in world.assets() {
            let has = world.balance(token, actor.address).expect("it has one");
            let claims = graph.explore.claims.iter();
            let his = claims.filter(|claim| claim.actor == ActorId(id) && claim.asset == asset);
            let owed = his.map(|claim| {
                let amount = eval(&claim.amount, world).expect("claims have values").as_amount();
                from_u256(amount.expect("claims are amounts"))
            });
            worth.push(from_u256(has) + owed.sum::<BigInt>());
        }
    }
    worth
}

/// That nobody has more at the end by anything else than honest play, while all others play honestly; nothing if honest
/// play has no end.
pub(super) fn honest_is_best(graph: &Graph<'_>) -> Option<bool> {
    let game = Game::of(graph);
    let mut is_best = true;
    for party in &game.parties {
        let honest = game.value(None, *party)?;
        let best = game.value(Some(*party), *party)?;
        is_best &= best <= honest;
    }
    Some(is_best)
}

struct Game<'a> {
    graph: &'a Graph<'a>,
    parties: BTreeSet<ActorId>,
    price: BigInt,
    /// Who is honest and moves in a state, and by which edge.
    due: Vec<Vec<(ActorId, Edge)>>,
    /// What everybody has of the one asset that matters.
    wealth: Vec<Vec<BigInt>>,
}

impl<'a> Game<'a> {
    fn of(graph: &'a Graph<'a>) -> Self {
        let mut world = graph.world.clone();
        let price = graph.explore.gas_price.as_ref().map(|price| {
            let price = eval(price, &world).expect("a price has a value").as_amount();
            from_u256(price.expect("a price is an amount"))
        });
        let assets: BTreeSet<Asset> =
            graph.explore.claims.iter().map(|claim| claim.asset).collect();
        assert_eq!(assets.len(), 1, "the family weighs one asset");
        let token = match assets.first() {
            Some(Asset::Token(id)) => Some(world.token_address(*id).expect("it is there")),
            _ => None,
        };
        let (mut due, mut wealth) = (Vec::new(), Vec::new());
        for id in 0..graph.reached {
            world.restore(&graph.nodes[id].moment);
            let has = |it: &covenant_scenario::world::ActorState| {
                from_u256(world.balance(token, it.address).expect("it has one"))
            };
            wealth.push(world.actors().iter().map(has).collect());
            due.push(first_calls(graph, &world, id));
        }
        Self {
            graph,
            parties: graph.deeds.iter().map(|deed| deed.actor).collect(),
            price: price.unwrap_or_default(),
            due,
            wealth,
        }
    }

    /// What a party has at the end of the play in which everybody is honest, at worst; or at best, where it plays as it
    /// likes.
    fn value(&self, player: Option<ActorId>, payer: ActorId) -> Option<BigInt> {
        let mut values: Vec<Option<BigInt>> = vec![None; self.graph.reached];
        loop {
            let mut is_stable = true;
            for id in (0..self.graph.reached).rev() {
                let all = self.options(id, player, payer, &values);
                let best = if player.is_some() { all.max() } else { all.min() };
                if best != values[id] {
                    values[id] = best;
                    is_stable = false;
                }
            }
            if is_stable {
                return values[0].clone();
            }
        }
    }

    /// The values of all that can come next in a state.
    fn options<'b>(
        &'b self,
        id: usize,
        player: Option<ActorId>,
        payer: ActorId,
        values: &'b [Option<BigInt>],
    ) -> impl Iterator<Item = BigInt> + 'b {
        let by = |edge: &Edge| self.graph.deeds[edge.deed].actor;
        let due: Vec<Edge> = self.due[id]
            .iter()
            .filter(|(actor, _)| Some(*actor) != player)
            .map(|(_, edge)| *edge)
            .collect();
        let waits = due.is_empty();
        let own = self.graph.edges[id].iter().filter(move |edge| Some(by(edge)) == player).copied();
        let moves = due.into_iter().chain(own).filter_map(move |edge| {
            let cost = if by(&edge) == payer { &self.price * edge.gas } else { BigInt::ZERO };
            Some(values[edge.to].clone()? - cost)
        });
        let later = self.graph.later[id].filter(|_| waits).and_then(|later| values[later].clone());
        let is_end = waits && self.graph.later[id].is_none();
        let end = is_end.then(|| self.wealth[id][payer.0].clone());
        moves.chain(later).chain(end)
    }
}

/// The first call of each honest actor that succeeds where it is to be made.
fn first_calls(graph: &Graph<'_>, world: &World, id: usize) -> Vec<(ActorId, Edge)> {
    let honest = graph.explore.honest.iter().flatten();
    let first = honest.filter_map(|honest| {
        let edge = honest.calls.iter().find_map(|call| {
            let is_wanted =
                call.when.as_ref().is_none_or(|when| truth(&when.typed, world).unwrap_or(false));
            let same = |edge: &&Edge| {
                let deed = &graph.deeds[edge.deed];
                deed.actor == honest.actor && deed.one.text == call.one.text
            };
            graph.edges[id].iter().find(same).filter(|_| is_wanted)
        });
        Some((honest.actor, *edge?))
    });
    first.collect()
}

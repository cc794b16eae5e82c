//! What can be seen of a state: expressions, balances and claims, at all times at which it can be.

use std::collections::{BTreeMap, BTreeSet};

use covenant_chain::{ChainError, shadow::Followed};
use covenant_scenario::{
    expr::{ActorId, Instants, Typed, Value, eval_followed, from_u256},
    plan::{Claim, Condition},
    world::{Asset, Attempt, World},
};
use num_bigint::BigInt;

use super::Sets;
use crate::{
    cover::{Likeness, Seen, cover},
    graph::{Blind, ExploreError, Graph, MoveId, StateId, guard},
    zone::Zone,
};

/// What an expression is at some times of a state; `None` where it has no value.
pub(crate) type Looked = Vec<(Zone, Option<Value>)>;

/// Looks at states.
#[derive(Debug)]
pub(crate) struct Observer<'a> {
    graph: &'a Graph,
    world: World,
    /// Where a time could not be followed, in views and in expressions.
    pub(crate) blind: BTreeSet<Blind>,
}

impl<'a> Observer<'a> {
    pub(crate) fn new(graph: &'a Graph) -> Self {
        let world = graph.world.clone();
        Self { graph, world, blind: BTreeSet::new() }
    }

    /// What an expression is in a state, at all times at which it can be.
    pub(crate) fn value(&mut self, id: StateId, typed: &Typed) -> Result<Looked, ExploreError> {
        let zones = self.graph.node(id).reach.zones().to_vec();
        self.value_within(id, zones, typed)
    }

    /// What an expression is in a state, at some of its times.
    pub(crate) fn value_within(
        &mut self,
        id: StateId,
        zones: Vec<Zone>,
        typed: &Typed,
    ) -> Result<Looked, ExploreError> {
        let state = &self.graph.node(id).state;
        let clock = self.graph.pace.clock();
        let instants = Instants { clock, storage: state.shadows() };
        let mut blind = BTreeSet::new();
        let within = zones.clone();
        let pieces = cover(
            zones,
            |_, solution| {
                state.enter(&mut self.world, self.graph.pace, solution)?;
                let (value, asked) = eval_followed(typed, &self.world, &instants);
                let mut marks: Vec<_> = asked.opaque.into_iter().map(Blind::Code).collect();
                marks.extend(asked.unclear.into_iter().map(Blind::Text));
                let value = match value {
                    Ok((value, times)) => {
                        if times.any() {
                            marks.push(Blind::Text(typed.span));
                        }
                        Some(value)
                    }
                    Err(error) if error.is_engine() => return Err(ExploreError::Eval(error)),
                    Err(_) => None,
                };
                let is_blind = !marks.is_empty();
                blind.extend(marks);
                let guard = guard(state.instants, &asked.constraints)
                    .expect("what was asked is so at the time at which it was asked");
                Ok(Seen { guard, is_blind, value })
            },
            like,
        )?;
        self.blind.extend(blind);
        let parts = pieces.into_iter().flat_map(|(guard, value)| {
            let cut = within.iter().filter_map(move |zone| zone.intersection(&guard));
            cut.map(move |zone| (zone, value.clone())).collect::<Vec<_>>()
        });
        Ok(parts.collect())
    }

    /// When a condition holds after a move in a state, and when it does not. Times at which the move fails are left out,
    /// unless `attempts` are looked at too.
    pub(crate) fn transition(
        &mut self,
        id: StateId,
        by: MoveId,
        then: &Condition,
        attempts: bool,
    ) -> Result<Vec<(Zone, bool)>, ExploreError> {
        let state = &self.graph.node(id).state;
        let clock = self.graph.pace.clock();
        let one = &self.graph.moves[by.index()];
        let mut blind = BTreeSet::new();
        let zones = self.graph.node(id).reach.zones().to_vec();
        let pieces = cover(
            zones.clone(),
            |_, solution| {
                state.enter(&mut self.world, self.graph.pace, solution)?;
                let instants = Instants { clock, storage: state.shadows() };
                let (mut constraints, mut marks) = one.asked(&self.world, &instants);
                let before = self.world.snapshot();
                let sent = match one.transaction(&self.world) {
                    Ok(sent) => self.world.chain.send_followed(&sent, clock, instants.storage),
                    Err(error) if error.is_engine() => return Err(ExploreError::Eval(error)),
                    Err(_) => {
                        let guard = guard(state.instants, &constraints)
                            .expect("what was asked is so at the time at which it was asked");
                        return Ok(Seen { guard, is_blind: !marks.is_empty(), value: None });
                    }
                };
                let (receipt, followed) = match sent {
                    Ok((receipt, followed)) => (Some(receipt), followed),
                    Err(ChainError::Rejected(_)) => (None, Followed::default()),
                    Err(error) => return Err(error.into()),
                };
                let succeeded = receipt.is_some_and(|receipt| receipt.outcome.is_success());
                constraints.extend(followed.constraints);
                marks.extend(followed.opaque.into_iter().map(Blind::Code));
                let mut value = None;
                if succeeded || attempts {
                    let attempt =
                        if succeeded { Attempt::Succeeded } else { Attempt::Failed };
                    self.world.since(&before, attempt);
                    let instants = Instants { clock, storage: followed.storage };
                    let (holds, asked) = eval_followed(&then.typed, &self.world, &instants);
                    constraints.extend(asked.constraints);
                    marks.extend(asked.opaque.into_iter().map(Blind::Code));
                    marks.extend(asked.unclear.into_iter().map(Blind::Text));
                    value = match holds {
                        Err(error) if error.is_engine() => return Err(ExploreError::Eval(error)),
                        Err(_) => Some(false),
                        Ok((value, _)) => Some(value.as_bool().unwrap_or(false)),
                    };
                    self.world.restore(&before);
                }
                let is_blind = !marks.is_empty();
                blind.extend(marks);
                let guard = guard(state.instants, &constraints)
                    .expect("what was asked is so at the time at which it was asked");
                Ok(Seen { guard, is_blind, value })
            },
            like,
        )?;
        self.blind.extend(blind);
        let mut looked = Vec::new();
        for (guard, value) in pieces {
            let Some(holds) = value else { continue };
            let parts = zones.iter().filter_map(|zone| zone.intersection(&guard));
            looked.extend(parts.map(|zone| (zone, holds)));
        }
        Ok(looked)
    }

    /// When a condition holds in a state, and when it does not; where it has no value, it does not.
    pub(crate) fn truth(
        &mut self,
        id: StateId,
        typed: &Typed,
    ) -> Result<[Vec<Zone>; 2], ExploreError> {
        let mut sides = [Vec::new(), Vec::new()];
        for (zone, value) in self.value(id, typed)? {
            let holds = value.and_then(|value| value.as_bool()).unwrap_or(false);
            sides[usize::from(!holds)].push(zone);
        }
        Ok(sides)
    }

    /// What an account has in a state. That depends on the times only through transfers, and those are followed.
    pub(crate) fn balance(&mut self, id: StateId, asset: Asset, actor: ActorId) -> Result<BigInt, ExploreError> {
        let node = self.graph.node(id);
        let solution = node.reach.zones()[0].earliest();
        node.state.enter(&mut self.world, self.graph.pace, &solution)?;
        let account = self.world.actor(actor).address;
        self.held(asset, account)
    }

    fn held(&self, asset: Asset, account: alloy_primitives::Address) -> Result<BigInt, ExploreError> {
        let token = match asset {
            Asset::Ether => None,
            Asset::Token(token) => self.world.tokens()[token.0].address,
        };
        let amount = self.world.balance(token, account);
        let unknown = |kind: covenant_scenario::expr::EvalErrorKind| {
            ExploreError::Unanswered { what: format!("the balance of {account}: {kind}") }
        };
        Ok(from_u256(amount.map_err(unknown)?))
    }

    /// What all contracts of the scenario have together.
    pub(crate) fn contracts_hold(&mut self, id: StateId, asset: Asset) -> Result<BigInt, ExploreError> {
        let node = self.graph.node(id);
        let solution = node.reach.zones()[0].earliest();
        node.state.enter(&mut self.world, self.graph.pace, &solution)?;
        let addresses: BTreeSet<_> =
            self.world.instances().iter().filter_map(|instance| instance.address).collect();
        let mut sum = BigInt::ZERO;
        for address in addresses {
            sum += self.held(asset, address)?;
        }
        Ok(sum)
    }
}

/// Values are the same or not.
fn like<T: PartialEq>(one: &T, other: &T) -> Likeness {
    if one == other { Likeness::Same } else { Likeness::None }
}

/// What is whose in a state, at some of its times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owed {
    pub(crate) zone: Zone,
    /// One for each claim of the plan.
    pub(crate) amounts: Vec<BigInt>,
}

/// All claims in all states, and all balances.
#[derive(Debug)]
pub(crate) struct Books {
    claims: Vec<Claim>,
    owed: Vec<Vec<Owed>>,
    /// What each claim's owner has of its asset.
    balances: Vec<Vec<BigInt>>,
    /// What contracts hold of each asset that is claimed.
    holdings: Vec<BTreeMap<Asset, BigInt>>,
}

impl Books {
    pub(crate) fn of(observer: &mut Observer<'_>, claims: &[Claim]) -> Result<Self, ExploreError> {
        let graph = observer.graph;
        let mut books = Self {
            claims: claims.to_vec(),
            owed: Vec::with_capacity(graph.states()),
            balances: Vec::with_capacity(graph.states()),
            holdings: Vec::with_capacity(graph.states()),
        };
        for id in graph.ids() {
            let start = graph.node(id).reach.zones().iter();
            let mut owed: Vec<Owed> =
                start.map(|zone| Owed { zone: zone.clone(), amounts: Vec::new() }).collect();
            for claim in claims {
                let mut next = Vec::new();
                for Owed { zone, amounts } in owed {
                    for (zone, value) in
                        observer.value_within(id, vec![zone.clone()], &claim.amount)?
                    {
                        let Some(Value::Int(amount)) = value else {
                            let what = format!("`{}`", claim.text);
                            return Err(ExploreError::Unanswered { what });
                        };
                        let amounts = amounts.iter().cloned().chain([amount]).collect();
                        next.push(Owed { zone, amounts });
                    }
                }
                owed = next;
            }
            books.owed.push(owed);
            let balances = claims.iter().map(|claim| observer.balance(id, claim.asset, claim.actor));
            books.balances.push(balances.collect::<Result<_, _>>()?);
            let assets: BTreeSet<Asset> = claims.iter().map(|claim| claim.asset).collect();
            let mut holdings = BTreeMap::new();
            for asset in assets {
                holdings.insert(asset, observer.contracts_hold(id, asset)?);
            }
            books.holdings.push(holdings);
        }
        Ok(books)
    }

    /// What is whose in a state.
    pub(crate) fn owed(&self, id: StateId) -> &[Owed] {
        &self.owed[id.index()]
    }

    /// What the owner of a claim has of its asset.
    pub(crate) fn balance(&self, id: StateId, claim: usize) -> &BigInt {
        &self.balances[id.index()][claim]
    }

    /// What contracts hold of an asset.
    pub(crate) fn holding(&self, id: StateId, asset: Asset) -> &BigInt {
        &self.holdings[id.index()][&asset]
    }

    pub(crate) fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The claims of somebody.
    pub(crate) fn claims_of(&self, actor: ActorId) -> Vec<usize> {
        let all = self.claims.iter().enumerate();
        all.filter(|(_, claim)| claim.actor == actor).map(|(index, _)| index).collect()
    }

    /// The assets that are claimed.
    pub(crate) fn assets(&self) -> BTreeSet<Asset> {
        self.claims.iter().map(|claim| claim.asset).collect()
    }

    /// The states in which somebody is owed something, by what he has and is owed together, claim by claim: that is what
    /// he must have in the end.
    pub(crate) fn by_wealth(&self, graph: &Graph, actor: ActorId) -> BTreeMap<Vec<BigInt>, Sets> {
        let claims = self.claims_of(actor);
        let mut groups = BTreeMap::new();
        for id in graph.ids() {
            for owed in self.owed(id) {
                if claims.iter().all(|claim| owed.amounts[*claim] <= BigInt::ZERO) {
                    continue;
                }
                let wealth =
                    claims.iter().map(|claim| self.balance(id, *claim) + &owed.amounts[*claim]);
                let group: &mut Sets =
                    groups.entry(wealth.collect()).or_insert_with(|| Sets::none(graph));
                group.add(id, &owed.zone);
            }
        }
        groups
    }

    /// The states in which somebody is owed nothing any more, and has at least so much.
    pub(crate) fn out(&self, graph: &Graph, actor: ActorId, wealth: &[BigInt]) -> Sets {
        let claims = self.claims_of(actor);
        let mut out = Sets::none(graph);
        for id in graph.ids() {
            for owed in self.owed(id) {
                let is_out = claims.iter().zip(wealth).all(|(claim, wealth)| {
                    owed.amounts[*claim] <= BigInt::ZERO && self.balance(id, *claim) >= wealth
                });
                if is_out {
                    out.add(id, &owed.zone);
                }
            }
        }
        out
    }
}

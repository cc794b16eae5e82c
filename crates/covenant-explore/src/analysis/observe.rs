//! What can be seen of a state: expressions, balances and claims, at all times at which it can be.

use std::collections::{BTreeMap, BTreeSet};

use covenant_scenario::{
    expr::{ActorId, EvalErrorKind, Instants, Times, Typed, Value, eval_followed, from_u256},
    plan::{Claim, Condition},
    world::{Asset, Attempt, World},
};
use num_bigint::BigInt;

use super::Sets;
use crate::{
    cover::{Likeness, Seen, cover},
    graph::{Blind, ExploreError, Failure, Graph, MoveId, Questions, Sent, State, StateId, send},
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

    /// Looks at a state at all of these times: what is seen, with the times at which it is.
    pub(super) fn look<T: Clone + PartialEq>(
        &mut self,
        id: StateId,
        zones: Vec<Zone>,
        look: impl Fn(&mut World, &State, &[i64]) -> Result<(T, Questions), ExploreError>,
    ) -> Result<Vec<(Zone, T)>, ExploreError> {
        let state = &self.graph.node(id).state;
        let within = zones.clone();
        let mut blind = BTreeSet::new();
        let pieces = cover(
            zones,
            |_, solution| {
                let (value, questions) = look(&mut self.world, state, solution)?;
                let guard = questions.guard(state);
                let is_blind = !questions.blind.is_empty();
                blind.extend(questions.blind);
                Ok::<_, ExploreError>(Seen { guard, is_blind, value })
            },
            |one, other| if one == other { Likeness::Same } else { Likeness::None },
        )?;
        self.blind.extend(blind);
        let parts = pieces.into_iter().flat_map(|(guard, value)| {
            let cut = within.iter().filter_map(move |zone| zone.intersection(&guard));
            cut.map(move |zone| (zone, value.clone())).collect::<Vec<_>>()
        });
        Ok(parts.collect())
    }

    /// What an expression is in a state, at some of its times.
    pub(crate) fn value_within(
        &mut self,
        id: StateId,
        zones: Vec<Zone>,
        typed: &Typed,
    ) -> Result<Looked, ExploreError> {
        let pace = self.graph.pace;
        self.look(id, zones, |world, state, solution| {
            state.enter(world, pace, solution)?;
            let instants = Instants { clock: pace.clock(), storage: state.shadows() };
            let mut questions = Questions::default();
            Ok((asked(typed, world, &instants, &mut questions)?, questions))
        })
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
        let (graph, pace) = (self.graph, self.graph.pace);
        let one = &graph.moves[by.index()];
        let zones = graph.node(id).reach.zones().to_vec();
        let seen = self.look(id, zones, |world, state, solution| {
            let mut before = None;
            let keep = |world: &World| before = Some(world.snapshot());
            let sent = send(world, pace, (state, solution), (one, graph.eyes()), keep)?;
            let before = before.expect("the world is shown before a move is sent");
            let Sent { mut questions, receipt, storage, .. } = sent;
            let attempt = match &receipt {
                Ok((receipt, _)) if receipt.outcome.is_success() => Attempt::Succeeded,
                Err(Failure::NoValue) => return Ok((None, questions)),
                _ if !attempts => return Ok((None, questions)),
                _ => Attempt::Failed,
            };
            world.since(&before, attempt);
            let instants = Instants { clock: pace.clock(), storage };
            let value = asked(&then.typed, world, &instants, &mut questions)?;
            world.restore(&before);
            let holds = value.and_then(|value| value.as_bool()).unwrap_or(false);
            Ok((Some(holds), questions))
        })?;
        Ok(seen.into_iter().filter_map(|(zone, holds)| Some((zone, holds?))).collect())
    }

    /// When a condition holds in a state, and when it does not; where it has no value, it does not.
    pub(crate) fn truth(
        &mut self,
        id: StateId,
        typed: &Typed,
    ) -> Result<[Vec<Zone>; 2], ExploreError> {
        let mut sides = [Vec::new(), Vec::new()];
        let zones = self.graph.node(id).reach.zones().to_vec();
        for (zone, value) in self.value_within(id, zones, typed)? {
            let holds = value.and_then(|value| value.as_bool()).unwrap_or(false);
            sides[usize::from(!holds)].push(zone);
        }
        Ok(sides)
    }

    /// Goes to a state, at some time: what accounts have depends on the times only through transfers, and those are
    /// followed.
    pub(super) fn go_to(&mut self, id: StateId) -> Result<(), ExploreError> {
        let node = self.graph.node(id);
        let solution = node.reach.zones()[0].earliest();
        Ok(node.state.enter(&mut self.world, self.graph.pace, &solution)?)
    }

    pub(super) fn held(
        &self,
        asset: Asset,
        account: alloy_primitives::Address,
    ) -> Result<BigInt, ExploreError> {
        let token = match asset {
            Asset::Ether => None,
            Asset::Token(token) => self.world.tokens()[token.0].address,
        };
        let amount = self.world.balance(token, account);
        Ok(from_u256(amount.map_err(unanswered(&format!("the balance of {account}")))?))
    }

    /// What all contracts of the scenario have together where the observer is.
    fn contracts_hold(&self, asset: Asset) -> Result<BigInt, ExploreError> {
        let addresses: BTreeSet<_> =
            self.world.instances().iter().filter_map(|instance| instance.address).collect();
        addresses.into_iter().map(|address| self.held(asset, address)).sum()
    }
}

/// That something has no value in some state.
pub(super) fn unanswered(what: &str) -> impl Fn(EvalErrorKind) -> ExploreError + '_ {
    move |kind| ExploreError::Unanswered { what: format!("{what}: {kind}") }
}

/// The value of an expression, if it has one, and what it asked.
pub(super) fn asked(
    typed: &Typed,
    world: &World,
    instants: &Instants,
    questions: &mut Questions,
) -> Result<Option<Value>, ExploreError> {
    let (value, asked) = eval_followed(typed, world, instants);
    let (value, times) = match value {
        Ok((value, times)) => (Some(value), times),
        Err(error) if error.is_engine() => return Err(ExploreError::Eval(error)),
        Err(_) => (None, Times::None),
    };
    questions.add(asked, &times, typed.span);
    Ok(value)
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
        let assets = books.assets();
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
            observer.go_to(id)?;
            let has = |claim: &Claim| {
                observer.held(claim.asset, observer.world.actor(claim.actor).address)
            };
            books.balances.push(claims.iter().map(has).collect::<Result<_, _>>()?);
            let holding = |asset: &Asset| Ok((*asset, observer.contracts_hold(*asset)?));
            books.holdings.push(assets.iter().map(holding).collect::<Result<_, ExploreError>>()?);
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

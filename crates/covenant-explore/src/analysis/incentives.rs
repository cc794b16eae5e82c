//! Whether honest play is best for everybody, while all others play honestly.
//!
//! Honest play is what the scenario says: everybody makes, as soon as it succeeds, the first of his calls that does, and
//! otherwise waits. Against that one party does whatever he likes, whenever he likes; among moves of one instant he
//! chooses the order. As nobody else has a choice, his best play is a way through the graph: the cheapest ways to all
//! ends are looked for (Dijkstra, over zones of time), and the best end is compared with how honest play ends. Everybody's
//! pay-off is what he has at the horizon, less his own gas.
//!
//! What he costs another per unit that he loses himself is his griefing factor (V. Buterin, *A Griefing Factor Analysis
//! Model*, 2018).

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    sync::Arc,
};

use covenant_scenario::{
    expr::{ActorId, Typed, eval, from_u256},
    plan::ExplorePlan,
    world::{Asset, World},
};
use num_bigint::BigInt;

use super::{Observer, Path, Sets, Taken, funds::asset_name, path::wait, sets::before};
use crate::{
    cast::Cast,
    graph::{End, ExploreError, Graph, Made, Move, MoveId, Piece, Role, StateId},
    verdict::Answer,
    zone::{Federation, Zone},
};

/// What somebody does who is honest.
#[derive(Clone, Debug)]
pub(crate) struct Honest {
    actor: ActorId,
    /// The first choice first, each with a condition.
    calls: Vec<(MoveId, Option<Typed>)>,
}

impl Honest {
    /// The moves of honest play; those that nobody would make otherwise are added to the cast.
    pub(crate) fn of(
        explore: &ExplorePlan,
        cast: &mut Cast,
        world: &World,
    ) -> Result<Vec<Self>, ExploreError> {
        let mut all = Vec::new();
        for honest in explore.honest.iter().flatten() {
            let mut calls = Vec::new();
            for call in &honest.calls {
                let made = Made {
                    action: call.one.action.clone(),
                    value: call.one.value.clone(),
                    gas_limit: call.one.gas_limit.clone(),
                    text: Arc::clone(&call.one.text),
                };
                let one = Move::new((honest.actor, Role::Actor), made, world)
                    .map_err(ExploreError::Eval)?;
                let sent = |one: &Move| format!("{:?}", one.transaction(world).ok());
                let known = cast.moves.iter().position(|known| {
                    known.actor == one.actor && known.text == one.text && sent(known) == sent(&one)
                });
                let place = known.unwrap_or(cast.moves.len());
                if known.is_none() {
                    cast.moves.push(one);
                }
                let by = MoveId(u32::try_from(place).expect("moves are counted in 32 bits"));
                calls.push((by, call.when.as_ref().map(|when| when.typed.clone())));
            }
            all.push(Self { actor: honest.actor, calls });
        }
        Ok(all)
    }
}

/// That nobody gets more by anything else than by honest play.
pub(crate) fn incentives(
    graph: &Graph,
    observer: &mut Observer<'_>,
    explore: &ExplorePlan,
    honest: &[Honest],
) -> Result<Answer, ExploreError> {
    let assets: BTreeSet<Asset> = explore.claims.iter().map(|claim| claim.asset).collect();
    let asset = match assets.into_iter().collect::<Vec<_>>().as_slice() {
        [] => Asset::Ether,
        [one] => *one,
        _ => return Ok(open("claims are of several assets, which cannot be weighed here")),
    };
    let price = match &explore.gas_price {
        None => BigInt::ZERO,
        Some(price) => {
            let price = eval(price, &graph.world).map_err(ExploreError::Eval)?;
            from_u256(price.as_amount().unwrap_or_default())
        }
    };
    if asset != Asset::Ether && price != BigInt::ZERO {
        return Ok(open("gas is paid in ether, and what is claimed is a token"));
    }
    let players = Players::of(graph, observer, honest, (asset, price))?;
    players.answer()
}

fn open(why: &str) -> Answer {
    Answer::Open(Some(why.to_owned()))
}

/// A part of a state in which somebody honest makes a move.
struct Due {
    actor: ActorId,
    piece: usize,
    when: Zone,
}

struct Players<'a> {
    graph: &'a Graph,
    asset: Asset,
    price: BigInt,
    /// Everybody whose pay-off is looked at.
    parties: Vec<ActorId>,
    /// What each of them has, in every state.
    wealth: Vec<Vec<BigInt>>,
    /// What honest play does, in every state.
    due: Vec<Vec<Due>>,
}

/// A way to some times of a state.
struct Way {
    state: StateId,
    /// Times at which one comes there, either all while something honest is due, or none.
    arrived: Zone,
    /// Times up to which one can wait.
    waited: Federation,
    /// What the player has spent on gas.
    cost: BigInt,
    /// The way before it, the move, and the times at which that is made.
    from: Option<(usize, usize, Zone)>,
}

/// All ways to some ends.
struct Ways {
    all: Vec<Way>,
    /// The last times of those that come to the horizon.
    ends: Vec<(usize, Zone)>,
}

/// How honest play ends for somebody, at worst.
struct Payoff {
    /// What he has.
    wealth: BigInt,
    /// The same, less his gas.
    pay: BigInt,
}

/// What somebody can cost another.
struct Grief {
    attacker: ActorId,
    victim: ActorId,
    loss: BigInt,
    cost: BigInt,
}

impl Grief {
    /// Whether it is worse: for nothing, or more per unit.
    fn is_worse(&self, other: &Self) -> bool {
        let (free, was_free) = (self.cost <= BigInt::ZERO, other.cost <= BigInt::ZERO);
        match (free, was_free) {
            (true, true) => self.loss > other.loss,
            (true, false) => true,
            (false, true) => false,
            (false, false) => &self.loss * &other.cost > &other.loss * &self.cost,
        }
    }
}

impl<'a> Players<'a> {
    fn of(
        graph: &'a Graph,
        observer: &mut Observer<'_>,
        honest: &[Honest],
        (asset, price): (Asset, BigInt),
    ) -> Result<Self, ExploreError> {
        let movers = graph.moves.iter().filter(|one| one.role == Role::Actor);
        let parties: BTreeSet<ActorId> = movers.map(|one| one.actor).collect();
        let parties: Vec<ActorId> = parties.into_iter().collect();
        let (mut wealth, mut due) = (Vec::new(), Vec::new());
        for id in graph.ids() {
            observer.go_to(id)?;
            let has = |actor: &ActorId| observer.held(asset, graph.world.actor(*actor).address);
            wealth.push(parties.iter().map(has).collect::<Result<_, _>>()?);
            let mut all = Vec::new();
            for one in honest {
                all.extend(due_in(graph, observer, one, id)?);
            }
            due.push(all);
        }
        Ok(Self { graph, asset, price, parties, wealth, due })
    }

    fn answer(&self) -> Result<Answer, ExploreError> {
        let mut honest = Vec::new();
        for (place, party) in self.parties.iter().enumerate() {
            let ways = self.ways(None, *party);
            let all = || ways.ends.iter().map(|(way, _)| *way);
            let wealth = all().map(|way| self.wealth_at(&ways, way)[place].clone()).min();
            let pay = all().map(|way| self.pay(&ways, way, place)).min();
            let (Some(wealth), Some(pay)) = (wealth, pay) else {
                let why =
                    "honest play does not come to the horizon: one of its calls is always due";
                return Ok(open(why));
            };
            honest.push(Payoff { wealth, pay });
        }
        let mut worst: Option<Grief> = None;
        for place in 0..self.parties.len() {
            let ways = self.ways(Some(self.parties[place]), self.parties[place]);
            if let Some(answer) = self.strayed(&ways, place, &honest[place].pay)? {
                return Ok(answer);
            }
            for grief in self.griefs(&ways, place, &honest) {
                if worst.as_ref().is_none_or(|worst| grief.is_worse(worst)) {
                    worst = Some(grief);
                }
            }
        }
        let gas = if self.price == BigInt::ZERO { ", gas not counted" } else { "" };
        Ok(Answer::holds(Some(match worst {
            None => format!("nobody can do better, or harm another{gas}"),
            Some(grief) => self.told(&grief) + gas,
        })))
    }

    /// That somebody has more at the end of one of his ways than by honest play, if he has.
    fn strayed(
        &self,
        ways: &Ways,
        place: usize,
        honest: &BigInt,
    ) -> Result<Option<Answer>, ExploreError> {
        let mut best: Option<(BigInt, usize)> = None;
        for (number, (way, _)) in ways.ends.iter().enumerate() {
            let pay = self.pay(ways, *way, place);
            if best.as_ref().is_none_or(|(most, _)| pay > *most) {
                best = Some((pay, number));
            }
        }
        let Some((pay, number)) = best.filter(|(pay, _)| pay > honest) else { return Ok(None) };
        let party = self.parties[place];
        let more = self.amount(&(pay - honest));
        let name = &self.graph.world.actor(party).name;
        let what = format!("{name} has {more} more than by honest play");
        let path = self.path(ways, number).ok_or_else(|| ExploreError::Broken {
            what: "a way that was found cannot be gone".to_owned(),
        })?;
        Ok(Some(Answer::Strayed { path, most: (party, self.asset, honest.clone()), what }))
    }

    /// What somebody can cost the others on his ways.
    fn griefs(&self, ways: &Ways, place: usize, honest: &[Payoff]) -> Vec<Grief> {
        let mut all = Vec::new();
        for (way, _) in &ways.ends {
            let cost = &honest[place].pay - self.pay(ways, *way, place);
            for (other, victim) in self.parties.iter().enumerate() {
                let loss = &honest[other].wealth - &self.wealth_at(ways, *way)[other];
                if other != place && loss > BigInt::ZERO {
                    let (attacker, cost) = (self.parties[place], cost.clone());
                    all.push(Grief { attacker, victim: *victim, loss, cost });
                }
            }
        }
        all
    }

    fn told(&self, grief: &Grief) -> String {
        let name = |actor: ActorId| &self.graph.world.actor(actor).name;
        let (attacker, victim) = (name(grief.attacker), name(grief.victim));
        let loss = self.amount(&grief.loss);
        if grief.cost <= BigInt::ZERO {
            return format!(
                "nobody can do better; {attacker} can cost {victim} {loss} for nothing"
            );
        }
        let tenths = &grief.loss * BigInt::from(10) / &grief.cost;
        let (whole, tenth) = (&tenths / BigInt::from(10), &tenths % BigInt::from(10));
        let cost = self.amount(&grief.cost);
        format!(
            "nobody can do better; {attacker} can cost {victim} {loss} at {cost}: griefing factor \
             {whole}.{tenth}"
        )
    }

    fn amount(&self, amount: &BigInt) -> String {
        format!("{amount} {}", asset_name(&self.graph.world, self.asset))
    }

    fn wealth_at(&self, ways: &Ways, way: usize) -> &[BigInt] {
        &self.wealth[ways.all[way].state.index()]
    }

    fn pay(&self, ways: &Ways, way: usize, place: usize) -> BigInt {
        &self.wealth_at(ways, way)[place] - &ways.all[way].cost
    }

    /// When somebody honest has to move in a state.
    fn urgent(&self, id: StateId, player: Option<ActorId>) -> Vec<&Zone> {
        let due = self.due[id.index()].iter();
        due.filter(|due| Some(due.actor) != player).map(|due| &due.when).collect()
    }

    /// The cheapest ways to all ends, where one party plays as it likes; what `payer` spends is counted.
    fn ways(&self, player: Option<ActorId>, payer: ActorId) -> Ways {
        let mut ways = Ways { all: Vec::new(), ends: Vec::new() };
        let mut seen = Sets::none(self.graph);
        let mut ahead = BinaryHeap::new();
        let now = i64::try_from(self.graph.world.chain.now().0).unwrap_or_default();
        for way in self.arrive(player, StateId(0), &Zone::at(now), &BigInt::ZERO, None) {
            ahead.push(Reverse((BigInt::ZERO, ways.all.len())));
            ways.all.push(way);
        }
        while let Some(Reverse((_, number))) = ahead.pop() {
            if self.graph.patience.is_over() {
                break;
            }
            let (state, cost) = (ways.all[number].state, ways.all[number].cost.clone());
            let fresh = ways.all[number].waited.minus(seen.of(state));
            for zone in fresh.zones() {
                seen.add(state, zone);
            }
            ways.all[number].waited = fresh.clone();
            for zone in fresh.zones() {
                for (piece, when) in self.possible(player, state, zone) {
                    let one = &self.graph.node(state).pieces[piece];
                    let End::Leads { to, origins, gas } = &one.end else { continue };
                    let is_payer = self.graph.moves[one.by.index()].actor == payer;
                    let spent = if is_payer { &self.price * gas } else { BigInt::ZERO };
                    let cost = &cost + spent;
                    let arrived = when.selected(origins);
                    let from = Some((number, piece, when));
                    for way in self.arrive(player, *to, &arrived, &cost, from) {
                        ahead.push(Reverse((cost.clone(), ways.all.len())));
                        ways.all.push(way);
                    }
                }
            }
            for zone in fresh.zones() {
                let Some(last) = zone.from(self.graph.horizon) else { continue };
                let mut last = Federation::from(last);
                self.urgent(state, player).into_iter().for_each(|due| last.remove(due));
                ways.ends.extend(last.into_zones().into_iter().map(|zone| (number, zone)));
            }
        }
        ways
    }

    /// What can be done at some times of a state: anything by the player, what is due by the others.
    fn possible(&self, player: Option<ActorId>, id: StateId, zone: &Zone) -> Vec<(usize, Zone)> {
        let pieces = self.graph.node(id).pieces.iter().enumerate();
        let is_his = |piece: &Piece| {
            let one = &self.graph.moves[piece.by.index()];
            // A stranger's contract plays for nobody.
            let is_own = !one.has_reaction() && one.is_alone();
            Some(one.actor) == player && one.role == Role::Actor && is_own
        };
        let own = pieces.filter(|(_, piece)| is_his(piece)).map(|(index, it)| (index, &*it.guard));
        let due = self.due[id.index()].iter().filter(|due| Some(due.actor) != player);
        let all = own.chain(due.map(|due| (due.piece, &due.when)));
        all.filter_map(|(index, guard)| Some((index, zone.intersection(guard)?))).collect()
    }

    /// Ways that come to a state: where something is due, nobody waits.
    fn arrive(
        &self,
        player: Option<ActorId>,
        state: StateId,
        arrived: &Zone,
        cost: &BigInt,
        from: Option<(usize, usize, Zone)>,
    ) -> Vec<Way> {
        let urgent = self.urgent(state, player);
        let way = |arrived: Zone, waited: Federation| {
            let (cost, from) = (cost.clone(), from.clone());
            Way { state, arrived, waited, cost, from }
        };
        let mut calm = self.graph.node(state).reach.within(arrived);
        let mut ways = Vec::new();
        for due in &urgent {
            let hurried = calm.within(due).into_zones();
            ways.extend(hurried.into_iter().map(|zone| way(zone.clone(), zone.into())));
            calm.remove(due);
        }
        for zone in calm.into_zones() {
            let later = zone.later();
            let mut waited = self.graph.node(state).reach.within(&later);
            for due in urgent.iter().filter_map(|due| later.intersection(due)) {
                waited.remove(&due.later_by(1));
            }
            ways.push(way(zone, waited));
        }
        ways
    }

    /// The moves of a way to an end, each as early as possible.
    fn path(&self, ways: &Ways, end: usize) -> Option<Path> {
        let (last, zone) = &ways.ends[end];
        let mut chain = vec![*last];
        while let Some((earlier, ..)) = &ways.all[*chain.last()?].from {
            chain.push(*earlier);
        }
        // From the end on: at which times one must be where.
        let mut goals = vec![Federation::from(zone.clone())];
        for number in chain.iter().take(chain.len() - 1) {
            let way = &ways.all[*number];
            let (earlier, piece, when) = way.from.as_ref()?;
            let from = ways.all[*earlier].state;
            let piece = &self.graph.node(from).pieces[*piece];
            let mut goal = Federation::empty();
            for zone in goals.last()?.zones() {
                let Some(arrived) = zone.earlier().intersection(&way.arrived) else { continue };
                goal.extend(before(self.graph, from, piece, &arrived).within(when).into_zones());
            }
            goals.push(goal);
        }
        let now = i64::try_from(self.graph.world.chain.now().0).ok()?;
        let mut solution = vec![0, now];
        let mut taken = Vec::new();
        for (index, number) in chain.iter().enumerate().rev() {
            solution[1] = wait(&goals[index], &solution)?;
            let Some(next) = index.checked_sub(1) else {
                return Some(Path { taken, state: ways.all[*number].state, solution });
            };
            let (_, piece, _) = ways.all[chain[next]].from.as_ref()?;
            let piece = &self.graph.node(ways.all[*number].state).pieces[*piece];
            let End::Leads { origins, .. } = &piece.end else { return None };
            taken.push(Taken { at: solution[1], by: piece.by });
            solution = origins.iter().map(|(origin, later)| solution[origin.0] + later).collect();
        }
        None
    }
}

/// When somebody honest makes which of his moves in a state: of those that succeed the first.
fn due_in(
    graph: &Graph,
    observer: &mut Observer<'_>,
    honest: &Honest,
    id: StateId,
) -> Result<Vec<Due>, ExploreError> {
    let node = graph.node(id);
    let mut left = node.reach.clone();
    let mut due = Vec::new();
    for (by, condition) in &honest.calls {
        let times = match condition {
            None => left.clone(),
            Some(condition) => {
                let [holds, _] = observer.truth(id, condition)?;
                holds.iter().flat_map(|zone| left.within(zone).into_zones()).collect()
            }
        };
        let pieces = node.pieces.iter().enumerate().filter(|(_, piece)| piece.by == *by);
        for (index, piece) in pieces {
            if !matches!(piece.end, End::Leads { .. }) {
                continue;
            }
            for when in times.within(&piece.guard).into_zones() {
                left.remove(&when);
                due.push(Due { actor: honest.actor, piece: index, when });
            }
        }
    }
    Ok(due)
}

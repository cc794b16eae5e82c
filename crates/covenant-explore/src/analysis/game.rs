//! Getting out in time, whatever the others do.
//!
//! Somebody (the player) wants out before a goal: an instant that is one more in every zone here. He waits for as long as
//! he likes and submits a move; it is executed at an instant of the others' choice within the delay. Until then they make
//! moves of their own, finitely many. After each of them he may think again. He wins where he can go on so that he is
//! out before the goal, whatever they choose. Being out means that his claims are settled and
//! that he has got at least what they were.
//!
//! The states from which he wins are `μX. νY.` of: he is out, or all that others can do until his move is executed stays
//! in `Y`, and his move leads to `X`. The inner set is the greatest, since others act only finitely often: what merely
//! goes round in circles costs nothing but time, and time is in the zones. The outer one is the least, since his own
//! moves have to bring him forward.

use covenant_scenario::expr::ActorId;
use num_bigint::BigInt;

use super::{Books, sets::by};
use crate::{
    cast::{Cast, Role},
    graph::{End, Graph, MoveId, Piece, StateId},
    verdict::Answer,
    zone::{Bound, Federation, Instant, Zone},
};

/// For every state, some of its times, with the goal.
type Sets = Vec<Federation>;

/// That somebody gets out within some time from any state in which he is owed something.
pub(crate) fn exit_within(
    graph: &Graph,
    books: &Books,
    cast: &Cast,
    (actor, within, delay): (ActorId, i64, i64),
) -> Answer {
    let mut bad = super::Sets::none(graph);
    for (wealth, owing) in &books.by_wealth(graph, actor) {
        let game = Game::of(graph, books, cast, (actor, wealth), delay);
        let won = game.won();
        for (id, owed) in owing.members(graph) {
            let goal = game.goal(id);
            // The goal is so much later than now; what lies beyond the horizon is not looked at.
            let aimed = with_goal(owed)
                .within(goal, Instant::NOW, Bound::at_most(within))
                .and_then(|zone| zone.within(Instant::NOW, goal, Bound::at_most(-within)))
                .and_then(|zone| zone.within(goal, Instant::EPOCH, Bound::at_most(graph.horizon)));
            let Some(aimed) = aimed else { continue };
            for zone in won[id.index()].remainder_of(&aimed).into_zones() {
                bad.add(id, &without_goal(&zone));
            }
        }
    }
    if bad.is_empty() {
        return Answer::Holds { detail: None };
    }
    let name = &graph.world.actor(actor).name;
    let what = format!("the others can keep {name} from getting out within {}", crate::when::span(within));
    Answer::Broken { at: bad, then: None, what, can_be_saved: true }
}

/// The zone with one more instant, of which nothing is known: the goal.
fn with_goal(zone: &Zone) -> Zone {
    let order: Vec<_> = (0..zone.instants()).map(|x| (Instant(x), 0)).collect();
    let order: Vec<_> = order.into_iter().chain([(Instant::EPOCH, 0)]).collect();
    zone.selected(&order).without_knowledge_of(Instant(zone.instants()))
}

/// The zone without its last instant.
fn without_goal(zone: &Zone) -> Zone {
    let order: Vec<_> = (0..zone.instants() - 1).map(|x| (Instant(x), 0)).collect();
    zone.selected(&order)
}

struct Game<'a> {
    graph: &'a Graph,
    delay: i64,
    /// Where each state can be, with any goal.
    universe: Sets,
    /// Where he is out.
    out: Sets,
    /// His moves, and those of everybody else.
    own: Vec<Vec<usize>>,
    others: Vec<Vec<usize>>,
}

impl<'a> Game<'a> {
    fn of(
        graph: &'a Graph,
        books: &Books,
        cast: &Cast,
        (actor, wealth): (ActorId, &[BigInt]),
        delay: i64,
    ) -> Self {
        let settled = books.out(graph, actor, wealth);
        let mine = cast.which(|one, _| one.actor == actor);
        let theirs = cast.which(|one, role| one.actor != actor && role != Role::Anyone);
        let mut game = Self {
            graph,
            delay,
            universe: Vec::new(),
            out: Vec::new(),
            own: Vec::new(),
            others: Vec::new(),
        };
        for id in graph.ids() {
            let node = graph.node(id);
            let mut out = Federation::empty();
            for zone in settled.of(id).zones() {
                let zone = with_goal(zone);
                let goal = Instant(zone.instants() - 1);
                out.extend(zone.within(Instant::NOW, goal, Bound::ZERO));
            }
            game.out.push(out);
            game.universe.push(node.reach.zones().iter().map(with_goal).collect());
            let leading = |moves: &[MoveId]| {
                let is_theirs = by(moves);
                let pieces = node.pieces.iter().enumerate();
                let leads = pieces.filter(|(_, piece)| matches!(piece.end, End::Leads { .. }));
                leads.filter(|(_, piece)| is_theirs(id, piece)).map(|(index, _)| index).collect()
            };
            game.own.push(leading(&mine));
            game.others.push(leading(&theirs));
        }
        game
    }

    fn goal(&self, id: StateId) -> Instant {
        Instant(self.graph.node(id).state.instants)
    }

    /// Where he wins.
    fn won(&self) -> Sets {
        let mut least: Sets = vec![Federation::empty(); self.graph.states()];
        loop {
            let mut greatest = self.universe.clone();
            loop {
                let next: Sets =
                    self.graph.ids().map(|id| self.next(id, &least, &greatest)).collect();
                let is_stable = next.iter().zip(&greatest).all(|(next, old)| covers(next, old));
                greatest = next;
                if is_stable {
                    break;
                }
            }
            let is_stable = least.iter().zip(&greatest).all(|(old, new)| covers(old, new));
            least = greatest;
            if is_stable {
                return least;
            }
        }
    }

    /// Where he is out, or what others can do stays in one set until a move of his leads to another.
    fn next(&self, id: StateId, forward: &Sets, safe: &Sets) -> Federation {
        let (out, universe) = (&self.out[id.index()], &self.universe[id.index()]);
        let mut danger = Federation::empty();
        for index in &self.others[id.index()] {
            let piece = &self.graph.node(id).pieces[*index];
            let End::Leads { to, .. } = piece.end else { continue };
            let unsafe_there = minus(&self.universe[to.index()], &safe[to.index()]);
            danger.extend(self.before(id, piece, &unsafe_there).into_zones());
        }
        let danger = minus(&danger, out);
        let mut helps = out.clone();
        let mut moves: Vec<MoveId> =
            self.own[id.index()].iter().map(|index| self.graph.node(id).pieces[*index].by).collect();
        moves.dedup();
        for one in moves {
            let mut leads = Federation::empty();
            for index in &self.own[id.index()] {
                let piece = &self.graph.node(id).pieces[*index];
                let End::Leads { to, .. } = piece.end else { continue };
                if piece.by == one {
                    leads.extend(self.before(id, piece, &forward[to.index()]).into_zones());
                }
            }
            let good = minus(&leads, &danger);
            // Whenever within the delay it is executed, it leads there.
            let mut sure = good.clone();
            for zone in minus(universe, &good).zones() {
                sure.remove(&zone.earlier_by(self.delay));
            }
            helps.extend(sure.into_zones());
        }
        let mut won = out.clone();
        for zone in helps.zones() {
            won.extend(until(zone, &danger, universe).into_zones());
        }
        won
    }

    /// The times from which a transition leads into a set.
    fn before(&self, id: StateId, piece: &Piece, after: &Federation) -> Federation {
        let End::Leads { origins, .. } = &piece.end else { return Federation::empty() };
        let goal = self.goal(id);
        let origins: Vec<_> = origins.iter().copied().chain([(goal, 0)]).collect();
        let guard = with_goal(&piece.guard);
        let zones = after.zones().iter().flat_map(|zone| {
            let times = zone.before_selection(&origins, goal.0 + 1);
            let times = times.and_then(|zone| zone.intersection(&guard));
            times.map_or_else(Federation::empty, |zone| self.universe[id.index()].within(&zone)).into_zones()
        });
        zones.collect()
    }
}

/// From where one comes to a zone by waiting, and never meets a danger on the way (Cassez, David, Fleury, Larsen and
/// Lime, *Efficient On-the-Fly Algorithms for the Analysis of Timed Games*, 2005, Theorem 4).
fn until(zone: &Zone, danger: &Federation, universe: &Federation) -> Federation {
    let mut from: Federation = universe.within(&zone.earlier());
    for bad in danger.zones() {
        let behind = bad.earlier();
        // Either the danger is not ahead at all, or the zone comes before it.
        let mut free: Federation = zone.earlier().without(&behind);
        if let Some(part) = zone.intersection(&behind) {
            free.extend(part.without(bad).into_zones().iter().map(Zone::earlier));
        }
        from = free.zones().iter().flat_map(|zone| from.within(zone).into_zones()).collect();
    }
    from
}

fn minus(one: &Federation, other: &Federation) -> Federation {
    let mut rest = one.clone();
    other.zones().iter().for_each(|zone| rest.remove(zone));
    rest
}

fn covers(one: &Federation, other: &Federation) -> bool {
    other.zones().iter().all(|zone| one.covers(zone))
}

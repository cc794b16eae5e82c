//! Getting out in time, whatever the others do.
//!
//! Somebody (the player) wants out before a goal: an instant that is one more in every zone here. He waits for as long as
//! he likes and submits a move. It is executed within the delay, at an instant of the others' choice, in whatever state
//! they have brought about by then: they make moves of their own, finitely many, whenever they like. Where it does nothing,
//! he may try another one. He wins where he can go on so that he is out before the goal, whatever they choose. Being out
//! means that his claims are settled and that he has got at least what they were.
//!
//! The states from which he wins are `μX. νY.` of: he is out, or a move of his, submitted now, surely leads to `X`, or he
//! waits, and all that others can do meanwhile stays in `Y`. The inner set is the greatest, since others act only finitely
//! often: what merely goes round in circles costs nothing but time, and time is in the zones. The outer one is the least,
//! since his own moves have to bring him forward. How a move can be spoilt on its way is in [`Pending`].

use std::collections::{BTreeSet, VecDeque};

use covenant_scenario::expr::ActorId;
use num_bigint::BigInt;

use super::{
    Backwards, Books,
    goal::{after, aimed, before, goal, in_time, known, without_goal},
    pending::Pending,
    sets::by,
};
use crate::{
    cast::Cast,
    graph::{End, Graph, MoveId, Piece, StateId},
    verdict::Answer,
    zone::{Bound, Federation, Instant, Zone},
};

/// For every state, some of its times, with the goal.
pub(super) type Sets = Vec<Federation>;

/// That somebody gets out within some time from any state in which he is owed something.
pub(crate) fn exit_within(
    graph: &Graph,
    books: &Books,
    cast: &Cast,
    backwards: &Backwards,
    (actor, within, delay): (ActorId, i64, i64),
) -> Answer {
    let mut bad = super::Sets::none(graph);
    let mut could = super::Sets::none(graph);
    for (wealth, owing) in &books.by_wealth(graph, actor) {
        let game = Game::of(graph, books, cast, backwards, (actor, wealth, owing), (within, delay));
        let won = game.won();
        for (id, owed) in owing.members(graph) {
            let Some(asked) = game.asked(owed) else { continue };
            let lost = won[id.index()].remainder_of(&asked);
            let mut sure = Federation::from(owed.clone());
            for zone in lost.zones().iter().map(without_goal) {
                bad.add(id, &zone);
                sure.remove(&zone);
            }
            for zone in sure.zones() {
                could.add(id, zone);
            }
        }
    }
    if bad.is_empty() {
        return Answer::holds(None);
    }
    let name = &graph.world.actor(actor).name;
    let what =
        format!("the others can keep {name} from getting out within {}", crate::when::span(within));
    Answer::Caught { at: bad, actor, could, against: Some((within, delay)), what }
}

pub(super) struct Game<'a> {
    pub(super) graph: &'a Graph,
    pub(super) backwards: &'a Backwards,
    /// Where the game can come to.
    pub(super) relevant: BTreeSet<StateId>,
    within: i64,
    pub(super) delay: i64,
    /// Where the game can come to before the goal.
    pub(super) universe: Sets,
    /// Where he is out.
    pub(super) out: Sets,
    /// His moves, and those of everybody else.
    pub(super) own: Vec<Vec<usize>>,
    pub(super) others: Vec<Vec<usize>>,
    /// What becomes of his moves when a stranger's contract does something meanwhile.
    meddled: Vec<Vec<usize>>,
}

impl<'a> Game<'a> {
    pub(super) fn of(
        graph: &'a Graph,
        books: &Books,
        cast: &Cast,
        backwards: &'a Backwards,
        (actor, wealth, owing): (ActorId, &[BigInt], &super::Sets),
        (within, delay): (i64, i64),
    ) -> Self {
        let settled = books.out(graph, actor, wealth);
        let mine = cast.own(actor);
        let meddled = cast.which(|one, _| one.actor == actor && one.has_reaction());
        let theirs = cast.others(actor);
        let mut game = Self {
            graph,
            backwards,
            relevant: BTreeSet::new(),
            within,
            delay,
            universe: Vec::new(),
            out: Vec::new(),
            own: Vec::new(),
            others: Vec::new(),
            meddled: Vec::new(),
        };
        for id in graph.ids() {
            let node = graph.node(id);
            game.out.push(settled.of(id).zones().iter().filter_map(in_time).collect());
            game.universe.push(Federation::empty());
            let leading = |moves: &[MoveId]| {
                let is_theirs = by(moves);
                let pieces = node.pieces.iter().enumerate();
                let leads = pieces.filter(|(_, piece)| matches!(piece.end, End::Leads { .. }));
                leads.filter(|(_, piece)| is_theirs(id, piece)).map(|(index, _)| index).collect()
            };
            game.own.push(leading(&mine));
            game.others.push(leading(&theirs));
            game.meddled.push(leading(&meddled));
        }
        game.reach(owing);
        game
    }

    /// Finds where the game can come to.
    fn reach(&mut self, owing: &super::Sets) {
        let graph = self.graph;
        let mut ahead: VecDeque<(StateId, Zone)> = VecDeque::new();
        for (id, owed) in owing.members(graph) {
            ahead.extend(self.asked(owed).map(|zone| (id, zone)));
        }
        while let Some((id, zone)) = ahead.pop_front() {
            if graph.patience.is_over() {
                break;
            }
            let in_time = zone.later().within(Instant::NOW, goal(graph, id), Bound::ZERO);
            let waited =
                in_time.map_or_else(Federation::empty, |zone| known(graph, id).within(&zone));
            for zone in waited.into_zones() {
                if !self.universe[id.index()].add(&zone) {
                    continue;
                }
                self.relevant.insert(id);
                let own = self.own[id.index()].iter().chain(&self.meddled[id.index()]);
                for index in own.chain(&self.others[id.index()]) {
                    let piece = &graph.node(id).pieces[*index];
                    let End::Leads { to, .. } = piece.end else { continue };
                    ahead.extend(after(graph, id, piece, &zone).map(|zone| (to, zone)));
                }
            }
        }
        let universe = std::mem::take(&mut self.universe);
        self.universe = universe.into_iter().map(Federation::joined).collect();
    }

    /// From where he is to get out, by when. A goal beyond the horizon is not looked at.
    fn asked(&self, owed: &Zone) -> Option<Zone> {
        let horizon = Bound::at_most(self.graph.horizon);
        aimed(owed, self.within)?.within(Instant(owed.instants()), Instant::EPOCH, horizon)
    }

    /// Where he wins.
    pub(super) fn won(&self) -> Sets {
        let pending = Pending::of(self);
        let mut least: Sets = vec![Federation::empty(); self.graph.states()];
        loop {
            let sure = pending.sure(&least);
            let greatest = self.safe(&sure);
            let is_stable = least.iter().zip(&greatest).all(|(old, new)| old.includes(new));
            least = greatest;
            if is_stable || self.graph.patience.is_over() {
                return least;
            }
        }
    }

    /// The greatest set in which he is out, or can do what surely leads on, or waits, and others do not drive him from it.
    fn safe(&self, sure: &Sets) -> Sets {
        let mut safe = self.universe.clone();
        let mut waiting: BTreeSet<StateId> = self.relevant.clone();
        while let Some(id) = waiting.pop_last() {
            if self.graph.patience.is_over() {
                break;
            }
            let next = self.next(id, sure, &safe).joined();
            if !next.includes(&safe[id.index()]) {
                safe[id.index()] = next;
                let before = self.backwards.into(id).iter().map(|(from, _)| *from);
                waiting.extend(before.filter(|from| self.relevant.contains(from)));
            }
        }
        safe
    }

    /// Where he is out or can do what surely leads on, or waits for that, and what others do until then stays in a set.
    fn next(&self, id: StateId, sure: &Sets, safe: &Sets) -> Federation {
        let (out, universe) = (&self.out[id.index()], &self.universe[id.index()]);
        let mut danger = Federation::empty();
        for index in &self.others[id.index()] {
            let piece = &self.graph.node(id).pieces[*index];
            let End::Leads { to, .. } = piece.end else { continue };
            let unsafe_there = self.universe[to.index()].minus(&safe[to.index()]).joined();
            danger.extend(self.before(id, piece, &unsafe_there).into_zones());
        }
        let danger = danger.minus(out).joined();
        let mut aims = out.clone();
        aims.extend(sure[id.index()].zones().iter().cloned());
        let aims = aims.joined();
        let mut won = aims.clone();
        // At the second at which he gets there it does not matter any more what others could do instead.
        for zone in aims.zones() {
            won.extend(until(&zone.earlier_by(1), &danger, universe).into_zones());
        }
        won
    }

    /// The times from which a transition leads into a set.
    pub(super) fn before(&self, id: StateId, piece: &Piece, set: &Federation) -> Federation {
        let times = set.zones().iter().filter_map(|zone| before(self.graph, id, piece, zone));
        times.flat_map(|zone| self.universe[id.index()].within(&zone).into_zones()).collect()
    }
}

/// From where one comes to a zone by waiting, and never meets a danger on the way (Cassez, David, Fleury, Larsen and
/// Lime, *Efficient On-the-Fly Algorithms for the Analysis of Timed Games*, 2005, Theorem 4).
pub(super) fn until(zone: &Zone, danger: &Federation, universe: &Federation) -> Federation {
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

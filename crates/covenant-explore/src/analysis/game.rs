//! Getting out in time, whatever the others do.
//!
//! Somebody (the player) wants out before a goal: an instant that is one more in every zone here. He waits for as long as
//! he likes and submits a move; it is executed at an instant of the others' choice within the delay. Until then they make
//! moves of their own, finitely many. After each of them he may think again: what he submitted stays submitted, and is
//! executed within the same delay, unless he submits something else, which has a delay of its own. He wins where he can
//! go on so that he is out before the goal, whatever they choose. Being out means that his claims are settled and that he
//! has got at least what they were.
//!
//! The states from which he wins are `μX. νY.` of: he is out, or he can wait, and no move of the others leads out of `Y`
//! meanwhile, until he submits a move that is *pending* well. It is where at every instant until it is due it leads to
//! `X`, and every move of the others leads to where it is still pending well, or into `Y`. The inner sets are the
//! greatest, since others act only finitely often: what merely goes round in circles costs nothing but time, and time is
//! in the zones. The outer one is the least, since his own moves have to bring him forward.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use covenant_scenario::expr::ActorId;
use num_bigint::BigInt;

use super::{
    Backwards, Books,
    goal::{after, aimed, before, before_pending, goal, in_time, known, with_goal, without_goal},
    sets::by,
};
use crate::{
    cast::Cast,
    graph::{End, Graph, MoveId, Piece, Role, StateId},
    verdict::Answer,
    zone::{Bound, Federation, Instant, Zone},
};

/// For every state, some of its times, with the goal.
type Sets = Vec<Federation>;

/// For every state and every move that he can make in it, some of its times, with the goal and the instant by which the
/// move is executed.
type Pending = Vec<BTreeMap<MoveId, Federation>>;

/// More steps than these are not made until a set is as small as it gets.
const MOST_STEPS: usize = 40_000;

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
        let Some(won) = game.won() else {
            let why = "the others can make him think again, each time a little later, too often";
            return Answer::Open(Some(why.to_owned()));
        };
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
    Answer::Caught { at: bad, actor, could, what }
}

struct Game<'a> {
    graph: &'a Graph,
    backwards: &'a Backwards,
    /// Where the game can come to.
    relevant: BTreeSet<StateId>,
    within: i64,
    delay: i64,
    /// Where the game can come to before the goal.
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
        backwards: &'a Backwards,
        (actor, wealth, owing): (ActorId, &[BigInt], &super::Sets),
        (within, delay): (i64, i64),
    ) -> Self {
        let settled = books.out(graph, actor, wealth);
        let mine = cast.which(|one, _| one.actor == actor);
        let theirs = cast.which(|one, role| one.actor != actor && role != Role::Anyone);
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
            let in_time = zone.later().within(Instant::NOW, goal(graph, id), Bound::ZERO);
            let waited =
                in_time.map_or_else(Federation::empty, |zone| known(graph, id).within(&zone));
            for zone in waited.into_zones() {
                if !self.universe[id.index()].add(&zone) {
                    continue;
                }
                self.relevant.insert(id);
                for index in self.own[id.index()].iter().chain(&self.others[id.index()]) {
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

    /// Where he wins; `None` if that takes too many steps to find.
    fn won(&self) -> Option<Sets> {
        let mut least: Sets = vec![Federation::empty(); self.graph.states()];
        let mut steps = 0;
        loop {
            let greatest = self.safe(&least, &mut steps)?;
            let is_stable = least.iter().zip(&greatest).all(|(old, new)| old.includes(new));
            least = greatest;
            if is_stable {
                return Some(least);
            }
        }
    }

    /// The greatest set in which he is out, or others cannot drive him from the set until a move of his leads forward.
    fn safe(&self, forward: &Sets, steps: &mut usize) -> Option<Sets> {
        let mut safe = self.universe.clone();
        let mut pending: Pending = vec![BTreeMap::new(); self.graph.states()];
        for id in &self.relevant {
            let window = self.window(*id);
            let moves = self.moves(*id).into_iter().map(|by| (by, window.clone()));
            pending[id.index()] = moves.collect();
        }
        let mut waiting: BTreeSet<StateId> = self.relevant.clone();
        while let Some(id) = waiting.pop_last() {
            *steps += 1;
            if *steps > MOST_STEPS {
                return None;
            }
            let mut is_less = false;
            for by in self.moves(id) {
                let next = self.pending(id, by, (forward, &safe, &pending));
                if !next.includes(&pending[id.index()][&by]) {
                    pending[id.index()].insert(by, next);
                    is_less = true;
                }
            }
            let next = self.next(id, &safe, &pending[id.index()]).joined();
            if !next.includes(&safe[id.index()]) {
                safe[id.index()] = next;
                is_less = true;
            }
            if is_less {
                let before = self.backwards.into(id).iter().map(|(from, _)| *from);
                waiting.extend(before.filter(|from| self.relevant.contains(from)));
            }
        }
        Some(safe)
    }

    /// The moves that he can make in a state at some time.
    fn moves(&self, id: StateId) -> BTreeSet<MoveId> {
        let pieces = &self.graph.node(id).pieces;
        self.own[id.index()].iter().map(|index| pieces[*index].by).collect()
    }

    /// All times of a state at which something can be pending: it is due within the delay, and before the goal.
    fn window(&self, id: StateId) -> Federation {
        let (now, due) = (Instant::NOW, Instant(goal(self.graph, id).0 + 1));
        let windows = self.universe[id.index()].zones().iter().filter_map(|zone| {
            with_goal(zone)
                .within(now, due, Bound::ZERO)?
                .within(due, now, Bound::at_most(self.delay))?
                .within(due, goal(self.graph, id), Bound::ZERO)
        });
        windows.collect()
    }

    /// Where a move that is pending leads forward whenever it is executed until it is due, whatever the others do.
    fn pending(
        &self,
        id: StateId,
        by: MoveId,
        (forward, safe, pending): (&Sets, &Sets, &Pending),
    ) -> Federation {
        let mut leads = Federation::empty();
        for index in &self.own[id.index()] {
            let piece = &self.graph.node(id).pieces[*index];
            let End::Leads { to, .. } = piece.end else { continue };
            if piece.by == by {
                leads.extend(self.before(id, piece, &forward[to.index()]).into_zones());
            }
        }
        let window = self.window(id);
        let mut well = pending[id.index()][&by].clone();
        for zone in self.universe[id.index()].minus(&leads.joined()).joined().zones() {
            let bad = window.within(&with_goal(zone));
            bad.zones().iter().for_each(|zone| well.remove(&zone.earlier()));
        }
        for index in &self.others[id.index()] {
            if well.is_empty() {
                break;
            }
            let piece = &self.graph.node(id).pieces[*index];
            let End::Leads { to, .. } = piece.end else { continue };
            let mut lost = self.window(to);
            let kept = pending[to.index()].get(&by).into_iter().flat_map(Federation::zones);
            kept.for_each(|zone| lost.remove(zone));
            safe[to.index()].zones().iter().for_each(|zone| lost.remove(&with_goal(zone)));
            for zone in lost.joined().zones() {
                if let Some(bad) = before_pending(self.graph, id, piece, zone) {
                    // What is due later than the zone says is not in the window.
                    let bad = window.within(&bad);
                    bad.zones().iter().for_each(|zone| well.remove(&zone.earlier()));
                }
            }
        }
        well.joined()
    }

    /// Where he is out, or what others can do stays in a set until he submits a move that is then pending well.
    fn next(&self, id: StateId, safe: &Sets, pending: &BTreeMap<MoveId, Federation>) -> Federation {
        let (out, universe) = (&self.out[id.index()], &self.universe[id.index()]);
        let mut danger = Federation::empty();
        for index in &self.others[id.index()] {
            let piece = &self.graph.node(id).pieces[*index];
            let End::Leads { to, .. } = piece.end else { continue };
            let unsafe_there = self.universe[to.index()].minus(&safe[to.index()]).joined();
            danger.extend(self.before(id, piece, &unsafe_there).into_zones());
        }
        let danger = danger.minus(out).joined();
        let mut helps = out.clone();
        let due = Instant(goal(self.graph, id).0 + 1);
        for zone in pending.values().flat_map(Federation::zones) {
            // Submitted just now.
            let fresh = zone.within(Instant::NOW, due, Bound::at_most(-self.delay));
            helps.extend(fresh.map(|zone| without_goal(&zone)));
        }
        let mut won = out.clone();
        for zone in helps.joined().zones() {
            won.extend(until(zone, &danger, universe).into_zones());
        }
        won
    }

    /// The times from which a transition leads into a set.
    fn before(&self, id: StateId, piece: &Piece, set: &Federation) -> Federation {
        let times = set.zones().iter().filter_map(|zone| before(self.graph, id, piece, zone));
        times.flat_map(|zone| self.universe[id.index()].within(&zone).into_zones()).collect()
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

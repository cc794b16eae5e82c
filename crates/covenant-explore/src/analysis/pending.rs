//! A move on its way: submitted, and executed within the delay, when and where the others like.
//!
//! Zones here have one instant more than those with a goal: by when the move is executed. From where it can be spoilt is
//! found backwards. It begins where executing the move does not lead forward, and where the goal passes while the move is
//! still on its way; before that others have waited, or made moves of their own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    game::{Game, Sets, until},
    goal::{after, before, goal, with_goal, without_goal},
    sets::anyhow,
};
use crate::{
    graph::{End, MoveId, StateId},
    zone::{Bound, Federation, Instant, Zone},
};

/// What others do about a move that is on its way.
pub(super) struct Reply {
    /// Their moves, in order.
    pub(super) moves: Vec<MoveId>,
    /// The goal passes before it is executed.
    pub(super) is_late: bool,
}

pub(super) struct Pending<'a> {
    game: &'a Game<'a>,
    /// His moves that lead anywhere from where the game can come to, and from which states.
    moves: BTreeSet<MoveId>,
    /// Where he is out, and where he is not yet, with the instant by when a move is executed.
    out: BTreeMap<StateId, Federation>,
    open: BTreeMap<StateId, Federation>,
}

impl<'a> Pending<'a> {
    pub(super) fn of(game: &'a Game<'a>) -> Self {
        let mut pending =
            Self { game, moves: BTreeSet::new(), out: BTreeMap::new(), open: BTreeMap::new() };
        for id in game.relevant.iter().copied() {
            let pieces = &game.graph.node(id).pieces;
            pending.moves.extend(game.own[id.index()].iter().map(|index| pieces[*index].by));
            let (universe, out) = (&game.universe[id.index()], &game.out[id.index()]);
            let widened = |times: &Federation| times.zones().iter().map(with_goal).collect();
            pending.out.insert(id, widened(out));
            pending.open.insert(id, widened(&universe.minus(out).joined()));
        }
        pending
    }

    /// Where some move of his leads forward, whenever within the delay it is executed, and whatever others do before.
    pub(super) fn sure(&self, forward: &Sets) -> Sets {
        let mut sure: Sets = vec![Federation::empty(); self.game.graph.states()];
        for one in self.moves.iter().filter(|one| self.can_help(**one, forward)) {
            let spoilt = self.spoilt(*one, forward);
            for id in &self.game.relevant {
                let universe = &self.game.universe[id.index()];
                let free =
                    spoilt.get(id).map_or_else(|| universe.clone(), |bad| universe.minus(bad));
                sure[id.index()].extend(free.into_zones());
            }
        }
        sure.into_iter().map(Federation::joined).collect()
    }

    /// Whether a move ever leads forward. Else what is sure of it is so without it.
    fn can_help(&self, one: MoveId, forward: &Sets) -> bool {
        let game = self.game;
        game.relevant.iter().any(|id| {
            let pieces = game.own[id.index()].iter().map(|at| &game.graph.node(*id).pieces[*at]);
            pieces.filter(|piece| piece.by == one).any(|piece| match piece.end {
                End::Leads { to, .. } => !forward[to.index()].is_empty(),
                End::Fails => false,
            })
        })
    }

    /// From where others can see to it that a move that is submitted does not lead forward.
    fn spoilt(&self, one: MoveId, forward: &Sets) -> BTreeMap<StateId, Federation> {
        let game = self.game;
        let mut ahead: VecDeque<(StateId, Zone)> = VecDeque::new();
        for id in game.relevant.iter().copied() {
            ahead.extend(self.failing(id, one, forward).into_iter().map(|zone| (id, zone)));
        }
        let mut bad: BTreeMap<StateId, Federation> = BTreeMap::new();
        while let Some((id, zone)) = ahead.pop_front() {
            if game.graph.patience.is_over() {
                break;
            }
            for zone in until(&zone, &self.out[&id], &self.open[&id]).into_zones() {
                if !bad.entry(id).or_default().add(&zone) {
                    continue;
                }
                for (from, index) in game.backwards.into(id) {
                    let Some(open) = self.open.get(from) else { continue };
                    if !game.others[from.index()].contains(index) {
                        continue;
                    }
                    let piece = &game.graph.node(*from).pieces[*index];
                    let Some(zone) = before(game.graph, *from, piece, &zone) else { continue };
                    ahead.extend(
                        open.within(&zone).into_zones().into_iter().map(|zone| (*from, zone)),
                    );
                }
            }
        }
        bad.into_iter().map(|(id, zones)| (id, self.submitted(id, &zones))).collect()
    }

    /// The fewest moves by which others see to it that a move does not lead forward, from where it is on its way.
    pub(super) fn reply(
        &self,
        one: MoveId,
        forward: &Sets,
        (id, zone): (StateId, Zone),
    ) -> Option<Reply> {
        let game = self.game;
        let mut ahead = VecDeque::from([(id, zone, Vec::new())]);
        let mut seen: BTreeMap<StateId, Federation> = BTreeMap::new();
        while let Some((id, zone, moves)) = ahead.pop_front() {
            if game.graph.patience.is_over() {
                break;
            }
            let (goal, executed) = (goal(game.graph, id), by_when(game, id));
            let waited = zone.later().within(Instant::NOW, executed, Bound::ZERO);
            let Some(waited) = waited.and_then(|it| it.within(Instant::NOW, goal, Bound::ZERO))
            else {
                continue;
            };
            let failing = self.failing(id, one, forward);
            if let Some(bad) = failing.iter().find_map(|bad| bad.intersection(&waited)) {
                let is_late = bad.within(goal, executed, Bound::at_most(-1)).is_some();
                return Some(Reply { moves, is_late });
            }
            if !seen.entry(id).or_default().add(&waited) {
                continue;
            }
            for index in &game.others[id.index()] {
                let piece = &game.graph.node(id).pieces[*index];
                let End::Leads { to, .. } = piece.end else { continue };
                if let Some(zone) = after(game.graph, id, piece, &waited)
                    && self.open.contains_key(&to)
                {
                    ahead.push_back((to, zone, [moves.as_slice(), &[piece.by]].concat()));
                }
            }
        }
        None
    }

    /// Where it is too late, or a move does not lead forward when it is executed, whatever a stranger's contract does then.
    fn failing(&self, id: StateId, one: MoveId, forward: &Sets) -> Vec<Zone> {
        let game = self.game;
        let open = game.universe[id.index()].minus(&game.out[id.index()]);
        let ways = anyhow(game.graph, id, one).into_iter();
        let wrong = ways.flat_map(|way| open.minus(&self.good(id, way, forward)).into_zones());
        let wrong = wrong.collect::<Federation>().joined();
        let (goal, executed) = (goal(game.graph, id), by_when(game, id));
        let here = |zone: &Zone| with_goal(zone).within(Instant::NOW, executed, Bound::ZERO);
        let late = |zone: &Zone| {
            let at_the_end = zone.within(goal, Instant::NOW, Bound::ZERO)?;
            at_the_end.within(goal, executed, Bound::at_most(-1))
        };
        let wrong = wrong.zones().iter().filter_map(here);
        wrong.chain(self.open[&id].zones().iter().filter_map(late)).collect()
    }

    /// Where a move leads forward if it is executed in just this way.
    fn good(&self, id: StateId, way: MoveId, forward: &Sets) -> Federation {
        let game = self.game;
        let universe = &game.universe[id.index()];
        let (mut goes, mut good) = (Federation::empty(), Federation::empty());
        for piece in game.graph.node(id).pieces.iter().filter(|piece| piece.by == way) {
            let End::Leads { to, .. } = piece.end else { continue };
            goes.extend(universe.within(&with_goal(&piece.guard)).into_zones());
            good.extend(game.before(id, piece, &forward[to.index()]).into_zones());
        }
        // Where it does nothing he is where he was.
        for zone in universe.minus(&goes).zones() {
            good.extend(forward[id.index()].within(zone).into_zones());
        }
        good
    }

    /// The times at which a move is submitted, of those at which it is on its way.
    fn submitted(&self, id: StateId, zones: &Federation) -> Federation {
        let (executed, delay) = (by_when(self.game, id), self.game.delay);
        let just_now = zones.zones().iter().filter_map(|zone| {
            let at_most = zone.within(executed, Instant::NOW, Bound::at_most(delay))?;
            at_most.within(Instant::NOW, executed, Bound::at_most(-delay))
        });
        just_now.map(|zone| without_goal(&zone)).collect::<Federation>().joined()
    }
}

/// By when a move is executed, in the zones of a state.
fn by_when(game: &Game<'_>, id: StateId) -> Instant {
    Instant(goal(game.graph, id).0 + 1)
}

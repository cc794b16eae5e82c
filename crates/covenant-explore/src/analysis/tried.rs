//! What somebody who is caught can still try, and why it is of no use.

use std::collections::{BTreeMap, VecDeque};

use covenant_scenario::expr::ActorId;

use super::{
    Backwards, Books, Path,
    game::Game,
    goal::{after, with_goal},
    path::wait,
    pending::{Pending, Reply},
};
use crate::{
    cast::Cast,
    graph::{End, Graph, MoveId, StateId},
    zone::{Bound, Federation, Instant, Zone},
};

/// More moves than this are not told as what others do first.
const MOST_BLOWS: usize = 3;

/// A move that somebody who is caught can try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tried {
    pub(crate) by: MoveId,
    pub(crate) why: Why,
}

/// Why a move is of no use. Times are those from which on it would succeed if nobody did anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// It fails, however long he waits.
    Fails,
    /// It comes too late.
    Late(i64),
    /// It leads to where he is caught too.
    Caught(i64),
    /// Others make these moves before.
    Foiled(i64, Vec<MoveId>),
}

/// What he can try at the end of a way, when nobody else moves.
pub(crate) fn alone(graph: &Graph, cast: &Cast, actor: ActorId, path: &Path) -> Vec<Tried> {
    let own = cast.own(actor).into_iter();
    let tried = own.map(|by| {
        let earliest = wait(&succeeds(graph, path.state, by), &path.solution);
        Tried { by, why: earliest.map_or(Why::Fails, Why::Caught) }
    });
    tried.collect()
}

/// What he can try at the end of a way to be out in time, whatever the others do.
pub(crate) fn against(
    graph: &Graph,
    books: &Books,
    cast: &Cast,
    backwards: &Backwards,
    (actor, within, delay): (ActorId, i64, i64),
    path: &Path,
) -> Vec<Tried> {
    let groups = books.by_wealth(graph, actor);
    let here = |owing: &super::Sets| owing.of(path.state).contains(&path.solution);
    let Some((wealth, owing)) = groups.iter().find(|(_, owing)| here(owing)) else {
        return Vec::new();
    };
    let game = Game::of(graph, books, cast, backwards, (actor, wealth, owing), (within, delay));
    let won = game.won();
    let pending = Pending::of(&game);
    let possible = possible(&game);
    let goal = path.solution[1] + within;
    let tried = cast.own(actor).into_iter().filter_map(|by| {
        let at = match wait(&succeeds(graph, path.state, by), &path.solution) {
            None => return Some(Tried { by, why: Why::Fails }),
            Some(at) if at > goal => return Some(Tried { by, why: Why::Late(at) }),
            Some(at) => at,
        };
        let mut then = path.solution.clone();
        then[1] = at;
        then.push(goal);
        let why = if won[path.state.index()].contains(&then) {
            Why::Foiled(at, vec![first_blow(&game, &won, (path, goal), at)?])
        } else {
            then.push(at + delay);
            match pending.reply(by, &won, (path.state, exactly(&then)?))? {
                Reply { moves, .. } if !moves.is_empty() => Why::Foiled(at, moves),
                Reply { is_late: true, .. } => Why::Late(at),
                _ => match blow(&game, &possible, (path, goal), at) {
                    Some(moves) => Why::Foiled(at, moves),
                    None => Why::Caught(at),
                },
            }
        };
        Some(Tried { by, why })
    });
    tried.collect()
}

/// When a move succeeds in a state.
fn succeeds(graph: &Graph, id: StateId, by: MoveId) -> Federation {
    let pieces = graph.node(id).pieces.iter();
    let leads = pieces.filter(|piece| piece.by == by && matches!(piece.end, End::Leads { .. }));
    leads.map(|piece| Zone::clone(&piece.guard)).collect()
}

/// The move by which others see to it that he does not get as far as some time.
fn first_blow(
    game: &Game<'_>,
    won: &[Federation],
    (path, goal): (&Path, i64),
    until: i64,
) -> Option<MoveId> {
    let mut now = path.solution.clone();
    now.push(goal);
    let waiting =
        exactly(&now)?.later().within(Instant::NOW, Instant::EPOCH, Bound::at_most(until))?;
    game.others[path.state.index()].iter().find_map(|index| {
        let piece = &game.graph.node(path.state).pieces[*index];
        let End::Leads { to, .. } = piece.end else { return None };
        let lost = game.universe[to.index()].minus(&won[to.index()]);
        let from = game.before(path.state, piece, &lost);
        (!from.within(&waiting).is_empty()).then_some(piece.by)
    })
}

/// From where he can get out at all, if others help.
fn possible(game: &Game<'_>) -> Vec<Federation> {
    let mut possible = vec![Federation::empty(); game.graph.states()];
    let mut ahead = VecDeque::new();
    for id in game.relevant.iter().copied() {
        ahead.extend(game.out[id.index()].zones().iter().map(|zone| (id, zone.clone())));
    }
    while let Some((id, zone)) = ahead.pop_front() {
        if game.graph.patience.is_over() {
            break;
        }
        for zone in game.universe[id.index()].within(&zone.earlier()).into_zones() {
            if !possible[id.index()].add(&zone) {
                continue;
            }
            for (from, index) in game.backwards.into(id) {
                let piece = &game.graph.node(*from).pieces[*index];
                let times = game.before(*from, piece, &Federation::from(zone.clone()));
                ahead.extend(times.into_zones().into_iter().map(|zone| (*from, zone)));
            }
        }
    }
    possible
}

/// The fewest moves of others, until some time, after which he does not get out even if everybody helps.
fn blow(
    game: &Game<'_>,
    possible: &[Federation],
    (path, goal): (&Path, i64),
    until: i64,
) -> Option<Vec<MoveId>> {
    let mut now = path.solution.clone();
    now.push(goal);
    let mut ahead = VecDeque::from([(path.state, exactly(&now)?, Vec::new())]);
    let mut seen: BTreeMap<StateId, Federation> = BTreeMap::new();
    while let Some((id, zone, moves)) = ahead.pop_front() {
        if game.graph.patience.is_over() {
            break;
        }
        let Some(waited) = zone.later().within(Instant::NOW, Instant::EPOCH, Bound::at_most(until))
        else {
            continue;
        };
        let hopeless = game.universe[id.index()].minus(&possible[id.index()]);
        if !hopeless.within(&zone).is_empty() {
            return Some(moves).filter(|moves| !moves.is_empty());
        }
        if moves.len() >= MOST_BLOWS || !seen.entry(id).or_default().add(&waited) {
            continue;
        }
        for index in &game.others[id.index()] {
            let piece = &game.graph.node(id).pieces[*index];
            let End::Leads { to, .. } = piece.end else { continue };
            if let Some(zone) = after(game.graph, id, piece, &waited) {
                ahead.push_back((to, zone, [moves.as_slice(), &[piece.by]].concat()));
            }
        }
    }
    None
}

/// Only these times.
fn exactly(times: &[i64]) -> Option<Zone> {
    let zone = (2..times.len()).fold(Zone::at(times[1]), |zone, _| with_goal(&zone));
    zone.pinned(times)
}

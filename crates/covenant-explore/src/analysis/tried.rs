//! What somebody who is caught can still try, and why it is of no use.

use covenant_scenario::expr::ActorId;

use super::{
    Backwards, Books, Path,
    game::Game,
    goal::with_goal,
    path::wait,
    pending::{Pending, Reply},
};
use crate::{
    cast::Cast,
    graph::{End, Graph, MoveId, StateId},
    zone::{Bound, Federation, Instant, Zone},
};

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
                _ => Why::Caught(at),
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

/// Only these times.
fn exactly(times: &[i64]) -> Option<Zone> {
    let zone = (2..times.len()).fold(Zone::at(times[1]), |zone, _| with_goal(&zone));
    zone.pinned(times)
}

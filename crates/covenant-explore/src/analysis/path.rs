//! The shortest way to a state and a time, with the earliest times at which its moves can be made.

use std::collections::BTreeSet;

use covenant_scenario::expr::ActorId;

use crate::{
    analysis::sets::{Backwards, Sets, before},
    graph::{End, Graph, MoveId, Piece, StateId},
    zone::{Federation, Zone},
};

/// A move and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) at: i64,
    pub(crate) by: MoveId,
}

/// A way from where exploration begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) taken: Vec<Taken>,
    /// Where it ends.
    pub(crate) state: StateId,
    /// And at which times of that state's instants.
    pub(crate) solution: Vec<i64>,
}

/// The way with the fewest moves into a set, and of those one on which the fewest actors act; `None` where there is none.
pub(crate) fn shortest(graph: &Graph, backwards: &Backwards, target: &Sets) -> Option<Path> {
    let first = within(graph, backwards, target, &|_| true, usize::MAX)?;
    Some(fewer_actors(graph, backwards, target, &first).unwrap_or(first))
}

/// More states times ways to choose actors are not looked at: what is shown is then short, but others may act in it.
const MOST_WORK: usize = 200_000;

/// A way that is as short, and on which fewer actors act.
fn fewer_actors(graph: &Graph, backwards: &Backwards, target: &Sets, first: &Path) -> Option<Path> {
    let actor = |by: MoveId| graph.moves[by.index()].actor;
    let acting: BTreeSet<ActorId> = first.taken.iter().map(|taken| actor(taken.by)).collect();
    let all: BTreeSet<ActorId> = graph.moves.iter().map(|one| one.actor).collect();
    let all: Vec<ActorId> = all.into_iter().collect();
    if acting.len() < 2 || all.len() > 16 || graph.states() << all.len() > MOST_WORK {
        return None;
    }
    let mut choices: Vec<u32> = (1..1_u32 << all.len()).collect();
    choices.retain(|choice| (choice.count_ones() as usize) < acting.len());
    choices.sort_by_key(|choice| choice.count_ones());
    choices.into_iter().find_map(|choice| {
        let is_chosen = |by: MoveId| {
            let place = all.iter().position(|one| *one == actor(by));
            place.is_some_and(|place| choice >> place & 1 == 1)
        };
        within(graph, backwards, target, &is_chosen, first.taken.len())
    })
}

/// The way with the fewest of these moves into a set, if so many are enough.
fn within(
    graph: &Graph,
    backwards: &Backwards,
    target: &Sets,
    is_allowed: &dyn Fn(MoveId) -> bool,
    most: usize,
) -> Option<Path> {
    let start = StateId(0);
    let first = vec![0, i64::try_from(graph.world.chain.now().0).ok()?];
    // What is so many moves away from the target; each layer without those before it.
    let mut seen = Sets::none(graph);
    let mut layers = vec![Sets::none(graph)];
    for (id, zone) in target.members(graph) {
        for zone in graph.node(id).reach.within(&zone.earlier()).into_zones() {
            seen.add(id, &zone);
            layers[0].add(id, &zone);
        }
    }
    while !layers.last()?.of(start).contains(&first) {
        if layers.len() > most {
            return None;
        }
        let mut next = Sets::none(graph);
        let mut any = false;
        for (id, zone) in layers.last()?.members(graph) {
            for (from, index) in backwards.into(id) {
                let piece = &graph.node(*from).pieces[*index];
                if !is_allowed(piece.by) {
                    continue;
                }
                for zone in before(graph, *from, piece, zone).into_zones() {
                    for zone in graph.node(*from).reach.within(&zone.earlier()).into_zones() {
                        if seen.add(*from, &zone) {
                            next.add(*from, &zone);
                            any = true;
                        }
                    }
                }
            }
        }
        if !any {
            return None;
        }
        layers.push(next);
    }
    let mut path = Path { taken: Vec::new(), state: start, solution: first };
    for layer in layers.iter().rev().skip(1) {
        path = step(graph, path, layer, is_allowed)?;
    }
    // Then one waits, if need be, until it is so.
    path.solution[1] = wait(target.of(path.state), &path.solution)?;
    Some(path)
}

/// The earliest time, from a time on, at which one is in a set.
pub(super) fn wait(set: &Federation, solution: &[i64]) -> Option<i64> {
    let ahead = |zone: &Zone| zone.from(solution[1])?.pinned(solution);
    set.zones().iter().filter_map(ahead).map(|zone| zone.earliest()[1]).min()
}

/// One of these moves further, as early as possible, into a layer; with the roundest of the amounts that do.
fn step(
    graph: &Graph,
    path: Path,
    layer: &Sets,
    is_allowed: &dyn Fn(MoveId) -> bool,
) -> Option<Path> {
    let Path { mut taken, state, solution } = path;
    let mut best: Option<(i64, usize)> = None;
    let pieces = &graph.node(state).pieces;
    for (index, piece) in pieces.iter().enumerate().filter(|(_, piece)| is_allowed(piece.by)) {
        let End::Leads { to, .. } = &piece.end else { continue };
        for zone in layer.of(*to).zones() {
            let zones = before(graph, state, piece, zone);
            if let Some(now) = wait(&zones, &solution)
                && best.is_none_or(|(earliest, known)| {
                    now < earliest
                        || now == earliest && is_rounder(graph, piece.by, pieces[known].by)
                })
            {
                best = Some((now, index));
            }
        }
    }
    let (now, index) = best?;
    let piece = &graph.node(state).pieces[index];
    let End::Leads { to, origins, .. } = &piece.end else { return None };
    let mut here = solution;
    here[1] = now;
    let after = origins.iter().map(|(origin, later)| here[origin.0] + later).collect();
    taken.push(Taken { at: now, by: piece.by });
    Some(Path { taken, state: *to, solution: after })
}

/// Whether a move is the same call as another, by the same actor, with rounder numbers.
fn is_rounder(graph: &Graph, one: MoveId, other: MoveId) -> bool {
    let (one, other) = (&graph.moves[one.index()], &graph.moves[other.index()]);
    let called = |text: &str| text.split(['(', '{']).next().unwrap_or_default().to_owned();
    one.actor == other.actor
        && called(&one.text) == called(&other.text)
        && digits(&one.text) < digits(&other.text)
}

/// How many digits of the numbers in a text are not the zeros at their ends; 0, 1 and names have none.
fn digits(text: &str) -> usize {
    let words = text.split(|one: char| !one.is_ascii_alphanumeric() && one != '_');
    let numbers = words.filter(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    let count = |number: &str| {
        let plain = number.replace('_', "");
        let significant = plain.trim_end_matches('0');
        if significant == "1" && plain.len() == 1 { 0 } else { significant.len() }
    };
    numbers.map(count).sum()
}

/// The last moment on a way at which one is in a set: when, after how many moves, in which state, and with which times.
pub(crate) fn last_in(
    graph: &Graph,
    path: &Path,
    set: &Sets,
) -> Option<(usize, StateId, Vec<i64>)> {
    let now = i64::try_from(graph.world.chain.now().0).ok()?;
    let (mut state, mut solution) = (StateId(0), vec![0, now]);
    let mut last = None;
    for number in 0..=path.taken.len() {
        let taken = path.taken.get(number);
        let until = taken.map_or(path.solution[1], |taken| taken.at);
        let latest = |zone: &Zone| {
            let ahead = zone.from(solution[1])?.pinned(&solution)?;
            (ahead.earliest()[1] <= until).then(|| ahead.latest().min(until))
        };
        if let Some(at) = set.of(state).zones().iter().filter_map(latest).max() {
            let mut there = solution.clone();
            there[1] = at;
            last = Some((number, state, there));
        }
        let Some(taken) = taken else { break };
        solution[1] = taken.at;
        let leads = |piece: &&Piece| piece.by == taken.by && piece.guard.contains(&solution);
        let piece = graph.node(state).pieces.iter().find(leads)?;
        let End::Leads { to, origins, .. } = &piece.end else { return None };
        solution = origins.iter().map(|(origin, later)| solution[origin.0] + later).collect();
        state = *to;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn round_numbers_have_few_digits() {
        let rounder = ["x.pay(terms, 0)", "x.pay(terms, 5 ether)", "x.pay(terms, 1_500)"];
        assert_eq!(rounder.map(digits), [0, 1, 2]);
        assert_eq!(digits("x1.pay(1, a2)"), 0);
        assert_eq!(
            digits(
                "x.pay(115792089237316195423570985008687907853269984665640564039457584007913129639935)"
            ),
            78
        );
    }
}

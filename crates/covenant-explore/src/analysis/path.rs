//! The shortest way to a state and a time, with the earliest times at which its moves can be made.

use crate::{
    analysis::sets::{Backwards, Sets, before},
    graph::{End, Graph, MoveId, StateId},
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

/// The way with the fewest moves into a set; `None` where there is none.
pub(crate) fn shortest(graph: &Graph, backwards: &Backwards, target: &Sets) -> Option<Path> {
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
        let mut next = Sets::none(graph);
        let mut any = false;
        for (id, zone) in layers.last()?.members(graph) {
            for (from, index) in backwards.into(id) {
                let piece = &graph.node(*from).pieces[*index];
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
        path = step(graph, path, layer)?;
    }
    // Then one waits, if need be, until it is so.
    path.solution[1] = wait(target.of(path.state), &path.solution)?;
    Some(path)
}

/// The earliest time, from a time on, at which one is in a set.
fn wait(set: &Federation, solution: &[i64]) -> Option<i64> {
    let ahead = |zone: &Zone| zone.from(solution[1])?.pinned(solution);
    set.zones().iter().filter_map(ahead).map(|zone| zone.earliest()[1]).min()
}

/// One move further, as early as possible, into a layer.
fn step(graph: &Graph, path: Path, layer: &Sets) -> Option<Path> {
    let Path { mut taken, state, solution } = path;
    let mut best: Option<(i64, usize)> = None;
    for (index, piece) in graph.node(state).pieces.iter().enumerate() {
        let End::Leads { to, .. } = &piece.end else { continue };
        for zone in layer.of(*to).zones() {
            let zones = before(graph, state, piece, zone);
            if let Some(now) = wait(&zones, &solution)
                && best.is_none_or(|(earliest, _)| now < earliest)
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

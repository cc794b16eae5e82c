//! The graph, looked at once more by something simpler than what built it.
//!
//! It does not search. It walks over what is stored and asks whether it is closed: that exploration's beginning is in it,
//! that waiting leads nowhere else, and that every move, at every time at which a state can be so, either fails or leads
//! to a state and a time that are in it too. Some transitions are executed again, at the latest of their times rather
//! than the earliest.

use crate::{
    graph::{End, Ending, ExploreError, Graph, MoveId, Piece, StateId, attempt},
    zone::{Bound, Federation, Instant, Zone},
};

/// One transition in so many is executed again.
const SAMPLE: usize = 8;

/// Looks at a complete graph once more.
pub(crate) fn recheck(graph: &Graph) -> Result<(), ExploreError> {
    let checker = Checker { graph, is_followed: graph.opaque.is_empty() };
    let now = i64::try_from(graph.world.chain.now().0).unwrap_or_default();
    let begins = graph.node(StateId(0)).reach.contains(&[0, now]);
    checker.insist(begins, StateId(0), "exploration does not begin in it")?;
    let mut count = 0;
    for id in graph.ids() {
        checker.waiting(id)?;
        checker.moves(id)?;
        for piece in &graph.node(id).pieces {
            if matches!(piece.end, End::Leads { .. }) {
                checker.transition(id, piece)?;
                count += 1;
                if checker.is_followed && count % SAMPLE == 0 {
                    checker.again(id, piece)?;
                }
            }
        }
    }
    Ok(())
}

struct Checker<'a> {
    graph: &'a Graph,
    /// Where times are only tried, what lies between is not in the graph.
    is_followed: bool,
}

impl Checker<'_> {
    fn insist(&self, holds: bool, id: StateId, what: &str) -> Result<(), ExploreError> {
        if holds {
            return Ok(());
        }
        Err(ExploreError::Broken {
            what: format!("the graph is not closed: state {}: {what}", id.0),
        })
    }

    fn waiting(&self, id: StateId) -> Result<(), ExploreError> {
        let reach = &self.graph.node(id).reach;
        let end = Bound::at_most(self.graph.horizon);
        for zone in reach.zones() {
            let later = zone.later().within(Instant::NOW, Instant::EPOCH, end);
            let stays = later.is_none_or(|later| reach.covers(&later));
            self.insist(stays, id, "waiting leads out of it")?;
        }
        Ok(())
    }

    /// At every time every move has an end, and only one.
    fn moves(&self, id: StateId) -> Result<(), ExploreError> {
        let node = self.graph.node(id);
        self.insist(node.explored, id, "it was never looked at")?;
        for (number, one) in self.graph.moves.iter().enumerate() {
            let by = MoveId(u32::try_from(number).expect("moves are counted in 32 bits"));
            let guards: Vec<&Zone> = node
                .pieces
                .iter()
                .filter(|piece| piece.by == by)
                .map(|piece| &*piece.guard)
                .collect();
            // A move that is not mentioned always fails.
            if guards.is_empty() || !self.is_followed {
                continue;
            }
            let known: Federation = guards.into_iter().cloned().collect();
            self.insist(
                known.includes(&node.reach),
                id,
                &format!("`{}` was not tried at every time", one.text),
            )?;
        }
        Ok(())
    }

    fn transition(&self, id: StateId, piece: &Piece) -> Result<(), ExploreError> {
        let End::Leads { to, origins, .. } = &piece.end else { return Ok(()) };
        let there = &self.graph.node(*to).reach;
        for zone in self.graph.node(id).reach.within(&piece.guard).zones() {
            let text = &self.graph.moves[piece.by.index()].text;
            let arrives = there.covers(&zone.selected(origins));
            self.insist(arrives, id, &format!("`{text}` leads to a time that is not in it"))?;
        }
        Ok(())
    }

    /// Executes a transition at other times than those at which it was found.
    fn again(&self, id: StateId, piece: &Piece) -> Result<(), ExploreError> {
        let End::Leads { to, origins, .. } = &piece.end else { return Ok(()) };
        let node = self.graph.node(id);
        let one = &self.graph.moves[piece.by.index()];
        let mut world = self.graph.world.clone();
        for zone in node.reach.within(&piece.guard).zones() {
            let latest = zone.solution(|least, greatest| greatest.unwrap_or(least));
            let found = attempt(
                &mut world,
                self.graph.pace,
                (&node.state, &latest),
                one,
                self.graph.eyes(),
            )?;
            let same = match &found.ending {
                Ending::Went(arrival) => {
                    arrival.state.key() == self.graph.node(*to).state.key()
                        && arrival.origins == **origins
                }
                Ending::Failed(_) => false,
            };
            self.insist(same, id, &format!("`{}` does not lead where it did", one.text))?;
        }
        Ok(())
    }
}

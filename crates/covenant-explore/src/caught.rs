//! Somebody who does not get out any more: until when he could, and what he can still try.

use std::sync::Arc;

use covenant_chain::Timestamp;
use covenant_scenario::expr::ActorId;

use crate::{
    analysis::{Backwards, Books, Path, Sets, Why, against, alone, last_in},
    cast::Cast,
    graph::{End, Graph, MoveId},
    story::{LastChance, Tried, Useless},
};

/// Who does not get out any more, and of what that was said.
#[derive(Debug)]
pub(crate) struct Caught<'a> {
    pub(crate) actor: ActorId,
    /// Within how many seconds, and how many a move may take, whatever the others do; else nobody else moves.
    pub(crate) against: Option<(i64, i64)>,
    /// Where something is his, and he can still get out.
    pub(crate) could: &'a Sets,
}

impl Caught<'_> {
    /// The last moment on a way into where he is caught at which he could still have got out.
    pub(crate) fn last_chance(&self, graph: &Graph, at: &Sets, path: &Path) -> Option<LastChance> {
        let (after_acts, state, solution) = last_in(graph, path, self.could)?;
        let possible = graph.node(state).pieces.iter().filter(|piece| {
            let one = &graph.moves[piece.by.index()];
            let End::Leads { to, origins, .. } = &piece.end else { return false };
            let there: Vec<i64> =
                origins.iter().map(|(origin, later)| solution[origin.0] + later).collect();
            one.actor == self.actor
                && piece.guard.contains(&solution)
                && !at.of(*to).contains(&there)
        });
        let mut moves: Vec<Arc<str>> =
            possible.map(|piece| Arc::clone(&graph.moves[piece.by.index()].text)).collect();
        moves.sort_unstable();
        moves.dedup();
        let name = graph.world.actor(self.actor).name.clone();
        Some(LastChance { at: instant(solution[1]), after_acts, name, moves })
    }

    /// What he can still try at the end of a way.
    pub(crate) fn tried(
        &self,
        (graph, cast): (&Graph, &Cast),
        (books, backwards): (&Books, &Backwards),
        path: &Path,
    ) -> Vec<Tried> {
        let tried = match self.against {
            None => alone(graph, cast, self.actor, path),
            Some((within, delay)) => {
                against(graph, books, cast, backwards, (self.actor, within, delay), path)
            }
        };
        let text = |by: MoveId| Arc::clone(&graph.moves[by.index()].text);
        let named =
            |by: MoveId| (graph.world.actor(graph.moves[by.index()].actor).name.clone(), text(by));
        let told = tried.into_iter().map(|tried| {
            let why = match tried.why {
                Why::Fails => Useless::Fails,
                Why::Late(at) => Useless::Late { at: instant(at) },
                Why::Caught(at) => Useless::Caught { at: instant(at) },
                Why::Foiled(at, by) => {
                    Useless::Foiled { at: instant(at), by: by.into_iter().map(named).collect() }
                }
            };
            Tried { text: text(tried.by), why }
        });
        let mut told: Vec<Tried> = told.collect();
        told.sort_unstable();
        told.dedup();
        told
    }
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp(u64::try_from(seconds).unwrap_or_default())
}

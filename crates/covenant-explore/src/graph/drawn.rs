//! A graph as it is drawn: what its states are like, and when which move leads from one to another.

use std::sync::Arc;

use alloy_primitives::U256;
use covenant_chain::Timestamp;
use covenant_scenario::{
    expr::{Typed, eval},
    world::World,
};

use super::{End, ExploreError, Graph, StateId};
use crate::zone::{Federation, Instant};

/// A graph to be drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Its states; the first is where exploration begins.
    pub states: Vec<DrawnState>,
    /// Its transitions, by the state that they leave.
    pub moves: Vec<DrawnMove>,
}

/// A state.
#[derive(Clone, Debug)]
pub struct DrawnState {
    /// Its number.
    pub id: StateId,
    /// How many moves it takes to get there.
    pub depth: u32,
    /// The first instant at which it can be so.
    pub since: Timestamp,
    /// What was asked of it, at that instant; `None` where there is no amount.
    pub amounts: Vec<Option<U256>>,
}

/// A transition.
#[derive(Clone, Debug)]
pub struct DrawnMove {
    /// The state that it leaves.
    pub from: StateId,
    /// The state that it leads to.
    pub to: StateId,
    /// Who.
    pub actor: String,
    /// What, as a scenario writes it.
    pub text: Arc<str>,
    /// The first and the last instant at which it does; without the last, up to where exploration ends.
    pub when: (Timestamp, Option<Timestamp>),
}

impl Graph {
    /// What is needed to draw it, with some amounts of every state.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn drawn(&self, amounts: &[&Typed]) -> Result<Drawn, ExploreError> {
        let mut world = self.world.clone();
        let states = self.ids().map(|id| self.drawn_state(id, amounts, &mut world));
        let states = states.collect::<Result<_, _>>()?;
        let moves = self.ids().flat_map(|id| self.drawn_moves(id)).collect();
        Ok(Drawn { states, moves })
    }

    fn drawn_state(
        &self,
        id: StateId,
        amounts: &[&Typed],
        world: &mut World,
    ) -> Result<DrawnState, ExploreError> {
        let node = self.node(id);
        let firsts = node.reach.zones().iter().map(|zone| zone.earliest());
        let first = firsts.min_by_key(|solution| solution[1]);
        let Some(solution) = first else {
            return Err(ExploreError::Broken { what: "a state at no time".to_owned() });
        };
        node.state.enter(world, self.pace, &solution)?;
        let amount = |typed: &&Typed| eval(typed, world).ok().and_then(|value| value.as_amount());
        let amounts = amounts.iter().map(amount).collect();
        Ok(DrawnState { id, depth: node.depth, since: moment(solution[1]), amounts })
    }

    fn drawn_moves(&self, id: StateId) -> Vec<DrawnMove> {
        let node = self.node(id);
        let leads = node.pieces.iter().filter_map(|piece| {
            let End::Leads { to, .. } = &piece.end else { return None };
            let one = &self.moves[piece.by.index()];
            Some(DrawnMove {
                from: id,
                to: *to,
                actor: self.world.actor(one.actor).name.clone(),
                text: Arc::clone(&one.text),
                when: self.when(&node.reach.within(&piece.guard))?,
            })
        });
        leads.collect()
    }

    /// The first and the last instant of some times.
    fn when(&self, times: &Federation) -> Option<(Timestamp, Option<Timestamp>)> {
        let zones = times.zones();
        let first = zones.iter().map(|zone| zone.earliest()[1]).min()?;
        let last = |zone: &crate::zone::Zone| {
            zone.bound(Instant::NOW, Instant::EPOCH).seconds().unwrap_or(self.horizon)
        };
        let last = zones.iter().map(last).max()?;
        Some((moment(first), (last < self.horizon).then(|| moment(last))))
    }
}

fn moment(seconds: i64) -> Timestamp {
    Timestamp(u64::try_from(seconds).unwrap_or_default())
}

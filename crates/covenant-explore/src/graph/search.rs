//! Breadth first, all states that can be reached, with all times at which they can be.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use covenant_scenario::world::World;
use rayon::prelude::*;

use super::{
    Arrival, Attempt, End, Ending, ExploreError, Graph, Move, MoveId, Node, Pace, Patience, Piece,
    State, StateId,
    recall::{Lesson, Recall},
    trial::Trial,
};
use crate::{
    cover::{cover, without},
    zone::{Bound, Federation, Instant, Zone},
};

/// How far exploration goes.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub(crate) states: usize,
    /// In bytes.
    pub(crate) memory: u64,
    /// How many bytes the process uses now; the size of the graph is estimated without it.
    pub(crate) used: Option<fn() -> Option<u64>>,
    pub(crate) patience: Patience,
}

/// Why exploration ended before everything was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// There are more states than were allowed.
    States,
    /// It took longer than was allowed.
    Seconds,
    /// It needed more memory than was allowed.
    Memory,
    /// The user ended it.
    Cancelled,
}

/// How far exploration has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// States found so far.
    pub states: usize,
    /// States with times that were not looked at yet.
    pub frontier: usize,
    /// Executions so far.
    pub executions: u64,
    /// How long it has taken.
    pub elapsed: Duration,
}

/// What was found out about a state at some of its times.
struct Explored {
    id: StateId,
    pieces: Vec<Found>,
    /// By which of its pieces, known ones first, and at which times it is left.
    leaves: Vec<(usize, Zone)>,
    /// Failures that may happen in other states too.
    lessons: Vec<Lesson>,
    executions: u64,
}

/// A piece whose end has no number yet.
struct Found {
    by: MoveId,
    attempt: Attempt,
}

/// How many states are explored together before their results are put in order.
const BATCH: usize = 256;

/// Finds all states.
pub(crate) fn search(
    world: World,
    moves: Vec<Move>,
    horizon: i64,
    bounds: &Bounds,
    progress: &mut dyn FnMut(Progress),
) -> Result<Graph, ExploreError> {
    let recall = Recall::of(moves.len());
    let mut search = Search {
        graph: Graph {
            nodes: Vec::new(),
            moves,
            pace: Pace::of(&world),
            world,
            horizon,
            opaque: BTreeMap::new(),
            surroundings: BTreeMap::new(),
            stopped: None,
            patience: bounds.patience.clone(),
        },
        index: HashMap::new(),
        frontier: VecDeque::new(),
        waiting: HashMap::new(),
        recall,
        executions: 0,
        zones: 0,
        pieces: 0,
    };
    search.begin();
    while !search.frontier.is_empty() {
        if let Some(why) = search.over(bounds) {
            search.graph.stopped = Some(why);
            // What is known by then can still be said.
            search.graph.patience = bounds.patience.again();
            break;
        }
        let batch = search.batch();
        let explored: Vec<_> =
            batch.into_par_iter().map(|(id, zones)| search.explore(id, &zones)).collect();
        for one in explored {
            search.add(one?);
        }
        progress(Progress {
            states: search.graph.nodes.len(),
            frontier: search.frontier.len(),
            executions: search.executions,
            elapsed: bounds.patience.elapsed(),
        });
    }
    Ok(search.graph)
}

struct Search {
    graph: Graph,
    index: HashMap<u128, StateId>,
    frontier: VecDeque<StateId>,
    /// Which times of which state were not looked at yet.
    waiting: HashMap<StateId, Vec<Zone>>,
    /// Failures that are known. While a batch is explored it stays as it is, so that threads make no difference.
    recall: Recall,
    executions: u64,
    /// How many zones were found; a state that can be so at ever more times never comes to an end either.
    zones: usize,
    /// How many pieces the states have together.
    pieces: usize,
}

impl Search {
    fn begin(&mut self) {
        let state = State::start(&self.graph.world);
        let now = i64::try_from(self.graph.world.chain.now().0).expect("it is not so late yet");
        let key = state.key();
        let node = Node {
            state,
            reach: Federation::empty(),
            pieces: Vec::new(),
            explored: false,
            depth: 0,
        };
        self.graph.nodes.push(node);
        self.index.insert(key, StateId(0));
        self.reached(StateId(0), &Zone::at(now));
    }

    fn over(&self, bounds: &Bounds) -> Option<Stopped> {
        if self.graph.nodes.len().max(self.zones) > bounds.states {
            Some(Stopped::States)
        } else if self.memory(bounds) > bounds.memory {
            Some(Stopped::Memory)
        } else {
            bounds.patience.ended()
        }
    }

    /// What the process uses, where that is known; else about what the graph does.
    fn memory(&self, bounds: &Bounds) -> u64 {
        let used = bounds.used.and_then(|used| used());
        // A state with its layer of storage, a zone with three or four instants, and a failure.
        let (states, zones) = (self.graph.nodes.len(), self.zones + self.pieces);
        used.unwrap_or((states * 600 + zones * 200 + self.recall.len() * 300) as u64)
    }

    /// The states that are looked at next, in the order in which they were found.
    fn batch(&mut self) -> Vec<(StateId, Vec<Zone>)> {
        let count = self.frontier.len().min(BATCH);
        let ids: Vec<_> = self.frontier.drain(..count).collect();
        let waiting = &mut self.waiting;
        ids.iter().map(|id| (*id, waiting.remove(id).unwrap_or_default())).collect()
    }

    /// A state can be so at these times, and by waiting at later ones.
    fn reached(&mut self, id: StateId, zone: &Zone) {
        let end = Bound::at_most(self.graph.horizon);
        let Some(zone) = zone.later().within(Instant::NOW, Instant::EPOCH, end) else { return };
        if !self.graph.nodes[id.index()].reach.add(&zone) {
            return;
        }
        self.zones += 1;
        let waiting = self.waiting.entry(id).or_default();
        if waiting.is_empty() {
            self.frontier.push_back(id);
        }
        waiting.push(zone);
    }

    /// Tries every move at every one of these times.
    fn explore(&self, id: StateId, zones: &[Zone]) -> Result<Explored, ExploreError> {
        let node = self.graph.node(id);
        let mut world = self.graph.world.clone();
        let (pieces, leaves, lessons) = (Vec::new(), Vec::new(), Vec::new());
        let mut explored = Explored { id, pieces, leaves, lessons, executions: 0 };
        for (number, one) in self.graph.moves.iter().enumerate() {
            let by = MoveId(u32::try_from(number).expect("moves are counted in 32 bits"));
            let known = node.pieces.iter().enumerate().filter(|(_, piece)| piece.by == by);
            let known: Vec<_> = known.collect();
            if node.explored && known.is_empty() {
                continue;
            }
            let first = explored.pieces.len();
            let mut rest: Vec<Zone> = zones.to_vec();
            for (_, piece) in &known {
                rest = without(rest, &piece.guard);
            }
            let recalled = self.recall.known(by, &node.state)?;
            let mut trial =
                Trial::of((&mut world, self.graph.pace), &node.state, (by, one), recalled);
            let attempts = cover(rest, |zone, solution| trial.at(zone, solution), Attempt::like)?;
            explored.executions += trial.count;
            explored.lessons.append(&mut trial.lessons);
            let found = |(guard, attempt)| Found { by, attempt: Attempt { guard, ..attempt } };
            explored.pieces.extend(attempts.into_iter().map(found));
            for zone in zones {
                let old = known.iter().filter(|(_, piece)| matches!(piece.end, End::Leads { .. }));
                let old = old.map(|(index, piece)| (*index, &piece.guard));
                let new = explored.pieces[first..].iter().enumerate();
                let new = new.filter(|(_, it)| matches!(it.attempt.ending, Ending::Went(_)));
                let new = new.map(|(index, found)| {
                    (node.pieces.len() + first + index, &found.attempt.guard)
                });
                let parts = old
                    .chain(new)
                    .filter_map(|(index, guard)| Some((index, zone.intersection(guard)?)));
                explored.leaves.extend(parts);
            }
        }
        Ok(explored)
    }

    /// Puts what was found out about a state into the graph.
    fn add(&mut self, explored: Explored) {
        let Explored { id, pieces, leaves, lessons, executions } = explored;
        self.executions += executions;
        lessons.into_iter().for_each(|lesson| self.recall.learn(lesson));
        let (depth, known) = (self.graph.node(id).depth + 1, self.graph.node(id).pieces.len());
        for Found { by, attempt } in pieces {
            let Attempt { guard, ending, opaque, surroundings, .. } = attempt;
            for place in opaque {
                self.graph.opaque.entry(place).or_default().insert(by);
            }
            for read in surroundings {
                self.graph.surroundings.entry(read).or_default().insert(by);
            }
            let end = match ending {
                Ending::Failed(_) => End::Fails,
                Ending::Went(arrival) => {
                    let Arrival { state, origins, gas } = *arrival;
                    let to = self.number(state, depth);
                    End::Leads { to, origins: Arc::new(origins), gas }
                }
            };
            self.graph.nodes[id.index()].pieces.push(Piece { by, guard, end });
        }
        for (index, zone) in leaves {
            let End::Leads { to, origins, .. } = &self.graph.node(id).pieces[index].end else {
                continue;
            };
            let (to, after) = (*to, zone.selected(origins));
            self.reached(to, &after);
        }
        // Moves that are not mentioned fail at all times.
        let node = &mut self.graph.nodes[id.index()];
        let whole = Zone::anything(node.state.instants);
        node.pieces.retain(|piece| !matches!(piece.end, End::Fails) || piece.guard != whole);
        self.pieces += node.pieces.len() - known;
        node.pieces.shrink_to_fit();
        node.explored = true;
    }

    /// The number of a state, which may be new.
    fn number(&mut self, state: State, depth: u32) -> StateId {
        let new = u32::try_from(self.graph.nodes.len()).expect("states are counted in 32 bits");
        let id = *self.index.entry(state.key()).or_insert(StateId(new));
        if id == StateId(new) {
            self.graph.nodes.push(Node {
                state,
                reach: Federation::empty(),
                pieces: Vec::new(),
                explored: false,
                depth,
            });
        }
        id
    }
}

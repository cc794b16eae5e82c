//! Breadth first, all states that can be reached, with all times at which they can be.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use alloy_primitives::U256;
use covenant_scenario::world::World;
use rayon::prelude::*;

use super::{
    Arrival, Attempt, End, Ending, ExploreError, Graph, Growth, LeftOut, Main, Move, MoveId, News,
    Node, Openings, Origins, Pace, Patience, Pick, Piece, Plot, Puppet, State, StateId,
    recall::Recall,
    starve::Fed,
    state::{Common, shared},
    visit::{Means, Tried, Visited, visit},
};
use crate::zone::{Bound, Federation, Instant, Zone};

/// What is tried.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// Moves that are the same in every state.
    pub(crate) moves: Vec<Move>,
    /// Those whose inputs are found on the way.
    pub(crate) openings: Openings,
    /// A stranger that is a contract.
    pub(crate) puppet: Option<Puppet>,
    /// How often a call that brings something into being succeeds on a path.
    pub(crate) repeats: u32,
}

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

/// How many states are explored together before their results are put in order.
const BATCH: usize = 256;

/// Finds all states.
pub(crate) fn search(
    mut world: World,
    known: Known,
    horizon: i64,
    bounds: &Bounds,
    progress: &mut dyn FnMut(Progress),
) -> Result<Graph, ExploreError> {
    let Known { moves, openings, puppet, repeats } = known;
    // Every state is read through it.
    let start = world.chain.snapshot().flat();
    world.chain.restore(&start);
    let plot = |index| Plot { main: Main::Known(index), reaction: None };
    let plots: Vec<Plot> = (0..moves.len()).map(plot).collect();
    let numbered = plots.iter().cloned().zip((0..).map(MoveId));
    let common = Common::new(&world);
    let mut search = Search {
        known: moves.len(),
        numbers: numbered.collect(),
        plots,
        openings,
        repeats,
        sampled: BTreeSet::new(),
        picks: BTreeSet::new(),
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
            puppet,
            sampled: BTreeMap::new(),
            left_out: BTreeSet::new(),
        },
        index: HashMap::new(),
        frontier: VecDeque::new(),
        waiting: HashMap::new(),
        recall: Recall::default(),
        fed: BTreeSet::new(),
        common,
        guards: HashSet::new(),
        origins: HashSet::new(),
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
            batch.into_par_iter().map(|(id, zones)| visit(search.means(), id, &zones)).collect();
        for one in explored {
            search.add(one?)?;
        }
        progress(Progress {
            states: search.graph.nodes.len(),
            frontier: search.frontier.len(),
            executions: search.executions,
            elapsed: bounds.patience.elapsed(),
        });
    }
    search.finish();
    Ok(search.graph)
}

struct Search {
    graph: Graph,
    /// How many moves are known from the start.
    known: usize,
    /// The moves by what they stand for, and the reverse.
    numbers: HashMap<Plot, MoveId>,
    plots: Vec<Plot>,
    openings: Openings,
    /// How often a call that brings something into being succeeds on a path.
    repeats: u32,
    /// Inputs that have more values than are tried, and which were tried of all.
    sampled: BTreeSet<(usize, usize)>,
    picks: BTreeSet<(usize, usize, Pick)>,
    index: HashMap<u128, StateId>,
    frontier: VecDeque<StateId>,
    /// Which times of which state were not looked at yet.
    waiting: HashMap<StateId, Vec<Zone>>,
    /// Failures that are known. While a batch is explored it stays as it is, so that threads make no difference.
    recall: Recall,
    /// Calls that need all the gas that they use.
    fed: BTreeSet<Fed>,
    /// What states have in common.
    common: Common,
    /// Guards and origins, each kept once.
    guards: HashSet<Arc<Zone>>,
    origins: HashSet<Arc<Origins>>,
    executions: u64,
    /// How many zones were found; a state that can be so at ever more times never comes to an end either.
    zones: usize,
    /// How many pieces the states have together.
    pieces: usize,
}

/// Which call something is, whatever its inputs.
#[derive(Clone, Copy, Debug)]
struct Source {
    /// Its number.
    number: usize,
    /// The number of the same call by whoever is listed first.
    everybodys: usize,
    /// An input is one of the scenario's with something changed.
    is_rare: bool,
    /// An input was found by looking, and is kept or paid: what is found next may depend on it, and so on without end.
    is_found: bool,
}

/// Counts once more, and says whether it is not too often.
fn counted(times: &mut Arc<BTreeMap<usize, u32>>, number: usize, most: u32) -> bool {
    let count = Arc::make_mut(times).entry(number).or_default();
    *count += 1;
    *count <= most
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
            failed: BTreeSet::new(),
            growth: Growth::default(),
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

    fn means(&self) -> Means<'_> {
        Means {
            graph: &self.graph,
            openings: &self.openings,
            known: self.known,
            numbers: &self.numbers,
            plots: &self.plots,
            recall: &self.recall,
            fed: &self.fed,
        }
    }

    /// Puts what was found out about a state into the graph.
    fn add(&mut self, visited: Visited) -> Result<(), ExploreError> {
        let Visited { id, tried, executions, sampled, picks, left_out, same, lessons, fed } =
            visited;
        self.fed.extend(fed);
        lessons.into_iter().for_each(|lesson| self.recall.learn(lesson));
        let before = self.graph.node(id).pieces.len();
        let same = same.iter().map(Plot::digest);
        self.graph.nodes[id.index()].failed.extend(same);
        self.executions += executions;
        self.sampled.extend(sampled);
        self.picks.extend(picks);
        self.graph.left_out.extend(left_out);
        let whole = Zone::anything(self.graph.node(id).state.instants);
        for tried in tried {
            let fails = |attempt: &Attempt| {
                matches!(attempt.ending, Ending::Failed(_)) && attempt.guard == whole
            };
            let is_listed = matches!(tried.plot, Plot { main: Main::Known(_), reaction: None });
            let always_fails = !tried.attempts.is_empty() && tried.attempts.iter().all(fails);
            let matters = is_listed || tried.made.as_ref().is_some_and(|made| made.binds());
            if always_fails && !matters && tried.known.is_empty() {
                self.graph.nodes[id.index()].failed.insert(tried.plot.digest());
                continue;
            }
            self.put(id, tried)?;
        }
        // Moves that are not mentioned fail at all times; but that a stranger can make one fail is worth mentioning.
        let Graph { nodes, moves, .. } = &mut self.graph;
        let node = &mut nodes[id.index()];
        node.pieces.retain(|piece| {
            !matches!(piece.end, End::Fails)
                || *piece.guard != whole
                || moves[piece.by.index()].binds()
        });
        self.pieces += node.pieces.len().saturating_sub(before);
        node.pieces.shrink_to_fit();
        node.explored = true;
        Ok(())
    }

    /// Puts what became of one move into the graph.
    fn put(&mut self, id: StateId, tried: Tried) -> Result<(), ExploreError> {
        let Tried { plot, made, attempts, known, new } = tried;
        let source = self.source(&plot);
        let by = self.move_number(plot, made);
        let depth = self.graph.node(id).depth + 1;
        let first = self.graph.node(id).pieces.len();
        for attempt in attempts {
            let Attempt { guard, ending, opaque, surroundings, news, .. } = attempt;
            for place in opaque {
                self.graph.opaque.entry(place).or_default().insert(by);
            }
            for read in surroundings {
                self.graph.surroundings.entry(read).or_default().insert(by);
            }
            let growth = match &ending {
                Ending::Went(_) => self.growth(id, source, by, &news)?,
                Ending::Failed(_) => None,
            };
            let end = match (ending, growth) {
                (Ending::Went(arrival), Some(growth)) => {
                    if !self.graph.moves[by.index()].is_alone() {
                        let call = self.title(source, by);
                        self.graph.left_out.insert(LeftOut::Signed { call });
                    }
                    let Arrival { state, origins, gas } = *arrival;
                    let to = self.number(state, depth, growth);
                    End::Leads { to, origins: shared(&mut self.origins, origins), gas }
                }
                _ => End::Fails,
            };
            let guard = shared(&mut self.guards, guard);
            self.graph.nodes[id.index()].pieces.push(Piece { by, guard, end });
        }
        let new = new.into_iter().map(|(index, zone)| (first + index, zone));
        for (index, zone) in known.into_iter().chain(new) {
            let End::Leads { to, origins, .. } = &self.graph.node(id).pieces[index].end else {
                continue;
            };
            let (to, after) = (*to, zone.selected(origins));
            self.reached(to, &after);
        }
        Ok(())
    }

    /// The number of a move, which may be new.
    fn move_number(&mut self, plot: Plot, made: Option<Box<Move>>) -> MoveId {
        if let Some(known) = self.numbers.get(&plot) {
            return *known;
        }
        let made = made.expect("a move without a number was made");
        let base = Plot { main: plot.main.clone(), reaction: None };
        let base = self.numbers.get(&base).filter(|_| plot.reaction.is_some()).copied();
        let made = made.instead_of(base);
        let number = u32::try_from(self.graph.moves.len()).expect("moves are counted in 32 bits");
        self.graph.moves.push(made);
        self.plots.push(plot.clone());
        self.numbers.insert(plot, MoveId(number));
        MoveId(number)
    }

    /// What something is counted as where it makes something new.
    fn source(&self, plot: &Plot) -> Source {
        let number = plot.source(self.known);
        let all = &self.openings.all;
        let opening = number.checked_sub(self.known).and_then(|at| all.get(at));
        let first = opening.and_then(|opening| {
            let title = opening.title();
            all.iter().position(|one| one.title() == title)
        });
        Source {
            number,
            everybodys: first.map_or(number, |first| self.known + first),
            is_rare: self.openings.is_rare(plot),
            is_found: self.is_found(plot),
        }
    }

    /// Whether an input is no value that was to be tried, but one that was found by looking, and it is kept or paid.
    fn is_found(&self, plot: &Plot) -> bool {
        let (Main::Chosen(choice) | Main::Starved(choice, _)) = &plot.main else { return false };
        let params = self.openings.all[choice.opening].params.iter().zip(&choice.picks);
        params.enumerate().any(|(index, (param, pick))| {
            param.is_found(*pick) && self.sampled.contains(&(choice.opening, index))
        })
    }

    /// How a call is called in lists.
    fn title(&self, source: Source, by: MoveId) -> String {
        match self.openings.all.get(source.number.wrapping_sub(self.known)) {
            Some(opening) => opening.title(),
            None => self.graph.moves[by.index()].text.to_string(),
        }
    }

    /// What has been brought into being once a move has succeeded; `None` if it has done so often enough.
    fn growth(
        &mut self,
        from: StateId,
        source: Source,
        by: MoveId,
        news: &News,
    ) -> Result<Option<Growth>, ExploreError> {
        let growth = self.graph.node(from).growth.clone();
        let mut touched = Vec::new();
        for (address, slot) in &news.words {
            // Words that are counted from zero are those that every contract of this kind has.
            let is_made =
                *slot >= U256::from(u64::MAX) && !growth.touched.contains(&(*address, *slot));
            if is_made && self.graph.world.chain.storage(*address, *slot)? == U256::ZERO {
                touched.push((*address, *slot));
            }
        }
        let is_new = !touched.is_empty() || !news.accounts.is_empty();
        if !is_new && !source.is_found {
            return Ok(Some(growth));
        }
        let title = self.title(source, by);
        if source.is_rare && is_new {
            let function = title;
            self.graph.left_out.insert(LeftOut::Others { function });
            return Ok(None);
        }
        if !news.accounts.is_empty() && !self.openings.all.is_empty() {
            let call = self.graph.moves[by.index()].text.to_string();
            self.graph.left_out.insert(LeftOut::Created { call });
        }
        let Growth { touched: mut all, mut times, mut found } = growth;
        Arc::make_mut(&mut all).extend(touched);
        if is_new && !counted(&mut times, source.number, self.repeats) {
            let (call, times) = (title, self.repeats);
            self.graph.left_out.insert(LeftOut::Repeats { call, times });
            return Ok(None);
        }
        // However many take turns, there is no end to it.
        if source.is_found && !counted(&mut found, source.everybodys, self.repeats) {
            let (function, times) = (title, self.repeats);
            self.graph.left_out.insert(LeftOut::Found { function, times });
            return Ok(None);
        }
        Ok(Some(Growth { touched: all, times, found }))
    }

    /// Says of which inputs only some values were tried, and which.
    fn finish(&mut self) {
        for (opening, index) in &self.sampled {
            let one = &self.openings.all[*opening];
            let param = &one.params[*index];
            let range = (*opening, *index, Pick::FIRST)..=(*opening, *index, Pick::LAST);
            let texts = self.picks.range(range).filter_map(|(_, _, pick)| param.text(*pick));
            let key = (one.title(), param.name.clone());
            self.graph.sampled.entry(key).or_default().extend(texts);
        }
    }

    /// The number of a state, which may be new.
    fn number(&mut self, state: State, depth: u32, growth: Growth) -> StateId {
        let new = u32::try_from(self.graph.nodes.len()).expect("states are counted in 32 bits");
        let id = *self.index.entry(state.key()).or_insert(StateId(new));
        if id == StateId(new) {
            let state = state.kept(&mut self.common);
            self.graph.nodes.push(Node {
                state,
                reach: Federation::empty(),
                pieces: Vec::new(),
                explored: false,
                failed: BTreeSet::new(),
                growth,
                depth,
            });
        }
        id
    }
}

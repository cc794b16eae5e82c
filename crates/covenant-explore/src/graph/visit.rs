//! One state: everything that can be done in it, at all of its times.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use covenant_scenario::world::World;
use xxhash_rust::xxh3::xxh3_128;

use super::{
    Attempt, End, Ending, ExploreError, Eyes, Failure, Graph, LeftOut, Move, MoveId, Node, Origins,
    Piece, State, StateId,
    openings::{Choice, Main, Openings, Plot, Reaction},
    params::{Pick, Sent},
    recall::{Lesson, Recall},
    starve::{Fed, limits},
    trial::Trial,
};
use crate::{
    cover::{cover, without},
    zone::Zone,
};

/// In no state more combinations of inputs are tried of anything.
const MOST_PLOTS: usize = 200;

/// What was found out about a state at some of its times.
pub(super) struct Visited {
    pub(super) id: StateId,
    pub(super) tried: Vec<Tried>,
    pub(super) executions: u64,
    /// Inputs that have more values than are tried.
    pub(super) sampled: BTreeSet<(usize, usize)>,
    /// Which values were tried.
    pub(super) picks: BTreeSet<(usize, usize, Pick)>,
    /// Calls that turned out to need all the gas that they use.
    pub(super) fed: BTreeSet<Fed>,
    pub(super) left_out: BTreeSet<LeftOut>,
    /// What is the same as something else in this state, at all times.
    pub(super) same: Vec<Plot>,
    /// Failures that may happen in other states too.
    pub(super) lessons: Vec<Lesson>,
}

/// What became of something that was tried.
pub(super) struct Tried {
    pub(super) plot: Plot,
    /// The move, if it has no number yet.
    pub(super) made: Option<Box<Move>>,
    pub(super) attempts: Vec<Attempt>,
    /// By which of the pieces that were known, and at which times the state is left.
    pub(super) known: Vec<(usize, Zone)>,
    /// By which of the attempts, and when.
    pub(super) new: Vec<(usize, Zone)>,
}

/// What is there to be tried.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    pub(super) graph: &'a Graph,
    pub(super) openings: &'a Openings,
    /// How many moves are known from the start.
    pub(super) known: usize,
    pub(super) numbers: &'a HashMap<Plot, MoveId>,
    /// What the moves with numbers stand for.
    pub(super) plots: &'a [Plot],
    /// Failures that are known.
    pub(super) recall: &'a Recall,
    /// Calls that need all the gas that they use.
    pub(super) fed: &'a BTreeSet<Fed>,
}

/// Tries everything at each of these times.
pub(super) fn visit(
    means: Means<'_>,
    id: StateId,
    zones: &[Zone],
) -> Result<Visited, ExploreError> {
    let mut visit = Visit {
        means,
        zones,
        node: means.graph.node(id),
        state: means.graph.node(id).state.whole(),
        world: means.graph.world.clone(),
        queue: VecDeque::new(),
        seen: BTreeSet::new(),
        counts: BTreeMap::new(),
        outcomes: BTreeMap::new(),
        visited: Visited {
            id,
            tried: Vec::new(),
            executions: 0,
            sampled: BTreeSet::new(),
            picks: BTreeSet::new(),
            left_out: BTreeSet::new(),
            same: Vec::new(),
            fed: BTreeSet::new(),
            lessons: Vec::new(),
        },
    };
    visit.begin();
    while let Some(plot) = visit.queue.pop_front() {
        visit.take(plot)?;
    }
    Ok(visit.visited)
}

/// Where something leads; nowhere if it fails.
type Outcome = Option<(u128, Origins)>;

struct Visit<'a> {
    means: Means<'a>,
    /// Times that were not looked at yet.
    zones: &'a [Zone],
    node: &'a Node,
    state: State,
    world: World,
    queue: VecDeque<Plot>,
    seen: BTreeSet<Plot>,
    /// How much was tried of what.
    counts: BTreeMap<usize, usize>,
    /// Where what is the same at all times leads, whatever a stranger's contract does.
    outcomes: BTreeMap<Main, Vec<Outcome>>,
    visited: Visited,
}

impl Visit<'_> {
    fn begin(&mut self) {
        let Means { openings, known, plots, .. } = self.means;
        // What was tried before is tried at the new times too.
        let again = self.node.pieces.iter().map(|piece| plots[piece.by.index()].clone());
        for plot in openings.begin(known).into_iter().chain(again) {
            if self.seen.insert(plot.clone()) {
                self.queue.push_back(plot);
            }
        }
    }

    fn take(&mut self, plot: Plot) -> Result<(), ExploreError> {
        let (means, node) = (self.means, self.node);
        let by = means.numbers.get(&plot).copied();
        let pieces = node.pieces.iter().enumerate();
        let known: Vec<(usize, &Piece)> =
            pieces.filter(|(_, piece)| Some(piece.by) == by).collect();
        let is_known = matches!(plot, Plot { main: Main::Known(_), reaction: None });
        let always_fails = is_known && known.is_empty() || node.failed.contains(&plot.digest());
        if node.explored && always_fails {
            return Ok(());
        }
        let is_new = known.is_empty();
        let times = if is_new { node.reach.zones() } else { self.zones };
        let rest =
            known.iter().fold(times.to_vec(), |rest, (_, piece)| without(rest, &piece.guard));
        let mut made = None;
        let one = match by {
            Some(by) => &means.graph.moves[by.index()],
            None => {
                let found = means.openings.made(&plot, &means.graph.moves, &means.graph.world);
                let Some(found) = found.map_err(ExploreError::Eval)? else {
                    self.impossible(&plot);
                    return Ok(());
                };
                &**made.insert(Box::new(found))
            }
        };
        let is_watched = !is_known || means.graph.puppet.is_some();
        let eyes = Eyes { inputs: is_watched, puppet: means.graph.puppet };
        let is_learnt = !rest.is_empty() && one.is_fixed();
        let recalled = if is_learnt { means.recall.known(&plot, &self.state)? } else { Vec::new() };
        let mut trial = Trial::of(
            (&mut self.world, means.graph.pace),
            &self.state,
            (&plot, one, eyes),
            recalled,
        );
        let found = cover(rest, |zone, solution| trial.at(zone, solution), Attempt::like)?;
        self.visited.executions += trial.count;
        self.visited.lessons.append(&mut trial.lessons);
        let attempts: Vec<Attempt> =
            found.into_iter().map(|(guard, attempt)| Attempt { guard, ..attempt }).collect();
        self.note(&plot);
        for attempt in &attempts {
            self.follow(&plot, one, attempt);
        }
        self.starve(&plot, one, &attempts, times)?;
        let cut = |guard: &Zone| {
            times.iter().filter_map(|zone| zone.intersection(guard)).collect::<Vec<_>>()
        };
        let old = known.iter().filter(|(_, piece)| matches!(piece.end, End::Leads { .. }));
        let old = old.flat_map(|(index, piece)| {
            cut(&piece.guard).into_iter().map(move |zone| (*index, zone))
        });
        let new = attempts.iter().enumerate();
        let new = new.filter(|(_, attempt)| matches!(attempt.ending, Ending::Went(_)));
        let new = new.flat_map(|(index, attempt)| {
            cut(&attempt.guard).into_iter().map(move |zone| (index, zone))
        });
        let (known, new) = (old.collect(), new.collect());
        if is_new && self.is_nothing_new(&plot, &attempts) {
            self.visited.same.push(plot);
            return Ok(());
        }
        self.visited.tried.push(Tried { plot, made, attempts, known, new });
        Ok(())
    }

    /// Whether what a stranger's contract does leads, at all times, to where something leads that it did before.
    fn is_nothing_new(&mut self, plot: &Plot, attempts: &[Attempt]) -> bool {
        let whole = Zone::anything(self.node.state.instants);
        let [attempt] = attempts else { return false };
        if attempt.guard != whole || !attempt.opaque.is_empty() {
            return false;
        }
        let outcome = match &attempt.ending {
            Ending::Failed(_) => None,
            Ending::Went(arrival) => Some((arrival.state.key(), arrival.origins.clone())),
        };
        let known = self.outcomes.entry(plot.main.clone()).or_default();
        let is_known = known.contains(&outcome);
        known.push(outcome);
        is_known && plot.reaction.is_some()
    }

    /// Queues what else has to be tried, given what became of an attempt.
    fn follow(&mut self, plot: &Plot, one: &Move, attempt: &Attempt) {
        if matches!(attempt.ending, Ending::Failed(Failure::NoValue)) {
            return self.instead(plot);
        }
        let Some(given) = &attempt.looked else { return };
        let sent = Sent {
            looked: &given.looked,
            data: &given.data,
            value: given.value,
            succeeded: matches!(attempt.ending, Ending::Went(_)) && given.looked.succeeded,
            is_first: self.visited.id == StateId(0),
        };
        let calls = given.looked.calls;
        let next = self.means.openings.next(plot, &sent, calls);
        self.visited.sampled.extend(next.sampled);
        if calls > 0 && !one.has_reaction() {
            let times = self.means.openings.depth;
            let call = one.text.to_string();
            self.visited.left_out.insert(LeftOut::Callbacks { call, times });
        }
        self.enqueue(plot, next.plots);
    }

    /// Queues the same with so little gas that it ends otherwise, and still succeeds.
    fn starve(
        &mut self,
        plot: &Plot,
        one: &Move,
        attempts: &[Attempt],
        times: &[Zone],
    ) -> Result<(), ExploreError> {
        let Plot { main: Main::Chosen(choice), reaction: None } = plot else { return Ok(()) };
        for attempt in attempts {
            let Ending::Went(arrival) = &attempt.ending else { continue };
            let fed = Fed { opening: choice.opening, gas: arrival.gas, calls: attempt.calls };
            let times = times.iter().find_map(|zone| zone.intersection(&attempt.guard));
            let is_known = self.means.fed.contains(&fed) || self.visited.fed.contains(&fed);
            let (Some(times), false) = (times, attempt.calls == 0 || is_known) else { continue };
            self.state.enter(&mut self.world, self.means.graph.pace, &times.earliest())?;
            let found = limits(&mut self.world, one, arrival.gas)?;
            self.visited.executions += found.executions;
            if found.limits.is_empty() {
                self.visited.fed.insert(fed);
                continue;
            }
            self.visited.left_out.insert(LeftOut::Gas { call: one.text.to_string() });
            let starved = found.limits.into_iter();
            let starved = starved.map(|gas| Main::Starved(choice.clone(), gas));
            let starved = starved.map(|main| Plot { main, reaction: None }).collect();
            self.enqueue(plot, starved);
        }
        Ok(())
    }

    fn enqueue(&mut self, plot: &Plot, found: Vec<Plot>) {
        for next in found {
            if self.seen.contains(&next) {
                continue;
            }
            let source = next.source(self.means.known);
            let count = self.counts.entry(source).or_default();
            if *count >= MOST_PLOTS {
                self.visited.left_out.insert(LeftOut::Combinations { function: self.title(plot) });
                continue;
            }
            *count += 1;
            self.seen.insert(next.clone());
            self.queue.push_back(next);
        }
    }

    /// Some expression for an input has no value here: what comes after it is tried instead.
    fn instead(&mut self, plot: &Plot) {
        let Some(choice) = plot.last_choice() else { return };
        let opening = &self.means.openings.all[choice.opening];
        let mut found = Vec::new();
        for (index, (param, pick)) in opening.params.iter().zip(&choice.picks).enumerate() {
            let Some(next) = param.instead_of(*pick) else { continue };
            match next {
                Some(next) => found.push(plot.with_pick(index, next)),
                None => {
                    let function = opening.title();
                    self.visited.left_out.insert(LeftOut::Function { function });
                }
            }
        }
        self.enqueue(plot, found);
    }

    fn title(&self, plot: &Plot) -> String {
        match &plot.main {
            Main::Known(index) => self.means.graph.moves[*index].text.to_string(),
            Main::Chosen(choice) | Main::Starved(choice, _) => {
                self.means.openings.all[choice.opening].title()
            }
        }
    }

    /// Some input has no value at all.
    fn impossible(&mut self, plot: &Plot) {
        let Some(choice) = plot.last_choice() else { return };
        let opening = &self.means.openings.all[choice.opening];
        let function = opening.title();
        let is_first = opening.first(choice.opening) == *choice;
        self.visited.left_out.insert(match is_first {
            true => LeftOut::Function { function },
            false => LeftOut::Combinations { function },
        });
    }

    fn note(&mut self, plot: &Plot) {
        let main = match &plot.main {
            Main::Chosen(choice) | Main::Starved(choice, _) => Some(choice),
            Main::Known(_) => None,
        };
        for choice in main.into_iter().chain(plot.inner()) {
            let picks = choice.picks.iter().enumerate();
            let picks = picks.map(|(index, pick)| (choice.opening, index, *pick));
            self.visited.picks.extend(picks);
        }
    }
}

impl Plot {
    /// What tells it from others.
    pub(super) fn digest(&self) -> u128 {
        xxh3_128(format!("{self:?}").as_bytes())
    }

    /// The choice of inputs that was made last: for what a stranger's contract does, if it does something.
    fn last_choice(&self) -> Option<&Choice> {
        match &self.main {
            _ if !self.inner().is_empty() => self.inner().last(),
            Main::Chosen(choice) => Some(choice),
            Main::Known(_) | Main::Starved(..) => None,
        }
    }

    /// The same, with another value for an input of that choice.
    fn with_pick(&self, index: usize, pick: Pick) -> Self {
        let mut plot = self.clone();
        let inner = match &mut plot.reaction {
            Some(Reaction::Calls(choices)) => choices.last_mut(),
            _ => None,
        };
        match (inner, &mut plot.main) {
            (Some(choice), _) | (None, Main::Chosen(choice)) => choice.picks[index] = pick,
            (None, Main::Known(_) | Main::Starved(..)) => {}
        }
        plot
    }

    /// The calls that a stranger's contract makes, in order.
    pub(super) fn inner(&self) -> &[Choice] {
        match &self.reaction {
            Some(Reaction::Calls(choices)) => choices,
            _ => &[],
        }
    }

    /// The same, with another call as the last that a stranger's contract makes.
    pub(super) fn with_last(&self, other: Choice) -> Self {
        let before = self.inner().split_last().map_or(&[][..], |(_, before)| before);
        let inner = before.iter().cloned().chain([other]).collect();
        Self { reaction: Some(Reaction::Calls(inner)), ..self.clone() }
    }

    /// What is done in the first place, whatever the inputs.
    pub(super) const fn source(&self, known: usize) -> usize {
        match &self.main {
            Main::Known(index) => *index,
            Main::Chosen(choice) | Main::Starved(choice, _) => known + choice.opening,
        }
    }
}

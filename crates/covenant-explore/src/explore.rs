//! From a plan to a report: the graph is built, every property is looked at, every counterexample is replayed.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use covenant_chain::Timestamp;
use covenant_scenario::{
    RunOptions, Stage,
    event::Site,
    expr::{ActorId, eval},
    plan::{ExplorePlan, Plan, Property, PropertyKind, TimeSpec},
    world::World,
};

use crate::{
    analysis::{
        Backwards, Books, Honest, Observer, Path, Sets, after, always, conservation, ends,
        exit_alone, exit_gas, exit_within, flows, incentives, no_trapped_funds,
        no_unattributed_loss, only, order, reachable, reaction, rules, shortest,
    },
    cast::{Cast, calls},
    caught::Caught,
    failed::Failed,
    graph::{
        Blind, Bounds, ExploreError, Graph, LeftOut, Move, MoveId, Patience, Progress, search,
    },
    heard::heard,
    inputs::Sampled,
    recheck::recheck,
    story::{Story, told},
    verdict::{Answer, Verdict},
    zone::{Bound, Federation, Instant, Zone},
};

/// Who is told how far exploration has come.
type Listener<'a> = &'a mut dyn FnMut(Progress);

/// How an exploration is to be done.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How the steps before it are run.
    pub run: RunOptions,
    /// It ends with what is known so far when this is set.
    pub cancel: Option<Arc<AtomicBool>>,
    /// Most states, if that is less than the scenario allows.
    pub states: Option<usize>,
    /// How many bytes of memory the process uses now. Without it, or where it does not know, the limit of the scenario is
    /// held against an estimate of what the graph takes.
    pub memory_used: Option<fn() -> Option<u64>>,
}

/// What was found.
#[derive(Debug)]
pub struct Report {
    /// The graph.
    pub graph: Graph,
    /// What is known about each property, in order.
    pub findings: Vec<Finding>,
    /// What was not covered.
    pub domain: Domain,
    /// How many transactions were executed.
    pub executions: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// The chance that two different states were taken for one is at most one in two to the power of this.
    pub collision_bits: u32,
}

/// What is known about a property.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The property, as written.
    pub text: Arc<str>,
    /// Where it stands.
    pub site: Arc<Site>,
    /// What is known.
    pub verdict: Verdict,
    /// What can be said beyond that.
    pub detail: Option<String>,
    /// How many seconds an exit takes at most, if it is about one that holds.
    pub seconds: Option<u64>,
    /// How it comes that it does not hold; for something that can be reached, how.
    pub story: Option<Story>,
}

/// What was not covered, though it is possible.
#[derive(Clone, Debug, Default)]
pub struct Domain {
    /// Inputs of which only some values were tried.
    pub inputs: Vec<Sampled>,
    /// Where a time could not be followed: there only some times were tried.
    pub times: BTreeSet<Blind>,
    /// What else was read that nobody in the agreement controls, and where.
    pub surroundings: BTreeSet<(covenant_chain::shadow::Place, &'static str)>,
    /// What else was left out.
    pub left_out: BTreeSet<LeftOut>,
}

impl Domain {
    /// Whether nothing was left out.
    pub fn is_everything(&self) -> bool {
        self.inputs.is_empty()
            && self.times.is_empty()
            && self.surroundings.is_empty()
            && self.left_out.is_empty()
    }
}

/// Explores a scenario from the state after its steps.
///
/// # Errors
/// When there is nothing to explore, or no report.
pub fn explore(
    plan: &Arc<Plan>,
    options: &Options,
    progress: Listener<'_>,
) -> Result<Report, Failed> {
    let Built { explore, mut world, cast, honest, mut graph, horizon, bounds, last } =
        Built::of(plan, options, progress)?;
    let (executions, elapsed) =
        last.map_or((0, Duration::ZERO), |last| (last.executions, last.elapsed));
    let asked = explore.properties.iter().any(|one| matches!(one.kind, PropertyKind::Ends));
    let anyone = if asked && graph.stopped.is_none() {
        let mut cast = cast.with_anyone(&mut world)?;
        let graph = search(world, cast.known(), horizon, &bounds, &mut |_| {})?;
        cast.learn(&graph);
        if graph.stopped.is_none() {
            recheck(&graph)?;
        }
        Some((graph, cast))
    } else {
        None
    };
    let mut examiner = Examiner::of((&graph, plan, explore), &cast, &honest, anyone.as_ref())?;
    let mut findings = Vec::new();
    for property in &explore.properties {
        findings.push(examiner.finding(property)?);
    }
    let domain = examiner.wider_domain();
    if findings.iter().any(|finding| finding.verdict == Verdict::Bounded) {
        graph.stopped = graph.stopped.or_else(|| graph.patience.ended());
    }
    let collision_bits = graph.collision_bits();
    Ok(Report { findings, domain, executions, elapsed, collision_bits, graph })
}

/// A graph, and what it was built from.
pub(crate) struct Built<'a> {
    pub(crate) explore: &'a ExplorePlan,
    pub(crate) world: World,
    pub(crate) cast: Cast,
    pub(crate) honest: Vec<Honest>,
    pub(crate) graph: Graph,
    pub(crate) horizon: i64,
    bounds: Bounds,
    pub(crate) last: Option<Progress>,
}

impl<'a> Built<'a> {
    /// Takes a plan to where its steps end, and builds the graph from there.
    pub(crate) fn of(
        plan: &'a Arc<Plan>,
        options: &Options,
        progress: Listener<'_>,
    ) -> Result<Self, Failed> {
        let explore = plan.explore.as_ref().ok_or(Failed::NothingToExplore)?;
        let stage = Stage::after(plan, &options.run, plan.steps.len())
            .map_err(|error| Failed::Stage(Box::new(error)))?;
        let mut world = stage.world().clone();
        let heard = heard(plan, explore, &options.run, &world)?;
        let mut cast = Cast::of((plan, explore), heard, &mut world)?;
        let asks =
            explore.properties.iter().any(|one| matches!(one.kind, PropertyKind::Incentives));
        let honest = if asks { Honest::of(explore, &mut cast, &world)? } else { Vec::new() };
        let bounds = Bounds {
            states: usize::try_from(explore.limits.states)
                .unwrap_or(usize::MAX)
                .min(options.states.unwrap_or(usize::MAX)),
            memory: explore.limits.memory,
            used: options.memory_used,
            patience: Patience::of(
                Duration::from_secs(explore.limits.seconds),
                options.cancel.clone(),
            ),
        };
        let mut last = None;
        let mut listen = |now: Progress| {
            last = Some(now);
            progress(now);
        };
        let horizon = horizon(explore, &world)?;
        let graph = search(world.clone(), cast.known(), horizon, &bounds, &mut listen)?;
        cast.learn(&graph);
        if graph.stopped.is_none() {
            recheck(&graph)?;
            if changes_later(&graph) {
                cast.left_out.insert(LeftOut::Horizon);
            }
        }
        Ok(Self { explore, world, cast, honest, graph, horizon, bounds, last })
    }
}

/// The last instant that is looked at.
fn horizon(explore: &ExplorePlan, world: &World) -> Result<i64, ExploreError> {
    const HUNDRED_YEARS: u64 = 36_525 * 86_400;
    let now = world.chain.now();
    let end = match &explore.horizon {
        None => Timestamp(world.start().0.saturating_add(HUNDRED_YEARS)),
        Some(horizon) => horizon.end(world)?,
    };
    Ok(i64::try_from(end.max(now).0).unwrap_or(FAR).min(FAR))
}

/// Whether something may end otherwise after the horizon than at it. Times that no contract has bits for are left out.
fn changes_later(graph: &Graph) -> bool {
    const LAST: i64 = 1 << 39;
    graph.ids().any(|id| {
        let node = graph.node(id);
        let zones = node.reach.zones().iter().map(Zone::later);
        let later: Vec<Zone> = zones
            .filter_map(|zone| zone.within(Instant::NOW, Instant::EPOCH, Bound::at_most(LAST)))
            .collect();
        let moves: BTreeSet<MoveId> = node.pieces.iter().map(|piece| piece.by).collect();
        moves.into_iter().any(|by| {
            let pieces = node.pieces.iter().filter(|piece| piece.by == by);
            let known: Federation = pieces.map(|piece| Zone::clone(&piece.guard)).collect();
            later.iter().any(|zone| !known.covers(zone))
        })
    })
}

/// Beyond what is looked at: thirty million years.
const FAR: i64 = 1 << 50;

/// A span of time in seconds.
fn seconds(span: &TimeSpec, world: &World) -> Result<i64, ExploreError> {
    let now = world.chain.now();
    let end = span.after(now, world)?;
    Ok(i64::try_from(end.0.saturating_sub(now.0)).unwrap_or(FAR).min(FAR))
}

/// Looks at properties.
struct Examiner<'a> {
    graph: &'a Graph,
    plan: &'a Plan,
    explore: &'a ExplorePlan,
    cast: &'a Cast,
    honest: &'a [Honest],
    backwards: Backwards,
    observer: Observer<'a>,
    books: Books,
    /// The graph in which anyone moves too, if that is asked for.
    anyone: Option<&'a (Graph, Cast)>,
}

impl<'a> Examiner<'a> {
    fn of(
        (graph, plan, explore): (&'a Graph, &'a Plan, &'a ExplorePlan),
        cast: &'a Cast,
        honest: &'a [Honest],
        anyone: Option<&'a (Graph, Cast)>,
    ) -> Result<Self, ExploreError> {
        let mut observer = Observer::new(graph);
        let books = Books::of(&mut observer, &explore.claims)?;
        let backwards = Backwards::of(graph);
        Ok(Self { graph, plan, explore, cast, honest, backwards, observer, books, anyone })
    }

    /// What was not covered in the graph.
    fn domain(&self) -> Domain {
        let sampled =
            |((function, input), values): (&(String, String), &BTreeSet<String>)| Sampled {
                function: function.clone(),
                input: input.clone(),
                values: values.iter().cloned().collect(),
            };
        Domain {
            inputs: self.graph.sampled.iter().map(sampled).collect(),
            times: self.graph.opaque.keys().chain(&self.observer.blind).copied().collect(),
            surroundings: self.graph.surroundings.keys().copied().collect(),
            left_out: self.graph.left_out.iter().chain(&self.cast.left_out).cloned().collect(),
        }
    }

    /// The same, with what was not covered in the graph in which anyone moves too.
    fn wider_domain(&self) -> Domain {
        let mut domain = self.domain();
        if let Some((wider, _)) = self.anyone {
            domain.times.extend(wider.opaque.keys());
            domain.surroundings.extend(wider.surroundings.keys());
            domain.left_out.extend(wider.left_out.iter().cloned());
        }
        domain
    }

    fn finding(&mut self, property: &Property) -> Result<Finding, ExploreError> {
        let answer = self.answer(&property.kind)?;
        // What was found by then is no answer.
        let answer = if self.graph.patience.is_over() { Answer::Open(None) } else { answer };
        let mut seconds = None;
        let is_complete = self.graph.stopped.is_none();
        let domain = match property.kind {
            PropertyKind::Ends => self.wider_domain(),
            _ => self.domain(),
        };
        let is_everything = domain.is_everything();
        let on_domain = |all, some| if is_everything { all } else { some };
        let proved = on_domain(Verdict::Proved, Verdict::ProvedOnDomain);
        let refuted = on_domain(Verdict::Refuted, Verdict::RefutedOnDomain);
        // Where nobody else was let try, it says nothing that somebody else fails.
        let is_tried = self.is_tried(&property.kind)?;
        let proved = if is_tried { proved } else { Verdict::ProvedOnDomain };
        let if_saved = |can_be_saved| if can_be_saved { refuted } else { Verdict::Refuted };
        // Without a story it was a way that was only guessed at, and is none.
        let shown = |story: Option<Story>, verdict, what| {
            (if story.is_some() { verdict } else { Verdict::Bounded }, Some(what), story)
        };
        let (verdict, detail, story) = match answer {
            Answer::Holds { .. } if is_complete && !is_tried => {
                (proved, Some("nobody else could try".to_owned()), None)
            }
            Answer::Holds { detail, seconds: took } => {
                seconds = took.and_then(|seconds| u64::try_from(seconds).ok());
                (if is_complete { proved } else { Verdict::Bounded }, detail, None)
            }
            Answer::Broken { can_be_saved: true, what, .. }
            | Answer::Clash { can_be_saved: true, what, .. }
            | Answer::Caught { what, .. }
                if !is_complete =>
            {
                (Verdict::Bounded, Some(what), None)
            }
            Answer::Broken { at, then, what, can_be_saved } => {
                let acts = then.map(|by| self.graph.moves[by.index()].clone());
                let acts: Vec<Move> = acts.into_iter().collect();
                shown(self.story(&at, &acts, &what)?, if_saved(can_be_saved), what)
            }
            Answer::Clash { at, acts, what, can_be_saved } => {
                shown(self.story(&at, &acts, &what)?, if_saved(can_be_saved), what)
            }
            Answer::Caught { at, actor, could, against, what } => {
                let caught = Caught { actor, against, could: &could };
                shown(self.caught(&at, &caught, &what)?, refuted, what)
            }
            Answer::Strayed { path, most, what } => {
                let story = self.told(&path, &[], &what)?;
                let story = story.map(|story| Story { most: Some(most), ..story });
                // What honest play leads to was only tried where times could not be followed.
                shown(story, if_saved(!self.domain().times.is_empty()), what)
            }
            Answer::Open(why) => (Verdict::Bounded, why, None),
            Answer::Missing(why) if is_complete => (refuted, Some(why), None),
            Answer::Missing(_) => (Verdict::Bounded, None, None),
            Answer::Found { at } => match self.story(&at, &[], "it holds here")? {
                Some(story) => (Verdict::Proved, None, Some(story)),
                None => (Verdict::Bounded, None, None),
            },
        };
        let (text, site) = (Arc::clone(&property.text), Arc::clone(&property.site));
        Ok(Finding { text, site, verdict, detail, seconds, story })
    }

    /// Whether somebody tries what only some may do.
    fn is_tried(&self, kind: &PropertyKind) -> Result<bool, ExploreError> {
        let PropertyKind::Only { actors, target, functions } = kind else { return Ok(true) };
        let world = &self.graph.world;
        let target = eval(target, world).map_err(ExploreError::Eval)?.as_address();
        let others = |actor: &ActorId| !actors.contains(actor);
        let listed = self.cast.moves.iter().any(|one| {
            others(&one.actor) && target.is_some_and(|target| calls(one, world, target, functions))
        });
        Ok(listed || self.cast.openings.all.iter().any(|opening| others(&opening.actor)))
    }

    /// The shortest way, made on a chain of its own. `None` where it cannot be made there, which happens only where the
    /// times could not be followed.
    fn story(&self, at: &Sets, then: &[Move], what: &str) -> Result<Option<Story>, ExploreError> {
        match shortest(self.graph, &self.backwards, at) {
            Some(path) => self.told(&path, then, what),
            None => self.unless_blind(None),
        }
    }

    fn told(&self, path: &Path, then: &[Move], what: &str) -> Result<Option<Story>, ExploreError> {
        self.unless_blind(told(self.graph, path, then, what.to_owned())?)
    }

    fn unless_blind(&self, story: Option<Story>) -> Result<Option<Story>, ExploreError> {
        if story.is_none() && self.domain().times.is_empty() {
            let what = "a counterexample cannot be replayed".to_owned();
            return Err(ExploreError::Broken { what });
        }
        Ok(story)
    }

    /// The same, of somebody who does not get out any more.
    fn caught(
        &self,
        at: &Sets,
        caught: &Caught<'_>,
        what: &str,
    ) -> Result<Option<Story>, ExploreError> {
        let Some(path) = shortest(self.graph, &self.backwards, at) else {
            return self.unless_blind(None);
        };
        let last_chance = caught.last_chance(self.graph, at, &path);
        let tried = caught.tried((self.graph, self.cast), (&self.books, &self.backwards), &path);
        let story = self.told(&path, &[], what)?;
        Ok(story.map(|story| Story { last_chance, tried, ..story }))
    }

    fn answer(&mut self, kind: &PropertyKind) -> Result<Answer, ExploreError> {
        let Self { graph, plan, explore, cast, honest, backwards, observer, books, anyone } = self;
        match kind {
            // What depends on all ways from a state can be said only when all are known.
            PropertyKind::NoTrappedFunds
            | PropertyKind::ExitAlone(_)
            | PropertyKind::ExitWithin(..)
            | PropertyKind::Ends
            | PropertyKind::Order
            | PropertyKind::Incentives
                if graph.stopped.is_some() =>
            {
                Ok(Answer::Open(None))
            }
            PropertyKind::Conservation => match conservation(graph, books) {
                holds @ Answer::Holds { .. } => Ok(flows(graph, &explore.dust)?.unwrap_or(holds)),
                broken => Ok(broken),
            },
            PropertyKind::NoTrappedFunds => {
                no_trapped_funds(graph, backwards, books, cast, &explore.dust)
            }
            PropertyKind::ExitAlone(actor) => Ok(exit_alone(graph, backwards, books, cast, *actor)),
            PropertyKind::ExitWithin(actor, within) => {
                let within = seconds(within, &graph.world)?;
                let delay = i64::try_from(explore.delay).unwrap_or(i64::MAX);
                Ok(exit_within(graph, books, cast, backwards, (*actor, within, delay)))
            }
            PropertyKind::Ends => match anyone {
                Some((wider, cast)) if wider.stopped.is_none() => {
                    let mut wider_observer = Observer::new(wider);
                    let books = Books::of(&mut wider_observer, &explore.claims)?;
                    observer.blind.extend(wider_observer.blind);
                    Ok(ends(graph, wider, &books, cast))
                }
                _ => Ok(Answer::Open(None)),
            },
            PropertyKind::ExitGas { cap } => Ok(exit_gas(graph, books, *cap)),
            PropertyKind::NoUnattributedLoss => Ok(no_unattributed_loss(graph, books, cast)),
            PropertyKind::Always(condition) => always(graph, observer, condition, false),
            PropertyKind::Never(condition) => always(graph, observer, condition, true),
            PropertyKind::Reachable(condition) => reachable(graph, observer, condition),
            PropertyKind::Only { actors, target, functions } => {
                only(graph, cast, actors, target, functions)
            }
            PropertyKind::After { call, then, attempts } => {
                after(graph, observer, cast, (call, then, *attempts))
            }
            PropertyKind::ReactionWindow { actor, at_least } => {
                let world = &graph.world;
                let least = at_least.as_ref().map(|span| seconds(span, world)).transpose()?;
                Ok(reaction(graph, cast, *actor, least))
            }
            PropertyKind::Order => Ok(order(graph, books, cast)),
            PropertyKind::Incentives => incentives(graph, observer, explore, honest),
            PropertyKind::Rules => rules(graph, observer, &plan.rules, &explore.claims),
        }
    }
}

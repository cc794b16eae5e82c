//! From a plan to a report: the graph is built, every property is looked at, every counterexample is replayed.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use covenant_chain::Timestamp;
use covenant_scenario::{
    RunOptions, Stage, StageError,
    event::Site,
    plan::{ExplorePlan, Plan, Property, PropertyKind, TimeSpec},
    world::World,
};

use crate::{
    analysis::{
        Backwards, Books, Observer, after, always, conservation, ends, exit_alone, exit_gas,
        exit_within, no_trapped_funds, no_unattributed_loss, only, order, reachable, reaction,
        shortest,
    },
    cast::Cast,
    graph::{Blind, Bounds, ExploreError, Graph, Progress, Stopped, search},
    inputs::Sampled,
    recheck::recheck,
    story::{Story, told},
    verdict::{Answer, Verdict},
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
}

impl Domain {
    /// Whether nothing was left out.
    pub fn is_everything(&self) -> bool {
        self.inputs.is_empty() && self.times.is_empty() && self.surroundings.is_empty()
    }
}

/// Why there is no report.
#[derive(Debug)]
pub enum Failed {
    /// The scenario has neither `explore:` nor `properties:`.
    NothingToExplore,
    /// Its steps do not get to where exploration begins.
    Stage(Box<StageError>),
    /// The exploration itself failed.
    Explore(Box<ExploreError>),
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingToExplore => {
                formatter.write_str("the scenario has neither `explore:` nor `properties:`")
            }
            Self::Stage(error) => error.fmt(formatter),
            Self::Explore(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for Failed {}

impl From<ExploreError> for Failed {
    fn from(error: ExploreError) -> Self {
        Self::Explore(Box::new(error))
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
    let explore = plan.explore.as_ref().ok_or(Failed::NothingToExplore)?;
    let stage = Stage::after(plan, &options.run, plan.steps.len())
        .map_err(|error| Failed::Stage(Box::new(error)))?;
    let mut world = stage.world().clone();
    let cast = Cast::of(plan, explore, &mut world)?;
    let bounds = Bounds {
        states: usize::try_from(explore.limits.states)
            .unwrap_or(usize::MAX)
            .min(options.states.unwrap_or(usize::MAX)),
        time: Duration::from_secs(explore.limits.seconds),
        memory: explore.limits.memory,
        used: options.memory_used,
        cancel: options.cancel.clone(),
    };
    let mut last = None;
    let mut listen = |now: Progress| {
        last = Some(now);
        progress(now);
    };
    let horizon = horizon(explore, &world)?;
    let graph = search(world.clone(), cast.moves.clone(), horizon, &bounds, &mut listen)?;
    let (executions, elapsed) =
        last.map_or((0, Duration::ZERO), |last| (last.executions, last.elapsed));
    if graph.stopped.is_none() {
        recheck(&graph)?;
    }
    let asked = explore.properties.iter().any(|one| matches!(one.kind, PropertyKind::Ends));
    let anyone = if asked && graph.stopped.is_none() {
        let cast = cast.with_anyone(&mut world)?;
        let graph = search(world, cast.moves.clone(), horizon, &bounds, &mut |_| {})?;
        Some((graph, cast))
    } else {
        None
    };
    let mut examiner = Examiner::of(&graph, explore, &cast, anyone.as_ref())?;
    let mut findings = Vec::new();
    for property in &explore.properties {
        findings.push(examiner.finding(property)?);
    }
    let domain = examiner.domain();
    // n states are n² / 2 pairs, and a pair collides once in 2^128.
    let collision_bits = 129 - 2 * graph.states().next_power_of_two().ilog2();
    Ok(Report { findings, domain, executions, elapsed, collision_bits, graph })
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
    explore: &'a ExplorePlan,
    cast: &'a Cast,
    backwards: Backwards,
    observer: Observer<'a>,
    books: Books,
    /// The graph in which anyone moves too, if that is asked for.
    anyone: Option<&'a (Graph, Cast)>,
}

impl<'a> Examiner<'a> {
    fn of(
        graph: &'a Graph,
        explore: &'a ExplorePlan,
        cast: &'a Cast,
        anyone: Option<&'a (Graph, Cast)>,
    ) -> Result<Self, ExploreError> {
        let mut observer = Observer::new(graph);
        let books = Books::of(&mut observer, &explore.claims)?;
        let backwards = Backwards::of(graph);
        Ok(Self { graph, explore, cast, backwards, observer, books, anyone })
    }

    fn domain(&self) -> Domain {
        Domain {
            inputs: self.cast.sampled.clone(),
            times: self.graph.opaque.keys().chain(&self.observer.blind).copied().collect(),
            surroundings: self.graph.surroundings.keys().copied().collect(),
        }
    }

    fn finding(&mut self, property: &Property) -> Result<Finding, ExploreError> {
        let answer = self.answer(&property.kind)?;
        let mut seconds = None;
        let is_complete = self.graph.stopped.is_none();
        let is_everything = self.domain().is_everything();
        let on_domain = |all, some| if is_everything { all } else { some };
        let proved = on_domain(Verdict::Proved, Verdict::ProvedOnDomain);
        let refuted = on_domain(Verdict::Refuted, Verdict::RefutedOnDomain);
        let (verdict, detail, story) = match answer {
            Answer::Holds { detail, seconds: took } => {
                seconds = took.and_then(|seconds| u64::try_from(seconds).ok());
                (if is_complete { proved } else { Verdict::Bounded }, detail, None)
            }
            Answer::Broken { can_be_saved: true, what, .. } if !is_complete => {
                (Verdict::Bounded, Some(what), None)
            }
            Answer::Broken { at, then, what, can_be_saved } => {
                match self.story(&at, then, &what)? {
                    Some(story) => {
                        let verdict = if can_be_saved { refuted } else { Verdict::Refuted };
                        (verdict, Some(what), Some(story))
                    }
                    // A way that was only guessed at, and is none.
                    None => (Verdict::Bounded, Some(what), None),
                }
            }
            Answer::Open(why) => (Verdict::Bounded, why.map(str::to_owned), None),
            Answer::Missing if is_complete => {
                (refuted, Some("no state is like that".to_owned()), None)
            }
            Answer::Missing => (Verdict::Bounded, None, None),
            Answer::Found { at } => match self.story(&at, None, "it holds here")? {
                Some(story) => (Verdict::Proved, None, Some(story)),
                None => (Verdict::Bounded, None, None),
            },
        };
        let (text, site) = (Arc::clone(&property.text), Arc::clone(&property.site));
        Ok(Finding { text, site, verdict, detail, seconds, story })
    }

    /// The shortest way, made on a chain of its own. `None` where it cannot be made there, which happens only where the
    /// times could not be followed.
    fn story(
        &self,
        at: &crate::analysis::Sets,
        then: Option<crate::graph::MoveId>,
        what: &str,
    ) -> Result<Option<Story>, ExploreError> {
        let told = match shortest(self.graph, &self.backwards, at) {
            Some(path) => told(self.graph, &path, then, what.to_owned())?,
            None => None,
        };
        match told {
            Some(story) => Ok(Some(story)),
            None if !self.domain().times.is_empty() => Ok(None),
            None => {
                Err(ExploreError::Broken { what: "a counterexample cannot be replayed".into() })
            }
        }
    }

    fn answer(&mut self, kind: &PropertyKind) -> Result<Answer, ExploreError> {
        let Self { graph, explore, cast, backwards, observer, books, anyone } = self;
        match kind {
            // What depends on all ways from a state can be said only when all are known.
            PropertyKind::NoTrappedFunds
            | PropertyKind::ExitAlone(_)
            | PropertyKind::ExitWithin(..)
            | PropertyKind::Ends
            | PropertyKind::Order
                if graph.stopped.is_some() =>
            {
                Ok(Answer::Open(None))
            }
            PropertyKind::Conservation => Ok(conservation(graph, books)),
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
                    let books = Books::of(&mut Observer::new(wider), &explore.claims)?;
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
            PropertyKind::Incentives | PropertyKind::Rules => {
                Ok(Answer::Open(Some("this kind of question is not answered yet")))
            }
        }
    }
}

/// Whether an exploration was cut short, and by what, in words.
impl fmt::Display for Stopped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::States => "the limit on states",
            Self::Seconds => "the limit on seconds",
            Self::Memory => "the limit on memory",
            Self::Cancelled => "the user",
        })
    }
}

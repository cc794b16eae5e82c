//! The result of `covenant deadlines`.

use std::{collections::BTreeSet, time::Duration};

use covenant_explore::{Deadlines, Interval, Mark, Relation, StateTimes, Stored};
use covenant_scenario::plan::Plan;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    amount::Moment,
    event::Finding,
    explore::{CodePlace, GraphSize, Limit},
    explored::Teller,
    report::ScenarioId,
};

/// The name and version of the form that `covenant deadlines --json` writes.
pub const DEADLINES_SCHEMA: &str = "covenant.deadlines/1";

/// Everything that was found out about times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeadlinesReport {
    /// The name and version of this form.
    pub schema: String,
    /// What the command ends with.
    pub exit_code: u8,
    /// The scenarios that say what is to be explored, in order.
    pub scenarios: Vec<ScenarioDeadlines>,
}

impl DeadlinesReport {
    /// The report of these scenarios.
    pub fn new(scenarios: Vec<ScenarioDeadlines>, exit_code: u8) -> Self {
        Self { schema: DEADLINES_SCHEMA.to_owned(), exit_code, scenarios }
    }
}

/// One scenario, or one case of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScenarioDeadlines {
    /// `lease.yaml::late`.
    pub id: String,
    /// The `scenario:` line; the file's stem without one.
    pub name: String,
    /// Why there is nothing more, if there is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is wrong or doubtful about the file.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graph: Option<GraphSize>,
    /// Which limit ended it before everything was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Limit>,
    /// Every instant at which something can change, first those that are known beforehand.
    pub instants: Vec<Deadline>,
    /// Every state, with who may do what in it when.
    pub states: Vec<DeadlineState>,
    /// Where a time could not be followed, so that only some times were tried.
    pub not_followed: Vec<CodePlace>,
    /// How long it took, which is not the same every time.
    #[serde(skip)]
    pub elapsed: Duration,
}

/// An instant: a date, or so long after something that is done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// A date.
    At(Moment),
    /// Relative to what was done.
    After {
        /// What: one of these.
        acts: Vec<DeadlineAct>,
        /// There are more of them than are listed.
        has_more: bool,
        /// How many seconds after it.
        seconds: i64,
    },
}

/// Something that is done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct DeadlineAct {
    /// By whom.
    pub actor: String,
    /// What, as a scenario writes it.
    pub action: String,
    /// Where this is about an instant of storage that several acts can have written: how many more seconds after this one.
    pub seconds: i64,
}

/// A state and its times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeadlineState {
    /// Its number.
    pub state: u32,
    /// One way there, with as few acts as possible.
    pub way: Vec<DeadlineAct>,
    /// The first instant at which it can be so.
    pub since: Moment,
    /// Its times, in order.
    pub intervals: Vec<DeadlineInterval>,
}

/// Times at which the same can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeadlineInterval {
    /// It begins at the latest of these; without any, as soon as the state does.
    pub from: Vec<Deadline>,
    /// It ends before the earliest of these; without any, not before exploration does.
    pub until: Vec<Deadline>,
    /// It is there only where all of this is so.
    pub provided: Vec<Proviso>,
    /// The first instant at which it can be so.
    pub first: Moment,
    /// The last; nothing where exploration ends before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Moment>,
    /// What can be done, and the number of the state to which it leads.
    pub possible: Vec<DeadlineMove>,
}

/// One instant is not later than another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Proviso {
    /// This one …
    pub instant: Deadline,
    /// … is not later than this.
    pub not_after: Deadline,
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeadlineMove {
    /// By whom.
    pub actor: String,
    /// What, as a scenario writes it.
    pub action: String,
    /// The state to which it leads.
    pub to: u32,
}

impl ScenarioDeadlines {
    /// A scenario of which there is no graph.
    pub fn stopped(id: &ScenarioId, error: Option<String>, findings: Vec<Finding>) -> Self {
        Self { id: id.path(), name: id.name.clone(), error, findings, ..Self::default() }
    }

    /// What was found out about a plan; `findings` are the warnings about its file.
    pub fn found(plan: &Plan, found: &Deadlines, findings: Vec<Finding>) -> Self {
        let graph = &found.graph;
        let calendar = Calendar { found };
        let states: Vec<DeadlineState> =
            found.states.iter().map(|state| calendar.state(state)).collect();
        let marks = states.iter().flat_map(|state| &state.intervals);
        let marks = marks.flat_map(|interval| interval.from.iter().chain(&interval.until));
        let instants: BTreeSet<Deadline> = marks.cloned().collect();
        let teller = Teller::of(plan, graph.world());
        let not_followed: BTreeSet<_> =
            found.times.iter().map(|blind| teller.blind(*blind)).collect();
        Self {
            graph: Some(GraphSize::of(graph, found.executions)),
            stopped: graph.stopped().map(Limit::from),
            instants: instants.into_iter().collect(),
            states,
            not_followed: not_followed.into_iter().collect(),
            elapsed: found.elapsed,
            ..Self::stopped(&ScenarioId::of(plan), None, findings)
        }
    }
}

/// Puts names in the place of numbers.
struct Calendar<'a> {
    found: &'a Deadlines,
}

impl Calendar<'_> {
    fn act(&self, by: covenant_explore::MoveId, seconds: i64) -> DeadlineAct {
        let graph = &self.found.graph;
        let one = &graph.moves()[by.index()];
        let actor = graph.world().actor(one.actor).name.clone();
        DeadlineAct { actor, action: one.text.to_string(), seconds }
    }

    fn state(&self, state: &StateTimes) -> DeadlineState {
        let intervals = state.intervals.iter().map(|it| self.interval(&state.stored, it));
        DeadlineState {
            state: state.id.0,
            way: state.way.iter().map(|by| self.act(*by, 0)).collect(),
            since: Moment(state.since),
            intervals: intervals.collect(),
        }
    }

    fn interval(&self, stored: &[Stored], interval: &Interval) -> DeadlineInterval {
        let marks =
            |marks: &[Mark]| marks.iter().map(|mark| self.deadline(stored, *mark)).collect();
        let possible = interval.possible.iter().map(|(by, to)| {
            let DeadlineAct { actor, action, .. } = self.act(*by, 0);
            DeadlineMove { actor, action, to: to.0 }
        });
        DeadlineInterval {
            from: marks(&interval.from),
            until: marks(&interval.until),
            provided: interval.provided.iter().map(|it| self.proviso(stored, *it)).collect(),
            first: Moment(interval.first),
            last: interval.last.map(Moment),
            possible: possible.collect(),
        }
    }

    /// A bound between two instants; of a stored one that is not before a date, the date comes first.
    fn proviso(&self, stored: &[Stored], Relation { later, than }: Relation) -> Proviso {
        let (instant, not_after) = match later {
            Some(_) => (Mark { stored: later, seconds: 0 }, than),
            None => (
                Mark { stored: None, seconds: -than.seconds },
                Mark { stored: than.stored, seconds: 0 },
            ),
        };
        Proviso {
            instant: self.deadline(stored, instant),
            not_after: self.deadline(stored, not_after),
        }
    }

    /// An instant, counted from what is done.
    fn deadline(&self, stored: &[Stored], mark: Mark) -> Deadline {
        let Some(known) = mark.stored.map(|place| &stored[place]) else {
            let seconds = u64::try_from(mark.seconds).unwrap_or_default();
            return Deadline::At(Moment(covenant_chain::Timestamp(seconds)));
        };
        let least = known.sources.iter().map(|(_, later)| *later).min().unwrap_or(0);
        let acts = known.sources.iter().map(|(by, later)| self.act(*by, later - least)).collect();
        Deadline::After { acts, has_more: known.has_more, seconds: mark.seconds + least }
    }
}

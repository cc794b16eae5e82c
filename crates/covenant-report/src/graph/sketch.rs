//! What a picture shows: states that are told apart by what is owed to whom, and what leads from one to another.

use std::collections::BTreeMap;

use covenant_explore::{Drawn, ExploreError, Report};
use covenant_scenario::{
    expr::from_u256,
    plan::{Claim, Plan},
    world::Asset,
};

use crate::{
    escape::{escape, shorten},
    model::{Moment, decimal, ether},
};

/// More states than this make no picture that anybody reads.
pub const MOST_STATES: usize = 300;

/// Most columns of what is done.
const ACTION_WIDTH: usize = 48;

/// A picture without places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// What it shows.
    pub(super) title: String,
    /// States by number.
    pub(super) states: Vec<Node>,
    /// Between two states one arrow, whatever leads from one to the other.
    pub(super) arrows: Vec<Arrow>,
    /// What is owed to whom, once for all states in which it is the same.
    pub(super) groups: Vec<String>,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// How many moves it takes to get there.
    pub(super) depth: usize,
    /// The first instant at which it can be so.
    pub(super) since: String,
    /// What is owed to whom.
    pub(super) group: usize,
    /// Nothing is owed to anybody.
    pub(super) is_settled: bool,
    /// Nothing more happens in it.
    pub(super) is_end: bool,
}

/// What leads from a state to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Who does what, and when.
    pub(super) labels: Vec<String>,
}

impl Sketch {
    /// Of a graph, with the claims of its plan.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn of(plan: &Plan, report: &Report) -> Result<Self, Box<ExploreError>> {
        let claims: Vec<&Claim> = plan.explore.iter().flat_map(|it| &it.claims).collect();
        let amounts: Vec<_> = claims.iter().map(|claim| &claim.amount).collect();
        let drawn = report.graph.drawn(&amounts)?;
        let owed = |amounts: &[Option<_>]| {
            let each = claims.iter().zip(amounts).map(|(claim, amount)| {
                let name = escape(&report.graph.world().actor(claim.actor).name).into_owned();
                let amount = match (amount, claim.asset) {
                    (None, _) => "?".to_owned(),
                    (Some(amount), Asset::Ether) => ether(&from_u256(*amount)),
                    (Some(amount), Asset::Token(id)) => {
                        let token = &plan.tokens[id.0];
                        format!("{} {}", decimal(&from_u256(*amount), token.decimals), token.name)
                    }
                };
                format!("{name} {amount}")
            });
            each.collect::<Vec<_>>().join(", ")
        };
        Ok(Self::from_drawn(plan.name.scenario.clone(), &drawn, owed))
    }

    fn from_drawn(
        title: String,
        drawn: &Drawn,
        owed: impl Fn(&[Option<alloy_primitives::U256>]) -> String,
    ) -> Self {
        let mut groups: Vec<String> = Vec::new();
        let mut states = Vec::new();
        for state in &drawn.states {
            let text = owed(&state.amounts);
            let known = groups.iter().position(|group| *group == text);
            let group = known.unwrap_or_else(|| {
                groups.push(text);
                groups.len() - 1
            });
            let is_nothing = |amount: &Option<alloy_primitives::U256>| {
                amount.is_none_or(|amount| amount.is_zero())
            };
            states.push(Node {
                depth: state.depth as usize,
                since: Moment(state.since).aligned(),
                group,
                is_settled: state.amounts.iter().all(is_nothing),
                is_end: !drawn.moves.iter().any(|one| one.from == state.id),
            });
        }
        let mut arrows: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
        for one in &drawn.moves {
            let what = escape(&one.text);
            let what = format!("{}: {}", escape(&one.actor), shorten(&what, ACTION_WIDTH));
            let from = Moment(one.when.0).aligned();
            let when = match one.when.1 {
                Some(until) if until == one.when.0 => format!("at {from}"),
                Some(until) => format!("{from} to {}", Moment(until).aligned()),
                None => format!("from {from}"),
            };
            let (from, to) = (one.from.0 as usize, one.to.0 as usize);
            arrows.entry((from, to)).or_default().push(format!("{what}, {when}"));
        }
        let arrows = arrows.into_iter().map(|((from, to), labels)| Arrow { from, to, labels });
        Self { title, states, arrows: arrows.collect(), groups }
    }
}

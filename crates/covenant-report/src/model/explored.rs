//! From what exploration yields to what is told.

use std::collections::BTreeSet;

use alloy_primitives::U256;
use covenant_chain::shadow;
use covenant_compile::SourceMap;
use covenant_explore::{Blind, Finding as Found, Graph, LeftOut, Report, Stopped, Verdict};
use covenant_scenario::{
    expr::{Value, ether, eval, from_u256},
    plan::{Plan, PropertyKind},
    world::{Asset, Balances, Party, World},
};
use num_bigint::BigInt;

use super::{
    amount::{Amount, Moment, decimal},
    event::{Change, Finding, Place, SolidityLine},
    explore::{
        BalancePair, CodePlace, ExploredProperty, ExploredScenario, GraphSize, LastChance, Limit,
        NotCovered, PropertyVerdict, Reply, SampledInput, Story, StoryAct, StoryKind, Surroundings,
        TriedMove, Useless,
    },
    report::ScenarioId,
};
use crate::paths::shown;

impl ExploredScenario {
    /// What was found out about a plan; `findings` are the warnings about its file.
    pub fn explored(plan: &Plan, report: &Report, findings: Vec<Finding>) -> Self {
        let graph = &report.graph;
        let teller = Teller::of(plan, graph.world());
        let kinds = plan.explore.iter().flat_map(|explore| &explore.properties);
        let properties = report.findings.iter().zip(kinds);
        Self {
            graph: Some(GraphSize::of(graph, report.executions)),
            stopped: graph.stopped().map(Limit::from),
            properties: properties
                .map(|(found, property)| teller.found(found, &property.kind))
                .collect(),
            not_covered: teller.not_covered(report),
            elapsed: report.elapsed,
            ..Self::stopped(ScenarioId::of(plan), None, findings)
        }
    }
}

impl GraphSize {
    /// Of a graph that took so many executions.
    pub(super) fn of(graph: &Graph, executions: u64) -> Self {
        Self {
            states: graph.states(),
            transitions: graph.transitions(),
            zones: graph.zones(),
            executions,
            collision_bits: graph.collision_bits(),
        }
    }
}

impl ScenarioId {
    /// Of a plan.
    pub fn of(plan: &Plan) -> Self {
        Self {
            file: shown(&plan.name.file),
            case: plan.name.case.clone(),
            name: plan.name.scenario.clone(),
        }
    }
}

impl From<Stopped> for Limit {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::States => Self::States,
            Stopped::Seconds => Self::Seconds,
            Stopped::Memory => Self::Memory,
            Stopped::Cancelled => Self::Interrupted,
        }
    }
}

impl From<&covenant_explore::Tried> for TriedMove {
    fn from(tried: &covenant_explore::Tried) -> Self {
        use covenant_explore::Useless as Found;
        let (why, at, first) = match &tried.why {
            Found::Foiled { at, by } => (Useless::Foiled, Some(*at), by.as_slice()),
            Found::Caught { at } => (Useless::Caught, Some(*at), [].as_slice()),
            Found::Late { at } => (Useless::Late, Some(*at), [].as_slice()),
            Found::Fails => (Useless::Fails, None, [].as_slice()),
        };
        let reply = |(actor, action): &(String, std::sync::Arc<str>)| Reply {
            actor: actor.clone(),
            action: action.to_string(),
        };
        Self {
            action: tried.text.to_string(),
            why,
            at: at.map(Moment),
            first: first.iter().map(reply).collect(),
        }
    }
}

impl From<Verdict> for PropertyVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Proved => Self::Proved,
            Verdict::ProvedOnDomain => Self::ProvedOnDomain,
            Verdict::Bounded => Self::Bounded,
            Verdict::Refuted => Self::Refuted,
            Verdict::RefutedOnDomain => Self::RefutedOnDomain,
        }
    }
}

/// Puts names in the place of numbers.
pub(super) struct Teller<'a> {
    plan: &'a Plan,
    /// Where exploration began, with everybody who acts.
    world: &'a World,
}

impl<'a> Teller<'a> {
    pub(super) const fn of(plan: &'a Plan, world: &'a World) -> Self {
        Self { plan, world }
    }

    fn found(&self, found: &Found, kind: &PropertyKind) -> ExploredProperty {
        ExploredProperty {
            property: found.text.to_string(),
            place: found.site.as_ref().into(),
            verdict: found.verdict.into(),
            detail: found.detail.clone(),
            story: found.story.as_ref().map(|story| self.story(story, kind)),
            saved: None,
        }
    }

    fn story(&self, story: &covenant_explore::Story, kind: &PropertyKind) -> Story {
        let mut before = &story.before;
        let mut acts = Vec::new();
        for act in &story.acts {
            acts.push(StoryAct {
                at: Moment(act.at),
                actor: act.name.clone(),
                action: act.text.to_string(),
                succeeded: act.succeeded,
                gas_used: act.gas,
                changes: self.changes(before, &act.after),
            });
            before = &act.after;
        }
        let is_wanted = matches!(kind, PropertyKind::Reachable(_));
        Story {
            kind: if is_wanted { StoryKind::Witness } else { StoryKind::Counterexample },
            starts: Moment(self.world.chain.now()),
            acts,
            ends: Moment(story.ends),
            what: story.what.clone(),
            last_chance: story.last_chance.as_ref().map(|chance| LastChance {
                at: Moment(chance.at),
                after_acts: chance.after_acts,
                actor: chance.name.clone(),
                moves: chance.moves.iter().map(ToString::to_string).collect(),
            }),
            tried: story.tried.iter().map(TriedMove::from).collect(),
            balances: self.pairs(&story.before, before, &self.owed(&story.end)),
        }
    }

    fn party(&self, party: Party) -> String {
        match party {
            Party::Actor(id) => self.world.actor(id).name.clone(),
            Party::Instance(id) => self.plan.instances[id.0].name.to_string(),
            Party::Token(id) => self.plan.tokens[id.0].name.to_string(),
        }
    }

    fn asset(&self, asset: Asset) -> (String, u8) {
        match asset {
            Asset::Ether => ("ETH".to_owned(), 18),
            Asset::Token(id) => {
                let token = &self.plan.tokens[id.0];
                (token.name.to_string(), token.decimals)
            }
        }
    }

    fn changes(&self, before: &Balances, after: &Balances) -> Vec<Change> {
        let change = |change: covenant_scenario::world::Change| {
            let (asset, decimals) = self.asset(change.asset);
            Change { party: self.party(change.party), asset, decimals, amount: Amount(change.by) }
        };
        before.changes_to(after).into_iter().map(change).collect()
    }

    /// What the contracts hold that is whose, where that is known.
    fn owed(&self, end: &World) -> Vec<(Party, Asset, BigInt)> {
        let mut owed: Vec<(Party, Asset, BigInt)> = Vec::new();
        for claim in self.plan.explore.iter().flat_map(|explore| &explore.claims) {
            let Ok(Value::Int(amount)) = eval(&claim.amount, end) else { continue };
            let (party, asset) = (Party::Actor(claim.actor), claim.asset);
            match owed.iter_mut().find(|known| (known.0, known.1) == (party, asset)) {
                Some(known) => known.2 += amount,
                None => owed.push((party, asset, amount)),
            }
        }
        owed
    }

    /// Who has what before and after: those for whom it is not the same, and those who are owed something.
    fn pairs(
        &self,
        before: &Balances,
        after: &Balances,
        owed: &[(Party, Asset, BigInt)],
    ) -> Vec<BalancePair> {
        let changes = before.changes_to(after).into_iter();
        let mut all: Vec<(Party, Asset)> = changes.map(|it| (it.party, it.asset)).collect();
        for (party, asset, amount) in owed {
            if *amount > BigInt::ZERO && !all.contains(&(*party, *asset)) {
                all.push((*party, *asset));
            }
        }
        let pair = |(party, asset): (Party, Asset)| {
            let (name, decimals) = self.asset(asset);
            let amount = |all: &Balances| Amount(from_u256(all.get(asset, party)));
            let claim = owed.iter().find(|known| (known.0, known.1) == (party, asset));
            BalancePair {
                party: self.party(party),
                asset: name,
                decimals,
                before: amount(before),
                after: amount(after),
                owed: claim.map(|claim| Amount(claim.2.clone())),
            }
        };
        all.into_iter().map(pair).collect()
    }

    fn not_covered(&self, report: &Report) -> NotCovered {
        let domain = &report.domain;
        let inputs = domain.inputs.iter().map(|input| SampledInput {
            function: input.function.clone(),
            input: input.input.clone(),
            values: input.values.clone(),
        });
        // Several instructions come from one line.
        let times: BTreeSet<_> = domain.times.iter().map(|blind| self.blind(*blind)).collect();
        let surroundings: BTreeSet<_> = domain
            .surroundings
            .iter()
            .map(|(place, name)| Surroundings {
                instruction: (*name).to_owned(),
                place: self.code_place(*place),
            })
            .collect();
        NotCovered {
            inputs: inputs.collect(),
            times: times.into_iter().collect(),
            surroundings: surroundings.into_iter().collect(),
            left_out: domain.left_out.iter().map(|one| left_out(self.plan, one)).collect(),
        }
    }

    pub(super) fn blind(&self, blind: Blind) -> CodePlace {
        match blind {
            Blind::Code(place) => self.code_place(place),
            Blind::Text(span) => {
                let sources = &self.plan.sources;
                let position = sources.position(span);
                let file = shown(&sources.file(span.file).path);
                let place = Place { file, line: position.line, column: position.column };
                CodePlace::Scenario { place, text: sources.text(span).to_owned() }
            }
        }
    }

    /// The line that an instruction comes from.
    fn code_place(&self, place: shadow::Place) -> CodePlace {
        self.line(place).map_or_else(
            || CodePlace::Bytecode { account: self.account(place), counter: place.counter },
            CodePlace::Solidity,
        )
    }

    fn line(&self, place: shadow::Place) -> Option<SolidityLine> {
        let code = self.world.chain.code(place.code).ok()?;
        let found = [&*self.plan.build, &*self.plan.bundled].into_iter().find_map(|build| {
            let contract = build.contract_with_code(&code, false)?;
            SourceMap::new(&contract.runtime).pc_to_source(build, place.counter)
        })?;
        found.text_known.then(|| SolidityLine {
            file: found.place.file,
            line: found.place.start.line,
            column: found.place.start.column,
            text: found.place.line_text.trim().to_owned(),
        })
    }

    fn account(&self, place: shadow::Place) -> String {
        let known = self.world.instances().iter().chain(self.world.tokens());
        let mut known =
            known.filter(|one| one.address == Some(place.code)).map(|one| one.name.clone());
        known.next().unwrap_or_else(|| place.code.to_string())
    }
}

/// What was left out, in words.
fn left_out(plan: &Plan, what: &LeftOut) -> String {
    match what {
        LeftOut::Combinations { function } => {
            format!("{function}: there are more combinations of inputs than were tried")
        }
        LeftOut::Function { function } => {
            format!("{function}: not tried, since no value is known for one of its inputs")
        }
        LeftOut::Repeats { call, times } => format!(
            "{call}: it makes something new, and was let succeed {times} times on a way at most"
        ),
        LeftOut::Found { function, times } => format!(
            "{function}: values that the scenario does not name were used {times} times on a way at most"
        ),
        LeftOut::Others { function } => format!(
            "{function}: what it makes of inputs that are none of the scenario's was not followed"
        ),
        LeftOut::Created { call } => {
            format!("{call}: nobody who may do anything calls the contract that it creates")
        }
        LeftOut::Strangers { count, purse } => {
            let has = |(asset, amount): (&Asset, &U256)| match asset {
                Asset::Ether => ether(&from_u256(*amount)),
                Asset::Token(token) => {
                    let token = &plan.tokens[token.0];
                    format!("{} {}", decimal(&from_u256(*amount), token.decimals), token.name)
                }
            };
            let purse = purse.iter().map(has).collect::<Vec<_>>().join(" and ");
            format!("strangers: there were {count}, with {purse} each")
        }
        LeftOut::Callbacks { call, times } => {
            let calls = if *times == 1 { "one other call" } else { "other calls" };
            let most = if *times == 1 { String::new() } else { format!("{times} ") };
            format!("{call}: it calls a stranger's contract, which made {most}{calls} then at most")
        }
        LeftOut::Signed { call } => format!(
            "{call}: what somebody would sign for it counts for everything but against himself, as if it were never shown to others"
        ),
        LeftOut::Gas { call } => format!(
            "{call}: with too little gas it does something else, and not every amount of gas was tried"
        ),
        LeftOut::Tokens { given } => {
            let but = if *given { ", but that a stranger gives some to contracts" } else { "" };
            format!("tokens: nobody who may do anything calls their functions himself{but}")
        }
        LeftOut::Fallback { contract } => {
            format!("{contract}: it takes any data, and only calls of its functions were tried")
        }
        LeftOut::Horizon => "the horizon: something changes after it".to_owned(),
    }
}

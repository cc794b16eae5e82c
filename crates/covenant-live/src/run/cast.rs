//! Who is who on a network.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::Address;
use covenant_chain::Key;
use covenant_scenario::{
    expr::ActorId,
    plan::{ActorKind, ChainPlan, Origin, Plan, Setup, Step, StepKind},
};

use super::error::LiveError;
use crate::{network::NetworkSettings, send::Signer};

/// What a scenario itself puts on the chain is sent by this name's account.
pub const SCENE: &str = "deployer";

/// Which account each actor has on a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cast {
    /// By the actor's name; the account that puts on the chain what nobody in the scenario deploys has the name
    /// [`SCENE`].
    pub accounts: BTreeMap<String, Address>,
}

/// The actors that have to sign, and whether the scenario's own account has to.
#[must_use]
pub fn signers(plan: &Plan) -> BTreeSet<String> {
    let mut actors = BTreeSet::new();
    let mut scene = !plan.tokens.is_empty();
    for item in &plan.setup {
        if let Setup::Instance(id) = item
            && let Origin::Deploy { by, libraries, .. } = &plan.instances[id.0].origin
        {
            let places = &plan.instances[id.0].contract.creation.libraries;
            scene |=
                by.is_none() || places.iter().any(|place| !libraries.contains_key(&place.library));
            actors.extend(*by);
        }
    }
    let rules = plan.rules.iter().flat_map(|rule| &rule.then);
    for step in plan.steps.iter().chain(rules) {
        acting(step, &mut actors);
    }
    let names = actors.into_iter().map(|actor| plan.actors[actor.0].name.to_string());
    let mut names: BTreeSet<String> = names.collect();
    if scene {
        names.insert(SCENE.to_owned());
    }
    names
}

/// The actors that sign typed data (`sign`, `permit`).
#[must_use]
pub fn signatories(plan: &Plan) -> BTreeSet<String> {
    let actors = plan.signing().into_iter().map(|actor| &plan.actors[actor.0]);
    // A contract signs nothing: whoever checks a signature asks it.
    let keyed = actors.filter(|actor| !matches!(actor.kind, ActorKind::Contract(_)));
    keyed.map(|actor| actor.name.to_string()).collect()
}

fn acting(step: &Step, actors: &mut BTreeSet<ActorId>) {
    match &step.kind {
        StepKind::Act(act) => {
            actors.insert(act.actor);
        }
        StepKind::Together(acts) => actors.extend(acts.iter().map(|act| act.actor)),
        StepKind::Repeat { steps, .. } => steps.iter().for_each(|step| acting(step, actors)),
        StepKind::Wait(_) | StepKind::At(_) | StepKind::Check(_) => {}
    }
}

/// The keys that everybody knows: they sign on chains for development, and nowhere else.
#[must_use]
pub fn public_signers(plan: &Plan) -> Vec<Box<dyn Signer>> {
    let actors = plan.actors.iter().map(|actor| actor.key.clone());
    let keys = actors.chain([scene_key()]);
    keys.map(|key| Box::new(key) as Box<dyn Signer>).collect()
}

/// The key of the account that puts on the chain what nobody in the scenario deploys.
fn scene_key() -> Key {
    Key::derive("@scene")
}

impl Cast {
    /// The accounts that belong to the public keys.
    #[must_use]
    pub fn public(plan: &Plan) -> Self {
        let actors = plan.actors.iter();
        let mut accounts: BTreeMap<String, Address> =
            actors.map(|actor| (actor.name.to_string(), actor.key.address())).collect();
        accounts.insert(SCENE.to_owned(), scene_key().address());
        Self { accounts }
    }

    /// The scenario with these accounts, on this network; else who has none, or what else is in the way.
    ///
    /// # Errors
    /// [`LiveError::Unbound`], [`LiveError::Shared`], and [`LiveError::SimulationOnly`] with everything that no network
    /// can do.
    pub fn bind(&self, plan: &Plan, network: &NetworkSettings) -> Result<Plan, LiveError> {
        let reasons = simulation_only(plan, network);
        if !reasons.is_empty() {
            return Err(LiveError::SimulationOnly(reasons.join("; ")));
        }
        let signers = signers(plan);
        let mut missing: Vec<String> =
            signers.iter().filter(|name| !self.accounts.contains_key(*name)).cloned().collect();
        let mut bound = plan.clone();
        bound.chain.id = Some(network.keys.network.chain_id());
        if let Some(scene) = self.accounts.get(SCENE) {
            bound.stage_hand = *scene;
        }
        let mut taken: BTreeMap<Address, String> = BTreeMap::new();
        for actor in &mut bound.actors {
            let name = actor.name.to_string();
            let Some(account) = self.accounts.get(&name).copied() else {
                if !missing.contains(&name) {
                    missing.push(name);
                }
                continue;
            };
            if let Some(other) = taken.insert(account, name.clone()) {
                return Err(LiveError::Shared(other, name, account));
            }
            // A key that everybody knows signs on chains for development alone.
            if !network.is_development() || account != actor.key.address() {
                actor.kind = ActorKind::Impersonated(account);
            }
            if !network.is_development() {
                actor.balance = None;
            }
        }
        if missing.is_empty() { Ok(bound) } else { Err(LiveError::Unbound(missing)) }
    }
}

/// What of a scenario exists in simulation only, each with where it stands.
#[must_use]
pub fn simulation_only(plan: &Plan, network: &NetworkSettings) -> Vec<String> {
    let mut reasons = Vec::new();
    if plan.chain.fork.is_some() {
        reasons.push("`chain: fork:` begins from another chain".to_owned());
    }
    let of_network = network.keys.network.chain_id();
    // Whoever names none means any.
    let named = plan.chain.id.filter(|id| *id != ChainPlan::DEFAULT_ID);
    if let Some(id) = named.filter(|id| *id != of_network) {
        reasons.push(format!("`chain: id:` is {id}, which no network of chain {of_network} has"));
    }
    for actor in &plan.actors {
        let (name, site) = (&actor.name, &actor.site);
        let place = format!("{}:{}", site.file.display(), site.line);
        match actor.kind {
            ActorKind::Impersonated(_) => {
                reasons.push(format!("{place}: `{name}` acts without a key"));
            }
            ActorKind::Contract(_) if !network.is_development() => reasons.push(format!(
                "{place}: `{name}` is a contract whose owner's key is public, which is for chains for development only"
            )),
            ActorKind::Contract(_) | ActorKind::Key => {}
        }
    }
    for instance in &plan.instances {
        let Origin::Deploy { by: Some(by), .. } = &instance.origin else { continue };
        let deployer = &plan.actors[by.0];
        if matches!(deployer.kind, ActorKind::Contract(_)) {
            let (file, line) = (instance.site.file.display(), instance.site.line);
            reasons.push(format!(
                "{file}:{line}: `{}` is deployed by the contract `{}`, which no network has a key of",
                instance.name, deployer.name
            ));
        }
    }
    let rules = plan.rules.iter().flat_map(|rule| &rule.then);
    for step in plan.steps.iter().chain(rules) {
        step_reasons(step, &mut reasons);
    }
    reasons
}

fn step_reasons(step: &Step, reasons: &mut Vec<String>) {
    match &step.kind {
        StepKind::Together(_) => reasons.push(format!(
            "{}:{}: `together:` wants a block of its own, which no network promises",
            step.site.file.display(),
            step.site.line
        )),
        StepKind::Repeat { steps, .. } => {
            steps.iter().for_each(|step| step_reasons(step, reasons));
        }
        StepKind::Act(_) | StepKind::Wait(_) | StepKind::At(_) | StepKind::Check(_) => {}
    }
}

/// Whether the scenario uses what a transaction returned.
#[must_use]
pub fn needs_traces(plan: &Plan) -> bool {
    fn needs(step: &Step) -> bool {
        match &step.kind {
            StepKind::Act(act) => act.bind.is_some() || act.expect.returns.is_some(),
            StepKind::Together(acts) => {
                acts.iter().any(|act| act.bind.is_some() || act.expect.returns.is_some())
            }
            StepKind::Repeat { steps, .. } => steps.iter().any(needs),
            StepKind::Wait(_) | StepKind::At(_) | StepKind::Check(_) => false,
        }
    }
    plan.steps.iter().chain(plan.rules.iter().flat_map(|rule| &rule.then)).any(needs)
}

/// The scenario's contracts and `let`s alone.
#[must_use]
pub fn deployment(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.steps.clear();
    plan.rules.clear();
    plan.until = None;
    plan.always.clear();
    plan.ensures.clear();
    plan.explore = None;
    plan
}

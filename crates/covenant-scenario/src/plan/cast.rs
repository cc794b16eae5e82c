//! Who and what takes part: actors, tokens, contracts, `let`s, and the order in which they are put in place.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::Address;
use covenant_chain::Key;
use covenant_compile::{Contract, ContractId, DeployError};

use super::{
    builder::{Builder, CodeSize, one_line},
    order::{Needs, order},
    types::{ActorKind, ActorPlan, ContractActor, InstancePlan, LetPlan, Origin, Setup, TokenPlan},
};
use crate::{
    expr::{self, ActorId, InstanceId, LetId, Name, TokenId, Type, Typed, Value, check},
    raw::{Entries, RawActor, RawArgs, RawContract, RawScenario, RawValue},
    source::{Diagnostic, Text},
    yaml::brief,
};

/// Everything that is declared.
pub(super) struct Cast {
    pub(super) actors: Vec<ActorPlan>,
    pub(super) tokens: Vec<TokenPlan>,
    pub(super) instances: Vec<InstancePlan>,
    pub(super) lets: Vec<LetPlan>,
    pub(super) setup: Vec<Setup>,
}

impl Builder<'_> {
    /// Declares all names, then checks what each of them is.
    pub(super) fn cast(&mut self, raw: &RawScenario) -> Option<Cast> {
        for (index, (name, _)) in raw.actors.iter().enumerate() {
            self.declare(name, Name::Actor(ActorId(index)));
        }
        let token_contracts = self.declare_tokens(raw);
        let contracts = self.declare_instances(raw);
        let lets = self.lets(&raw.lets);
        let actors =
            self.actors(&raw.actors, raw.chain.as_ref().is_some_and(|chain| chain.fork.is_some()));
        let tokens = self.tokens(&raw.tokens, token_contracts);
        let instances = self.instances(&raw.contracts, contracts);
        let setup = self.setup(raw);
        Some(Cast {
            actors: actors?,
            tokens: tokens?,
            instances: instances?,
            lets: lets?,
            setup: setup?,
        })
    }

    pub(super) fn declare(&mut self, name: &Text, what: Name) {
        if let Err(diagnostic) = self.scope.declare(name, what) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn declare_instances(&mut self, raw: &RawScenario) -> Vec<Option<Arc<Contract>>> {
        let mut contracts = Vec::new();
        for (index, (name, contract)) in raw.contracts.iter().enumerate() {
            let found = match &contract.deploy {
                Some(deploy) => self.contract(deploy),
                None => self.error(
                    Diagnostic::error(
                        name.span,
                        format!("`{}` does not say which contract it is", name.value),
                    )
                    .hint(
                        "add `deploy: Name`; with `at: 0x…` too, it is taken to be there already",
                    ),
                ),
            };
            match &found {
                Some(contract) => {
                    self.declare(name, Name::Instance(InstanceId(index), Arc::clone(contract)))
                }
                None => self.scope.declare_failed(name.as_str()),
            }
            contracts.push(found);
        }
        contracts
    }

    /// Finds a contract by name.
    pub(super) fn contract(&mut self, text: &Text) -> Option<Arc<Contract>> {
        match self.scope.contract(text) {
            Ok(contract) => Some(contract),
            Err(diagnostic) => self.error(diagnostic),
        }
    }

    /// Checks `let`s in order of dependence and declares them as they become known.
    fn lets(&mut self, raw: &Entries<RawValue>) -> Option<Vec<LetPlan>> {
        let position: BTreeMap<&str, usize> =
            raw.iter().enumerate().map(|(index, (name, _))| (name.as_str(), index)).collect();
        let mut needs = Needs::new();
        for (index, (_, value)) in raw.iter().enumerate() {
            let named = names_in(value);
            let lets = named.iter().filter_map(|name| position.get(name.as_str()));
            needs.insert(
                Setup::Let(LetId(index)),
                lets.map(|index| Setup::Let(LetId(*index))).collect(),
            );
        }
        let listed: Vec<Setup> = (0..raw.len()).map(|index| Setup::Let(LetId(index))).collect();
        let ordered = match order(&listed, &needs) {
            Ok(ordered) => ordered,
            Err(circle) => {
                for (name, _) in raw {
                    self.scope.declare_failed(name.as_str());
                }
                return self.circle(&circle, &|item| raw_name(item, None, raw));
            }
        };
        let mut plans: Vec<Option<LetPlan>> = vec![None; raw.len()];
        for item in ordered {
            if let Setup::Let(id) = item {
                plans[id.0] = self.one_let(id, &raw[id.0]);
            }
        }
        plans.into_iter().collect()
    }

    fn one_let(&mut self, id: LetId, (name, value): &(Text, RawValue)) -> Option<LetPlan> {
        let Some(value) = self.value(value, None) else {
            self.scope.declare_failed(name.as_str());
            return None;
        };
        self.declare(name, Name::Let(id, value.ty.clone()));
        if let Some(known) = check::known(&value, &self.scope) {
            self.scope.set_let_value(id, known);
        }
        let site = self.site(format!("let.{}", name.value), name.span);
        Some(LetPlan { name: name.as_str().into(), value, site })
    }

    fn circle<T>(&mut self, circle: &[Setup], name: &dyn Fn(Setup) -> Option<Text>) -> Option<T> {
        let names: Vec<Text> = circle.iter().filter_map(|item| name(*item)).collect();
        let first = names.first()?;
        let path: Vec<&str> = names.iter().chain([first]).map(Text::as_str).collect();
        self.error(Diagnostic::error(
            first.span,
            format!("`{}` depends on itself: {}", first.value, path.join(" → ")),
        ))
    }

    fn actors(&mut self, raw: &Entries<RawActor>, on_fork: bool) -> Option<Vec<ActorPlan>> {
        let actors: Vec<Option<ActorPlan>> =
            raw.iter().map(|entry| self.actor(entry, on_fork)).collect();
        actors.into_iter().collect()
    }

    fn actor(&mut self, (name, raw): &(Text, RawActor), on_fork: bool) -> Option<ActorPlan> {
        let balance = match &raw.balance {
            Some(text) => Some(self.expression(text, Some(&Type::UINT256))?),
            None => None,
        };
        let impersonate = self.truth(raw.impersonate.as_ref())?;
        let kind = match (&raw.contract, &raw.address) {
            (Some(contract), None) => {
                ActorKind::Contract(Box::new(self.contract_actor(contract, raw)?))
            }
            (None, Some(address)) => self.impersonated(address, impersonate, on_fork)?,
            (None, None) => ActorKind::Key,
            (Some(_), Some(address)) => {
                return self.error(Diagnostic::error(
                    address.span,
                    "an actor is either a contract or an address, not both",
                ));
            }
        };
        if let (ActorKind::Key, Some(text)) = (&kind, &raw.impersonate) {
            return self.error(
                Diagnostic::error(text.span, "there is nobody to impersonate")
                    .hint("add `address: 0x…`"),
            );
        }
        let site = self.site(format!("actors.{}", name.value), name.span);
        Some(ActorPlan {
            name: name.as_str().into(),
            balance,
            key: key_of(name.as_str(), &kind),
            kind,
            site,
        })
    }

    fn contract_actor(&mut self, contract: &Text, raw: &RawActor) -> Option<ContractActor> {
        let behaviour = self.contract(contract)?;
        let args = self.constructor(&behaviour, raw.args.as_ref(), contract)?;
        Some(ContractActor { behaviour, args, libraries: BTreeMap::new() })
    }

    fn impersonated(
        &mut self,
        address: &Text,
        impersonate: bool,
        on_fork: bool,
    ) -> Option<ActorKind> {
        if !on_fork {
            return self.error(
                Diagnostic::error(address.span, "an actor can have a given address only on a fork")
                    .hint("leave it out: every actor has an address and a key of its own"),
            );
        }
        if !impersonate {
            return self.error(
                Diagnostic::error(address.span, "nobody has the key of this address")
                    .hint("add `impersonate: true` to act without it"),
            );
        }
        self.constant_address(address).map(ActorKind::Impersonated)
    }

    fn constant_address(&mut self, text: &Text) -> Option<Address> {
        let typed = self.expression(text, Some(&Type::ADDRESS))?;
        match check::known(&typed, &self.scope) {
            Some(Value::Address(address)) => Some(address),
            _ => self.error(Diagnostic::error(
                text.span,
                "expected an address that is known before anything runs",
            )),
        }
    }

    /// Checks the arguments of a constructor.
    pub(super) fn constructor(
        &mut self,
        contract: &Arc<Contract>,
        args: Option<&RawArgs>,
        at: &Text,
    ) -> Option<Vec<Typed>> {
        if let Err(
            error @ (DeployError::InitCodeTooLarge { .. } | DeployError::CodeTooLarge { .. }),
        ) = contract.check_deployable(0)
            && self.input.code_size == CodeSize::Limited
        {
            return self.error(Diagnostic::error(at.span, error.to_string()));
        }
        let args = match args {
            Some(args) => Some(self.arguments(args)?),
            None => None,
        };
        check::constructor(contract, args.as_ref(), at.span, &self.scope, &mut self.diagnostics)
    }

    fn instances(
        &mut self,
        raw: &Entries<RawContract>,
        contracts: Vec<Option<Arc<Contract>>>,
    ) -> Option<Vec<InstancePlan>> {
        let instances: Vec<Option<InstancePlan>> = raw
            .iter()
            .zip(contracts)
            .map(|(entry, contract)| self.instance(entry, contract?))
            .collect();
        instances.into_iter().collect()
    }

    fn instance(
        &mut self,
        (name, raw): &(Text, RawContract),
        contract: Arc<Contract>,
    ) -> Option<InstancePlan> {
        let deploy = raw.deploy.as_ref()?;
        let origin = match &raw.at {
            Some(at) => self.attached(at, raw)?,
            None => self.deployed(raw, &contract, deploy)?,
        };
        let site = self.site(format!("contracts.{}", name.value), name.span);
        let text = one_line(&format!("deploy {}", deploy.as_str().trim()));
        Some(InstancePlan { name: name.as_str().into(), contract, origin, site, text })
    }

    fn attached(&mut self, at: &Text, raw: &RawContract) -> Option<Origin> {
        let surplus = [raw.by.as_ref(), raw.value.as_ref()].into_iter().flatten().next();
        if let Some(surplus) = surplus {
            return self.error(
                Diagnostic::error(
                    surplus.span,
                    "a contract that is there already is not deployed by anybody",
                )
                .related(at.span, "it is said to be there already"),
            );
        }
        self.expression(at, Some(&Type::ADDRESS)).map(Origin::At)
    }

    fn deployed(
        &mut self,
        raw: &RawContract,
        contract: &Arc<Contract>,
        deploy: &Text,
    ) -> Option<Origin> {
        let by = match &raw.by {
            Some(by) => Some(self.actor_named(by)?),
            None => None,
        };
        let args = self.constructor(contract, raw.args.as_ref(), deploy)?;
        let value = match &raw.value {
            Some(value) => Some(self.deploy_value(value, contract, by.is_some())?),
            None => None,
        };
        let libraries = self.libraries(&raw.libraries)?;
        Some(Origin::Deploy { by, args, value, libraries })
    }

    fn deploy_value(
        &mut self,
        value: &Text,
        contract: &Contract,
        has_payer: bool,
    ) -> Option<Typed> {
        if !check::constructor_is_payable(contract) {
            return self.error(Diagnostic::error(
                value.span,
                format!("the constructor of `{}` is not payable", contract.id.name),
            ));
        }
        if !has_payer {
            return self.error(
                Diagnostic::error(value.span, "it is not said who pays this")
                    .hint("add `by:` with an actor"),
            );
        }
        self.expression(value, Some(&Type::UINT256))
    }

    fn libraries(&mut self, raw: &Entries<Text>) -> Option<BTreeMap<ContractId, Address>> {
        let mut libraries = BTreeMap::new();
        for (name, address) in raw {
            let library = self.contract(name)?;
            libraries.insert(library.id.clone(), self.constant_address(address)?);
        }
        Some(libraries)
    }

    /// Finds an actor by name.
    pub(super) fn actor_named(&mut self, text: &Text) -> Option<ActorId> {
        let name = text.as_str().trim();
        match self.scope.lookup(name) {
            Some(Name::Actor(id)) => Some(*id),
            Some(_) => {
                self.error(Diagnostic::error(text.span, format!("`{name}` is not an actor")))
            }
            None if self.scope.has_failed(name) => None,
            None => {
                let similar = crate::raw::closest(name, self.scope.actors()).map(str::to_owned);
                let found =
                    Diagnostic::error(text.span, format!("no actor is named `{}`", brief(name)));
                let found = match similar {
                    Some(similar) => {
                        let look = crate::raw::look_alike(name, &similar).unwrap_or_default();
                        found.hint(format!("did you mean `{similar}`?{look}"))
                    }
                    None => found.hint("declare it under `actors:`"),
                };
                self.error(found)
            }
        }
    }

    /// The order in which the scene is set.
    fn setup(&mut self, raw: &RawScenario) -> Option<Vec<Setup>> {
        let mut listed: Vec<Setup> =
            (0..raw.tokens.len()).map(|index| Setup::Token(TokenId(index))).collect();
        let acting =
            raw.actors.iter().enumerate().filter(|(_, (_, actor))| actor.contract.is_some());
        listed.extend(acting.map(|(index, _)| Setup::Actor(ActorId(index))));
        listed.extend((0..raw.contracts.len()).map(|index| Setup::Instance(InstanceId(index))));
        listed.extend((0..raw.lets.len()).map(|index| Setup::Let(LetId(index))));
        let named = named_things(raw);
        let mut needs = Needs::new();
        for item in &listed {
            let names = names_needed(*item, raw);
            needs.insert(
                *item,
                names.iter().filter_map(|name| named.get(name.as_str()).copied()).collect(),
            );
        }
        match order(&listed, &needs) {
            Ok(ordered) => Some(ordered),
            Err(circle) => self.circle(&circle, &|item| raw_name(item, Some(raw), &raw.lets)),
        }
    }
}

/// The key that an actor acts with. No actor can have the name of another's owner.
fn key_of(name: &str, kind: &ActorKind) -> Key {
    match kind {
        ActorKind::Contract(_) => Key::derive(&format!("@owner of {name}")),
        ActorKind::Key | ActorKind::Impersonated(_) => Key::derive(name),
    }
}

/// What has to be put in place before a name can be used. The address of an actor is known beforehand.
fn named_things(raw: &RawScenario) -> BTreeMap<&str, Setup> {
    let tokens = raw
        .tokens
        .iter()
        .enumerate()
        .map(|(i, (name, _))| (name.as_str(), Setup::Token(TokenId(i))));
    let instances = raw
        .contracts
        .iter()
        .enumerate()
        .map(|(i, (name, _))| (name.as_str(), Setup::Instance(InstanceId(i))));
    let lets =
        raw.lets.iter().enumerate().map(|(i, (name, _))| (name.as_str(), Setup::Let(LetId(i))));
    tokens.chain(instances).chain(lets).collect()
}

fn names_needed(item: Setup, raw: &RawScenario) -> BTreeSet<String> {
    match item {
        Setup::Token(id) => {
            raw.tokens[id.0].1.mint.iter().flat_map(|(_, amount)| names_in_text(amount)).collect()
        }
        Setup::Actor(id) => names_in_args(raw.actors[id.0].1.args.as_ref()),
        Setup::Let(id) => names_in(&raw.lets[id.0].1),
        Setup::Instance(id) => {
            let contract = &raw.contracts[id.0].1;
            let texts = [contract.value.as_ref(), contract.at.as_ref()].into_iter().flatten();
            let mut names = names_in_args(contract.args.as_ref());
            names.extend(texts.flat_map(names_in_text));
            names
        }
    }
}

fn names_in_args(args: Option<&RawArgs>) -> BTreeSet<String> {
    match args {
        Some(RawArgs::List(values)) => values.iter().flat_map(names_in).collect(),
        Some(RawArgs::ByName(entries)) => {
            entries.iter().flat_map(|(_, value)| names_in(value)).collect()
        }
        None => BTreeSet::new(),
    }
}

fn names_in(value: &RawValue) -> BTreeSet<String> {
    match value {
        RawValue::Expr(text) => names_in_text(text),
        RawValue::Struct { fields, .. } => {
            fields.iter().flat_map(|(_, value)| names_in(value)).collect()
        }
        RawValue::List(values, _) => values.iter().flat_map(names_in).collect(),
    }
}

/// The names in an expression; none where it does not parse, which is reported elsewhere.
fn names_in_text(text: &Text) -> BTreeSet<String> {
    expr::parse(text).map(|ast| ast.free_names()).unwrap_or_default()
}

fn raw_name(item: Setup, raw: Option<&RawScenario>, lets: &Entries<RawValue>) -> Option<Text> {
    match item {
        Setup::Let(id) => Some(lets[id.0].0.clone()),
        Setup::Token(id) => raw.map(|raw| raw.tokens[id.0].0.clone()),
        Setup::Actor(id) => raw.map(|raw| raw.actors[id.0].0.clone()),
        Setup::Instance(id) => raw.map(|raw| raw.contracts[id.0].0.clone()),
    }
}

//! The scene: the chain, the actors with their first balances, tokens, contracts, `let`s.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{
    Chain, ChainOptions, ForkNode, ForkOptions, Outcome, Receipt, Recording, Transaction,
};
use covenant_compile::{Contract, ContractId, LinkError};

use super::{
    carrier::{Answer, Carrier, Ending, Parcel, Sent},
    forwarder,
    options::{Detail, RunError, RunOptions},
    runner::{Flow, Runner},
};
use crate::{
    event::{Event, FailureKind, Site, TransactionEvent, TransactionResult},
    expr::{ActorId, InstanceId, TokenId, Type, Typed, Value, abi, constructor_arguments},
    plan::{ActorKind, ContractActor, InstancePlan, Origin, Plan, Setup, TokenPlan},
    source::Span,
    world::{ActorState, World},
};

/// What every actor has at first: 10,000 ether.
const FIRST_BALANCE: U256 = U256::from_limbs([0x19e0_c9ba_b240_0000, 0x21e, 0, 0]);

/// The chain of a plan.
pub(super) fn chain(plan: &Plan, options: &RunOptions) -> Result<Chain, RunError> {
    let fork = plan.chain.fork.as_ref().map(|fork| ForkOptions {
        node: fork.rpc.clone().map(ForkNode::Address),
        block: fork.block,
        cache: fork.recording.clone().or_else(|| options.fork_cache.clone()),
    });
    let mut chain = Chain::new(ChainOptions {
        hard_fork: plan.chain.hard_fork,
        chain_id: plan.chain.id,
        timestamp: plan.chain.start,
        fees: plan.chain.fees,
        fork,
    })?;
    if options.detail >= Detail::Console {
        chain.set_recording(Recording::Console);
    }
    if let Some(coverage) = &options.coverage {
        chain.collect_coverage(coverage.clone());
    }
    Ok(chain)
}

/// The world of a plan, in which everybody has an address and nothing is deployed yet.
pub(super) fn world(plan: &Plan, chain: Chain) -> World {
    let mut world = World::new(chain);
    for actor in &plan.actors {
        let (address, key, via) = match &actor.kind {
            ActorKind::Key => (actor.key.address(), Some(actor.key.clone()), None),
            ActorKind::Contract(_) => {
                (forwarder::address(&actor.key), None, Some(actor.key.address()))
            }
            ActorKind::Impersonated(address) => (*address, None, None),
        };
        world.add_actor(ActorState { name: actor.name.to_string(), address, key, via });
    }
    for instance in &plan.instances {
        world.add_instance(&*instance.name);
    }
    for token in &plan.tokens {
        world.add_token(&*token.name);
    }
    world
}

/// A transaction that sets the scene.
struct Put<'a> {
    transaction: Transaction,
    text: Arc<str>,
    site: &'a Arc<Site>,
    span: Span,
    actor: Option<Arc<str>>,
}

impl<C: Carrier> Runner<'_, C> {
    /// Sets the scene. Everything happens at the time of the first block.
    pub(super) fn set_the_scene(&mut self) -> Flow {
        let plan = Arc::clone(self.plan);
        for actor in 0..plan.actors.len() {
            self.endow(&plan, ActorId(actor))?;
        }
        self.carrier.begin(&mut self.world.chain)?;
        if let Some(actor) = plan.actors.first() {
            self.enter(&actor.site)?;
        }
        for item in &plan.setup {
            match item {
                Setup::Token(id) => self.put_token(*id, &plan.tokens[id.0])?,
                Setup::Actor(id) => self.put_actor(&plan, *id)?,
                Setup::Let(id) => {
                    let chosen = &plan.lets[id.0];
                    let value = self.value(&chosen.value, &chosen.site)?;
                    self.world.set_let(*id, value);
                }
                Setup::Instance(id) => self.put_instance(*id, &plan.instances[id.0])?,
            }
        }
        Ok(())
    }

    /// Gives an actor its first balance.
    fn endow(&mut self, plan: &Plan, id: ActorId) -> Flow {
        let actor = &plan.actors[id.0];
        let balance = match &actor.balance {
            Some(typed) => self.word_of(typed, &actor.site, "this is not an amount of wei")?,
            None if matches!(actor.kind, ActorKind::Impersonated(_)) => return Ok(()),
            None => FIRST_BALANCE,
        };
        let address = self.world.actor(id).address;
        self.carrier.endow(&mut self.world.chain, address, balance)?;
        Ok(())
    }

    /// Notes what whoever has just entered the scenario has.
    fn enter(&mut self, site: &Arc<Site>) -> Flow {
        self.world.record_baselines().map_err(|kind| self.cannot_evaluate(kind.at(site.span), site))
    }

    fn put_token(&mut self, id: TokenId, token: &TokenPlan) -> Flow {
        let span = token.site.span;
        let decimals = Value::Int(token.decimals.into());
        let arguments =
            [Value::String(token.title.clone()), Value::String(token.symbol.clone()), decimals];
        let types = [Type::String, Type::String, Type::UINT256];
        let encoded = abi::encode_params(arguments.iter().zip(&types));
        let encoded = encoded.map_err(|error| {
            self.fail(self.failure(&token.site, span, FailureKind::Evaluation, error.to_string()))
        })?;
        let code = self.linked(&token.contract, &BTreeMap::new(), &token.site, span)?;
        let code = [code.as_ref(), encoded.as_ref()].concat();
        let address =
            self.deploy(self.plan.stage_hand, code.into(), &token.name, &token.site, span)?;
        self.world.set_token(id, address);
        self.know(address, &token.contract);
        for (actor, amount) in &token.mint {
            let amount = self.word_of(amount, &token.site, "this is not an amount of tokens")?;
            let to = self.world.actor(*actor).address;
            let text =
                format!("mint {} {amount} to {}", token.name, self.plan.actors[actor.0].name);
            let transaction = mint(self.plan.stage_hand, address, to, amount);
            self.put(Put { transaction, text: text.into(), site: &token.site, span, actor: None })?;
        }
        self.enter(&token.site)
    }

    fn put_actor(&mut self, plan: &Plan, id: ActorId) -> Flow {
        let actor = &plan.actors[id.0];
        let ActorKind::Contract(contract) = &actor.kind else { return Ok(()) };
        let ContractActor { behaviour, args, libraries } = &**contract;
        let span = actor.site.span;
        let owner = actor.key.address();
        let code = self.init_code(behaviour, args, libraries, &actor.site, span)?;
        // The forwarder has the address that follows from the owner's first transaction; the behaviour is deployed from
        // another account so that it stays so.
        let name: Arc<str> = format!("{}'s behaviour", actor.name).into();
        let place = self.deploy(self.plan.stage_hand, code, &name, &actor.site, span)?;
        self.know(place, behaviour);
        let code = forwarder::init_code(&plan.bundled, owner, place);
        let Some((code, forwarding)) = code else {
            let message = "the bundled contracts lack the forwarder that contracts act through";
            return Err(self.fail(self.failure(
                &actor.site,
                span,
                FailureKind::Evaluation,
                message,
            )));
        };
        let address = self.deploy(owner, code, &actor.name, &actor.site, span)?;
        debug_assert_eq!(
            address,
            self.world.actor(id).address,
            "the address was computed beforehand"
        );
        self.know(address, &forwarding);
        self.carrier.endow(&mut self.world.chain, owner, FIRST_BALANCE)?;
        Ok(())
    }

    fn put_instance(&mut self, id: InstanceId, instance: &InstancePlan) -> Flow {
        let span = instance.site.span;
        let address = match &instance.origin {
            Origin::At(typed) => {
                self.carrier.look()?;
                match self.value(typed, &instance.site)? {
                    Value::Address(address) => self.attached(address, instance, typed.span)?,
                    other => unreachable!("the checker made sure that {other:?} is an address"),
                }
            }
            Origin::Deploy { by, args, value, libraries } => {
                let code =
                    self.init_code(&instance.contract, args, libraries, &instance.site, span)?;
                let value = match value {
                    Some(typed) => {
                        self.word_of(typed, &instance.site, "this is not an amount of wei")?
                    }
                    None => U256::ZERO,
                };
                let from = by
                    .map_or_else(|| self.plan.stage_hand, |actor| self.world.actor(actor).address);
                // It enters with what its address holds before its constructor runs, so that nothing it is given is
                // lost from the account of who gained what.
                let place = self.world.chain.create_address(from)?;
                self.world.set_instance(id, place);
                self.know(place, &instance.contract);
                self.enter(&instance.site)?;
                let actor = by.map(|actor| Arc::clone(&self.plan.actors[actor.0].name));
                let transaction = Transaction::create(from, code).with_value(value);
                let text = Arc::clone(&instance.text);
                self.created(Put { transaction, text, site: &instance.site, span, actor })?
            }
        };
        self.world.set_instance(id, address);
        self.know(address, &instance.contract);
        self.enter(&instance.site)
    }

    /// The address of a contract that is said to be there already, if something is there.
    fn attached(&mut self, address: Address, instance: &InstancePlan, span: Span) -> Flow<Address> {
        if !self.world.chain.code(address)?.is_empty() {
            return Ok(address);
        }
        let message = format!("there is no contract at {address}");
        Err(self.fail(self.failure(&instance.site, span, FailureKind::Evaluation, message)))
    }

    fn deploy(
        &mut self,
        from: Address,
        code: Bytes,
        name: &Arc<str>,
        site: &Arc<Site>,
        span: Span,
    ) -> Flow<Address> {
        let text = format!("deploy {name}").into();
        self.created(Put {
            transaction: Transaction::create(from, code),
            text,
            site,
            span,
            actor: None,
        })
    }

    fn created(&mut self, put: Put<'_>) -> Flow<Address> {
        let receipt = self.put(put)?;
        Ok(receipt.outcome.created().expect("a creation that succeeded has created something"))
    }

    /// Sends a transaction that sets the scene, which has to succeed.
    fn put(&mut self, put: Put<'_>) -> Flow<Receipt> {
        let here = self.world.chain.snapshot();
        let parcel = Parcel {
            transaction: &put.transaction,
            text: &put.text,
            site: put.site,
            ending: Ending::Success,
            answer: Answer::Welcome,
            by: None,
        };
        let Sent { result, before, given_up, .. } =
            self.carrier.send(&mut self.world.chain, &parcel)?;
        given_up.into_iter().for_each(|(payer, fee)| self.forgive(payer, fee));
        let before = before.unwrap_or(here);
        let receipt = match result {
            Ok(receipt) => receipt,
            Err(unsent) => {
                let message =
                    format!("`{}` is not possible: {}", put.text, self.unsent_text(&unsent));
                return Err(self.fail(self.failure(
                    put.site,
                    put.span,
                    FailureKind::UnexpectedRevert,
                    message,
                )));
            }
        };
        self.forgive(put.transaction.from, receipt.fee);
        self.events.push(Event::Transaction(Box::new(TransactionEvent {
            site: Arc::clone(put.site),
            rule: None,
            at: self.world.chain.now(),
            block: receipt.block,
            actor: put.actor,
            action: Arc::clone(&put.text),
            value: put.transaction.value,
            sent: put.transaction.clone(),
            result: TransactionResult::Mined(receipt.outcome.clone()),
            returns: None,
            revert_expected: false,
            gas_used: receipt.gas_used,
            fee: receipt.fee,
            logs: receipt.logs.clone(),
            changes: Vec::new(),
            console: receipt.console.clone(),
            trace: None,
        })));
        if let Outcome::Success { .. } = receipt.outcome {
            return Ok(receipt);
        }
        let message = format!("`{}` was expected to succeed", put.text);
        let mut failure = self.failure(put.site, put.span, FailureKind::UnexpectedRevert, message);
        failure.expected = Some("success".to_owned());
        failure.actual = Some(self.outcome_text(&receipt.outcome));
        self.add_trace(&mut failure, &put.transaction, &before)?;
        Err(self.fail(failure))
    }

    /// Linked init code with the arguments of the constructor.
    fn init_code(
        &mut self,
        contract: &Arc<Contract>,
        args: &[Typed],
        libraries: &BTreeMap<ContractId, Address>,
        site: &Arc<Site>,
        span: Span,
    ) -> Flow<Bytes> {
        self.look_for(args)?;
        let arguments = constructor_arguments(args, &self.world)
            .map_err(|error| self.cannot_evaluate(error, site))?;
        let code = self.linked(contract, libraries, site, span)?;
        Ok([code.as_ref(), arguments.as_ref()].concat().into())
    }

    /// Init code with the addresses of its libraries; those that have none yet are deployed first.
    fn linked(
        &mut self,
        contract: &Arc<Contract>,
        given: &BTreeMap<ContractId, Address>,
        site: &Arc<Site>,
        span: Span,
    ) -> Flow<Bytes> {
        self.put_libraries(contract, given, site, span)?;
        let mut libraries = self.world.libraries().clone();
        libraries.extend(given.iter().map(|(id, address)| (id.clone(), *address)));
        contract.link(&contract.creation, &libraries).map_err(|error: LinkError| {
            self.fail(self.failure(site, span, FailureKind::Evaluation, error.to_string()))
        })
    }

    /// Deploys the libraries that code needs and that have no address yet.
    pub(super) fn put_libraries(
        &mut self,
        contract: &Contract,
        given: &BTreeMap<ContractId, Address>,
        site: &Arc<Site>,
        span: Span,
    ) -> Flow {
        for place in &contract.creation.libraries {
            let id = &place.library;
            if !given.contains_key(id) && !self.world.libraries().contains_key(id) {
                self.put_library(id, given, site, span)?;
            }
        }
        Ok(())
    }

    fn put_library(
        &mut self,
        id: &ContractId,
        given: &BTreeMap<ContractId, Address>,
        site: &Arc<Site>,
        span: Span,
    ) -> Flow<Address> {
        let plan = Arc::clone(self.plan);
        let found = plan.build.contracts.get(id).or_else(|| plan.bundled.contracts.get(id));
        let Some(library) = found else {
            let message = format!("the library `{id}` is not part of the project");
            return Err(self.fail(self.failure(site, span, FailureKind::Evaluation, message)));
        };
        let code = self.linked(library, given, site, span)?;
        let name: Arc<str> = id.name.as_str().into();
        let address = self.deploy(self.plan.stage_hand, code, &name, site, span)?;
        self.world.name(address, id.name.as_str());
        self.know(address, library);
        self.world.set_library(id.clone(), address);
        Ok(address)
    }

    /// Notes which contract lives at an address.
    pub(super) fn know(&mut self, address: Address, contract: &Arc<Contract>) {
        self.contracts.insert(address, Arc::clone(contract));
    }
}

/// The transaction by which somebody makes so much of a token, of those that scenarios declare, for somebody.
pub fn mint(by: Address, token: Address, to: Address, amount: U256) -> Transaction {
    let input = [&MINT[..], to.into_word().as_ref(), &amount.to_be_bytes::<32>()].concat();
    Transaction::call(by, token, input)
}

/// The selector of `mint(address,uint256)`.
const MINT: [u8; 4] = [0x40, 0xc1, 0x0f, 0x19];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_balance_is_ten_thousand_ether() {
        assert_eq!(FIRST_BALANCE, U256::from(10_000) * U256::from(10).pow(U256::from(18)));
    }

    #[test]
    fn mint_has_the_selector_of_its_signature() {
        assert_eq!(alloy_primitives::keccak256("mint(address,uint256)")[..4], MINT);
    }
}

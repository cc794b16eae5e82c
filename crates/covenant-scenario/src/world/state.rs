//! The world itself.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, sol};
use covenant_chain::{Chain, Key, Snapshot, Timestamp, Transaction};
use covenant_compile::ContractId;

use super::signatory::Signatory;
use crate::expr::{ActorId, BoundId, EvalErrorKind, InstanceId, LetId, Names, TokenId, Value};

/// Someone who acts.
#[derive(Clone, Debug)]
pub struct ActorState {
    /// The name in the scenario.
    pub name: String,
    /// Where its money is: what the name stands for in expressions.
    pub address: Address,
    /// Its key; none for a contract and for an impersonated address. For these, a [`Signatory`] may sign.
    pub key: Option<Key>,
    /// For an actor that is a contract: the account that sends its transactions, which the contract passes on.
    pub via: Option<Address>,
}

impl ActorState {
    /// The transaction by which this actor calls `to` with `value` wei. A contract's goes through the forwarder at its
    /// address, which spends what the contract has; its gas is paid by the account that sends it.
    pub fn call(&self, to: Address, value: U256, input: Bytes) -> Transaction {
        match self.via {
            None => Transaction::call(self.address, to, input).with_value(value),
            Some(owner) => {
                let data = Forwarder::executeCall { to, value, data: input }.abi_encode();
                Transaction::call(owner, self.address, data)
            }
        }
    }

    /// What the called contract returned, given what the transaction of [`call`](Self::call) did; `None` when a
    /// forwarder's answer is not one.
    pub fn returned(&self, output: &Bytes) -> Option<Bytes> {
        match self.via {
            None => Some(output.clone()),
            Some(_) => Forwarder::executeCall::abi_decode_returns(output).ok(),
        }
    }
}

sol! {
    /// Lets any contract be an actor: its owner calls others in its name.
    interface Forwarder {
        function execute(address to, uint256 value, bytes calldata data) external payable returns (bytes memory);
    }
}

/// A contract or token that the scenario declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The name in the scenario.
    pub name: String,
    /// Where it is, once it is there.
    pub address: Option<Address>,
}

/// Everything that expressions can ask about: the chain, the actors, contracts and tokens of the scenario, and what it
/// has bound so far.
///
/// Invariants:
/// - ids index the lists in the order in which things were added, and nothing is ever removed;
/// - every address that an actor, contract or token has is in [`names`](Self::names); where two share one, the first
///   name stays;
/// - a baseline, once recorded, never changes;
/// - only [`chain`](Self::chain) knows the time; [`start`](Self::start) never changes once something has happened.
///
/// A clone is independent and takes time that does not depend on what is in the world.
#[derive(Clone, Debug)]
pub struct World {
    /// The chain.
    pub chain: Chain,
    scene: Scene,
    signatory: Option<Arc<dyn Signatory>>,
}

/// A moment of a world, cheap to take and to keep.
#[derive(Clone, Debug)]
pub struct WorldSnapshot {
    chain: Snapshot,
    scene: Scene,
}

/// All but the chain. Every part is shared until it is written to.
#[derive(Clone, Debug)]
struct Scene {
    start: Timestamp,
    actors: Arc<Vec<ActorState>>,
    instances: Arc<Vec<Deployed>>,
    tokens: Arc<Vec<Deployed>>,
    names: Arc<Names>,
    lets: Arc<Vec<Option<Value>>>,
    bounds: Arc<Vec<Option<Value>>>,
    last: Option<Arc<Value>>,
    baselines: Arc<BTreeMap<(Option<Address>, Address), U256>>,
    libraries: Arc<BTreeMap<ContractId, Address>>,
    forgiven: Arc<BTreeMap<Address, U256>>,
    transition: Option<Transition>,
}

/// A call that is looked back at.
#[derive(Clone, Debug)]
struct Transition {
    before: Arc<World>,
    attempt: Attempt,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It did what it does.
    Succeeded,
    /// It reverted, or was never executed.
    Failed,
}

impl World {
    /// A world in which nobody is yet; `start` is the chain's clock.
    pub fn new(chain: Chain) -> Self {
        let scene = Scene {
            start: chain.now(),
            actors: Arc::default(),
            instances: Arc::default(),
            tokens: Arc::default(),
            names: Arc::default(),
            lets: Arc::default(),
            bounds: Arc::default(),
            last: None,
            baselines: Arc::default(),
            libraries: Arc::default(),
            forgiven: Arc::default(),
            transition: None,
        };
        Self { chain, scene, signatory: None }
    }

    /// Says who signs typed data for actors that have no [key](ActorState::key).
    pub fn set_signatory(&mut self, signatory: Option<Arc<dyn Signatory>>) {
        self.signatory = signatory;
    }

    /// Who signs typed data for actors that have no [key](ActorState::key).
    pub fn signatory(&self) -> Option<&dyn Signatory> {
        self.signatory.as_deref()
    }

    /// Keeps this moment.
    pub fn snapshot(&self) -> WorldSnapshot {
        WorldSnapshot { chain: self.chain.snapshot(), scene: self.scene.clone() }
    }

    /// Goes back to a moment of this world.
    pub fn restore(&mut self, snapshot: &WorldSnapshot) {
        self.chain.restore(&snapshot.chain);
        self.scene = snapshot.scene.clone();
    }

    /// Lets `change` and `succeeded` look back at a call that has just been made: at the moment before it, which is one
    /// of this world.
    pub fn since(&mut self, before: &WorldSnapshot, attempt: Attempt) {
        let mut world = Self {
            chain: self.chain.clone(),
            scene: before.scene.clone(),
            signatory: self.signatory.clone(),
        };
        world.chain.restore(&before.chain);
        world.scene.transition = None;
        self.scene.transition = Some(Transition { before: Arc::new(world), attempt });
    }

    /// What an account had before the call that is looked back at, and what it has now.
    ///
    /// # Errors
    /// [`EvalErrorKind::Unset`] if no call is; otherwise as [`balance`](Self::balance).
    pub fn change(
        &self,
        token: Option<Address>,
        account: Address,
    ) -> Result<(U256, U256), EvalErrorKind> {
        let unset = EvalErrorKind::Unset { what: "`change`" };
        let transition = self.scene.transition.as_ref().ok_or(unset)?;
        Ok((transition.before.balance(token, account)?, self.balance(token, account)?))
    }

    /// Whether the call that is looked back at succeeded.
    ///
    /// # Errors
    /// [`EvalErrorKind::Unset`] if no call is.
    pub fn succeeded(&self) -> Result<bool, EvalErrorKind> {
        let unset = EvalErrorKind::Unset { what: "`succeeded`" };
        let transition = self.scene.transition.as_ref().ok_or(unset)?;
        Ok(transition.attempt == Attempt::Succeeded)
    }

    /// Says when the scenario started, where that is not what its chain's clock said when the world was made.
    pub const fn set_start(&mut self, start: Timestamp) {
        self.scene.start = start;
    }

    /// When the scenario started.
    pub const fn start(&self) -> Timestamp {
        self.scene.start
    }

    /// Adds an actor. Ids are given in order.
    pub fn add_actor(&mut self, actor: ActorState) -> ActorId {
        Arc::make_mut(&mut self.scene.names).insert(actor.address, actor.name.as_str());
        let actors = Arc::make_mut(&mut self.scene.actors);
        actors.push(actor);
        ActorId(actors.len() - 1)
    }

    /// The actors by id.
    pub fn actors(&self) -> &[ActorState] {
        &self.scene.actors
    }

    /// An actor.
    ///
    /// # Panics
    /// When the id is of another world.
    pub fn actor(&self, id: ActorId) -> &ActorState {
        &self.scene.actors[id.0]
    }

    /// Declares a contract that is not deployed yet. Ids are given in order.
    pub fn add_instance(&mut self, name: impl Into<String>) -> InstanceId {
        let instances = Arc::make_mut(&mut self.scene.instances);
        instances.push(Deployed { name: name.into(), address: None });
        InstanceId(instances.len() - 1)
    }

    /// Says where a declared contract is.
    ///
    /// # Panics
    /// When the id is of another world.
    pub fn set_instance(&mut self, id: InstanceId, address: Address) {
        let instance = &mut Arc::make_mut(&mut self.scene.instances)[id.0];
        instance.address = Some(address);
        Arc::make_mut(&mut self.scene.names).insert(address, instance.name.as_str());
    }

    /// The declared contracts by id.
    pub fn instances(&self) -> &[Deployed] {
        &self.scene.instances
    }

    /// Where a declared contract is.
    ///
    /// # Errors
    /// [`EvalErrorKind::NotDeployed`] before it is there.
    pub fn instance_address(&self, id: InstanceId) -> Result<Address, EvalErrorKind> {
        place(&self.scene.instances, id.0)
    }

    /// Declares a token that is not deployed yet. Ids are given in order.
    pub fn add_token(&mut self, name: impl Into<String>) -> TokenId {
        let tokens = Arc::make_mut(&mut self.scene.tokens);
        tokens.push(Deployed { name: name.into(), address: None });
        TokenId(tokens.len() - 1)
    }

    /// Says where a declared token is.
    ///
    /// # Panics
    /// When the id is of another world.
    pub fn set_token(&mut self, id: TokenId, address: Address) {
        let token = &mut Arc::make_mut(&mut self.scene.tokens)[id.0];
        token.address = Some(address);
        Arc::make_mut(&mut self.scene.names).insert(address, token.name.as_str());
    }

    /// The declared tokens by id.
    pub fn tokens(&self) -> &[Deployed] {
        &self.scene.tokens
    }

    /// Where a declared token is.
    ///
    /// # Errors
    /// [`EvalErrorKind::NotDeployed`] before it is there.
    pub fn token_address(&self, id: TokenId) -> Result<Address, EvalErrorKind> {
        place(&self.scene.tokens, id.0)
    }

    /// The libraries that are on the chain.
    pub fn libraries(&self) -> &BTreeMap<ContractId, Address> {
        &self.scene.libraries
    }

    /// Says where a library is.
    pub fn set_library(&mut self, id: ContractId, address: Address) {
        Arc::make_mut(&mut self.scene.libraries).insert(id, address);
    }

    /// The names that addresses go by.
    pub fn names(&self) -> &Names {
        &self.scene.names
    }

    /// Names an address that is no actor, contract or token of the scenario (a library, a created contract).
    pub fn name(&mut self, address: Address, name: impl Into<String>) {
        Arc::make_mut(&mut self.scene.names).insert(address, name);
    }

    /// Gives a `let` its value.
    pub fn set_let(&mut self, id: LetId, value: Value) {
        set(&mut self.scene.lets, id.0, value);
    }

    /// The value of a `let`, once it has one.
    pub fn let_value(&self, id: LetId) -> Option<&Value> {
        self.scene.lets.get(id.0)?.as_ref()
    }

    /// Binds what a step returned to its `as:` name.
    pub fn set_bound(&mut self, id: BoundId, value: Value) {
        set(&mut self.scene.bounds, id.0, value);
    }

    /// What an `as:` name was bound to last.
    pub fn bound(&self, id: BoundId) -> Option<&Value> {
        self.scene.bounds.get(id.0)?.as_ref()
    }

    /// Keeps what the last call returned.
    pub fn set_last(&mut self, value: Value) {
        self.scene.last = Some(Arc::new(value));
    }

    /// What the last call returned is not known.
    pub fn forget_last(&mut self) {
        self.scene.last = None;
    }

    /// Leaves a fee out of what an account gained.
    pub fn forgive(&mut self, payer: Address, fee: U256) {
        let forgiven = Arc::make_mut(&mut self.scene.forgiven).entry(payer).or_default();
        *forgiven = forgiven.saturating_add(fee);
    }

    /// The fees that are left out of what an account gained.
    pub(super) fn forgiven(&self, account: Address) -> U256 {
        self.scene.forgiven.get(&account).copied().unwrap_or_default()
    }

    /// What the last call returned.
    pub fn last(&self) -> Option<&Value> {
        self.scene.last.as_deref()
    }

    /// The recorded baselines, by token (ETH without) and account.
    pub(super) fn baselines(&mut self) -> &mut BTreeMap<(Option<Address>, Address), U256> {
        Arc::make_mut(&mut self.scene.baselines)
    }

    /// What an account had when it entered the scenario.
    pub fn baseline(&self, token: Option<Address>, account: Address) -> Option<U256> {
        self.scene.baselines.get(&(token, account)).copied()
    }
}

fn place(list: &[Deployed], id: usize) -> Result<Address, EvalErrorKind> {
    let deployed = &list[id];
    deployed.address.ok_or_else(|| EvalErrorKind::NotDeployed { name: deployed.name.clone() })
}

fn set(list: &mut Arc<Vec<Option<Value>>>, id: usize, value: Value) {
    let list = Arc::make_mut(list);
    if list.len() <= id {
        list.resize(id + 1, None);
    }
    list[id] = Some(value);
}

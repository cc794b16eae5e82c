//! The oracle: every state of an agreement, one unit of time after the other.
//!
//! It knows nothing of zones. A state is everything that is on the chain at an instant. From it one comes to others by each
//! move of the plan that succeeds there, made on a copy of the chain, and by one unit of time going by, up to the
//! horizon. What is asked of a state is asked of the chain as it is then. It is slow, and meant to be obviously right.
//!
//! There is one block for each unit of time; whatever happens within a unit happens in its block.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use alloy_primitives::{Address, B256, Bytes, U256, address, keccak256};
use covenant_chain::{Call, ChainError, Outcome, Timestamp, Transaction};
use covenant_scenario::{
    RunOptions, Stage,
    expr::{Action, ActorId, CallPattern, FunctionRef, Typed, Value, call_data, eval, from_u256},
    plan::{ExplorePlan, Horizon, Move, Mover, Moves, Plan, PropertyKind, TimeSpec},
    world::{Asset, Attempt, World, WorldSnapshot},
};
use num_bigint::BigInt;

/// Nobody in particular.
const STRANGER: Address = address!("0x5742616e67657200000000000000000000000001");

/// More states than this are more than this test has time for.
const MOST_STATES: u64 = 60_000;

/// A move, and who makes it.
#[derive(Debug)]
pub(super) struct Deed<'a> {
    pub(super) actor: ActorId,
    pub(super) one: &'a Move,
}

/// A state.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) moment: WorldSnapshot,
    pub(super) now: u64,
    /// What is whose, for each claim of the plan.
    pub(super) claims: Vec<U256>,
    /// What the owner of each claim has of its asset.
    pub(super) owners: Vec<U256>,
    /// What all contracts of the scenario have of each claim's asset.
    pub(super) holdings: Vec<U256>,
    /// What there is of each asset: all ether, and of tokens what accounts have beyond the supply.
    pub(super) there: Vec<BigInt>,
    /// For each property that is a condition on states, whether that is true.
    pub(super) truths: Vec<Option<bool>>,
    /// What each contract says of its status, if it says anything.
    pub(super) status: Vec<(String, U256)>,
}

impl Node {
    /// Whether nothing is anybody's any more.
    pub(super) fn is_settled(&self) -> bool {
        self.claims.iter().all(U256::is_zero)
    }
}

/// A move that succeeds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// Which.
    pub(super) deed: usize,
    /// Where it leads.
    pub(super) to: usize,
    /// What it costs.
    pub(super) gas: u64,
}

/// All states, and all ways between them.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    pub(super) plan: &'a Plan,
    pub(super) explore: &'a ExplorePlan,
    pub(super) deeds: Vec<Deed<'a>>,
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Vec<Edge>>,
    /// The state one unit of time later, if that is not beyond the horizon.
    pub(super) later: Vec<Option<usize>>,
    /// The first so many states are those that the plan's actors reach; the others are only for `strange`.
    pub(super) reached: usize,
    /// Where somebody who is nobody in particular leads by moves that cost nothing. Only if the plan asks whether it ends.
    pub(super) strange: Vec<Vec<usize>>,
    /// For each property, whether some transition contradicts it.
    pub(super) violated: Vec<bool>,
    /// Whether these are all.
    pub(super) is_complete: bool,
    pub(super) horizon: u64,
    pub(super) world: World,
}

/// Why there is no graph: the steps fail, or something that the plan asks has no value in some state.
pub(super) type Unanswered = String;

/// Everything that the actors of a plan can do, from where its steps end.
pub(super) fn graph(plan: &Arc<Plan>) -> Result<Graph<'_>, Unanswered> {
    let explore = plan.explore.as_ref().expect("the scenario says what is explored");
    assert!(explore.outsiders.is_none(), "the oracle knows no strangers with purses");
    assert!(explore.assume.is_empty(), "the oracle assumes nothing of the surroundings");
    let options = RunOptions::default();
    let stage = Stage::after(plan, &options, plan.steps.len()).map_err(|why| why.to_string())?;
    let world = stage.world().clone();
    let deeds = deeds(explore);
    let horizon = match &explore.horizon {
        Some(Horizon::Span(span)) => world.chain.now().0 + seconds(span, &world)?,
        other => panic!("the family says for how long it is explored, not {other:?}"),
    };
    let graph = Graph {
        plan,
        explore,
        deeds,
        nodes: Vec::new(),
        edges: Vec::new(),
        later: Vec::new(),
        reached: 0,
        strange: Vec::new(),
        violated: vec![false; explore.properties.len()],
        is_complete: true,
        horizon,
        world: world.clone(),
    };
    let epoch = (world.chain.block_number(), world.chain.now().0);
    Search { epoch, world, index: HashMap::new(), graph }.done()
}

/// All moves that are written down.
pub(super) fn deeds<'a>(explore: &'a ExplorePlan) -> Vec<Deed<'a>> {
    let of = |mover: &'a Mover| match &mover.moves {
        Moves::Free => panic!("the oracle only makes moves that are written down"),
        Moves::Exactly(moves) => moves.iter().map(|one| (mover.actor, one)).collect::<Vec<_>>(),
    };
    let all = explore.movers.iter().flat_map(of);
    all.map(|(actor, one)| Deed { actor, one }).collect()
}

/// A span of time in seconds.
pub(super) fn seconds(span: &TimeSpec, world: &World) -> Result<u64, Unanswered> {
    match span {
        TimeSpec::Seconds(typed) => Ok(amount(typed, world)?.to()),
        other => panic!("the family counts in seconds, not in {other:?}"),
    }
}

fn value(typed: &Typed, world: &World) -> Result<Value, Unanswered> {
    eval(typed, world).map_err(|error| format!("an expression has no value: {:?}", error.kind))
}

pub(super) fn amount(typed: &Typed, world: &World) -> Result<U256, Unanswered> {
    let value = value(typed, world)?;
    value.as_amount().ok_or_else(|| format!("{value:?} is no amount"))
}

fn account(typed: &Typed, world: &World) -> Result<Address, Unanswered> {
    match value(typed, world)? {
        Value::Address(address) => Ok(address),
        other => panic!("the checker made sure that {other:?} is an address"),
    }
}

pub(super) fn truth(typed: &Typed, world: &World) -> Result<bool, Unanswered> {
    match value(typed, world)? {
        Value::Bool(truth) => Ok(truth),
        other => panic!("the checker made sure that {other:?} is true or false"),
    }
}

/// The address of an asset's token; none for ether.
pub(super) fn token(asset: Asset, world: &World) -> Option<Address> {
    match asset {
        Asset::Ether => None,
        Asset::Token(id) => Some(world.token_address(id).expect("tokens are there from the start")),
    }
}

impl Deed<'_> {
    /// What is called, and with what data; nothing if nobody is there.
    fn call(&self, world: &World) -> Result<Option<(Address, Bytes)>, Unanswered> {
        let (to, input) = match &self.one.action {
            Action::Call { target, function, args } => {
                let to = account(target, world)?;
                if world.chain.code(to).expect("the chain answers").is_empty() {
                    return Ok(None);
                }
                (to, call_data(function, args, world).expect("arguments have values"))
            }
            Action::Transfer { to, .. } => (account(to, world)?, Bytes::new()),
            Action::Force { .. } | Action::Deploy { .. } => panic!("nobody there creates code"),
        };
        Ok(Some((to, input)))
    }

    /// What is sent.
    pub(super) fn transaction(&self, world: &World) -> Result<Option<Transaction>, Unanswered> {
        let Some((to, input)) = self.call(world)? else { return Ok(None) };
        let wei = match (&self.one.action, &self.one.value) {
            (Action::Transfer { amount: wei, .. }, _) | (_, Some(wei)) => amount(wei, world)?,
            (_, None) => U256::ZERO,
        };
        let gas_limit = match &self.one.gas_limit {
            Some(gas) => Some(amount(gas, world)?.to()),
            None => None,
        };
        Ok(Some(Transaction { gas_limit, ..world.actor(self.actor).call(to, wei, input) }))
    }

    /// Whether it is a call of one of these functions.
    pub(super) fn calls(
        &self,
        target: &Typed,
        functions: &[FunctionRef],
        world: &World,
    ) -> Result<bool, Unanswered> {
        let Action::Call { target: called, function, .. } = &self.one.action else {
            return Ok(false);
        };
        let known = functions.iter().any(|one| one.selector == function.selector);
        Ok(known && account(target, world)? == account(called, world)?)
    }

    /// Whether it is a call that a pattern describes.
    pub(super) fn is_like(&self, pattern: &CallPattern, world: &World) -> Result<bool, Unanswered> {
        let Action::Call { args, .. } = &self.one.action else { return Ok(false) };
        if !self.calls(&pattern.target, &pattern.functions, world)? {
            return Ok(false);
        }
        for (wanted, arg) in pattern.args.iter().flatten().zip(args) {
            if let Some(wanted) = wanted
                && value(wanted, world)? != value(arg, world)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Sends a transaction and says what it cost, if it succeeded.
pub(super) fn sent(world: &mut World, transaction: &Transaction) -> Option<u64> {
    match world.chain.send(transaction) {
        Ok(receipt) => receipt.outcome.is_success().then_some(receipt.gas_used),
        Err(ChainError::Rejected(_)) => None,
        Err(error) => panic!("the chain fails: {error}"),
    }
}

struct Search<'a> {
    /// The block and the instant at which it begins.
    epoch: (u64, u64),
    /// A world to try things out in.
    world: World,
    index: HashMap<B256, usize>,
    graph: Graph<'a>,
}

impl<'a> Search<'a> {
    fn done(mut self) -> Result<Graph<'a>, Unanswered> {
        self.visit()?;
        let most = self.graph.explore.limits.states.min(MOST_STATES);
        let mut next = 0;
        while next < self.graph.nodes.len() {
            if self.graph.nodes.len() as u64 > most {
                self.graph.is_complete = false;
                break;
            }
            for deed in 0..self.graph.deeds.len() {
                self.try_out(next, deed)?;
            }
            self.wait(next)?;
            next += 1;
        }
        self.graph.reached = self.graph.nodes.len();
        let asks = |kind: &PropertyKind| matches!(kind, PropertyKind::Ends);
        if self.graph.explore.properties.iter().any(|property| asks(&property.kind)) {
            self.let_a_stranger_act()?;
        }
        Ok(self.graph)
    }

    /// Finds the state that the world is in, or adds it.
    fn visit(&mut self) -> Result<usize, Unanswered> {
        let now = self.world.chain.now();
        let block = self.epoch.0 + (now.0 - self.epoch.1);
        let moment = self.world.chain.snapshot();
        self.world.chain.restore_at(&moment, (block, now), &[]).expect("the chain obeys");
        let (key, ether) = self.key();
        if let Some(known) = self.index.get(&key) {
            return Ok(*known);
        }
        let id = self.graph.nodes.len();
        self.index.insert(key, id);
        let node = self.look(ether)?;
        self.graph.nodes.push(node);
        self.graph.edges.push(Vec::new());
        self.graph.later.push(None);
        self.graph.strange.push(Vec::new());
        Ok(id)
    }

    /// What tells the state that the world is in from all others: all that is on the chain, but for the nonces of those
    /// who have no code.
    fn key(&self) -> (B256, BigInt) {
        let mut bytes = self.world.chain.now().0.to_be_bytes().to_vec();
        let nothing = keccak256([]);
        let mut ether = BigInt::ZERO;
        for (address, account) in self.world.chain.accounts().expect("the chain answers") {
            bytes.extend(address);
            ether += from_u256(account.state.balance);
            bytes.extend(account.state.balance.to_be_bytes::<32>());
            bytes.extend(account.state.code);
            if account.state.code != nothing {
                bytes.extend(account.state.nonce.to_be_bytes());
            }
            bytes.extend((account.storage.len() as u64).to_be_bytes());
            for (slot, word) in account.storage {
                bytes.extend(slot.to_be_bytes::<32>());
                bytes.extend(word.to_be_bytes::<32>());
            }
        }
        (keccak256(bytes), ether)
    }

    /// Asks the world everything that the plan wants to know of a state.
    fn look(&self, ether: BigInt) -> Result<Node, Unanswered> {
        let (world, explore) = (&self.world, self.graph.explore);
        let has = |asset, address| world.balance(token(asset, world), address).expect("it has one");
        let held = |asset| {
            let contracts = world.instances().iter().filter_map(|instance| instance.address);
            contracts.map(|address| has(asset, address)).sum()
        };
        let claims = &explore.claims;
        let truths = explore.properties.iter().map(|property| match &property.kind {
            PropertyKind::Always(condition)
            | PropertyKind::Never(condition)
            | PropertyKind::Reachable(condition) => truth(&condition.typed, world).map(Some),
            _ => Ok(None),
        });
        let owed = claims.iter().map(|claim| amount(&claim.amount, world));
        Ok(Node {
            moment: world.snapshot(),
            now: world.chain.now().0,
            claims: owed.collect::<Result<_, _>>()?,
            owners: claims
                .iter()
                .map(|claim| has(claim.asset, world.actor(claim.actor).address))
                .collect(),
            holdings: claims.iter().map(|claim| held(claim.asset)).collect(),
            there: std::iter::once(ether).chain(beyond_supply(world)).collect(),
            truths: truths.collect::<Result<_, _>>()?,
            status: status(&self.world),
        })
    }

    /// Makes a move in a state.
    fn try_out(&mut self, from: usize, deed: usize) -> Result<(), Unanswered> {
        self.world.restore(&self.graph.nodes[from].moment);
        let Some(transaction) = self.graph.deeds[deed].transaction(&self.world)? else {
            return Ok(());
        };
        let patterns: Vec<bool> = self
            .graph
            .explore
            .properties
            .iter()
            .map(|property| self.is_about(&property.kind, deed))
            .collect::<Result<_, _>>()?;
        let gas = sent(&mut self.world, &transaction);
        let succeeded = gas.is_some();
        if let Some(gas) = gas {
            let to = self.visit()?;
            self.graph.edges[from].push(Edge { deed, to, gas });
        }
        for (index, _) in patterns.into_iter().enumerate().filter(|(_, is_about)| *is_about) {
            if !self.agrees(index, from, succeeded)? {
                self.graph.violated[index] = true;
            }
        }
        Ok(())
    }

    /// Whether a property about transitions has to be looked at after a move, in the state before it.
    fn is_about(&self, kind: &PropertyKind, deed: usize) -> Result<bool, Unanswered> {
        let deed = &self.graph.deeds[deed];
        match kind {
            PropertyKind::Only { actors, target, functions } => {
                Ok(!actors.contains(&deed.actor) && deed.calls(target, functions, &self.world)?)
            }
            PropertyKind::After { call, .. } => deed.is_like(call, &self.world),
            _ => Ok(false),
        }
    }

    /// Whether a move that has just been made agrees with a property that it is about.
    fn agrees(
        &mut self,
        property: usize,
        from: usize,
        succeeded: bool,
    ) -> Result<bool, Unanswered> {
        match &self.graph.explore.properties[property].kind {
            PropertyKind::Only { .. } => Ok(!succeeded),
            PropertyKind::After { then, attempts, .. } if succeeded || *attempts => {
                let attempt = if succeeded { Attempt::Succeeded } else { Attempt::Failed };
                self.world.since(&self.graph.nodes[from].moment, attempt);
                truth(&then.typed, &self.world)
            }
            _ => Ok(true),
        }
    }

    /// Lets a unit of time go by.
    fn wait(&mut self, from: usize) -> Result<(), Unanswered> {
        let now = self.graph.nodes[from].now;
        if now < self.graph.horizon && self.graph.later[from].is_none() {
            self.world.restore(&self.graph.nodes[from].moment);
            self.world.chain.set_now(Timestamp(now + 1)).expect("time goes forward");
            self.graph.later[from] = Some(self.visit()?);
        }
        Ok(())
    }

    /// Lets somebody who is nobody in particular make all moves that cost nothing, wherever there are claims.
    fn let_a_stranger_act(&mut self) -> Result<(), Unanswered> {
        let mut next = 0;
        while next < self.graph.nodes.len() {
            if !self.graph.nodes[next].is_settled() {
                for deed in 0..self.graph.deeds.len() {
                    let deed = &self.graph.deeds[deed];
                    let is_free = deed.one.value.is_none();
                    self.world.restore(&self.graph.nodes[next].moment);
                    if let (true, Some((to, input))) = (is_free, deed.call(&self.world)?)
                        && sent(&mut self.world, &Transaction::call(STRANGER, to, input)).is_some()
                    {
                        let to = self.visit()?;
                        self.graph.strange[next].push(to);
                    }
                }
                self.wait(next)?;
            }
            next += 1;
        }
        Ok(())
    }
}

/// Of each token, what all accounts have beyond what it says that there is; nothing of one that does not say it.
fn beyond_supply(world: &World) -> Vec<BigInt> {
    let tokens: Vec<Address> = world.tokens().iter().filter_map(|token| token.address).collect();
    if tokens.is_empty() {
        return Vec::new();
    }
    let accounts = world.chain.accounts().expect("the chain answers").into_keys();
    let accounts: BTreeSet<Address> =
        accounts.chain(world.parties().into_iter().map(|(_, address)| address)).collect();
    let question = Bytes::copy_from_slice(&keccak256("totalSupply()")[..4]);
    let beyond = tokens.into_iter().filter_map(|token| {
        let call =
            Call { from: Address::ZERO, to: token, input: question.clone(), value: U256::ZERO };
        let Outcome::Success { output, .. } = world.chain.call(&call).expect("the chain answers")
        else {
            return None;
        };
        let has = |account: &Address| world.balance(Some(token), *account).expect("it has one");
        let all: BigInt = accounts.iter().map(|account| from_u256(has(account))).sum();
        Some(all - from_u256(U256::from_be_slice(&output)))
    });
    beyond.collect()
}

/// What each contract that has a view `status()` says.
pub(super) fn status(world: &World) -> Vec<(String, U256)> {
    let question = Bytes::copy_from_slice(&keccak256("status()")[..4]);
    let said = world.instances().iter().filter_map(|instance| {
        let (from, to) = (Address::ZERO, instance.address?);
        let call = Call { from, to, input: question.clone(), value: U256::ZERO };
        match world.chain.call(&call).expect("the chain answers") {
            Outcome::Success { output, .. } if output.len() == 32 => {
                Some((instance.name.clone(), U256::from_be_slice(&output)))
            }
            _ => None,
        }
    });
    said.collect()
}

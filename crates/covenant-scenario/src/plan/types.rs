//! What a checked scenario consists of.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use alloy_primitives::Address;
use covenant_chain::{Fees, HardFork, Key, Timestamp};
use covenant_compile::{Build, Contract, ContractId};

use super::explore::ExplorePlan;
use crate::{
    event::{RunName, Site},
    expr::{
        Action, ActorId, BoundId, EventPattern, GasBound, InstanceId, LetId, RevertPattern,
        TokenId, Type, Typed,
    },
    source::{Diagnostic, Sources, Span},
    world::{Asset, Party},
};

/// A scenario (or one case of it) in which every name is resolved, every unit parsed and every call checked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which scenario, and which case.
    pub name: RunName,
    /// The files it came from.
    pub sources: Arc<Sources>,
    /// The user's contracts.
    pub build: Arc<Build>,
    /// The bundled contracts.
    pub bundled: Arc<Build>,
    /// The chain it runs on.
    pub chain: ChainPlan,
    /// The account that puts on the chain what nobody in the scenario deploys.
    pub stage_hand: Address,
    /// Actors by number.
    pub actors: Vec<ActorPlan>,
    /// Tokens by number.
    pub tokens: Vec<TokenPlan>,
    /// Declared contracts by number.
    pub instances: Vec<InstancePlan>,
    /// `let`s by number.
    pub lets: Vec<LetPlan>,
    /// `as:` bindings by number.
    pub bounds: Vec<BoundPlan>,
    /// In which order contracts are put on the chain and `let`s are evaluated.
    pub setup: Vec<Setup>,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// The rules in order.
    pub rules: Vec<Rule>,
    /// Until what time passes after the steps.
    pub until: Option<Until>,
    /// What must hold after every transaction.
    pub always: Vec<Condition>,
    /// What must hold at the end.
    pub ensures: Vec<Condition>,
    /// How every path is explored, and what must be so on them; `None` where nothing is said of it.
    pub explore: Option<Arc<ExplorePlan>>,
    /// Findings that do not keep the plan from running.
    pub warnings: Vec<Diagnostic>,
}

/// The chain a scenario runs on.
#[derive(Clone, Debug)]
pub struct ChainPlan {
    /// Time of the first block.
    pub start: Timestamp,
    /// The rules.
    pub hard_fork: HardFork,
    /// EIP-155 chain id; the forked network's own where `None` on a fork.
    pub id: Option<u64>,
    /// Whether gas is paid for.
    pub fees: Fees,
    /// How closely rules are watched while time passes, in seconds.
    pub tick: u64,
    /// The network and block it starts from.
    pub fork: Option<ForkPlan>,
}

impl ChainPlan {
    /// The chain id where a scenario names none: that of chains for development.
    pub const DEFAULT_ID: u64 = 31_337;
}

/// A network whose state at a block a scenario starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkPlan {
    /// Address of a JSON-RPC node; not needed when the recording holds everything.
    pub rpc: Option<String>,
    /// The block.
    pub block: u64,
    /// A file with what was read from the network before.
    pub recording: Option<PathBuf>,
}

/// An actor.
#[derive(Clone, Debug)]
pub struct ActorPlan {
    /// Its name.
    pub name: Arc<str>,
    /// Its first balance; on a fork `None` leaves it as it is there.
    pub balance: Option<Typed>,
    /// What kind of account it is.
    pub kind: ActorKind,
    /// The key that belongs to its name; for a contract, the key of the account that sends its transactions. Deriving
    /// one costs more than a transaction does, so it is done once.
    pub key: Key,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// What kind of account an actor is.
#[derive(Clone, Debug)]
pub enum ActorKind {
    /// An account with a key of its own, derived from its name.
    Key,
    /// A contract, which acts through a forwarder.
    Contract(Box<ContractActor>),
    /// An account of the forked network, which acts without its key.
    Impersonated(Address),
}

/// A contract that acts.
#[derive(Clone, Debug)]
pub struct ContractActor {
    /// How it behaves when it is called or paid.
    pub behaviour: Arc<Contract>,
    /// The arguments of its constructor.
    pub args: Vec<Typed>,
    /// The libraries it is linked with.
    pub libraries: BTreeMap<ContractId, Address>,
}

/// A declared token.
#[derive(Clone, Debug)]
pub struct TokenPlan {
    /// Its name in the scenario.
    pub name: Arc<str>,
    /// The bundled contract that it is.
    pub contract: Arc<Contract>,
    /// Its ERC-20 name.
    pub title: String,
    /// Its symbol.
    pub symbol: String,
    /// Its decimals.
    pub decimals: u8,
    /// Who has how much at first.
    pub mint: Vec<(ActorId, Typed)>,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// A declared contract.
#[derive(Clone, Debug)]
pub struct InstancePlan {
    /// Its name in the scenario.
    pub name: Arc<str>,
    /// Its type.
    pub contract: Arc<Contract>,
    /// How it comes to be there.
    pub origin: Origin,
    /// Where it stands.
    pub site: Arc<Site>,
    /// The text that is shown for its deployment.
    pub text: Arc<str>,
}

/// How a contract comes to be on the chain.
#[derive(Clone, Debug)]
pub enum Origin {
    /// It is deployed.
    Deploy {
        /// By whom; by the scenario's own account without one.
        by: Option<ActorId>,
        /// The arguments of its constructor.
        args: Vec<Typed>,
        /// Wei sent along.
        value: Option<Typed>,
        /// The libraries it is linked with that have a known address; others are deployed with it.
        libraries: BTreeMap<ContractId, Address>,
    },
    /// It is there already.
    At(Typed),
}

/// A `let`.
#[derive(Clone, Debug)]
pub struct LetPlan {
    /// Its name.
    pub name: Arc<str>,
    /// Its value.
    pub value: Typed,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// An `as:` binding.
#[derive(Clone, Debug)]
pub struct BoundPlan {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
}

/// One thing that is done before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setup {
    /// A token is deployed and minted.
    Token(TokenId),
    /// A contract that acts is deployed, with its forwarder.
    Actor(ActorId),
    /// A `let` is evaluated.
    Let(LetId),
    /// A contract is deployed or attached.
    Instance(InstanceId),
}

/// How many steps a run may take, repeated ones counted each time; every one leaves an event in memory.
pub const MAX_STEPS: u64 = 1_000_000;

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// Where it stands.
    pub site: Arc<Site>,
    /// Its text.
    pub span: Span,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// An actor does something.
    Act(Box<Act>),
    /// The clock moves on by a span of time.
    Wait(TimeSpec),
    /// The clock moves to an instant.
    At(TimeSpec),
    /// Something must hold.
    Check(Vec<Condition>),
    /// Several transactions in one block.
    Together(Vec<Act>),
    /// Steps are repeated.
    Repeat {
        /// How often.
        times: Typed,
        /// How far apart the rounds begin.
        every: Option<TimeSpec>,
        /// The steps of a round.
        steps: Vec<Step>,
    },
}

/// A span of time, or an instant.
#[derive(Clone, Debug)]
pub enum TimeSpec {
    /// A date.
    Date(Timestamp),
    /// Seconds: of a span, or since 1970 for an instant.
    Seconds(Typed),
    /// Calendar months from an anchor; from the clock without one.
    Months {
        /// From when.
        anchor: Option<Typed>,
        /// How many.
        months: i64,
        /// Seconds added after the months.
        then: Option<Typed>,
    },
}

/// What an actor does, and what is expected of it.
#[derive(Clone, Debug)]
pub struct Act {
    /// Who.
    pub actor: ActorId,
    /// What.
    pub action: Action,
    /// As written.
    pub text: Arc<str>,
    /// Wei sent along.
    pub value: Option<Typed>,
    /// Most gas it may use.
    pub gas_limit: Option<Typed>,
    /// The moment after which it must not be in a block.
    pub by: Option<TimeSpec>,
    /// Where what it returned is kept.
    pub bind: Option<BoundId>,
    /// What is expected.
    pub expect: Expect,
    /// Where it stands.
    pub site: Arc<Site>,
    /// The text of the action.
    pub span: Span,
}

/// What is expected of a transaction.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// These events, in this order, others between them allowed.
    pub emits: Vec<EventPattern>,
    /// These balance changes and no others.
    pub changes: Option<Changes>,
    /// Gas used.
    pub gas: Option<GasBound>,
    /// The value returned.
    pub returns: Option<Typed>,
    /// This revert; without one it must succeed.
    pub reverts: Option<(RevertPattern, Span)>,
}

impl Expect {
    /// Whether anything has to be looked at when the transaction is done, but that it ran to its end.
    pub fn is_more_than_success(&self) -> bool {
        let Self { emits, changes, gas, returns, reverts } = self;
        !emits.is_empty()
            || changes.is_some()
            || gas.is_some()
            || returns.is_some()
            || reverts.is_some()
    }
}

/// Balance changes that are expected; whoever is not named must not change.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Who changes by how much.
    pub entries: Vec<ExpectedChange>,
    /// Where they stand.
    pub span: Span,
}

/// One expected balance change.
#[derive(Clone, Debug)]
pub struct ExpectedChange {
    /// Whose balance.
    pub party: Party,
    /// Of what.
    pub asset: Asset,
    /// By how much.
    pub amount: Typed,
    /// Where it stands.
    pub span: Span,
}

/// Something that must hold.
#[derive(Clone, Debug)]
pub struct Condition {
    /// As written.
    pub text: Arc<str>,
    /// What it says.
    pub typed: Typed,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// When … then ….
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub name: Arc<str>,
    /// When it fires.
    pub when: Condition,
    /// How often.
    pub firing: Firing,
    /// What it does.
    pub then: Vec<Step>,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// How often a rule fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firing {
    /// Each time its condition turns true.
    Edge,
    /// The first time only.
    Once,
    /// Whenever its condition is true, once a block.
    Repeat,
}

/// Until what time passes.
#[derive(Clone, Debug)]
pub struct Until {
    /// This.
    pub condition: Condition,
    /// It fails when that takes longer.
    pub within: TimeSpec,
}

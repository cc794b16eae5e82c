//! What is explored, and what must be so.

use std::sync::Arc;

use alloy_primitives::U256;

use crate::{
    event::Site,
    expr::{Action, ActorId, CallPattern, FunctionRef, TokenId, Typed},
    plan::{Condition, TimeSpec},
    world::{Asset, Party},
};

/// How every path of an agreement is explored, from the state after the steps, and what must be so on them.
#[derive(Clone, Debug)]
pub struct ExplorePlan {
    /// Who acts. An actor that is not among them never does.
    pub movers: Vec<Mover>,
    /// Strangers who act.
    pub outsiders: Option<Outsiders>,
    /// What is whose to get out; one for each actor and asset.
    pub claims: Vec<Claim>,
    /// What the surroundings may do.
    pub assume: Vec<Assumption>,
    /// How far into the future; a hundred years from the start of the scenario without one.
    pub horizon: Option<Horizon>,
    /// Where the exploration gives up.
    pub limits: Limits,
    /// How many seconds it takes at most until a transaction is executed.
    pub delay: u64,
    /// How little may stay behind. An asset without an entry leaves nothing.
    pub dust: Vec<Dust>,
    /// More values to try for every argument of a name; under `value` also the wei sent along.
    pub values: Vec<(Arc<str>, Vec<Typed>)>,
    /// What honest play is: for each actor who does anything, what. Nothing where nothing is said of it.
    pub honest: Option<Vec<Honest>>,
    /// What a unit of gas costs, in wei; nothing without one.
    pub gas_price: Option<Typed>,
    /// What must be so.
    pub properties: Vec<Property>,
}

/// What somebody does who is honest.
#[derive(Clone, Debug)]
pub struct Honest {
    /// Who.
    pub actor: ActorId,
    /// His calls, the first choice first.
    pub calls: Vec<HonestCall>,
}

/// A call that somebody makes, as soon as it succeeds, who is honest.
#[derive(Clone, Debug)]
pub struct HonestCall {
    /// The call.
    pub one: Move,
    /// Only where this holds.
    pub when: Option<Condition>,
}

/// Someone who acts.
#[derive(Clone, Debug)]
pub struct Mover {
    /// Who.
    pub actor: ActorId,
    /// How.
    pub moves: Moves,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// How an actor acts.
#[derive(Clone, Debug)]
pub enum Moves {
    /// By every external function that is not a view, with whatever inputs make a difference.
    Free,
    /// By these calls.
    Exactly(Vec<Move>),
}

/// A call that an actor may make.
#[derive(Clone, Debug)]
pub struct Move {
    /// What.
    pub action: Action,
    /// Wei sent along.
    pub value: Option<Typed>,
    /// Most gas it may use.
    pub gas_limit: Option<Typed>,
    /// As written.
    pub text: Arc<str>,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// Strangers, of which one is a contract.
#[derive(Clone, Debug)]
pub struct Outsiders {
    /// What each of them has of what, in the smallest unit.
    pub purse: Vec<(Asset, Typed)>,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// What is an actor's to get out, of one asset.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Whose.
    pub actor: ActorId,
    /// Of what.
    pub asset: Asset,
    /// How much, in the smallest unit.
    pub amount: Typed,
    /// As written.
    pub text: Arc<str>,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// Something that the surroundings may do at any time, any number of times.
#[derive(Clone, Debug)]
pub struct Assumption {
    /// What.
    pub kind: AssumptionKind,
    /// The calls by which it is done, and undone; they are nobody's in particular.
    pub acts: Vec<AssumedAct>,
    /// As written.
    pub text: Arc<str>,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// One of the calls by which something that is assumed is done, or undone.
#[derive(Clone, Debug)]
pub struct AssumedAct {
    /// What is called.
    pub action: Action,
    /// As a step would say it.
    pub text: Arc<str>,
}

/// What the surroundings may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssumptionKind {
    /// `usd can block seller`: the token refuses to move to or from an account, and relents.
    TokenCanBlock {
        /// The token.
        token: TokenId,
        /// Whom it blocks.
        party: Party,
    },
    /// `usd can pause`: the token moves nothing, and goes on.
    TokenCanPause {
        /// The token.
        token: TokenId,
    },
    /// `feed.post(0)`: some call.
    Call,
}

/// How far into the future an exploration looks.
#[derive(Clone, Debug)]
pub enum Horizon {
    /// For a span of time, from where the exploration begins.
    Span(TimeSpec),
    /// Up to an instant.
    Instant(TimeSpec),
}

/// Where an exploration gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most states.
    pub states: u64,
    /// Most seconds.
    pub seconds: u64,
    /// Most bytes of memory.
    pub memory: u64,
    /// How often a call that creates something new succeeds on one path.
    pub repeats: u32,
    /// How many calls a stranger's contract makes at most while it is called.
    pub callbacks: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { states: 1_000_000, seconds: 600, memory: 8 << 30, repeats: 2, callbacks: 1 }
    }
}

/// How many seconds it takes at most until a transaction is executed, when nothing is said: one block.
pub const DEFAULT_DELAY: u64 = 12;

/// How little of an asset may stay behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dust {
    /// Of what.
    pub asset: Asset,
    /// How much, in the smallest unit.
    pub amount: U256,
}

/// Something that must be so.
#[derive(Clone, Debug)]
pub struct Property {
    /// What.
    pub kind: PropertyKind,
    /// As written, on one line.
    pub text: Arc<str>,
    /// Where it stands.
    pub site: Arc<Site>,
}

/// What must be so.
#[derive(Clone, Debug)]
pub enum PropertyKind {
    /// `conservation`: contracts hold at least what is claimed of them, and transfers sum to zero.
    Conservation,
    /// `no trapped funds`: from every state all claims can still be paid out.
    NoTrappedFunds,
    /// `exit(p) alone`: from every state someone gets what is his, though nobody else moves.
    ExitAlone(ActorId),
    /// `exit(p) within 30 days`: from every state someone gets what is his in that time, whatever the others do.
    ExitWithin(ActorId, TimeSpec),
    /// `ends`: there is an instant after which anyone can settle every claim.
    Ends,
    /// `reaction(p) at least 2 days`: how long someone has, at least, between another's move and a deadline.
    ReactionWindow {
        /// Who.
        actor: ActorId,
        /// How long it must be; without one it is only measured.
        at_least: Option<TimeSpec>,
    },
    /// `exit gas <= 2_000_000`: getting out costs no more than that in any state.
    ExitGas {
        /// Most gas.
        cap: u64,
    },
    /// `no unattributed loss`: a claim falls only by its owner's act, an arbiter's ruling or a deadline.
    NoUnattributedLoss,
    /// `incentives`: whether honest play is best for everyone.
    Incentives,
    /// `order`: whether the order inside one block matters to anyone's payout.
    Order,
    /// `rules`: every rule of the scenario can fire, and none contradicts another.
    Rules,
    /// `always: …`: a condition that holds in every state.
    Always(Condition),
    /// `never: …`: a condition that holds in no state.
    Never(Condition),
    /// `reachable: …`: a condition that holds in some state.
    Reachable(Condition),
    /// `only(arbiter, escrow.rule)`: nobody else ever succeeds in calling it.
    Only {
        /// Who may.
        actors: Vec<ActorId>,
        /// The contract.
        target: Typed,
        /// The functions: at least one, several where they share a name.
        functions: Vec<FunctionRef>,
    },
    /// `after: …` and `then: …`: a condition that holds whenever a call has succeeded.
    After {
        /// The call, by whomever.
        call: CallPattern,
        /// What holds then.
        then: Condition,
        /// Whether the condition asks if the call `succeeded`: then it is looked at after calls that reverted as well.
        attempts: bool,
    },
}

//! Counterexamples and witnesses: what happens, step by step, on a chain of its own.

use std::sync::Arc;

use alloy_primitives::U256;
use covenant_chain::{ChainError, Timestamp};
use covenant_scenario::{
    expr::{ActorId, eval},
    world::{Asset, Balances, World},
};
use num_bigint::BigInt;

use crate::{
    analysis::Path,
    graph::{ExploreError, Graph, Move, Trouble},
};

/// What leads to where something holds, or does not.
#[derive(Clone, Debug)]
pub struct Story {
    /// The moves, in order.
    pub acts: Vec<Act>,
    /// When it is so.
    pub ends: Timestamp,
    /// What is so then, or is not.
    pub what: String,
    /// What everybody had when it began.
    pub before: Balances,
    /// The last act is what is wrong; otherwise what it leads to is.
    pub is_about_last_act: bool,
    /// The world at the end.
    pub end: World,
    /// The last moment at which whom this is about could still have got out what was his; `None` where it is not about
    /// that, or he never could.
    pub last_chance: Option<LastChance>,
    /// What whom this is about can still try, and why that is of no use; nothing where it is not about that.
    pub tried: Vec<Tried>,
    /// Who has more at the end than he would have by honest play, of what, and how much that would be at most, his gas
    /// paid; `None` where it is not about that.
    pub most: Option<(ActorId, Asset, BigInt)>,
}

/// The last moment at which somebody could still have acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastChance {
    /// When.
    pub at: Timestamp,
    /// How many of the acts had been made by then.
    pub after_acts: usize,
    /// Who.
    pub name: String,
    /// What he could do then, if anything: without, he could still wait.
    pub moves: Vec<Arc<str>>,
}

/// A move that somebody can still try where he does not get out any more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tried {
    /// Why it is of no use.
    pub why: Useless,
    /// What, as a scenario writes it.
    pub text: Arc<str>,
}

/// Why a move is of no use. Times are those from which on it would succeed if nobody did anything else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Useless {
    /// Others make these moves before it is executed.
    Foiled {
        /// When it would succeed.
        at: Timestamp,
        /// Who makes which moves, in order.
        by: Vec<(String, Arc<str>)>,
    },
    /// It leads to where he does not get out either.
    Caught {
        /// When it would succeed.
        at: Timestamp,
    },
    /// It comes too late.
    Late {
        /// When it would succeed.
        at: Timestamp,
    },
    /// It fails, however long he waits.
    Fails,
}

/// What a stranger's contract does when it is called during a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meanwhile {
    /// It accepts.
    Nothing,
    /// It answers in another way: `Reverts`, `BurnsGas`, `ReturnsMegabyte`, `ReturnsFalse`.
    Answers(&'static str),
    /// It makes these calls, each time the next.
    Calls(Vec<Errand>),
}

/// A call that a stranger's contract makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// What, as a scenario writes it.
    pub text: Arc<str>,
    /// The signature of the function, `fund(uint256)`; without one only wei are sent.
    pub signature: Option<String>,
}

/// A move that was made.
#[derive(Clone, Debug)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: ActorId,
    /// His name.
    pub name: String,
    /// What, and what a stranger's contract did meanwhile.
    pub text: Arc<str>,
    /// What, as a scenario writes it.
    pub alone: Arc<str>,
    /// Whether it did anything; only the last can be in vain.
    pub succeeded: bool,
    /// What a stranger's contract did meanwhile.
    pub meanwhile: Meanwhile,
    /// Wei sent along.
    pub value: U256,
    /// Most gas it may use, where that is bounded.
    pub gas_limit: Option<u64>,
    /// Gas used.
    pub gas: u64,
    /// What everybody had afterwards.
    pub after: Balances,
}

/// Makes the moves of a path on a chain of its own. `None` where one of them fails.
pub(crate) fn told(
    graph: &Graph,
    path: &Path,
    then: &[Move],
    what: String,
) -> Result<Option<Story>, ExploreError> {
    let mut world = graph.world.clone();
    let instant = |seconds: i64| Timestamp(u64::try_from(seconds).unwrap_or_default());
    let ends = instant(path.solution[1]);
    let balances = |world: &World| {
        world
            .balances()
            .map_err(|kind| ExploreError::Unanswered { what: format!("a balance ({kind})") })
    };
    let before = balances(&world)?;
    let mut acts = Vec::new();
    let moves = path.taken.iter().map(|taken| (instant(taken.at), &graph.moves[taken.by.index()]));
    for (at, one) in moves.chain(then.iter().map(|one| (ends, one))) {
        pass(graph, &mut world, at)?;
        let transaction = one.transaction(&world).map_err(ExploreError::Eval)?;
        // Of an actor that is a contract the transaction is something else.
        let value = one.value.as_ref().and_then(|typed| eval(typed, &world).ok()?.as_amount());
        let receipt = match one.sent(&mut world, graph.puppet) {
            Ok(receipt) => receipt,
            Err(Trouble::Chain(ChainError::Rejected(_))) => return Ok(None),
            Err(trouble) => return Err(trouble.into()),
        };
        let succeeded = receipt.outcome.is_success();
        // A move that makes it so may be one that fails; those that lead there may not.
        if !succeeded && acts.len() < path.taken.len() {
            return Ok(None);
        }
        acts.push(Act {
            at,
            actor: one.actor,
            name: world.actor(one.actor).name.clone(),
            text: Arc::clone(&one.text),
            succeeded,
            alone: Arc::clone(one.alone()),
            meanwhile: one.told(),
            value: value.unwrap_or_default(),
            gas_limit: transaction.gas_limit,
            gas: receipt.gas_used,
            after: balances(&world)?,
        });
    }
    pass(graph, &mut world, ends)?;
    let is_about_last_act = !then.is_empty();
    Ok(Some(Story {
        acts,
        ends,
        what,
        before,
        is_about_last_act,
        end: world,
        last_chance: None,
        tried: Vec::new(),
        most: None,
    }))
}

/// Lets time pass, and with it blocks.
fn pass(graph: &Graph, world: &mut World, to: Timestamp) -> Result<(), ExploreError> {
    let moment = world.chain.snapshot();
    let now = i64::try_from(to.0).unwrap_or(i64::MAX);
    Ok(world.chain.restore_at(&moment, graph.pace.at(now), &[])?)
}

//! One move in one state at one time, and at which other times it ends the same.

use std::collections::BTreeSet;

use covenant_chain::{
    ChainError, Outcome,
    shadow::{Constraint, Place},
};
use covenant_scenario::{
    expr::{EvalError, Instants},
    source::Span,
    world::World,
};

use super::{
    moves::Move,
    naming::{Origins, Pace, guard},
    state::State,
};
use crate::{cover::Likeness, zone::Zone};

/// A move that was tried.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// At which times of the state's instants it ends so.
    pub(crate) guard: Zone,
    /// How it ended.
    pub(crate) ending: Ending,
    /// Where times got into something that cannot be followed: then the guard is a guess.
    pub(crate) opaque: BTreeSet<Blind>,
    /// What else was read that nobody in the agreement controls.
    pub(crate) surroundings: BTreeSet<(Place, &'static str)>,
}

impl Attempt {
    /// How much it ended like another.
    pub(crate) fn like(&self, other: &Self) -> Likeness {
        match (&self.ending, &other.ending) {
            (Ending::Failed(one), Ending::Failed(other)) if one == other => Likeness::Same,
            (Ending::Went(one), Ending::Went(other)) => {
                let same = one.state.key() == other.state.key() && one.origins == other.origins;
                if same { Likeness::Same } else { Likeness::Kind }
            }
            _ => Likeness::None,
        }
    }
}

/// Where a time got into something that cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blind {
    /// In the bytecode.
    Code(Place),
    /// In an expression of the scenario.
    Text(Span),
}

/// How a move ended.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    /// Nothing happened.
    Failed(Failure),
    /// It led to a state.
    Went(Box<Arrival>),
}

/// Why nothing happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Its arguments have no value here.
    NoValue,
    /// The sender does not have what it sends.
    Rejected,
    /// It reverted, with the first bytes of its data: which error it was.
    Reverted(Vec<u8>),
    /// The EVM stopped it.
    Halted,
}

/// A state that was reached.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) state: State,
    pub(crate) origins: Origins,
    pub(crate) gas: u64,
}

/// Why a move could not even be tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("an expression cannot be evaluated: {}", .0.kind)]
    Eval(EvalError),
}

/// Tries a move. The world is anywhere before, and somewhere after.
pub(crate) fn attempt(
    world: &mut World,
    pace: Pace,
    state: &State,
    solution: &[i64],
    one: &Move,
) -> Result<Attempt, Trouble> {
    state.enter(world, pace, solution)?;
    let instants = Instants { clock: pace.clock(), storage: state.shadows() };
    let (mut constraints, mut opaque) = one.asked(world, &instants);
    let nothing = |ending: Failure, constraints: &[Constraint], opaque: BTreeSet<Blind>| Attempt {
        guard: guard(state.instants, constraints).expect("it was asked at this time"),
        ending: Ending::Failed(ending),
        opaque,
        surroundings: BTreeSet::new(),
    };
    let transaction = match one.transaction(world) {
        Ok(transaction) => transaction,
        Err(error) if error.is_engine() => return Err(Trouble::Eval(error)),
        Err(_) => return Ok(nothing(Failure::NoValue, &constraints, opaque)),
    };
    let sent = world.chain.send_compared(&transaction, pace.clock(), instants.storage);
    let (receipt, followed, differences) = match sent {
        Ok(sent) => sent,
        Err(ChainError::Rejected(_)) => {
            return Ok(nothing(Failure::Rejected, &constraints, opaque));
        }
        Err(error) => return Err(error.into()),
    };
    let ending = match &receipt.outcome {
        Outcome::Revert { data } => {
            Ending::Failed(Failure::Reverted(data[..data.len().min(4)].to_vec()))
        }
        Outcome::Halt { .. } => Ending::Failed(Failure::Halted),
        Outcome::Success { .. } => {
            let (after, origins) = state.after(world, &followed.storage, &differences)?;
            Ending::Went(Box::new(Arrival { state: after, origins, gas: receipt.gas_used }))
        }
    };
    constraints.extend(followed.constraints);
    opaque.extend(followed.opaque.into_iter().map(Blind::Code));
    let guard = guard(state.instants, &constraints)
        .expect("what was asked is so at the time at which it was asked");
    Ok(Attempt { guard, ending, opaque, surroundings: followed.surroundings })
}

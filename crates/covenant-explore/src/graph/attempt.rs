//! One move in one state at one time, and at which other times it ends the same.

use std::collections::BTreeSet;

use covenant_chain::{
    ChainError, Difference, Outcome, Receipt,
    shadow::{Constraint, Followed, Place, Read, StorageShadows},
};
use covenant_scenario::{
    expr::{Asked, EvalError, Instants, Times},
    source::Span,
    world::World,
};

use super::{
    moves::Move,
    naming::{Origins, Pace, guard},
    recall::Reason,
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
    /// All that it follows from, where it was executed, failed, and depends on nothing else.
    pub(crate) reason: Option<Reason>,
}

impl Attempt {
    /// A failure that is known without being executed.
    pub(crate) const fn known(guard: Zone, failure: Failure) -> Self {
        let ending = Ending::Failed(failure);
        Self { guard, ending, opaque: BTreeSet::new(), surroundings: BTreeSet::new(), reason: None }
    }

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

/// What was asked about times, and where they could not be followed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Questions {
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) blind: BTreeSet<Blind>,
}

impl Questions {
    /// Adds what an expression asked, and whether it is itself a time.
    pub(crate) fn add(&mut self, asked: Asked, times: &Times, span: Span) {
        self.constraints.extend(asked.constraints);
        self.blind.extend(asked.opaque.into_iter().map(Blind::Code));
        self.blind.extend(asked.unclear.into_iter().map(Blind::Text));
        if times.any() {
            self.blind.insert(Blind::Text(span));
        }
    }

    /// All times of a state at which the same is asked and answered.
    pub(crate) fn guard(&self, state: &State) -> Zone {
        guard(state.instants, &self.constraints)
            .expect("what was asked is so at the time at which it was asked")
    }
}

/// A move that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) questions: Questions,
    /// What became of it, and what it changed; or why there is no receipt.
    pub(crate) receipt: Result<(Receipt, Vec<Difference>), Failure>,
    /// Which words of storage hold times afterwards.
    pub(crate) storage: StorageShadows,
    pub(crate) surroundings: BTreeSet<(Place, &'static str)>,
    /// What it looked at.
    pub(crate) read: Read,
}

/// Sends a move in a state, at some times of its instants. The world is anywhere before, and in the state after the move
/// afterwards; `before` is told what it is like in between.
pub(crate) fn send(
    world: &mut World,
    pace: Pace,
    (state, solution): (&State, &[i64]),
    one: &Move,
    before: impl FnOnce(&World),
) -> Result<Sent, Trouble> {
    state.enter(world, pace, solution)?;
    before(world);
    send_on(world, pace, state.shadows(), one)
}

/// Sends a move where the world is already, in whose storage these words hold times.
pub(crate) fn send_on(
    world: &mut World,
    pace: Pace,
    storage: StorageShadows,
    one: &Move,
) -> Result<Sent, Trouble> {
    let instants = Instants { clock: pace.clock(), storage };
    let mut questions = one.asked(world, &instants);
    let nothing = |questions, failure, instants: Instants| Sent {
        questions,
        receipt: Err(failure),
        storage: instants.storage,
        surroundings: BTreeSet::new(),
        read: Read::new(),
    };
    let transaction = match one.transaction(world) {
        Ok(transaction) => transaction,
        Err(error) if error.is_engine() => return Err(Trouble::Eval(error)),
        Err(_) => return Ok(nothing(questions, Failure::NoValue, instants)),
    };
    let sent = world.chain.send_compared(&transaction, pace.clock(), instants.storage.clone());
    let (receipt, followed, differences) = match sent {
        Ok(sent) => sent,
        Err(ChainError::Rejected(_)) => {
            return Ok(nothing(questions, Failure::Rejected, instants));
        }
        Err(error) => return Err(error.into()),
    };
    let Followed { constraints, storage, opaque, surroundings, read, .. } = followed;
    questions.constraints.extend(constraints);
    questions.blind.extend(opaque.into_iter().map(Blind::Code));
    Ok(Sent { questions, receipt: Ok((receipt, differences)), storage, surroundings, read })
}

/// Tries a move. The world is anywhere before, and somewhere after.
pub(crate) fn attempt(
    world: &mut World,
    pace: Pace,
    state: &State,
    solution: &[i64],
    one: &Move,
) -> Result<Attempt, Trouble> {
    let sent = send(world, pace, (state, solution), one, |_| ())?;
    let Sent { questions, receipt, storage, surroundings, read } = sent;
    let is_followed = questions.blind.is_empty() && surroundings.is_empty();
    let can_be_recalled = is_followed && receipt.is_ok() && one.is_fixed();
    let ending = match receipt {
        Err(failure) => Ending::Failed(failure),
        Ok((receipt, differences)) => match &receipt.outcome {
            Outcome::Revert { data } => {
                Ending::Failed(Failure::Reverted(data[..data.len().min(4)].to_vec()))
            }
            Outcome::Halt { .. } => Ending::Failed(Failure::Halted),
            Outcome::Success { .. } => {
                let (after, origins) = state.after(world, &storage, &differences)?;
                Ending::Went(Box::new(Arrival { state: after, origins, gas: receipt.gas_used }))
            }
        },
    };
    let guard = questions.guard(state);
    let Questions { constraints: asked, blind: opaque } = questions;
    let has_failed = matches!(ending, Ending::Failed(_));
    let reason = (can_be_recalled && has_failed).then_some(Reason { read, asked });
    Ok(Attempt { guard, ending, opaque, surroundings, reason })
}

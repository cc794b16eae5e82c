//! One move in one state at one time, and at which other times it ends the same.

use std::{collections::BTreeSet, sync::Arc};

use alloy_primitives::{Address, Bytes, U256, keccak256};

use covenant_chain::{
    ChainError, Difference, Outcome, Receipt,
    inputs::Looked,
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
    puppet::Puppet,
    recall::{KnownFailure, Reason},
    state::State,
};
use crate::{cover::Likeness, zone::Zone};

/// A move that was tried.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// At which times of the state's instants it ends so.
    pub(crate) guard: Zone,
    /// It is the same at all times because no time was compared with anything.
    pub(crate) asks_nothing: bool,
    /// How it ended.
    pub(crate) ending: Ending,
    /// Where times got into something that cannot be followed: then the guard is a guess.
    pub(crate) opaque: BTreeSet<Blind>,
    /// What else was read that nobody in the agreement controls.
    pub(crate) surroundings: BTreeSet<(Place, &'static str)>,
    /// What became of its inputs, where they were looked at.
    pub(crate) looked: Option<Arc<Given>>,
    /// What was not there before and is now.
    pub(crate) news: News,
    /// How many calls it made of its own.
    pub(crate) calls: u32,
    /// All that it follows from, where it was executed, failed, and depends on nothing else.
    pub(crate) reason: Option<Reason>,
}

/// What a move has brought into being.
#[derive(Clone, Debug, Default)]
pub(crate) struct News {
    /// Accounts that have code now.
    pub(crate) accounts: Vec<Address>,
    /// Words of storage that are not zero now.
    pub(crate) words: Vec<(Address, U256)>,
}

impl Attempt {
    /// A failure that is known without being executed.
    pub(crate) fn known(guard: Zone, known: &KnownFailure) -> Self {
        Self {
            guard,
            asks_nothing: false,
            ending: Ending::Failed(known.failure.clone()),
            opaque: BTreeSet::new(),
            surroundings: BTreeSet::new(),
            looked: known.looked.clone(),
            news: News::default(),
            calls: 0,
            reason: None,
        }
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
    /// How many calls it made of its own.
    pub(crate) calls: u32,
    /// What became of its inputs, where they were looked at.
    pub(crate) looked: Option<Given>,
}

/// Inputs, and what became of them.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) looked: Looked,
    /// Wei sent along.
    pub(crate) value: U256,
    /// Calldata.
    pub(crate) data: Bytes,
}

/// What is looked at besides times, and who reacts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Eyes {
    /// What becomes of inputs.
    pub(crate) inputs: bool,
    /// A stranger that is a contract.
    pub(crate) puppet: Option<Puppet>,
}

/// Sends a move in a state, at some times of its instants. The world is anywhere before, and in the state after the move
/// afterwards; `before` is told what it is like in between.
pub(crate) fn send(
    world: &mut World,
    pace: Pace,
    (state, solution): (&State, &[i64]),
    (one, eyes): (&Move, Eyes),
    before: impl FnOnce(&World),
) -> Result<Sent, Trouble> {
    state.enter(world, pace, solution)?;
    before(world);
    send_on(world, pace, state.shadows(), (one, eyes))
}

/// Sends a move where the world is already, in whose storage these words hold times.
pub(crate) fn send_on(
    world: &mut World,
    pace: Pace,
    storage: StorageShadows,
    (one, eyes): (&Move, Eyes),
) -> Result<Sent, Trouble> {
    let instants = Instants { clock: pace.clock(), storage };
    let mut questions = one.asked(world, &instants);
    let nothing = |questions, failure, instants: Instants| Sent {
        questions,
        receipt: Err(failure),
        storage: instants.storage,
        surroundings: BTreeSet::new(),
        read: Read::new(),
        calls: 0,
        looked: None,
    };
    let clocks = || instants.storage.keys().copied().collect();
    let watch = if eyes.inputs { one.watch(world, clocks(), eyes.puppet) } else { None };
    let given = if watch.is_some() { one.given(world) } else { None };
    let storage = instants.storage.clone();
    let sent = one.made(world, eyes.puppet, |world, transaction| {
        world.chain.send_compared(transaction, pace.clock(), storage, watch)
    });
    let (receipt, seen, mut differences) = match sent {
        Ok(sent) => sent,
        Err(Trouble::Eval(error)) if !error.is_engine() => {
            return Ok(nothing(questions, Failure::NoValue, instants));
        }
        Err(Trouble::Chain(ChainError::Rejected(_))) => {
            return Ok(nothing(questions, Failure::Rejected, instants));
        }
        Err(trouble) => return Err(trouble),
    };
    if let Some(puppet) = eyes.puppet {
        differences.iter_mut().for_each(|difference| puppet.forget(difference));
    }
    let Followed { constraints, storage, opaque, surroundings, read, calls, .. } = seen.followed;
    questions.constraints.extend(constraints);
    questions.blind.extend(opaque.into_iter().map(Blind::Code));
    let looked = seen.looked.zip(given);
    let looked = looked.map(|(mut looked, (value, data))| {
        // Where no code is asked, there is no call that could be looked at.
        looked.succeeded |= one.is_forced() && receipt.outcome.is_success();
        Given { looked, value, data }
    });
    let receipt = Ok((receipt, differences));
    Ok(Sent { questions, receipt, storage, surroundings, read, calls, looked })
}

/// Tries a move. The world is anywhere before, and somewhere after.
pub(crate) fn attempt(
    world: &mut World,
    pace: Pace,
    (state, solution): (&State, &[i64]),
    one: &Move,
    eyes: Eyes,
) -> Result<Attempt, Trouble> {
    let sent = send(world, pace, (state, solution), (one, eyes), |_| ())?;
    let Sent { questions, receipt, storage, surroundings, read, calls, looked } = sent;
    let is_followed = questions.blind.is_empty() && surroundings.is_empty();
    let can_be_recalled = is_followed && receipt.is_ok() && one.is_fixed();
    let mut news = News::default();
    let ending = match receipt {
        Err(failure) => Ending::Failed(failure),
        Ok((receipt, differences)) => match &receipt.outcome {
            Outcome::Revert { data } => {
                Ending::Failed(Failure::Reverted(data[..data.len().min(4)].to_vec()))
            }
            Outcome::Halt { .. } => Ending::Failed(Failure::Halted),
            Outcome::Success { .. } => {
                news = News::of(&differences);
                let (after, origins) = state.after(world, &storage, &differences)?;
                Ending::Went(Box::new(Arrival { state: after, origins, gas: receipt.gas_used }))
            }
        },
    };
    let guard = questions.guard(state);
    let looked = looked.map(Arc::new);
    let asks_nothing = questions.constraints.is_empty();
    let Questions { constraints: asked, blind: opaque } = questions;
    let has_failed = matches!(ending, Ending::Failed(_));
    let reason = (can_be_recalled && has_failed).then_some(Reason { read, asked });
    Ok(Attempt { guard, asks_nothing, ending, opaque, surroundings, looked, news, calls, reason })
}

impl News {
    fn of(differences: &[Difference]) -> Self {
        let nothing = keccak256([]);
        let mut news = Self::default();
        for difference in differences {
            match *difference {
                Difference::Account { address, before, after } => {
                    if before.code == nothing && after.code != nothing {
                        news.accounts.push(address);
                    }
                }
                Difference::Slot { address, slot, before, .. } => {
                    if before == U256::ZERO {
                        news.words.push((address, slot));
                    }
                }
            }
        }
        news
    }
}

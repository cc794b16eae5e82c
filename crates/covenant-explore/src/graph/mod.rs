//! The graph of an agreement: its states, at which times they can be reached, and the moves between them.

mod attempt;
mod drawn;
mod moves;
mod naming;
mod openings;
mod params;
mod patience;
mod puppet;
mod recall;
mod search;
mod starve;
mod state;
mod trial;
mod visit;
mod voices;
pub(crate) mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, U256};
use covenant_chain::{ChainError, shadow::Place as CodePlace};
use covenant_scenario::{
    expr::EvalError,
    run::MomentError,
    world::{Asset, World},
};

pub use attempt::Blind;
pub use drawn::{Drawn, DrawnMove, DrawnState};
pub use moves::{Move, Role};
pub use search::{Progress, Stopped};
pub(crate) use {
    attempt::{
        Arrival, Attempt, Ending, Eyes, Failure, Given, News, Questions, Sent, Trouble, attempt,
        send, send_on,
    },
    moves::{Made, is_fixed},
    naming::{Origins, Pace},
    openings::{Deed, Main, Opening, Openings, Plot},
    params::{Candidate, Param, Pick, Place},
    patience::Patience,
    puppet::Puppet,
    search::{Bounds, Known, search},
    state::State,
    voices::{Signature, Signer, Voices},
};

use crate::zone::{Federation, Zone};

/// The number of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub u32);

/// The number of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MoveId(pub u32);

impl StateId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl MoveId {
    /// Its place among all moves.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a move ends at some times.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) by: MoveId,
    /// At which times of the state's instants. Many pieces have the same.
    pub(crate) guard: Arc<Zone>,
    pub(crate) end: End,
}

/// Where a move leads.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// Nowhere.
    Fails,
    /// To a state.
    Leads { to: StateId, origins: Arc<Origins>, gas: u64 },
}

/// A state, when it can be, and what can be done in it.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) state: State,
    /// All times at which it can be so, waiting included.
    pub(crate) reach: Federation,
    /// What was found out about moves; one that is not mentioned always fails.
    pub(crate) pieces: Vec<Piece>,
    /// Every move was tried at some time.
    pub(crate) explored: bool,
    /// What was tried besides the moves from the start, and always fails.
    pub(crate) failed: BTreeSet<u128>,
    /// What was brought into being on the way there.
    pub(crate) growth: Growth,
    /// How many moves it takes at least to get there.
    pub(crate) depth: u32,
}

/// All states that can be reached.
#[derive(Debug)]
pub struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) moves: Vec<Move>,
    /// The world in which exploration began.
    pub(crate) world: World,
    /// How time passes.
    pub(crate) pace: Pace,
    /// The last instant that is looked at.
    pub(crate) horizon: i64,
    /// Where times could not be followed, and by what moves it came to that.
    pub(crate) opaque: BTreeMap<Blind, BTreeSet<MoveId>>,
    /// What else was read that nobody in the agreement controls.
    pub(crate) surroundings: BTreeMap<(CodePlace, &'static str), BTreeSet<MoveId>>,
    /// Why it is not complete, if it is not.
    pub(crate) stopped: Option<Stopped>,
    /// Until when questions about it are answered.
    pub(crate) patience: Patience,
    /// A stranger that is a contract.
    pub(crate) puppet: Option<Puppet>,
    /// Which inputs have more values than were tried, and what was tried of them.
    pub(crate) sampled: BTreeMap<(String, String), BTreeSet<String>>,
    /// What else was left out.
    pub(crate) left_out: BTreeSet<LeftOut>,
}

/// What is possible, and was left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// There are more combinations of inputs of a function than were tried.
    Combinations {
        /// The function, as in `escrow.pay(terms, amount)`.
        function: String,
    },
    /// No value was found for an input of a function, which was not tried at all then.
    Function {
        /// The function.
        function: String,
    },
    /// A call that brings something new into being succeeded so often on a path, and no more often.
    Repeats {
        /// The call.
        call: String,
        /// How often.
        times: u32,
    },
    /// Values that were found by looking at what a call compares, and that are kept or paid, were used so often on a path,
    /// and no more often.
    Found {
        /// The function.
        function: String,
        /// How often.
        times: u32,
    },
    /// Of inputs that are the scenario's with one field changed, what they bring into being was not followed further.
    Others {
        /// The function.
        function: String,
    },
    /// Contracts that were created on the way were not called by those who may do anything.
    Created {
        /// The call that created them.
        call: String,
    },
    /// There were so many strangers, each with so much.
    Strangers {
        /// How many.
        count: usize,
        /// What each of them had, in the smallest unit.
        purse: BTreeMap<Asset, U256>,
    },
    /// A stranger's contract that is called during a call did so much and no more.
    Callbacks {
        /// The call.
        call: String,
        /// How many calls it made at most.
        times: usize,
    },
    /// What somebody who may do anything signs, and another hands in, was held against everybody but himself.
    Signed {
        /// The call.
        call: String,
    },
    /// With little gas a call succeeds, and ends otherwise; of all amounts of gas only those just too little were tried.
    Gas {
        /// The call.
        call: String,
    },
    /// Functions of tokens were not called by those who may do anything.
    Tokens {
        /// But strangers gave tokens to contracts.
        given: bool,
    },
    /// The data of a call that only a fallback takes was not varied.
    Fallback {
        /// The contract.
        contract: String,
    },
    /// What can still change after the horizon.
    Horizon,
}

/// What was brought into being on the way to a state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Growth {
    /// Words of storage that were zero when exploration began, and were not since then.
    pub(crate) touched: Arc<BTreeSet<(Address, U256)>>,
    /// How often which call touched new ones.
    pub(crate) times: Arc<BTreeMap<usize, u32>>,
    /// How often a value that was found by looking was kept or paid by which call, by whomever.
    pub(crate) found: Arc<BTreeMap<usize, u32>>,
}

/// What keeps an agreement from being explored at all.
#[derive(Debug, thiserror::Error)]
pub enum ExploreError {
    /// The engine failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A text about time names no instant.
    #[error(transparent)]
    Moment(#[from] MomentError),
    /// An expression has no value where it needs one.
    #[error("an expression cannot be evaluated: {}", .0.kind)]
    Eval(EvalError),
    /// Strangers cannot have what the scenario gives them.
    #[error("strangers cannot get `{token}` and let contracts take it")]
    Purse {
        /// Which token.
        token: String,
    },
    /// The scenario asks a contract something that it does not answer.
    #[error("{what} has no value in every state that can be reached")]
    Unanswered {
        /// What was asked.
        what: String,
    },
    /// What was followed of the times was wrong: a defect of this engine. Nothing that it says can be relied on.
    #[error("a move ends in another way at times at which it should not: {what}")]
    Broken {
        /// Which move, and how it differs.
        what: String,
    },
}

impl From<Trouble> for ExploreError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Chain(error) => Self::Chain(error),
            Trouble::Eval(error) => Self::Eval(error),
        }
    }
}

impl Graph {
    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = StateId> + use<> {
        (0..u32::try_from(self.nodes.len()).expect("states are counted in 32 bits")).map(StateId)
    }

    /// Who reacts, and nothing else that is looked at.
    pub(crate) const fn eyes(&self) -> Eyes {
        Eyes { inputs: false, puppet: self.puppet }
    }

    pub(crate) fn node(&self, id: StateId) -> &Node {
        &self.nodes[id.index()]
    }

    /// All states, in the order in which they were found.
    pub fn all(&self) -> impl Iterator<Item = StateId> + use<> {
        self.ids()
    }

    /// Everything that can be done by somebody.
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// The times of a state, parted by which moves succeed then.
    pub fn regions(&self, id: StateId) -> Vec<(Zone, BTreeSet<MoveId>)> {
        let node = self.node(id);
        let whole = node.reach.zones().iter().map(|zone| (zone.clone(), BTreeSet::new()));
        let mut regions: Vec<(Zone, BTreeSet<MoveId>)> = whole.collect();
        let leads = |piece: &&Piece| matches!(piece.end, End::Leads { .. });
        for piece in node.pieces.iter().filter(leads) {
            let parts = regions.into_iter().flat_map(|(zone, moves)| {
                let inside = zone.intersection(&piece.guard).map(|inside| {
                    (inside, moves.iter().copied().chain([piece.by]).collect::<BTreeSet<_>>())
                });
                let outside = zone.without(&piece.guard).into_zones().into_iter();
                outside.map(move |zone| (zone, moves.clone())).chain(inside)
            });
            regions = parts.collect();
        }
        regions
    }

    /// The world as it is in a state, at the earliest of some of its times.
    ///
    /// # Errors
    /// When an account is on a fork and cannot be had.
    pub fn world_in(&self, id: StateId, times: &Zone) -> Result<World, ExploreError> {
        let mut world = self.world.clone();
        self.node(id).state.enter(&mut world, self.pace, &times.earliest())?;
        Ok(world)
    }

    /// The world in which exploration began, with everybody who acts.
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// Why it is not complete, if it is not.
    pub const fn stopped(&self) -> Option<Stopped> {
        self.stopped
    }

    /// How many states there are.
    pub fn states(&self) -> usize {
        self.nodes.len()
    }

    /// The chance that two different states were taken for one is at most one in two to the power of this.
    pub const fn collision_bits(&self) -> u32 {
        // n states are n² / 2 pairs, and a pair collides once in 2^128.
        129 - 2 * self.nodes.len().next_power_of_two().ilog2()
    }

    /// How many transitions there are: a move that ends differently at different times counts as often as it does.
    pub fn transitions(&self) -> usize {
        let leads = |piece: &&Piece| matches!(piece.end, End::Leads { .. });
        self.nodes.iter().map(|node| node.pieces.iter().filter(leads).count()).sum()
    }

    /// How many zones of time the states have together.
    pub fn zones(&self) -> usize {
        self.nodes.iter().map(|node| node.reach.zones().len()).sum()
    }
}

//! Every path of an agreement: the states that its parties can reach by acting and by waiting, and what holds in them.
//!
//! [`explore`] takes a plan to where its steps end and tries from there everything that its actors may do, in every order
//! and at every time. Time is not stepped through: a state stands for all instants at which the same holds, a
//! [`zone::Zone`]. A move is executed at one of them; what the bytecode asked about times on the way says at which others
//! it ends the same, and the rest is tried again until all are covered. Properties are questions about the graph.

mod analysis;
mod cast;
mod caught;
mod cover;
mod deadlines;
mod explore;
mod failed;
mod graph;
mod heard;
mod inputs;
mod recheck;
mod story;
mod strangers;
mod verdict;
mod when;
pub mod zone;

pub use deadlines::{Deadlines, Interval, Mark, Relation, StateTimes, Stored, deadlines};
pub use explore::{Domain, Finding, Options, Report, explore};
pub use failed::Failed;
pub use graph::{
    Blind, Drawn, DrawnMove, DrawnState, ExploreError, Graph, LeftOut, Move, MoveId, Progress,
    Role, StateId, Stopped,
};
pub use inputs::Sampled;
pub use story::{Act, Errand, LastChance, Meanwhile, Story, Tried, Useless};
pub use verdict::Verdict;

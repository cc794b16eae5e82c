//! From a [`Plan`](crate::plan::Plan) to a [`Run`](crate::event::Run): the scene is set, the steps are taken, time
//! passes, rules fire, and every expectation is looked at.
//!
//! The runner asks the chain only for what a network can also give (send, call at the latest block, balance, logs,
//! receipt, move time); snapshots serve to show what a failed transaction did, and to find the second at which a
//! condition turned true.

mod act;
mod book;
mod changes;
mod clock;
mod expect;
mod explain;
mod forwarder;
mod mismatch;
mod moment;
mod options;
mod rules;
mod runner;
mod setup;
mod stage;
mod step;
mod together;
mod trace;

pub use book::Book;
pub use moment::MomentError;
pub use options::{Detail, RunError, RunOptions};
pub use runner::run;
pub use stage::{Stage, StageError};

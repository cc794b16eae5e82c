//! From a [`Plan`](crate::plan::Plan) to a [`Run`](crate::event::Run): the scene is set, the steps are taken, time
//! passes, rules fire, and every expectation is looked at.
//!
//! The runner looks at a chain in this process, and asks a [`Carrier`] for whatever a network can also give: that a
//! transaction is put into a block, and that time passes. On the way, snapshots serve to show what a failed transaction
//! did, and to find the second at which a condition turned true.

mod act;
mod book;
mod carrier;
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
pub use carrier::{Answer, Carrier, Ending, Local, Output, Parcel, Sent, Unsent};
pub use moment::MomentError;
pub use options::{Detail, Halted, RunError, RunOptions};
pub use runner::{play_on, run, run_on};
pub use setup::mint;
pub use stage::{Stage, StageError};

//! Scenarios on a network: the same runner, whose transactions are sent.
//!
//! A [`Cast`] says which account each actor has; [`Voyage::forecast`] simulates the whole on the state of the network and
//! sends nothing; [`Voyage::perform`] does it, or goes on with it.
//!
//! The runner looks at a chain in this process whose state is that of the network after a block that was seen, so that
//! expressions, rules and expectations mean what they mean in simulation. When a transaction was put into a block, it is
//! simulated on the state before that block, at its time; whatever differs from the receipt is shown.

mod again;
mod ahead;
mod carrier;
mod cast;
mod desk;
mod error;
mod forecast;
mod gas;
mod inspect;
mod lack;
mod looks;
mod machine;
mod middle;
mod parcel;
mod parity;
mod perform;
mod readback;
mod reader;
mod rebuild;
mod rehearsal;
mod signatures;
mod trace;
mod unlocked;
mod view;

pub use carrier::Waiting;
pub use cast::{
    Cast, SCENE, deployment, needs_traces, public_signers, signatories, signers, simulation_only,
};
pub use error::LiveError;
pub use forecast::{Account, Forecast, Planned};
pub use lack::Lack;
pub use machine::Machine;
pub use parity::Difference;
pub use perform::{Performed, Voyage};
pub use rebuild::{RebuildError, Rebuilt, Stray, Testimony};
pub use signatures::Signatures;
pub use unlocked::Unlocked;

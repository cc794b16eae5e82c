//! Live networks: steps become signed transactions on a chain that is not ours, each exactly once.
//!
//! The only crate that signs for or sends to a network. What will be sent is signed with [`keys`], written to a
//! [`journal`] and only then sent, so that sending again is harmless whenever the crash came.

pub mod clock;
pub mod journal;
pub mod keys;
pub mod network;
pub mod preflight;
pub mod records;
pub mod recover;
pub mod rpc;
pub mod run;
pub mod send;
pub mod storage;
pub mod verify;

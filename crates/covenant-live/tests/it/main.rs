//! What a crate for live networks has to survive: crashes at every moment, and every fault of a node and of a disk.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod disk;
mod doom;
mod faults;
mod http;
mod journal;
mod node;
mod parallel;
mod preflight;
mod rig;
mod send;
mod table;
mod verify;
mod voyages;
mod witness;

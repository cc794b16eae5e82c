//! What a crate for live networks has to survive: crashes at every moment, and every fault of a node and of a disk.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a rig that cannot go on panics, and its figures are small"
)]

mod disk;
mod doom;
mod faults;
mod http;
mod journal;
mod node;
mod rig;
mod send;

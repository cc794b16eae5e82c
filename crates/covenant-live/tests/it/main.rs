//! What a crate for live networks has to survive: crashes at every moment, and every fault of a node and of a disk.

mod disk;
mod doom;
mod faults;
mod http;
mod journal;
mod node;
mod rig;
mod send;

//! Every path of an agreement: the states that its parties can reach by acting and by waiting.
//!
//! Time is not stepped through. A state stands for all instants at which the same holds: a [`zone::Zone`].

mod cover;
mod analysis;
pub mod graph;
pub mod zone;

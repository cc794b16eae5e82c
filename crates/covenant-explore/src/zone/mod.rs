//! Sets of instants, described by the differences between them.
//!
//! A [`Zone`] is what a state knows about time: how far apart the instants are that matter to it (now, when the work was
//! submitted, the beginning of all time). It is a difference bound matrix: for every two instants the greatest difference
//! that is possible (Bengtsson and Yi, *Timed Automata: Semantics, Algorithms and Tools*, 2004). Instants are whole
//! seconds, so every bound is inclusive, and a zone that is consistent has a solution in whole seconds.
//!
//! A [`Federation`] is a union of zones. Cutting a piece out of a zone leaves one.

mod bound;
mod federation;
mod matrix;
#[cfg(test)]
mod tests;

pub use bound::Bound;
pub use federation::Federation;
pub use matrix::{Instant, Zone};

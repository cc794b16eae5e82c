//! What the graph says about time.

mod intervals;
mod marks;

pub use intervals::{Deadlines, Interval, StateTimes, Stored, deadlines};
pub use marks::{Mark, Relation};

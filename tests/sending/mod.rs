//! Twelve steps of three accounts, and a process that sends them: what the tests with real nodes kill and resume.

mod check;
mod plan;
mod process;

pub use check::{End, fees_of};
pub use plan::Plan;
pub use process::{Hasty, Job, begun, client, options, run, start};

//! A scenario as it was typed: shapes are checked, every text is still a text, and everything knows where it stands.
//!
//! Each record of the format is one table (`record!`), from which come the Rust struct, its reader and its JSON Schema.

mod record;
mod scenario;
mod step;
mod value;

pub use scenario::{
    RawActor, RawCase, RawChain, RawContract, RawFees, RawFork, RawRule, RawScenario, RawToken,
};
pub use step::{RawAct, RawExpect, RawRepeat, RawStep, RawStepKind};
pub use value::{Entries, RawArgs, RawChange, RawEmit, RawValue};

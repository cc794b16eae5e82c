//! A scenario as it was typed: shapes are checked, every text is still a text, and everything knows where it stands.
//!
//! Each record of the format is one table (`record!`), from which come the Rust struct, its reader and its JSON Schema.

mod closest;
mod explore;
mod honest;
mod load;
mod record;
mod scenario;
mod schema;
mod shape;
mod step;
mod steps;
mod syntax;
mod value;

pub use closest::{closest, look_alike};
pub(crate) use explore::PROPERTIES;
pub use explore::{
    OUTSIDERS, RawAmounts, RawExplore, RawLimits, RawMove, RawMovers, RawMoves, RawOutsiders,
    RawProperty,
};
pub use honest::{RawHonest, RawHonestCall};
pub use load::{load, load_str, read_bytes};
pub use scenario::{
    RawActor, RawCase, RawChain, RawContract, RawFees, RawFork, RawRule, RawScenario, RawToken,
};
pub use schema::schema;
pub use step::{RawAct, RawExpect, RawRepeat, RawStep, RawStepKind};
pub use steps::STEP_KEYS;
pub use value::{Entries, RawArgs, RawChange, RawEmit, RawValue};

#[cfg(test)]
mod broken;
#[cfg(test)]
mod tests;

//! The sections `explore` and `properties`: what `covenant explore` starts from.

mod assumptions;
mod cover;
mod honest;
mod limits;
mod movers;
mod phrases;
mod properties;
mod section;
#[cfg(test)]
mod tests;
mod types;
mod words;

pub use types::{
    AssumedAct, Assumption, AssumptionKind, Claim, DEFAULT_DELAY, Dust, ExplorePlan, Honest,
    HonestCall, Horizon, Limits, Move, Mover, Moves, Outsiders, Property, PropertyKind,
};

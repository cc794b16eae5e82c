//! The world of a run: the chain, who and what is on it, and what the scenario remembers.

mod balances;
mod signatory;
mod state;
#[cfg(test)]
mod tests;

pub use balances::{Asset, Balances, Change, Party};
pub use signatory::{Signatory, Unsigned};
pub use state::{ActorState, Attempt, Deployed, World, WorldSnapshot};

//! Questions about the graph.

mod exits;
mod funds;
mod game;
mod goal;
mod observe;
mod path;
mod pending;
mod rules;
mod sets;
mod timing;

pub(crate) use exits::{exit_alone, exit_gas};
pub(crate) use funds::{conservation, ends, no_trapped_funds, no_unattributed_loss};
pub(crate) use game::exit_within;
pub(crate) use observe::{Books, Observer};
pub(crate) use path::{Path, shortest};
pub(crate) use rules::{after, always, only, reachable};
pub(crate) use sets::{Backwards, Sets};
pub(crate) use timing::{order, reaction};

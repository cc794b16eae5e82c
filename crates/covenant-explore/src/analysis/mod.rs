//! Questions about the graph.

mod exits;
mod flows;
mod funds;
mod game;
mod goal;
mod incentives;
mod observe;
mod path;
mod pending;
mod rulebook;
mod rules;
mod sets;
mod timing;
mod tried;

pub(crate) use exits::{exit_alone, exit_gas};
pub(crate) use flows::flows;
pub(crate) use funds::{conservation, ends, no_trapped_funds, no_unattributed_loss};
pub(crate) use game::exit_within;
pub(crate) use incentives::{Honest, incentives};
pub(crate) use observe::{Books, Observer};
pub(crate) use path::{Path, Taken, last_in, shortest};
pub(crate) use rulebook::rules;
pub(crate) use rules::{after, always, only, reachable};
pub(crate) use sets::{Backwards, Sets};
pub(crate) use timing::{order, reaction};
pub(crate) use tried::{Why, against, alone};

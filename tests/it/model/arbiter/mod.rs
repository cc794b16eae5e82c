//! Arbiters that are contracts: one model of each kind, whoever holds the agreements.

mod adapter;
mod consent;
mod court;
mod holder;
mod panel;

pub(super) use adapter::Adapter;
pub(super) use court::{HASTY_RULING, PLAIN as PLAIN_COURT};
pub(super) use holder::Holder;
pub(super) use panel::Panel;

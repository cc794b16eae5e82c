//! Scenarios on real nodes, by way of the built binary: the same events as in simulation, whatever happens on the way.

mod deaths;
mod everywhere;
mod parity;
mod project;
mod refusals;
mod waits;

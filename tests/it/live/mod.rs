//! Scenarios on real nodes, by way of the built binary: the same events as in simulation, whatever happens on the way.

mod changed;
mod crowd;
mod deaths;
mod everywhere;
mod json;
mod late;
mod parity;
mod preflight;
mod project;
mod recovery;
mod refusals;
mod secrets;
mod signing;
mod tokens;
mod verify;
mod waits;
mod window;

//! A whole scenario on a network, several of its steps in flight at once, past every fault and from death to death.

mod everywhere;
mod others;
mod reading;
mod reorganisations;
mod rig;
mod spread;

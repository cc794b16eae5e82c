//! The scenario language: file to checked plan, plan and chain to typed events and a verdict.
//!
//! A file goes through types that say how far it has come: [`raw::RawScenario`] is what was typed, a [`plan::Plan`] has
//! every name resolved and every call checked, and an [`event::Run`] is what happened. [`Scenario`] does the first two
//! steps, [`run::run`] the third.

pub mod event;
pub mod expr;
pub mod plan;
pub mod raw;
pub mod run;
mod scenario;
pub mod source;
mod storage;
#[cfg(test)]
mod testing;
pub mod time;
pub mod world;
pub mod yaml;

pub use run::{RunError, RunOptions, Stage, StageError, run, run_on};
pub use scenario::{Invalid, Scenario};
pub use storage::{StorageError, storage};

//! Where a project begins, how it is laid out, and what it asks of the compiler.

mod config;
mod covenant;
mod discover;
mod foundry;
mod remapping;
mod settings;

pub use covenant::Networks;
pub use discover::{Layout, Project};
pub(crate) use remapping::{Candidates, Remapping, inferred};
pub use settings::{Settings, WantedCompiler};

//! Paths to checked plans: files are read, projects built, scenarios checked.

mod builds;
mod files;

pub(crate) use builds::{Builds, NoBuild, named, progress};
pub(crate) use files::{Prepared, State, prepare, print_findings};

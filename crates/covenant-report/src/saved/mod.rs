//! Counterexamples as scenario files, which fail when they are run.

mod assemble;
mod parts;
mod sections;
mod shows;
mod strangers;

pub use assemble::{Unsaved, counterexample, file_name};

//! The compiler: which version, where it is, and how it is run.

mod find;
mod input;
mod npm;
mod run;
mod version;

pub use find::{Compiler, CompilerKind, CompilerReport};
pub(crate) use find::{Fetch, Wanted, find, wanted, wanted_of_record};
pub(crate) use input::{Input, OUTPUT_FORMAT};
pub(crate) use run::{Answer, run};
pub(crate) use version::default_evm_version;

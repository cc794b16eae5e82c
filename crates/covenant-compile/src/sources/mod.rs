//! The sources of a project: which files, what they import, which compilers they accept.

mod collect;
mod pragma;
mod resolve;
mod scan;

pub(crate) use collect::{SourceSet, collect, fail_without, is_own};
#[cfg(test)]
pub(crate) use {collect::Pragma, pragma::Requirement};

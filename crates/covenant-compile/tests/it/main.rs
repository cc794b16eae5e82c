//! The compiler crate against real compilers.

mod artifacts;
mod foreign;
mod imports;
mod project;
mod store;
mod support;

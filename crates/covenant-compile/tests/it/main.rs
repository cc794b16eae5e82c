//! The compiler crate against real compilers.

mod project;
mod support;

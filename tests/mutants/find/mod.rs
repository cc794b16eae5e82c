//! Mutants of a source, from the compiler's syntax tree.

mod expressions;
mod finder;
mod mutant;
mod tree;
mod types;

pub use finder::find;
pub use mutant::{Kind, Mutant};
pub use types::Types;

//! Which statements, branches and functions of the sources were executed.
//!
//! Optimised code merges equal blocks and drops others, so what it executes does not tell which statement was meant.
//! Therefore coverage is collected on a build of its own ([`CoverageBuild`]): the same sources through solc's legacy code
//! generator with every optimisation off, in which each statement and each jump that decides a branch keeps its place.
//! What there is to cover comes from the syntax tree (`items`), what was executed from counters of instructions
//! ([`Tally`]).
//!
//! Left out, because no code stands for them alone: declarations, blocks, placeholders of modifiers, constants (their
//! value is compiled where it is used). Getters of public state variables are not counted, nor the checks that the
//! compiler adds (overflow, bounds, call data, ether sent to what does not take it). An `assert` is a statement, but no
//! branch: that it fails is what must not happen.

mod build;
mod find;
mod items;
mod report;
mod tally;
mod tree;

pub use build::CoverageBuild;
pub use report::{Branch, BranchKind, Count, CoverageReport, FileCoverage, Function, Statement};
pub use tally::{CodeKind, Counters, Tally};

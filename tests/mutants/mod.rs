//! Mutation testing of the contracts: the Solidity is changed in one place, and some scenario has to notice.
//!
//! - [`find`] makes mutants from the compiler's syntax tree: a comparison that includes its boundary, a payment to
//!   somebody else, a check that is missing.
//! - [`compile`] compiles one with a compiler that stays in memory. If the code is the same, it is no mutant.
//! - [`suite`] runs the scenarios that execute the changed place against the changed code.
//! - [`campaign`] does so for a seeded choice of mutants, and [`record`] keeps the results.
//!
//! `scripts/mutants.sh` runs a campaign; `tests/it/mutants.rs` holds its result to what is promised.

pub mod campaign;
pub mod compile;
pub mod find;
pub mod record;
pub mod subject;
pub mod suite;

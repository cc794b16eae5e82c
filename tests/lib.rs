//! Black-box tests of the `covenant` binary live in `it/`; the scenarios they run in `scenarios/`.
//! This library is what mutation testing of the contracts consists of.

pub mod mutants;

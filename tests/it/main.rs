//! Black-box tests of the built `covenant` binary, and of the shape of the workspace.

mod architecture;
mod artifacts;
mod attacks;
mod authorisation;
mod bad_input;
mod bad_tables;
mod binary;
mod cli;
mod conditions;
mod coverage;
mod examples;
mod explore;
mod exploring;
mod features;
mod following;
mod gas;
mod generated_input;
mod golden;
mod keys;
mod model;
mod mutants;
mod pipelines;
mod programs;
mod random;
mod schema;
mod signatures;

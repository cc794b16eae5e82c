//! Black-box tests of the built `covenant` binary, and of the shape of the workspace.

mod architecture;
mod artifacts;
mod authorisation;
mod bad_input;
mod bad_tables;
mod binary;
mod cli;
mod examples;
mod gas;
mod generated_input;
mod golden;
mod model;
mod pipelines;
mod random;
mod schema;
mod signatures;

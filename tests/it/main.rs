//! Black-box tests of the built `covenant` binary, and of the shape of the workspace.

mod architecture;
mod artifacts;
mod bad_input;
mod bad_tables;
mod binary;
mod cli;
mod coverage;
mod examples;
mod generated_input;
mod golden;
mod random;
mod schema;

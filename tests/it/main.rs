//! Black-box tests of the built `covenant` binary, and of the shape of the workspace.

mod architecture;
mod artifacts;
mod bad_input;
mod bad_tables;
mod binary;
mod cli;
mod examples;
mod generated_input;
mod golden;
mod model;
mod random;
mod schema;

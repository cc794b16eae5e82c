//! Black-box tests of the built `covenant` binary, and of the shape of the workspace.

mod architecture;
mod bad_input;
mod binary;
mod cli;
mod generated_input;
mod golden;
mod random;

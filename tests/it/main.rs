//! Black-box tests of the built `covenant` binary, and of the shape of the workspace.

mod architecture;
mod artifacts;
mod binary;
mod examples;
mod golden;
mod schema;

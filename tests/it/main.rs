//! Black-box tests of the built `covenant` binary, and of the shape of the workspace.

mod architecture;
mod binary;
mod golden;
mod schema;

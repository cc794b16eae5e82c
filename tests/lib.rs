//! Black-box tests of the `covenant` binary live in `it/`; the scenarios they run in `scenarios/`.
//! This library is what mutation testing of the contracts consists of, and what the tests with real nodes send.

pub mod mutants;
pub mod sending;

/// Folders of the bundled contracts that only simulations deploy: their bugs cost nobody money.
pub const SIMULATIONS: [&str; 4] =
    ["src/tokens/", "src/adversaries/", "src/actors/", "src/simulation/"];

/// Whether a source file of the bundled project is one that people put money behind.
pub fn is_for_real(file: &str) -> bool {
    file.starts_with("src/") && !SIMULATIONS.iter().any(|folder| file.starts_with(folder))
}

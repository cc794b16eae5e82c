//! Black-box tests of the `covenant` binary live in `it/`; the scenarios they run in `scenarios/`.

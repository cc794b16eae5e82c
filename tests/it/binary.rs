//! The built binary, and how tests run it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are in a folder of the repository")
}

/// The `covenant` binary that was built beside these tests.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let here = std::env::current_exe().expect("a test has a path");
        let profile =
            here.parent().and_then(Path::parent).expect("tests are built into `deps` of a profile");
        let binary = profile.join(format!("covenant{}", std::env::consts::EXE_SUFFIX));
        assert!(
            binary.is_file(),
            "{} is missing: `cargo test --workspace` builds it, `cargo build -p covenant-cli` too",
            binary.display()
        );
        binary
    })
}

/// The command, in the root of the repository, with nothing of the machine in its environment but what programs need.
pub(crate) fn covenant(args: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(args).current_dir(root());
    for name in [
        "GITHUB_ACTIONS",
        "GITHUB_STEP_SUMMARY",
        "CLICOLOR_FORCE",
        "COVENANT_CACHE",
        "COVENANT_KEYS",
        "ETH_PASSWORD",
    ] {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1");
    command
}

/// Runs the command to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    covenant(args).output().expect("the binary starts")
}

/// What a run wrote and how it ended, as one text.
pub(crate) fn transcript(output: &Output) -> String {
    let code = output.status.code().map_or_else(|| "killed".to_owned(), |code| code.to_string());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    format!(
        "exit code: {code}\n--- stdout\n{}--- stderr\n{}",
        text(&output.stdout),
        text(&output.stderr)
    )
}

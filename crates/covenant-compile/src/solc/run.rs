//! Starting a compiler and speaking standard JSON with it.

use std::{
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
    thread,
};

use semver::Version;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::find::{Compiler, CompilerKind};
use crate::error::CompileError;

/// Runs the npm package that is named by the argument: the version on the first line, then the output.
const DRIVER: &str = r#"
const solc = require(process.argv[1]);
const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk));
process.stdin.on("end", () => {
  // Before 0.5 the standard JSON interface had a name of its own.
  const compile = solc.compileStandardWrapper || solc.compile;
  const output = compile(Buffer.concat(chunks).toString("utf8"));
  process.stdout.write(solc.version() + "\n" + output);
});
"#;

/// The answer of a compiler.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    /// The compiler as it names itself, without the platform: `0.8.37+commit.…`.
    pub(crate) compiler: String,
    /// Standard JSON output, as far as the caller wants to know it.
    pub(crate) output: T,
}

/// Compiles standard JSON.
pub(crate) fn run<T: DeserializeOwned>(
    compiler: &Compiler,
    input: &Value,
) -> Result<Answer<T>, CompileError> {
    let (name, text) = match &compiler.kind {
        CompilerKind::Native => {
            let name = native_version(&compiler.path)?.0;
            let text =
                converse(Command::new(&compiler.path).arg("--standard-json"), input, compiler)?;
            (name, text)
        }
        CompilerKind::Npm { node } => {
            let mut command = Command::new(node);
            command.arg("-e").arg(DRIVER).arg("--").arg(&compiler.path);
            let text = converse(&mut command, input, compiler)?;
            let (name, output) =
                text.split_once('\n').ok_or_else(|| failed(compiler, "it said nothing".into()))?;
            (plain_version(name), output.to_owned())
        }
    };
    let output = serde_json::from_str(&text)
        .map_err(|error| failed(compiler, format!("its answer is not standard JSON: {error}")))?;
    Ok(Answer { compiler: name, output })
}

/// Asks a native compiler for its version: the full name, and the release it is.
pub(crate) fn native_version(path: &Path) -> Result<(String, Version), CompileError> {
    let unusable = |why: String| CompileError::UnusableCompiler { path: path.to_owned(), why };
    let output = Command::new(path)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| unusable(format!("it does not start: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.trim().strip_prefix("Version: "));
    let name = plain_version(
        line.ok_or_else(|| unusable("`--version` does not name a solc version".into()))?,
    );
    let version =
        Version::parse(&name).map_err(|_| unusable(format!("`{name}` is not a version")))?;
    if !version.pre.is_empty() {
        return Err(unusable(format!(
            "`{name}` is a prerelease; only released compilers are used"
        )));
    }
    Ok((name, Version::new(version.major, version.minor, version.patch)))
}

/// The version and commit without the platform: `0.8.37+commit.5af6d8c2.Linux.g++` ends after the commit.
fn plain_version(name: &str) -> String {
    let name = name.trim();
    match name.split_once("+commit.") {
        Some((version, rest)) => {
            format!("{version}+commit.{}", rest.split('.').next().unwrap_or_default())
        }
        None => name.to_owned(),
    }
}

/// Writes the input to a program and reads all it prints.
fn converse(
    command: &mut Command,
    input: &Value,
    compiler: &Compiler,
) -> Result<String, CompileError> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(compiler, format!("it does not start: {error}")))?;
    let (Some(mut stdin), Some(mut stderr)) = (child.stdin.take(), child.stderr.take()) else {
        return Err(failed(compiler, "its input and output cannot be reached".into()));
    };
    let bytes = input.to_string().into_bytes();
    // All three pipes move at once, so that neither side waits for the other with a full pipe. A compiler that
    // ends early breaks its input pipe, which is not the error worth showing.
    let writer = thread::spawn(move || drop(stdin.write_all(&bytes)));
    let complaints = thread::spawn(move || {
        let mut text = Vec::new();
        drop(stderr.read_to_end(&mut text));
        String::from_utf8_lossy(&text).into_owned()
    });
    let output = child.wait_with_output().map_err(|error| failed(compiler, error.to_string()))?;
    drop(writer.join());
    let complaints = complaints.join().unwrap_or_default();
    if !output.status.success() || output.stdout.is_empty() {
        return Err(failed(compiler, format!("{}: {}", output.status, complaints.trim())));
    }
    String::from_utf8(output.stdout).map_err(|_| failed(compiler, "its answer is not text".into()))
}

fn failed(compiler: &Compiler, message: String) -> CompileError {
    CompileError::CompilerFailed { compiler: compiler.to_string(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_is_left_out() {
        for (name, plain) in [
            ("0.8.37+commit.5af6d8c2.Linux.g++", "0.8.37+commit.5af6d8c2"),
            ("0.8.37+commit.5af6d8c2.Emscripten.clang\n", "0.8.37+commit.5af6d8c2"),
            ("0.8.38-develop.2026.1.1+commit.0", "0.8.38-develop.2026.1.1+commit.0"),
        ] {
            assert_eq!(plain_version(name), plain);
        }
    }
}

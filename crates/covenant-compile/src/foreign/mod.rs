//! Artifacts that Foundry or Hardhat wrote, read instead of compiling.

mod foundry;
mod hardhat;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{artifact::Build, error::CompileError, project::Project};

/// Reads the artifacts in a folder, whichever tool wrote them.
///
/// # Errors
/// When there are none, when a file cannot be read, or when sources have changed since.
pub(crate) fn read(project: &Project, folder: &Path) -> Result<Build, CompileError> {
    if !folder.is_dir() {
        return Err(problem(
            folder,
            "there is no such folder",
            Some("build the project first, or leave out `--artifacts`"),
        ));
    }
    let files = json_files(folder)?;
    let build = if hardhat::wrote(&files) {
        hardhat::read(project, folder, &files)?
    } else {
        foundry::read(project, folder, &files)?
    };
    if build.contracts.is_empty() {
        return Err(problem(
            folder,
            "there are no artifacts of Foundry or Hardhat in this folder",
            Some("name the folder itself: `out` of Foundry, `artifacts` of Hardhat"),
        ));
    }
    Ok(build)
}

/// A JSON file in the folder.
#[derive(Debug)]
struct JsonFile {
    path: PathBuf,
    /// The path relative to the folder, with forward slashes.
    name: String,
}

impl JsonFile {
    /// Whether the file describes a compilation rather than a contract.
    fn is_build_info(&self) -> bool {
        self.name.split('/').any(|part| part == "build-info")
    }
}

/// Reads a JSON file.
fn json<T: DeserializeOwned>(path: &Path) -> Result<T, CompileError> {
    let bytes = fs::read(path).map_err(CompileError::reading(path))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        problem(
            path,
            &format!("not an artifact: {error}"),
            Some("remove the folder and build the project again"),
        )
    })
}

/// Every JSON file in a folder and the folders within, sorted by name.
fn json_files(folder: &Path) -> Result<Vec<JsonFile>, CompileError> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(CompileError::reading(&folder))? {
            let path = entry.map_err(CompileError::reading(&folder))?.path();
            let Some(last) = path.file_name().and_then(|last| last.to_str()) else { continue };
            let name = format!("{prefix}{last}");
            if path.is_dir() {
                folders.push((path, format!("{name}/")));
            } else if name.ends_with(".json") {
                files.push(JsonFile { path, name });
            }
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// A string by a path of keys.
fn string<'a>(json: &'a Value, keys: &[&str]) -> Option<&'a str> {
    keys.iter().try_fold(json, |json, key| json.get(key))?.as_str()
}

/// An error about artifacts.
fn problem(path: &Path, message: &str, hint: Option<&str>) -> CompileError {
    CompileError::Artifacts {
        path: path.to_owned(),
        message: message.to_owned(),
        hint: hint.map(str::to_owned),
    }
}

/// The error for artifacts that are older than a source.
fn stale(folder: &Path, source: &str, tool: &str) -> CompileError {
    let hint = format!("run `{tool}` again, or leave out `--artifacts`");
    problem(folder, &format!("{source} has changed since these artifacts were made"), Some(&hint))
}

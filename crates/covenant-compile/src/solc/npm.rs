//! The npm package `solc`: the official WebAssembly build.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use semver::Version;

use crate::{
    error::CompileError,
    options::{BuildOptions, OnProgress, Progress},
};

/// The version of the npm package `solc` in a folder, if it is one.
pub(super) fn package_version(folder: &Path) -> Option<Version> {
    let text = fs::read_to_string(folder.join("package.json")).ok()?;
    let package: serde_json::Value = serde_json::from_str(&text).ok()?;
    if package.get("name")?.as_str()? != "solc" {
        return None;
    }
    let version = Version::parse(package.get("version")?.as_str()?).ok()?;
    version.pre.is_empty().then_some(version)
}

/// The package `solc` that the project itself has installed, here or in a folder above.
pub(super) fn of_project(root: &Path) -> Option<(PathBuf, Version)> {
    root.ancestors().map(|folder| folder.join("node_modules").join("solc")).find_map(|folder| {
        let version = package_version(&folder)?;
        Some((folder, version))
    })
}

/// Where Covenant keeps a version of the package.
pub(super) fn cached(store: &Path, version: &Version) -> PathBuf {
    home(store, version).join("node_modules").join("solc")
}

fn home(store: &Path, version: &Version) -> PathBuf {
    store.join("npm").join(format!("solc-{version}"))
}

/// Installs a version of the package into Covenant's own folder. The error is a sentence for the list of attempts.
pub(super) fn install(
    npm: &Path,
    version: &Version,
    options: &BuildOptions,
    progress: OnProgress<'_>,
) -> Result<PathBuf, String> {
    let target = home(&options.store, version);
    let parent = options.store.join("npm");
    progress(Progress::InstallingNpm { version: version.clone(), folder: target.clone() });
    fs::create_dir_all(&parent)
        .map_err(|error| format!("cannot create {}: {error}", parent.display()))?;
    // Installed aside and moved into place, so that a stopped installation is never mistaken for a whole one.
    let aside = tempfile::Builder::new()
        .prefix("installing-")
        .tempdir_in(&parent)
        .map_err(|error| format!("cannot write to {}: {error}", parent.display()))?;
    fs::write(aside.path().join("package.json"), "{ \"private\": true }\n")
        .map_err(|error| error.to_string())?;
    let output = Command::new(npm)
        .args([
            "install",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--no-package-lock",
            "--loglevel=error",
        ])
        .arg(format!("solc@{version}"))
        .current_dir(aside.path())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{} does not start: {error}", npm.display()))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let first: Vec<&str> =
            complaint.lines().filter(|line| !line.trim().is_empty()).take(3).collect();
        return Err(format!("`npm install solc@{version}` failed: {}", first.join(" ")));
    }
    // Another process may have been quicker; its copy is as good.
    if let Err(error) = fs::rename(aside.path(), &target)
        && package_version(&cached(&options.store, version)).as_ref() != Some(version)
    {
        return Err(format!("cannot move the package to {}: {error}", target.display()));
    }
    Ok(cached(&options.store, version))
}

/// Covenant's own copy of a version, if it is installed.
pub(super) fn of_store(store: &Path, version: &Version) -> Option<PathBuf> {
    let folder = cached(store, version);
    (package_version(&folder).as_ref() == Some(version)).then_some(folder)
}

/// Every version that Covenant has installed for itself.
pub(super) fn versions_in_store(store: &Path) -> Vec<Version> {
    let Ok(entries) = fs::read_dir(store.join("npm")) else { return Vec::new() };
    let name = |entry: fs::DirEntry| entry.file_name().into_string().ok();
    let mut versions: Vec<Version> = entries
        .flatten()
        .filter_map(name)
        .filter_map(|name| Version::parse(name.strip_prefix("solc-")?).ok())
        .collect();
    versions.sort();
    versions
}

/// A folder or file named by the user: the folder of the package it belongs to.
pub(super) fn package_folder(path: &Path) -> Option<(PathBuf, Version)> {
    let folder = if path.is_dir() { path } else { path.parent()? };
    [folder.to_owned(), folder.join("node_modules").join("solc")].into_iter().find_map(|folder| {
        let version = package_version(&folder)?;
        Some((folder, version))
    })
}

/// Says why a compile error cannot come from here: kept as text, since it ends up in a list of attempts.
pub(super) fn no_node() -> CompileError {
    CompileError::UnusableCompiler {
        path: PathBuf::from("node"),
        why: "the npm package `solc` needs Node.js, and `node` is not on PATH".into(),
    }
}

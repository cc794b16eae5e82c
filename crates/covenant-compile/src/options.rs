//! What a caller decides about a build, and what it hears while it runs.

use std::{ffi::OsString, path::PathBuf};

use semver::Version;

use crate::diagnostic::Diagnostic;

/// What a caller decides about a build.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// The compiler to use, whatever the project says: a program, or a folder that is the npm package `solc`.
    pub solc: Option<PathBuf>,
    /// Read the artifacts of Foundry or Hardhat in this folder instead of compiling.
    pub artifacts: Option<PathBuf>,
    /// The folder of the content-addressed store; compilers fetched from npm live in it, too.
    pub store: PathBuf,
    /// Fetch no compiler.
    pub offline: bool,
    /// Compile even when the result is in the store or committed.
    pub force: bool,
    /// What the process knows of its machine.
    pub surroundings: Surroundings,
}

/// What the process knows of its machine. Libraries do not read the environment, so the caller does.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The variable `PATH`.
    pub path: Option<OsString>,
    /// The home folder.
    pub home: Option<PathBuf>,
    /// The folder of user data (`XDG_DATA_HOME`), where it is set.
    pub data_home: Option<PathBuf>,
}

/// What happens during a build, as it happens.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Progress {
    /// Nothing needs compiling: the artifacts come from here.
    Reusing {
        /// The store entry, or the folder of committed artifacts.
        from: PathBuf,
    },
    /// The npm package `solc` is being installed; this takes some seconds and happens once.
    InstallingNpm {
        /// The version.
        version: Version,
        /// Where to.
        folder: PathBuf,
    },
    /// A native compiler is being downloaded into the folder that Foundry shares; this happens once.
    DownloadingNative {
        /// The version.
        version: Version,
    },
    /// The compiler starts.
    Compiling {
        /// The compiler and where it is.
        compiler: String,
        /// The number of source files.
        files: usize,
    },
    /// The compiler warns about something. Warnings are repeated when the result comes from the store.
    Diagnostic(Box<Diagnostic>),
    /// Something is not as it should be, but the build goes on.
    Warning(String),
}

/// The callback that hears of progress.
pub type OnProgress<'a> = &'a dyn Fn(Progress);

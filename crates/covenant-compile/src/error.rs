//! Everything that can go wrong between a folder and its artifacts.

use std::{fmt, io, path::PathBuf};

use semver::Version;

use crate::{diagnostic::Diagnostic, position::Place};

/// Why a project could not be compiled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// No folder above holds a project file.
    #[error("no project found: neither {} nor a folder above it holds covenant.toml, foundry.toml or hardhat.config.*", from.display())]
    NoProject {
        /// Where the search began.
        from: PathBuf,
    },
    /// A configuration file is wrong.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// Imports lead nowhere.
    #[error("{}", MissingList(imports))]
    MissingImports {
        /// Each of them once, in the order of the sources; never empty.
        imports: Vec<MissingImport>,
    },
    /// A source does not accept the compiler that was chosen, or no compiler suits all sources.
    #[error("{place}: `pragma solidity {pragma}` does not accept {chosen}\n{}", place.snippet().trim_end())]
    WrongPragma {
        /// The pragma in the source.
        place: Box<Place>,
        /// The version requirement as written.
        pragma: String,
        /// The compiler and who chose it.
        chosen: String,
    },
    /// A pragma cannot be read.
    #[error("{place}: `{pragma}` is not a version requirement\n{}", place.snippet().trim_end())]
    BadPragma {
        /// The pragma in the source.
        place: Box<Place>,
        /// What was written.
        pragma: String,
    },
    /// There is no compiler of the wanted version and none can be got.
    #[error(transparent)]
    NoCompiler(Box<NoCompiler>),
    /// A compiler that was asked for by name cannot be used.
    #[error("cannot use {} as the Solidity compiler: {why}", path.display())]
    UnusableCompiler {
        /// The program or package.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The compiler stopped without an answer that can be read.
    #[error("{compiler} failed: {message}")]
    CompilerFailed {
        /// The compiler that was run.
        compiler: String,
        /// What it said.
        message: String,
    },
    /// The compiler refused the sources.
    #[error("{}", SolidityErrors(diagnostics))]
    Solidity {
        /// Every message, errors first.
        diagnostics: Vec<Diagnostic>,
    },
    /// Artifacts that were to be read are missing, stale or not artifacts.
    #[error("{}: {message}{}", path.display(), hint_line(hint.as_deref()))]
    Artifacts {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// A file or folder could not be read or written.
    #[error("{doing} {}", path.display())]
    Io {
        /// What was attempted: `cannot read`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

/// An import that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingImport {
    /// The import in the source; the first, when several say the same.
    pub place: Place,
    /// What was imported.
    pub import: String,
    /// The places that were looked at, in order.
    pub tried: Vec<String>,
    /// What to do, where that can be guessed.
    pub hint: Option<String>,
}

/// Shows imports that lead nowhere, and each hint once.
struct MissingList<'a>(&'a [MissingImport]);

impl fmt::Display for MissingList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, MissingImport { place, import, tried, .. }) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            let snippet = place.snippet();
            write!(
                f,
                "{separator}{place}: cannot find `{import}`\n{snippet}tried: {}",
                tried.join(", ")
            )?;
        }
        for (index, missing) in self.0.iter().enumerate() {
            if self.0[..index].iter().all(|earlier| earlier.hint != missing.hint) {
                f.write_str(&hint_line(missing.hint.as_deref()))?;
            }
        }
        Ok(())
    }
}

/// Whose fault a [`CompileError`] is; the command line turns it into an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompileErrorKind {
    /// The Solidity does not compile: errors, imports that lead nowhere, pragmas, a compiler that breaks down.
    Solidity,
    /// The project or the request is wrong: no project, bad configuration, bad artifacts.
    Project,
    /// The machine lacks something: no compiler to be had, unreadable files.
    Environment,
}

impl CompileError {
    /// Tells whose fault the error is.
    #[must_use]
    pub const fn kind(&self) -> CompileErrorKind {
        match self {
            Self::Solidity { .. }
            | Self::MissingImports { .. }
            | Self::WrongPragma { .. }
            | Self::BadPragma { .. }
            | Self::CompilerFailed { .. } => CompileErrorKind::Solidity,
            Self::NoProject { .. }
            | Self::Config(_)
            | Self::Artifacts { .. }
            | Self::UnusableCompiler { .. } => CompileErrorKind::Project,
            Self::NoCompiler(_) | Self::Io { .. } => CompileErrorKind::Environment,
        }
    }

    /// The place in a source or configuration file that the error is about, if there is one.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Config(error) => error.place.as_ref(),
            Self::WrongPragma { place, .. } | Self::BadPragma { place, .. } => Some(place),
            Self::MissingImports { imports } => imports.first().map(|import| &import.place),
            Self::Solidity { diagnostics } => {
                diagnostics.iter().find_map(|diagnostic| diagnostic.place.as_ref())
            }
            _ => None,
        }
    }

    /// Wraps a failure to read.
    pub(crate) fn reading(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing: "cannot read", path, source }
    }

    /// Wraps a failure to write.
    pub(crate) fn writing(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing: "cannot write", path, source }
    }
}

/// A mistake in covenant.toml, foundry.toml or remappings.txt.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}{}", self.location(), self.shown())]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// Where in the file; its `file` is the name of the file alone.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
}

impl ConfigError {
    /// The path with line and column.
    fn location(&self) -> String {
        match &self.place {
            Some(place) => format!("{}:{}", self.path.display(), place.start),
            None => self.path.display().to_string(),
        }
    }

    /// The line underlined, on lines of its own.
    fn shown(&self) -> String {
        self.place
            .as_ref()
            .map(|place| format!("\n{}", place.snippet().trim_end()))
            .unwrap_or_default()
    }
}

impl From<ConfigError> for CompileError {
    fn from(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }
}

/// No compiler of the wanted version was found or could be installed.
#[derive(Debug, thiserror::Error)]
pub struct NoCompiler {
    /// The wanted version.
    pub wanted: Version,
    /// Every place that was looked at, and why it did not help.
    pub tried: Vec<Attempt>,
}

/// One place that was looked at for a compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The place, as a reader would name it: `solc on PATH`.
    pub place: String,
    /// What was there: `version 0.8.19`, `not found`.
    pub result: String,
}

impl fmt::Display for NoCompiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "no Solidity compiler {} to be had", self.wanted)?;
        for Attempt { place, result } in &self.tried {
            writeln!(f, "  {place}: {result}")?;
        }
        writeln!(f, "ways to get one:")?;
        writeln!(
            f,
            "  - install Node.js (https://nodejs.org) with npm; the npm package `solc` is then fetched by itself"
        )?;
        writeln!(f, "  - `npm install solc@{}` in the project", self.wanted)?;
        writeln!(
            f,
            "  - `svm install {}`, or any build with Foundry, which share a folder of compilers",
            self.wanted
        )?;
        write!(
            f,
            "  - put solc {} on PATH, or name it with `--solc PATH` or `solc` in foundry.toml",
            self.wanted
        )
    }
}

/// Shows the messages of a compilation that failed, and how many were errors.
struct SolidityErrors<'a>(&'a [Diagnostic]);

impl fmt::Display for SolidityErrors<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self
            .0
            .iter()
            .filter(|diagnostic| diagnostic.severity == crate::Severity::Error)
            .count();
        for diagnostic in self.0 {
            writeln!(f, "{diagnostic}")?;
        }
        write!(f, "Solidity did not compile: {errors} error{}", if errors == 1 { "" } else { "s" })
    }
}

/// A hint on a line of its own.
fn hint_line(hint: Option<&str>) -> String {
    hint.map(|hint| format!("\nhint: {hint}")).unwrap_or_default()
}

//! What files are called: the compiler knows them by their place in the project, a reader by where it stands.

use std::path::{Path, PathBuf};

use crate::{diagnostic::Diagnostic, error::CompileError, position::Place, project::Project};

/// How a path is shown to the reader.
pub type ShowPath<'a> = &'a dyn Fn(&Path) -> String;

impl CompileError {
    /// The same error with every path that it names as the reader sees it. Sources keep the names that the compiler
    /// knows them by; [`Project::named`] changes these, too.
    #[must_use]
    pub fn named(mut self, show: ShowPath<'_>) -> Self {
        match &mut self {
            Self::Config(error) => rename(&mut error.path, show),
            Self::NoProject { from: path }
            | Self::UnusableCompiler { path, .. }
            | Self::Artifacts { path, .. }
            | Self::Io { path, .. } => rename(path, show),
            _ => {}
        }
        self
    }
}

impl Project {
    /// The same error with every file that it names as the reader sees it.
    #[must_use]
    pub fn named(&self, error: CompileError, show: ShowPath<'_>) -> CompileError {
        let mut error = error.named(show);
        match &mut error {
            CompileError::MissingImports { imports } => {
                for missing in imports {
                    self.rename_place(&mut missing.place, show);
                    for tried in &mut missing.tried {
                        *tried = show(&self.contracts_root().join(&tried));
                    }
                }
            }
            CompileError::WrongPragma { place, .. } | CompileError::BadPragma { place, .. } => {
                self.rename_place(place, show);
            }
            CompileError::Solidity { diagnostics } => {
                diagnostics.iter_mut().for_each(|diagnostic| self.rename(diagnostic, show));
            }
            _ => {}
        }
        error
    }

    /// Renames the files that a diagnostic of the compiler speaks of as the reader sees them.
    pub fn rename(&self, diagnostic: &mut Diagnostic, show: ShowPath<'_>) {
        let notes = diagnostic.notes.iter_mut().filter_map(|note| note.place.as_mut());
        diagnostic.place.iter_mut().chain(notes).for_each(|place| self.rename_place(place, show));
    }

    /// A source that is no file of the project, as one of a package above it, keeps the name it is imported by.
    fn rename_place(&self, place: &mut Place, show: ShowPath<'_>) {
        let path = self.contracts_root().join(&place.file);
        if path.is_file() {
            place.file = show(&path);
        }
    }
}

fn rename(path: &mut PathBuf, show: ShowPath<'_>) {
    *path = PathBuf::from(show(path));
}

//! A throw-away project, and a store that all tests share, so that the compiler is installed once.

use std::{
    cell::RefCell,
    fs,
    path::{Path, PathBuf},
};

use covenant_compile::{Build, BuildOptions, CompileError, Progress, Project, Surroundings};
use tempfile::TempDir;

/// A project in a temporary folder.
pub(crate) struct Fixture {
    folder: TempDir,
    pub(crate) options: BuildOptions,
    pub(crate) heard: RefCell<Vec<Progress>>,
}

#[expect(clippy::unwrap_used, reason = "only tests call this")]
impl Fixture {
    /// Writes the files of a project.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fixture = Self { folder, options: options(), heard: RefCell::default() };
        for (name, text) in files {
            fixture.write(name, text);
        }
        fixture
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn project(&self) -> Project {
        Project::open(self.folder.path()).unwrap()
    }

    /// Builds and remembers what was heard.
    pub(crate) fn build(&self) -> Result<Build, CompileError> {
        self.heard.borrow_mut().clear();
        Project::open(self.folder.path())?
            .build(&self.options, &|progress| self.heard.borrow_mut().push(progress))
    }

    /// Whether the last build started a compiler.
    pub(crate) fn compiled(&self) -> bool {
        self.heard.borrow().iter().any(|progress| matches!(progress, Progress::Compiling { .. }))
    }

    /// Whether the last build took its result from a folder.
    pub(crate) fn reused(&self, folder: &Path) -> bool {
        let heard = self.heard.borrow();
        heard.iter().any(
            |progress| matches!(progress, Progress::Reusing { from } if from.starts_with(folder)),
        )
    }

    /// The warnings of the last build that are not the compiler's.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let heard = self.heard.borrow();
        heard
            .iter()
            .filter_map(|p| if let Progress::Warning(text) = p { Some(text.clone()) } else { None })
            .collect()
    }
}

/// Options with a store inside the target folder, where the compiler is installed from npm once.
pub(crate) fn options() -> BuildOptions {
    #[expect(clippy::disallowed_methods, reason = "a test is its own caller and hands PATH on")]
    let path = std::env::var_os("PATH");
    BuildOptions {
        store: Path::new(env!("CARGO_TARGET_TMPDIR")).join("store"),
        surroundings: Surroundings { path, home: None, data_home: None },
        ..BuildOptions::default()
    }
}

/// Options that can start nothing and fetch nothing, with a fresh store.
pub(crate) fn without_compiler(store: &Path) -> BuildOptions {
    BuildOptions { store: store.to_owned(), offline: true, ..BuildOptions::default() }
}

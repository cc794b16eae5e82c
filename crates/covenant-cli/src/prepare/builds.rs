//! Projects, each built once.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use covenant_compile::{
    Build, BuildOptions, CompileError, CompileErrorKind, Progress, Project, Severity,
};

use crate::{exit::Exit, paths::relative, terminal::Terminal};

/// Why a project has no build.
#[derive(Clone, Debug)]
pub(crate) struct NoBuild {
    /// How a command ends that needs it.
    pub(crate) exit: Exit,
    /// What went wrong.
    pub(crate) message: String,
}

impl From<CompileError> for NoBuild {
    fn from(error: CompileError) -> Self {
        let exit = match error.kind() {
            // Nothing is said about the Solidity where there is no compiler to say it.
            CompileErrorKind::Project | CompileErrorKind::Environment => Exit::Usage,
            CompileErrorKind::Solidity => Exit::NotCompiled,
        };
        Self { exit, message: message(&error.named(&show)) }
    }
}

/// A path as everything the user named: seen from the working folder.
fn show(path: &Path) -> String {
    covenant_report::shown(&relative(path))
}

/// The error with the files of the project seen from the working folder.
pub(crate) fn named(project: &Project, error: CompileError) -> CompileError {
    project.named(error, &show)
}

/// The error in words; what the compiler says comes after how much it is.
fn message(error: &CompileError) -> String {
    if let CompileError::Solidity { diagnostics } = error {
        let errors =
            diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
        let plural = if errors == 1 { "" } else { "s" };
        let said: String = diagnostics.iter().map(|diagnostic| format!("\n{diagnostic}")).collect();
        return format!("Solidity did not compile: {errors} error{plural}{said}");
    }
    let source =
        std::error::Error::source(error).map_or_else(String::new, |source| format!(": {source}"));
    format!("{error}{source}")
}

/// Every project that scenarios belong to, each built once.
#[derive(Debug)]
pub(crate) struct Builds<'a> {
    options: BuildOptions,
    terminal: &'a Terminal,
    known: BTreeMap<PathBuf, Result<Arc<Build>, NoBuild>>,
    /// What was said already: files of one project have its mistakes in common.
    told: BTreeSet<String>,
}

impl<'a> Builds<'a> {
    /// No project yet.
    pub(crate) const fn new(options: BuildOptions, terminal: &'a Terminal) -> Self {
        Self { options, terminal, known: BTreeMap::new(), told: BTreeSet::new() }
    }

    /// The build of the project that a file belongs to; an empty one for a file that belongs to none. Why there is
    /// none is said once.
    pub(crate) fn of(&mut self, file: &Path) -> Result<Arc<Build>, NoBuild> {
        let project = match Project::discover(file) {
            Ok(project) => project,
            Err(CompileError::NoProject { .. }) => return Ok(Arc::default()),
            Err(error) => return Err(self.tell(error.into())),
        };
        if let Some(known) = self.known.get(project.root()) {
            return known.clone();
        }
        let terminal = self.terminal;
        let built = project.build(&self.options, &|event| progress(terminal, &project, event));
        let built = built.map(Arc::new).map_err(|error| NoBuild::from(named(&project, error)));
        let built = built.map_err(|error| self.tell(error));
        self.known.insert(project.root().to_owned(), built.clone());
        built
    }

    fn tell(&mut self, error: NoBuild) -> NoBuild {
        if self.told.insert(error.message.clone()) {
            let colour = self.terminal.message_colour();
            self.terminal.err(&covenant_report::message(&error.message, &[], colour));
        }
        error
    }
}

/// Says on stderr what takes time, and what the compiler warns about.
pub(crate) fn progress(terminal: &Terminal, project: &Project, event: Progress) {
    match event {
        Progress::InstallingNpm { version, folder } => {
            terminal.note(&format!(
                "installing the npm package solc {version} in {} (once)",
                folder.display()
            ));
        }
        Progress::DownloadingNative { version } => {
            terminal.note(&format!("downloading solc {version} (once)"))
        }
        Progress::Compiling { compiler, files } => {
            let plural = if files == 1 { "" } else { "s" };
            terminal.note(&format!("compiling {files} file{plural} with {compiler}"));
        }
        Progress::Diagnostic(mut diagnostic) => {
            project.rename(&mut diagnostic, &show);
            terminal.note(diagnostic.to_string().trim_end());
        }
        Progress::Warning(text) => terminal.note(&format!("warning: {text}")),
        _ => {}
    }
}

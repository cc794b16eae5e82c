//! Projects, each built once.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use covenant_compile::{
    Build, BuildOptions, CompileError, CompileErrorKind, Progress, Project, Severity,
    coverage::CoverageBuild,
};
use covenant_scenario::plan::CodeSize;

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

/// The contracts that a scenario can use.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    /// Those of its project.
    pub(crate) own: Arc<Build>,
    /// Those that are always there.
    pub(crate) bundled: Arc<Build>,
    /// How large their code may be.
    pub(crate) code_size: CodeSize,
}

impl Default for Built {
    fn default() -> Self {
        Self::limited(Arc::default())
    }
}

impl Built {
    /// Code that has to be as small as on mainnet.
    fn limited(own: Arc<Build>) -> Self {
        Self { own, bundled: covenant_compile::bundled(), code_size: CodeSize::Limited }
    }
}

/// What projects are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Use,
    Coverage,
}

/// Every project that scenarios belong to, each built once.
#[derive(Debug)]
pub(crate) struct Builds<'a> {
    options: BuildOptions,
    terminal: &'a Terminal,
    purpose: Purpose,
    known: BTreeMap<PathBuf, Result<Built, NoBuild>>,
    /// What was compiled for coverage, by the folder of the Solidity project.
    coverage: BTreeMap<PathBuf, CoverageBuild>,
    /// What was said already: files of one project have its mistakes in common.
    told: BTreeSet<String>,
}

impl<'a> Builds<'a> {
    /// No project yet.
    pub(crate) const fn new(options: BuildOptions, terminal: &'a Terminal) -> Self {
        Self::with(Purpose::Use, options, terminal)
    }

    /// No project yet; they will be compiled so that what runs execute tells what of the sources was covered.
    pub(crate) const fn for_coverage(options: BuildOptions, terminal: &'a Terminal) -> Self {
        Self::with(Purpose::Coverage, options, terminal)
    }

    const fn with(purpose: Purpose, options: BuildOptions, terminal: &'a Terminal) -> Self {
        Self {
            options,
            terminal,
            purpose,
            known: BTreeMap::new(),
            coverage: BTreeMap::new(),
            told: BTreeSet::new(),
        }
    }

    /// What was compiled for coverage, by the folder of the Solidity project.
    pub(crate) const fn coverage(&self) -> &BTreeMap<PathBuf, CoverageBuild> {
        &self.coverage
    }

    /// What there is for a file: the contracts of the project that it belongs to, none if it belongs to no project.
    /// Why there is nothing is said once.
    pub(crate) fn of(&mut self, file: &Path) -> Result<Built, NoBuild> {
        let project = match Project::discover(file) {
            Ok(project) => project,
            Err(CompileError::NoProject { .. }) => return Ok(Built::default()),
            Err(error) => return Err(self.tell(error.into())),
        };
        if let Some(known) = self.known.get(project.root()) {
            return known.clone();
        }
        let built = match self.purpose {
            Purpose::Use => self.build(&project),
            Purpose::Coverage => self.build_for_coverage(&project),
        };
        let built = built.map_err(|error| self.tell(NoBuild::from(named(&project, error))));
        self.known.insert(project.root().to_owned(), built.clone());
        built
    }

    fn build(&self, project: &Project) -> Result<Built, CompileError> {
        let build = project.build(&self.options, &|event| progress(self.terminal, project, event))?;
        Ok(Built::limited(Arc::new(build)))
    }

    fn build_for_coverage(&mut self, project: &Project) -> Result<Built, CompileError> {
        let terminal = self.terminal;
        // Warnings were told when the project was compiled to be used.
        let told = |event| match event {
            Progress::Diagnostic(_) => {}
            event => progress(terminal, project, event),
        };
        let coverage = project.build_for_coverage(&self.options, &told)?;
        let ordinary = project.build(&self.options, &told)?;
        let bundled = coverage.instead_of(&covenant_compile::bundled(), &ordinary);
        let own = Arc::new(coverage.build.clone());
        self.coverage.entry(project.contracts_root().to_owned()).or_insert(coverage);
        Ok(Built { own, bundled: Arc::new(bundled), code_size: CodeSize::Unlimited })
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

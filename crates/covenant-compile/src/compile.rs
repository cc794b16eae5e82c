//! From a project to its build.

use std::sync::Arc;

use crate::{
    artifact::Build,
    committed::{self, Record},
    diagnostic::{Diagnostic, Severity},
    error::{CompileError, ConfigError},
    foreign,
    options::{BuildOptions, OnProgress, Progress},
    output::{self, Output},
    project::{Layout, Project},
    solc::{self, Answer, CompilerReport, Fetch, Input, Wanted},
    sources::{SourceSet, collect, fail_without},
    store::{self, Stored},
};

impl Project {
    /// Compiles the project, or takes the result from where it is already: artifacts that the caller names, the
    /// committed artifacts when they match the sources, the store. Only a real compilation starts a process.
    ///
    /// # Errors
    /// When the sources cannot be found, read or compiled, when there is no compiler, or when the artifacts that
    /// the caller names cannot be used.
    pub fn build(
        &self,
        options: &BuildOptions,
        progress: OnProgress<'_>,
    ) -> Result<Build, CompileError> {
        if let Some(folder) = &options.artifacts {
            return foreign::read(self, folder);
        }
        let record = if options.force { None } else { Record::read(&self.committed_artifacts()) };
        let recorded = record.as_ref().map(Record::hashes).unwrap_or_default();
        let sources = collect(self, &recorded)?;
        if let Some(record) = record {
            let stale = match self.stale(&record, &sources, options) {
                None => match record.load(&sources) {
                    Ok(build) => {
                        progress(Progress::Reusing { from: self.committed_artifacts() });
                        return Ok(build);
                    }
                    Err(error) => error.to_string(),
                },
                Some(reason) => reason,
            };
            if !sources.absent.is_empty() {
                progress(Progress::Warning(format!(
                    "the committed artifacts in {} cannot be used: {stale}",
                    self.committed_artifacts().display()
                )));
            }
        }
        Ok(self.compiled(sources, options, progress)?.build)
    }

    /// The exact standard JSON that a build of this project came from: what a service that verifies sources is given.
    ///
    /// # Errors
    /// When the sources cannot be found or read, or when `build` does not say which compiler made it.
    pub fn compiler_input(&self, build: &Build) -> Result<serde_json::Value, CompileError> {
        let mut sources = collect(self, &Default::default())?;
        fail_without(std::mem::take(&mut sources.missing))?;
        let version = semver::Version::parse(&build.compiler)
            .map_err(|_| failed("solc", format!("`{}` is not its version", build.compiler)))?;
        let version = semver::Version::new(version.major, version.minor, version.patch);
        Ok(Input::new(self.settings(), &version, &sources).standard_json())
    }

    /// Tells which compiler the project gets and what else was tried, without fetching one.
    ///
    /// # Errors
    /// When the sources cannot be read, or no version suits them.
    pub fn compiler(&self, options: &BuildOptions) -> Result<CompilerReport, CompileError> {
        let record = Record::read(&self.committed_artifacts());
        let sources = collect(self, &record.as_ref().map(Record::hashes).unwrap_or_default())?;
        let wanted = solc::wanted(self, &sources, options)?;
        solc::find(self, &wanted, options, Fetch::No, &|_| {})
    }

    /// Why the committed artifacts do not belong to these sources; nothing when they do.
    pub(crate) fn stale(
        &self,
        record: &Record,
        sources: &SourceSet,
        options: &BuildOptions,
    ) -> Option<String> {
        let wanted = solc::wanted_of_record(self, sources, options, record.version());
        if wanted.as_ref().is_some_and(|version| version != record.version()) {
            return wanted.map(|version| {
                format!("they were made by solc {}, not {version}", record.version())
            });
        }
        let input = Input::new(self.settings(), record.version(), sources);
        record.difference(&input, sources)
    }

    /// The compiled project, from the store or from the compiler.
    pub(crate) fn compiled(
        &self,
        mut sources: SourceSet,
        options: &BuildOptions,
        progress: OnProgress<'_>,
    ) -> Result<Compiled, CompileError> {
        fail_without(std::mem::take(&mut sources.missing))?;
        if sources.files.is_empty() {
            self.check_sources_folder()?;
            return Ok(Compiled { build: Build::default(), sources, wanted: None });
        }
        let wanted = solc::wanted(self, &sources, options)?;
        let input = Input::new(self.settings(), &wanted.version, &sources);
        let entry = store::entry(&options.store, &input.key(&wanted.version));
        if !options.force
            && let Some(stored) = store::load(&entry)
        {
            progress(Progress::Reusing { from: entry });
            report(self, &stored.warnings, progress);
            let build = stored.into_build(&|unit| text_of(&sources, unit));
            return Ok(Compiled { build, sources, wanted: Some(wanted) });
        }
        let (build, warnings) = self.run_compiler(&wanted, &input, &sources, options, progress)?;
        report(self, &warnings, progress);
        if let Err(error) = store::save(&entry, &Stored::new(&build, warnings)) {
            let folder = options.store.display();
            progress(Progress::Warning(format!(
                "the result cannot be kept in {folder}, so it is compiled each time: {error}"
            )));
        }
        Ok(Compiled { build, sources, wanted: Some(wanted) })
    }

    /// Runs the compiler.
    fn run_compiler(
        &self,
        wanted: &Wanted,
        input: &Input<'_>,
        sources: &SourceSet,
        options: &BuildOptions,
        progress: OnProgress<'_>,
    ) -> Result<(Build, Vec<Diagnostic>), CompileError> {
        if self.layout() == Layout::Hardhat {
            progress(Progress::Warning(
                "hardhat.config is a program, so its compiler settings are not read; defaults hold, or [solidity] in \
                 covenant.toml"
                    .into(),
            ));
        }
        let Some(compiler) = solc::find(self, wanted, options, Fetch::Allowed, progress)?.taken
        else {
            return Err(failed("solc", "it was neither found nor reported missing".into()));
        };
        progress(Progress::Compiling {
            compiler: compiler.to_string(),
            files: sources.files.len(),
        });
        let answer: Answer<Output> = solc::run(&compiler, &input.standard_json())?;
        let text = |unit: &str| sources.files.get(unit).map(|source| &*source.text);
        let diagnostics = output::diagnostics(&answer.output.errors, &text);
        if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            return Err(CompileError::Solidity { diagnostics });
        }
        let default_evm = || solc::default_evm_version(&wanted.version).to_owned();
        let evm_version = self.evm_version().map_or_else(default_evm, str::to_owned);
        let build = output::build(
            &answer.output,
            answer.compiler,
            Some(evm_version),
            &str::to_owned,
            &|unit| text_of(sources, unit),
        )
        .map_err(|message| failed(&compiler.to_string(), message))?;
        Ok((build, diagnostics))
    }

    /// A project may have no Solidity at all, but a source folder that is named must exist.
    fn check_sources_folder(&self) -> Result<(), CompileError> {
        let folder = self.sources_root();
        let conventional = ["src", "contracts"].iter().any(|name| folder.ends_with(name));
        if folder.is_dir() || conventional {
            return Ok(());
        }
        let message = format!("`src`: there is no folder `{}`", self.src());
        let path = self.contracts_root().join(if self.layout() == Layout::Foundry {
            "foundry.toml"
        } else {
            "covenant.toml"
        });
        Err(ConfigError { path, place: None, message }.into())
    }

    /// Compiles, or takes from the store, leaving committed artifacts out of it.
    pub(crate) fn compiled_afresh(
        &self,
        options: &BuildOptions,
        progress: OnProgress<'_>,
    ) -> Result<Compiled, CompileError> {
        self.compiled(collect(self, &committed::no_record())?, options, progress)
    }
}

/// A build and what it was made from.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) build: Build,
    pub(crate) sources: SourceSet,
    /// The compiler version and who chose it; absent for a project without sources.
    pub(crate) wanted: Option<Wanted>,
}

/// Passes warnings on; those about dependencies are not for the user of the project to act on.
fn report(project: &Project, warnings: &[Diagnostic], progress: OnProgress<'_>) {
    let is_own = |warning: &&Diagnostic| {
        warning.place.as_ref().is_none_or(|place| project.owns(&place.file))
    };
    for warning in warnings.iter().filter(is_own) {
        progress(Progress::Diagnostic(Box::new(warning.clone())));
    }
}

/// The text of a source by name.
fn text_of(sources: &SourceSet, unit: &str) -> Option<Arc<str>> {
    sources.files.get(unit).map(|source| Arc::clone(&source.text))
}

fn failed(compiler: &str, message: String) -> CompileError {
    CompileError::CompilerFailed { compiler: compiler.to_owned(), message }
}

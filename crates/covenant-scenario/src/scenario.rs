//! A scenario from file to plans in one call, for those who use this crate as a library.

use std::{fmt, path::Path, sync::Arc};

use covenant_compile::Build;

use crate::{
    plan::{CodeSize, Plan, PlanInput, plan},
    raw::{self, RawScenario},
    source::{Diagnostic, Sources},
};

/// A checked scenario: one plan for each of its cases, or one where it has none.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The files it consists of.
    pub sources: Arc<Sources>,
    /// What can be run.
    pub plans: Vec<Arc<Plan>>,
}

impl Scenario {
    /// Reads and checks a scenario file against the contracts of a project.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn load(path: &Path, build: &Arc<Build>) -> Result<Self, Invalid> {
        let mut sources = Sources::default();
        let raw = raw::load(path, &mut sources);
        Self::checked(path, raw, sources, build)
    }

    /// Reads and checks a scenario whose text is at hand; what it includes is looked for next to `path`.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn parse(path: &Path, text: &str, build: &Arc<Build>) -> Result<Self, Invalid> {
        let mut sources = Sources::default();
        let raw = raw::load_str(path, text, &mut sources);
        Self::checked(path, raw, sources, build)
    }

    fn checked(
        path: &Path,
        raw: Result<RawScenario, Vec<Diagnostic>>,
        sources: Sources,
        build: &Arc<Build>,
    ) -> Result<Self, Invalid> {
        let sources = Arc::new(sources);
        let invalid = |diagnostics| Invalid { sources: Arc::clone(&sources), diagnostics };
        let raw = raw.map_err(invalid)?;
        let input = PlanInput {
            file: path.to_owned(),
            sources: Arc::clone(&sources),
            build: Arc::clone(build),
            bundled: covenant_compile::bundled(),
            code_size: CodeSize::Limited,
        };
        let plans = plan(&raw, &input).map_err(invalid)?;
        Ok(Self { sources, plans })
    }

    /// What is odd about it, though it can be run; each finding once.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        let mut warnings: Vec<Diagnostic> = Vec::new();
        for warning in self.plans.iter().flat_map(|plan| &plan.warnings) {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        warnings
    }
}

/// A scenario that cannot be run, with every reason.
#[derive(Clone, Debug)]
pub struct Invalid {
    /// The files it consists of, as far as they could be read.
    pub sources: Arc<Sources>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            if let Some(span) = diagnostic.span {
                let position = self.sources.position(span);
                let file = self.sources.file(span.file).path.display();
                write!(f, "{file}:{}:{}: ", position.line, position.column)?;
            }
            f.write_str(&diagnostic.message)?;
            if let Some(hint) = &diagnostic.hint {
                write!(f, " ({hint})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

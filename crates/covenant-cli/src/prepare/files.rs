//! Scenario files on their way to plans.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use covenant_report::{
    has_errors,
    model::{Finding, ScenarioId},
};
use covenant_scenario::{
    plan::{Plan, PlanInput, plan},
    raw::RawScenario,
    source::{Diagnostic, Sources},
};
use rayon::prelude::*;

use super::builds::{Builds, Built, NoBuild};
use crate::{
    exit::{Exit, Failure},
    paths::Selection,
    terminal::Terminal,
};

/// A file, and how far it got.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The file, as the user named it.
    pub(crate) path: PathBuf,
    /// The file and what it includes.
    pub(crate) sources: Arc<Sources>,
    /// How far it got.
    pub(crate) state: State,
    /// Everything that is wrong or doubtful about it.
    pub(crate) findings: Vec<Diagnostic>,
}

/// How far a file got.
#[derive(Debug)]
pub(crate) enum State {
    /// It can be run: one plan for each case that is wanted, and the names of all cases.
    Ready(Vec<Arc<Plan>>),
    /// It is not a valid scenario; its findings say why.
    Invalid,
    /// Its project could not be built.
    NoBuild(NoBuild),
}

impl Prepared {
    /// What the file as a whole is called in reports.
    pub(crate) fn id(&self) -> ScenarioId {
        ScenarioId {
            file: covenant_report::shown(&self.path),
            case: None,
            name: self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }

    /// The findings as reports carry them.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        Finding::all(&self.findings, &self.sources)
    }

    /// How a command ends that only prepares the file.
    pub(crate) const fn exit(&self) -> Exit {
        match &self.state {
            State::Ready(_) => Exit::Held,
            State::Invalid => Exit::Usage,
            State::NoBuild(error) => error.exit,
        }
    }
}

/// A file that was read.
struct Loaded {
    sources: Arc<Sources>,
    raw: Result<RawScenario, Vec<Diagnostic>>,
}

/// Reads, builds and checks, in the order of the selections.
///
/// # Errors
/// When a case that was asked for by name does not exist.
pub(crate) fn prepare(
    selections: &[Selection],
    builds: &mut Builds<'_>,
) -> Result<Vec<Prepared>, Failure> {
    // Read while files and projects are: every scenario needs them.
    rayon::spawn(|| drop(covenant_compile::bundled()));
    let loaded: Vec<Loaded> =
        selections.par_iter().map(|selection| load(&selection.path)).collect();
    let built: Vec<_> = selections
        .iter()
        .zip(&loaded)
        .map(|(selection, loaded)| loaded.raw.is_ok().then(|| builds.of(&selection.path)))
        .collect();
    let prepared: Vec<Prepared> = (selections, loaded, built)
        .into_par_iter()
        .map(|(selection, loaded, built)| check(&selection.path, loaded, built))
        .collect();
    pick_cases(selections, prepared)
}

fn load(path: &Path) -> Loaded {
    let mut sources = Sources::default();
    let raw = covenant_scenario::raw::load(path, &mut sources);
    Loaded { sources: Arc::new(sources), raw }
}

fn check(
    path: &Path,
    loaded: Loaded,
    built: Option<Result<Built, NoBuild>>,
) -> Prepared {
    let Loaded { sources, raw } = loaded;
    let prepared = |state, findings| Prepared {
        path: path.to_owned(),
        sources: Arc::clone(&sources),
        state,
        findings,
    };
    let raw = match raw {
        Ok(raw) => raw,
        Err(findings) => return prepared(State::Invalid, findings),
    };
    let Built { own, bundled, code_size } = match built.expect("what could be read was built") {
        Ok(built) => built,
        Err(error) => return prepared(State::NoBuild(error), Vec::new()),
    };
    let input = PlanInput {
        file: path.to_owned(),
        sources: Arc::clone(&sources),
        build: own,
        bundled,
        code_size,
    };
    match plan(&raw, &input) {
        Ok(plans) => {
            let warnings = plans.iter().flat_map(|plan| plan.warnings.iter().cloned()).collect();
            prepared(State::Ready(plans), warnings)
        }
        Err(findings) => prepared(State::Invalid, findings),
    }
}

/// Keeps the cases that were asked for by name.
fn pick_cases(
    selections: &[Selection],
    mut prepared: Vec<Prepared>,
) -> Result<Vec<Prepared>, Failure> {
    let mut missing = Vec::new();
    for (selection, file) in selections.iter().zip(&mut prepared) {
        let (Some(wanted), State::Ready(plans)) = (&selection.cases, &mut file.state) else {
            continue;
        };
        let has = |case: &String| plans.iter().any(|plan| plan.name.case.as_ref() == Some(case));
        let known: Vec<&str> = plans.iter().filter_map(|plan| plan.name.case.as_deref()).collect();
        missing.extend(
            wanted
                .iter()
                .filter(|case| !has(case))
                .map(|case| no_case(&selection.path, case, &known)),
        );
        plans.retain(|plan| plan.name.case.as_ref().is_some_and(|case| wanted.contains(case)));
    }
    if missing.is_empty() {
        Ok(prepared)
    } else {
        Err(Failure { exit: Exit::Usage, messages: missing, hints: Vec::new() })
    }
}

fn no_case(path: &Path, case: &str, known: &[&str]) -> String {
    let known = if known.is_empty() {
        "it has no cases".to_owned()
    } else {
        format!("it has {}", known.join(", "))
    };
    format!("`{}` has no case `{case}`; {known}", path.display())
}

/// Prints what is wrong or doubtful about files to stderr.
pub(crate) fn print_findings(prepared: &[Prepared], terminal: &Terminal) {
    for file in prepared {
        if !file.findings.is_empty() {
            terminal.err(&covenant_report::diagnostics(
                &file.findings,
                &file.sources,
                terminal.message_colour(),
            ));
        }
        debug_assert!(
            !matches!(file.state, State::Invalid) || has_errors(&file.findings),
            "an error is said"
        );
    }
}

//! The build that coverage is collected on.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use semver::Version;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{find::find, items::Items, tree::Tree};
use crate::{
    artifact::{Build, SourceId},
    committed::no_record,
    error::CompileError,
    options::{BuildOptions, OnProgress, Progress},
    project::{Project, Settings},
    solc::{self, Fetch, Input},
    sources::{collect, fail_without},
    store::write_atomically,
};

/// A project compiled so that what its code executes tells what of the sources was executed.
#[derive(Clone, Debug, Default)]
pub struct CoverageBuild {
    /// The code to run. It does what the ordinary build does, but is larger and takes more gas.
    pub build: Build,
    /// What there is to cover in the project's own sources; dependencies are left out.
    pub(super) items: BTreeMap<SourceId, Items>,
}

impl CoverageBuild {
    /// The bundled contracts, with those compiled for coverage that the project, as it is compiled to be used, has in
    /// common with them.
    #[must_use]
    pub fn instead_of(&self, bundled: &Build, ordinary: &Build) -> Build {
        let mut mixed = bundled.clone();
        for (id, contract) in &mut mixed.contracts {
            let is_same = ordinary.contracts.get(id).is_some_and(|own| {
                own.creation.bytes == contract.creation.bytes
                    && own.runtime.bytes == contract.runtime.bytes
            });
            if let (true, Some(covered)) = (is_same, self.build.contracts.get(id)) {
                *contract = Arc::clone(covered);
            }
        }
        mixed
    }
}

/// The syntax trees of a compilation.
#[derive(Debug, Deserialize)]
struct Trees {
    #[serde(default)]
    errors: Vec<Value>,
    #[serde(default)]
    sources: BTreeMap<String, TreeOf>,
}

#[derive(Debug, Deserialize)]
struct TreeOf {
    #[serde(default)]
    ast: Tree,
}

impl Project {
    /// Compiles the project for coverage, or takes the result from the store.
    ///
    /// The legacy code generator is used whatever the project says, with every optimisation off. Where a function then
    /// has too many variables for the stack, the stack of inline assembly and of coding call data alone is optimised.
    ///
    /// # Errors
    /// When the project does not compile that way, although it may with its own settings.
    pub fn build_for_coverage(
        &self,
        options: &BuildOptions,
        progress: OnProgress<'_>,
    ) -> Result<CoverageBuild, CompileError> {
        let sources = || collect(self, &no_record());
        let version = match sources()? {
            sources if sources.files.is_empty() => return Ok(CoverageBuild::default()),
            mut sources => {
                fail_without(std::mem::take(&mut sources.missing))?;
                solc::wanted(self, &sources, options)?.version
            }
        };
        let plain = self.with_settings(settings(self.settings(), &version, Stack::AsWritten));
        let compiled = match plain.compiled(sources()?, options, progress) {
            Err(error) if is_too_deep(&error) => {
                let tighter = settings(self.settings(), &version, Stack::Tightened);
                self.with_settings(tighter).compiled(sources()?, options, progress)
            }
            other => other,
        }?;
        let items = plain.items(&compiled.build, options, progress)?;
        Ok(CoverageBuild { build: compiled.build, items })
    }

    /// What there is to cover in each source of the project, from the store or from the compiler.
    fn items(
        &self,
        build: &Build,
        options: &BuildOptions,
        progress: OnProgress<'_>,
    ) -> Result<BTreeMap<SourceId, Items>, CompileError> {
        let sources = collect(self, &no_record())?;
        let wanted = solc::wanted(self, &sources, options)?;
        let input = Input::new(self.settings(), &wanted.version, &sources);
        let entry = options.store.join("coverage").join(input.key(&wanted.version));
        let mut named = match stored(&entry).filter(|_| !options.force) {
            Some(items) => items,
            None => {
                let items = self.found_items(&input, &sources, &wanted, options, progress)?;
                keep(&entry, &items, progress);
                items
            }
        };
        let ids = build.sources.iter();
        Ok(ids.filter_map(|(id, source)| Some((*id, named.remove(&source.path)?))).collect())
    }

    fn found_items(
        &self,
        input: &Input<'_>,
        sources: &crate::sources::SourceSet,
        wanted: &solc::Wanted,
        options: &BuildOptions,
        progress: OnProgress<'_>,
    ) -> Result<BTreeMap<String, Items>, CompileError> {
        let failed = |message: String| CompileError::CompilerFailed {
            compiler: format!("solc {}", wanted.version),
            message,
        };
        let taken = solc::find(self, wanted, options, Fetch::Allowed, progress)?.taken;
        let compiler = taken.ok_or_else(|| failed("it is no longer to be found".into()))?;
        let trees: Trees = solc::run(&compiler, &input.standard_json_for_trees())?.output;
        if trees.sources.is_empty() {
            return Err(failed(format!("there are no syntax trees: {}", json!(trees.errors))));
        }
        let is_dependency =
            |unit: &str| self.libs().iter().any(|lib| unit.starts_with(&format!("{lib}/")));
        let own = trees.sources.into_iter();
        let own = own.filter(|(unit, _)| self.owns(unit) && !is_dependency(unit));
        let found = own.filter_map(|(unit, tree)| {
            let items = find(&tree.ast, &sources.files.get(&unit)?.text);
            Some((unit, items))
        });
        Ok(found.collect())
    }
}

/// How much is done about a stack that is too deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stack {
    AsWritten,
    Tightened,
}

/// The project's settings, with every optimisation off.
fn settings(own: &Settings, version: &Version, stack: Stack) -> Settings {
    let mut details = json!({
        "orderLiterals": false,
        "deduplicate": false,
        "cse": false,
        "constantOptimizer": false,
        "yul": stack == Stack::Tightened,
    });
    // A switch that a compiler does not know is an error. Each is off without being named, but for the first two, which
    // are on unless they are switched off.
    let switches = [
        ("peephole", Version::new(0, 5, 0)),
        ("jumpdestRemover", Version::new(0, 5, 3)),
        ("inliner", Version::new(0, 8, 5)),
        ("simpleCounterForLoopUncheckedIncrement", Version::new(0, 8, 22)),
    ];
    for (switch, _) in switches.iter().filter(|(_, since)| version >= since) {
        details[*switch] = json!(false);
    }
    if stack == Stack::Tightened {
        details["yulDetails"] = json!({ "stackAllocation": true, "optimizerSteps": ":" });
    }
    Settings {
        optimizer: false,
        optimizer_details: (*version >= Version::new(0, 5, 3)).then_some(details),
        via_ir: false,
        // The hash of the sources tells contracts apart whose code is the same.
        bytecode_hash: "ipfs".into(),
        cbor_metadata: true,
        ..own.clone()
    }
}

fn is_too_deep(error: &CompileError) -> bool {
    let CompileError::Solidity { diagnostics } = error else { return false };
    diagnostics.iter().any(|said| said.message.to_lowercase().contains("too deep"))
}

fn stored(entry: &Path) -> Option<BTreeMap<String, Items>> {
    serde_json::from_slice(&fs::read(entry).ok()?).ok()
}

/// Keeps what was found for the next time; that it cannot be kept is no reason to stop.
fn keep(entry: &Path, items: &BTreeMap<String, Items>, progress: OnProgress<'_>) {
    let text = serde_json::to_string(items).expect("items are plain data");
    if let Err(error) = write_atomically(entry, text.as_bytes()) {
        let folder = entry.display();
        progress(Progress::Warning(format!("`{folder}` cannot be written: {error}")));
    }
}

//! The committed part of the store: artifacts in a form that can be reviewed.
//!
//! A folder with one JSON file a contract and `index.json`, which names the compiler, its settings, and the hash of
//! every source. The artifacts hold when all of these are the same; a dependency that is not installed counts as
//! the same, so a fresh clone needs neither packages nor a compiler.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rayon::prelude::*;
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    artifact::{Build, Contract, SourceFile, SourceId, TypeDefs},
    bundled,
    error::CompileError,
    options::{BuildOptions, OnProgress},
    project::Project,
    solc::{Input, OUTPUT_FORMAT},
    sources::{SourceSet, is_own},
    store::write_atomically,
};

/// The name of the file that lists the others.
pub(crate) const INDEX: &str = "index.json";

/// `index.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    /// Tells the file apart from others of this name, and its form.
    covenant_artifacts: u32,
    /// The compiler as it names itself.
    compiler: String,
    /// The release it is.
    solc: Version,
    /// The hard fork the code is for.
    evm_version: Option<String>,
    /// The settings as standard JSON.
    settings: Value,
    /// Every source.
    sources: Vec<IndexedSource>,
    /// The file of each contract.
    contracts: Vec<String>,
    /// Types at file level.
    types: TypeDefs,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexedSource {
    id: u32,
    path: String,
    sha256: String,
}

/// Committed artifacts whose index was read.
#[derive(Debug)]
pub(crate) struct Record {
    folder: PathBuf,
    index: Index,
    /// Whether these are the artifacts that the binary carries.
    is_bundled: bool,
}

/// No source is on record.
pub(crate) const fn no_record() -> BTreeMap<String, String> {
    BTreeMap::new()
}

impl Record {
    /// Reads the index in a folder; nothing when there is none of this form.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let text = fs::read(folder.join(INDEX)).ok()?;
        let index: Index = serde_json::from_slice(&text).ok()?;
        let is_bundled = bundled::index().is_some_and(|bundled| bundled.as_bytes() == text);
        (index.covenant_artifacts == OUTPUT_FORMAT).then(|| Self {
            folder: folder.to_owned(),
            index,
            is_bundled,
        })
    }

    /// The hash of each source by name.
    pub(crate) fn hashes(&self) -> BTreeMap<String, String> {
        self.index
            .sources
            .iter()
            .map(|source| (source.path.clone(), source.sha256.clone()))
            .collect()
    }

    /// The compiler release.
    pub(crate) const fn version(&self) -> &Version {
        &self.index.solc
    }

    /// What differs between the record and the input, if anything does.
    pub(crate) fn difference(&self, input: &Input<'_>, sources: &SourceSet) -> Option<String> {
        if self.index.settings != input.settings {
            return Some("the compiler settings differ".into());
        }
        let recorded = self.hashes();
        for (unit, hash) in input.hashes() {
            match recorded.get(unit) {
                None => return Some(format!("{unit} is new")),
                Some(known) if known != hash => return Some(format!("{unit} has changed")),
                Some(_) => {}
            }
        }
        // What an absent dependency imports cannot be told, so sources may only be missing if nothing is absent.
        let gone = recorded.keys().find(|unit| !sources.files.contains_key(*unit));
        gone.filter(|_| sources.absent.is_empty()).map(|unit| format!("{unit} is no longer used"))
    }

    /// Reads the artifacts. Those that the binary carries are not read again: the index tells the compiler, its settings
    /// and the hash of every source, so the artifacts are the same.
    pub(crate) fn load(self, sources: &SourceSet) -> Result<Build, CompileError> {
        let text = |unit: &str| sources.files.get(unit).map(|source| Arc::clone(&source.text));
        if self.is_bundled {
            let bundled = bundled::bundled();
            return Ok(Build {
                sources: source_files(&self.index, &text),
                ..Build::clone(&bundled)
            });
        }
        let read = |file: &str| {
            let path = self.folder.join(file);
            fs::read_to_string(&path).map_err(CompileError::reading(path))
        };
        // Reading and parsing is most of what a run takes that compiles nothing. The results are looked at in order, so
        // that it is always the same artifact that is reported.
        let contracts: Vec<_> = self
            .index
            .contracts
            .par_iter()
            .map(|file| contract(&self.folder, file, &read(file)?))
            .collect();
        assemble(&self.index, contracts, &text)
    }
}

/// Reads one artifact.
fn contract(folder: &Path, file: &str, json: &str) -> Result<Contract, CompileError> {
    serde_json::from_str(json).map_err(|error| CompileError::Artifacts {
        path: folder.join(file),
        message: format!("not an artifact: {error}"),
        hint: Some("compile again with `covenant build --force`".into()),
    })
}

/// Puts a build together from an index and the artifacts it lists.
fn assemble(
    index: &Index,
    read: impl IntoIterator<Item = Result<Contract, CompileError>>,
    text: &dyn Fn(&str) -> Option<Arc<str>>,
) -> Result<Build, CompileError> {
    let mut contracts = BTreeMap::new();
    for contract in read {
        let contract = contract?;
        contracts.insert(contract.id.clone(), Arc::new(contract));
    }
    Ok(Build {
        compiler: index.compiler.clone(),
        evm_version: index.evm_version.clone(),
        contracts,
        sources: source_files(index, text),
        types: index.types.clone(),
    })
}

/// The sources that an index lists, with their texts where these are at hand.
fn source_files(
    index: &Index,
    text: &dyn Fn(&str) -> Option<Arc<str>>,
) -> BTreeMap<SourceId, SourceFile> {
    let sources = index.sources.iter().map(|source| {
        let file = SourceFile { path: source.path.clone(), text: text(&source.path) };
        (SourceId(source.id), file)
    });
    sources.collect()
}

/// Puts a build together from embedded files: `files` gives artifacts by name, `text` sources.
pub(crate) fn embedded(
    files: &dyn Fn(&str) -> Option<&'static str>,
    text: &dyn Fn(&str) -> Option<Arc<str>>,
) -> Result<Option<Build>, CompileError> {
    let folder = Path::new("artifacts");
    let Some(json) = files(INDEX) else { return Ok(None) };
    let missing = |file: &str, message: String| CompileError::Artifacts {
        path: folder.join(file),
        message,
        hint: None,
    };
    let index: Index =
        serde_json::from_str(json).map_err(|error| missing(INDEX, error.to_string()))?;
    // One after the other: whoever waits for the bundled contracts must not be given other work meanwhile.
    let contracts = index.contracts.iter().map(|file| {
        let json = files(file).ok_or_else(|| missing(file, "not embedded".into()))?;
        contract(folder, file, json)
    });
    assemble(&index, contracts, text).map(Some)
}

impl Project {
    /// Compiles and writes the committed artifacts. The same sources and settings give the same bytes.
    /// Yields the number of contracts.
    ///
    /// # Errors
    /// When the project does not compile, or the folder cannot be written.
    pub fn export_artifacts(
        &self,
        options: &BuildOptions,
        progress: OnProgress<'_>,
    ) -> Result<usize, CompileError> {
        let folder = self.committed_artifacts();
        let files = self.rendered(options, progress)?;
        let old = Record::read(&folder).map(|record| record.index.contracts).unwrap_or_default();
        for (file, text) in &files {
            let path = folder.join(file);
            write_atomically(&path, text.as_bytes()).map_err(CompileError::writing(path))?;
        }
        for file in old.iter().filter(|file| !files.contains_key(*file)) {
            let path = folder.join(file);
            if path.is_file() {
                fs::remove_file(&path).map_err(CompileError::writing(path))?;
            }
        }
        Ok(files.len().saturating_sub(1))
    }

    /// Compiles and compares with the committed artifacts: yields one line for each file that differs.
    ///
    /// # Errors
    /// When the project does not compile.
    pub fn check_artifacts(
        &self,
        options: &BuildOptions,
        progress: OnProgress<'_>,
    ) -> Result<Vec<String>, CompileError> {
        let folder = self.committed_artifacts();
        let files = self.rendered(options, progress)?;
        let mut differences = Vec::new();
        for (file, text) in &files {
            match fs::read_to_string(folder.join(file)) {
                Ok(present) if present == *text => {}
                Ok(_) => differences.push(format!("{file} differs")),
                Err(_) => differences.push(format!("{file} is missing")),
            }
        }
        let old = Record::read(&folder).map(|record| record.index.contracts).unwrap_or_default();
        differences.extend(
            old.iter()
                .filter(|file| !files.contains_key(*file))
                .map(|file| format!("{file} is left over")),
        );
        Ok(differences)
    }

    /// The committed artifacts as they should be: file name to text.
    fn rendered(
        &self,
        options: &BuildOptions,
        progress: OnProgress<'_>,
    ) -> Result<BTreeMap<String, String>, CompileError> {
        let compiled = self.compiled_afresh(options, progress)?;
        let Some(wanted) = compiled.wanted else { return Ok(BTreeMap::new()) };
        let input = Input::new(self.settings(), &wanted.version, &compiled.sources);
        let hashes = input.hashes();
        let mut files = BTreeMap::new();
        let mut names = Vec::new();
        for contract in compiled.build.contracts.values() {
            let name = file_name(contract);
            files.insert(name.clone(), pretty(&**contract)?);
            names.push(name);
        }
        let sources = compiled.build.sources.iter().map(|(id, source)| IndexedSource {
            id: id.0,
            path: source.path.clone(),
            sha256: hashes.get(source.path.as_str()).copied().unwrap_or_default().to_owned(),
        });
        let index = Index {
            covenant_artifacts: OUTPUT_FORMAT,
            compiler: compiled.build.compiler.clone(),
            solc: wanted.version.clone(),
            evm_version: compiled.build.evm_version.clone(),
            settings: input.settings.clone(),
            sources: sources.collect(),
            contracts: names,
            types: compiled.build.types.clone(),
        };
        files.insert(INDEX.to_owned(), pretty(&index)?);
        Ok(files)
    }
}

/// The file of a contract within the folder; steps out of the project are spelled out.
fn file_name(contract: &Contract) -> String {
    let parts: Vec<&str> = contract.id.file.split('/').filter(|part| !part.is_empty()).collect();
    let folder: Vec<&str> =
        parts.iter().map(|part| if *part == ".." { "up" } else { part }).collect();
    format!("{}/{}.json", folder.join("/"), contract.id.name)
}

/// Indented JSON that ends with a newline.
fn pretty<T: Serialize>(value: &T) -> Result<String, CompileError> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|error| {
        CompileError::CompilerFailed {
            compiler: "writing artifacts".into(),
            message: error.to_string(),
        }
    })
}

/// Whether the committed artifacts can be used as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing differs; nothing would be compiled.
    Fresh,
    /// They belong to other sources or settings.
    Stale {
        /// What differs.
        reason: String,
    },
    /// There are none.
    Absent,
}

impl Project {
    /// Tells whether the committed artifacts match the sources on disk, without compiling.
    ///
    /// # Errors
    /// When the sources cannot be read.
    pub fn artifacts_freshness(&self, options: &BuildOptions) -> Result<Freshness, CompileError> {
        let Some(record) = Record::read(&self.committed_artifacts()) else {
            return Ok(Freshness::Absent);
        };
        let sources = crate::sources::collect(self, &record.hashes())?;
        Ok(self
            .stale(&record, &sources, options)
            .map_or(Freshness::Fresh, |reason| Freshness::Stale { reason }))
    }

    /// Whether a source is the project's own, rather than a dependency.
    #[must_use]
    pub fn owns(&self, file: &str) -> bool {
        is_own(self, file)
    }
}

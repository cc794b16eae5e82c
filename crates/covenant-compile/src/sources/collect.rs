//! Reads the sources of a project and everything they import.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    pragma::Requirement,
    resolve::Resolver,
    scan::{Scan, scan},
};
use crate::{
    digest::sha256,
    error::{CompileError, MissingImport},
    position::Place,
    project::Project,
};

/// Every source of a compilation.
#[derive(Debug, Default)]
pub(crate) struct SourceSet {
    /// The sources by the names solc knows them by.
    pub(crate) files: BTreeMap<String, Source>,
    /// Dependencies that are not on disk but whose hash is on record.
    pub(crate) absent: BTreeSet<String>,
    /// The remappings solc must be told.
    pub(crate) remappings: Vec<String>,
    /// What each source requires of the compiler.
    pub(crate) pragmas: Vec<Pragma>,
    /// Imports that are on record but not on disk, as the error to report when the record is of no use.
    pub(crate) missing: Vec<MissingImport>,
}

/// One source file.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) text: Arc<str>,
    /// The SHA-256 of its text, in hexadecimal.
    pub(crate) sha256: String,
}

/// A version requirement and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Pragma {
    pub(crate) unit: String,
    pub(crate) bytes: Range<usize>,
    pub(crate) text: String,
    pub(crate) requirement: Requirement,
}

/// Reads the sources of a project and, from there, every file they import. An import that is not on disk is an
/// error, unless `recorded` knows it; all such imports are reported together.
pub(crate) fn collect(
    project: &Project,
    recorded: &BTreeMap<String, String>,
) -> Result<SourceSet, CompileError> {
    let mut set = SourceSet::default();
    let mut missing = Vec::new();
    let mut resolver = Resolver::new(project);
    let mut queue: Vec<(String, PathBuf)> = own_files(project)?;
    queue.reverse();
    while let Some((unit, path)) = queue.pop() {
        if set.files.contains_key(&unit) {
            continue;
        }
        let source = read(path)?;
        let found = scan(&source.text);
        set.add_pragmas(&unit, &source, &found)?;
        for (import, bytes) in &found.imports {
            let place = || Place::new(unit.as_str(), &source.text, bytes.clone());
            match target(&mut resolver, &unit, &source.path, import, recorded) {
                Target::File(unit, path) => queue.push((unit, path)),
                Target::Recorded(unit, lost) => {
                    set.missing.push(lost.at(place()));
                    set.absent.insert(unit);
                }
                Target::Missing(lost) => missing.push(lost.at(place())),
            }
        }
        set.files.insert(unit, source);
    }
    fail_without(missing)?;
    set.remappings = resolver.into_remappings();
    Ok(set)
}

/// Fails when imports are missing. What several sources import is reported once.
pub(crate) fn fail_without(missing: Vec<MissingImport>) -> Result<(), CompileError> {
    let mut imports: Vec<MissingImport> = Vec::new();
    for import in missing {
        if !imports.iter().any(|known| known.tried == import.tried) {
            imports.push(import);
        }
    }
    if imports.is_empty() { Ok(()) } else { Err(CompileError::MissingImports { imports }) }
}

impl SourceSet {
    /// The place of a range in one of the sources.
    pub(crate) fn place(&self, unit: &str, bytes: Range<usize>) -> Place {
        Place::new(unit, self.files.get(unit).map_or("", |source| &source.text), bytes)
    }

    fn add_pragmas(
        &mut self,
        unit: &str,
        source: &Source,
        found: &Scan,
    ) -> Result<(), CompileError> {
        for (text, bytes) in &found.pragmas {
            let requirement = Requirement::parse(text).ok_or_else(|| CompileError::BadPragma {
                place: Box::new(Place::new(unit, &source.text, bytes.clone())),
                pragma: text.clone(),
            })?;
            self.pragmas.push(Pragma {
                unit: unit.to_owned(),
                bytes: bytes.clone(),
                text: text.clone(),
                requirement,
            });
        }
        Ok(())
    }
}

/// Where an import leads.
enum Target {
    File(String, PathBuf),
    Recorded(String, Lost),
    Missing(Lost),
}

/// An import that leads nowhere, before its place is known.
struct Lost {
    import: String,
    tried: Vec<String>,
    hint: Option<String>,
}

impl Lost {
    fn at(self, place: Place) -> MissingImport {
        let Self { import, tried, hint } = self;
        MissingImport { place, import, tried, hint }
    }
}

/// Follows one import.
fn target(
    resolver: &mut Resolver<'_>,
    importer: &str,
    importer_path: &Path,
    import: &str,
    recorded: &BTreeMap<String, String>,
) -> Target {
    let meanings = resolver.meanings(importer, import);
    for meaning in &meanings {
        if let Some(path) = resolver.file(&meaning.unit, Some(importer_path)) {
            resolver.choose(meaning);
            return Target::File(meaning.unit.clone(), path);
        }
    }
    let mut tried: Vec<String> = meanings.iter().map(|meaning| meaning.unit.clone()).collect();
    let package = !import.starts_with('.');
    if package
        && let Some(last) = meanings.last()
        && !last.unit.starts_with("node_modules/")
    {
        tried.push(format!("node_modules/{}", last.unit));
    }
    let lost = Lost { import: import.to_owned(), tried, hint: hint(import) };
    match meanings.iter().find(|meaning| recorded.contains_key(&meaning.unit)) {
        Some(meaning) => Target::Recorded(meaning.unit.clone(), lost),
        None => Target::Missing(lost),
    }
}

/// What to do about an import of a package.
fn hint(import: &str) -> Option<String> {
    if import.starts_with('.') {
        return None;
    }
    let mut parts = import.split('/');
    let first = parts.next()?;
    if first.starts_with('@') {
        let package = format!("{first}/{}", parts.next()?);
        return Some(format!(
            "`npm install {package}`, or add a remapping for `{package}/` to foundry.toml"
        ));
    }
    Some(format!(
        "install the library (`forge install`, `npm install`, or `git submodule update --init` if it is listed \
         in .gitmodules), or add a remapping for `{first}/` to foundry.toml"
    ))
}

/// Reads one source.
fn read(path: PathBuf) -> Result<Source, CompileError> {
    let bytes = fs::read(&path).map_err(CompileError::reading(&path))?;
    let sha256 = sha256(&bytes);
    let text = String::from_utf8(bytes).map_err(|_| {
        let error = std::io::Error::new(
            std::io::ErrorKind::InvalidData,
            "not a text file: it is not valid UTF-8",
        );
        CompileError::reading(&path)(error)
    })?;
    Ok(Source { path, text: text.into(), sha256 })
}

/// The project's own sources, tests and scripts left out, sorted by name.
fn own_files(project: &Project) -> Result<Vec<(String, PathBuf)>, CompileError> {
    let mut files = Vec::new();
    let root = project.sources_root();
    if root.is_dir() {
        walk(project, &root, &mut files, 0)?;
    }
    files.sort();
    Ok(files)
}

/// Deeper folders than this are links that lead in a circle.
const DEEPEST: usize = 64;

/// Gathers the sources in a folder.
fn walk(
    project: &Project,
    folder: &Path,
    files: &mut Vec<(String, PathBuf)>,
    depth: usize,
) -> Result<(), CompileError> {
    if depth > DEEPEST {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(CompileError::reading(folder))? {
        let path = entry.map_err(CompileError::reading(folder))?.path();
        let Some(unit) = unit_name(project.contracts_root(), &path) else { continue };
        let name = unit.rsplit('/').next().unwrap_or_default();
        if path.is_dir() {
            let skipped = name.starts_with('.')
                || name == "node_modules"
                || project.excluded().contains(&unit);
            if !skipped {
                walk(project, &path, files, depth + 1)?;
            }
        } else if name.ends_with(".sol") && !name.ends_with(".t.sol") && !name.ends_with(".s.sol") {
            files.push((unit, path));
        }
    }
    Ok(())
}

/// The path relative to the project, with forward slashes; nothing for names that are not text.
fn unit_name(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> =
        path.strip_prefix(root).ok()?.iter().map(std::ffi::OsStr::to_str).collect();
    Some(parts?.join("/"))
}

/// Whether a source is the project's own, rather than a dependency.
pub(crate) fn is_own(project: &Project, unit: &str) -> bool {
    unit == project.src()
        || unit.strip_prefix(project.src()).is_some_and(|rest| rest.starts_with('/'))
        || project.src().is_empty()
}

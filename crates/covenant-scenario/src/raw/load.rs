//! Reading scenario files with what they include.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{record::list, scenario::RawScenario, syntax, value::Entries};
use crate::{
    source::{Diagnostic, FileId, Sources, Span, Text},
    yaml::{self, Node, NodeKind, brief},
};

/// What an included file may have.
const INCLUDABLE: [&str; 6] = ["actors", "tokens", "contracts", "let", "rules", "include"];

/// Most files of one scenario.
const MAX_FILES: usize = 100;

/// Reads a scenario file and everything that it includes.
///
/// # Errors
/// With everything that is wrong with any of the files.
pub fn load(path: &Path, sources: &mut Sources) -> Result<RawScenario, Vec<Diagnostic>> {
    let file = sources.read(path).map_err(|found| vec![*found])?;
    Loader::new(sources).load(file)
}

/// Reads a scenario whose text is at hand; what it includes is looked for next to `path`.
///
/// # Errors
/// As [`load`].
pub fn load_str(
    path: &Path,
    text: &str,
    sources: &mut Sources,
) -> Result<RawScenario, Vec<Diagnostic>> {
    let file = sources.add_bytes(path, text.as_bytes().to_vec()).map_err(|found| vec![*found])?;
    Loader::new(sources).load(file)
}

/// Reads a scenario from bytes alone: nothing is included, and no file is touched.
///
/// # Errors
/// With everything that is wrong with it.
pub fn read_bytes(
    path: &Path,
    bytes: Vec<u8>,
    sources: &mut Sources,
) -> Result<RawScenario, Vec<Diagnostic>> {
    let file = sources.add_bytes(path, bytes).map_err(|found| vec![*found])?;
    let node = yaml::parse(sources, file)?;
    let mut found = Vec::new();
    match RawScenario::read(&node, &mut found) {
        Some(scenario) if found.is_empty() => Ok(scenario),
        _ => Err(found),
    }
}

impl RawScenario {
    /// Reads a scenario from its tree; what is wrong is added to `found`.
    pub fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Option<Self> {
        <Self as super::shape::Shape>::read(node, found)
    }
}

struct Loader<'a> {
    sources: &'a mut Sources,
    found: Vec<Diagnostic>,
    /// The trees of all files.
    nodes: Vec<Node>,
    /// Files that are being read, each included by the one before it.
    open: Vec<PathBuf>,
    /// Files that were read.
    done: Vec<PathBuf>,
}

impl<'a> Loader<'a> {
    const fn new(sources: &'a mut Sources) -> Self {
        Self { sources, found: Vec::new(), nodes: Vec::new(), open: Vec::new(), done: Vec::new() }
    }

    fn load(mut self, file: FileId) -> Result<RawScenario, Vec<Diagnostic>> {
        let identity = identity(&self.sources.file(file).path);
        let scenario = self.with_includes(file, identity, |_, _| true);
        match scenario {
            Some(scenario) if self.found.is_empty() => Ok(scenario),
            _ => {
                // What is wrong with the shapes keeps everything after from being checked, but syntax needs no shapes.
                for node in &self.nodes {
                    syntax::of_scenario(node, &mut self.found);
                }
                self.found.sort_by_key(|found| found.span);
                Err(self.found)
            }
        }
    }

    fn with_includes(
        &mut self,
        file: FileId,
        identity: PathBuf,
        acceptable: fn(&Node, &mut Vec<Diagnostic>) -> bool,
    ) -> Option<RawScenario> {
        let node = match yaml::parse(self.sources, file) {
            Ok(node) => node,
            Err(found) => {
                self.found.extend(found);
                return None;
            }
        };
        let accepted = acceptable(&node, &mut self.found);
        let own = RawScenario::read(&node, &mut self.found);
        self.nodes.push(node);
        let mut scenario = own.filter(|_| accepted)?;
        self.open.push(identity);
        let included: Vec<_> =
            scenario.include.iter().map(|path| self.include(file, path)).collect();
        if let Some(finished) = self.open.pop() {
            self.done.push(finished);
        }
        // What was included comes first, in the order of the list, then what the file itself says.
        for included in included.into_iter().rev().flatten() {
            self.absorb(&mut scenario, included);
        }
        Some(scenario)
    }

    fn include(&mut self, from: FileId, path: &Text) -> Option<RawScenario> {
        let from = self.sources.file(from).path.clone();
        let place = from.with_file_name(path.as_str());
        let identity = identity(&place);
        if let Some(first) = self.open.iter().position(|open| *open == identity) {
            self.found.push(cycle(path.span, &self.open[first..]));
            return None;
        }
        if self.done.contains(&identity) {
            return None;
        }
        if self.open.len() + self.done.len() >= MAX_FILES {
            self.found.push(Diagnostic::error(
                path.span,
                format!("a scenario may have at most {MAX_FILES} files"),
            ));
            return None;
        }
        match self.sources.read(&place) {
            Ok(file) => self.with_includes(file, identity, only_includable),
            Err(found) => {
                self.found.push(Diagnostic { span: found.span.or(Some(path.span)), ..*found });
                None
            }
        }
    }

    fn absorb(&mut self, into: &mut RawScenario, from: RawScenario) {
        prepend(&mut into.actors, from.actors, &mut self.found);
        prepend(&mut into.tokens, from.tokens, &mut self.found);
        prepend(&mut into.contracts, from.contracts, &mut self.found);
        prepend(&mut into.lets, from.lets, &mut self.found);
        into.rules.splice(..0, from.rules);
    }
}

/// Puts entries before others, none of which may have the same name.
fn prepend<T>(into: &mut Entries<T>, from: Entries<T>, found: &mut Vec<Diagnostic>) {
    let names: std::collections::HashMap<_, _> =
        from.iter().map(|(name, _)| (name.as_str(), name.span)).collect();
    for (name, _) in into.iter() {
        if let Some(first) = names.get(name.as_str()) {
            let wrong = Diagnostic::error(
                name.span,
                format!("`{}` is also defined in an included file", brief(&name.value)),
            );
            found.push(wrong.related(*first, "there").hint("rename one of the two"));
        }
    }
    drop(names);
    into.splice(..0, from);
}

/// Reports the sections that an included file cannot have.
fn only_includable(node: &Node, found: &mut Vec<Diagnostic>) -> bool {
    let NodeKind::Mapping(entries) = &node.kind else { return true };
    let before = found.len();
    for (key, _) in entries {
        if RawScenario::KEYS.contains(&key.as_str()) && !INCLUDABLE.contains(&key.as_str()) {
            let wrong = Diagnostic::error(
                key.span,
                format!("an included file cannot have the key `{}`", key.value),
            );
            found.push(wrong.hint(format!("its keys are {}", list(&INCLUDABLE))));
        }
    }
    found.len() == before
}

fn cycle(span: Span, files: &[PathBuf]) -> Diagnostic {
    let name = |path: &PathBuf| {
        path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let wrong = match files {
        [_] => "this file includes itself".to_owned(),
        _ => {
            let chain: Vec<_> = files.iter().chain(files.first()).map(name).collect();
            format!("these files include each other: {}", chain.join(" → "))
        }
    };
    Diagnostic::error(span, wrong)
}

/// What tells whether two paths are the same file.
fn identity(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

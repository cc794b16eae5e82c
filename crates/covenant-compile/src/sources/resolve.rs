//! Which file an import means.
//!
//! solc resolves imports by text: relative paths against the importing source, then the best remapping. The same
//! rules run here, so that every file solc will ask for is in its input under the name it will ask for.

use std::path::{Path, PathBuf};

use crate::project::{Candidates, Project, Remapping, inferred};

/// Resolves imports of one project and remembers which inferred remappings were needed.
#[derive(Debug)]
pub(super) struct Resolver<'a> {
    root: &'a Path,
    written: &'a [Remapping],
    inferred: Vec<Candidates>,
    used: Vec<Remapping>,
}

/// What an import could mean, best first.
#[derive(Clone, Debug)]
pub(super) struct Meaning {
    /// The name solc will know the source by.
    pub(super) unit: String,
    /// A remapping that solc must be told, if this is what the import means.
    remapping: Option<Remapping>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(project: &'a Project) -> Self {
        let root = project.contracts_root();
        let inferred = inferred(root, project.libs());
        Self { root, written: &project.settings().remappings, inferred, used: Vec::new() }
    }

    /// Everything the import could mean; the first that exists is it.
    pub(super) fn meanings(&self, importer: &str, import: &str) -> Vec<Meaning> {
        let plain = if is_relative(import) { join(importer, import) } else { import.to_owned() };
        if let Some(unit) = remapped(self.written, importer, &plain) {
            return vec![Meaning { unit, remapping: None }];
        }
        let mut meanings = Vec::new();
        if !is_relative(import) {
            meanings.extend(self.inferred_meanings(&plain));
        }
        meanings.push(Meaning { unit: plain, remapping: None });
        meanings
    }

    /// What the folders of libraries make of an import.
    fn inferred_meanings(&self, import: &str) -> Vec<Meaning> {
        let matching =
            self.inferred.iter().filter(|candidates| import.starts_with(&candidates.prefix));
        let Some(best) = matching.max_by_key(|candidates| candidates.prefix.len()) else {
            return Vec::new();
        };
        let rest = &import[best.prefix.len()..];
        let meaning = |(index, target): (usize, &String)| {
            let unit = format!("{target}{rest}");
            // Only the first folder stands for the prefix as a whole; from another one, this one file is remapped.
            let (prefix, target) = if index == 0 {
                (best.prefix.clone(), target.clone())
            } else {
                (import.to_owned(), unit.clone())
            };
            Meaning { unit, remapping: Some(Remapping { context: String::new(), prefix, target }) }
        };
        best.targets.iter().enumerate().map(meaning).collect()
    }

    /// The file of a source, if it exists: relative to the project, else in a `node_modules` at or above it,
    /// else in one at or above the importing file.
    pub(super) fn file(&self, unit: &str, importer: Option<&Path>) -> Option<PathBuf> {
        let direct = self.root.join(unit);
        if direct.is_file() {
            return Some(direct);
        }
        let packages = |from: &Path| {
            from.ancestors()
                .map(|folder| folder.join("node_modules").join(unit))
                .find(|path| path.is_file())
        };
        packages(self.root)
            .or_else(|| importer.and_then(|path| packages(&path.canonicalize().ok()?)))
    }

    /// Notes that an import means this, so that solc can be told.
    pub(super) fn choose(&mut self, meaning: &Meaning) {
        if let Some(remapping) = &meaning.remapping
            && !self.used.contains(remapping)
        {
            self.used.push(remapping.clone());
        }
    }

    /// The remappings solc must be told: the written ones, and the inferred ones that were needed, sorted.
    pub(super) fn into_remappings(mut self) -> Vec<String> {
        self.used.sort();
        self.written.iter().chain(&self.used).map(ToString::to_string).collect()
    }
}

/// Whether an import is relative to the source it stands in.
fn is_relative(import: &str) -> bool {
    import.starts_with("./") || import.starts_with("../")
}

/// Applies the remapping that solc would choose: the longest context, then the longest prefix, then the last.
fn remapped(remappings: &[Remapping], importer: &str, import: &str) -> Option<String> {
    remappings
        .iter()
        .filter_map(|remapping| Some((remapping.weight(), remapping.apply(importer, import)?)))
        .max_by_key(|(weight, _)| *weight)
        .map(|(_, unit)| unit)
}

/// Resolves a relative import against the name of the importing source, as solc does.
fn join(importer: &str, import: &str) -> String {
    let mut folders: Vec<&str> = importer.split('/').collect();
    folders.pop();
    for part in import.split('/') {
        match part {
            "." | "" => {}
            ".." if folders.last().is_some_and(|last| *last != "..") => {
                folders.pop();
            }
            part => folders.push(part),
        }
    }
    folders.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_like_solc() {
        for (importer, import, unit) in [
            ("src/A.sol", "./B.sol", "src/B.sol"),
            ("src/x/A.sol", "../B.sol", "src/B.sol"),
            ("src/A.sol", "./x/../B.sol", "src/B.sol"),
            ("@oz/t/A.sol", "../u//B.sol", "@oz/u/B.sol"),
            ("A.sol", "../B.sol", "../B.sol"),
        ] {
            assert_eq!(join(importer, import), unit);
        }
    }

    #[test]
    fn the_most_specific_remapping_wins() {
        let remappings: Vec<Remapping> = ["@oz/=a/", "@oz/t/=b/", "src/:@oz/=c/", "@oz/t/=d/"]
            .iter()
            .map(|r| Remapping::parse(r).unwrap())
            .collect();
        assert_eq!(remapped(&remappings, "lib/A.sol", "@oz/t/X.sol").unwrap(), "d/X.sol");
        assert_eq!(remapped(&remappings, "src/A.sol", "@oz/t/X.sol").unwrap(), "c/t/X.sol");
        assert_eq!(remapped(&remappings, "src/A.sol", "other/X.sol"), None);
    }
}

//! Import remappings: written ones, and those that a folder of libraries implies.

use std::{fmt, fs, path::Path};

/// `context:prefix=target`, as solc knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Remapping {
    /// Only imports of sources whose path begins with this are remapped; often empty.
    pub(crate) context: String,
    /// What the import begins with.
    pub(crate) prefix: String,
    /// What the prefix becomes, relative to the project.
    pub(crate) target: String,
}

/// A prefix that a library implies, with every folder it may stand for, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidates {
    /// What the import begins with.
    pub(crate) prefix: String,
    /// The folders, relative to the project, each ending with a slash.
    pub(crate) targets: Vec<String>,
}

impl Remapping {
    /// Reads `context:prefix=target`; nothing when it is not a remapping.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (left, target) = text.trim().split_once('=')?;
        let (context, prefix) = left.split_once(':').unwrap_or(("", left));
        if prefix.is_empty() || target.is_empty() {
            return None;
        }
        let target = target.strip_prefix("./").unwrap_or(target);
        // A folder is meant when the prefix ends with a slash, and solc replaces text alone.
        let slash = if prefix.ends_with('/') && !target.ends_with('/') { "/" } else { "" };
        Some(Self {
            context: context.into(),
            prefix: prefix.into(),
            target: format!("{target}{slash}"),
        })
    }

    /// The path an import becomes, if this remapping applies to it.
    pub(crate) fn apply(&self, importer: &str, import: &str) -> Option<String> {
        if !importer.starts_with(&self.context) {
            return None;
        }
        import.strip_prefix(&self.prefix).map(|rest| format!("{}{rest}", self.target))
    }

    /// How specific the remapping is; solc takes the most specific that applies.
    pub(crate) const fn weight(&self) -> (usize, usize) {
        (self.context.len(), self.prefix.len())
    }
}

impl fmt::Display for Remapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.context.is_empty() {
            write!(f, "{}:", self.context)?;
        }
        write!(f, "{}={}", self.prefix, self.target)
    }
}

/// How deep libraries of libraries are followed.
const DEPTH: usize = 4;

/// The remappings that library folders such as `lib` imply, as Foundry infers them: each library's own
/// remappings, then its name for its sources; a library nearer to the project wins.
pub(crate) fn inferred(root: &Path, libs: &[String]) -> Vec<Candidates> {
    let mut found: Vec<Candidates> = Vec::new();
    let mut folders: Vec<String> = libs
        .iter()
        .filter(|lib| !lib.ends_with("node_modules"))
        .map(|lib| lib.trim_end_matches('/').into())
        .collect();
    for _ in 0..DEPTH {
        let mut deeper = Vec::new();
        for folder in folders {
            for name in subfolders(&root.join(&folder)) {
                let library = format!("{folder}/{name}");
                add_library(root, &library, &name, &mut found);
                deeper.push(format!("{library}/lib"));
            }
        }
        folders = deeper;
    }
    found
}

/// Adds what one library implies, unless a nearer one has claimed the prefix.
fn add_library(root: &Path, library: &str, name: &str, found: &mut Vec<Candidates>) {
    let mut add = |prefix: String, targets: Vec<String>| {
        if !found.iter().any(|known| known.prefix == prefix) {
            found.push(Candidates { prefix, targets });
        }
    };
    let own = fs::read_to_string(root.join(library).join("remappings.txt")).unwrap_or_default();
    for remapping in own.lines().filter_map(Remapping::parse) {
        add(remapping.prefix, vec![format!("{library}/{}", remapping.target)]);
    }
    let mut targets: Vec<String> = ["src", "contracts"]
        .iter()
        .filter(|source| root.join(library).join(source).is_dir())
        .map(|source| format!("{library}/{source}/"))
        .collect();
    targets.push(format!("{library}/"));
    add(format!("{name}/"), targets);
}

/// The names of the folders in a folder, sorted; none when it cannot be read.
fn subfolders(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_applies() {
        let remapping = Remapping::parse("lib/a:@oz/=./lib/oz/contracts").unwrap();
        assert_eq!(remapping.to_string(), "lib/a:@oz/=lib/oz/contracts/");
        assert_eq!(
            remapping.apply("lib/a/X.sol", "@oz/t/Y.sol").unwrap(),
            "lib/oz/contracts/t/Y.sol"
        );
        assert_eq!(remapping.apply("src/X.sol", "@oz/t/Y.sol"), None);
        for bad in ["", "no equals", "=x", "a="] {
            assert_eq!(Remapping::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn libraries_imply_remappings() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["lib/solmate/src", "lib/oz/contracts", "lib/oz/lib/solmate/src", "lib/plain"]
        {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        fs::write(root.path().join("lib/oz/remappings.txt"), "@oz/contracts/=contracts/\n")
            .unwrap();
        let found = inferred(root.path(), &["lib".into(), "node_modules".into()]);
        let shown: Vec<String> =
            found.iter().map(|c| format!("{}={}", c.prefix, c.targets.join("|"))).collect();
        assert_eq!(
            shown,
            [
                "@oz/contracts/=lib/oz/contracts/",
                "oz/=lib/oz/contracts/|lib/oz/",
                "plain/=lib/plain/",
                "solmate/=lib/solmate/src/|lib/solmate/",
            ]
        );
    }
}

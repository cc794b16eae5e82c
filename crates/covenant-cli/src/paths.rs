//! Which files a command is about.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use covenant_compile::{CompileError, Project};

use crate::exit::{Exit, Failure};

/// A scenario file, and which of its cases are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    /// The file, as the user named it.
    pub(crate) path: PathBuf,
    /// The wanted cases; `None` for all.
    pub(crate) cases: Option<BTreeSet<String>>,
}

/// The files that were named, those in folders in order of their paths; the project's scenarios when none was.
///
/// # Errors
/// When a path does not exist, or when there is nothing to be found.
pub(crate) fn select(named: &[PathBuf]) -> Result<Vec<Selection>, Failure> {
    if named.is_empty() {
        return select(&[default_folder()?]);
    }
    let mut found = Found::default();
    let mut messages = Vec::new();
    for path in named {
        if let Err(message) = found.add(path) {
            messages.push(message);
        }
    }
    if messages.is_empty() {
        Ok(found.selections())
    } else {
        Err(Failure { exit: Exit::Usage, messages, hints: Vec::new() })
    }
}

/// The project of a file or folder that a command names.
///
/// # Errors
/// When there is no such file or folder, when it belongs to no project, or when the project's configuration is wrong.
pub(crate) fn project(path: &Path) -> Result<Project, Failure> {
    if path.exists() { Ok(Project::discover(path)?) } else { Err(Failure::usage(no_such(path))) }
}

fn no_such(path: &Path) -> String {
    format!("there is no file or folder `{}`", path.display())
}

/// Where scenarios are when nobody says where.
fn default_folder() -> Result<PathBuf, Failure> {
    let here = Path::new(".");
    let project = match Project::discover(here) {
        Ok(project) => Some(project),
        Err(CompileError::NoProject { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let candidates = project
        .iter()
        .flat_map(|project| {
            let root = relative(project.root());
            project
                .scenarios()
                .map(|path| relative(&path))
                .into_iter()
                .chain([root.join("tests/scenarios"), root.join("scenarios")])
        })
        .chain([here.join("tests/scenarios"), here.join("scenarios")]);
    candidates.into_iter().find(|folder| folder.is_dir()).ok_or_else(|| {
        Failure::usage("there is no `tests/scenarios` or `scenarios` folder here")
            .hint("name files or folders, or start a project with `covenant new escrow DIR`")
    })
}

/// The path seen from the working folder, where it lies within.
pub(crate) fn relative(path: &Path) -> PathBuf {
    let working =
        std::env::current_dir().and_then(|working| working.canonicalize()).unwrap_or_default();
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match whole.strip_prefix(&working) {
        Ok(inner) if inner.as_os_str().is_empty() => PathBuf::from("."),
        Ok(inner) => inner.to_owned(),
        Err(_) => path.to_owned(),
    }
}

/// Files in the order of the command, each once.
#[derive(Debug, Default)]
struct Found {
    order: Vec<PathBuf>,
    cases: BTreeMap<PathBuf, Option<BTreeSet<String>>>,
}

impl Found {
    fn add(&mut self, path: &Path) -> Result<(), String> {
        if path.is_dir() {
            let files = scenario_files(path)
                .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
            if files.is_empty() {
                return Err(format!("`{}` holds no *.yaml or *.yml file", path.display()));
            }
            files.into_iter().for_each(|file| self.file(file, None));
            return Ok(());
        }
        if path.exists() {
            self.file(path.to_owned(), None);
            return Ok(());
        }
        let text = path.to_string_lossy();
        if let Some((file, case)) = text.rsplit_once("::").or_else(|| text.split_once("::"))
            && Path::new(file).is_file()
        {
            self.file(PathBuf::from(file), Some(case));
            return Ok(());
        }
        Err(no_such(path))
    }

    fn file(&mut self, path: PathBuf, case: Option<&str>) {
        let key = path.canonicalize().unwrap_or_else(|_| path.clone());
        let known = self.cases.contains_key(&key);
        let cases = self.cases.entry(key).or_insert_with(|| Some(BTreeSet::new()));
        match (cases.as_mut(), case) {
            (Some(cases), Some(case)) => {
                cases.insert(case.to_owned());
            }
            _ => *cases = None,
        }
        if !known {
            self.order.push(path);
        }
    }

    fn selections(self) -> Vec<Selection> {
        let cases = |path: &PathBuf| {
            self.cases.get(&path.canonicalize().unwrap_or_else(|_| path.clone())).cloned()
        };
        self.order
            .iter()
            .map(|path| Selection { path: path.clone(), cases: cases(path).flatten() })
            .collect()
    }
}

/// Every scenario file in a folder and the folders within, in order of path.
fn scenario_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        // A link may lead back up.
        if !seen.insert(folder.canonicalize()?) {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with(['.', '_']) || name == "node_modules" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::select;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    #[test]
    fn searches_folders_in_order() {
        let root = folder(&[
            "b.yml",
            "a b/z.yaml",
            "a b/_part.yaml",
            ".git/c.yaml",
            "node_modules/x/d.yaml",
            "e.txt",
        ]);
        let found = select(&[root.path().to_owned()]).unwrap();
        let names: Vec<PathBuf> =
            found.iter().map(|s| s.path.strip_prefix(root.path()).unwrap().to_owned()).collect();
        assert_eq!(names, [PathBuf::from("a b/z.yaml"), PathBuf::from("b.yml")]);
    }

    #[test]
    fn takes_each_file_once_and_merges_cases() {
        let root = folder(&["a.yaml", "b.yaml"]);
        let path = |name: &str| root.path().join(name);
        let found =
            select(&[path("b.yaml::two"), path("b.yaml::one"), path("a.yaml::x"), path("a.yaml")])
                .unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].path, path("b.yaml"));
        let cases: Vec<&String> = found[0].cases.as_ref().unwrap().iter().collect();
        assert_eq!(cases, ["one", "two"]);
        assert_eq!(found[1].cases, None);
    }

    #[test]
    fn names_every_path_that_does_not_exist() {
        let root = folder(&["a.yaml"]);
        let failure =
            select(&[root.path().join("x"), root.path().join("a.yaml"), root.path().join("y")])
                .unwrap_err();
        assert_eq!(failure.messages.len(), 2);
    }

    #[test]
    fn an_empty_folder_is_an_error() {
        let root = folder(&["readme.md"]);
        let failure = select(&[root.path().to_owned()]).unwrap_err();
        assert!(failure.messages[0].ends_with("holds no *.yaml or *.yml file"), "{failure:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_above_does_not_loop() {
        let root = folder(&["a/b.yaml"]);
        std::os::unix::fs::symlink(root.path(), root.path().join("a/up")).unwrap();
        assert_eq!(select(&[root.path().to_owned()]).unwrap().len(), 1);
    }
}

//! `covenant new`

use std::{
    borrow::Cow,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    args::{NewArgs, Template},
    exit::{Exit, Failure},
    files::reason,
    terminal::Terminal,
};

/// A file of a template: where it goes, and its text.
type File = (&'static str, Cow<'static, str>);

/// The texts of a template by path.
macro_rules! files {
    ($($path:literal: $source:literal),* $(,)?) => {
        vec![$(($path, Cow::Borrowed(include_str!(concat!("../../templates/", $source))))),*]
    };
}

/// Starts a project.
///
/// # Errors
/// When the folder is not empty or cannot be written; then nothing is left in it.
pub(crate) fn new(args: &NewArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    let folder = &args.folder;
    let shown = covenant_report::shown(folder);
    if is_taken(folder) {
        return Err(Failure::usage(format!("`{shown}` is not an empty folder"))
            .hint("name a folder that does not exist yet; nothing was written"));
    }
    let files = files(args.template);
    write(folder, &files)
        .map_err(|error| Failure::usage(format!("cannot write `{shown}`: {}", reason(&error))))?;
    let list: String = files.iter().map(|(path, _)| format!("  {shown}/{path}\n")).collect();
    terminal.out(&format!("{list}\nNext: cd {shown} && covenant run\n"));
    Ok(Exit::Held)
}

/// Every file of a template, what all of them have in common included.
fn files(template: Template) -> Vec<File> {
    let mut files = files! {
        "covenant.toml": "covenant.toml",
        ".github/workflows/covenant.yml": "covenant.yml",
        ".gitignore": "gitignore",
    };
    files.push((
        "scenario.schema.json",
        Cow::Owned(covenant_report::json(&covenant_scenario::raw::schema())),
    ));
    files.extend(match template {
        Template::Blank => files! {
            "README.md": "blank/README.md",
            "scenarios/allowance.yaml": "blank/allowance.yaml",
        },
        Template::Escrow => files! {
            "README.md": "escrow/README.md",
            "scenarios/_terms.yaml": "escrow/_terms.yaml",
            "scenarios/delivered.yaml": "escrow/delivered.yaml",
            "scenarios/dispute.yaml": "escrow/dispute.yaml",
            "scenarios/silence.yaml": "escrow/silence.yaml",
        },
        Template::Lease => files! {
            "README.md": "lease/README.md",
            "scenarios/_terms.yaml": "lease/_terms.yaml",
            "scenarios/damage.yaml": "lease/damage.yaml",
            "scenarios/late.yaml": "lease/late.yaml",
            "scenarios/year.yaml": "lease/year.yaml",
        },
    });
    files
}

/// Whether something is there that would be overwritten.
fn is_taken(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Writes all files or none: they are put together beside the folder and then moved into place.
fn write(folder: &Path, files: &[File]) -> io::Result<()> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent)?;
    // Within the folder if it is there, since it may be the only one that can be written.
    let beside = if folder.is_dir() { folder } else { parent };
    let draft = tempfile::Builder::new().prefix(".covenant-new-").tempdir_in(beside)?;
    let project = draft.path().join("project");
    for (path, text) in files {
        let path = project.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&project))?;
        fs::write(path, text.as_bytes())?;
    }
    if folder.is_dir() { move_entries(&project, folder) } else { fs::rename(&project, folder) }
}

/// Moves everything from one folder into another; what was moved is removed again when something cannot be.
fn move_entries(from: &Path, to: &Path) -> io::Result<()> {
    let mut moved: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if let Err(error) = fs::rename(entry.path(), &target) {
            for path in moved {
                // The first error is the one to tell; what cannot be removed stays.
                let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
            }
            return Err(error);
        }
        moved.push(target);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::ValueEnum;

    use super::{Template, files, is_taken, write};

    #[test]
    fn every_template_has_a_project_a_scenario_and_ci() {
        for template in Template::value_variants() {
            let paths: Vec<&str> = files(*template).iter().map(|(path, _)| *path).collect();
            assert!(
                paths.contains(&"covenant.toml")
                    && paths.contains(&".github/workflows/covenant.yml"),
                "{paths:?}"
            );
            let scenarios = |path: &str| path.starts_with("scenarios/") && !path.contains("/_");
            for (path, text) in files(*template).iter().filter(|(path, _)| scenarios(path)) {
                assert!(text.starts_with("# yaml-language-server: $schema="), "{path}");
            }
        }
    }

    #[test]
    fn writes_into_new_and_empty_folders() {
        let root = tempfile::tempdir().unwrap();
        for name in ["a b/new", "empty"] {
            let folder = root.path().join(name);
            if name == "empty" {
                fs::create_dir(&folder).unwrap();
            }
            assert!(!is_taken(&folder));
            write(&folder, &files(Template::Blank)).unwrap();
            assert!(folder.join("covenant.toml").is_file());
            assert_eq!(fs::read_dir(&folder).unwrap().count(), 6, "no draft is left");
            assert!(is_taken(&folder));
        }
    }

    #[test]
    fn a_file_is_in_the_way() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), "").unwrap();
        assert!(is_taken(&root.path().join("file")));
    }
}

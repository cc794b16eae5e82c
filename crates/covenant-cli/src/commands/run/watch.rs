//! `covenant run --watch`

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::Duration,
};

use covenant_compile::Project;
use notify::{Event, EventKind, RecursiveMode, Watcher};

use crate::{
    exit::{Exit, Failure},
    interrupt::interrupted,
    paths::Selection,
    terminal::Terminal,
};

/// Editors write a file in several steps; what comes within this time is one change.
const QUIET: Duration = Duration::from_millis(150);
/// How often ctrl-C is looked for.
const GLANCE: Duration = Duration::from_millis(100);
/// Files that decide what a run does.
const WATCHED: [&str; 5] = ["yaml", "yml", "sol", "toml", "txt"];

/// Runs, and runs again whenever a file changes, until the user has enough.
pub(super) fn watch(
    selections: &[Selection],
    terminal: &Terminal,
    once: impl Fn() -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let (sender, changes) = channel();
    let failed = |error: notify::Error| Failure::usage(format!("cannot watch files: {error}"));
    let mut watcher = notify::recommended_watcher(sender).map_err(failed)?;
    for folder in folders(selections) {
        watcher.watch(&folder, RecursiveMode::Recursive).map_err(failed)?;
    }
    while !interrupted() {
        if let Err(failure) = once() {
            terminal.failure(&failure);
        }
        terminal.note("watching; ctrl-C ends");
        wait(&changes);
    }
    Ok(Exit::Interrupted)
}

/// Where the scenarios and the projects are that they belong to.
fn folders(selections: &[Selection]) -> BTreeSet<PathBuf> {
    let folder_of = |path: &Path| match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let projects =
        selections.iter().filter_map(|selection| Project::discover(&selection.path).ok());
    let mut folders: BTreeSet<PathBuf> =
        selections.iter().map(|selection| folder_of(&selection.path)).collect();
    for project in projects {
        folders.insert(project.root().to_owned());
        folders.insert(project.sources_root());
    }
    folders.into_iter().filter(|folder| folder.is_dir()).collect()
}

/// Waits until something changed and all is quiet again, or until ctrl-C.
fn wait(changes: &Receiver<notify::Result<Event>>) {
    let mut changed = false;
    while !interrupted() {
        match changes.recv_timeout(if changed { QUIET } else { GLANCE }) {
            Ok(event) => changed |= event.is_ok_and(|event| matters(&event)),
            Err(RecvTimeoutError::Timeout) if changed => return,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Whether a run would see the change.
fn matters(event: &Event) -> bool {
    let watched = |path: &PathBuf| {
        path.extension().is_some_and(|end| WATCHED.iter().any(|watched| end == *watched))
    };
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(watched)
}

#[cfg(test)]
mod tests {
    use notify::{
        Event,
        event::{AccessKind, EventKind, ModifyKind},
    };

    use super::matters;

    #[test]
    fn reacts_to_what_a_run_reads() {
        let event = |kind, path: &str| Event::new(kind).add_path(path.into());
        let written = EventKind::Modify(ModifyKind::Any);
        assert!(matters(&event(written, "a/lease.yaml")));
        assert!(matters(&event(written, "src/Lease.sol")));
        assert!(!matters(&event(written, "out/Lease.json")));
        assert!(!matters(&event(EventKind::Access(AccessKind::Any), "a/lease.yaml")));
    }
}

//! The bundled contracts, which every binary carries.

use std::sync::{Arc, LazyLock};

use crate::{artifact::Build, committed, error::CompileError};

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// The bundled contracts, with sources. Needs no compiler, no network and no file. Empty when this crate was built
/// without any.
///
/// # Panics
/// Never, unless the artifacts that were embedded are damaged; [`try_bundled`] tells.
#[must_use]
pub fn bundled() -> Arc<Build> {
    static BUNDLED: LazyLock<Arc<Build>> =
        LazyLock::new(|| Arc::new(try_bundled().expect("a test reads the embedded artifacts")));
    Arc::clone(&BUNDLED)
}

/// The index of the embedded artifacts, which tells whether others are the same.
pub(crate) fn index() -> Option<&'static str> {
    text(ARTIFACTS, committed::INDEX)
}

/// Reads the embedded artifacts anew.
///
/// # Errors
/// When they are damaged.
pub fn try_bundled() -> Result<Build, CompileError> {
    let artifact = |name: &str| text(ARTIFACTS, name);
    let source = |name: &str| text(SOURCES, name).map(Arc::from);
    Ok(committed::embedded(&artifact, &source)?.unwrap_or_default())
}

/// The files of the bundled Solidity project, sorted by name: sources and settings, with `artifacts/…` after them.
pub fn bundled_files() -> impl Iterator<Item = (String, &'static str)> {
    let sources = SOURCES.iter().map(|(name, text)| ((*name).to_owned(), *text));
    sources.chain(ARTIFACTS.iter().map(|(name, text)| (format!("artifacts/{name}"), *text)))
}

/// Looks a file up in a sorted table.
fn text(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table.binary_search_by(|(file, _)| (*file).cmp(name)).ok().map(|index| table[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_artifacts_can_be_read() {
        let build = try_bundled().unwrap();
        let listed = ARTIFACTS.len().saturating_sub(1);
        assert_eq!(build.contracts.len(), listed);
        assert_eq!(bundled().contracts.len(), listed);
    }

    #[test]
    fn tables_are_found_by_name() {
        let table = [("a", "1"), ("b/c", "2")];
        assert_eq!((text(&table, "b/c"), text(&table, "b")), (Some("2"), None));
    }
}

//! Released compiler versions and which of them suits a project.

use semver::Version;

use crate::{error::CompileError, sources::SourceSet};

/// The version that is used when a project leaves the choice open.
pub(crate) const PINNED: Version = Version::new(0, 8, 37);

/// The last release of each 0.x series, as published on npm.
const LAST_RELEASES: [(u64, u64); 5] = [(4, 26), (5, 17), (6, 12), (7, 6), (8, 37)];

/// The oldest release that speaks standard JSON the way this crate does.
const OLDEST: Version = Version::new(0, 4, 11);

/// Chooses the version for sources that only state ranges: the pinned one, else the highest installed one, else
/// the highest release that every source accepts.
pub(crate) fn choose(sources: &SourceSet, installed: &[Version]) -> Result<Version, CompileError> {
    if accepted(sources, &PINNED) {
        return Ok(PINNED);
    }
    let best_installed =
        installed.iter().filter(|version| accepted(sources, version)).max().cloned();
    best_installed
        .or_else(|| releases().filter(|version| accepted(sources, version)).max())
        .map_or_else(|| Err(no_common_version(sources)), Ok)
}

/// Checks that every source accepts a version that somebody else chose.
pub(crate) fn check(
    sources: &SourceSet,
    version: &Version,
    chosen_by: &str,
) -> Result<(), CompileError> {
    let Some(pragma) = sources.pragmas.iter().find(|pragma| !pragma.requirement.accepts(version))
    else {
        return Ok(());
    };
    Err(CompileError::WrongPragma {
        place: Box::new(sources.place(&pragma.unit, pragma.bytes.clone())),
        pragma: pragma.text.clone(),
        chosen: format!("solc {version}, {chosen_by}"),
    })
}

fn accepted(sources: &SourceSet, version: &Version) -> bool {
    sources.pragmas.iter().all(|pragma| pragma.requirement.accepts(version))
}

/// Every release, oldest first.
fn releases() -> impl Iterator<Item = Version> {
    LAST_RELEASES
        .into_iter()
        .flat_map(|(minor, last)| (0..=last).map(move |patch| Version::new(0, minor, patch)))
        .filter(|version| *version >= OLDEST)
}

/// No release suits every source: names the first requirement that leaves nothing of those before it.
fn no_common_version(sources: &SourceSet) -> CompileError {
    let mut left: Vec<Version> = releases().collect();
    let mut before: Option<Version> = None;
    for pragma in &sources.pragmas {
        left.retain(|version| pragma.requirement.accepts(version));
        if left.is_empty() {
            let chosen = before.map_or_else(
                || "any released solc".to_owned(),
                |version| format!("solc {version}, the newest that the other sources accept; one compiler must suit all"),
            );
            return CompileError::WrongPragma {
                place: Box::new(sources.place(&pragma.unit, pragma.bytes.clone())),
                pragma: pragma.text.clone(),
                chosen,
            };
        }
        before = left.last().cloned();
    }
    // Reached only when no source has a pragma that matters, and then the pinned version was accepted.
    CompileError::CompilerFailed {
        compiler: "solc".into(),
        message: "no version suits the sources".into(),
    }
}

/// The hard fork that a compiler compiles for when it is not told.
pub(crate) fn default_evm_version(version: &Version) -> &'static str {
    const SINCE: [(Version, &str); 9] = [
        (Version::new(0, 8, 31), "osaka"),
        (Version::new(0, 8, 30), "prague"),
        (Version::new(0, 8, 25), "cancun"),
        (Version::new(0, 8, 20), "shanghai"),
        (Version::new(0, 8, 18), "paris"),
        (Version::new(0, 8, 7), "london"),
        (Version::new(0, 8, 5), "berlin"),
        (Version::new(0, 5, 14), "istanbul"),
        (Version::new(0, 5, 5), "petersburg"),
    ];
    SINCE.iter().find(|(since, _)| version >= since).map_or("byzantium", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::{Pragma, Requirement};

    fn sources(pragmas: &[&str]) -> SourceSet {
        let mut set = SourceSet::default();
        for text in pragmas {
            let requirement = Requirement::parse(text).unwrap();
            set.pragmas.push(Pragma {
                unit: "A.sol".into(),
                bytes: 0..0,
                text: (*text).into(),
                requirement,
            });
        }
        set
    }

    #[test]
    fn chooses_pinned_then_installed_then_newest() {
        let installed = [Version::new(0, 8, 10), Version::new(0, 8, 12), Version::new(0, 8, 30)];
        for (pragmas, expected) in [
            (vec![], "0.8.37"),
            (vec!["^0.8.0"], "0.8.37"),
            (vec![">=0.8.0 <0.8.20"], "0.8.12"),
            (vec!["^0.7.0"], "0.7.6"),
            (vec!["^0.8.4", "0.8.19"], "0.8.19"),
        ] {
            let version = choose(&sources(&pragmas), &installed).unwrap();
            assert_eq!(version.to_string(), expected, "{pragmas:?}");
        }
    }

    #[test]
    fn contradiction_names_the_pragma() {
        let error = choose(&sources(&["^0.8.0", "^0.7.0"]), &[]).unwrap_err();
        let CompileError::WrongPragma { pragma, chosen, .. } = error else { panic!("{error}") };
        assert_eq!(pragma, "^0.7.0");
        assert!(chosen.starts_with("solc 0.8.37"), "{chosen}");
    }

    #[test]
    fn default_forks() {
        assert_eq!(default_evm_version(&Version::new(0, 8, 37)), "osaka");
        assert_eq!(default_evm_version(&Version::new(0, 8, 24)), "shanghai");
        assert_eq!(default_evm_version(&Version::new(0, 8, 4)), "istanbul");
    }
}

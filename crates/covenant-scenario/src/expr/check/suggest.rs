//! "Did you mean …?"

use crate::source::Diagnostic;

/// Names with a meaning of their own, which cannot be declared.
pub(in crate::expr) const BUILTINS: &[&str] = &[
    "abi",
    "any",
    "balance",
    "block",
    "chain",
    "change",
    "date",
    "deploy",
    "enabled",
    "force",
    "gained",
    "keccak256",
    "last",
    "now",
    "permit",
    "sign",
    "start",
    "succeeded",
    "transfer",
];

/// The candidate that is most like a misspelt name, if one is close.
pub(in crate::expr) fn closest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = name.chars().count();
    // Some letters have to be right, whatever the length.
    let limit = ((length + 1) / 3).max(1).min(length.saturating_sub(1));
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .map(|candidate| {
            (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate)
        })
        .filter(|(distance, _)| *distance <= limit)
        // Of two that are equally close, the one whose letters are of the same case.
        .min_by_key(|(distance, candidate)| {
            (*distance, strsim::damerau_levenshtein(name, candidate), *candidate)
        })
        .map(|(_, candidate)| candidate)
}

/// The diagnostic with the closest candidate as advice, after a prefix such as `lease.`.
pub(super) fn did_you_mean<'a>(
    diagnostic: Diagnostic,
    prefix: &str,
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    match closest(name, candidates) {
        Some(near) => {
            let look = crate::raw::look_alike(name, near).unwrap_or_default();
            diagnostic.hint(format!("did you mean `{prefix}{near}`?{look}"))
        }
        None => diagnostic,
    }
}

//! Cases: one scenario becomes several, each with its differences filled in.

use crate::{
    raw::{Entries, RawCase, RawScenario},
    source::{Diagnostic, Text},
};

/// A scenario with the differences of one case filled in.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    /// The name of the case; `None` for a scenario without cases.
    pub(super) case: Option<String>,
    /// The scenario.
    pub(super) raw: RawScenario,
}

/// The variants of a scenario: one for each case, or the scenario itself where it has none.
pub(super) fn variants(raw: &RawScenario, diagnostics: &mut Vec<Diagnostic>) -> Vec<Variant> {
    if raw.cases.is_empty() {
        return vec![Variant { case: None, raw: raw.clone() }];
    }
    raw.cases
        .iter()
        .map(|(name, case)| Variant {
            case: Some(name.value.clone()),
            raw: with_case(raw, case, diagnostics),
        })
        .collect()
}

fn with_case(raw: &RawScenario, case: &RawCase, diagnostics: &mut Vec<Diagnostic>) -> RawScenario {
    let mut raw = raw.clone();
    replace(&mut raw.lets, &case.lets, "let", diagnostics);
    replace(&mut raw.actors, &case.actors, "actor", diagnostics);
    raw.ensures.extend(case.ensures.iter().cloned());
    raw.always.extend(case.always.iter().cloned());
    raw.properties.extend(case.properties.iter().cloned());
    if case.explore.is_some() {
        raw.explore.clone_from(&case.explore);
    }
    if let Some(steps) = &case.steps {
        raw.steps.clone_from(steps);
    }
    raw.cases.clear();
    raw
}

/// Replaces entries by name. A name that is not there would change nothing, so it must be a mistake.
fn replace<T: Clone>(
    base: &mut Entries<T>,
    case: &Entries<T>,
    what: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (name, entry) in case {
        match base.iter_mut().find(|(known, _)| known.value == name.value) {
            Some(known) => *known = (name.clone(), entry.clone()),
            None => {
                diagnostics.push(unknown(name, what, base.iter().map(|(known, _)| known.as_str())))
            }
        }
    }
}

fn unknown<'a>(name: &Text, what: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let found = Diagnostic::error(
        name.span,
        format!(
            "a case can only replace what the scenario has, and it has no {what} `{}`",
            name.value
        ),
    );
    match crate::raw::closest(&name.value, known) {
        Some(similar) => found.hint(format!("did you mean `{similar}`?")),
        None => found.hint(format!("add `{}` to the scenario itself", name.value)),
    }
}

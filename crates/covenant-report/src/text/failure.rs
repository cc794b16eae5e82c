//! Why a scenario failed: the offending text, expected and actual, the Solidity line, the calls.

use covenant_scenario::source::Sources;

use super::{layout::indented, options::TextOptions};
use crate::{
    diagnostics::{Drawing, Place, draw, error},
    escape::escape_lines,
    model::{Failure, FailureKind, SolidityLine},
    style::Paint,
};

/// One failure, ending with an empty line.
pub(super) fn failure(failure: &Failure, sources: &Sources, options: &TextOptions) -> String {
    let mut places = vec![Place {
        path: failure.place.file.clone(),
        text: failure.span.map(|span| (&*sources.file(span.file).text, span.range())),
        position: Some((failure.place.line, failure.place.column)),
        label: None,
    }];
    places.extend(failure.solidity.as_ref().map(solidity));
    let title = format!("{}: {}", what(failure.kind), failure.message);
    let notes = [("expected", &failure.expected), ("actual", &failure.actual)]
        .into_iter()
        .filter_map(|(name, value)| value.as_deref().map(|value| (name, value)))
        .chain(failure.notes.iter().map(|note| ("note", note.as_str())))
        .chain([("step", failure.step.as_str())])
        .collect();
    let mut out = draw(&Drawing { places, notes, ..error(&title) }, options.colour);
    if let Some(trace) = &failure.trace {
        out.push_str(&options.colour.paint(Paint::Strong, "calls:"));
        out.push('\n');
        out.push_str(&indented(&escape_lines(trace), "  "));
    }
    out.push('\n');
    out
}

fn solidity(line: &SolidityLine) -> Place<'_> {
    let start = line
        .text
        .char_indices()
        .nth(line.column.saturating_sub(1) as usize)
        .map_or(0, |(at, _)| at);
    Place {
        path: line.file.clone(),
        text: Some((&line.text, start..line.text.trim_end().len().max(start))),
        position: Some((line.line, line.column)),
        label: None,
    }
}

/// What did not hold, in a few words.
pub(crate) const fn what(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::UnexpectedRevert => "unexpected revert",
        FailureKind::MissingRevert => "no revert",
        FailureKind::WrongRevert => "wrong revert",
        FailureKind::Emits => "wrong events",
        FailureKind::Changes => "wrong balance changes",
        FailureKind::Gas => "gas out of bounds",
        FailureKind::Returns => "wrong return value",
        FailureKind::Check => "check failed",
        FailureKind::Always => "always failed",
        FailureKind::Ensures => "ensures failed",
        FailureKind::Within => "not reached in time",
        FailureKind::Evaluation => "cannot be evaluated",
        FailureKind::Unsettled => "rules do not settle",
        FailureKind::Clock => "the clock cannot move so",
        FailureKind::Endless => "too many steps",
    }
}

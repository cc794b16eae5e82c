//! Findings about scenario files.

use annotate_snippets::Level;
use covenant_scenario::source::{Diagnostic, Severity, Sources, Span};

use super::render::{Drawing, Place, draw};
use crate::{paths::shown, style::Colour};

/// Most findings that are drawn for one file; a file with more is broken in a way that more of them do not explain.
const MOST: usize = 50;

/// Whether one of the findings is an error.
pub fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Draws every finding, in the order of the file, with an empty line after each.
pub fn diagnostics(findings: &[Diagnostic], sources: &Sources, colour: Colour) -> String {
    let mut out = String::new();
    let sorted = sorted(findings);
    for finding in sorted.iter().take(MOST) {
        out.push_str(&draw(&drawing(finding, sources), colour));
        out.push('\n');
    }
    if sorted.len() > MOST {
        out.push_str(&super::message(
            &format!("{} more findings are not shown", sorted.len() - MOST),
            &[],
            colour,
        ));
        out.push('\n');
    }
    out
}

/// The findings by place, each once; those without a place come first.
pub(crate) fn sorted(findings: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.span);
    sorted.dedup();
    sorted
}

fn drawing<'a>(finding: &'a Diagnostic, sources: &'a Sources) -> Drawing<'a> {
    let mut places: Vec<Place<'a>> =
        finding.span.iter().map(|span| place(*span, None, sources)).collect();
    places.extend(finding.related.iter().map(|(span, words)| place(*span, Some(words), sources)));
    Drawing {
        level: match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        },
        code: None,
        message: &finding.message,
        places,
        notes: finding.hint.iter().map(|hint| ("hint", hint.as_str())).collect(),
    }
}

fn place<'a>(span: Span, label: Option<&'a str>, sources: &'a Sources) -> Place<'a> {
    let file = sources.file(span.file);
    let position = sources.position(span);
    Place {
        path: shown(&file.path),
        text: Some((&file.text, span.range())),
        position: Some((position.line, position.column)),
        label,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use covenant_scenario::source::{Diagnostic, FileId, Sources, Span};

    use super::diagnostics;
    use crate::style::Colour;

    fn span(sources: &Sources, part: &str) -> Span {
        let start = sources.file(FileId(0)).text.find(part).unwrap();
        let at = |byte: usize| u32::try_from(byte).unwrap();
        Span { file: FileId(0), start: at(start), end: at(start + part.len()) }
    }

    fn sources(text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add(Path::new("lease.yaml"), text);
        sources
    }

    #[test]
    fn underlines_and_hints() {
        let sources = sources("steps:\n  - tenant: lease.sing(terms)\n");
        let finding = Diagnostic::error(span(&sources, "lease.sing"), "unknown function `sing`")
            .hint("did you mean `lease.sign`?");
        assert_eq!(
            diagnostics(&[finding], &sources, Colour::Plain),
            "error: unknown function `sing`
 --> lease.yaml:2:13
  |
2 |   - tenant: lease.sing(terms)
  |             ^^^^^^^^^^
  |
  = hint: did you mean `lease.sign`?

"
        );
    }

    #[test]
    fn sorts_by_place_and_shows_each_once() {
        let sources = sources("a: 1\nb: 2\n");
        let first = Diagnostic::error(span(&sources, "a"), "first");
        let second = Diagnostic::warning(span(&sources, "b"), "second");
        assert_eq!(
            diagnostics(&[second.clone(), first, second], &sources, Colour::Plain),
            "error: first
 --> lease.yaml:1:1
  |
1 | a: 1
  | ^

warning: second
 --> lease.yaml:2:1
  |
2 | b: 2
  | ^

"
        );
    }

    #[test]
    fn shows_the_other_place() {
        let sources = sources("actors:\n  tenant: {}\n  tenant: {}\n");
        let again = Span { file: FileId(0), start: 23, end: 29 };
        let finding = Diagnostic::error(again, "`tenant` is declared twice")
            .related(span(&sources, "tenant"), "first declared here");
        assert_eq!(
            diagnostics(&[finding], &sources, Colour::Plain),
            "error: `tenant` is declared twice
 --> lease.yaml:3:3
  |
3 |   tenant: {}
  |   ^^^^^^
  |
 ::: lease.yaml:2:3
  |
2 |   tenant: {}
  |   ------ first declared here

"
        );
    }

    #[test]
    fn aligns_tabs_and_wide_characters() {
        let sources = sources("租客:\tlease.x\r\n");
        let finding = Diagnostic::error(span(&sources, "lease.x"), "unknown");
        assert_eq!(
            diagnostics(&[finding], &sources, Colour::Plain),
            "error: unknown
 --> lease.yaml:1:5
  |
1 | 租客:    lease.x
  |          ^^^^^^^

"
        );
    }
}

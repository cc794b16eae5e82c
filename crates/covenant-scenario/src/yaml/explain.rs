//! What YAML says about an expression without quotes, put into words that help.
//!
//! Expressions and YAML share some signs. Where YAML stumbles over one of them, its own message is a riddle; these
//! functions look at the line for what was probably meant.

use std::ops::Range;

use granit_parser::{ErrorKind, ScalarStyle};

use super::{cook::small, parse::MAX_DEPTH};
use crate::source::{Diagnostic, FileId, Span, Text};

/// An error of the parser.
pub(super) fn syntax_error(source: &str, file: FileId, at: usize, kind: &ErrorKind) -> Diagnostic {
    let at = source.floor_char_boundary(at.min(source.len()));
    if *kind == ErrorKind::RecursionLimitExceeded {
        return too_deep(span(file, at..at + 1, source));
    }
    if let Some(found) = tab(source, file, at, kind).or_else(|| open_quote(source, file, at, kind))
    {
        return found;
    }
    if let Some(found) = [line_at(source, at), line_before(source, at)]
        .into_iter()
        .flatten()
        .find_map(|line| trap(source, file, line, kind))
    {
        return found;
    }
    if let Some(found) = misplaced_key(source, file, at, kind) {
        return found;
    }
    let end = at + source[at..].chars().next().map_or(0, char::len_utf8);
    let found = Diagnostic::error(span(file, at..end, source), words(kind));
    match advice(kind) {
        Some(hint) => found.hint(hint),
        None => found,
    }
}

/// A node with a tag; its range begins at the `!`.
pub(super) fn tag(source: &str, file: FileId, tag: Range<usize>) -> Diagnostic {
    let value = tag.start..line_end(source, tag.start);
    let text = &source[value.clone()];
    if text.starts_with("!!") {
        let wrong = Diagnostic::error(
            span(file, tag, source),
            "YAML tags are not used here: every value is text",
        );
        return wrong.hint("remove the tag");
    }
    quote(file, source, value, "a value that starts with `!` is a tag in YAML")
}

/// A `*name` without a `&name` before it.
pub(super) fn alias(source: &str, file: FileId, alias: Range<usize>) -> Diagnostic {
    let value = alias.start..line_end(source, alias.start);
    quote(
        file,
        source,
        value,
        "a value that starts with `*` is an alias in YAML, and there is no such anchor",
    )
}

/// A scalar that is good YAML, but surely not what was meant.
pub(super) fn scalar(
    source: &str,
    text: &Text,
    style: ScalarStyle,
    flow: bool,
) -> Option<Diagnostic> {
    let file = text.span.file;
    match style {
        ScalarStyle::Folded | ScalarStyle::Literal if text.value.trim().is_empty() => {
            let line = text.span.start as usize..line_end(source, text.span.start as usize);
            let length = source[line.clone()].find(" #");
            let value = line.start..length.map_or(line.end, |length| line.start + length);
            let sign = if style == ScalarStyle::Folded { '>' } else { '|' };
            Some(quote(
                file,
                source,
                value,
                &format!(
                    "a value that starts with `{sign}` is a block of lines in YAML, and this one is empty"
                ),
            ))
        }
        ScalarStyle::Plain if flow && !is_balanced(&text.value) => {
            let wrong = Diagnostic::error(
                text.span,
                "the commas inside this call separate the entries of the list around it",
            );
            Some(wrong.hint("put the call in quotes, or write the list with one entry a line"))
        }
        ScalarStyle::Plain
            if !is_balanced(&text.value) && is_cut_by_comment(source, text.span.end as usize) =>
        {
            let end = line_end(source, text.span.end as usize);
            let wrong = Diagnostic::error(
                span(file, text.span.start as usize..end, source),
                "` #` starts a comment in YAML, so this value ends before it",
            );
            Some(wrong.hint(quotes_hint(&source[text.span.start as usize..end])))
        }
        _ => None,
    }
}

/// Something other than text in the place of a key.
pub(super) fn unusable_key(span: Span, what: &str, flow: bool) -> Diagnostic {
    let wrong = Diagnostic::error(span, format!("a key has to be text, and this is {what}"));
    if flow {
        wrong.hint("an expression that starts with `{` or `[` has to be put in quotes")
    } else {
        wrong
    }
}

/// Too many lists and mappings in each other.
pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(
        span,
        format!("more than {MAX_DEPTH} lists and mappings lie in each other here"),
    )
}

/// The beginning of a text that may be long, on one line.
pub(crate) fn brief(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// A tab where YAML wants spaces.
fn tab(source: &str, file: FileId, at: usize, kind: &ErrorKind) -> Option<Diagnostic> {
    let line = line_at(source, at)?;
    let in_indent = |line: &Range<usize>| {
        let indent = source[line.clone()].find(|c: char| c != ' ' && c != '\t').unwrap_or(0);
        source[line.start..line.start + indent].find('\t').map(|tab| line.start + tab)
    };
    let named = matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart
    );
    let tab = match in_indent(&line) {
        Some(tab) => tab,
        // The parser may have stopped at the text that the line with the tab goes on with.
        None if named => match source[line.clone()].find('\t') {
            Some(tab) => line.start + tab,
            None => in_indent(&line_after(source, line.end)?)?,
        },
        None => return None,
    };
    let wrong = Diagnostic::error(
        span(file, tab..tab + 1, source),
        "YAML is indented with spaces, and this is a tab",
    );
    Some(wrong.hint("replace tabs by spaces; most editors can do it for the whole file"))
}

/// What an expression on this line may have done to YAML.
fn trap(source: &str, file: FileId, line: Range<usize>, kind: &ErrorKind) -> Option<Diagnostic> {
    let value = value_of(source, line);
    let text = &source[value.clone()];
    let mut chars = text.chars();
    let (first, second) = (chars.next()?, chars.next());
    if *kind == ErrorKind::DirectiveDisallowed {
        return None;
    }
    let found = |message: &str| Some(quote(file, source, value.clone(), message));
    match first {
        '!' => found("a value that starts with `!` is a tag in YAML"),
        '&' => found("a value that starts with `&` is an anchor in YAML"),
        '*' => found("a value that starts with `*` is an alias in YAML"),
        '>' | '|' if second.is_some() && *kind == ErrorKind::InvalidBlockScalarHeader => {
            found(&format!("a value that starts with `{first}` is a block of lines in YAML"))
        }
        '%' | '@' => found(&format!("a value cannot start with `{first}` in YAML")),
        '`' => found("a value cannot start with a backtick in YAML"),
        '"' | '\'' if has_text_after_quote(text, first) => found(&format!(
            "a value that starts with `{first}` ends at the next one in YAML, and here more follows"
        )),
        '"' | '\'' => None,
        '{' | '[' if has_text_after_bracket(text) => found(&format!(
            "a value that starts with `{first}` is a {} in YAML",
            if first == '{' { "mapping" } else { "list" }
        )),
        _ if text.contains(": ") && *kind == ErrorKind::MappingValueNotAllowed => found(
            "`: ` separates a key from its value in YAML, so it cannot stand inside an expression",
        ),
        _ => None,
    }
}

/// A text in quotes that runs into the next lines because its end is missing.
fn open_quote(source: &str, file: FileId, at: usize, kind: &ErrorKind) -> Option<Diagnostic> {
    // Nobody writes longer texts in quotes, and the search must not go through the whole file.
    const LINES: usize = 20;
    if !matches!(
        kind,
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::DocumentIndicatorInQuotedScalar
    ) {
        return None;
    }
    let mut line = line_at(source, at)?;
    for _ in 0..LINES {
        let value = value_of(source, line.clone());
        let text = &source[value.clone()];
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
        if quote.is_some_and(|quote| !text[1..].contains(quote)) {
            return Some(Diagnostic::error(
                span(file, value.start..value.start + 1, source),
                "this quote is never closed",
            ));
        }
        line = line_before(source, line.start)?;
    }
    None
}

/// A key in a place where no key can be.
fn misplaced_key(source: &str, file: FileId, at: usize, kind: &ErrorKind) -> Option<Diagnostic> {
    if *kind != ErrorKind::MappingValueNotAllowed {
        return None;
    }
    let line = line_at(source, at)?;
    let indent =
        |line: &Range<usize>| source[line.clone()].len() - source[line.clone()].trim_start().len();
    if let Some(before) = line_before(source, at)
        && !source[before.clone()].contains(':')
        && indent(&before) == indent(&line)
    {
        let text = before.start + indent(&before)..line_end(source, before.start);
        let wrong = Diagnostic::error(span(file, text, source), "a `:` is missing on this line");
        return Some(wrong.hint("write `key: value`, with a blank after the colon"));
    }
    let key = line.start + indent(&line)..at;
    let wrong = Diagnostic::error(span(file, key, source), "this key cannot stand here");
    Some(wrong.hint("check the indentation: the keys of one mapping start in the same column, and a key with a value on its line has nothing below it"))
}

/// An error about a value that quotes would help.
fn quote(file: FileId, source: &str, value: Range<usize>, message: &str) -> Diagnostic {
    let text = &source[value.clone()];
    Diagnostic::error(span(file, value, source), message).hint(quotes_hint(text))
}

/// `put it in quotes: '…'`, with the text where it is short enough to be shown.
fn quotes_hint(text: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() || text.chars().count() > 80 || text.contains(char::is_control) {
        "put the whole value in quotes".to_owned()
    } else if text.contains('\'') && !text.contains(['"', '\\']) {
        format!("put it in quotes: \"{text}\"")
    } else {
        format!("put it in quotes: '{}'", text.replace('\'', "''"))
    }
}

/// The value on a line of a block mapping or list: what stands behind dashes and a key.
fn value_of(source: &str, line: Range<usize>) -> Range<usize> {
    let end = line_end(source, line.start);
    let mut start = line.start;
    loop {
        let rest = &source[start..end];
        let trimmed = rest.trim_start();
        start += rest.len() - trimmed.len();
        if !trimmed.starts_with("- ") {
            break;
        }
        start += 2;
    }
    let rest = &source[start..end];
    let key = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.'))
        .count();
    if rest[key..].starts_with(": ") {
        let value = rest[key + 2..].trim_start();
        start = end - value.len();
    }
    start..end
}

/// Whether something other than a comment follows the closing quote.
fn has_text_after_quote(text: &str, quote: char) -> bool {
    let inner = &text[quote.len_utf8()..];
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote == '"' {
            escaped = true;
        } else if c == quote {
            let rest = inner[at + 1..].trim_start();
            return !rest.is_empty() && !rest.starts_with('#');
        }
    }
    false
}

/// Whether something other than a comment follows the bracket that closes the first one.
fn has_text_after_bracket(text: &str) -> bool {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let rest = text[at + 1..].trim_start();
            return !rest.is_empty() && !rest.starts_with(['#', ',', ':', ']', '}']);
        }
    }
    false
}

/// Whether every parenthesis is closed and every quote has its partner.
fn is_balanced(text: &str) -> bool {
    let (mut depth, mut quoted) = (0_i64, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
    }
    depth == 0 && !quoted
}

/// Whether a comment follows on the same line.
fn is_cut_by_comment(source: &str, end: usize) -> bool {
    source
        .get(end..line_end_raw(source, end))
        .is_some_and(|rest| rest.trim_start().starts_with('#'))
}

/// The line that an offset is on, without what ends it.
fn line_at(source: &str, at: usize) -> Option<Range<usize>> {
    let start = source[..at].rfind(['\n', '\r']).map_or(0, |newline| newline + 1);
    Some(start..line_end_raw(source, start))
}

/// The last line with content before the one that an offset is on.
fn line_before(source: &str, at: usize) -> Option<Range<usize>> {
    let mut start = line_at(source, at)?.start;
    loop {
        let line = line_at(source, start.checked_sub(1)?)?;
        if !source[line.clone()].trim().is_empty() {
            return Some(line);
        }
        start = line.start;
    }
}

/// The line after the one that ends there.
fn line_after(source: &str, end: usize) -> Option<Range<usize>> {
    let start = end + source[end..].find(|c| !matches!(c, '\r' | '\n'))?;
    line_at(source, start)
}

fn line_end_raw(source: &str, from: usize) -> usize {
    source[from..].find(['\n', '\r']).map_or(source.len(), |length| from + length)
}

/// Where a line ends, without blanks at its end.
fn line_end(source: &str, from: usize) -> usize {
    from + source[from..line_end_raw(source, from)].trim_end().len()
}

fn span(file: FileId, range: Range<usize>, source: &str) -> Span {
    let end = range.end.min(source.len());
    Span { file, start: small(range.start.min(end)), end: small(end) }
}

/// What the parser says, in the words of this program.
fn words(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::UnclosedFlowCollection { open } => format!("this `{open}` is never closed"),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            format!("this `{close}` does not close the `{open}` before it")
        }
        ErrorKind::UnexpectedEofFlowSequence => "a `[` is never closed".to_owned(),
        ErrorKind::UnexpectedEofFlowMapping | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            "a `{` is never closed".to_owned()
        }
        ErrorKind::MisplacedFlowCollectionEnd => "this bracket closes nothing".to_owned(),
        ErrorKind::UnclosedQuotedScalar => "this quote is never closed".to_owned(),
        ErrorKind::SimpleKeyExpected => "a `:` is missing after this key".to_owned(),
        ErrorKind::InvalidColonPlacement => {
            "a key cannot stand here: a bracket that was opened before is not closed".to_owned()
        }
        ErrorKind::ExpectedFlowMappingSeparator => {
            "a `,` is missing here, or a `}` before it".to_owned()
        }
        ErrorKind::ExpectedFlowSequenceSeparator => {
            "a `,` is missing here, or a `]` before it".to_owned()
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            "a list goes on here with something that is no item".to_owned()
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::ExpectedBlockMappingKey => {
            "this line is indented differently from its siblings".to_owned()
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            "there is no such escape in a text in double quotes".to_owned()
        }
        ErrorKind::DirectiveDisallowed => "YAML directives are not used here".to_owned(),
        ErrorKind::UnexpectedCharacter { character } => {
            format!("this character is not allowed here: `{}`", character.escape_default())
        }
        other => format!("this is not YAML: {other}"),
    }
}

/// What to do about it, where that is known.
const fn advice(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::InvalidIndentation
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::UnexpectedEofBlockMapping => {
            "give every entry of a list or mapping the same indentation"
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            "start the line with `- `, or indent it as the key that the list belongs to"
        }
        ErrorKind::SimpleKeyExpected => "write `key: value`, with a blank after the colon",
        ErrorKind::UnknownQuotedScalarEscape => "double the backslash, or use single quotes",
        ErrorKind::DirectiveDisallowed => {
            "remove the line, or put the value in quotes if `%` belongs to it"
        }
        _ => return None,
    })
}

//! Where each byte of a scalar's value stands in the file.
//!
//! The parser says what a scalar means and from where to where it reaches. What lies between is found by going through both
//! at once: lines are the same but for indentation, folds and escapes.

use std::ops::Range;

use granit_parser::ScalarStyle;

use crate::source::{FileId, Notation, Span, Text};

/// A text from what the parser said about a scalar.
pub(super) fn text(
    source: &str,
    file: FileId,
    range: Range<usize>,
    value: String,
    style: ScalarStyle,
) -> Text {
    let range = match style {
        ScalarStyle::Literal | ScalarStyle::Folded => block(source, range),
        _ => range,
    };
    let span = Span { file, start: small(range.start), end: small(range.end) };
    let raw = source.get(range.clone()).unwrap_or_default();
    let mut walk = Walk { value: &value, at: 0, base: range.start, anchors: Vec::new() };
    let (notation, whole) = match style {
        ScalarStyle::Plain => (Notation::Plain, walk.flow(raw, 0, Quote::None)),
        ScalarStyle::SingleQuoted => (Notation::SingleQuoted, walk.quoted(raw, Quote::Single)),
        ScalarStyle::DoubleQuoted => (Notation::DoubleQuoted, walk.quoted(raw, Quote::Double)),
        ScalarStyle::Literal => (Notation::Block, walk.literal(raw)),
        ScalarStyle::Folded => (Notation::Block, walk.folded(raw)),
    };
    let mut anchors = walk.anchors;
    // Should the two ever part, places within the scalar are rough, and nothing else is wrong.
    if whole.is_none() || anchors.is_empty() {
        anchors = vec![(0, span.start)];
    }
    Text::new(value, span, anchors).noted(notation)
}

/// A block scalar from its `|` or `>` on; the parser's range begins at the content, or behind it where there is none.
fn block(source: &str, range: Range<usize>) -> Range<usize> {
    let before = &source[..range.start];
    let mut ends = before.len();
    // Only blank lines, and comments if the block is empty, lie between the sign and the content.
    loop {
        let start = before[..ends].rfind(['\n', '\r']).map_or(0, |newline| newline + 1);
        if let Some(sign) = block_sign(&before[start..ends]) {
            let content = source[..range.end].trim_end_matches(['\n', '\r']).len();
            return start + sign..content.max(ends);
        }
        match start.checked_sub(1) {
            Some(newline) => ends = newline,
            None => return range,
        }
    }
}

/// Where on a line a block scalar begins whose content is on the next lines.
fn block_sign(line: &str) -> Option<usize> {
    line.match_indices(['|', '>']).map(|(at, _)| at).find(|at| {
        let rest = line[at + 1..]
            .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
        let comment = rest.trim_start_matches(BLANK);
        let ends = comment.is_empty() || comment.len() < rest.len() && comment.starts_with('#');
        ends && (*at == 0 || line[..*at].ends_with(BLANK))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Single,
    Double,
}

/// The way through the value, next to the text of the file. Every method returns `None` when the two part.
struct Walk<'a> {
    value: &'a str,
    /// How much of the value has been found.
    at: usize,
    /// Where the raw text begins in the file.
    base: usize,
    anchors: Vec<(u32, u32)>,
}

impl Walk<'_> {
    fn quoted(&mut self, raw: &str, quote: Quote) -> Option<()> {
        let inner = raw.get(1..raw.len().checked_sub(1)?)?;
        self.flow(inner, 1, quote)
    }

    /// A scalar whose line breaks are folded: plain or quoted.
    fn flow(&mut self, raw: &str, offset: usize, quote: Quote) -> Option<()> {
        let lines: Vec<_> = lines(raw).collect();
        let last = lines.len() - 1;
        let (mut breaks, mut escaped, mut end) = (0, false, 0);
        for (number, (start, line)) in lines.into_iter().enumerate() {
            let trimmed = if number == 0 && quote != Quote::None {
                line
            } else {
                line.trim_start_matches(BLANK)
            };
            let start = start + line.len() - trimmed.len();
            let content = if number == last && quote != Quote::None {
                trimmed
            } else {
                trim_end(trimmed, quote)
            };
            if number > 0 {
                breaks += 1;
            }
            let comment = quote == Quote::None && number > 0 && content.starts_with('#');
            if comment || content.is_empty() && number < last {
                continue;
            }
            if breaks > 0 {
                let folded = if breaks == 1 { usize::from(!escaped) } else { breaks - 1 };
                self.anchor(offset + end);
                self.at += folded;
            }
            (breaks, escaped) = (0, self.line(content, offset + start, quote)?);
            end = start + content.len();
        }
        (self.at == self.value.len()).then_some(())
    }

    /// The content of one line; returns whether it ends in an escaped line break.
    fn line(&mut self, content: &str, start: usize, quote: Quote) -> Option<bool> {
        let special = match quote {
            Quote::None => {
                self.verbatim(content, start)?;
                return Some(false);
            }
            Quote::Single => "''",
            Quote::Double => "\\",
        };
        let mut done = 0;
        while let Some(ahead) = content[done..].find(special) {
            self.verbatim(&content[done..done + ahead], start + done)?;
            done += ahead;
            if quote == Quote::Double && done + 1 == content.len() {
                return Some(true);
            }
            let length = if quote == Quote::Single { 2 } else { escape_length(&content[done..]) };
            self.escape(start + done, length)?;
            done += length;
        }
        self.verbatim(content.get(done..)?, start + done)?;
        Some(false)
    }

    /// A block scalar whose lines stay as they are.
    fn literal(&mut self, raw: &str) -> Option<()> {
        for (start, line) in lines(raw).skip(1) {
            let rest = self.value.get(self.at..)?;
            if rest.is_empty() {
                break;
            }
            let content = rest.split('\n').next()?;
            if !line.ends_with(content) {
                return None;
            }
            self.anchor(start + line.len() - content.len());
            self.at += content.len() + usize::from(content.len() < rest.len());
        }
        self.only_breaks_left()
    }

    /// A block scalar whose lines are folded.
    fn folded(&mut self, raw: &str) -> Option<()> {
        let mut end = raw.len();
        for (start, line) in lines(raw).skip(1) {
            let content = line.trim_start_matches(BLANK);
            if content.is_empty() {
                continue;
            }
            let start = start + line.len() - content.len();
            let rest = self.value.get(self.at..)?;
            let gap = &rest[..rest.len() - rest.trim_start_matches([' ', '\t', '\n']).len()];
            // Blanks after a kept line break are indentation beyond the block's own: they stand right before the content.
            let indent = match gap.rfind('\n') {
                Some(newline) => gap.len() - newline - 1,
                None if self.at == 0 => gap.len(),
                None => 0,
            };
            if indent < gap.len() {
                self.anchor(end);
            }
            self.at += gap.len() - indent;
            let found = content.len() + indent;
            self.verbatim(line.get(line.len() - found..)?, start - indent)?;
            end = start + content.len();
        }
        self.only_breaks_left()
    }

    fn only_breaks_left(&self) -> Option<()> {
        self.value
            .get(self.at.min(self.value.len())..)?
            .chars()
            .all(|c| matches!(c, '\n' | ' ' | '\t'))
            .then_some(())
    }

    /// Text that stands in the file as it stands in the value.
    fn verbatim(&mut self, piece: &str, start: usize) -> Option<()> {
        if !self.value.get(self.at..)?.starts_with(piece) {
            return None;
        }
        if !piece.is_empty() {
            self.anchor(start);
        }
        self.at += piece.len();
        Some(())
    }

    /// An escape of so many bytes in the file, which is one character in the value.
    fn escape(&mut self, start: usize, length: usize) -> Option<()> {
        for byte in 0..self.value.get(self.at..)?.chars().next()?.len_utf8() {
            self.anchor(start + byte.min(length - 1));
            self.at += 1;
        }
        Some(())
    }

    /// Says that what comes next in the value stands there.
    fn anchor(&mut self, start: usize) {
        let pair = (small(self.at), small(self.base + start));
        if self.anchors.last().is_some_and(|(value, _)| *value == pair.0) {
            self.anchors.pop();
        }
        self.anchors.push(pair);
    }
}

const BLANK: [char; 2] = [' ', '\t'];

/// A line without the blanks at its end, unless the first of them is escaped.
fn trim_end(line: &str, quote: Quote) -> &str {
    let trimmed = line.trim_end_matches(BLANK);
    let backslashes = trimmed.len() - trimmed.trim_end_matches('\\').len();
    if quote == Quote::Double && backslashes % 2 == 1 && trimmed.len() < line.len() {
        &line[..=trimmed.len()]
    } else {
        trimmed
    }
}

/// How long the escape is that a text begins with.
fn escape_length(text: &str) -> usize {
    let length = match text.as_bytes().get(1) {
        Some(b'x') => 4,
        Some(b'U') => 10,
        Some(b'u') => {
            let high = text
                .get(2..4)
                .is_some_and(|digits| matches!(u8::from_str_radix(digits, 16), Ok(0xd8..=0xdb)));
            if high { 12 } else { 6 }
        }
        _ => text.chars().take(2).map(char::len_utf8).sum(),
    };
    length.min(text.len())
}

/// The lines of a text with the places where they begin; `\n`, `\r\n` and `\r` end a line.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = &text[start..];
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        next = match &rest[length..] {
            "" => None,
            end if end.starts_with("\r\n") => Some(start + length + 2),
            _ => Some(start + length + 1),
        };
        Some((start, &rest[..length]))
    })
}

/// An offset within a file, which is far smaller than four gigabytes.
pub(super) fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

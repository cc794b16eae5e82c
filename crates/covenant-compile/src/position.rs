//! Byte offsets to lines and columns.

use std::{fmt, ops::Range};

use serde::{Deserialize, Serialize};

/// A place in a text file; both numbers count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Position {
    /// Finds where a byte offset lies; an offset past the end is the end.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let line_start =
            before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        // Continuation bytes of UTF-8 are not counted, so that the column counts characters.
        let column = 1 + before[line_start..].iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        Self { line: saturate(line), column: saturate(column) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A place in a named file, with the text of its line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file: a source path as the compiler knows it, or a configuration file relative to the project.
    pub file: String,
    /// Where the place begins.
    pub start: Position,
    /// Where it ends (the column after the last character).
    pub end: Position,
    /// The same range in bytes of the file.
    pub bytes: Range<usize>,
    /// The line that `start` is on, without its line end.
    pub line_text: String,
}

impl Place {
    /// Describes a byte range of a file.
    #[must_use]
    pub fn new(file: impl Into<String>, text: &str, bytes: Range<usize>) -> Self {
        Self {
            file: file.into(),
            start: Position::of(text, bytes.start),
            end: Position::of(text, bytes.end),
            line_text: line_at(text, bytes.start).to_owned(),
            bytes,
        }
    }

    /// The line with the place underlined, as compilers show it; ends with a newline.
    #[must_use]
    pub fn snippet(&self) -> String {
        let number = self.start.line.to_string();
        let gutter = " ".repeat(number.len());
        let column = self.start.column as usize - 1;
        // A tab stays a tab in the padding, so that the underline sits below the text in any terminal.
        let padding: String = self
            .line_text
            .chars()
            .take(column)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let rest = self.line_text.chars().count().saturating_sub(column);
        let width = if self.end.line == self.start.line {
            (self.end.column as usize).saturating_sub(self.start.column as usize)
        } else {
            rest
        };
        let underline = "^".repeat(width.clamp(1, rest.max(1)));
        format!("{gutter} |\n{number} | {}\n{gutter} | {padding}{underline}\n", self.line_text)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.start)
    }
}

/// The line that a byte offset is on, without its line end.
pub(crate) fn line_at(text: &str, offset: usize) -> &str {
    let offset = offset.min(text.len());
    let bytes = text.as_bytes();
    let start =
        bytes[..offset].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    let end = bytes[offset..]
        .iter()
        .position(|&byte| byte == b'\n')
        .map_or(text.len(), |newline| offset + newline);
    // Both ends are next to an ASCII newline, hence on character boundaries.
    text.get(start..end).unwrap_or_default().trim_end_matches('\r')
}

/// A count as `u32`; files are far smaller than its limit.
fn saturate(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let text = "a\r\nbé = c;\nlast";
        assert_eq!(Position::of(text, 0), Position { line: 1, column: 1 });
        let c = text.find('c').unwrap();
        assert_eq!(Position::of(text, c), Position { line: 2, column: 6 });
        assert_eq!(line_at(text, c), "bé = c;");
        assert_eq!(line_at(text, 1), "a");
        assert_eq!(Position::of(text, 999), Position { line: 3, column: 5 });
    }

    #[test]
    fn underlines_below_the_text() {
        let place = Place::new("A.sol", "\tfoo();\n", 1..4);
        assert_eq!(place.snippet(), "  |\n1 | \tfoo();\n  | \t^^^\n");
        assert_eq!(place.to_string(), "A.sol:1:2");
    }
}

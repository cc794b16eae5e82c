//! Files, places in files, and pieces of text that know where they came from.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The number of a file in [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range as indices.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of this one to the end of the other, in the same file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.end), ..self }
    }
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as it is shown to the user.
    pub path: PathBuf,
    /// The whole text.
    pub text: Arc<str>,
}

/// Line and column, both counted from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// Every file that a scenario consists of.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and numbers it.
    ///
    /// # Panics
    /// Never in practice: four billion files would not fit into memory.
    pub fn add(&mut self, path: &Path, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        self.files.push(SourceFile { path: path.to_owned(), text: text.into() });
        id
    }

    /// The file of this number.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Every file with its number, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&self.files)
    }

    /// The text in a span, widened to whole characters.
    pub fn text(&self, span: Span) -> &str {
        let text = &self.file(span.file).text;
        let start = text.floor_char_boundary(span.start as usize);
        &text[start..text.ceil_char_boundary(span.end as usize).max(start)]
    }

    /// Line and column of the start of a span.
    pub fn position(&self, span: Span) -> Position {
        let text = &self.file(span.file).text;
        let before = &text[..text.floor_char_boundary(span.start as usize)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position {
            line: count(before.matches('\n').count() + 1),
            column: count(before[line_start..].trim_start_matches('\u{feff}').chars().count() + 1),
        }
    }
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|` or `>`, on lines of its own.
    Block,
}

/// The value of a YAML scalar, which knows where each of its bytes stands in the file: quotes, escapes and folded lines
/// make the two differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text itself.
    pub value: String,
    /// Where the whole scalar stands, quotes included.
    pub span: Span,
    /// How it was written: `reverts: "too late"` is a string although its value has no quotes left.
    pub notation: Notation,
    /// Pairs (byte in `value`, byte in the file), ascending; between two pairs both advance together.
    anchors: Vec<(u32, u32)>,
}

impl Text {
    /// A text with the places where its bytes come from; `anchors` is ascending in both numbers.
    pub const fn new(value: String, span: Span, anchors: Vec<(u32, u32)>) -> Self {
        Self { value, span, notation: Notation::Plain, anchors }
    }

    /// A text that stands in the file exactly as it reads.
    pub fn plain(value: impl Into<String>, span: Span) -> Self {
        Self {
            value: value.into(),
            span,
            notation: Notation::Plain,
            anchors: vec![(0, span.start)],
        }
    }

    /// The same text, written in another way.
    #[must_use]
    pub fn noted(self, notation: Notation) -> Self {
        Self { notation, ..self }
    }

    /// The text as a string slice.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// Where a part of the value stands in the file.
    pub fn span_of(&self, part: Range<usize>) -> Span {
        let place = |byte: usize| {
            let byte = u32::try_from(byte).unwrap_or(u32::MAX);
            let (from, to) = match self.anchors.partition_point(|(value, _)| *value <= byte) {
                0 => (0, self.span.start),
                n => self.anchors[n - 1],
            };
            (to + (byte - from)).clamp(self.span.start, self.span.end)
        };
        let start = place(part.start);
        // The end is one past the last byte's own place, so that a part never reaches over a fold it does not contain.
        let end = if part.is_empty() { start } else { place(part.end - 1) + 1 };
        Span { file: self.span.file, start, end: end.clamp(start, self.span.end.max(start)) }
    }

    /// A part of the text, which still knows where it stands.
    ///
    /// # Panics
    /// When the part does not lie on character boundaries within the value.
    #[must_use]
    pub fn slice(&self, part: Range<usize>) -> Self {
        let offset = u32::try_from(part.start).unwrap_or(u32::MAX);
        let span = self.span_of(part.clone());
        let mut anchors = vec![(0, span.start)];
        anchors.extend(
            self.anchors
                .iter()
                .filter(|(value, _)| part.contains(&(*value as usize)) && *value > offset)
                .map(|(value, raw)| (value - offset, *raw)),
        );
        Self { value: self.value[part].to_owned(), span, notation: self.notation, anchors }
    }
}

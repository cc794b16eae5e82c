//! Columns.

use unicode_width::UnicodeWidthStr;

use crate::style::{Colour, Paint};

/// How wide a text is on a terminal.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text with blanks after it.
pub(super) fn left(text: &str, columns: usize) -> String {
    format!("{text}{}", blanks(text, columns))
}

/// The text with blanks before it.
pub(super) fn right(text: &str, columns: usize) -> String {
    format!("{}{text}", blanks(text, columns))
}

/// The text in a look of its own, with blanks after it that have none.
pub(super) fn painted(colour: Colour, paint: Paint, text: &str, columns: usize) -> String {
    format!("{}{}", colour.paint(paint, text), blanks(text, columns))
}

/// Each line of the text behind `indent`, without trailing blanks, each with a line end.
pub(super) fn indented(text: &str, indent: &str) -> String {
    text.lines().fold(String::new(), |mut out, line| {
        let line = line.trim_end();
        if !line.is_empty() {
            out.push_str(indent);
            out.push_str(line);
        }
        out.push('\n');
        out
    })
}

fn blanks(text: &str, columns: usize) -> String {
    " ".repeat(columns.saturating_sub(width(text)))
}

//! The one line of a file that a message is about, cut to a width that a person can read.

use std::ops::Range;

use crate::escape::is_hostile;

/// Most characters of a line that are shown.
const WIDTH: usize = 120;
/// Characters shown before the offending text, when the line is too long.
const LEAD: usize = 40;

/// A line of a file and the part of it to underline.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The line's text: cut, and without characters that a terminal would act on.
    pub(super) text: String,
    /// The bytes of `text` to underline.
    pub(super) mark: Range<usize>,
    /// Whether the line starts before `text` does, so that columns differ.
    pub(super) cut: bool,
}

/// Cuts out the line in which `span` starts; what the span has beyond that line is not marked.
pub(super) fn excerpt(file: &str, span: Range<usize>) -> Excerpt {
    let start = floor(file, span.start);
    let line_start = file[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = file[start..].find('\n').map_or(file.len(), |newline| start + newline);
    let line = file[line_start..line_end].trim_end_matches('\r');
    let from = (start - line_start).min(line.len());
    let to = (floor(file, span.end.max(start)) - line_start).clamp(from, line.len());
    cut(line, from..to)
}

/// Keeps [`WIDTH`] characters around the mark and replaces hostile ones.
fn cut(line: &str, mark: Range<usize>) -> Excerpt {
    let fits = line.char_indices().nth(WIDTH).is_none();
    let first = if fits { 0 } else { back(line, mark.start, LEAD) };
    let last = line[first..].char_indices().nth(WIDTH).map_or(line.len(), |(at, _)| first + at);
    let mut text = String::new();
    if first > 0 {
        text.push('…');
    }
    let (mut start, mut end) = (None, None);
    for (at, character) in
        line[first..last].char_indices().map(|(at, character)| (first + at, character))
    {
        if at >= mark.start && start.is_none() {
            start = Some(text.len());
        }
        if at >= mark.end && end.is_none() {
            end = Some(text.len());
        }
        text.push(if character != '\t' && is_hostile(character) { '\u{fffd}' } else { character });
    }
    let shown = text.len();
    if last < line.len() {
        text.push('…');
    }
    let start = start.unwrap_or(shown);
    Excerpt { text, mark: start..end.unwrap_or(shown).max(start), cut: first > 0 }
}

/// The place `count` characters before `at`.
fn back(line: &str, at: usize, count: usize) -> usize {
    line[..at].char_indices().rev().nth(count.saturating_sub(1)).map_or(0, |(place, _)| place)
}

/// The nearest character boundary at or before a byte, within the text.
fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte.min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::{Excerpt, WIDTH, excerpt};

    fn marked(file: &str, span: std::ops::Range<usize>) -> (String, String) {
        let Excerpt { text, mark, .. } = excerpt(file, span);
        let part = text[mark].to_owned();
        (text, part)
    }

    #[test]
    fn takes_the_line_of_the_span() {
        assert_eq!(
            marked("one\ntwo three\nfour", 8..13),
            ("two three".to_owned(), "three".to_owned())
        );
    }

    #[test]
    fn leaves_out_windows_line_ends() {
        assert_eq!(marked("one\r\ntwo\r\n", 5..8), ("two".to_owned(), "two".to_owned()));
        assert_eq!(marked("one\r\n", 3..5), ("one".to_owned(), String::new()));
    }

    #[test]
    fn marks_only_the_first_line_of_a_long_span() {
        assert_eq!(marked("a: |\n  b\n  c\n", 3..12), ("a: |".to_owned(), "|".to_owned()));
    }

    #[test]
    fn stands_at_the_end_of_the_file() {
        assert_eq!(marked("a\n", 2..2), (String::new(), String::new()));
        assert_eq!(marked("a", 7..9), ("a".to_owned(), String::new()));
    }

    #[test]
    fn cuts_a_long_line_around_the_mark() {
        let file = format!("{}needle{}", "x".repeat(5_000), "y".repeat(5_000));
        let (text, part) = marked(&file, 5_000..5_006);
        assert_eq!(part, "needle");
        assert!(text.starts_with("…x") && text.ends_with("y…"), "{text}");
        assert_eq!(text.chars().count(), WIDTH + 2);
    }

    #[test]
    fn cuts_a_long_mark() {
        let (text, part) = marked(&"x".repeat(10_000), 0..10_000);
        assert_eq!(part, "x".repeat(WIDTH));
        assert_eq!(text, "x".repeat(WIDTH) + "…");
    }

    #[test]
    fn replaces_hostile_characters_and_keeps_the_mark() {
        assert_eq!(
            marked("\u{1b}[2J\u{9b}: bad", 8..11),
            ("\u{fffd}[2J\u{fffd}: bad".to_owned(), "bad".to_owned())
        );
    }

    #[test]
    fn never_splits_a_character() {
        assert_eq!(marked("é", 1..2).1, "é");
    }
}

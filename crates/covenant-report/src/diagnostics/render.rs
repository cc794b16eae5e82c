//! One look for every message: title, place, line, underline, hints.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::excerpt::{Excerpt, excerpt};
use crate::{
    escape::{escape, escape_lines},
    style::Colour,
};

/// A message that is ready to be drawn.
#[derive(Debug)]
pub(crate) struct Drawing<'a> {
    /// Error or warning.
    pub(crate) level: Level<'static>,
    /// The number of the message, if it has one.
    pub(crate) code: Option<&'a str>,
    /// What is wrong.
    pub(crate) message: &'a str,
    /// Where, most important first.
    pub(crate) places: Vec<Place<'a>>,
    /// Facts, each with its name: `expected`, `hint`.
    pub(crate) notes: Vec<(&'static str, &'a str)>,
}

/// A place in a file.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    /// The path as it is shown.
    pub(crate) path: String,
    /// The text of the file (or only the line, with `span` within it); `None` shows just the path.
    pub(crate) text: Option<(&'a str, Range<usize>)>,
    /// Line and column, counted from 1.
    pub(crate) position: Option<(u32, u32)>,
    /// A few words to write beside the underline.
    pub(crate) label: Option<&'a str>,
}

/// A message about no place in particular: `error: …` with hints below it. Further lines of the text, which compilers
/// send, follow as they are. It ends with a line end.
pub fn message(text: &str, hints: &[&str], colour: Colour) -> String {
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    let drawn = draw(
        &Drawing { notes: hints.iter().map(|hint| ("hint", *hint)).collect(), ..error(title) },
        colour,
    );
    if rest.is_empty() { drawn } else { format!("{drawn}{}\n", escape_lines(rest.trim_end())) }
}

/// An error of these words, with nothing else.
pub(crate) const fn error(message: &str) -> Drawing<'_> {
    Drawing { level: Level::ERROR, code: None, message, places: Vec::new(), notes: Vec::new() }
}

/// Draws a message; the result ends with a line end.
pub(crate) fn draw(drawing: &Drawing<'_>, colour: Colour) -> String {
    let mut title = drawing.level.clone().primary_title(escape(drawing.message));
    if let Some(code) = drawing.code {
        title = title.id(escape(code));
    }
    let mut group = Group::with_title(title);
    for (index, place) in drawing.places.iter().enumerate() {
        group = draw_place(group, place, index == 0);
    }
    for (name, text) in &drawing.notes {
        group = group.element(Level::HELP.with_name(*name).message(escape_lines(text)));
    }
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Ansi => Renderer::styled(),
    };
    let mut out = renderer.term_width(usize::MAX / 2).render(&[group]);
    out.push('\n');
    // The renderer pads empty gutters; trailing blanks would make golden files fragile.
    out.lines().map(str::trim_end).fold(String::with_capacity(out.len()), |mut text, line| {
        text.push_str(line);
        text.push('\n');
        text
    })
}

fn draw_place<'a>(group: Group<'a>, place: &'a Place<'_>, primary: bool) -> Group<'a> {
    let path = escape(&place.path);
    let origin = |path| match place.position {
        Some((line, column)) => Origin::path(path).line(line as usize).char_column(column as usize),
        None => Origin::path(path),
    };
    let Some((file, span)) = &place.text else {
        return group.element(origin(path));
    };
    let Excerpt { text, mark, cut } = excerpt(file, span.clone());
    let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let mut annotation = kind.span(mark);
    if let Some(label) = place.label {
        annotation = annotation.label(escape(label));
    }
    let line = place.position.map_or(1, |(line, _)| line as usize);
    let snippet = Snippet::source(text).line_start(line).annotation(annotation);
    if cut {
        // The renderer would count the column in the part that is shown.
        group.element(origin(path)).element(snippet)
    } else {
        group.element(snippet.path(path))
    }
}

#[cfg(test)]
mod tests {
    use super::message;
    use crate::style::Colour;

    #[test]
    fn writes_a_message_without_a_place() {
        assert_eq!(
            message(
                "cannot read `a.yaml`: no such file",
                &["name a file or a folder"],
                Colour::Plain
            ),
            "error: cannot read `a.yaml`: no such file\n |\n = hint: name a file or a folder\n"
        );
    }

    #[test]
    fn further_lines_follow() {
        assert_eq!(
            message("no solc\n  PATH: not\u{1b} found\n", &[], Colour::Plain),
            "error: no solc\n  PATH: not\\u{1b} found\n"
        );
    }

    #[test]
    fn escapes_what_it_quotes() {
        assert_eq!(message("no `\u{1b}[2J`", &[], Colour::Plain), "error: no `\\u{1b}[2J`\n");
    }
}

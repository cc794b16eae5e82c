//! Colours, which every report can do without.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// Whether a report carries terminal colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Text only.
    #[default]
    Plain,
    /// With ANSI escapes.
    Ansi,
}

/// What a piece of text is, which decides how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    /// Headings and names.
    Strong,
    /// What may be skipped.
    Faint,
    /// All is well.
    Good,
    /// Something failed.
    Bad,
    /// Worth a look.
    Odd,
    /// A call, an event.
    Call,
}

impl Paint {
    const fn style(self) -> Style {
        match self {
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Odd => AnsiColor::Yellow.on_default(),
            Self::Call => AnsiColor::Cyan.on_default(),
        }
    }
}

impl Colour {
    /// The text in the look of `paint`, or as it is.
    pub(crate) fn paint(self, paint: Paint, text: impl Display) -> String {
        match self {
            Self::Plain => text.to_string(),
            Self::Ansi => {
                let style = paint.style();
                format!("{style}{text}{style:#}")
            }
        }
    }
}

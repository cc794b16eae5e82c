//! What the compiler has to say about the sources.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::position::Place;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing was compiled.
    Error,
    /// Compiled, but look here.
    Warning,
    /// For information.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// One message of the compiler. Its `Display` shows the source line, over several lines of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// solc's number of the message (`7576`), where it has one.
    pub code: Option<String>,
    /// solc's kind of message (`TypeError`, `Warning`).
    pub kind: String,
    /// What is wrong.
    pub message: String,
    /// Where, if it is about a place.
    pub place: Option<Place>,
    /// Further places that matter, each with what it has to do with it.
    pub notes: Vec<Note>,
}

/// A further place that a diagnostic speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What is there.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => writeln!(f, "{}[{code}]: {}", self.severity, self.message)?,
            None => writeln!(f, "{}: {}", self.severity, self.message)?,
        }
        if let Some(place) = &self.place {
            write!(f, "{}", Shown(place))?;
        }
        for note in &self.notes {
            writeln!(f, "note: {}", note.message)?;
            if let Some(place) = &note.place {
                write!(f, "{}", Shown(place))?;
            }
        }
        Ok(())
    }
}

/// A place as an arrow, its name and the underlined line.
struct Shown<'a>(&'a Place);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gutter = " ".repeat(self.0.start.line.to_string().len());
        write!(f, "{gutter}--> {}\n{}", self.0, self.0.snippet())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_line() {
        let diagnostic = Diagnostic {
            severity: Severity::Error,
            code: Some("7576".into()),
            kind: "DeclarationError".into(),
            message: "Undeclared identifier.".into(),
            place: Some(Place::new("src/A.sol", "contract A {\n  x y;\n}", 15..16)),
            notes: vec![Note { message: "declared here".into(), place: None }],
        };
        assert_eq!(
            diagnostic.to_string(),
            "error[7576]: Undeclared identifier.\n --> src/A.sol:2:3\n  |\n2 |   x y;\n  |   ^\nnote: declared here\n"
        );
    }
}

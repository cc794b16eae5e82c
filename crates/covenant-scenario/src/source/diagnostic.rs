//! What is wrong with a file, and where.

use std::collections::HashSet;

use super::text::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but probably says something that was not meant.
    Warning,
}

/// One finding about a file; findings are collected, so that all are shown at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong: a lowercase fragment without period.
    pub message: String,
    /// The offending text; `None` for a file that could not be read at all.
    pub span: Option<Span>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Other places that matter, each with a few words (`first declared here`).
    pub related: Vec<(Span, String)>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            span: Some(span),
            hint: None,
            related: Vec::new(),
        }
    }

    /// A warning at a place.
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    /// The same finding, with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same finding, with another place that matters.
    #[must_use]
    pub fn related(mut self, span: Span, words: impl Into<String>) -> Self {
        self.related.push((span, words.into()));
        self
    }
}

/// Findings in a fixed order, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// How many of one kind are worth showing at once.
    pub const SHOWN: usize = 50;

    /// Sorts findings by file and place, those without a place first, and drops repetitions.
    pub fn new(mut found: Vec<Diagnostic>) -> Self {
        // The sort is stable: findings about one place stay in the order in which they were found.
        found.sort_by_key(|diagnostic| {
            diagnostic.span.map(|span| (span.file, span.start, span.end))
        });
        let mut seen = HashSet::new();
        found.retain(|diagnostic| {
            seen.insert((diagnostic.severity, diagnostic.span, diagnostic.message.clone()))
        });
        Self { found }
    }

    /// Every finding.
    pub fn all(&self) -> &[Diagnostic] {
        &self.found
    }

    /// The findings to show, in order, and how many are left out; warnings give way to errors.
    pub fn shown(&self) -> (Vec<&Diagnostic>, usize) {
        let mut shown: Vec<_> =
            self.found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
        shown.truncate(Self::SHOWN);
        let room = Self::SHOWN - shown.len();
        shown.extend(
            self.found
                .iter()
                .filter(|diagnostic| diagnostic.severity == Severity::Warning)
                .take(room),
        );
        shown.sort_by_key(|diagnostic| {
            diagnostic.span.map(|span| (span.file, span.start, span.end))
        });
        let left_out = self.found.len() - shown.len();
        (shown, left_out)
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }

    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.found.len() - self.errors()
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(found: Vec<Diagnostic>) -> Self {
        Self::new(found)
    }
}

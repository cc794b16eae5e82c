//! `wait`, `at`, `every`, `within`: spans of time and instants.

use super::{builder::Builder, types::TimeSpec};
use crate::{
    expr::Type,
    source::{Diagnostic, Text},
    time::{TimeText, parse},
};

impl Builder<'_> {
    /// Checks an instant: a date, an expression, or months from an anchor.
    pub(super) fn instant(&mut self, text: &Text) -> Option<TimeSpec> {
        self.time(text)
    }

    /// Checks a span of time: seconds, or months.
    pub(super) fn time_span(&mut self, text: &Text) -> Option<TimeSpec> {
        match self.time(text)? {
            TimeSpec::Date(_) | TimeSpec::Months { anchor: Some(_), .. } => self.error(
                Diagnostic::error(text.span, "expected a span of time, found an instant")
                    .hint("write `31 days`, or `at:` with the instant"),
            ),
            span => Some(span),
        }
    }

    fn time(&mut self, text: &Text) -> Option<TimeSpec> {
        match parse(text) {
            Ok(TimeText::Date(date)) => Some(TimeSpec::Date(date)),
            Ok(TimeText::Expr(text)) => self.expression(&text, Some(&Type::NUMBER)).map(TimeSpec::Seconds),
            Ok(TimeText::Calendar { base, months }) => {
                let anchor = match base {
                    Some(base) => Some(self.expression(&base, Some(&Type::NUMBER))?),
                    None => None,
                };
                Some(TimeSpec::Months { anchor, months })
            }
            Err(diagnostic) => self.error(diagnostic),
        }
    }
}

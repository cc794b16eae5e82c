//! `wait`, `at`, `every`, `within`: spans of time and instants.

use super::{builder::Builder, types::TimeSpec};
use crate::{
    expr::{Type, Typed},
    source::{Diagnostic, Text},
    time::{TimeText, parse_time},
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

    /// Checks a number that may be left out. The outer `None` is an error.
    fn optional_number(&mut self, text: Option<&Text>) -> Option<Option<Typed>> {
        text.map_or(Some(None), |text| self.expression(text, Some(&Type::NUMBER)).map(Some))
    }

    fn time(&mut self, text: &Text) -> Option<TimeSpec> {
        match parse_time(text) {
            Ok(TimeText::Date(date)) => Some(TimeSpec::Date(date)),
            Ok(TimeText::Expr(text)) => {
                self.expression(&text, Some(&Type::NUMBER)).map(TimeSpec::Seconds)
            }
            Ok(TimeText::Calendar { base, months, then }) => {
                let anchor = self.optional_number(base.as_ref());
                let then = self.optional_number(then.as_ref());
                Some(TimeSpec::Months { anchor: anchor?, months, then: then? })
            }
            Err(diagnostic) => self.error(*diagnostic),
        }
    }
}

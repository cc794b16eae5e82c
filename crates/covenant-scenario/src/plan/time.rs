//! `wait`, `at`, `every`, `within`: spans of time and instants.

use covenant_chain::Timestamp;
use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{builder::Builder, types::TimeSpec};
use crate::{
    expr::{Type, Typed, Value, check},
    source::{Diagnostic, Text},
    time::{TimeText, add_months, format_timestamp, parse_time},
};

const INSTANT: &str =
    "write a date as 2026-03-31 or 2026-03-31T12:00:00Z, or a moment such as start + 3 days";
const SPAN: &str = "write a span of time as 31 days or 1 months";
const BACK: &str = "the clock cannot be moved back";
const BEYOND: &str = "this is beyond what the clock can hold";

impl Builder<'_> {
    /// Checks an instant: a date, an expression, or months from an anchor.
    pub(super) fn instant(&mut self, text: &Text) -> Option<TimeSpec> {
        self.time(text, INSTANT)
    }

    /// Checks a span of time: seconds, or months. One that is known to be negative or endless is refused.
    pub(super) fn time_span(&mut self, text: &Text) -> Option<TimeSpec> {
        let span = match self.time(text, SPAN)? {
            TimeSpec::Date(_) | TimeSpec::Months { anchor: Some(_), .. } => {
                return self.error(
                    Diagnostic::error(text.span, "expected a span of time, found an instant")
                        .hint("write `31 days`, or `at:` with the instant"),
                );
            }
            span => span,
        };
        let TimeSpec::Seconds(typed) = &span else { return Some(span) };
        match self.known_seconds(typed) {
            Some(seconds) if seconds < BigInt::ZERO => {
                let message = format!("{BACK}: {}", text.as_str().trim());
                self.error(
                    Diagnostic::error(text.span, message)
                        .hint("write a span that is not negative, `31 days`"),
                )
            }
            Some(seconds) if seconds.to_u64().is_none() => {
                self.error(Diagnostic::error(text.span, BEYOND))
            }
            _ => Some(span),
        }
    }

    /// Checks `wait`, and follows the clock as far as it is known.
    pub(super) fn wait(&mut self, text: &Text) -> Option<TimeSpec> {
        let span = self.time_span(text)?;
        let Some(from) = self.clock else { return Some(span) };
        match self.after(from, &span) {
            Some(Ok(to)) => self.clock = Some(to),
            Some(Err(())) => return self.error(Diagnostic::error(text.span, BEYOND)),
            None => {}
        }
        Some(span)
    }

    /// Checks `at`, which cannot lie before what the clock is known to have reached.
    pub(super) fn moment(&mut self, text: &Text) -> Option<TimeSpec> {
        let instant = self.instant(text)?;
        let Some(to) = self.known_instant(&instant) else { return Some(instant) };
        if to < BigInt::ZERO {
            return self.error(Diagnostic::error(
                text.span,
                "this is before 1970, where the clock of a chain begins",
            ));
        }
        let Some(to) = to.to_u64() else { return self.error(Diagnostic::error(text.span, BEYOND)) };
        if let Some(from) = self.clock
            && to < from
        {
            let from = format_timestamp(Timestamp(from));
            let message = format!("{BACK}: it has reached {from} by here");
            return self.error(
                Diagnostic::error(text.span, message)
                    .hint("a date before the first step belongs into `chain.start`"),
            );
        }
        self.clock = Some(to);
        Some(instant)
    }

    /// Where a span of time leads: `None` if that is not known, an error if it is beyond the clock.
    fn after(&self, from: u64, span: &TimeSpec) -> Option<Result<u64, ()>> {
        let to = match span {
            TimeSpec::Seconds(typed) => self.known_seconds(typed)? + from,
            TimeSpec::Months { anchor: None, months, then } => {
                let Some(to) = add_months(Timestamp(from), *months) else { return Some(Err(())) };
                self.and_then(to, then.as_ref())?
            }
            TimeSpec::Date(_) | TimeSpec::Months { .. } => return None,
        };
        Some(to.to_u64().ok_or(()))
    }

    pub(super) fn known_instant(&self, instant: &TimeSpec) -> Option<BigInt> {
        match instant {
            TimeSpec::Date(date) => Some(date.0.into()),
            TimeSpec::Seconds(typed) => self.known_seconds(typed),
            TimeSpec::Months { anchor, months, then } => {
                let anchor = self.known_seconds(anchor.as_ref()?)?.to_u64()?;
                self.and_then(add_months(Timestamp(anchor), *months)?, then.as_ref())
            }
        }
    }

    fn and_then(&self, from: Timestamp, then: Option<&Typed>) -> Option<BigInt> {
        let then = then.map_or(Some(BigInt::ZERO), |then| self.known_seconds(then))?;
        Some(then + from.0)
    }

    pub(super) fn known_seconds(&self, typed: &Typed) -> Option<BigInt> {
        match check::known(typed, &self.scope) {
            Some(Value::Int(seconds)) => Some(seconds),
            _ => None,
        }
    }

    /// Checks a number that may be left out. The outer `None` is an error.
    fn optional_number(&mut self, text: Option<&Text>) -> Option<Option<Typed>> {
        text.map_or(Some(None), |text| self.expression(text, Some(&Type::NUMBER)).map(Some))
    }

    /// Reads a text about time; `advice` says how such a text is written.
    fn time(&mut self, text: &Text, advice: &str) -> Option<TimeSpec> {
        let before = self.diagnostics.len();
        let spec = self.any_time(text);
        for found in &mut self.diagnostics[before..] {
            advise(found, advice);
        }
        spec
    }

    fn any_time(&mut self, text: &Text) -> Option<TimeSpec> {
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

/// Makes the hint of a finding fit a text about time.
fn advise(found: &mut Diagnostic, advice: &str) {
    let vague = ["is not known here", "is not expected here"]
        .iter()
        .any(|end| found.message.ends_with(end));
    match found.hint.as_deref() {
        None if vague => found.hint = Some(advice.to_owned()),
        Some(hint) if hint.starts_with("units are wei") => {
            found.hint =
                Some("units are seconds, minutes, hours, days, weeks, months and years".to_owned());
        }
        Some(hint) if hint.starts_with("months and years are calendar spans") => {
            found.message = "a span of months or years takes a whole number".to_owned();
            found.hint = Some("write `1 months + 15 days`, or the days alone".to_owned());
        }
        _ => {}
    }
}

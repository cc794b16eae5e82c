//! The texts of `start`, `wait`, `at`, `every` and `within`: a date, a span of the calendar, or an expression.

use std::ops::Range;

use covenant_chain::Timestamp;

use super::date::{looks_like_date, parse_date};
use crate::source::{Diagnostic, Text};

/// What such a text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeText {
    /// A date.
    Date(Timestamp),
    /// An expression, of seconds or of a timestamp.
    Expr(Text),
    /// Months of the calendar: `11 months`, `start + 1 years`, `start + 1 months + 5 days`.
    Calendar {
        /// The expression that stands before the `+`; `None` where the text begins with the number.
        base: Option<Text>,
        /// How many months; years count as twelve.
        months: i64,
        /// The expression of what is added after the months, a minus included.
        then: Option<Text>,
    },
}

/// Most months of a span: a thousand years.
const MOST_MONTHS: i64 = 12_000;

/// Reads such a text.
///
/// # Errors
/// For a date that is none, and for calendar spans that stand where they cannot.
pub fn parse_time(text: &Text) -> Result<TimeText, Box<Diagnostic>> {
    let start = text.value.len() - text.value.trim_start().len();
    let trimmed = text.slice(start..start + text.value.trim().len());
    if looks_like_date(&trimmed.value) {
        return date(&trimmed).map(TimeText::Date);
    }
    let mut spans = calendar_spans(&trimmed.value).into_iter();
    let Some(first) = spans.next() else { return Ok(TimeText::Expr(trimmed)) };
    if let Some(second) = spans.next() {
        return Err(wrong(
            &trimmed,
            second.part,
            "only one span of months or years can stand here",
            "add them up to one number of `months`",
        ));
    }
    calendar(&trimmed, &first)
}

fn date(text: &Text) -> Result<Timestamp, Box<Diagnostic>> {
    if let Some(sum) = text.value.find(" + ").or_else(|| text.value.find(" - ")) {
        let day = text.value[..sum].trim();
        let hint = format!("write `date(\"{day}\"){}`", &text.value[sum..]);
        return Err(wrong(text, 0..text.value.len(), "a date without quotes stands alone", &hint));
    }
    parse_date(&text.value).map_err(|error| {
        let found = Diagnostic::error(text.span_of(error.part), error.message);
        Box::new(match error.hint {
            Some(hint) => found.hint(hint),
            None => found,
        })
    })
}

/// `11 months` within a text.
struct Span {
    part: Range<usize>,
    number: Range<usize>,
    unit: Range<usize>,
    nested: bool,
}

fn calendar(text: &Text, span: &Span) -> Result<TimeText, Box<Diagnostic>> {
    let value = &text.value;
    let each = match &value[span.unit.clone()] {
        "months" => 1,
        "years" => 12,
        unit => {
            let hint = format!("did you mean `{unit}s`?");
            return Err(wrong(
                text,
                span.unit.clone(),
                &format!("there is no unit `{unit}`"),
                &hint,
            ));
        }
    };
    let number: String = value[span.number.clone()].chars().filter(|c| *c != '_').collect();
    let months = number
        .parse::<i64>()
        .ok()
        .and_then(|count| count.checked_mul(each))
        .filter(|months| *months <= MOST_MONTHS);
    let Some(months) = months else {
        return Err(wrong(
            text,
            span.part.clone(),
            "a span of the calendar reaches over a thousand years at most",
            "write a smaller number",
        ));
    };
    let misplaced = |part: Range<usize>| {
        let message = "months and years can only be added to a moment, or stand alone";
        wrong(
            text,
            part,
            message,
            "write `1 months`, `start + 1 months` or `start + 1 months + 5 days`",
        )
    };
    if span.nested {
        return Err(misplaced(span.part.clone()));
    }
    let before = value[..span.part.start].trim_end();
    let (base, months) = match before.chars().last() {
        None => (None, months),
        Some(sign @ ('+' | '-')) => {
            let base = before[..before.len() - 1].trim_end();
            if base.is_empty() || looks_like_date(base) {
                return Err(if base.is_empty() {
                    misplaced(0..span.part.end)
                } else {
                    dated(text, base)
                });
            }
            (Some(text.slice(0..base.len())), if sign == '-' { -months } else { months })
        }
        Some(_) => return Err(misplaced(span.part.clone())),
    };
    let rest = value[span.part.end..].trim_start();
    let then = match rest.chars().next() {
        None => None,
        Some('+') => Some(text.slice(value.len() - rest[1..].trim_start().len()..value.len())),
        Some('-') => Some(text.slice(value.len() - rest.len()..value.len())),
        Some(_) => return Err(misplaced(span.part.clone())),
    };
    if then.as_ref().is_some_and(|then| then.value.is_empty()) {
        return Err(misplaced(span.part.start..value.len()));
    }
    Ok(TimeText::Calendar { base, months, then })
}

fn dated(text: &Text, day: &str) -> Box<Diagnostic> {
    let hint = format!("write `date(\"{day}\")`");
    wrong(text, 0..day.len(), "a date without quotes stands alone", &hint)
}

fn wrong(text: &Text, part: Range<usize>, message: &str, hint: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(text.span_of(part), message).hint(hint))
}

/// Every number that a unit of the calendar follows, outside of quotes.
fn calendar_spans(value: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut number: Option<Range<usize>> = None;
    let mut depth = 0_usize;
    for (part, kind) in tokens(value) {
        let word = &value[part.clone()];
        match (kind, number.take()) {
            (Kind::Word, Some(number)) if matches!(word, "months" | "years" | "month" | "year") => {
                spans.push(Span {
                    part: number.start..part.end,
                    number,
                    unit: part,
                    nested: depth > 0,
                });
            }
            (Kind::Word, _) if word.starts_with(|c: char| c.is_ascii_digit()) => {
                let decimal = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
                number = decimal.then_some(part);
            }
            (Kind::Sign, _) if matches!(word, "(" | "[" | "{") => depth += 1,
            (Kind::Sign, _) if matches!(word, ")" | "]" | "}") => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    spans
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Quoted,
    Sign,
}

/// Words, texts in quotes and single signs; blanks are left out.
fn tokens(value: &str) -> Vec<(Range<usize>, Kind)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = value[at..].chars().next() {
        let rest = &value[at..];
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        let (length, kind) = if word(first) {
            (rest.find(|c| !word(c)).unwrap_or(rest.len()), Kind::Word)
        } else if matches!(first, '"' | '\'') {
            (rest[1..].find(first).map_or(rest.len(), |end| end + 2), Kind::Quoted)
        } else {
            (first.len_utf8(), Kind::Sign)
        };
        if !first.is_whitespace() {
            tokens.push((at..at + length, kind));
        }
        at += length;
    }
    tokens
}

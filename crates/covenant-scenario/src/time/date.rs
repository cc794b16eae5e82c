//! Dates to timestamps, and months on top of them.

use std::ops::Range;

use covenant_chain::Timestamp;
use jiff::{civil, tz::TimeZone};

/// A date that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DateError {
    /// What is wrong: a lowercase fragment without period.
    pub message: String,
    /// Which bytes of the text are meant.
    pub part: Range<usize>,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

const FORM: &str = "write a date as 2026-02-01, or with a time as 2026-02-01T12:30:00Z";

/// Reads a date, with or without a time of day: `2026-02-01` (midnight UTC), `2026-02-01T12:30:00Z`, `2026-02-01T12:30+01:00`.
///
/// # Errors
/// When the text is no date, when there is no such day or time, and before 1970.
pub fn parse_date(text: &str) -> Result<Timestamp, DateError> {
    let mut cursor = Cursor { text, at: 0 };
    let date = cursor.date()?;
    let (time, offset) =
        if cursor.at == text.len() { (civil::Time::midnight(), 0) } else { cursor.time()? };
    let whole = 0..text.len();
    let seconds = date
        .to_datetime(time)
        .to_zoned(TimeZone::UTC)
        .map_err(|_| wrong("the calendar ends on 9999-12-30".to_owned(), whole.clone(), None))?
        .timestamp()
        .as_second()
        - offset;
    u64::try_from(seconds).map(Timestamp).map_err(|_| DateError {
        message: "this date is before 1970, where the clock of a chain begins".to_owned(),
        part: whole,
        hint: None,
    })
}

/// Whether a text sets out to be a date: `2026-1`, `2026-02-30T…`; no expression starts like this with an equal meaning.
pub(super) fn looks_like_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, lengths: &[usize]| {
        part.is_some_and(|part| {
            lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    digits(parts.next(), &[4])
        && digits(parts.next(), &[1, 2])
        && parts.next().is_some_and(|day| day.starts_with(|c: char| c.is_ascii_digit()))
}

/// The moment that is so many months later, or earlier; a day that the month does not have becomes its last one.
///
/// To repeat monthly, count from the first date each time: from 31 January, one month at a time would stay on the 28th for ever.
/// Returns `None` before 1970 and after the year 9999.
pub fn add_months(from: Timestamp, months: i64) -> Option<Timestamp> {
    let months = i32::try_from(months).ok()?;
    let moment = jiff::Timestamp::from_second(i64::try_from(from.0).ok()?).ok()?;
    let span = jiff::Span::new().try_months(months).ok()?;
    let later = moment.to_zoned(TimeZone::UTC).datetime().checked_add(span).ok()?;
    let seconds = later.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    u64::try_from(seconds).ok().map(Timestamp)
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn date(&mut self) -> Result<civil::Date, DateError> {
        let year = self.digits(4)?;
        self.sign("-")?;
        let (month, month_part) = self.part(2)?;
        self.sign("-")?;
        let (day, day_part) = self.part(2)?;
        if !(1..=12).contains(&month) {
            return Err(wrong(format!("there is no month {month}"), month_part, None));
        }
        let first = civil::date(small(year), tiny(month), 1);
        civil::Date::new(small(year), tiny(month), tiny(day)).map_err(|_| {
            let message = if day == 0 {
                "there is no day 0".to_owned()
            } else {
                format!(
                    "{} {year} has {} days",
                    MONTHS[usize::from(month) - 1],
                    first.days_in_month()
                )
            };
            wrong(message, day_part, None)
        })
    }

    fn time(&mut self) -> Result<(civil::Time, i64), DateError> {
        self.sign("Tt ")?;
        let (hour, hour_part) = self.part(2)?;
        self.sign(":")?;
        let (minute, minute_part) = self.part(2)?;
        let (second, second_part) =
            if self.eat(":") { self.part(2)? } else { (0, self.at..self.at) };
        for (value, most, part, what) in [
            (hour, 23, hour_part, "hour"),
            (minute, 59, minute_part, "minute"),
            (second, 59, second_part, "second"),
        ] {
            if value > most {
                return Err(wrong(format!("there is no {what} {value}"), part, None));
            }
        }
        self.fraction()?;
        let offset = self.offset()?;
        if self.at < self.text.len() {
            return Err(wrong(
                "this does not belong to the date before it".to_owned(),
                self.at..self.text.len(),
                Some(FORM),
            ));
        }
        Ok((civil::time(tiny(hour), tiny(minute), tiny(second), 0), offset))
    }

    fn fraction(&mut self) -> Result<(), DateError> {
        let start = self.at;
        if !self.eat(".") {
            return Ok(());
        }
        let digits = self.text[self.at..].bytes().take_while(u8::is_ascii_digit).count();
        let zero =
            digits > 0 && self.text[self.at..self.at + digits].bytes().all(|byte| byte == b'0');
        self.at += digits;
        if zero {
            Ok(())
        } else {
            Err(wrong("the clock of a chain counts whole seconds".to_owned(), start..self.at, None))
        }
    }

    /// Seconds that the time is ahead of UTC.
    fn offset(&mut self) -> Result<i64, DateError> {
        if self.eat("Zz") {
            return Ok(0);
        }
        let start = self.at;
        let sign = match self.text[self.at..].chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => {
                let hint = Some("add `Z` for UTC, or an offset such as `+01:00`");
                return Err(wrong(
                    "this time does not say in which time zone it is".to_owned(),
                    0..self.text.len(),
                    hint,
                ));
            }
        };
        self.at += 1;
        let hours = self.digits(2)?;
        self.sign(":")?;
        let minutes = self.digits(2)?;
        if hours > 23 || minutes > 59 {
            return Err(wrong("there is no such time zone".to_owned(), start..self.at, None));
        }
        Ok(sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
    }

    fn part(&mut self, count: usize) -> Result<(u16, Range<usize>), DateError> {
        let start = self.at;
        Ok((self.digits(count)?, start..self.at))
    }

    fn digits(&mut self, count: usize) -> Result<u16, DateError> {
        let rest = &self.text[self.at..];
        let found = rest.bytes().take_while(u8::is_ascii_digit).count();
        if found != count {
            let end = self.at + found.max(rest.chars().next().map_or(0, char::len_utf8));
            return Err(wrong(format!("{count} digits belong here"), self.at..end, Some(FORM)));
        }
        let value =
            rest[..count].bytes().fold(0, |value, digit| value * 10 + u16::from(digit - b'0'));
        self.at += count;
        Ok(value)
    }

    fn sign(&mut self, signs: &str) -> Result<(), DateError> {
        if self.eat(signs) {
            return Ok(());
        }
        let end = self.at + self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        let sign = signs.chars().next().unwrap_or_default();
        Err(wrong(format!("`{sign}` belongs here"), self.at..end, Some(FORM)))
    }

    fn eat(&mut self, signs: &str) -> bool {
        let found = self.text[self.at..].starts_with(|c| signs.contains(c));
        self.at += usize::from(found);
        found
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const fn wrong(message: String, part: Range<usize>, hint: Option<&'static str>) -> DateError {
    DateError { message, part, hint }
}

/// Four digits fit.
fn small(value: u16) -> i16 {
    i16::try_from(value).unwrap_or(i16::MAX)
}

/// Two digits fit.
fn tiny(value: u16) -> i8 {
    i8::try_from(value).unwrap_or(i8::MAX)
}

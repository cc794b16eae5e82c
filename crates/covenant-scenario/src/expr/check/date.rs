//! `date("…")`

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The second at which a date starts (UTC), or that a timestamp names.
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    let instant = match text.parse::<Date>() {
        Ok(date) if text.len() == "2026-03-31".len() => date
            .to_zoned(TimeZone::UTC)
            .map(|zoned| zoned.timestamp())
            .map_err(|error| error.to_string()),
        _ => text.parse::<Timestamp>().map_err(|error| error.to_string()),
    };
    let second = instant.map_err(|_| format!("`{text}` is not a date"))?.as_second();
    u64::try_from(second)
        .map_err(|_| format!("`{text}` is before 1970, where the clock of a chain starts"))
}

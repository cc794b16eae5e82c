//! Moments and durations as they are shown.

use covenant_chain::Timestamp;
use jiff::tz::TimeZone;

/// A moment as `2026-02-01 00:00:00Z`; after the year 9999, as `@` and its seconds.
pub fn format_timestamp(moment: Timestamp) -> String {
    let known =
        i64::try_from(moment.0).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    match known {
        Some(known) => {
            let moment = known.to_zoned(TimeZone::UTC).datetime();
            format!("{} {}Z", moment.date(), moment.time())
        }
        None => format!("@{}", moment.0),
    }
}

/// So many seconds in the units of a scenario: `31 days 2 hours`.
pub fn format_duration(seconds: u64) -> String {
    let parts = [
        (seconds / 86_400, "day"),
        (seconds / 3600 % 24, "hour"),
        (seconds / 60 % 60, "minute"),
        (seconds % 60, "second"),
    ];
    let words: Vec<_> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if words.is_empty() { "0 seconds".to_owned() } else { words.join(" ") }
}

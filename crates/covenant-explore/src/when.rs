//! Instants and spans as people read them.

/// An instant, as in `2026-03-01T00:00:00Z`.
pub(crate) fn date(seconds: i64) -> String {
    let timestamp = u64::try_from(seconds).unwrap_or_default();
    covenant_scenario::time::format_timestamp(covenant_chain::Timestamp(timestamp))
}

/// A span of time, as in `3 days 2 hours`.
pub(crate) fn span(seconds: i64) -> String {
    covenant_scenario::time::format_duration(u64::try_from(seconds).unwrap_or_default())
}

//! Moments and spans of the calendar: what `start`, `wait`, `at`, `every` and `within` say.

mod date;
mod format;
mod text;

pub use date::{DateError, add_months, parse_date};
pub use format::{format_duration, format_timestamp};
pub use text::{TimeText, parse_time};

#[cfg(test)]
mod tests;

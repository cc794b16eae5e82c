use std::path::Path;

use covenant_chain::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::source::{Sources, Text};

fn text(value: &str) -> (Sources, Text) {
    let mut sources = Sources::default();
    let file = sources.add(Path::new("a.yaml"), value);
    let end = u32::try_from(value.len()).unwrap();
    (sources, Text::plain(value, crate::source::Span { file, start: 0, end }))
}

#[test]
fn dates_are_read() {
    let table = [
        ("1970-01-01", 0),
        ("2026-02-01", 1_769_904_000),
        ("2026-02-01T00:00:00Z", 1_769_904_000),
        ("2026-02-01 12:30Z", 1_769_949_000),
        ("2026-02-01t12:30:07.000z", 1_769_949_007),
        ("2026-02-01T01:00:00+01:00", 1_769_904_000),
        ("2026-01-31T18:30:00-05:30", 1_769_904_000),
        ("2028-02-29", 1_835_395_200),
        ("9999-12-30T22:00:00Z", 253_402_207_200),
    ];
    for (date, seconds) in table {
        assert_eq!(parse_date(date), Ok(Timestamp(seconds)), "{date}");
    }
}

/// Texts of `at` that are refused: the part that is underlined, the message, the hint.
#[test]
fn impossible_times_are_refused() {
    const FORM: &str = "write a date as 2026-02-01, or with a time as 2026-02-01T12:30:00Z";
    const ADDED: &str = "months and years can only be added to a moment, or stand alone";
    const ADD: &str = "write `1 months`, `start + 1 months` or `start + 1 months + 5 days`";
    let table = [
        ("2026-02-30", "30", "February 2026 has 28 days", ""),
        ("2028-02-30T00:00:00Z", "30", "February 2028 has 29 days", ""),
        ("2026-13-01", "13", "there is no month 13", ""),
        ("2026-00-01", "00", "there is no month 0", ""),
        ("2026-04-00", "00", "there is no day 0", ""),
        ("2026-2-1", "2", "2 digits belong here", FORM),
        ("2026-02-011", "011", "2 digits belong here", FORM),
        ("2026-02-01T24:00:00Z", "24", "there is no hour 24", ""),
        ("2026-02-01T12:60Z", "60", "there is no minute 60", ""),
        ("2026-02-01T12:00:60Z", "60", "there is no second 60", ""),
        ("2026-02-01T12:00:00.5Z", ".5", "the clock of a chain counts whole seconds", ""),
        (
            "2026-02-01T12:00:00",
            "2026-02-01T12:00:00",
            "this time does not say in which time zone it is",
            "add `Z` for UTC, or an offset such as `+01:00`",
        ),
        ("2026-02-01T12:00:00+25:00", "+25:00", "there is no such time zone", ""),
        ("2026-02-01T12:00:00Z!", "!", "this does not belong to the date before it", FORM),
        ("2026-02-01X12", "X", "`T` belongs here", FORM),
        (
            "1969-12-31",
            "1969-12-31",
            "this date is before 1970, where the clock of a chain begins",
            "",
        ),
        (
            "2026-02-01 + 5 days",
            "2026-02-01 + 5 days",
            "a date without quotes stands alone",
            "write `date(\"2026-02-01\") + 5 days`",
        ),
        ("1 month", "month", "there is no unit `month`", "did you mean `months`?"),
        ("start + 2 year", "year", "there is no unit `year`", "did you mean `years`?"),
        ("start * 2 months", "2 months", ADDED, ADD),
        ("f(1 months)", "1 months", ADDED, ADD),
        ("1 months * 2", "1 months", ADDED, ADD),
        ("-1 months", "-1 months", ADDED, ADD),
        (
            "1 months + 2 years",
            "2 years",
            "only one span of months or years can stand here",
            "add them up to one number of `months`",
        ),
        (
            "99999999999999999999 months",
            "99999999999999999999 months",
            "a span of the calendar reaches over a thousand years at most",
            "write a smaller number",
        ),
    ];
    for (value, part, message, hint) in table {
        let (sources, text) = text(value);
        let found = parse_time(&text).expect_err(value);
        let found = (
            sources.text(found.span.unwrap()),
            found.message.as_str(),
            found.hint.as_deref().unwrap_or_default(),
        );
        assert_eq!(found, (part, message, hint), "{value}");
    }
}

#[test]
fn calendar_spans_are_split_off() {
    let table = [
        ("1 months", "", 1, ""),
        ("2 years", "", 24, ""),
        ("1_0 months", "", 10, ""),
        ("start + 1 months", "start", 1, ""),
        ("start - 1 years", "start", -12, ""),
        ("start + 1 months + 5 days", "start", 1, "5 days"),
        ("1 months - 1 seconds", "", 1, "- 1 seconds"),
        ("f(a, b) + 3 months", "f(a, b)", 3, ""),
    ];
    for (value, base, months, then) in table {
        let (_, text) = text(value);
        let TimeText::Calendar { base: found_base, months: found, then: found_then } =
            parse_time(&text).unwrap()
        else {
            panic!("{value} is no calendar span");
        };
        let word = |text: Option<Text>| text.map_or_else(String::new, |text| text.value);
        assert_eq!(
            (word(found_base).as_str(), found, word(found_then).as_str()),
            (base, months, then),
            "{value}"
        );
    }
    for value in [
        "31 days",
        "start + 31 days",
        "terms.months",
        "months + 1",
        "f(\"3 months\")",
        "0x10",
        "2026 - 1",
    ] {
        let (_, text) = text(value);
        assert!(
            matches!(parse_time(&text), Ok(TimeText::Expr(found)) if found.value == value),
            "{value}"
        );
    }
}

#[test]
fn the_end_of_a_month_is_clamped_from_the_anchor() {
    let anchor = parse_date("2026-01-31T10:00:00Z").unwrap();
    let dates: Vec<_> = [1, 2, 3, 13, 25, -2]
        .map(|months| format_timestamp(add_months(anchor, months).unwrap()))
        .into();
    let expected = [
        "2026-02-28 10:00:00Z",
        "2026-03-31 10:00:00Z",
        "2026-04-30 10:00:00Z",
        "2027-02-28 10:00:00Z",
        "2028-02-29 10:00:00Z",
        "2025-11-30 10:00:00Z",
    ];
    assert_eq!(dates, expected);
    assert_eq!(add_months(Timestamp(0), -1), None);
    assert_eq!(add_months(Timestamp(u64::MAX), 1), None);
    assert_eq!(add_months(anchor, i64::MAX), None);
}

#[test]
fn moments_and_durations_are_shown() {
    assert_eq!(format_timestamp(Timestamp(1_769_904_000)), "2026-02-01 00:00:00Z");
    assert_eq!(format_timestamp(Timestamp(u64::MAX)), "@18446744073709551615");
    let shown: Vec<_> = [0, 1, 60, 3_600, 86_400, 31 * 86_400 + 7_325].map(format_duration).into();
    let expected = [
        "0 seconds",
        "1 second",
        "1 minute",
        "1 hour",
        "1 day",
        "31 days 2 hours 2 minutes 5 seconds",
    ];
    assert_eq!(shown, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_shown_can_be_read(seconds in 0..253_402_207_200_u64) {
        let shown = format_timestamp(Timestamp(seconds));
        prop_assert_eq!(parse_date(&shown), Ok(Timestamp(seconds)));
    }

    #[test]
    fn months_keep_time_and_day_as_far_as_they_can(seconds in 0..200_000_000_000_u64, months in 0..1_200_i64) {
        let later = add_months(Timestamp(seconds), months).unwrap();
        prop_assert_eq!(later.0 % 86_400, seconds % 86_400);
        let date = |moment| format_timestamp(moment)[..10].split('-').map(|part| part.parse::<i64>().unwrap()).collect::<Vec<_>>();
        let (from, to) = (date(Timestamp(seconds)), date(later));
        prop_assert_eq!(to[0] * 12 + to[1], from[0] * 12 + from[1] + months);
        let next_day = date(Timestamp(later.0 + 86_400));
        prop_assert!(to[2] == from[2] || to[2] < from[2] && next_day[2] == 1);
    }

    #[test]
    fn any_text_is_read_or_refused(value in "([0-9]{1,4}|-|:|T|Z|\\+| |months?|years?|start|\\(|\"|é){0,12}") {
        let (_, text) = text(&value);
        if let Err(found) = parse_time(&text) {
            let span = found.span.unwrap();
            prop_assert!(span.start <= span.end && value.is_char_boundary(span.start as usize) && value.is_char_boundary(span.end as usize));
        }
    }
}

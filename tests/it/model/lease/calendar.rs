//! Due dates over a century against a calendar library, and prices of parts of a period against fractions.

use alloy_primitives::U256;
use jiff::{
    Timestamp, ToSpan,
    civil::Date,
    tz::{Offset, TimeZone},
};

use super::{
    super::{
        abi::Value,
        dice::Dice,
        world::{Setting, World, contracts},
    },
    terms::Terms,
};

/// Months looked at from each anchor.
const PERIODS: usize = 1_200;

/// The first days of what is looked at: the centuries with and without 29 February 2000 and 2100 in them.
const BEGINNINGS: [(i16, i8); 5] = [(1999, 12), (2000, 1), (2000, 2), (2023, 3), (2024, 2)];

/// Local times.
const OFFSETS: [i64; 6] = [0, 1, -18_000, 20_700, 50_400, -50_400];

fn words(bytes: &[u8]) -> Vec<U256> {
    // An array: where it is, how long it is, what is in it.
    bytes.chunks(32).skip(2).map(U256::from_be_slice).collect()
}

/// The day of that number in a month, or its last.
fn day_in(month: Date, day: i8) -> Date {
    let first = month.first_of_month();
    first.saturating_add((day.min(first.days_in_month()) - 1).days())
}

#[test]
fn due_dates_are_those_of_a_calendar_library_for_a_century() {
    let world = World::new(&contracts(), "ScheduleHarness", "", &Setting::USUAL);
    let mut dice = Dice::new(3);
    for (index, (year, month)) in BEGINNINGS.into_iter().enumerate() {
        for day in 1..=31_i8 {
            // With the due day given, and as the day of the start.
            for due_day in [day, 0] {
                let offset =
                    OFFSETS[(index + usize::try_from(day).expect("a day")) % OFFSETS.len()];
                compare(&world, &mut dice, Date::constant(year, month, 1), day, due_day, offset);
            }
        }
    }
}

/// A century of due dates on `day` (of the month, or of the start), from the first of them in `month` on.
fn compare(world: &World, dice: &mut Dice, month: Date, day: i8, due_day: i8, offset: i64) {
    let zone = TimeZone::fixed(
        Offset::from_seconds(i32::try_from(offset).expect("hours")).expect("hours"),
    );
    let first = day_in(month, day);
    let time = i64::try_from(dice.below(86_400)).expect("it is small");
    let midnight = first.to_zoned(zone.clone()).expect("fixed zones have no gaps").timestamp();
    let start = midnight.as_second() + time;
    let terms = Terms {
        start: u64::try_from(start).expect("it is after 1970"),
        period_seconds: 0,
        due_day: u8::try_from(due_day).expect("a day"),
        utc_offset: offset,
        steps: Vec::new(),
        ..Terms::random(dice)
    };
    let count = Value::from(PERIODS);
    let arguments = [terms.argument(&world.facts), count];
    let answer = world.view(world.facts.calldata("boundariesOf", &arguments));
    let boundaries = words(&answer);
    assert_eq!(boundaries.len(), PERIODS, "{terms}");
    // The anchor of a start is the day that it is, which in a short month is not the one that was wanted.
    let anchor = if due_day == 0 { first.day() } else { day };
    for (index, boundary) in boundaries.iter().enumerate() {
        let months = i32::try_from(index).expect("there are few");
        let date = day_in(first.first_of_month().saturating_add(months.months()), anchor);
        let expected = date.to_zoned(zone.clone()).expect("fixed zones have no gaps").timestamp();
        let place = format!("boundary {index} of {first}, day {anchor}, {offset} s east");
        assert_eq!(*boundary, U256::from(expected.as_second() + time), "{place}");
        assert!(index == 0 || boundaries[index - 1] < *boundary, "{place} does not come later");
        let local = Timestamp::from_second(boundary.to()).expect("a time").to_zoned(zone.clone());
        assert_eq!(local.day(), anchor.min(local.days_in_month()), "{place}");
    }
}

/// The nearest whole number to a fraction, a half going up or down.
fn nearest(numerator: U256, denominator: U256, half_up: bool) -> U256 {
    let (whole, rest) = numerator.div_rem(denominator);
    let twice = rest * U256::from(2);
    let up = twice > denominator || (half_up && twice == denominator);
    whole + U256::from(u8::from(up))
}

#[test]
fn a_part_of_a_period_and_the_rest_make_up_the_whole() {
    let world = World::new(&contracts(), "ScheduleHarness", "", &Setting::USUAL);
    let mut dice = Dice::new(4);
    let mut rents: Vec<u128> = vec![1, 2, 3, 29, 30, 31, 1_800, 180_000, u128::MAX / 361];
    rents.extend((0..200).map(|_| 1 + dice.below_u128(1 << 100)));
    for rent in rents {
        for full in 28..=31_usize {
            // (convention, a day costs so many so manieths of the rent, days that cost the rent)
            let conventions = [
                (0_u8, U256::from(1), U256::from(full), Some(full)),
                (1, U256::from(1), U256::from(30), Some(30)),
                (2, U256::from(12), U256::from(365), None),
                (3, U256::from(100), U256::from(3_042), None),
            ];
            for (convention, factor, divisor, whole) in conventions {
                let arguments =
                    [convention.into(), rent.into(), Value::from(31_usize), Value::from(full)];
                let prices = words(&world.view(world.facts.calldata("prices", &arguments)));
                let price = |days: usize| if days == 0 { U256::ZERO } else { prices[days - 1] };
                let rent = U256::from(rent);
                for days in 0..=31 {
                    let exact = rent * factor * U256::from(days);
                    let place =
                        format!("{days} of {full} days of {rent} by convention {convention}");
                    assert_eq!(price(days), nearest(exact, divisor, false), "{place}");
                    let Some(rest) = whole.and_then(|whole| whole.checked_sub(days)) else {
                        continue;
                    };
                    // The days before a stub round an exact half up, the stub down.
                    let before = nearest(rent * U256::from(rest), divisor, true);
                    assert_eq!(price(days) + before, rent, "{place} and the rest");
                }
            }
        }
    }
}

//! When rent is due, and how much. Dates are reckoned by a calendar library.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

use super::terms::Terms;

/// The instalments of a lease.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// When each instalment is due.
    pub(super) dues: Vec<u64>,
    /// The amount of each.
    pub(super) amounts: Vec<u128>,
    /// The sum of the first so many.
    pub(super) sums: Vec<u128>,
    /// The beginnings of the full periods, and the end of the last.
    pub(super) boundaries: Vec<u64>,
    /// One, if there is a shorter first period.
    pub(super) stub: usize,
    /// For calendar months: the first due day, the day that is wanted, the time of day, and where.
    months: Option<(Date, i8, Time, TimeZone)>,
    /// Otherwise: the beginning, and the length of a period.
    fixed: (u64, u64),
}

impl Schedule {
    /// The schedule of terms that are acceptable but for what depends on the schedule.
    pub(super) fn new(terms: &Terms) -> Self {
        let count = usize::from(terms.periods) + usize::from(terms.holdover);
        let mut schedule = Self::default();
        if terms.period_seconds > 0 {
            schedule.fixed = (terms.start, terms.period_seconds);
            schedule.boundaries = (0..=count).map(|period| schedule.boundary(period)).collect();
        } else {
            schedule.in_months(terms, count);
        }
        for period in 0..count {
            schedule.dues.push(schedule.boundaries[period]);
            schedule.amounts.push(rent_of(terms, period));
        }
        schedule.sums.push(0);
        for amount in &schedule.amounts {
            schedule.sums.push(schedule.sums[schedule.sums.len() - 1] + amount);
        }
        schedule
    }

    fn in_months(&mut self, terms: &Terms, count: usize) {
        let offset = i32::try_from(terms.utc_offset).expect("it is within a day");
        let zone = TimeZone::fixed(Offset::from_seconds(offset).expect("it is within a day"));
        let instant = Timestamp::from_second(i64::try_from(terms.start).expect("it is a time"));
        let start = instant.expect("it is a time").to_zoned(zone.clone()).datetime();
        let wanted = if terms.due_day == 0 {
            start.day()
        } else {
            i8::try_from(terms.due_day).expect("it is a day")
        };
        let this_month = on_day(start.date(), wanted);
        let first = if this_month >= start.date() {
            this_month
        } else {
            on_day(plus_months(start.date(), 1), wanted)
        };
        self.months = Some((first, wanted, start.time(), zone));
        self.boundaries = (0..=count).map(|period| self.boundary(period)).collect();
        if first > start.date() {
            let days = days_between(start.date(), first);
            let whole = days_between(on_day(plus_months(first, -1), wanted), first);
            self.stub = 1;
            self.dues.push(terms.start);
            self.amounts.push(prorated(terms.rent, terms.proration, days, whole));
        }
    }

    /// When full period `period` begins, or would begin if the lease went on.
    pub(super) fn boundary(&self, period: usize) -> u64 {
        let Some((first, wanted, time, zone)) = &self.months else {
            return self.fixed.0 + period as u64 * self.fixed.1;
        };
        let months = i32::try_from(period).expect("there are few");
        let date = on_day(plus_months(*first, months), *wanted);
        let moment = DateTime::from_parts(date, *time).to_zoned(zone.clone());
        let second = moment.expect("a fixed zone has no gaps").timestamp().as_second();
        u64::try_from(second).expect("it is after the epoch")
    }

    /// The number of instalments.
    pub(super) fn count(&self) -> usize {
        self.dues.len()
    }

    /// When the last full period ends.
    pub(super) fn end(&self) -> u64 {
        self.boundaries.last().copied().unwrap_or_default()
    }
}

/// What full period `period` costs.
pub(super) fn rent_of(terms: &Terms, period: usize) -> u128 {
    let step = terms.steps.iter().rev().find(|(from, _)| usize::from(*from) <= period);
    step.map_or(terms.rent, |step| step.1)
}

/// The price of so many days of a period that has `whole`, to the nearest unit, an exact half rounded down.
pub(super) fn prorated(rent: u128, proration: u8, days: u128, whole: u128) -> u128 {
    let (factor, divisor) = match proration {
        0 => (days, whole),
        1 => (days, 30),
        2 => (12 * days, 365),
        _ => (100 * days, 3_042),
    };
    // rent × factor / divisor without a product that overflows.
    let (quotient, remainder) = (rent / divisor, rent % divisor);
    let (more, rest) = (remainder * factor / divisor, remainder * factor % divisor);
    quotient * factor + more + u128::from(2 * rest > divisor)
}

/// The day of that number in the month of `date`, or the last.
fn on_day(date: Date, day: i8) -> Date {
    Date::new(date.year(), date.month(), day.min(date.days_in_month())).expect("the day is there")
}

fn plus_months(date: Date, months: i32) -> Date {
    let span = jiff::Span::new().months(months);
    date.first_of_month().checked_add(span).expect("it is before the year 10000")
}

fn days_between(from: Date, to: Date) -> u128 {
    u128::try_from((to - from).get_days()).expect("it is after")
}

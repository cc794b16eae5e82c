//! Spans of time and instants, evaluated.

use covenant_chain::Timestamp;
use num_traits::ToPrimitive;

use crate::{
    expr::{EvalError, Typed, Value, eval},
    plan::{Horizon, TimeSpec},
    source::Span,
    time::add_months,
    world::World,
};

/// A text about time means no instant.
#[derive(Debug, thiserror::Error)]
pub enum MomentError {
    /// A part of it has no value.
    #[error(transparent)]
    Eval(#[from] EvalError),
    /// A part of it is not a number of seconds.
    #[error("{value} is not a number of seconds")]
    NotSeconds {
        /// The part.
        span: Span,
        /// Its value.
        value: Value,
    },
    /// The instant is beyond what a clock can hold.
    #[error("this date is beyond what the clock can hold")]
    Beyond,
}

type Result<T> = std::result::Result<T, MomentError>;

impl TimeSpec {
    /// The instant that this names.
    ///
    /// # Errors
    /// When it names none that a clock can hold.
    pub fn instant(&self, world: &World) -> Result<Timestamp> {
        match self {
            Self::Date(date) => Ok(*date),
            Self::Seconds(typed) => seconds(typed, world).map(Timestamp),
            Self::Months { anchor, months, then } => {
                let anchor = match anchor {
                    Some(typed) => Timestamp(seconds(typed, world)?),
                    None => world.chain.now(),
                };
                months_after(anchor, *months, then.as_ref(), world)
            }
        }
    }

    /// The instant that lies this span of time after another; an instant is itself.
    ///
    /// # Errors
    /// As [`instant`](Self::instant).
    pub fn after(&self, from: Timestamp, world: &World) -> Result<Timestamp> {
        self.times_after(from, 1, world)
    }

    /// The instant that lies `count` times this span after another, months counted from there.
    ///
    /// # Errors
    /// As [`instant`](Self::instant).
    pub fn times_after(&self, from: Timestamp, count: u64, world: &World) -> Result<Timestamp> {
        match self {
            Self::Seconds(typed) => {
                let all = seconds(typed, world)?.checked_mul(count);
                let to = all.and_then(|all| from.0.checked_add(all));
                to.map(Timestamp).ok_or(MomentError::Beyond)
            }
            Self::Months { anchor: None, months, then } => {
                let all = i64::try_from(count).ok().and_then(|count| months.checked_mul(count));
                let mut to = months_after(from, all.ok_or(MomentError::Beyond)?, None, world)?;
                for _ in 0..count {
                    to = and_then(to, then.as_ref(), world)?;
                }
                Ok(to)
            }
            Self::Date(_) | Self::Months { anchor: Some(_), .. } => self.instant(world),
        }
    }
}

impl Horizon {
    /// Where an exploration ends that begins at this moment of a world.
    ///
    /// # Errors
    /// When it is no instant that a clock can hold.
    pub fn end(&self, world: &World) -> Result<Timestamp> {
        match self {
            Self::Span(span) => span.after(world.chain.now(), world),
            Self::Instant(instant) => instant.instant(world),
        }
    }
}

fn seconds(typed: &Typed, world: &World) -> Result<u64> {
    let value = eval(typed, world)?;
    let seconds = value.as_amount().and_then(|seconds| u64::try_from(seconds).ok());
    seconds.ok_or(MomentError::NotSeconds { span: typed.span, value })
}

fn months_after(
    from: Timestamp,
    months: i64,
    then: Option<&Typed>,
    world: &World,
) -> Result<Timestamp> {
    let to = add_months(from, months).ok_or(MomentError::Beyond)?;
    and_then(to, then, world)
}

/// The instant that lies some seconds after (or, with a negative number, before) another.
fn and_then(from: Timestamp, then: Option<&Typed>, world: &World) -> Result<Timestamp> {
    let Some(typed) = then else { return Ok(from) };
    let to = match eval(typed, world)? {
        Value::Int(seconds) => (seconds + from.0).to_u64(),
        value => return Err(MomentError::NotSeconds { span: typed.span, value }),
    };
    to.map(Timestamp).ok_or(MomentError::Beyond)
}

#[cfg(test)]
mod tests {
    use covenant_chain::Timestamp;

    use super::*;
    use crate::testing::{int, world};

    fn months(anchor: Option<i64>, months: i64, then: Option<i64>) -> TimeSpec {
        TimeSpec::Months { anchor: anchor.map(int), months, then: then.map(int) }
    }

    /// 2026-01-31T00:00:00Z
    const JANUARY: i64 = 1_769_817_600;
    /// 2026-02-28T00:00:00Z
    const FEBRUARY: u64 = 1_772_236_800;
    /// 2026-03-31T00:00:00Z
    const MARCH: u64 = 1_774_915_200;

    #[test]
    fn spans_are_counted_from_where_one_is_and_instants_are_not() {
        let world = world();
        let from = Timestamp(JANUARY.unsigned_abs());
        let after = |spec: &TimeSpec| spec.after(from, &world).unwrap();
        assert_eq!(after(&TimeSpec::Seconds(int(5))), Timestamp(from.0 + 5));
        assert_eq!(after(&months(None, 1, None)), Timestamp(FEBRUARY));
        assert_eq!(after(&months(None, 1, Some(-9))), Timestamp(FEBRUARY - 9));
        assert_eq!(after(&TimeSpec::Date(Timestamp(7))), Timestamp(7));
        let anchored = months(Some(JANUARY), 2, None);
        assert_eq!(anchored.after(Timestamp(0), &world).unwrap(), Timestamp(MARCH));
        assert_eq!(anchored.instant(&world).unwrap(), Timestamp(MARCH));
    }

    #[test]
    fn months_are_counted_from_the_first_day_each_time() {
        let world = world();
        let from = Timestamp(JANUARY.unsigned_abs());
        let times = |spec: &TimeSpec, count| spec.times_after(from, count, &world).unwrap();
        assert_eq!(times(&months(None, 1, None), 2), Timestamp(MARCH));
        assert_eq!(times(&months(None, 1, Some(10)), 2), Timestamp(MARCH + 20));
        assert_eq!(times(&TimeSpec::Seconds(int(5)), 3), Timestamp(from.0 + 15));
        assert_eq!(times(&months(None, 1, None), 0), from);
    }

    #[test]
    fn what_no_clock_can_hold_is_an_error() {
        let world = world();
        let after = |spec: &TimeSpec| spec.after(Timestamp(1), &world).unwrap_err();
        let max = TimeSpec::Seconds(crate::testing::constant(u64::MAX, crate::expr::Type::NUMBER));
        assert!(matches!(after(&max), MomentError::Beyond));
        assert!(matches!(
            after(&TimeSpec::Seconds(int(-1))),
            MomentError::NotSeconds { value, .. } if value == Value::Int((-1).into())
        ));
        assert!(matches!(after(&months(None, 1_000_000, None)), MomentError::Beyond));
        assert!(matches!(after(&months(None, 0, Some(-2))), MomentError::Beyond));
    }

    #[test]
    fn a_horizon_begins_where_the_exploration_does() {
        let mut world = world();
        world.chain.set_now(Timestamp(JANUARY.unsigned_abs())).unwrap();
        let days = Horizon::Span(TimeSpec::Seconds(int(86_400)));
        assert_eq!(days.end(&world).unwrap(), Timestamp(JANUARY.unsigned_abs() + 86_400));
        let date = Horizon::Instant(TimeSpec::Date(Timestamp(MARCH)));
        assert_eq!(date.end(&world).unwrap(), Timestamp(MARCH));
    }
}

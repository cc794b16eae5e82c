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

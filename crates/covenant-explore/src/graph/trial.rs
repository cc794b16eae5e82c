//! A move in a state, at one time after the other.

use covenant_scenario::world::World;

use super::{
    Attempt, Ending, ExploreError, Eyes, Move, Pace, Plot, State, attempt,
    recall::{Lesson, Recalled, at_times, lesson},
};
use crate::{cover::Seen, zone::Zone};

/// One in so many failures that are known is executed all the same, and one in so many that ask for no time is executed at
/// another.
const SAMPLE: u128 = 16;

/// One move in one state.
pub(super) struct Trial<'a> {
    world: &'a mut World,
    pace: Pace,
    state: &'a State,
    by: &'a Plot,
    one: &'a Move,
    eyes: Eyes,
    recalled: Recalled<'a>,
    /// How often something was executed.
    pub(super) count: u64,
    /// How often nothing had to be.
    spared: u64,
    /// What was learnt.
    pub(super) lessons: Vec<Lesson>,
}

impl<'a> Trial<'a> {
    pub(super) fn of(
        (world, pace): (&'a mut World, Pace),
        state: &'a State,
        (by, one, eyes): (&'a Plot, &'a Move, Eyes),
        recalled: Recalled<'a>,
    ) -> Self {
        let lessons = Vec::new();
        Self { world, pace, state, by, one, eyes, recalled, count: 0, spared: 0, lessons }
    }

    /// What the move does at one of these times.
    pub(super) fn at(
        &mut self,
        zone: &Zone,
        solution: &[i64],
    ) -> Result<Seen<Attempt>, ExploreError> {
        if let Some((guard, known)) = at_times(&self.recalled, self.state, solution) {
            let attempt = Attempt::known(guard, known);
            if self.is_sampled() {
                let again = self.tried(solution, self.eyes)?;
                self.compared(&attempt, &again, solution)?;
                self.compared_inputs(&attempt, &again, solution)?;
            }
            return Ok(Seen { guard: attempt.guard.clone(), is_blind: false, value: attempt });
        }
        let mut attempt = self.tried(solution, self.eyes)?;
        let is_timeless = matches!(attempt.ending, Ending::Failed(_)) && attempt.asks_nothing;
        if attempt.opaque.is_empty() && (!is_timeless || self.is_sampled()) {
            self.check(&attempt, zone, solution)?;
        }
        if let (Ending::Failed(failure), Some(reason)) = (&attempt.ending, attempt.reason.take()) {
            let learnt = (failure, attempt.looked.as_ref());
            self.lessons.extend(lesson(self.by, self.state, reason, learnt)?);
        }
        let (guard, is_blind) = (attempt.guard.clone(), !attempt.opaque.is_empty());
        Ok(Seen { guard, is_blind, value: attempt })
    }

    /// Which ones are executed again is the same each time.
    fn is_sampled(&mut self) -> bool {
        let mix = self.state.key() ^ self.by.digest() ^ u128::from(self.spared);
        self.spared += 1;
        mix.is_multiple_of(SAMPLE)
    }

    fn tried(&mut self, solution: &[i64], eyes: Eyes) -> Result<Attempt, ExploreError> {
        self.count += 1;
        Ok(attempt(self.world, self.pace, (self.state, solution), self.one, eyes)?)
    }

    /// Tries the move at another time at which it should end in the same way.
    fn check(
        &mut self,
        first: &Attempt,
        zone: &Zone,
        solution: &[i64],
    ) -> Result<(), ExploreError> {
        let common = zone.intersection(&first.guard).expect("the first attempt is in both");
        // Far from the first in an order that is the same each time; which times these are, is of no importance.
        let mut seed = self.count;
        let other = common.solution(|least, greatest| {
            seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let room = greatest.unwrap_or(least + 1_000_000) - least;
            least + i64::try_from((seed >> 33) % (room.unsigned_abs() + 1)).unwrap_or_default()
        });
        if other == solution {
            return Ok(());
        }
        let second = self.tried(&other, Eyes { inputs: false, ..self.eyes })?;
        self.compared(first, &second, &other)
    }

    /// What became of inputs is what is known of it, but for what is elsewhere at other times.
    fn compared_inputs(
        &self,
        known: &Attempt,
        again: &Attempt,
        times: &[i64],
    ) -> Result<(), ExploreError> {
        let is_same = match (&known.looked, &again.looked) {
            (None, None) => true,
            (Some(known), Some(again)) => {
                known.data == again.data
                    && known.value == again.value
                    && known.looked.is_like(&again.looked)
            }
            _ => false,
        };
        if is_same {
            return Ok(());
        }
        let what = format!("{} looks at other inputs at {times:?}", self.one.text);
        Err(ExploreError::Broken { what })
    }

    /// Two attempts, at times at which the move should end in the same way.
    fn compared(
        &self,
        first: &Attempt,
        second: &Attempt,
        times: &[i64],
    ) -> Result<(), ExploreError> {
        let broken = |what: &str| {
            Err(ExploreError::Broken { what: format!("{} {what} at {times:?}", self.one.text) })
        };
        if first.guard != second.guard {
            return broken("asks something else");
        }
        match (&first.ending, &second.ending) {
            (Ending::Failed(one), Ending::Failed(other)) if one == other => Ok(()),
            (Ending::Went(one), Ending::Went(other)) => {
                if one.state.key() == other.state.key() && one.origins == other.origins {
                    Ok(())
                } else {
                    broken("leads to another state")
                }
            }
            _ => broken("ends otherwise"),
        }
    }
}

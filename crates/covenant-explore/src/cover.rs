//! Looking at all times of a zone by looking at some of them.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::zone::{Bound, Instant, Zone};

/// What was seen at one time.
#[derive(Clone, Debug)]
pub(crate) struct Seen<T> {
    /// At which times the same is seen.
    pub(crate) guard: Zone,
    /// That is a guess: something depends on the time in a way that cannot be followed.
    pub(crate) is_blind: bool,
    /// What.
    pub(crate) value: T,
}

/// How much what is seen at one time is like what is seen at another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// It is the same.
    Same,
    /// It is of the same kind: both fail, or both lead somewhere.
    Kind,
    /// It is something else.
    None,
}

/// Where time cannot be followed, one looks at every second of a span that is no longer than this.
const SHORT: i64 = 32;
/// And at this many seconds of one that is.
const SAMPLES: i64 = 8;

/// What is seen at all times of some zones, with the times at which it is.
pub(crate) fn cover<T: Clone, E>(
    zones: Vec<Zone>,
    mut look: impl FnMut(&Zone, &[i64]) -> Result<Seen<T>, E>,
    like: impl Fn(&T, &T) -> Likeness,
) -> Result<Vec<(Zone, T)>, E> {
    let mut rest = zones;
    let mut pieces: Vec<(Zone, T)> = Vec::new();
    while let Some(zone) = rest.pop() {
        let first = look(&zone, &zone.earliest())?;
        if first.is_blind {
            // What lies between samples is left out.
            pieces.extend(sampled(&zone, first, &mut look, &like)?);
        } else {
            rest.push(zone);
            rest = without(rest, &first.guard);
            pieces.push((first.guard, first.value));
        }
    }
    Ok(pieces)
}

/// What is left of zones when one is cut out.
pub(crate) fn without(zones: Vec<Zone>, cut: &Zone) -> Vec<Zone> {
    zones.into_iter().flat_map(|zone| zone.without(cut).into_zones()).collect()
}

/// Looks at several times. Where something of another kind is seen at the next, the second at which that begins is looked
/// for. What is the same at one and at the next is so between them; else it is only known at these seconds.
fn sampled<T: Clone, E>(
    zone: &Zone,
    first: Seen<T>,
    look: &mut impl FnMut(&Zone, &[i64]) -> Result<Seen<T>, E>,
    like: &impl Fn(&T, &T) -> Likeness,
) -> Result<Vec<(Zone, T)>, E> {
    let least = zone.earliest()[1];
    let greatest = zone.bound(Instant::NOW, Instant::EPOCH).seconds().unwrap_or(least);
    let mut samples = BTreeMap::from([(least, first)]);
    let mut sample = |now: i64, samples: &mut BTreeMap<i64, Seen<T>>| {
        if let Entry::Vacant(place) = samples.entry(now) {
            place.insert(look(zone, &solution(zone, now))?);
        }
        Ok(())
    };
    let count = if greatest - least <= SHORT { greatest - least } else { SAMPLES };
    for number in 1..=count {
        sample(least + (greatest - least) * number / count, &mut samples)?;
    }
    let starts: Vec<i64> = samples.keys().copied().collect();
    for pair in starts.windows(2) {
        let (mut low, mut high) = (pair[0], pair[1]);
        while high - low > 1 && like(&samples[&low].value, &samples[&high].value) == Likeness::None
        {
            let middle = low + (high - low) / 2;
            sample(middle, &mut samples)?;
            if like(&samples[&middle].value, &samples[&low].value) == Likeness::None {
                high = middle;
            } else {
                low = middle;
            }
        }
    }
    let samples: Vec<(i64, Seen<T>)> = samples.into_iter().collect();
    let mut pieces = Vec::new();
    for (number, (start, seen)) in samples.iter().enumerate() {
        let lasts = samples
            .get(number + 1)
            .filter(|(_, other)| like(&seen.value, &other.value) == Likeness::Same);
        let from = seen.guard.within(Instant::EPOCH, Instant::NOW, Bound::at_most(-start));
        let end = lasts.map_or(*start, |(next, _)| next - 1);
        let guard =
            from.and_then(|zone| zone.within(Instant::NOW, Instant::EPOCH, Bound::at_most(end)));
        let guard = match lasts {
            Some(_) => guard,
            // The other instants are what they were when one looked.
            None => guard.and_then(|guard| guard.pinned(&solution(zone, *start))),
        };
        pieces.extend(guard.map(|guard| (guard, seen.value.clone())));
    }
    Ok(pieces)
}

/// The earliest times of the other instants, at a second.
fn solution(zone: &Zone, now: i64) -> Vec<i64> {
    let mut is_now = true;
    zone.solution(|least, _| if std::mem::take(&mut is_now) { now } else { least })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn early(now: i64) -> bool {
        now < 37
    }

    fn like(one: &bool, other: &bool) -> Likeness {
        if one == other { Likeness::Same } else { Likeness::None }
    }

    #[test]
    fn where_times_are_not_followed_the_second_at_which_something_changes_is_found() {
        let whole = Zone::at(10).later();
        let zone = whole.within(Instant::NOW, Instant::EPOCH, Bound::at_most(1000)).expect("some");
        let look = |_: &Zone, solution: &[i64]| {
            let value = early(solution[1]);
            Ok::<_, ()>(Seen { guard: Zone::anything(2), is_blind: true, value })
        };
        let pieces = cover(vec![zone], look, like).expect("it looks");
        for now in 10..=1000 {
            let mut at = pieces.iter().filter(|(guard, _)| guard.contains(&[0, now]));
            assert_eq!(at.next().map(|(_, value)| *value), Some(early(now)), "at {now}");
            assert!(at.next().is_none(), "pieces do not overlap at {now}");
        }
    }
}

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

/// At how many times one looks where the time cannot be followed.
const SAMPLES: i64 = 5;

/// What is seen at all times of some zones, with the times at which it is.
pub(crate) fn cover<T: Clone, E>(
    zones: Vec<Zone>,
    mut look: impl FnMut(&Zone, &[i64]) -> Result<Seen<T>, E>,
    same: impl Fn(&T, &T) -> bool,
) -> Result<Vec<(Zone, T)>, E> {
    let mut rest = zones;
    let mut pieces: Vec<(Zone, T)> = Vec::new();
    while let Some(zone) = rest.pop() {
        let first = look(&zone, &zone.earliest())?;
        let new = if first.is_blind {
            sampled(&zone, first, &mut look, &same)?
        } else {
            vec![(first.guard, first.value)]
        };
        rest.push(zone);
        for (guard, value) in new {
            rest = without(rest, &guard);
            pieces.push((guard, value));
        }
    }
    Ok(pieces)
}

/// What is left of zones when one is cut out.
pub(crate) fn without(zones: Vec<Zone>, cut: &Zone) -> Vec<Zone> {
    zones.into_iter().flat_map(|zone| zone.without(cut).into_zones()).collect()
}

/// Looks at several times: what is seen at one stands for the times up to the next. Where something else is seen at the
/// next, the second at which that begins is looked for.
fn sampled<T: Clone, E>(
    zone: &Zone,
    first: Seen<T>,
    look: &mut impl FnMut(&Zone, &[i64]) -> Result<Seen<T>, E>,
    same: &impl Fn(&T, &T) -> bool,
) -> Result<Vec<(Zone, T)>, E> {
    let least = zone.earliest()[1];
    let greatest = zone.bound(Instant::NOW, Instant::EPOCH).seconds().unwrap_or(least);
    let mut samples = BTreeMap::from([(least, first)]);
    let mut sample = |now: i64, samples: &mut BTreeMap<i64, Seen<T>>| {
        if let Entry::Vacant(place) = samples.entry(now) {
            let mut is_now = true;
            let solution =
                zone.solution(|least, _| if std::mem::take(&mut is_now) { now } else { least });
            place.insert(look(zone, &solution)?);
        }
        Ok(())
    };
    for number in 1..SAMPLES {
        sample(least + (greatest - least) * number / (SAMPLES - 1), &mut samples)?;
    }
    let starts: Vec<i64> = samples.keys().copied().collect();
    for pair in starts.windows(2) {
        let (mut low, mut high) = (pair[0], pair[1]);
        while high - low > 1 && !same(&samples[&low].value, &samples[&high].value) {
            let middle = low + (high - low) / 2;
            sample(middle, &mut samples)?;
            if same(&samples[&middle].value, &samples[&low].value) {
                low = middle;
            } else {
                high = middle;
            }
        }
    }
    let ends: Vec<i64> = samples.keys().skip(1).map(|next| next - 1).collect();
    let ends = ends.into_iter().map(Some).chain([None]);
    let intervals = samples.into_iter().zip(ends).filter_map(|((start, seen), end)| {
        let from = if start == least { 0 } else { start };
        let guard = seen.guard.within(Instant::EPOCH, Instant::NOW, Bound::at_most(-from))?;
        let guard = match end {
            Some(end) => guard.within(Instant::NOW, Instant::EPOCH, Bound::at_most(end))?,
            None => guard,
        };
        Some((guard, seen.value))
    });
    Ok(intervals.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn early(now: i64) -> bool {
        now < 37
    }

    #[test]
    fn where_times_are_not_followed_the_second_at_which_something_changes_is_found() {
        let whole = Zone::at(10).later();
        let zone = whole.within(Instant::NOW, Instant::EPOCH, Bound::at_most(1000)).expect("some");
        let look = |_: &Zone, solution: &[i64]| {
            let value = early(solution[1]);
            Ok::<_, ()>(Seen { guard: Zone::anything(2), is_blind: true, value })
        };
        let pieces = cover(vec![zone.clone()], look, |one, other| one == other).expect("it looks");
        for now in 10..=1000 {
            let mut at = pieces.iter().filter(|(guard, _)| guard.contains(&[0, now]));
            assert_eq!(at.next().map(|(_, value)| *value), Some(early(now)), "at {now}");
            assert!(at.next().is_none(), "pieces do not overlap at {now}");
        }
    }
}

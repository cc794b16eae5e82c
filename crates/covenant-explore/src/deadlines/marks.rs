//! The bounds of an interval, none of them twice.

use crate::zone::{Bound, Instant, Zone};

/// An instant: so many seconds after one that is in storage, or since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Which of the stored instants of the state; none for an absolute one.
    pub stored: Option<usize>,
    /// How many seconds later.
    pub seconds: i64,
}

/// Something that holds of instants in storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// This one (the first second of 1970 without) …
    pub later: Option<usize>,
    /// … is no later than this.
    pub than: Mark,
}

impl Mark {
    pub(super) fn of(instant: Instant, seconds: i64) -> Self {
        Self { stored: instant.0.checked_sub(2).filter(|_| instant.0 >= 2), seconds }
    }
}

/// Bounds `x - y <= most` that together make a zone of a larger one, none of which follows from the rest. Those between the
/// present and another instant are kept rather than those between others.
pub(super) fn essential(larger: &Zone, zone: &Zone) -> Vec<(Instant, Instant, i64)> {
    let instants = || (0..zone.instants()).map(Instant);
    let pairs = instants().flat_map(|x| instants().map(move |y| (x, y)));
    let mut bounds: Vec<(Instant, Instant, i64)> = pairs
        .filter(|(x, y)| zone.bound(*x, *y) < larger.bound(*x, *y))
        .filter_map(|(x, y)| Some((x, y, zone.bound(x, y).seconds()?)))
        .collect();
    let is_about_now =
        |(x, y, _): &(Instant, Instant, i64)| *x == Instant::NOW || *y == Instant::NOW;
    bounds.sort_by_key(|bound| is_about_now(bound));
    let mut index = 0;
    while index < bounds.len() {
        let others = bounds.iter().enumerate().filter(|(other, _)| *other != index);
        let made = others
            .map(|(_, bound)| *bound)
            .try_fold(larger.clone(), |made, (x, y, most)| made.within(x, y, Bound::at_most(most)));
        if made.as_ref() == Some(zone) {
            bounds.remove(index);
        } else {
            index += 1;
        }
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(zone: &Zone, x: usize, y: usize, most: i64) -> Zone {
        zone.within(Instant(x), Instant(y), Bound::at_most(most)).expect("it is not empty")
    }

    #[test]
    fn what_follows_is_left_out() {
        // An instant was stored between 100 and 200, and the present is not before it.
        let whole = within(&within(&Zone::anything(3), 2, 0, 200), 0, 2, -100);
        let whole = within(&whole, 2, 1, 0);
        // From five seconds after it on, until 150: it was stored by 144 then.
        let zone = within(&within(&whole, 2, 1, -5), 1, 0, 149);
        assert_eq!(zone.bound(Instant(2), Instant::EPOCH), Bound::at_most(144));
        let bounds = essential(&whole, &zone);
        assert_eq!(bounds, [(Instant::NOW, Instant::EPOCH, 149), (Instant(2), Instant::NOW, -5)]);
        assert_eq!(essential(&whole, &whole), []);
    }
}

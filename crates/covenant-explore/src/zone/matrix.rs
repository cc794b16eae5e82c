//! One zone: a closed matrix of bounds.

use std::fmt;

use super::{Bound, Federation};

/// The number of an instant in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub usize);

impl Instant {
    /// The beginning of all time. Differences from it are absolute times.
    pub const EPOCH: Self = Self(0);
    /// The present.
    pub const NOW: Self = Self(1);
}

/// A set of assignments of times to instants that is described by bounds on differences, and is not empty.
///
/// Always closed: every bound is the tightest that follows from all the others, so two zones are the same set exactly
/// when they are equal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone {
    instants: usize,
    /// Row by row: `bounds[x * instants + y]` bounds `x - y`.
    bounds: Vec<Bound>,
}

impl Zone {
    /// The epoch and the present, which is at this time.
    pub fn at(now: i64) -> Self {
        let mut zone = Self { instants: 2, bounds: vec![Bound::ZERO; 4] };
        zone.bounds[Instant::NOW.0 * 2] = Bound::at_most(now);
        zone.bounds[Instant::NOW.0] = Bound::at_most(-now);
        zone
    }

    /// The epoch and so many other instants (the present first), of which nothing is known but that they are not before
    /// the epoch.
    pub fn anything(instants: usize) -> Self {
        let mut zone = Self { instants, bounds: vec![Bound::NONE; instants * instants] };
        for x in 0..instants {
            zone.bounds[x * instants + x] = Bound::ZERO;
            zone.bounds[x] = Bound::ZERO;
        }
        zone
    }

    /// How many instants there are, the epoch and the present included.
    pub const fn instants(&self) -> usize {
        self.instants
    }

    /// The greatest possible `x - y`.
    pub fn bound(&self, x: Instant, y: Instant) -> Bound {
        self.bounds[x.0 * self.instants + y.0]
    }

    /// The part in which `x - y` is at most so much; `None` if there is none.
    #[must_use]
    pub fn within(&self, x: Instant, y: Instant, bound: Bound) -> Option<Self> {
        if bound >= self.bound(x, y) {
            return Some(self.clone());
        }
        // There is a solution unless going to and fro is less than nothing.
        if self.bound(y, x) + bound < Bound::ZERO {
            return None;
        }
        let mut zone = self.clone();
        for i in 0..self.instants {
            let left = self.bound(Instant(i), x) + bound;
            for j in 0..self.instants {
                let detour = left + self.bound(y, Instant(j));
                let direct = &mut zone.bounds[i * self.instants + j];
                *direct = detour.min(*direct);
            }
        }
        Some(zone)
    }

    /// The part that both have; `None` if there is none.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        if self.is_apart_from(other) {
            return None;
        }
        let mut zone = self.clone();
        for (x, y) in self.pairs() {
            if other.bound(x, y) < zone.bound(x, y) {
                zone = zone.within(x, y, other.bound(x, y))?;
            }
        }
        Some(zone)
    }

    /// The smallest zone that holds this one and another.
    #[must_use]
    pub fn hull(&self, other: &Self) -> Self {
        self.assert_same(other);
        let bounds = self.bounds.iter().zip(&other.bounds).map(|(one, other)| *one.max(other));
        Self { instants: self.instants, bounds: bounds.collect() }
    }

    /// Whether all of the other lies in this.
    pub fn includes(&self, other: &Self) -> bool {
        self.assert_same(other);
        self.bounds.iter().zip(&other.bounds).all(|(outer, inner)| inner <= outer)
    }

    /// What is left without the other: pieces that do not overlap.
    pub fn without(&self, other: &Self) -> Federation {
        if self.is_apart_from(other) {
            return Federation::of(vec![self.clone()]);
        }
        let mut pieces = Vec::new();
        let mut rest = self.clone();
        // A bound that follows from others cuts nothing off once those have, so they come first: each cut is a piece.
        let (first, last): (Vec<_>, Vec<_>) =
            self.pairs().partition(|(x, y)| !other.follows(*x, *y));
        for (x, y) in first.into_iter().chain(last) {
            let bound = other.bound(x, y);
            if bound >= rest.bound(x, y) {
                continue;
            }
            let beyond = bound.negated().expect("something less than a bound is one");
            pieces.extend(rest.within(y, x, beyond));
            match rest.within(x, y, bound) {
                Some(inside) => rest = inside,
                // They have nothing in common after all.
                None => return Federation::of(vec![self.clone()]),
            }
        }
        Federation::of(pieces)
    }

    /// Whether a look at each bound is enough to see that the two have nothing in common.
    fn is_apart_from(&self, other: &Self) -> bool {
        self.assert_same(other);
        self.pairs().any(|(x, y)| self.bound(x, y) + other.bound(y, x) < Bound::ZERO)
    }

    /// Whether a bound follows from two others.
    fn follows(&self, x: Instant, y: Instant) -> bool {
        let bound = self.bound(x, y);
        (0..self.instants)
            .map(Instant)
            .filter(|z| *z != x && *z != y)
            .any(|z| self.bound(x, z) + self.bound(z, y) <= bound)
    }

    /// What it becomes by waiting: the present is then or later, the others stay where they are.
    #[must_use]
    pub fn later(&self) -> Self {
        let mut zone = self.clone();
        for y in (0..self.instants).filter(|y| *y != Instant::NOW.0) {
            zone.bounds[Instant::NOW.0 * self.instants + y] = Bound::NONE;
        }
        zone
    }

    /// What it becomes by waiting at least so many seconds.
    #[must_use]
    pub fn later_by(&self, seconds: i64) -> Self {
        let mut zone = self.later();
        for y in (0..self.instants).filter(|y| *y != Instant::NOW.0) {
            let bound = &mut zone.bounds[y * self.instants + Instant::NOW.0];
            *bound = bound.shifted(-seconds);
        }
        zone
    }

    /// From where it is reached by waiting: the present is then or earlier. Where other instants were in the past, they
    /// need not be any more: intersect with what is known of the state.
    #[must_use]
    pub fn earlier(&self) -> Self {
        let mut zone = self.clone();
        for x in (0..self.instants).filter(|x| *x != Instant::NOW.0) {
            // All that is left is that the present is not before the epoch.
            zone.bounds[x * self.instants + Instant::NOW.0] =
                self.bound(Instant(x), Instant::EPOCH);
        }
        zone
    }

    /// These instants, each so many seconds later, in this order; the first must be the epoch and the second the present,
    /// as they are. An instant that is named twice is copied, one that is not named is forgotten.
    ///
    /// # Panics
    /// If the epoch and the present do not come first.
    #[must_use]
    pub fn selected(&self, order: &[(Instant, i64)]) -> Self {
        assert_eq!(
            order[..2],
            [(Instant::EPOCH, 0), (Instant::NOW, 0)],
            "these two are always there"
        );
        let bounds = order.iter().flat_map(|(x, later)| {
            order.iter().map(move |(y, least)| self.bound(*x, *y).shifted(later - least))
        });
        Self { instants: order.len(), bounds: bounds.collect() }
    }

    /// The assignments to other instants that [`selected`](Self::selected) makes into one of these.
    #[must_use]
    pub fn before_selection(&self, order: &[(Instant, i64)], instants: usize) -> Option<Self> {
        let mut zone = Self::anything(instants);
        for (x, y) in self.pairs() {
            let ((from, later), (to, least)) = (order[x.0], order[y.0]);
            let bound = self.bound(x, y).shifted(least - later);
            if from == to {
                if bound < Bound::ZERO {
                    return None;
                }
            } else {
                zone = zone.within(from, to, bound)?;
            }
        }
        Some(zone)
    }

    /// From where it is reached by waiting at most so many seconds.
    #[must_use]
    pub fn earlier_by(&self, seconds: i64) -> Self {
        let mut zone = self.earlier();
        for x in (0..self.instants).map(Instant).filter(|x| *x != Instant::NOW) {
            let bound = self.bound(x, Instant::NOW).shifted(seconds);
            let loose = &mut zone.bounds[x.0 * self.instants + Instant::NOW.0];
            *loose = bound.min(*loose);
        }
        zone
    }

    /// Nothing is known of an instant any more, but that it is not before the epoch.
    #[must_use]
    pub fn without_knowledge_of(&self, forgotten: Instant) -> Self {
        let mut zone = self.clone();
        for other in (0..self.instants).filter(|other| *other != forgotten.0) {
            zone.bounds[forgotten.0 * self.instants + other] = Bound::NONE;
            zone.bounds[other * self.instants + forgotten.0] =
                self.bound(Instant(other), Instant::EPOCH);
        }
        zone
    }

    /// The earliest solution: for each instant its least possible time.
    pub fn earliest(&self) -> Vec<i64> {
        let least = |x| self.bound(Instant::EPOCH, Instant(x)).seconds().map(|seconds| -seconds);
        (0..self.instants).map(|x| least(x).expect("no instant is before the epoch")).collect()
    }

    /// The latest that the present can be.
    pub fn latest(&self) -> i64 {
        self.bound(Instant::NOW, Instant::EPOCH).seconds().unwrap_or(i64::MAX)
    }

    /// What is left of it where all instants but the present are at these times.
    #[must_use]
    pub fn pinned(&self, times: &[i64]) -> Option<Self> {
        (2..times.len()).try_fold(self.clone(), |zone, x| {
            let zone = zone.within(Instant(x), Instant::EPOCH, Bound::at_most(times[x]))?;
            zone.within(Instant::EPOCH, Instant(x), Bound::at_most(-times[x]))
        })
    }

    /// What is left of it from an instant on.
    #[must_use]
    pub fn from(&self, now: i64) -> Option<Self> {
        self.within(Instant::EPOCH, Instant::NOW, Bound::at_most(-now))
    }

    /// Some solution, made by fixing one instant after the other. `choose` is told the least and the greatest time that
    /// an instant can still have, and picks one.
    pub fn solution(&self, mut choose: impl FnMut(i64, Option<i64>) -> i64) -> Vec<i64> {
        let mut zone = self.clone();
        let mut times = vec![0];
        for x in (1..self.instants).map(Instant) {
            let least = -zone.bound(Instant::EPOCH, x).seconds().expect("it is after the epoch");
            let greatest = zone.bound(x, Instant::EPOCH).seconds();
            let chosen = choose(least, greatest);
            let above = zone.within(Instant::EPOCH, x, Bound::at_most(-chosen));
            let fixed =
                above.and_then(|zone| zone.within(x, Instant::EPOCH, Bound::at_most(chosen)));
            zone = fixed.expect("the choice is between the least and the greatest time");
            times.push(chosen);
        }
        times
    }

    /// Whether these times, the epoch's first, are in the zone.
    pub fn contains(&self, times: &[i64]) -> bool {
        assert_eq!(times.len(), self.instants, "every instant has a time");
        self.pairs().all(|(x, y)| {
            let greatest = self.bound(x, y).seconds();
            greatest.is_none_or(|greatest| times[x.0] - times[y.0] <= greatest)
        })
    }

    fn pairs(&self) -> impl Iterator<Item = (Instant, Instant)> + use<> {
        let instants = self.instants;
        let all = (0..instants).flat_map(move |x| (0..instants).map(move |y| (x, y)));
        all.filter(|(x, y)| x != y).map(|(x, y)| (Instant(x), Instant(y)))
    }

    fn assert_same(&self, other: &Self) {
        assert_eq!(self.instants, other.instants, "zones over the same instants are compared");
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Zone")?;
        formatter.debug_list().entries(self.bounds.chunks(self.instants)).finish()
    }
}

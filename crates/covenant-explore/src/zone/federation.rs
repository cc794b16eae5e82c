//! Unions of zones.

use super::Zone;

/// A set of assignments that is a union of zones over the same instants; possibly empty.
#[derive(Clone, Debug, Default)]
pub struct Federation {
    zones: Vec<Zone>,
}

impl Federation {
    /// Nothing.
    pub const fn empty() -> Self {
        Self { zones: Vec::new() }
    }

    pub(super) const fn of(zones: Vec<Zone>) -> Self {
        Self { zones }
    }

    /// Whether there is nothing in it.
    pub const fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// The zones that it consists of.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// Takes one of its zones out.
    pub fn pop(&mut self) -> Option<Zone> {
        self.zones.pop()
    }

    /// The same set with fewer zones, where two of them are one.
    #[must_use]
    pub fn joined(mut self) -> Self {
        self.drop_covered();
        let mut one = 0;
        while one < self.zones.len() {
            let other = (one + 1..self.zones.len()).find(|other| {
                let (a, b) = (&self.zones[one], &self.zones[*other]);
                let hull = a.hull(b);
                hull.without(a).zones.iter().all(|rest| b.includes(rest))
            });
            match other {
                Some(other) => {
                    let other = self.zones.swap_remove(other);
                    self.zones[one] = self.zones[one].hull(&other);
                    // What did not fit before may fit now.
                    one = 0;
                }
                None => one += 1,
            }
        }
        self
    }

    /// Leaves out zones that the others cover together.
    fn drop_covered(&mut self) {
        let mut one = 0;
        while one < self.zones.len() && self.zones.len() > 1 {
            let zone = self.zones.swap_remove(one);
            if self.covers(&zone) {
                continue;
            }
            self.zones.push(zone);
            let last = self.zones.len() - 1;
            self.zones.swap(one, last);
            one += 1;
        }
    }

    /// What is in this set and not in another.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        other.zones.iter().for_each(|zone| rest.remove(zone));
        rest
    }

    /// Whether everything of another set is in it.
    pub fn includes(&self, other: &Self) -> bool {
        other.zones.iter().all(|zone| self.covers(zone))
    }

    /// Its zones, which may overlap.
    pub fn into_zones(self) -> Vec<Zone> {
        self.zones
    }

    /// Whether these times are in one of its zones.
    pub fn contains(&self, times: &[i64]) -> bool {
        self.zones.iter().any(|zone| zone.contains(times))
    }

    /// Adds what is not there yet. Says whether there was anything.
    pub fn add(&mut self, zone: &Zone) -> bool {
        if self.covers(zone) {
            return false;
        }
        self.zones.retain(|known| !zone.includes(known));
        self.zones.push(zone.clone());
        true
    }

    /// Whether all of a zone lies in the union, even if in none of its zones alone.
    pub fn covers(&self, zone: &Zone) -> bool {
        self.remainder_of(zone).is_empty()
    }

    /// What of a zone is not in the union.
    pub fn remainder_of(&self, zone: &Zone) -> Self {
        let mut rest = vec![zone.clone()];
        for known in &self.zones {
            if rest.is_empty() {
                break;
            }
            rest = rest.iter().flat_map(|piece| piece.without(known).zones).collect();
        }
        Self { zones: rest }
    }

    /// The part that lies in a zone.
    #[must_use]
    pub fn within(&self, zone: &Zone) -> Self {
        Self { zones: self.zones.iter().filter_map(|part| part.intersection(zone)).collect() }
    }

    /// Cuts a zone out.
    pub fn remove(&mut self, zone: &Zone) {
        self.zones = self.zones.iter().flat_map(|part| part.without(zone).zones).collect();
    }
}

impl From<Zone> for Federation {
    fn from(zone: Zone) -> Self {
        Self { zones: vec![zone] }
    }
}

impl FromIterator<Zone> for Federation {
    fn from_iter<T: IntoIterator<Item = Zone>>(zones: T) -> Self {
        let mut federation = Self::empty();
        for zone in zones {
            federation.add(&zone);
        }
        federation
    }
}

impl Extend<Zone> for Federation {
    fn extend<T: IntoIterator<Item = Zone>>(&mut self, zones: T) {
        for zone in zones {
            self.add(&zone);
        }
    }
}

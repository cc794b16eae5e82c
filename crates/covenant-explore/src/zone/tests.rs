//! Every operation on zones against the same operation on the sets of points that they stand for.

use proptest::prelude::*;

use super::{Bound, Federation, Instant, Zone};

/// Times are looked at from the epoch to here.
const END: i64 = 6;

/// The epoch, the present and two more.
const INSTANTS: usize = 4;

/// A bound on one difference.
type Constraint = (usize, usize, i64);

fn points() -> impl Iterator<Item = Vec<i64>> {
    let pairs = (0..=END).flat_map(|a| (0..=END).map(move |b| (a, b)));
    pairs.flat_map(|(a, b)| (0..=END).map(move |c| vec![0, a, b, c]))
}

/// All times up to the end.
fn everything() -> Zone {
    let zone = Zone::anything(INSTANTS);
    (1..INSTANTS).fold(zone, |zone, x| {
        let limited = zone.within(Instant(x), Instant::EPOCH, Bound::at_most(END));
        limited.expect("it holds the epoch")
    })
}

fn holds(point: &[i64], constraints: &[Constraint]) -> bool {
    constraints.iter().all(|(x, y, most)| point[*x] - point[*y] <= *most)
}

/// The zone of some constraints, and the points that satisfy them.
fn zone(constraints: &[Constraint]) -> (Option<Zone>, Vec<Vec<i64>>) {
    let zone = constraints.iter().try_fold(everything(), |zone, (x, y, most)| {
        if x == y && *most >= 0 {
            return Some(zone);
        }
        zone.within(Instant(*x), Instant(*y), Bound::at_most(*most))
    });
    (zone, points().filter(|point| holds(point, constraints)).collect())
}

fn constraints() -> impl Strategy<Value = Vec<Constraint>> {
    let one = (0..INSTANTS, 0..INSTANTS, -END..=END);
    let different = one.prop_filter("an instant is as late as itself", |(x, y, _)| x != y);
    prop::collection::vec(different, 0..7)
}

fn members(zone: &Zone) -> Vec<Vec<i64>> {
    points().filter(|point| zone.contains(point)).collect()
}

fn members_of_union(union: &Federation) -> Vec<Vec<i64>> {
    points().filter(|point| union.contains(point)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_zone_is_the_set_of_its_points(constraints in constraints()) {
        let (zone, points) = zone(&constraints);
        prop_assert_eq!(zone.is_some(), !points.is_empty());
        if let Some(zone) = zone {
            prop_assert_eq!(members(&zone), points);
        }
    }

    #[test]
    fn bounds_are_tight(constraints in constraints()) {
        let (Some(zone), points) = zone(&constraints) else { return Ok(()) };
        for x in 0..INSTANTS {
            for y in 0..INSTANTS {
                let greatest = points.iter().map(|point| point[x] - point[y]).max();
                prop_assert_eq!(zone.bound(Instant(x), Instant(y)).seconds(), greatest);
            }
        }
    }

    #[test]
    fn cutting_and_joining(one in constraints(), other in constraints()) {
        let ((Some(one), first), (Some(other), second)) = (zone(&one), zone(&other)) else {
            return Ok(());
        };
        let both = first.iter().filter(|point| second.contains(point)).cloned().collect::<Vec<_>>();
        let only = first.iter().filter(|point| !second.contains(point)).cloned().collect::<Vec<_>>();
        let common = one.intersection(&other);
        prop_assert_eq!(common.as_ref().map_or_else(Vec::new, members), both);
        prop_assert_eq!(one.includes(&other), second.iter().all(|point| first.contains(point)));
        let rest = one.without(&other);
        prop_assert_eq!(members_of_union(&rest), only);
        // Pieces do not overlap.
        for (number, piece) in rest.zones().iter().enumerate() {
            for another in &rest.zones()[number + 1..] {
                prop_assert!(piece.intersection(another).is_none());
            }
        }
        let mut union = Federation::from(one.clone());
        prop_assert_eq!(union.add(&other), second.iter().any(|point| !first.contains(point)));
        prop_assert!(union.covers(&one) && union.covers(&other));
        prop_assert_eq!(union.covers(&everything()), members_of_union(&union).len() == points().count());
        union.remove(&one);
        prop_assert!(common.is_none_or(|common| union.within(&common).is_empty()));
    }

    #[test]
    fn joining(parts in prop::collection::vec(constraints(), 1..4)) {
        let mut union = Federation::empty();
        let mut expected = Vec::new();
        for part in &parts {
            let (zone, points) = zone(part);
            union.extend(zone);
            expected.extend(points);
        }
        let count = union.zones().len();
        let joined = union.joined();
        prop_assert!(joined.zones().len() <= count);
        let expected = points().filter(|point| expected.contains(point)).collect::<Vec<_>>();
        prop_assert_eq!(members_of_union(&joined), expected);
    }

    #[test]
    fn waiting(constraints in constraints()) {
        let (Some(zone), start) = zone(&constraints) else { return Ok(()) };
        let reached = |point: &Vec<i64>, back: bool| start.iter().any(|from| {
            let others = point[2..] == from[2..];
            others && if back { point[1] <= from[1] } else { point[1] >= from[1] }
        });
        let later = points().filter(|point| reached(point, false)).collect::<Vec<_>>();
        prop_assert_eq!(members(&zone.later()), later);
        let earlier = points().filter(|point| reached(point, true)).collect::<Vec<_>>();
        prop_assert_eq!(members(&zone.earlier()), earlier);
    }

    #[test]
    fn waiting_for_at_least_a_while(constraints in constraints(), seconds in 0..=END) {
        let (zone, inside) = zone(&constraints);
        let Some(zone) = zone else { return Ok(()) };
        let later = zone.later_by(seconds);
        for point in points() {
            let from_inside = inside.iter().any(|from| {
                from[1] + seconds <= point[1] && from[2..] == point[2..]
            });
            prop_assert_eq!(later.contains(&point), from_inside, "{:?}", point);
        }
    }

    #[test]
    fn waiting_for_a_while(constraints in constraints(), seconds in 0..=END) {
        let (Some(zone), start) = zone(&constraints) else { return Ok(()) };
        let reached = |point: &Vec<i64>| start.iter().any(|from| {
            point[2..] == from[2..] && point[1] <= from[1] && from[1] - point[1] <= seconds
        });
        let earlier = points().filter(reached).collect::<Vec<_>>();
        prop_assert_eq!(members(&zone.earlier_by(seconds)), earlier);
    }

    #[test]
    fn forgetting(constraints in constraints()) {
        let (Some(zone), start) = zone(&constraints) else { return Ok(()) };
        let unknown = zone.without_knowledge_of(Instant(2));
        let like = |point: &Vec<i64>| start.iter().any(|from| point[1] == from[1] && point[3] == from[3]);
        prop_assert_eq!(members(&unknown), points().filter(like).collect::<Vec<_>>());
    }

    /// The present noted, an instant forgotten, another moved: forwards, and back again.
    #[test]
    fn selecting(one in constraints(), other in constraints(), later in 0..3_i64) {
        let (Some(zone), start) = zone(&one) else { return Ok(()) };
        let order =
            [(Instant::EPOCH, 0), (Instant::NOW, 0), (Instant::NOW, 0), (Instant(2), later)];
        let selected = |point: &Vec<i64>| vec![0, point[1], point[1], point[2] + later];
        let after = zone.selected(&order);
        let expected =
            points().filter(|point| start.iter().any(|from| selected(from) == *point));
        prop_assert_eq!(members(&after), expected.collect::<Vec<_>>());
        let (Some(target), _) = self::zone(&other) else { return Ok(()) };
        let before = target.before_selection(&order, INSTANTS);
        let expected = points().filter(|point| target.contains(&selected(point)));
        prop_assert_eq!(before.as_ref().map_or_else(Vec::new, members), expected.collect::<Vec<_>>());
    }

    #[test]
    fn solutions_are_members(constraints in constraints(), picks in prop::collection::vec(0..=END, INSTANTS)) {
        let (Some(zone), _) = zone(&constraints) else { return Ok(()) };
        prop_assert!(zone.contains(&zone.earliest()));
        let mut picks = picks.into_iter();
        let choose = |least: i64, greatest: Option<i64>| {
            let pick = picks.next().unwrap_or(least);
            pick.clamp(least, greatest.unwrap_or_else(|| pick.max(least)))
        };
        prop_assert!(zone.contains(&zone.solution(choose)));
    }
}

#[test]
fn an_empty_union_covers_nothing() {
    assert!(!Federation::empty().covers(&Zone::at(7)));
    assert!(Federation::from(Zone::at(7)).covers(&Zone::at(7)));
    assert!(Zone::at(7).contains(&[0, 7]));
    assert!(!Zone::at(7).contains(&[0, 8]));
    assert_eq!(Zone::at(7).later().earliest(), [0, 7]);
}

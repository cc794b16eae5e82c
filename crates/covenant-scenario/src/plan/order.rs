//! In which order the scene is set: what something needs comes before it.

use std::collections::{BTreeMap, BTreeSet};

use super::types::Setup;

/// What each thing needs before it.
pub(super) type Needs = BTreeMap<Setup, Vec<Setup>>;

/// Puts things in order: each after what it needs, otherwise as they are listed. `Let`s come where they are first
/// needed, or last.
///
/// # Errors
/// The things that need each other in a circle, in order.
pub(super) fn order(listed: &[Setup], needs: &Needs) -> Result<Vec<Setup>, Vec<Setup>> {
    let mut walk = Walk { needs, ordered: Vec::new(), done: BTreeSet::new() };
    let is_let = |item: &&Setup| matches!(item, Setup::Let(_));
    for item in listed.iter().filter(|item| !is_let(item)).chain(listed.iter().filter(is_let)) {
        walk.visit(*item)?;
    }
    Ok(walk.ordered)
}

struct Walk<'a> {
    needs: &'a Needs,
    ordered: Vec<Setup>,
    done: BTreeSet<Setup>,
}

impl Walk<'_> {
    /// Puts an item in order after all that it needs. A file can hold a chain of a hundred thousand `let`s, so the way
    /// there is kept on the heap.
    fn visit(&mut self, item: Setup) -> Result<(), Vec<Setup>> {
        let mut way = vec![(item, 0)];
        let mut open = BTreeSet::from([item]);
        while let Some((here, next)) = way.pop() {
            if self.done.contains(&here) {
                open.remove(&here);
                continue;
            }
            let Some(need) = self.needs.get(&here).and_then(|needs| needs.get(next)).copied()
            else {
                open.remove(&here);
                self.done.insert(here);
                self.ordered.push(here);
                continue;
            };
            way.push((here, next + 1));
            if open.contains(&need) {
                let begin =
                    way.iter().position(|(on_the_way, _)| *on_the_way == need).unwrap_or_default();
                return Err(way[begin..].iter().map(|(on_the_way, _)| *on_the_way).collect());
            }
            if !self.done.contains(&need) {
                open.insert(need);
                way.push((need, 0));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{InstanceId, LetId};

    const A: Setup = Setup::Instance(InstanceId(0));
    const B: Setup = Setup::Instance(InstanceId(1));
    const X: Setup = Setup::Let(LetId(0));
    const Y: Setup = Setup::Let(LetId(1));

    #[test]
    fn what_is_needed_comes_first_and_other_lets_last() {
        let needs = Needs::from([(A, vec![X]), (X, vec![B])]);
        assert_eq!(order(&[X, Y, A, B], &needs), Ok(vec![B, X, A, Y]));
    }

    #[test]
    fn without_needs_the_listed_order_is_kept() {
        assert_eq!(order(&[A, B, X, Y], &Needs::new()), Ok(vec![A, B, X, Y]));
    }

    #[test]
    fn a_long_chain_is_no_problem() {
        let items: Vec<Setup> = (0..100_000).map(|number| Setup::Let(LetId(number))).collect();
        let needs: Needs = items.windows(2).map(|pair| (pair[0], vec![pair[1]])).collect();
        let ordered = order(&items, &needs).expect("there is no circle");
        assert_eq!(ordered.first(), items.last());
        assert_eq!(ordered.len(), items.len());
    }

    #[test]
    fn a_circle_is_named_in_order() {
        let needs = Needs::from([(X, vec![A]), (A, vec![B]), (B, vec![X])]);
        assert_eq!(order(&[A, B, X], &needs), Err(vec![A, B, X]));
    }
}

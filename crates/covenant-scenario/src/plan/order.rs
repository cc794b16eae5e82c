//! In which order the scene is set: what something needs comes before it.

use std::collections::BTreeMap;

use super::types::Setup;

/// What each thing needs before it.
pub(super) type Needs = BTreeMap<Setup, Vec<Setup>>;

/// Puts things in order: each after what it needs, otherwise as they are listed. `Let`s come where they are first
/// needed, or last.
///
/// # Errors
/// The things that need each other in a circle, in order.
pub(super) fn order(listed: &[Setup], needs: &Needs) -> Result<Vec<Setup>, Vec<Setup>> {
    let mut walk = Walk { needs, done: Vec::new(), open: Vec::new() };
    let is_let = |item: &&Setup| matches!(item, Setup::Let(_));
    for item in listed.iter().filter(|item| !is_let(item)).chain(listed.iter().filter(is_let)) {
        walk.visit(*item)?;
    }
    Ok(walk.done)
}

struct Walk<'a> {
    needs: &'a Needs,
    done: Vec<Setup>,
    open: Vec<Setup>,
}

impl Walk<'_> {
    fn visit(&mut self, item: Setup) -> Result<(), Vec<Setup>> {
        if self.done.contains(&item) {
            return Ok(());
        }
        if let Some(begin) = self.open.iter().position(|open| *open == item) {
            return Err(self.open[begin..].to_vec());
        }
        self.open.push(item);
        for need in self.needs.get(&item).into_iter().flatten() {
            self.visit(*need)?;
        }
        self.open.pop();
        self.done.push(item);
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
    fn a_circle_is_named_in_order() {
        let needs = Needs::from([(X, vec![A]), (A, vec![B]), (B, vec![X])]);
        assert_eq!(order(&[A, B, X], &needs), Err(vec![A, B, X]));
    }
}

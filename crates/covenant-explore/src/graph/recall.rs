//! Failures that are known already.
//!
//! Most moves fail in most states, and most of them look at very little before they do: the status of an agreement, say.
//! What a transaction does follows from what it reads. A move that failed in one state therefore fails, with the same
//! error, in every other state that has the same in all places that it looked at: the same words, of which the same bits
//! hold the same instants, and the same accounts, whose balances count where they were asked for or had to suffice. Such a state need not execute it. At which times it fails follows from
//! what was asked about those instants, and is as exact there as it was where the move was executed. What became of its
//! inputs is kept with it: the same words are compared with them there.
//!
//! Nothing is learnt where a stranger's contract does something meanwhile: what that is, is in its code, and in no state.

use std::{collections::HashMap, sync::Arc};

use covenant_chain::{
    ChainError,
    shadow::{Constraint, Read},
};

use super::{Failure, Given, Plot, State, naming::guard};
use crate::zone::Zone;

/// Why a move failed.
#[derive(Clone, Debug)]
pub(crate) struct Reason {
    /// Everything that it looked at.
    pub(crate) read: Read,
    /// What was asked about times.
    pub(crate) asked: Vec<Constraint>,
}

/// A failure with all that it follows from.
#[derive(Clone, Debug)]
pub(crate) struct Lesson {
    by: Plot,
    read: Read,
    /// What was found in these places.
    found: u128,
    known: KnownFailure,
}

#[derive(Clone, Debug)]
pub(crate) struct KnownFailure {
    asked: Vec<Constraint>,
    pub(crate) failure: Failure,
    /// What became of its inputs, where they were looked at.
    pub(crate) looked: Option<Arc<Given>>,
}

/// Failures of one move that looked at the same places.
#[derive(Debug)]
struct Places {
    read: Arc<Read>,
    /// By what was found there.
    failures: HashMap<u128, Vec<KnownFailure>>,
}

/// The failures of all that was tried.
#[derive(Debug, Default)]
pub(crate) struct Recall {
    plots: HashMap<Plot, Vec<Places>>,
    count: usize,
}

/// More failures than this are not kept: where so many are different, few are found again.
const MOST: usize = 200_000;

/// A move looks at different places depending on what it finds in the first. More than this are not kept.
const MOST_PLACES: usize = 24;

/// The failures of one move that can happen in one state.
pub(crate) type Recalled<'a> = Vec<&'a [KnownFailure]>;

impl Recall {
    /// What is known of a move in a state.
    pub(crate) fn known(&self, by: &Plot, state: &State) -> Result<Recalled<'_>, ChainError> {
        let mut known = Vec::new();
        for places in self.plots.get(by).into_iter().flatten() {
            if let Some(found) = state.found(&places.read)?
                && let Some(failures) = places.failures.get(&found)
            {
                known.push(failures.as_slice());
            }
        }
        Ok(known)
    }

    /// Keeps a failure.
    pub(crate) fn learn(&mut self, lesson: Lesson) {
        let Lesson { by, read, found, known } = lesson;
        if self.count >= MOST {
            return;
        }
        let all = self.plots.entry(by).or_default();
        let place = all.iter().position(|places| *places.read == read);
        if place.is_none() && all.len() >= MOST_PLACES {
            return;
        }
        self.count += 1;
        let place = place.unwrap_or_else(|| {
            all.push(Places { read: Arc::new(read), failures: HashMap::new() });
            all.len() - 1
        });
        all[place].failures.entry(found).or_default().push(known);
    }

    /// How many are kept.
    pub(crate) const fn len(&self) -> usize {
        self.count
    }
}

/// The failure that is known to happen at some times of a state's instants, and at which other times it does.
pub(crate) fn at_times<'a>(
    recalled: &Recalled<'a>,
    state: &State,
    solution: &[i64],
) -> Option<(Zone, &'a KnownFailure)> {
    recalled.iter().copied().flatten().find_map(|known| {
        let zone = guard(state.instants, &known.asked)?;
        zone.contains(solution).then_some((zone, known))
    })
}

/// What can be learnt from a failure in a state. Nothing, where a word that was read depends on time in a way that is not
/// known.
pub(crate) fn lesson(
    by: &Plot,
    state: &State,
    reason: Reason,
    (failure, looked): (&Failure, Option<&Arc<Given>>),
) -> Result<Option<Lesson>, ChainError> {
    let Reason { read, asked } = reason;
    let found = state.found(&read)?;
    let known = KnownFailure { asked, failure: failure.clone(), looked: looked.cloned() };
    Ok(found.map(|found| Lesson { by: by.clone(), read, found, known }))
}

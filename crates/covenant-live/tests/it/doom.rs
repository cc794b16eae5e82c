//! When a simulated process dies.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Counts the moments at which a process could die, and lets it die at one of them.
///
/// Clones share the count.
#[derive(Clone, Debug)]
pub(crate) struct Doom {
    moments: Arc<AtomicU64>,
    fatal: Arc<AtomicU64>,
}

/// What a dying process leaves: nothing but what others know.
struct Death;

impl Doom {
    pub(crate) fn never() -> Self {
        Self { moments: Arc::default(), fatal: Arc::new(AtomicU64::new(u64::MAX)) }
    }

    /// The process dies at this moment, counted from 0, and at none after it.
    pub(crate) fn at(&self, moment: u64) {
        self.fatal.store(moment, Ordering::SeqCst);
    }

    /// How many moments there were.
    pub(crate) fn moments(&self) -> u64 {
        self.moments.load(Ordering::SeqCst)
    }

    /// One more moment. Nobody may hold a lock on what outlives the process.
    pub(crate) fn pass(&self) {
        if self.moments.fetch_add(1, Ordering::SeqCst) == self.fatal.load(Ordering::SeqCst) {
            panic::resume_unwind(Box::new(Death));
        }
    }

    /// Runs a process to its end; `None` if it died. Any other panic goes on.
    pub(crate) fn process<T>(run: impl FnOnce() -> T) -> Option<T> {
        match panic::catch_unwind(AssertUnwindSafe(run)) {
            Ok(value) => Some(value),
            Err(panic) if panic.is::<Death>() => None,
            Err(panic) => panic::resume_unwind(panic),
        }
    }
}

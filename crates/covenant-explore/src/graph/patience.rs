//! How long an exploration may take, searching and answering together.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant as Moment},
};

use super::Stopped;

/// When whoever asked does not wait any longer. Loops that may take long look at it, and end early; what they have found
/// by then is then no answer.
#[derive(Clone, Debug)]
pub(crate) struct Patience {
    begun: Moment,
    time: Duration,
    cancel: Option<Arc<AtomicBool>>,
}

impl Patience {
    /// From now on.
    pub(crate) fn of(time: Duration, cancel: Option<Arc<AtomicBool>>) -> Self {
        #[expect(clippy::disallowed_methods, reason = "users limit how long it may take")]
        let begun = Moment::now();
        Self { begun, time, cancel }
    }

    /// From now on, for what is left to be said once nobody waits any longer: a tenth of the time, and five seconds at least.
    pub(crate) fn again(&self) -> Self {
        Self::of((self.time / 10).max(Duration::from_secs(5)), None)
    }

    /// How long it has taken.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Why nobody waits any longer, if so.
    pub(crate) fn ended(&self) -> Option<Stopped> {
        let cancelled = self.cancel.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed));
        if cancelled {
            Some(Stopped::Cancelled)
        } else {
            (self.elapsed() > self.time).then_some(Stopped::Seconds)
        }
    }

    /// Whether nobody waits any longer.
    pub(crate) fn is_over(&self) -> bool {
        self.ended().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_cancels_does_not_wait() {
        let flag = Arc::new(AtomicBool::new(false));
        let patience = Patience::of(Duration::from_secs(1_000), Some(Arc::clone(&flag)));
        assert_eq!(patience.ended(), None);
        flag.store(true, Ordering::Relaxed);
        assert_eq!(patience.ended(), Some(Stopped::Cancelled));
    }

    #[test]
    fn time_runs_out() {
        let patience = Patience::of(Duration::ZERO, None);
        while patience.elapsed().is_zero() {}
        assert_eq!(patience.ended(), Some(Stopped::Seconds));
    }
}

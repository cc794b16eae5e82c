//! Time that passes while a node is waited for.

use std::{
    fmt, thread,
    time::{Duration, Instant},
};

/// A clock that can be waited on. Deadlines for nodes are measured with it; what a chain's time is, only the chain says.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Time since a moment that stays the same while the clock is used.
    fn now(&self) -> Duration;

    /// Waits.
    fn sleep(&self, time: Duration);
}

/// The clock of the operating system, which never goes back.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Starts at 0.
    #[expect(clippy::disallowed_methods, reason = "a node is given up after real time")]
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "a node is asked again after real time")]
    fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }
}

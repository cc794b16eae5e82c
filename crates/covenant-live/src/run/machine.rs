//! What a run uses of the machine that it is on.

use std::{fmt, sync::Arc};

use crate::{
    clock::{Clock, SystemClock},
    rpc::{Failure, Http, Limits, Transport},
    storage::{Disk, Storage},
};

/// Makes a way to nodes.
type Wire = dyn Fn() -> Result<Box<dyn Transport>, Failure> + Send + Sync;

/// A disk, a clock, and a way to nodes. By default they are the operating system's.
#[derive(Clone)]
pub struct Machine {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    wire: Arc<Wire>,
}

impl Machine {
    /// A machine of these parts; `wire` makes a way to nodes for each who asks them.
    pub fn new(
        storage: Arc<dyn Storage>,
        clock: Arc<dyn Clock>,
        wire: impl Fn() -> Result<Box<dyn Transport>, Failure> + Send + Sync + 'static,
    ) -> Self {
        Self { storage, clock, wire: Arc::new(wire) }
    }

    pub(super) fn storage(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.storage)
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    pub(super) fn transport(&self) -> Result<Box<dyn Transport>, Failure> {
        (self.wire)()
    }
}

impl Default for Machine {
    fn default() -> Self {
        let wire = || Ok(Box::new(Http::new(Limits::default())?) as Box<dyn Transport>);
        Self::new(Arc::new(Disk), Arc::new(SystemClock::start()), wire)
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { storage, clock, .. } = self;
        f.debug_struct("Machine")
            .field("storage", storage)
            .field("clock", clock)
            .finish_non_exhaustive()
    }
}

//! Trees of calls: what they hold, how they are recorded and how they look.

mod record;
mod types;

pub(crate) use record::{Recorder, tree};
pub use types::{CallKind, CallTrace, StorageWrite, TraceItem};

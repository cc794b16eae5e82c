//! Trees of calls: what they hold, how they are recorded and how they look.

mod record;
mod render;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use record::{Recorder, tree};
pub use render::TraceDetail;
pub use types::{CallKind, CallTrace, StorageWrite, TraceItem};

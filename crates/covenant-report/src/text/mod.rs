//! What a person reads: a timeline, what failed and why, who gained what, and a summary.

mod check;
mod coverage;
mod deadlines;
mod explored;
mod failure;
mod gains;
mod keys;
mod lanes;
mod layout;
mod options;
mod scenario;
mod story;
mod summary;
#[cfg(test)]
mod tests;
mod timeline;

pub use check::check;
pub use coverage::coverage;
pub use deadlines::deadlines;
pub use explored::{explored, explored_summary};
pub(crate) use failure::what;
pub use keys::keys;
pub(crate) use lanes::reason;
pub use options::{Layout, TextOptions, Verbosity};
pub use scenario::scenario;
pub use summary::{count_line, summary};

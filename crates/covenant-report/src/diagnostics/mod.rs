//! What is wrong with a file, shown with the offending text underlined.

mod excerpt;
mod render;
mod scenario;

pub use render::message;
pub(crate) use render::{Drawing, Place, draw, error};
pub(crate) use scenario::sorted;
pub use scenario::{diagnostics, has_errors};

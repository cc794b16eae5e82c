//! What is wrong with a file, shown with the offending text underlined.

mod excerpt;
mod render;
mod scenario;

pub use render::message;
pub use scenario::{diagnostics, has_errors};

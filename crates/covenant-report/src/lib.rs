//! Events and results to text, JSON, JUnit and annotations: one file per format, nothing printed.

mod diagnostics;
mod escape;
mod paths;
mod style;

pub use diagnostics::{diagnostics, has_errors, message};
pub use escape::{escape, escape_lines};
pub use paths::shown;
pub use style::Colour;

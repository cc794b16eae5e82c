//! Events and results to text, JSON, JUnit and annotations: one file per format, nothing printed.

mod diagnostics;
mod escape;
mod github;
mod graph;
mod json;
mod junit;
mod lcov;
pub mod model;
mod paths;
#[cfg(test)]
mod samples;
mod saved;
mod style;
pub mod text;

pub use diagnostics::{diagnostics, has_errors, message};
pub use escape::{escape, escape_lines};
pub use github::{check_annotations, run_annotations, step_summary};
pub use graph::{MOST_STATES, Sketch, dot, svg};
pub use json::{
    check_schema, deadlines_schema, explore_schema, json, keys_schema, live_schema, plan_schema,
    run_schema, status_schema,
};
pub use junit::junit;
pub use lcov::lcov;
pub use paths::shown;
pub use saved::{Unsaved, counterexample, file_name};
pub use style::Colour;

//! Files that were read, places in them, and what is to be said about those places.

mod diagnostic;
mod text;

pub use diagnostic::{Diagnostic, Severity};
pub use text::{FileId, Position, SourceFile, Sources, Span, Text};

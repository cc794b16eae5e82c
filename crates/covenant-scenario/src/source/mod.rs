//! Files that were read, places in them, and what is to be said about those places.

mod diagnostic;
mod file;
mod text;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use file::MAX_FILE_BYTES;
pub use text::{FileId, Notation, Position, SourceFile, Sources, Span, Text};

//! Why a journal cannot be used.

use std::{io, path::PathBuf};

use crate::storage::LockError;

/// Why a journal cannot be used. Nothing is sent after one of these.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file could not be read or written.
    #[error("cannot {doing} the journal {}", .file.display())]
    Io {
        /// The journal.
        file: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is not as it was written.
    #[error(
        "the journal {} is damaged at line {line}: {reason}; restore a copy of it, and do not edit or delete it: what it has signed \
         stays valid; `covenant recover` finds what was sent",
        .file.display()
    )]
    Damaged {
        /// The journal.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The file was written by another version.
    #[error(
        "the journal {} has format {found}, and this program writes format {known}; continue with the version that \
         began it ({program})",
        .file.display()
    )]
    Format {
        /// The journal.
        file: PathBuf,
        /// Its format.
        found: u32,
        /// Ours.
        known: u32,
        /// Who wrote it.
        program: String,
    },
    /// There is a journal already where one was to begin.
    #[error("there is a journal {} already", .file.display())]
    Exists {
        /// The journal.
        file: PathBuf,
    },
    /// A record does not follow from those before it.
    #[error("this cannot be recorded now: {reason}")]
    Order {
        /// Why not.
        reason: String,
    },
    /// A write failed, so nobody knows what the file holds until it is opened again.
    #[error("an earlier write to the journal {} failed; nothing was sent since", .file.display())]
    Broken {
        /// The journal.
        file: PathBuf,
    },
    /// Somebody else works with it.
    #[error(transparent)]
    Lock(#[from] LockError),
}

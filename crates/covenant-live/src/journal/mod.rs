//! The write-ahead journal: what was decided and seen, written down before anything is done because of it.
//!
//! One JSON line a record. Each line carries a checksum over itself and the one before, so that no byte can change and
//! no line can go unnoticed. A record is acted upon only after it is durable, newline last:
//!
//! 1. the line without its newline is appended and synced,
//! 2. the newline is appended and synced.
//!
//! So a line that ends in a newline was whole when it was written, and if it is not whole now it was damaged since:
//! that is refused. A last line without a newline was never acted upon: if it is whole it is kept, else dropped. The
//! first line comes into being together with the file, so an empty file is damage too.

mod book;
mod error;
mod file;
mod line;
mod record;

pub use book::{Attempt, Book, Landing, Slot, StepBook, StepState};
pub use error::JournalError;
pub use file::{Journal, Reading};
pub use record::{
    Begun, BlockRef, Forgetting, Identity, Look, Mined, Position, Purpose, Record, Signed, StepId,
};

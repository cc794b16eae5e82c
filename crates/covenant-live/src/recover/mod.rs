//! Rebuilding a journal that is lost or damaged, from what the chain says.
//!
//! [`Scan`] finds every transaction of the accounts that send. [`Recovery`] is then given the steps in their order, and
//! writes down again which transaction was which step: the one of that account, to that address, with that value and that
//! data, and, where a contract was created, with that code there (immutable values aside). The result is an ordinary
//! journal; the one that was there before is kept beside it.

mod claim;
mod error;
mod scan;

pub use claim::{Outcome, Recovery};
pub(crate) use claim::{beside, is_of, records_of, set_aside};
pub use error::RecoverError;
pub use scan::{Found, Scan};

//! A journal that is lost is written anew from the chain: the runner takes the way of the first run again, and whatever it
//! would send is looked for among what its accounts have sent.
//!
//! What a journal knows and no chain does (what `start` stands for, which blocks were looked at) is believed only if it
//! explains every transaction that was found, and if nothing else does; otherwise it is asked for.

mod beside;
mod draft;
mod error;
mod follow;
mod search;

pub use error::{RebuildError, Stray};
pub use follow::{Rebuilt, Testimony};
pub(super) use search::Search;

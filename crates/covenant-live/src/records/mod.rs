//! What other programs read of a deployment, derived from its journal: `addresses.json`, and Foundry's `broadcast/`.
//!
//! Nothing here is needed to go on with a deployment, and all of it can be written anew at any time. Each file is either
//! as it was or as it should be, whenever a crash comes.

mod addresses;
mod broadcast;

use std::{collections::BTreeMap, io, path::PathBuf};

use crate::journal::Position;

pub use addresses::write_addresses;
pub use broadcast::{receipts, write_broadcast};

/// What the journal does not say about a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// The contract that is created or called, as Solidity names it: `Lease`.
    pub contract: Option<String>,
    /// The function that is called, with its types: `pay(uint256)`.
    pub function: Option<String>,
    /// The arguments of the function or constructor, as people read them.
    pub arguments: Vec<String>,
}

/// What is known of each step.
pub type Descriptions = BTreeMap<Position, Described>;

/// Why the files for other programs were not written.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// A file could not be read or written.
    #[error("cannot write {}", .file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// There is something else where the addresses belong.
    #[error("{} is not a list of addresses; move it away, and it is written anew", .file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
    },
}

//! Who works with a journal, or sends for an account: one process at a time.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use alloy_primitives::Address;
use covenant_chain::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Guard, Locking, Storage, folder_of};

/// A process, as a lock names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// The number of the process.
    pub pid: u32,
    /// The machine it runs on.
    pub host: String,
    /// When it took the lock, by its machine's clock.
    pub since: Timestamp,
}

impl Owner {
    /// This process; the time is the caller's to say.
    pub fn this_process(since: Timestamp) -> Self {
        let read = |file| std::fs::read_to_string(file).ok();
        let host = read("/proc/sys/kernel/hostname").or_else(|| read("/etc/hostname"));
        let host = host.unwrap_or_default().trim().to_owned();
        Self { pid: std::process::id(), host, since }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, host, since } = self;
        let host = if host.is_empty() { "this machine" } else { host };
        write!(f, "process {pid} on {host}, since {} (Unix time)", since.0)
    }
}

/// A lock that this process holds. It ends when this is dropped, or with the process.
///
/// Whether another process holds it is for the operating system to say, so that a process which died, or another one
/// with the same number, is never mistaken for a holder. What is written in the file is for people, and for one case
/// more: a folder that several machines share, where a lock of the operating system may not reach the other machine.
#[derive(Debug)]
pub struct Lock {
    _guard: Box<dyn Guard>,
    stale: Option<Owner>,
}

impl Lock {
    /// Takes the lock `file`.
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] if another process has it, [`LockError::Elsewhere`] if one on another machine did not let go.
    pub fn take(storage: &dyn Storage, file: &Path, owner: &Owner) -> Result<Self, LockError> {
        let failed = |source| LockError::Io { file: file.to_owned(), source };
        storage.create_folder(&folder_of(file)).map_err(failed)?;
        let (mut guard, left) = match storage.lock(file).map_err(failed)? {
            Locking::Taken { guard, left } => (guard, left),
            Locking::Held { by } => {
                let owner = serde_json::from_slice(&by).ok();
                return Err(LockError::Held { file: file.to_owned(), owner });
            }
        };
        // A text that is no owner was torn when its writer died, before it did anything.
        let stale: Option<Owner> = serde_json::from_slice(&left).ok();
        if let Some(other) = stale.as_ref().filter(|stale| stale.host != owner.host) {
            return Err(LockError::Elsewhere { file: file.to_owned(), owner: other.clone() });
        }
        let text = serde_json::to_vec(owner).expect("an owner can be written as JSON");
        guard.mark(&text).map_err(failed)?;
        Ok(Self { _guard: guard, stale })
    }

    /// Takes the lock of an account on a chain: whoever chooses its nonces must be alone, whatever journal it writes.
    ///
    /// # Errors
    ///
    /// As [`take`](Self::take).
    pub fn take_sender(
        storage: &dyn Storage,
        folder: &Path,
        chain_id: u64,
        sender: Address,
        owner: &Owner,
    ) -> Result<Self, LockError> {
        Self::take(storage, &folder.join(format!("{chain_id}-{sender:#x}.lock")), owner)
    }

    /// The process that had the lock and died without letting go of it, if there was one.
    pub const fn stale(&self) -> Option<&Owner> {
        self.stale.as_ref()
    }
}

/// Why a lock could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("{} is locked by {}; wait until it has ended, or end it", .file.display(), known(.owner.as_ref()))]
    Held {
        /// The lock.
        file: PathBuf,
        /// Who holds it, if that is legible.
        owner: Option<Owner>,
    },
    /// A process on another machine took it and did not let go; whether it still runs cannot be seen from here.
    #[error(
        "{} was locked by {owner} and not let go; if that process is no more, delete the file and try again",
        .file.display()
    )]
    Elsewhere {
        /// The lock.
        file: PathBuf,
        /// Who took it.
        owner: Owner,
    },
    /// The operating system said no.
    #[error("cannot lock {}", .file.display())]
    Io {
        /// The lock.
        file: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

fn known(owner: Option<&Owner>) -> String {
    owner.map_or_else(|| "another process".to_owned(), ToString::to_string)
}

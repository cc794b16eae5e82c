//! Files as a journal needs them: what is durable, and when, is said and not hoped.
//!
//! [`Disk`] is the real one. Tests bring another that can stop at every one of these operations and forget what was not
//! synced, which is why they are this small.

mod disk;
mod lock;

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

pub use disk::Disk;
pub use lock::{Lock, LockError, Owner};

/// Operations on files, none of which is durable before the `sync` that follows it.
pub trait Storage: fmt::Debug + Send + Sync {
    /// The bytes of a file; `None` if it is not there.
    ///
    /// # Errors
    ///
    /// What the operating system says, here and below.
    fn read(&self, file: &Path) -> io::Result<Option<Vec<u8>>>;

    /// Makes a folder and those it is in, durably.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn create_folder(&self, folder: &Path) -> io::Result<()>;

    /// Writes a file anew, readable by its owner alone.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Adds to the end of a file that is there.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); then any part of `bytes` may have been added.
    fn append(&self, file: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file to its first `length` bytes.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn cut(&self, file: &Path, length: u64) -> io::Result<()>;

    /// Makes the content of a file durable.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); then nobody knows what is durable.
    fn sync(&self, file: &Path) -> io::Result<()>;

    /// Gives a file another name, in place of what had it.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Locks a file, which is made if it is not there; the lock ends with the process at the latest.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn lock(&self, file: &Path) -> io::Result<Locking>;
}

/// What came of an attempt to lock a file.
#[derive(Debug)]
pub enum Locking {
    /// It is locked until the guard goes away.
    Taken {
        /// What keeps it locked.
        guard: Box<dyn Guard>,
        /// What the last holder wrote; empty if it let go in good order.
        left: Vec<u8>,
    },
    /// Another process, or another part of this one, holds it.
    Held {
        /// What the holder wrote.
        by: Vec<u8>,
    },
}

/// A locked file. When it is dropped it is unlocked, and emptied if it was marked.
pub trait Guard: fmt::Debug + Send {
    /// Writes who holds it.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    fn mark(&mut self, owner: &[u8]) -> io::Result<()>;
}

/// Writes a whole file so that after a crash it is either as before or as wanted, and durable when this returns.
///
/// # Errors
///
/// What the operating system says.
pub fn place(storage: &dyn Storage, file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(file);
    storage.create_folder(&folder)?;
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let temporary = folder.join(name);
    storage.write(&temporary, bytes)?;
    storage.sync(&temporary)?;
    storage.rename(&temporary, file)?;
    storage.sync_folder(&folder)
}

/// The folder that a file is in.
pub(crate) fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

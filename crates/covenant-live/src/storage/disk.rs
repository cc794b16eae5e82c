//! Files of the operating system.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Read, Seek, Write},
    path::Path,
};

use super::{Guard, Locking, Storage, folder_of};

/// Files of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Storage for Disk {
    fn read(&self, file: &Path) -> io::Result<Option<Vec<u8>>> {
        match fs::read(file) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        let above = folder_of(folder);
        self.create_folder(&above)?;
        match fs::create_dir(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => self.sync_folder(&above),
        }
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        private().create(true).write(true).truncate(true).open(file)?.write_all(bytes)
    }

    fn append(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).open(file)?.write_all(bytes)
    }

    fn cut(&self, file: &Path, length: u64) -> io::Result<()> {
        OpenOptions::new().write(true).open(file)?.set_len(length)
    }

    fn sync(&self, file: &Path) -> io::Result<()> {
        OpenOptions::new().write(true).open(file)?.sync_data()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Elsewhere a folder cannot be opened as a file, and its names need no syncing.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    fn lock(&self, file: &Path) -> io::Result<Locking> {
        let mut opened =
            private().create(true).read(true).write(true).truncate(false).open(file)?;
        let held = match opened.try_lock() {
            Ok(()) => false,
            Err(TryLockError::WouldBlock) => true,
            Err(TryLockError::Error(error)) => return Err(error),
        };
        let mut written = Vec::new();
        opened.read_to_end(&mut written)?;
        Ok(if held {
            Locking::Held { by: written }
        } else {
            Locking::Taken {
                guard: Box::new(DiskGuard { file: opened, marked: false }),
                left: written,
            }
        })
    }
}

/// Options for a file that nobody but its owner may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// An open file with a lock on it, which closing it ends.
#[derive(Debug)]
struct DiskGuard {
    file: File,
    marked: bool,
}

impl Guard for DiskGuard {
    fn mark(&mut self, owner: &[u8]) -> io::Result<()> {
        self.marked = true;
        self.file.rewind()?;
        self.file.set_len(0)?;
        self.file.write_all(owner)
    }
}

impl Drop for DiskGuard {
    fn drop(&mut self) {
        if self.marked {
            // Whoever comes next sees that this one let go in good order. If it fails, they see a stale lock.
            let _ = self.file.set_len(0);
        }
    }
}
